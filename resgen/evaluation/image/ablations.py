"""What the parts of the painter's recipe are worth: networks that differ from ours in one thing each, trained for as
long and measured alike.

`python -m resgen.evaluation.image.ablations` trains what `assets/compare/recipe.json` has no figures of yet, each for
as long as `STEPS` steps of ours take, and adds them; several processes may share the work. `--table` prints them as a
table.
"""

import argparse
import fcntl
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resgen import checkpoint
from resgen.assets import ASSETS
from resgen.blocks import ChannelNorm, StackedConvNet, convolution
from resgen.evaluation.image.classifier import accuracy, classifier_of
from resgen.evaluation.image.evaluate import features, frechet, painted
from resgen.image.autoencoder import Codec
from resgen.image.engine import Painter
from resgen.image.model import PictureNet
from resgen.training.image import data
from resgen.training.image.augment import with_composites
from resgen.training.image.losses import flow_loss
from resgen.training.loop import train
from resgen.training.optim import Schedule
from resgen.training.run import cache, try_lock

FIGURES = ASSETS / "compare" / "recipe.json"
STEPS = 3000  # of ours: a quarter of an hour of one thread of an Intel Xeon with AMX
BATCH_SIZE, N_AUGMENTED = 64, 20_000
SCHEDULE = Schedule(lr_embedding=0.02, decay=0.62, ema=0.9993, save_minutes=60)
TRIED = 120  # steps by which the speed is measured
EVERY = 4  # of the pictures learned from, one in so many is painted
DRAWN_IN, GUIDANCE = 8, 2.0  # steps; fixed, so that figures of different days are of the same kind


class Velocity(PictureNet):
    """v-prediction: its output is the velocity noise - codes, from which the clean codes follow."""

    def clean(self, noisy: Tensor, time: Tensor, cond_embedding: Tensor) -> Tensor:
        return noisy - time.view(-1, 1, 1, 1) * super().clean(noisy, time, cond_embedding)


class Attention2d(nn.Module):
    """Self-attention over all positions of a grid: the branch of a residual connection. (B, C, H, W) -> the same."""

    def __init__(self, channels: int, heads: int = 4):
        super().__init__()
        self.heads = heads
        self.norm = ChannelNorm(channels)
        self.read = convolution(channels, 3 * channels, 1, dims=2)
        self.project = convolution(channels, channels, 1, dims=2)
        nn.init.zeros_(self.project.weight)
        nn.init.zeros_(self.project.bias)

    def forward(self, x: Tensor, condition: Tensor | None = None, memory: None = None) -> Tensor:
        q, k, v = (p.unflatten(1, (self.heads, -1)).flatten(3).mT for p in self.read(self.norm(x)).chunk(3, dim=1))
        return self.project(F.scaled_dot_product_attention(q, k, v).mT.reshape(x.shape))


class Attentive(PictureNet):
    """Attention over the 8 x 8 positions, once on the way down and once on the way up."""

    def __init__(self, **architecture):
        super().__init__(**architecture)
        for stack in (self.flow.down[0], self.flow.up[0]):
            cast(StackedConvNet, stack).layers.append(Attention2d(self.flow.enter.out_channels))


