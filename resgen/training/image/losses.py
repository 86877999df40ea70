"""What the picture networks are trained to make small. Called by the training scripts of this folder."""

import torch
import torch.nn.functional as F
from torch import Tensor

from resgen.image.autoencoder import NOISE, Autoencoder
from resgen.image.pixel_fold import PixelFold
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


def velocity_loss(
    network: torch.nn.Module, batch: dict[str, Tensor], shift: float = -0.4, spread: float = 1.2
) -> Tensor:
    """Flow matching's own loss: the mean squared error of the velocity, noise - codes, at random times. The network
    returns clean codes, whose error is `time` times that of the velocity.

    Logits of times are normal with mean `shift` and deviation `spread`, a tenth of the times uniform. Each time is
    drawn from a share of its own of that distribution, so that batches differ less (Kingma et al., arXiv:2107.00630).
    """
    codes = PixelFold().encode(data.to_float(batch["pictures"]))
    count = len(codes)
    place = (torch.randperm(count, device=codes.device) + torch.rand(count, device=codes.device)) / count
    logits = shift + spread * torch.special.ndtri(place.clamp(1e-6, 1 - 1e-6))
    even = torch.rand(count, device=codes.device) < 0.1
    time = torch.where(even, place, torch.sigmoid(logits)).clamp(1e-3, 1 - 1e-3)
    share = time.view(-1, 1, 1, 1)
    noise = torch.randn_like(codes)
    noisy = (1 - share) * codes + share * noise
    style = torch.zeros(count, dtype=torch.long, device=codes.device)
    clean = network(noisy, time, batch["words"], batch["letters"], style)
    return ((clean.float() - codes) / share).square().mean()
