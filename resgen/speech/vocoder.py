"""The vocoder: mel spectrogram and pitch to sound, by filtering two sources with filters a residual network tells.
Called by the speech engine and its training; knows nothing of phonemes, so it speaks any mel (copy synthesis).

A source-filter model (NSF, arXiv:1904.12088; DDSP, arXiv:2001.04643) with an inverse STFT at its end (Vocos,
arXiv:2306.00814). The spectrum of each frame is

    S = H P + s Z,   P the spectrum of pulses at F0, Z that of white noise, H a complex filter, s a gain per bin.
"""

import math

import torch
from torch import Tensor, nn

from resgen.blocks import ChannelNorm, convolution
from resgen.speech.acoustic import MEL_MEAN, MEL_SPREAD, octaves_of, stack
from resgen.speech.features import (
    BINS,
    MELS,
    SAMPLE_RATE,
    harmonic_spectrum,
    istft,
    mel_spectrogram,
    noise_spectrum,
    pulses,
    stft,
)

QUIETEST = 1e-5  # standard deviation of a bin, far below hearing
RESOLUTIONS = (512, 1024, 2048)  # samples a window of `spectral_loss`
QUIET = 1e-1  # in it, magnitudes below this do not matter; a full-scale sine has 256 and more


class VocoderNet(nn.Module):
    """The filters' network: a stacked residual convolutional network at 80 frames a second.

    Args:
        channels: width of the residual stream.
        dilations: of its layers.
        hidden: channels inside a layer.
    """

    def __init__(self, channels: int = 256, dilations: tuple[int, ...] = (1, 2, 4, 1, 2, 4), hidden: int = 256):
        super().__init__()
        self.stem = convolution(MELS + 2, channels, 5)
        self.body = stack(channels, dilations, hidden, 0.0)
        self.norm = ChannelNorm(channels)
        self.filters = convolution(channels, 4 * BINS, 1)
        with torch.no_grad():
            # Starts nearly silent in the harmonics and moderately loud in the noise.
            self.filters.weight.mul_(0.1)
            self.filters.bias.copy_(torch.tensor([-3.0, 0.0, 0.0, 0.0]).repeat_interleave(BINS))

    def forward(self, mel: Tensor, f0: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The filters, frame by frame.

        Args:
            mel: (B, MELS, T), natural logarithms.
            f0: (B, T) in Hz, 0 where unvoiced.

        Returns:
            Real and imaginary part of H, and log s, each (B, BINS, T).
        """
        octaves, voiced = octaves_of(f0)
        x = self.stem(torch.cat([(mel - MEL_MEAN) / MEL_SPREAD, torch.stack([octaves, voiced], 1)], 1))
        level, real, imaginary, noise = self.filters(self.norm(self.body(x))).float().chunk(4, 1)
        gain = level.clamp(max=6).exp()
        return gain * real, gain * imaginary, noise.clamp(min=math.log(QUIETEST))


def speak(network: VocoderNet, mel: Tensor, f0: Tensor, noise: Tensor) -> Tensor:
    """Mel (B, MELS, T), F0 (B, T) and white noise (B, T * HOP) -> wave (B, T * HOP)."""
    return filtered(network(mel, f0), pulses(f0), noise)


def filtered(filters: tuple[Tensor, Tensor, Tensor], pulses: Tensor, noise: Tensor) -> Tensor:
    """The two sources, waves (B, N), through the filters of `VocoderNet`: a wave (B, N)."""
    real, imaginary, log_gain = filters
    harmonics = torch.complex(real, imaginary) * harmonic_spectrum(pulses)
    return istft(harmonics + log_gain.exp() * noise_spectrum(noise))


def bin_weights(bins: int, device: torch.device) -> Tensor:
    """(bins, 1): how much of the mel scale each bin from 0 to 12 kHz covers, with mean 1; the ear resolves low
    frequencies finer."""
    hertz = torch.linspace(0, SAMPLE_RATE / 2, bins, device=device)
    weight = 1 / (1 + hertz / 700)
    return (weight / weight.mean())[:, None]


def vocoder_loss(network: VocoderNet, batch: dict[str, Tensor]) -> Tensor:
    """Negative log-likelihood of the recorded spectrum Y when H P is its mean and s its spread in each bin:
    |Y - H P|^2 / s^2 + 2 log s, a complex normal distribution.

    What can be told from mel and pitch goes into the harmonics, phase and all, since the pulses run with the
    recorded ones; what cannot becomes noise of the right strength. An error of magnitudes alone (as multi-resolution
    STFT losses are) would rather buzz than hiss. Batch as of `resgen.training.speech.data.cut_batches`.
    """
    real, imaginary, log_gain = network(batch["mel"], batch["f0"])
    apart = stft(batch["wave"]) - torch.complex(real, imaginary) * harmonic_spectrum(batch["pulses"])
    cost = torch.view_as_real(apart).square().sum(-1) * (-2 * log_gain).exp() + 2 * log_gain
    weight = bin_weights(BINS, cost.device) * batch["spoken"][:, None]
    return (cost * weight).sum() / weight.sum()


def made(network: VocoderNet, batch: dict[str, Tensor]) -> Tensor:
    """The wave (B, T * HOP) that the network makes of a batch as of `resgen.training.speech.data.cut_batches`."""
    noise = torch.randn_like(batch["pulses"])
    return filtered(network(batch["mel"], batch["f0"]), batch["pulses"], noise)


def spectral_loss(network: VocoderNet, batch: dict[str, Tensor]) -> Tensor:
    """The second stage: where the likelihood is unsure of a phase it hears noise, and the voice is hoarse;
    `spectral_distance` compares magnitudes alone. Batch as of `resgen.training.speech.data.cut_batches`."""
    return spectral_distance(made(network, batch), batch["wave"])


def spectral_distance(wave: Tensor, real: Tensor) -> Tensor:
    """Mean absolute difference of log magnitudes in mel bands and in spectrograms of three resolutions (as the
    multi-resolution STFT loss of Yamamoto et al., arXiv:1910.11480). Waves are (B, N)."""
    loss = (mel_spectrogram(wave) - mel_spectrogram(real)).abs().mean()
    for size in RESOLUTIONS:
        apart = (log_magnitudes(wave, size) - log_magnitudes(real, size)).abs()
        loss = loss + (apart * bin_weights(size // 2 + 1, wave.device)).mean() / len(RESOLUTIONS)
    return loss


def log_magnitudes(wave: Tensor, size: int) -> Tensor:
    """(B, N) -> (B, size / 2 + 1, frames): log magnitudes of windows of `size` samples, QUIET at least; smooth at zero,
    where the root is not."""
    window = torch.hann_window(size, device=wave.device)
    spectrum = torch.stft(wave.float(), size, size // 4, window=window, return_complex=True)
    return torch.view_as_real(spectrum).square().sum(-1).add(QUIET**2).log() / 2
