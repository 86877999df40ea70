"""A residual autoencoder: a 64 x 64 picture to an 8 x 8 grid of latent codes and back. Built by `resgen.checkpoint`,
called by `resgen.image.engine`: painting in its latent space costs a few times less than painting pixels (LDM,
arXiv:2112.10752).
"""

from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resgen.blocks import ChannelNorm, DeepConvLayer, Downsample, StackedConvNet, Upsample, convolution

PATCH = 4  # pixels a side that become the channels of one position
NOISE = 0.15  # largest standard deviation added to codes in training: the decoder shall forgive the flow's small errors
CHANNELS = 4  # red, green and blue over white, then alpha


def _stack(channels: int, depth: int) -> StackedConvNet:
    layers = [DeepConvLayer(channels, 3, kernel_out=1, dims=2, gated=False) for _ in range(depth)]
    return StackedConvNet(layers)


class Codec(Protocol):
    """What a painter paints in: pictures (B, 4, H, W) in [-1, 1] <-> codes."""

    def encode(self, pictures: Tensor) -> Tensor: ...

    def decode(self, codes: Tensor) -> Tensor: ...

    def to(self, device: torch.device) -> "Codec": ...


class Autoencoder(nn.Module):
    """Pictures <-> latent codes.

    Pictures are (B, 4, H, W) in [-1, 1]: red, green, blue over white, and alpha; H and W are multiples of 8.
    Codes are (B, latent, H / 8, W / 8), each position of root-mean-square 1: a fixed scale is what the flow
    needs, and keeps the codes from growing out of reach of the noise that training adds to them.

    Args:
        latent: channels of a code.
        fine: channels at a quarter of the resolution.
        coarse: channels at an eighth.
        encoder: DCLs at (fine, coarse) on the way in.
        decoder: DCLs at (coarse, fine) on the way out, where the detail is made.
    """

    def __init__(
        self,
        latent: int = 16,
        fine: int = 128,
        coarse: int = 192,
        encoder: tuple[int, int] = (1, 1),
        decoder: tuple[int, int] = (2, 3),
    ):
        super().__init__()
        self.latent = latent
        values = CHANNELS * PATCH**2
        self.enter = convolution(values, fine, 3, dims=2)
        self.analyse = nn.Sequential(
            _stack(fine, encoder[0]),
            Downsample(fine, coarse),
            _stack(coarse, encoder[1]),
            ChannelNorm(coarse),
            convolution(coarse, latent, 1, dims=2),
        )
        self.synthesise = nn.Sequential(
            convolution(latent, coarse, 3, dims=2),
            _stack(coarse, decoder[0]),
            Upsample(coarse, fine),
            _stack(fine, decoder[1]),
            ChannelNorm(fine),
        )
        self.leave = convolution(fine, values, 3, dims=2)

    def encode(self, pictures: Tensor) -> Tensor:
        """(B, 4, H, W) in [-1, 1] -> (B, latent, H / 8, W / 8)."""
        return rms_normalized(self.analyse(self.enter(F.pixel_unshuffle(pictures, PATCH))))

    def decode(self, codes: Tensor) -> Tensor:
        """(B, latent, H / 8, W / 8) -> (B, 4, H, W), about [-1, 1]: clamp before use."""
        return F.pixel_shuffle(self.leave(self.synthesise(codes)), PATCH)

    def forward(self, pictures: Tensor, noise: float) -> Tensor:
        """The pictures after encoding, noise of up to that standard deviation, and decoding."""
        codes = self.encode(pictures)
        scale = noise * torch.rand(len(codes), 1, 1, 1, device=codes.device, dtype=codes.dtype)
        return self.decode(codes + scale * torch.randn_like(codes))


def rms_normalized(codes: Tensor) -> Tensor:
    """Codes (B, C, H, W) scaled to root-mean-square 1 over the channels of each position."""
    return codes * codes.float().square().mean(1, keepdim=True).add(1e-6).rsqrt().to(codes.dtype)
