"""From noise to a photograph in steps taken for each frequency by itself. Called by `resgen.image.photographer`.

Photographs hold a thousand times more of the low frequencies than of the high ones, so that at one time the former are
told and the latter still noise, and no step suits both: long ones leave pictures grey and soft. How much they hold is
known before any picture is painted. Divided by it, each frequency goes from noise to picture, both of variance 1, on a
quarter of a circle (as in arXiv:2410.11081, sec. 3, there for all pixels alike): angle pi / 2 is noise, 0 is picture,
and the speed along the arc is 0 but for what the network knows more than the spectrum. So even few steps keep the
contrast. It costs nothing: the network is called as often as before.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from resgen.image.pixel_fold import FOLD
from resgen.image.sampling import Denoise

SPECTRUM = Path(__file__).with_name("photo_spectrum.npy")  # made by `resgen.training.image.photo_spectrum`
CARRIED = 0.4  # of the change of speed: all of it makes the colours of four steps too strong, none the outlines soft
GRID = np.geomspace(1e-4, 1e4, 800)  # noise over picture, among which timesteps are looked for


@lru_cache(maxsize=1)
def spectrum() -> Tensor:
    """The root mean square (3, 32, 32) of each frequency of photographs in [-1, 1]."""
    return torch.from_numpy(np.load(SPECTRUM).astype(np.float32))


@lru_cache(maxsize=4)
def waves(count: int) -> Tensor:
    """The cosine transform (DCT-II) of so many values as an orthogonal matrix, a frequency a row."""
    place = np.arange(count)
    matrix = np.cos(math.pi * (place + 0.5) * place[:, None] / count) * math.sqrt(2 / count)
    matrix[0] /= math.sqrt(2)
    return torch.from_numpy(matrix.astype(np.float32))


def to_frequencies(codes: Tensor) -> Tensor:
    """Codes of `resgen.image.pixel_fold` (B, 12, H / 2, W / 2) -> their cosine transform along colours, rows and
    columns (B, 3, H, W); the inverse is `to_codes`."""
    pixels = F.pixel_shuffle(codes, FOLD)
    colours, rows, columns = (waves(count).to(codes.device) for count in pixels.shape[1:])
    return torch.einsum("kc,bchw->bkhw", colours, rows @ pixels @ columns.T)


def to_codes(frequencies: Tensor) -> Tensor:
    colours, rows, columns = (waves(count).to(frequencies.device) for count in frequencies.shape[1:])
    pixels = rows.T @ torch.einsum("kc,bkhw->bchw", colours, frequencies) @ columns
    return F.pixel_unshuffle(pixels, FOLD)


@lru_cache(maxsize=1)
def _mean_angle() -> np.ndarray:
    """For each of GRID, the angle averaged over the frequencies by what they hold."""
    spread = spectrum().flatten().double().numpy()
    return np.arctan2(GRID[:, None], spread) @ (spread / spread.sum())


def whitened_timesteps(steps: int) -> tuple[float, ...]:
    """steps + 1 times from 1 (noise) to 0 (clean), between which the angles, averaged over the frequencies by what
    they hold, are even."""
    noise = np.interp(np.linspace(math.pi / 2, 0, steps + 1)[1:-1], _mean_angle(), GRID)
    return (1.0, *(noise / (1 + noise)).round(4).tolist(), 0.0)


def whitened_steps(denoise: Denoise, x: Tensor, ts: Sequence[float]) -> Iterator[Tensor]:
    """Steps along the arcs, for one call of the network each, which carry on a part of how the speed has just changed
    (all of it would be Adams and Bashforth's of second order); yields after each step the clean grid as predicted so
    far, at last the result.

    Args:
        denoise: (noisy grid, time) -> clean grid.
        x: the noisy grid (B, 12, H / 2, W / 2) at ts[0].
        ts: falling times, 1 = noise, of which only the last is 0.
    """
    spread = spectrum().to(x.device)
    before: tuple[Tensor, Tensor] | None = None
    for t, t_next in itertools.pairwise(ts):
        clean = denoise(x, t)
        if t_next > 0:
            angle, radius = _polar(spread, t)
            angle_next, radius_next = _polar(spread, t_next)
            place = to_frequencies(x) / radius  # cos(angle) clean + sin(angle) noise, both of variance 1
            # The speed is cos(angle) noise - sin(angle) clean; with the noise that these two leave, it is this.
            speed = (place * angle.cos() - to_frequencies(clean) / spread) / angle.sin()
            step, ahead = angle_next - angle, speed
            if before is not None:
                speed_last, step_last = before
                ahead = speed + (speed - speed_last) * (CARRIED * step / step_last / 2)
            x = to_codes((place + step * ahead) * radius_next)
            before = speed, step
        yield clean


def _polar(spread: Tensor, t: float) -> tuple[Tensor, Tensor]:
    """The angle and radius of each frequency at a time above 0: noise over picture, and the noisy picture's root mean
    square."""
    picture = (1 - t) * spread
    return torch.atan2(torch.full_like(spread, t), picture), (picture.square() + t**2).sqrt()
