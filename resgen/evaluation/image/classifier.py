"""A residual classifier: which thing and which style a picture shows. It is trained on the real pictures, without
the held-out pairs, to count how many painted pictures are recognised. Called by `resgen.evaluation.image.evaluate`.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resgen.blocks import ChannelNorm, DeepConvLayer, Downsample, StackedConvNet, convolution
from resgen.training.image import data
from resgen.training.loop import train
from resgen.training.optim import Schedule
from resgen.training.run import cache

SCHEDULE = Schedule(steps=3000, ema=0.995, log_every=100)
BATCH_SIZE = 64
WIDTHS = (64, 96, 160, 256)  # channels at 32, 16, 8 and 4 positions a side


class Classifier(nn.Module):
    """Pictures (B, 3, 64, 64) in [-1, 1] over white -> logits of names (B, names) and of styles (B, styles)."""

    def __init__(self, names: int, styles: int):
        super().__init__()
        parts = [convolution(12, WIDTHS[0], 3, dims=2)]
        for width, wider in zip(WIDTHS, (*WIDTHS[1:], None), strict=True):
            parts.append(StackedConvNet([DeepConvLayer(width, 3, dims=2, gated=False) for _ in range(2)]))
            parts += [Downsample(width, wider)] if wider else []
        self.see = nn.Sequential(*parts, ChannelNorm(WIDTHS[-1]))
        self.heads = nn.Linear(WIDTHS[-1], names + styles)
        self.names = names

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        seen = self.see(F.pixel_unshuffle(pictures, 2)).mean((2, 3))
        logits = self.heads(seen).float()
        return logits[:, : self.names], logits[:, self.names :]


def disturbed(pictures: Tensor) -> Tensor:
    """Each picture (B, 3, 64, 64) at random turned by up to 10 degrees, scaled by 0.8-1.15, moved by up to 5 pixels,
    tinted, softened and made noisy: so that the classifier goes by the thing and not by a pixel."""
    count, where = len(pictures), pictures.device
    angle = (torch.rand(count, device=where) - 0.5) * 0.35
    scale = 1 / (0.8 + 0.35 * torch.rand(count, device=where))
    move = (torch.rand(count, 2, device=where) - 0.5) * 0.3
    turn = torch.stack([angle.cos() * scale, -angle.sin() * scale, angle.sin() * scale, angle.cos() * scale], 1)
    grid = F.affine_grid(torch.cat([turn.view(-1, 2, 2), move.unsqueeze(2)], 2), list(pictures.shape), False)
    x = F.grid_sample(pictures - 1, grid, align_corners=False) + 1  # outside is white
    soft = F.interpolate(F.avg_pool2d(x, 2), scale_factor=2, mode="bilinear")
    x = torch.lerp(x, soft, torch.rand(count, 1, 1, 1, device=where))
    x = (x - 1) * (0.8 + 0.4 * torch.rand(count, 3, 1, 1, device=where)) + 1
    return x + 0.15 * torch.rand(count, 1, 1, 1, device=where) * torch.randn_like(x)


def classifier_loss(network: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    names, styles = network(disturbed(data.to_float(batch["pictures"])))
    return F.cross_entropy(names, batch["name"], label_smoothing=0.1) + F.cross_entropy(styles, batch["style"])


def classifier_of(pictures: data.Pictures) -> tuple[Classifier, list[int]]:
    """A classifier of the names in these pictures, trained once (some minutes of CPU), then read from the cache.

    Returns the classifier, and for each of its answers the name's index.
    """
    known = sorted(set(pictures.name.tolist()))
    pairs, _ = data.held_out(pictures)
    taught = pictures.select(~pairs)
    pixels = torch.from_numpy(taught.pixels[:, :3])
    answer = torch.from_numpy(np.searchsorted(known, taught.name))
    style = torch.from_numpy(taught.style)

    def batches(start: int, process: int):
        random = np.random.default_rng((SCHEDULE.seed, start, process))
        while True:
            chosen = torch.from_numpy(random.integers(len(pixels), size=BATCH_SIZE))
            yield {"pictures": pixels[chosen], "name": answer[chosen], "style": style[chosen]}

    classifier = Classifier(len(known), len(pictures.styles))
    classifier, _ = train(classifier, classifier_loss, batches, SCHEDULE, cache() / "runs" / "classifier")
    return classifier.requires_grad_(False), known


@torch.inference_mode()
def accuracy(classifier: Classifier, pixels: np.ndarray, answers: np.ndarray, styles: np.ndarray) -> dict[str, float]:
    """Shares in percent recognised by the classifier: name among its first guess and first five, and style.

    Args:
        pixels: (N, 3, 64, 64) uint8 over white.
        answers: (N,) which of the classifier's answers is right; styles: (N,).
    """
    logits = [classifier(data.to_float(part)) for part in torch.from_numpy(pixels).split(128)]
    names, style = (torch.cat(parts) for parts in zip(*logits, strict=True))
    five = names.topk(5, dim=1).indices == torch.from_numpy(answers).unsqueeze(1)
    figures = {
        "top1": five[:, 0].float().mean(),
        "top5": five.any(1).float().mean(),
        "style": (style.argmax(1) == torch.from_numpy(styles)).float().mean(),
    }
    return {key: round(100 * float(value), 1) for key, value in figures.items()}
