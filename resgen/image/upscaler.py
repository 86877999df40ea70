"""The upscaler: a finished picture, four times as wide and high, with edges as sharp as if it were drawn at that size.
Built by `resgen.checkpoint`, called by `resgen.image.engine`.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from resgen.blocks import ChannelNorm, DeepConvLayer, StackedConvNet, convolution
from resgen.image.autoencoder import CHANNELS
from resgen.image.request import FACTOR


class Upscaler(nn.Module):
    """A residual stack at the small size, whose channels become the pixels between at last (EDSR, arXiv:1707.02921;
    sub-pixel convolution, arXiv:1609.05158). It predicts only what smooth enlarging lacks.

    Shapes: (B, 4, H, W) in [-1, 1], colours over white and alpha -> (B, 4, 4 H, 4 W), about [-1, 1]: clamp before use.

    Args:
        channels: of the stack.
        depth: DCLs in it.
    """

    def __init__(self, channels: int = 48, depth: int = 6):
        super().__init__()
        self.enter = convolution(CHANNELS, channels, 3, dims=2)
        layers = [DeepConvLayer(channels, 3, kernel_out=3, dims=2, gated=False) for _ in range(depth)]
        self.stack = StackedConvNet(layers)
        self.norm = ChannelNorm(channels)
        self.leave = convolution(channels, CHANNELS * FACTOR**2, 3, dims=2)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, pictures: Tensor) -> Tensor:
        detail = F.pixel_shuffle(self.leave(self.norm(self.stack(self.enter(pictures)))), FACTOR)
        return F.interpolate(pictures, scale_factor=FACTOR, mode="bilinear") + detail
