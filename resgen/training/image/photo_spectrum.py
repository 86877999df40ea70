"""Measure how much of each frequency photographs hold: `python -m resgen.training.image.photo_spectrum`, some seconds
of CPU, writes the file that `resgen.image.whitened` reads.
"""

import numpy as np
import torch

from resgen.image.pixel_fold import PixelFold
from resgen.image.whitened import SPECTRUM, to_frequencies
from resgen.training.image.data import to_float
from resgen.training.image.photos import photos

SEEN = 20_000  # pictures of CIFAR-10 that are measured
LEAST = 0.01  # what JPEG left out is noise of that size


def spectrum_of(pixels: np.ndarray) -> np.ndarray:
    """The root mean square (3, H, W) of each frequency of pictures (N, 3, H, W) uint8, in float16."""
    parts = torch.from_numpy(pixels).split(1000)
    power = [to_frequencies(PixelFold().encode(to_float(part))).square().sum(0) for part in parts]
    return (torch.stack(power).sum(0) / len(pixels)).sqrt().clamp(min=LEAST).numpy().astype(np.float16)


def main() -> None:
    found = photos()
    taught = found.select((found.source == 0) & ~found.test)
    np.save(SPECTRUM, spectrum_of(taught.pixels[:SEEN]))


if __name__ == "__main__":
    main()
