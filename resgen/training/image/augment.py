"""Augmentation: composites of pictures, with words for what was done: a blue owl, two owls, an owl and a cat. Called by
`resgen.training.image.train`: sets of emoji hold few of them, and who names one wants to see it.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from resgen.image.pixels import on_white
from resgen.image.prompt import COLOURS
from resgen.training.image.data import Pictures, Shown

# Of each of `prompt.COLOURS`: hue in degrees, saturation and value, to which a picture is pulled; None leaves it.
TONES: dict[str, tuple[float | None, float, float | None]] = {
    "red": (0, 0.85, None),
    "orange": (28, 0.9, None),
    "yellow": (50, 0.85, 0.95),
    "green": (125, 0.7, None),
    "blue": (215, 0.75, None),
    "purple": (280, 0.6, None),
    "pink": (335, 0.5, 0.95),
    "brown": (22, 0.6, 0.5),
    "black": (None, 0.1, 0.2),
    "white": (None, 0.05, 0.97),
}
NEAR = 50  # degrees of hue from a picture's main one that are recoloured with it
GREY = 0.2  # less saturation than this has no hue


def hue_of(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hue in degrees, saturation and value in 0-1 of colours (..., 3) in 0-1."""
    hsv = np.asarray(Image.fromarray((rgb * 255).round().astype(np.uint8)).convert("HSV")).astype(np.float32)
    return hsv[..., 0] / 256 * 360, hsv[..., 1] / 255, hsv[..., 2] / 255


def rgb_of(hue: np.ndarray, saturation: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Colours (..., 3) in 0-1 of hue, saturation and value as of `hue_of`."""
    hsv = np.stack([hue % 360 / 360 * 256, saturation * 255, value * 255], -1).clip(0, 255).astype(np.uint8)
    return np.asarray(Image.fromarray(hsv, "HSV").convert("RGB")).astype(np.float32) / 255


def recoloured(picture: np.ndarray, colour: str) -> np.ndarray:
    """A picture (4, H, W) uint8, colours over white and alpha, whose main colour has become another.

    Its main colour is the commonest hue of what is opaque, or grey; shades and other colours stay.
    """
    unit = picture.astype(np.float32) / 255
    alpha = np.maximum(unit[3], 1e-3)
    straight = (1 - (1 - unit[:3]) / alpha).clip(0, 1).transpose(1, 2, 0)
    hue, saturation, value = hue_of(straight)
    weight = unit[3] * (value > 0.15)
    coloured = weight * (saturation > GREY)
    if coloured.sum() > 0.35 * weight.sum():
        counts, _ = np.histogram(hue, 36, (0, 360), weights=coloured * saturation)
        around = counts + np.roll(counts, 1) + np.roll(counts, -1)
        main = 10 * around.argmax() + 5
        apart = np.abs((hue - main + 180) % 360 - 180)
        share = np.where(saturation > GREY / 2, (1.4 - apart / NEAR).clip(0, 1), 0) * (value > 0.15)
    else:  # a grey thing
        main, share = None, (1 - saturation / GREY).clip(0, 1) * (value > 0.15)
    target, strong, bright = TONES[colour]
    new_hue = hue if target is None else np.full_like(hue, target)
    mean = [float((part * share * unit[3]).sum() / max(1e-3, (share * unit[3]).sum())) for part in (saturation, value)]
    new_saturation = (strong if main is None else saturation * strong / max(0.2, mean[0])) + np.zeros_like(hue)
    bright = min(0.85, max(0.5, mean[1])) if bright is None else bright
    new_value = value + (bright - mean[1])
    changed = rgb_of(new_hue, new_saturation.clip(0, 1), new_value.clip(0, 1))
    mixed = straight + (changed - straight) * share[..., None]
    over = on_white(mixed.transpose(2, 0, 1), unit[3])
    return np.concatenate([(over * 255).round().astype(np.uint8), picture[3:]])


def main_colour(picture: np.ndarray) -> str:
    """Which of `COLOURS` the main colour of a picture (4, H, W) uint8, colours over white and alpha, is nearest to:
    the one whose recolouring would change it least."""
    changes = {
        colour: float(np.abs(recoloured(picture, colour).astype(np.float32) - picture).mean()) for colour in COLOURS
    }
    return min(changes, key=changes.__getitem__)


def together(pictures: np.ndarray) -> np.ndarray:
    """Two or three pictures (n, 4, H, W) uint8, colours over white and alpha, smaller and beside each other, as one."""
    count, _, height, width = pictures.shape
    share = {2: 0.58, 3: 0.52}[count]
    places = {2: [(0, 0.25), (1 - share, 0.4)], 3: [(0.24, 0), (0, 1 - share), (1 - share, 1 - share)]}[count]
    side = round(share * height)
    small = F.interpolate(torch.from_numpy(pictures).float(), size=(side, side), mode="bilinear", antialias=True) / 255
    whole = torch.cat([torch.ones(3, height, width), torch.zeros(1, height, width)])
    for picture, (x, y) in zip(small, places, strict=True):
        left, top = round(x * width), round(y * height)
        below = whole[:, top : top + side, left : left + side]
        clear = 1 - picture[3:]
        below[:3] = picture[:3] + clear * (below[:3] - 1)
        below[3:] = picture[3:] + clear * below[3:]
    return (whole * 255).round().clamp(0, 255).to(torch.uint8).numpy()


def withheld(pictures: Pictures, index: int) -> str:
    """The colour in which a picture is never made, to tell what generalises from what is memorised."""
    return COLOURS[(pictures.name[index] + pictures.style[index]) % len(COLOURS)]


def composites(pictures: Pictures, count: int, seed: int) -> tuple[Pictures, list[Shown]]:
    """So many composites of these pictures, and what each shows; their `name` is that of the first thing in them."""
    random = np.random.default_rng(seed)
    styles = [np.flatnonzero(pictures.style == style) for style in range(len(pictures.styles))]
    pixels, first, shown = [], [], []
    for _ in range(count):
        one = int(random.integers(len(pictures)))
        name = pictures.names[pictures.name[one]]
        kind = random.random()
        if kind < 0.6:
            colour = random.choice([c for c in COLOURS if c != withheld(pictures, one)])
            pixels.append(recoloured(pictures.pixels[one], colour))
            shown.append(Shown((name,), f"{colour} {{}}", frozenset(COLOURS)))
        elif kind < 0.8:
            number = int(random.integers(2, 4))
            pixels.append(together(pictures.pixels[[one] * number]))
            shown.append(Shown((name,), ("two {}", "three {}")[number - 2]))
        else:
            other = int(random.choice(styles[pictures.style[one]]))
            pixels.append(together(pictures.pixels[[one, other]]))
            shown.append(Shown((name, pictures.names[pictures.name[other]]), "{} and {}"))
        first.append(one)
    made = replace(pictures, pixels=np.stack(pixels), name=pictures.name[first], style=pictures.style[first])
    return made, shown


def with_composites(pictures: Pictures, count: int, seed: int) -> tuple[Pictures, list[Shown]]:
    """The pictures and, behind them, so many composites of them; and what each shows."""
    made, shown = composites(pictures, count, seed)
    joined: dict[str, Any] = {
        key: np.concatenate([getattr(pictures, key), getattr(made, key)]) for key in ("pixels", "name", "style")
    }
    return replace(pictures, **joined), [Shown((name,)) for name, _ in pictures.pairs()] + shown