class Moved(PictureNet):
    """Is conditioned on the way, one of `MOVES`, in which a picture was moved or scaled, within the style's number: it
    is given as style + (styles + 1) * way. In use the way is 0, none."""

    def __init__(self, **architecture):
        super().__init__(**architecture)
        self.move = nn.Embedding(MOVES, self.style.embedding_dim)
        nn.init.zeros_(self.move.weight)

    def cond_embedding(self, words: Tensor, letters: Tensor, style: Tensor) -> Tensor:
        kinds = self.no_style + 1
        both = self.prompt(words, letters) + self.style(style % kinds) + self.move(style // kinds)
        return self.mix(both.unsqueeze(-1)).squeeze(-1)


MOVES = 5  # ways of `moved`: none, and four


def moved(pictures: Tensor, move: int) -> Tensor:
    """Pictures (N, 4, 64, 64) in [-1, 1], scaled and shifted in the way of that number; 0 leaves them."""
    if move == 0:
        return pictures
    scale, right, down = ((0.9, 0, 0), (1.1, 0, 0), (1.0, 0.1, 0.06), (1.0, -0.1, -0.06))[move - 1]
    empty = torch.tensor([1.0, 1.0, 1.0, -1.0]).view(1, 4, 1, 1)
    turn = torch.tensor([[1 / scale, 0, right], [0, 1 / scale, down]]).expand(len(pictures), 2, 3)
    grid = F.affine_grid(turn, list(pictures.shape), False)
    return F.grid_sample(pictures - empty, grid, align_corners=False) + empty


class Patches:
    """In place of an autoencoder: pixels themselves, a square of them the channels of one position."""

    def __init__(self, side: int):
        self.side = side

    def encode(self, pictures: Tensor) -> Tensor:
        return F.pixel_unshuffle(pictures, self.side)

    def decode(self, codes: Tensor) -> Tensor:
        return F.pixel_shuffle(codes, self.side)

    def to(self, device: torch.device) -> "Patches":
        return self


@dataclass(frozen=True)
class Variant:
    """What one differs in from ours."""

    network: type[PictureNet] = PictureNet
    architecture: dict = field(default_factory=dict)
    loss: Callable = flow_loss
    schedule: dict = field(default_factory=dict)
    patch: int = 0  # pixels a side of a patch in place of the autoencoder
    timed: bool = False  # whether one of its steps takes another time than one of ours


VARIANTS = {
    "ours": Variant(),
    "wider at 8 x 8, narrower at 4 x 4": Variant(architecture={"widths": (208, 176)}, timed=True),
    "patches of 8 x 8 pixels, no autoencoder": Variant(architecture={"latent": 256}, patch=8, timed=True),
    "v-prediction, v-loss": Variant(Velocity, loss=partial(flow_loss, power=2.0)),
    "x0-prediction, v-loss": Variant(loss=partial(flow_loss, power=2.0)),
    "no timestep shift": Variant(loss=partial(flow_loss, shift=0.0)),
    "twice the timestep shift": Variant(loss=partial(flow_loss, shift=0.8)),
    "AdamW": Variant(schedule={"optimiser": "adamw", "lr_kernels": 2e-3}, timed=True),
    "attention at 8 x 8": Variant(Attentive, timed=True),
    "hardly an average of the weights (EMA 0.9)": Variant(schedule={"ema": 0.9}),
    "pictures moved and scaled, with that as a condition": Variant(Moved),
}


class Trial:
    """Trains variants on the same pictures and measures each by the same classifier."""

    def __init__(self):
        everything = data.things(data.emoji())
        self.dictionary, self.styles = data.dictionary(everything), len(everything.styles)
        self.pictures = data.training(everything)
        self.pairs = everything.select(data.held_out(everything)[0])
        self.autoencoder = checkpoint.load("autoencoder")[0]
        self.taught, self.shown = with_composites(self.pictures, N_AUGMENTED, SCHEDULE.seed)
        self.classifier, self.known = classifier_of(everything)
        self.real = features(self.pictures.pixels[:, :3])

    def batches(self, codes: list[Tensor], start: int) -> Iterator[dict[str, Tensor]]:
        """As `data.code_batches`; where there are codes of moved pictures too, every other one is moved."""
        streams = data.code_batches(
            torch.arange(len(self.shown)),
            self.shown,
            self.taught.style,
            N_AUGMENTED,
            self.dictionary,
            BATCH_SIZE,
            0,
            start,
        )
        for number, batch in enumerate(streams, start):
            way = np.random.default_rng([1, number]).integers(0, len(codes), BATCH_SIZE)
            way[::2] = 0
            batch["codes"] = torch.stack([codes[w][place] for w, place in zip(way, batch["codes"], strict=True)])
            batch["style"] = batch["style"] + (self.styles + 1) * torch.from_numpy(way)
            yield batch

    def __call__(self, name: str, variant: Variant) -> dict:
        """Train from random weights, and measure.

        Returns:
            {"parameters", "steps", "frechet", "top5", "style", "pairs_top5", "pairs_style"}: shares in percent, of
            pairs learned from and of pairs never seen, as `resgen.evaluation.image.evaluate.evaluate` counts them.
        """
        folder, steps = cache() / "compare" / "image" / name, STEPS
        if variant.timed:  # both one after the other: a machine is not as fast at all times
            ours = self.trained(VARIANTS["ours"], TRIED, folder)[2]
            steps = round(STEPS * ours / self.trained(variant, TRIED, folder)[2])
        network, codec, _ = self.trained(variant, steps, folder)
        network.requires_grad_(False)
        parameters = sum(p.numel() for p in network.parameters())
        painter = Painter(network, self.dictionary, {"name": name}, codec)
        return {"parameters": parameters, "steps": steps} | self.measured(painter)

    def trained(self, variant: Variant, steps: int, folder: Path) -> tuple[PictureNet, Codec, float]:
        """The network after so many steps, what it draws in, and the seconds of a step, compiling left out.

        Args:
            folder: for the run; what is there goes.
        """
        shutil.rmtree(folder, ignore_errors=True)
        codec: Codec = Patches(variant.patch) if variant.patch else self.autoencoder
        pixels = torch.from_numpy(self.taught.pixels).split(256)
        codes = [
            torch.cat([codec.encode(moved(data.to_float(part), way)) for part in pixels])
            for way in range(MOVES if variant.network is Moved else 1)
        ]
        torch.manual_seed(0)
        torch.compiler.reset()
        network = variant.network(
            vocabulary=len(self.dictionary.vocabulary), styles=self.styles, **variant.architecture
        )
        schedule = replace(SCHEDULE, steps=steps, **variant.schedule)
        stream = partial(self.batches, codes)
        network, _ = train(network, variant.loss, lambda start, _: stream(start), schedule, folder)
        began, *_, ended = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()[1:]]
        return network, codec, (ended["seconds"] - began["seconds"]) / (ended["step"] - began["step"])

    def measured(self, painter: Painter) -> dict:
        """The figures of a painter that has been trained, as of `__call__`."""
        seen = self.pictures.select(np.arange(len(self.pictures)) % EVERY == 0)
        figures = {}
        for kind, asked in (("", seen), ("pairs_", self.pairs)):
            drawn = painted(painter, asked.pairs(), 1000, DRAWN_IN, GUIDANCE)[:, :3]
            found = accuracy(self.classifier, drawn, np.searchsorted(self.known, asked.name), asked.style)
            if asked is seen:
                figures["frechet"] = round(frechet(features(drawn), self.real), 1)
            figures |= {f"{kind}{key}": found[key] for key in ("top5", "style")}
        return figures


