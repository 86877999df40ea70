"""Mel spectrograms as pictures. Called by the page and by `resgen.evaluation.speech.examples`."""

import numpy as np
import torch
from PIL import Image

from resgen.speech.features import HOP, mel_spectrogram

QUIET, LOUD = -5.0, 3.0  # log mel shown darkest and brightest
# From dark to bright, evenly spaced; told apart by lightness alone, so they also work in grey.
COLOURS = ((11, 16, 38), (22, 54, 92), (16, 104, 117), (62, 157, 122), (167, 205, 113), (252, 246, 191))


def spectrogram(wave: np.ndarray, width: int, height: int = 240) -> Image.Image:
    """The mel spectrogram of a wave at 24 kHz, float (N,) in -1..1, drawn on width x height pixels: time to the right,
    pitch upwards, loudness as brightness."""
    # Padded to a whole number of frames; silence shows as the darkest colour.
    padded = np.pad(wave.astype(np.float32), (0, -len(wave) % HOP or (0 if len(wave) else HOP)))
    levels = mel_spectrogram(torch.from_numpy(padded)[None])[0].flip(0).numpy()  # low at the bottom
    share = ((levels - QUIET) / (LOUD - QUIET)).clip(0, 1) * (len(COLOURS) - 1)
    below = np.minimum(share.astype(int), len(COLOURS) - 2)
    colours = np.array(COLOURS, np.float32)
    mixed = colours[below] + (colours[below + 1] - colours[below]) * (share - below)[..., None]
    return Image.fromarray(mixed.round().astype(np.uint8)).resize((width, height), Image.Resampling.BICUBIC)
