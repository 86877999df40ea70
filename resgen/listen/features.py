"""What the recogniser hears: log-mel spectrograms of 80 bands, 100 frames a second. Called by the engine and by whoever
makes training data.

Sound is mono float at 16 kHz, (N,); a spectrogram is (MELS, T) with T = N // HOP. All functions are deterministic.
"""

from functools import lru_cache

import torch
import torch.nn.functional as F
import torchaudio
from torch import Tensor

SAMPLE_RATE = 16_000
HOP = 160  # samples a frame
FRAME_RATE = SAMPLE_RATE // HOP
MELS = 80
N_FFT, WINDOW = 512, 400
FLOOR = 1e-5  # least power of a band; speech at the level set here has about 1
LEVEL = 0.1  # root mean square that sound is brought to
LOUD = 3.0  # a frame is loud if it is less than this (log power) below the loudest twentieth of all frames
LOWEST = -6.0  # of a normalised spectrogram


@lru_cache
def _bank() -> Tensor:
    """(MELS, bins): triangles on the HTK mel scale, each of sum 1."""
    bank = torchaudio.functional.melscale_fbanks(N_FFT // 2 + 1, 20.0, SAMPLE_RATE / 2, MELS, SAMPLE_RATE).T
    return bank / bank.sum(1, keepdim=True).clamp(min=1e-8)


def log_mel(wave: Tensor) -> Tensor:
    """Sound (N,) of any level -> natural logarithm of the mean power in each mel band, (MELS, N // HOP)."""
    wave = wave.float() - wave.float().mean()
    wave = wave * (LEVEL / wave.square().mean().sqrt().clamp(min=1e-5))
    padded = F.pad(wave, (N_FFT // 2, N_FFT // 2))
    window = torch.hann_window(WINDOW)
    spectrum = torch.stft(padded, N_FFT, HOP, WINDOW, window, center=False, return_complex=True)
    return (_bank() @ spectrum.abs().square()).clamp(min=FLOOR).log()[:, : len(wave) // HOP]


def normalised(mel: Tensor) -> Tensor:
    """Each band less its mean over the loud frames, so that neither level nor microphone matter: (MELS, T), T > 0."""
    loudness = mel.mean(0)
    loud = loudness > torch.quantile(loudness, 0.95) - LOUD
    return (mel - mel[:, loud].mean(1, keepdim=True)).clamp(min=LOWEST)
