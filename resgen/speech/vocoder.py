"""The vocoder: mel spectrogram and pitch to sound, by filtering two sources with filters that a residual network
predicts. Called by the speech engine and its training; knows nothing of phonemes, so it speaks any mel (copy
synthesis).

A source-filter model (NSF, arXiv:1904.12088; DDSP, arXiv:2001.04643) with an inverse STFT at its end (Vocos,
arXiv:2306.00814). The spectrum of each frame is

    S = H P + s Z,   P the spectrum of pulses at F0, Z that of white noise, H a complex filter, s a gain per bin.
"""

import math

import torch
from torch import Tensor, nn

from resgen.blocks import ChannelNorm, convolution, dilated_stack
from resgen.speech.features import (
    BINS,
    MEL_MEAN,
    MEL_SPREAD,
    MELS,
    harmonic_spectrum,
    istft,
    noise_spectrum,
    octaves_of,
    pulses,
)
from resgen.turns import breathe

QUIETEST = 1e-5  # standard deviation of a bin, far below hearing


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
        self.body = dilated_stack(channels, dilations, hidden, 0.0)
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
    """Mel (B, MELS, T), F0 (B, T) and white noise (B, T * HOP) -> wave (B, T * HOP); others have turns meanwhile."""
    filters = network(mel, f0)
    breathe()
    source = pulses(f0)
    breathe()
    return filtered(filters, source, noise)


def filtered(filters: tuple[Tensor, Tensor, Tensor], pulses: Tensor, noise: Tensor) -> Tensor:
    """The two sources, waves (B, N), through the filters of `VocoderNet`: a wave (B, N)."""
    real, imaginary, log_gain = filters
    harmonics = torch.complex(real, imaginary) * harmonic_spectrum(pulses)
    return istft(harmonics + log_gain.exp() * noise_spectrum(noise))
