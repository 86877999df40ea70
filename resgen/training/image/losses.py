"""What the picture networks are trained to make small. Called by the training scripts of this folder."""

import torch
import torch.nn.functional as F
from torch import Tensor

from resgen.image.autoencoder import NOISE, Autoencoder
from resgen.training.image import data


def reconstruction_loss(decoded: Tensor, pictures: Tensor) -> Tensor:
    """Mean absolute error of pixels, and of their differences to the right and below at two scales.

    Pixels alone leave edges soft; the differences ask for the same edges (Mathieu et al., arXiv:1511.05440, eq. 6).
    """
    error = (decoded - pictures).float()
    total = error.abs().mean()
    for _ in range(2):
        total = total + error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
        error = F.avg_pool2d(error, 2)
    return total


EARLIEST = 0.05  # times below it weigh no more than it does


def flow_loss(network: torch.nn.Module, batch: dict[str, Tensor], shift: float = 0.4, power: float = 1.0) -> Tensor:
    """Flow matching (Lipman et al., arXiv:2210.02747), from the clean codes that the network predicts at a random
    time (x0-prediction): their mean squared error / time^power.

    The v-loss is theirs / time^2, but most of that comes from late times, where it can hardly be
    learned; what picture is meant must be known early. Times are logit-normal (Esser et al., arXiv:2403.03206), shifted
    by `shift` towards noise, where words decide what the picture becomes. What both are worth:
    `resgen.evaluation.image.ablations`.
    """
    codes = batch["codes"]
    noise = torch.randn_like(codes)
    time = torch.sigmoid(torch.randn(len(codes), device=codes.device) + shift)
    share = time.view(-1, 1, 1, 1)
    noisy = (1 - share) * codes + share * noise
    clean = network(noisy, time, batch["words"], batch["letters"], batch["style"])
    weight = time.clamp(min=EARLIEST) ** -power
    return ((clean.float() - codes).square().mean((1, 2, 3)) * weight).mean()


def autoencoder_loss(network: torch.nn.Module, batch: dict[str, Tensor]) -> Tensor:
    pictures = data.to_float(batch["pictures"])
    return reconstruction_loss(network(pictures, NOISE), pictures)


def decoder_loss(network: Autoencoder, batch: dict[str, Tensor]) -> Tensor:
    """The error of what codes (B, C, H, W) are decoded to; pictures are (B, 4, 8 H, 8 W) uint8."""
    return reconstruction_loss(network.decode(batch["codes"]), data.to_float(batch["pictures"]))


def upscaling_loss(network: torch.nn.Module, batch: dict[str, Tensor]) -> Tensor:
    return reconstruction_loss(network(data.to_float(batch["small"])), data.to_float(batch["large"]))
