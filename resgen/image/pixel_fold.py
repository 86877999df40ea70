"""In place of an autoencoder: the pixels of a small photograph, folded into channels. Built by
`resgen.image.photographer` and by `resgen.training.image.train_photo`.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

FOLD = 2  # pixels a side that become the channels of one position


class PixelFold:
    """Pictures (B, 4, H, W) in about [-1, 1], red, green, blue and alpha <-> codes (B, 3 FOLD^2, H / FOLD, W / FOLD):
    a square of pixels is one position (Shi et al., arXiv:1609.05158). Nothing is lost but alpha: photographs are
    opaque."""

    def encode(self, pictures: Tensor) -> Tensor:
        return F.pixel_unshuffle(pictures[:, :3], FOLD)

    def decode(self, codes: Tensor) -> Tensor:
        return F.pad(F.pixel_shuffle(codes, FOLD), (0, 0, 0, 0, 0, 1), value=1.0)

    def to(self, device: torch.device) -> "PixelFold":
        """Itself: it has no weights to move."""
        return self
