"""Tests the promises of the sound features: exact inversion, harmonics where they belong, mel bands, no dependence."""

import math

import numpy as np
import pytest
import torch

from resgen.speech import features
from resgen.speech.features import BINS, FLOOR, HOP, MELS, SAMPLE_RATE
from resgen.speech.spectrogram import COLOURS, spectrogram


def sine(hertz: float, frames: int = 80) -> torch.Tensor:
    return torch.sin(2 * math.pi * hertz * torch.arange(frames * HOP) / SAMPLE_RATE)[None]


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 80])
def test_the_inverse_transform_gives_the_wave_back(frames):
    wave = torch.randn(2, frames * HOP, generator=torch.Generator().manual_seed(0))
    spectrum = features.stft(wave)
    assert spectrum.shape == (2, BINS, frames)
    assert torch.allclose(features.istft(spectrum), wave, atol=1e-4)


@pytest.mark.parametrize("hertz", [100, 440, 1000, 5000, 11000])
def test_a_tone_lies_in_the_mel_band_of_its_frequency(hertz):
    mel = features.mel_spectrogram(sine(hertz))
    assert mel.shape == (1, MELS, 80)
    top = 2595 * math.log10(1 + SAMPLE_RATE / 2 / 700)
    band = 2595 * math.log10(1 + hertz / 700) / top * (MELS + 1) - 1
    assert abs(int(mel[0, :, 40].argmax()) - band) <= 1.5


def test_silence_is_the_floor():
    assert torch.allclose(features.mel_spectrogram(torch.zeros(1, 10 * HOP)), torch.tensor(math.log(FLOOR)))


def test_pulses_hold_every_harmonic_with_equal_strength_and_no_other():
    f0 = torch.full((1, 200), 200.0)
    spectrum = features.harmonic_spectrum(features.pulses(f0))[0, :, 100].abs()
    harmonics = spectrum[10::10][:55]  # bins of 20 Hz: every tenth is a harmonic
    assert torch.allclose(harmonics, torch.ones(55), atol=0.02)
    assert spectrum[5::10][:55].max() < 0.02


def test_unvoiced_is_silent_and_voicing_is_local():
    f0 = torch.cat([torch.zeros(20), torch.full((20,), 150.0), torch.zeros(20)])[None]
    wave = features.pulses(f0)[0]
    assert wave[: 19 * HOP].abs().max() == 0
    assert wave[-19 * HOP :].abs().max() == 0
    assert wave[20 * HOP : 40 * HOP].abs().max() > 50


def test_pulses_follow_a_glide():
    glide = torch.linspace(100, 300, 400)[None]
    wave = features.pulses(glide)[0]
    starts = torch.where((wave[1:-1] > wave[:-2]) & (wave[1:-1] > wave[2:]) & (wave[1:-1] > 20))[0]
    assert len(starts) == pytest.approx(200 * 400 * HOP / SAMPLE_RATE, abs=2)


def test_noise_has_a_mean_square_of_one_in_every_bin():
    noise = torch.randn(1, 4000 * HOP, generator=torch.Generator().manual_seed(0))
    power = features.noise_spectrum(noise).abs().square().mean(-1)[0, 2:-2]
    assert power.mean() == pytest.approx(1, abs=0.02)
    assert float(power.min()) > 0.8 and float(power.max()) < 1.2


def test_a_sound_does_not_depend_on_its_neighbours_in_the_batch():
    a, b = torch.randn(2, 1, 20 * HOP, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(features.mel_spectrogram(torch.cat([a, b]))[:1], features.mel_spectrogram(a), atol=1e-5)


@pytest.mark.parametrize("samples", [0, 1, 299, 300, 24_000])
def test_every_length_has_a_picture(samples):
    image = spectrogram(np.full(samples, 0.0, np.float32), 90, 40)
    assert image.size == (90, 40)
    assert image.getpixel((0, 0)) == pytest.approx(COLOURS[0], abs=2)


def test_low_tones_stand_low_in_the_picture():
    image = np.asarray(spectrogram(sine(300)[0].numpy() * 0.5, 300)).sum(-1).mean(1)
    assert image[-60:].mean() > image[:60].mean() + 100
