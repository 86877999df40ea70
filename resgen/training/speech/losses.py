"""What the speech networks are trained to make small. Called by `resgen.training.speech.train`."""

import torch
import torch.nn.functional as F
from torch import Tensor

from resgen.speech.acoustic import AcousticNet, length_regulator
from resgen.speech.features import (
    BINS,
    MEL_MEAN,
    MEL_SPREAD,
    SAMPLE_RATE,
    UNIT,
    harmonic_spectrum,
    mel_spectrogram,
    octaves_of,
    stft,
)
from resgen.speech.vocoder import VocoderNet, filtered


def energy_of(mel: Tensor, durations: Tensor) -> Tensor:
    """How loud each token is: the mean over its frames of the log of their mean magnitude, 0 about the loudness of
    speech.

    Args:
        mel: (B, MELS, T), natural logarithms.
        durations: (B, N) frames a token, summing to T in each row.

    Returns:
        (B, N); of a token without frames 0.
    """
    index, _ = length_regulator(durations, mel.shape[-1])
    loud = (mel.exp().mean(1).log() - MEL_MEAN) / MEL_SPREAD
    return torch.zeros_like(durations, dtype=loud.dtype).scatter_add(1, index, loud) / durations.clamp(min=1)


def acoustic_loss(network: AcousticNet, batch: dict[str, Tensor]) -> Tensor:
    """Mean absolute errors of log durations, energy, octaves of pitch and log mel, and cross-entropy of voicing; the
    weights bring them to about one size. Batch as of `resgen.training.speech.data.packed_batches`."""
    timed, spoken = batch["timed"], batch["spoken"]
    x, durations, energies = network.encode(batch["tokens"], network.shares(batch["voice"]))
    target = (batch["durations"] / UNIT).clamp(min=1).log()
    duration = ((durations.float() - target).abs() * timed).sum() / timed.sum()
    energy = energy_of(batch["mel"], batch["durations"])
    loudness = ((energies.float() - energy).abs() * timed).sum() / timed.sum()
    x, pitch = network.regulate_length(x, batch["durations"], energy, spoken.shape[1])
    octaves, voiced = octaves_of(batch["f0"])
    pitch = pitch.float()
    sounding = voiced * spoken
    # The predicted pitch is that before the shift; the decoder speaks at the shifted one.
    f0 = ((pitch[:, 0] - (octaves - batch["shift"])).abs() * sounding).sum() / sounding.sum()
    voicing = (F.binary_cross_entropy_with_logits(pitch[:, 1], voiced, reduction="none") * spoken).sum() / spoken.sum()
    mel = ((network.decode(x, octaves, voiced) - batch["mel"]).abs().mean(1) * spoken).sum() / spoken.sum()
    return mel + duration + loudness + 4 * f0 + voicing


RESOLUTIONS = (512, 1024, 2048)  # samples a window of `spectral_loss`


QUIET = 1e-1  # in it, magnitudes below this do not matter; a full-scale sine has 256 and more


def bin_weights(bins: int, device: torch.device) -> Tensor:
    """(bins, 1): how much of the mel scale each bin from 0 to 12 kHz covers, with mean 1; the ear resolves low
    frequencies finer."""
    hertz = torch.linspace(0, SAMPLE_RATE / 2, bins, device=device)
    weight = 1 / (1 + hertz / 700)
    return (weight / weight.mean())[:, None]


def vocoder_loss(network: VocoderNet, batch: dict[str, Tensor]) -> Tensor:
    """Negative log-likelihood of the recorded spectrum Y when H P is its mean and s its spread in each bin:
    |Y - H P|^2 / s^2 + 2 log s, a complex normal distribution.

    What can be predicted from mel and pitch goes into the harmonics, phase and all, since the pulses run with the
    recorded ones; what cannot becomes noise of the right strength. An error of magnitudes alone (as multi-resolution
    STFT losses are) would rather buzz than hiss. Batch as of `resgen.training.speech.data.cut_batches`.
    """
    real, imaginary, log_gain = network(batch["mel"], batch["f0"])
    apart = stft(batch["wave"]) - torch.complex(real, imaginary) * harmonic_spectrum(batch["pulses"])
    cost = torch.view_as_real(apart).square().sum(-1) * (-2 * log_gain).exp() + 2 * log_gain
    weight = bin_weights(BINS, cost.device) * batch["spoken"][:, None]
    return (cost * weight).sum() / weight.sum()


def synthesised(network: VocoderNet, batch: dict[str, Tensor]) -> Tensor:
    """The wave (B, T * HOP) that the network makes of a batch as of `resgen.training.speech.data.cut_batches`."""
    noise = torch.randn_like(batch["pulses"])
    return filtered(network(batch["mel"], batch["f0"]), batch["pulses"], noise)


def spectral_loss(network: VocoderNet, batch: dict[str, Tensor]) -> Tensor:
    """The second stage: where the likelihood is unsure of a phase it hears noise, and the voice is hoarse;
    `spectral_distance` compares magnitudes alone. Batch as of `resgen.training.speech.data.cut_batches`."""
    return spectral_distance(synthesised(network, batch), batch["wave"])


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
