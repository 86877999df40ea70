"""The sheets in `assets/examples`, of things fixed before the first was drawn: `python -m
resgen.evaluation.image.examples`.

Nothing is chosen: default settings, seeds counted from 0. Two sheets show real pictures too, and need their pack.
"""

import json

import numpy as np
import torch

from resgen import load
from resgen.assets import ASSETS
from resgen.engine import settings_of
from resgen.image.files import grid, save_png
from resgen.image.pixels import straight
from resgen.image.request import PHOTO, SIDE, STYLES
from resgen.training.image import data

FOLDER = ASSETS / "examples"
THINGS = (
    ("red car", "apple", "dog face", "rocket", "teapot", "rose", "pizza", "owl", "castle", "guitar", "cat", "horse")
    + ("sailboat", "airplane", "bicycle", "strawberry", "banana", "cactus", "snowman", "house", "birthday cake")
    + ("butterfly", "turtle", "camera")
)
IN_FOUR_STYLES = ("dog", "car", "castle", "rocket", "pizza", "owl", "rose", "teapot", "cat", "tree", "guitar", "whale")
# What no set of emoji holds.
ASKED = (
    ("blue owl", "purple cat", "green dog", "pink elephant", "black rose", "yellow rocket", "white car", "red whale")
    + ("two cats", "three rockets", "two roses", "three owls")
    + ("cat and dog", "owl and teapot", "pizza and rocket", "horse and castle")
)
BLENDS = (
    *(("owl", "teapot"), ("cat", "car"), ("rose", "pizza"), ("rocket", "guitar"), ("castle", "birthday cake")),
    *(("dog", "bear"), ("apple", "strawberry"), ("butterfly", "fish"), ("tree", "broccoli"), ("whale", "bus")),
)


PHOTOGRAPHED = ("airplane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")  # ten of each
ALSO = (
    *("sunflower", "orange", "mountain", "sea", "castle", "train", "apple", "forest", "skyscraper", "lion"),
    *("butterfly", "bottle", "rose", "leopard", "road", "tractor", "cloud", "girl", "tiger", "plate"),
)


class Sheets:
    """Draws sheets with the shipped painter and writes them with their settings."""

    def __init__(self):
        self.painter = load("image")
        self.steps, self.guidance = (settings_of(self.painter.request)[name][1] for name in ("steps", "guidance"))

    def paint(self, pairs: list[tuple[str, str]]) -> np.ndarray:
        """A picture (64, 64, 4) uint8 for each (what is asked for, style); its seed is its place."""
        read, seeds = self.painter.dictionary.read, list(range(len(pairs)))
        words, styles = [read(asked).words for asked, _ in pairs], [style for _, style in pairs]
        *_, pixels = self.painter.paint(words, styles, seeds, self.steps, self.guidance)
        return pixels

    def write(self, file: str, pixels: np.ndarray, columns: int, pairs: list) -> None:
        """Enlarge pictures and write them, 128 pixels a side."""
        settings = {"model": self.painter.card["name"], "pairs": pairs, "first_seed": 0}
        settings |= {"steps": self.steps, "guidance": self.guidance}
        save_png(grid(self.painter.enlarge(pixels), columns).reduce(2), FOLDER / file, settings)


def photo_sheets(sheets: Sheets) -> None:
    """Photographs, 64 pixels a side: ten of each of CIFAR-10's things, a row a thing; and of twenty others."""
    photographer = sheets.painter.photographer
    for file, things, columns in (
        ("photos.png", [thing for thing in PHOTOGRAPHED for _ in range(10)], 10),
        ("photos_more.png", [thing for thing in ALSO for _ in range(2)], 10),
    ):
        words = [photographer.dictionary.read(thing).words for thing in things]
        seeds, styles = list(range(len(words))), [PHOTO] * len(words)
        *_, pixels = photographer.paint(words, styles, seeds, sheets.steps, sheets.guidance)
        settings = {"model": photographer.card["name"], "things": things, "first_seed": 0}
        settings |= {"steps": sheets.steps, "guidance": sheets.guidance}
        save_png(grid(photographer.enlarge(pixels, 2), columns), FOLDER / file, settings)


def nearest(pixels: np.ndarray, real: np.ndarray) -> np.ndarray:
    """Of real pictures (M, H, W, 4) uint8, the one that differs least from each of (N, H, W, 4)."""
    known = real.reshape(len(real), -1).astype(np.float32)
    flat = pixels.reshape(len(pixels), -1).astype(np.float32)
    return real[[int(np.square(known - picture).sum(1).argmin()) for picture in flat]]


def real_pictures(pictures: data.Pictures) -> np.ndarray:
    """(N, 64, 64, 4) uint8, straight RGBA."""
    return straight(data.to_float(torch.from_numpy(pictures.pixels)))


def main() -> None:
    sheets = Sheets()
    for file, pairs, columns in (
        ("things.png", [(thing, "noto") for thing in THINGS], 8),
        ("asked.png", [(words, STYLES[i % 4]) for i, words in enumerate(ASKED)], 8),
        ("styles.png", [(thing, style) for style in STYLES for thing in IN_FOUR_STYLES], len(IN_FOUR_STYLES)),
    ):
        sheets.write(file, sheets.paint(pairs), columns, pairs)
        print(FOLDER / file)

    photo_sheets(sheets)
    everything = data.things(data.emoji())
    pairs = [tuple(pair) for pair in json.loads(data.HELD_OUT.read_text())["pairs"][::15]]
    places = [everything.pairs().index(pair) for pair in pairs]
    truth = real_pictures(everything)[places]
    sheets.write("unseen.png", np.concatenate([sheets.paint(pairs), truth]), len(pairs), pairs)

    first, second = ([(pair[place], "fluent 3d") for pair in BLENDS] for place in (0, 1))
    between = [
        sheets.painter.draw(a, blend=b, seed=seed, style="fluent 3d", count=1, size=SIDE).pixels
        for seed, (a, b) in enumerate(BLENDS)
    ]
    blended = np.concatenate(between)
    known = real_pictures(data.training(everything))
    rows = [sheets.paint(first), blended, sheets.paint(second), nearest(blended, known)]
    sheets.write("blends.png", np.concatenate(rows), len(BLENDS), list(BLENDS))


if __name__ == "__main__":
    main()
