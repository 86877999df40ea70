"""What keeps the pictures of a grid from being alike. Used by `resgen.image.pipeline`.

Of one thing in one style the network has seen one picture, and paints that, whatever the noise: more noise, or noise
with a colour or a layout of its own, changes hardly anything. So its words are shifted, a little, towards a colour and
a thing of the same kind, and what is painted is turned, made smaller or mirrored. All of it follows from a picture's
seed alone, by multiples of irrational numbers, which fall evenly for seeds in a row. `resgen.evaluation.image.variety`
measures what it is worth.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F

from resgen.image.prompt import COLOURS, WORDS, Dictionary

TOWARDS_COLOUR, TOWARDS_KIN = 0.35, 0.2  # how far words are shifted, at a variety of 1
TILT, SMALLER = 10.0, 0.12  # degrees to either side, and how much smaller, at most, at a variety of 1
TINTS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown")
# Things that mirrored are others, or cannot be read.
HANDED = {"left", "right", "clock", "o", "o'clock", "o’clock", "thirty", "calendar", "newspaper", "keyboard"}
_TURN, _SIZE, _MIRROR = 0.7548776662466927, 0.5698402909980532, 0.6180339887498949


def amounts(variety: float, count: int) -> list[float]:
    """How far each picture of a request departs from the plainest; below 0 the first does not, the others do by 1."""
    return [variety] * count if variety >= 0 else [0.0] + [1.0] * (count - 1)


def tinted(words: tuple[str, ...], seed: int) -> tuple[str, ...]:
    """The words with a colour, where they have none and there is room."""
    has = not words or len(words) >= WORDS or set(words) & set(COLOURS)
    return words if has else (TINTS[seed % len(TINTS)], *words)


def akin(words: tuple[str, ...], seed: int, dictionary: Dictionary) -> tuple[str, ...]:
    """The words of a thing of the same kind as what they name; themselves if there is none."""
    kin = dictionary.kin(" ".join(words))
    return tuple(kin[seed % len(kin)].split()) if kin else words


def posed(pixels: np.ndarray, names: Sequence[tuple[str, ...]], seeds: list[int], amounts: list[float]) -> np.ndarray:
    """Pictures (N, H, W, 4) uint8, straight RGBA, each turned, smaller or mirrored as its seed says."""
    done = [
        picture if not amount else _posed(picture, seed, amount, not set(words) & HANDED)
        for picture, words, seed, amount in zip(pixels, names, seeds, amounts, strict=True)
    ]
    return np.stack(done)


def _posed(picture: np.ndarray, seed: int, amount: float, may_mirror: bool) -> np.ndarray:
    angle = math.radians(TILT) * amount * (2 * (seed * _TURN % 1) - 1)
    scale = 1 - min(0.5, SMALLER * amount) * (seed * _SIZE % 1)
    mirror = -1 if may_mirror and seed * _MIRROR % 1 < 0.5 else 1
    cos, sin = math.cos(angle) / scale, math.sin(angle) / scale
    back = torch.tensor([[[cos * mirror, -sin * mirror, 0], [sin, cos, 0]]])
    rows = torch.from_numpy(picture).permute(2, 0, 1).unsqueeze(0).float()
    share = rows[:, 3:] / 255
    rows = torch.cat([rows[:, :3] * share, rows[:, 3:]], 1)  # so that what is transparent colours nothing
    rows = F.grid_sample(rows, F.affine_grid(back, list(rows.shape), False), "bicubic", align_corners=False)
    share = (rows[:, 3:] / 255).clamp(1e-3, 1)
    rows = torch.cat([rows[:, :3] / share, rows[:, 3:]], 1)
    return rows[0].permute(1, 2, 0).round().clamp(0, 255).byte().numpy()
