"""A residual classifier of CIFAR-10's ten things, which shares nothing with the painter: how many painted photographs
show what was asked for. `python -m resgen.evaluation.image.photo_classifier` trains it (twenty minutes of one CPU core
that multiplies in bf16) and prints its accuracy on the test pictures; `resgen evaluate photo` calls it.

The layout is that of the quickest networks for this task (Jordan, arXiv:2404.00498): a first layer that whitens, fixed
from the data, then three stages that halve the picture, here each with a residual connection; Muon.
"""

import itertools
import json

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resgen.blocks import StackedConvNet, convolution
from resgen.device import choose, precision
from resgen.training.image.data import to_float
from resgen.training.image.photos import SIDE, Photos
from resgen.training.loop import train
from resgen.training.optim import Schedule
from resgen.training.run import cache, show_progress

THINGS = 10
WIDTHS = (64, 256, 256)  # channels at 15, 7 and 3 positions a side
PATCH = 2  # pixels a side of what the first layer whitens
SEEN = 5000  # pictures whose patches tell how
MOVED = 2  # pixels by which training moves pictures
BATCH_SIZE = 256
REPORTED = 1000  # test pictures named at each save, for the log
SCHEDULE = Schedule(
    steps=800, lr_kernels=0.03, lr_other=0.01, warmup=40, decay=0.9, ema=0.98, clip=10.0, save_minutes=3, compile=False
)


class _Layer(nn.Module):
    """Convolution, norm over the batch, GELU: (B, C, H, W) -> (B, C, H, W), a branch of a `StackedConvNet`."""

    def __init__(self, width: int):
        super().__init__()
        self.see = nn.Sequential(convolution(width, width, 3, dims=2), nn.BatchNorm2d(width), nn.GELU())

    def forward(self, x: Tensor, condition: Tensor | None, memory: object) -> Tensor:
        return self.see(x)


class PhotoClassifier(nn.Module):
    """Photographs (B, 3, 32, 32) in [-1, 1] -> logits (B, 10).

    Args:
        whiten: kernels (K, 3, PATCH, PATCH) of the first layer, which stay as they are.
    """

    whiten: Tensor

    def __init__(self, whiten: Tensor):
        super().__init__()
        self.register_buffer("whiten", whiten)
        self.offset = nn.Parameter(torch.zeros(len(whiten)))
        parts: list[nn.Module] = []
        for width, wider in itertools.pairwise((2 * len(whiten), *WIDTHS)):
            parts += [convolution(width, wider, 3, dims=2), nn.MaxPool2d(2), nn.BatchNorm2d(wider), nn.GELU()]
            parts += [StackedConvNet([_Layer(wider)])]
        self.see = nn.Sequential(*parts, nn.AdaptiveMaxPool2d(1), nn.Flatten())
        self.name = nn.Linear(WIDTHS[-1], THINGS)

    def forward(self, pictures: Tensor) -> Tensor:
        x = F.conv2d(pictures, self.whiten, self.offset)
        return self.name(self.see(F.gelu(torch.cat([x, -x], 1)))).float()


def whitening(pixels: np.ndarray) -> Tensor:
    """Kernels (3 PATCH^2, 3, PATCH, PATCH) that make patches of pictures (N, 3, H, W) uint8 uncorrelated, each with
    variance 1."""
    x = torch.from_numpy(pixels[:SEEN]).float() / 127.5 - 1
    patches = F.unfold(x, PATCH).transpose(1, 2).flatten(0, 1).double()
    values, vectors = torch.linalg.eigh(torch.cov(patches.T))
    return (vectors.T / (values + 1e-3).sqrt().unsqueeze(1)).float().view(-1, 3, PATCH, PATCH)


def classifier_loss(network: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    pictures = to_float(batch["pictures"]).contiguous(memory_format=torch.channels_last)
    return F.cross_entropy(network(pictures), batch["label"], label_smoothing=0.2)


def moved_batches(pictures: Photos, seed: int, start: int = 0):
    """Endless batches {"pictures": (BATCH_SIZE, 3, 32, 32) uint8, "label": (BATCH_SIZE,)}, every picture once before
    any comes again, mirrored the second time it comes, and moved by up to MOVED pixels."""
    padded = np.pad(pictures.pixels, ((0, 0), (0, 0), (MOVED, MOVED), (MOVED, MOVED)), mode="reflect")
    window, an_epoch = np.arange(SIDE), max(1, len(pictures) // BATCH_SIZE)
    for step in itertools.count(start):
        epoch, place = divmod(step, an_epoch)
        order = np.random.default_rng((seed, epoch)).permutation(len(pictures))
        chosen = order[place * BATCH_SIZE : (place + 1) * BATCH_SIZE]
        random = np.random.default_rng((seed, epoch, place))
        rows, columns = (random.integers(2 * MOVED + 1, size=(len(chosen), 1)) + window for _ in range(2))
        mirrored = (chosen + epoch) % 2 == 0
        columns[mirrored] = columns[mirrored, ::-1]
        shown = padded[chosen[:, None, None], :, rows[:, :, None], columns[:, None, :]]  # (B, H, W, 3)
        yield {
            "pictures": torch.from_numpy(shown).movedim(-1, 1),
            "label": torch.from_numpy(pictures.label[chosen]),
        }


@torch.inference_mode()
def answers(network: PhotoClassifier, pixels: np.ndarray) -> Tensor:
    """What photographs (N, 3, 32, 32) uint8 show, (N,), judged as they are and mirrored."""
    where = network.whiten.device
    found = []
    for part in torch.from_numpy(pixels).split(250):
        x = to_float(part.to(where)).contiguous(memory_format=torch.channels_last)
        with torch.autocast(where.type, precision(where), enabled=precision(where) != torch.float32):
            found.append((network(x) + network(x.flip(-1))).argmax(1).cpu())
    return torch.cat(found)


def accuracy(network: PhotoClassifier, pixels: np.ndarray, labels: np.ndarray) -> float:
    """The share in percent of photographs (N, 3, 32, 32) uint8 that show what they should, labels (N,)."""
    return 100 * float((answers(network, pixels) == torch.from_numpy(labels)).float().mean())


def classifier_of(taught: Photos, test: Photos) -> PhotoClassifier:
    """The classifier, trained once on the pictures `taught`, then read from the cache; `test` is for the log."""
    folder = cache() / "runs" / "photo_classifier"
    kept = folder / "photo_classifier.pt"
    network = PhotoClassifier(whitening(taught.pixels))
    if kept.exists():
        network.load_state_dict(torch.load(kept, weights_only=True))
        return network.to(choose(None)).requires_grad_(False).eval()
    shown = test.select(np.arange(len(test)) < REPORTED)

    def batches(start: int, process: int):
        return moved_batches(taught, SCHEDULE.seed + process, start)

    def report(network: PhotoClassifier) -> dict:
        return {"accuracy": round(accuracy(network, shown.pixels, shown.label), 1)}

    network, _ = train(network, classifier_loss, batches, SCHEDULE, folder, report)
    torch.save(network.state_dict(), kept)
    return network.requires_grad_(False)


def main() -> None:
    from resgen.evaluation.image.photo import cifar10

    show_progress()
    train_pictures, test = cifar10()
    network = classifier_of(train_pictures, test)
    print(json.dumps({"test": len(test), "accuracy": round(accuracy(network, test.pixels, test.label), 2)}))


if __name__ == "__main__":
    main()