@contextmanager
def figures() -> Iterator[dict[str, dict]]:
    """The figures so far, to be changed by one process at a time."""
    FIGURES.touch()
    with open(FIGURES, "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        found = json.loads(file.read() or "{}")
        yield found
        file.seek(0)
        file.truncate()
        file.write(json.dumps(found, indent=1) + "\n")


def table(found: dict[str, dict]) -> str:
    """A row for each variant."""
    rows = ["| trained a quarter of an hour | parameters | steps | Frechet | seen: name, style | unseen: name, style |"]
    rows.append("|---|---|---|---|---|---|")
    for name, one in found.items():
        size, distance = f"{one['parameters'] / 1e6:.2f} M", f"{one['frechet']:.0f}"
        seen, unseen = (f"{one[f'{k}top5']:.1f}, {one[f'{k}style']:.1f} %" for k in ("", "pairs_"))
        rows.append(f"| {name} | {size} | {one['steps']} | {distance} | {seen} | {unseen} |")
    return "\n".join(rows)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m resgen.evaluation.image.ablations", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--table", action="store_true", help="only print the table of the figures there are")
    args = parser.parse_args(arguments)
    if args.table:
        with figures() as found:
            print(table({name: found[name] for name in VARIANTS if name in found}))
        return
    trial = Trial()
    for name, variant in VARIANTS.items():
        with try_lock(cache() / "compare" / "image" / f"{name}.lock") as ours:
            with figures() as found:
                missing = name not in found
            if ours and missing:
                measured = trial(name, variant)
                with figures() as found:
                    found[name] = measured


if __name__ == "__main__":
    main()
