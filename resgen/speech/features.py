"""What the speech models see and say: mel spectrograms, and the two sources a voice is filtered from. Called by the
vocoder, the engine and whoever makes training data.

Sound is mono float in -1..1 at 24 kHz; a frame is 300 samples (12.5 ms), a unit of duration two frames (25 ms).
All functions are deterministic and differentiable; waves are (B, N), frames (B, T) or (B, C, T) with T = N / 300.
"""

import math
from functools import lru_cache

import torch
import torch.nn.functional as F
import torchaudio
from torch import Tensor

from resgen.speech.request import SAMPLE_RATE

HOP = 300  # samples a frame
UNIT = 2  # frames a unit of duration
N_FFT = 1200
BINS = N_FFT // 2 + 1
MELS = 80
MEL_WINDOW = 600  # short enough to leave the harmonics to F0: the mel is the envelope
MEL_MEAN, MEL_SPREAD = -3.5, 2.5  # roughly, of log mels; keeps what networks see and predict near 0 +- 1
MIDDLE_F0 = 200.0  # Hz; pitch is in octaves from here
FLOOR = 1e-3  # smallest mel magnitude; a full-scale sine has 150
LOWEST_F0 = 40.0  # Hz; below it a frame is unvoiced


@lru_cache
def _window(length: int, device: torch.device) -> Tensor:
    return torch.hann_window(length, device=device)


@lru_cache
def _mel_bank(device: torch.device) -> Tensor:
    """(MELS, BINS): triangles on the HTK mel scale, each of sum 1, so that a band is a mean."""
    bank = torchaudio.functional.melscale_fbanks(BINS, 0.0, SAMPLE_RATE / 2, MELS, SAMPLE_RATE).T
    return (bank / bank.sum(1, keepdim=True)).to(device)


def stft(wave: Tensor, window: int = N_FFT) -> Tensor:
    """(B, N) -> complex (B, BINS, N / HOP); frame t is centred on sample t * HOP."""
    # Zeros around, not a mirror: any length will do, and a frame does not depend on how far the sound goes on.
    padded = F.pad(wave.float(), (N_FFT // 2, N_FFT // 2))
    shape = _window(window, wave.device)
    spectrum = torch.stft(padded, N_FFT, HOP, window, shape, center=False, return_complex=True)
    return spectrum[..., : wave.shape[-1] // HOP]


def istft(spectrum: Tensor) -> Tensor:
    """Complex (B, BINS, T) -> (B, T * HOP): the wave whose `stft` is nearest (Griffin & Lim 1984, eq. 6)."""
    window = _window(N_FFT, spectrum.device)
    return torch.istft(spectrum, N_FFT, HOP, window=window, length=spectrum.shape[-1] * HOP)


def mel_spectrogram(wave: Tensor) -> Tensor:
    """(B, N) -> (B, MELS, N / HOP): natural logarithm of the mean magnitude in each mel band."""
    return (_mel_bank(wave.device) @ stft(wave, MEL_WINDOW).abs()).clamp(min=FLOOR).log()


def pulses(f0: Tensor) -> Tensor:
    """The harmonic source: every harmonic of F0 below 12 kHz as a cosine of amplitude 1, silence where unvoiced.

    F0 goes linearly from frame centre to frame centre. The sum of H cosines has a closed form (the Dirichlet kernel):
    sin((H + 1/2) x) / (2 sin(x / 2)) - 1/2 with x the phase of the fundamental.

    Args:
        f0: (B, T) in Hz, 0 where unvoiced.

    Returns:
        (B, T * HOP).
    """
    f0 = f0.double()
    f = F.interpolate(f0[:, None], scale_factor=HOP, mode="linear")[:, 0]
    voiced = f >= LOWEST_F0
    f = f.clamp(min=LOWEST_F0)
    x = 2 * math.pi * ((f / SAMPLE_RATE).cumsum(-1) % 1)
    count = (SAMPLE_RATE / 2 / f).floor()
    half = torch.sin(x / 2)
    peak = half.abs() < 1e-3
    ratio = torch.sin((count + 0.5) * x) / (2 * half.masked_fill(peak, 1))
    return ((torch.where(peak, count + 0.5, ratio) - 0.5) * voiced).float()


def harmonic_spectrum(wave: Tensor) -> Tensor:
    """`stft` of the pulses, scaled so that each of their harmonics peaks at 1: a filter's gain is a magnitude."""
    return stft(wave) / (_window(N_FFT, wave.device).sum() / 2)


def noise_spectrum(wave: Tensor) -> Tensor:
    """`stft` of white noise, scaled so that noise of standard deviation 1 has a mean square of 1 in every bin."""
    return stft(wave) / _window(N_FFT, wave.device).square().sum().sqrt()


def octaves_of(f0: Tensor) -> tuple[Tensor, Tensor]:
    """F0 in Hz, 0 where unvoiced -> octaves from 200 Hz (0 where unvoiced), and 1 where voiced."""
    voiced = (f0 >= LOWEST_F0).float()
    return torch.log2(f0.clamp(min=LOWEST_F0) / MIDDLE_F0) * voiced, voiced


def hertz_of(octaves: Tensor, voiced: Tensor) -> Tensor:
    """The inverse of `octaves_of`: F0 in Hz, 0 where unvoiced."""
    return MIDDLE_F0 * torch.exp2(octaves) * voiced
