"""How different the pictures of a grid are, and whether they still show what was asked for, by `variety`:
`python -m resgen.evaluation.image.variety` measures, keeps the figures in `assets/compare/variety.json`, and prints the
table of docs/image.md. It needs the pack of real pictures. `--sheet FILE` draws the grids measured too.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from resgen import load
from resgen.assets import ASSETS
from resgen.evaluation.image.evaluate import features
from resgen.image.files import grid
from resgen.image.pixels import over_white
from resgen.image.request import MIX, STYLES
from resgen.training.image import data

FIGURES = ASSETS / "compare" / "variety.json"
COUNT = 8  # pictures of a grid, the page's default
AMOUNTS = (0.0, -1.0)  # every picture as plain as it was learned, and the default
KINDS = (MIX, "noto")  # styles asked for
EVERY = 4  # of the names that it learned, one in so many is among those told apart
RIDGE = 0.1  # of the linear map, by the features' mean variance


class Names:
    """A linear map from features to names and styles, fitted to the real pictures: what a picture shows.

    Args:
        seen: features (N, C) of real pictures; names, styles: (N,) what they show.
    """

    def __init__(self, seen: Tensor, names: np.ndarray, styles: np.ndarray):
        self.known = np.unique(names)
        self.mean, self.spread = seen.mean(0), seen.std(0) + 1e-6
        rows = self._scaled(seen)
        answers = torch.zeros(len(rows), len(self.known) + len(STYLES))
        answers[torch.arange(len(rows)), torch.from_numpy(np.searchsorted(self.known, names))] = 1
        answers[torch.arange(len(rows)), len(self.known) + torch.from_numpy(styles).long()] = 1
        # In the dual form, for there are about as many pictures as features.
        inner = rows @ rows.T
        inner.diagonal().add_(RIDGE * len(rows))
        self.map = rows.T @ torch.linalg.solve(inner, answers - answers.mean(0))

    def _scaled(self, seen: Tensor) -> Tensor:
        return torch.nn.functional.normalize((seen - self.mean) / self.spread, dim=1)

    def named(self, seen: Tensor, name: int, styles: list[int]) -> tuple[Tensor, Tensor, Tensor]:
        """Of each picture whether its name comes first, and among the first five, and whether its style is right."""
        scores = self._scaled(seen) @ self.map
        five = scores[:, : len(self.known)].topk(5).indices == int(np.searchsorted(self.known, name))
        return five[:, 0], five.any(1), scores[:, len(self.known) :].argmax(1) == torch.tensor(styles)


def distances(seen: Tensor) -> Tensor:
    """Cosine distances of all pairs among features (N, C): (N, N)."""
    rows = torch.nn.functional.normalize(seen, dim=1)
    return 1 - rows @ rows.T


@torch.inference_mode()
def measured(painter, pictures: data.Pictures, things: list[int]) -> tuple[dict[str, dict], list[np.ndarray]]:
    """Figures by "style, variety", and the grids: the mean distance of all pairs of a grid, and of each picture to the
    nearest in it; shares in percent whose name is the first guess or among the first five, and whose style is right.
    And "real", the mean distance of real pictures of different things."""
    asked = [(style, amount, place) for style in KINDS for amount in AMOUNTS for place in range(len(things))]
    drawn = []
    for style, amount, place in asked:
        how = {"style": style, "count": COUNT, "variety": amount, "size": painter.side, "seed": 1000 * place}
        drawn.append(painter.draw(pictures.names[things[place]], **how))
    grids = [result.pixels for result in drawn]
    painted = over_white(np.concatenate(grids)).transpose(0, 3, 1, 2)
    # Both at once, for the network of features is loaded anew each time.
    seen = features(np.concatenate([pictures.pixels[:, :3], painted]))
    real, seen = seen[: len(pictures)], seen[len(pictures) :].unflatten(0, (len(asked), COUNT))
    judge = Names(real, pictures.name, pictures.style)
    others = torch.from_numpy(pictures.name[:, None] != pictures.name)
    figures: dict[str, dict] = {"real": {"mean": round(float(distances(real)[others].mean()), 3)}}
    for style in KINDS:
        for amount in AMOUNTS:
            near, mean, shares = [], [], []
            for (kind, much, place), result, each in zip(asked, drawn, seen, strict=True):
                if (kind, much) == (style, amount):
                    apart = distances(each)
                    mean.append(apart.sum() / (COUNT * (COUNT - 1)))
                    near.append((apart + 9 * torch.eye(COUNT)).amin(1).mean())
                    styles = [pictures.styles.index(own["style"]) for own in result.own]
                    shares.append(100 * torch.stack(judge.named(each, things[place], styles)).float().mean(1))
            figures[f"{style}, {amount:g}"] = {
                "mean": round(float(torch.stack(mean).mean()), 3),
                "nearest": round(float(torch.stack(near).mean()), 3),
                **dict(zip(("top1", "top5", "style"), _rounded(torch.stack(shares).mean(0)), strict=True)),
            }
    return figures, grids


def _rounded(shares: Tensor) -> list[float]:
    return [round(float(share), 1) for share in shares]


def table(figures: dict[str, dict]) -> str:
    """A row for each style asked for and each variety."""
    rows = ["| style, `variety` | mean distance | to the nearest | name first | among five | style |", "|" + "---|" * 6]
    for key, one in figures.items():
        if key != "real":
            shares = " | ".join(f"{one[share]} %" for share in ("top1", "top5", "style"))
            rows.append(f"| {key} | {one['mean']:.3f} | {one['nearest']:.3f} | {shares} |")
    return "\n".join(rows)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m resgen.evaluation.image.variety", description=main.__doc__)
    parser.add_argument("--things", type=int, default=24, help="of how many of those names grids are drawn (24)")
    parser.add_argument("--sheet", type=Path, help="a PNG of all grids, one a row")
    asked = parser.parse_args()
    pictures = data.training(data.things(data.emoji()))
    names = np.unique(pictures.name)[::EVERY]
    pictures = pictures.select(np.isin(pictures.name, names))
    things = names[np.linspace(0, len(names) - 1, asked.things).astype(int)].tolist()
    figures, grids = measured(load("image"), pictures, things)
    FIGURES.write_text(json.dumps({"things": len(things), **figures}, indent=1) + "\n")
    print(table(figures))
    if asked.sheet:
        sheet = np.concatenate([np.asarray(grid(each, columns=COUNT)) for each in grids])
        Image.fromarray(sheet).save(asked.sheet)


if __name__ == "__main__":
    main()
