"""Train the picture model: `python -m resgen.image.train --preset cpu|gpu|smoke [--init NAME]`.

First the autoencoder learns pictures, then the flow learns to paint in its codes from words and a style. Writes
NAME.safetensors and NAME.json into the run's folder; when `python -m resgen evaluate image` finds them better than
what ships, copy both into `assets/weights`.
"""

import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from resgen import checkpoint, device
from resgen.image import data
from resgen.image.autoencoder import reconstruction_loss
from resgen.image.made import make
from resgen.image.model import PictureNet
from resgen.image.prompt import Dictionary
from resgen.training import Schedule, cache, run_options, train

NOISE = 0.15  # largest standard deviation added to codes, so that the decoder forgives the flow's small errors
SHIFT = 4  # pixels by which the autoencoder's pictures are moved at most
EARLIEST = 0.05  # times below it weigh no more than it does: the loss goes with 1 / time^2


@dataclass(frozen=True)
class Options:
    """One run: two schedules, and pictures a batch in each."""

    autoencoder: Schedule
    flow: Schedule
    autoencoder_rows: int = 64
    flow_rows: int = 128
    made: int = 20_000  # pictures made of others: recoloured, several, two things together


PRESETS = {
    "cpu": Options(
        Schedule(steps=5700, ema=0.998, save_minutes=2), Schedule(steps=12000, lr_embedding=0.02, ema=0.9993)
    ),
    "gpu": Options(
        Schedule(steps=6000, ema=0.998, save_minutes=2),
        Schedule(steps=24000, lr_embedding=0.02, ema=0.9995, save_minutes=2),
        autoencoder_rows=128,
        flow_rows=256,
    ),
    "smoke": Options(
        Schedule(steps=20, warmup=5, compile=False),
        Schedule(steps=20, warmup=5, compile=False),
        autoencoder_rows=8,
        flow_rows=8,
        made=40,
    ),
}


def autoencoder_loss(network: torch.nn.Module, batch: dict[str, Tensor]) -> Tensor:
    pictures = data.to_float(batch["pictures"])
    return reconstruction_loss(network(pictures, NOISE), pictures)


def flow_loss(network: torch.nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Flow matching (Lipman et al., arXiv:2210.02747): mean squared error of the velocity noise - codes at a
    random time.

    The network tells the clean codes, so the velocity's error is theirs / time. Times are logit-normal (Esser et
    al., arXiv:2403.03206), moved towards noise, where words decide what the picture becomes.
    """
    codes = batch["codes"]
    noise = torch.randn_like(codes)
    time = torch.sigmoid(torch.randn(len(codes), device=codes.device) + 0.4)
    share = time.view(-1, 1, 1, 1)
    noisy = (1 - share) * codes + share * noise
    clean = network(noisy, time, batch["words"], batch["letters"], batch["style"])
    weight = time.clamp(min=EARLIEST) ** -2
    return ((clean.float() - codes).square().mean((1, 2, 3)) * weight).mean()


@torch.no_grad()
def codes_of(network: PictureNet, pictures: data.Pictures) -> Tensor:
    """(N, C, H, W): every picture's codes."""
    where = next(network.parameters()).device
    parts = torch.from_numpy(pictures.pixels).split(256)
    return torch.cat([network.autoencoder.encode(data.to_float(part.to(where))).cpu() for part in parts])


def fit_autoencoder(network: PictureNet, options: Options, folder: Path) -> dict:
    """Train the autoencoder on all pictures but people and those held out; returns facts about the run."""
    pictures = data.training(data.emoji())
    kept = np.array([category not in ("People & Body", "Flags", "") for category in pictures.categories])
    pictures = pictures.select(kept[pictures.name])
    schedule = options.autoencoder

    def batches(start: int, process: int):
        return data.picture_batches(pictures, options.autoencoder_rows, SHIFT, schedule.seed + process, start)

    network.autoencoder, facts = train(network.autoencoder, autoencoder_loss, batches, schedule, folder)
    return {**facts, "pictures": len(pictures)}


def main(arguments: list[str] | None = None) -> Path:
    args = run_options("resgen.image.train", __doc__.splitlines()[0], PRESETS, "emoji").parse_args(arguments)
    options = PRESETS[args.preset]
    if args.steps:
        options = replace(options, flow=replace(options.flow, steps=args.steps))
    folder = args.out or cache() / "runs" / args.name
    everything = data.things(data.emoji())
    dictionary = data.dictionary(everything)
    if args.init:
        network, card, extras = checkpoint.load("image", args.init)
        if extras["dictionary"] != dictionary.source:
            raise SystemExit(
                f"{args.init} has another dictionary than the data; make the data anew: python -m resgen.image.pack."
            )
        architecture = card["architecture"]
        before = dict(card["training"])  # how the weights it goes on from were trained
        first = before.pop("autoencoder")
    else:
        architecture = {"vocabulary": len(dictionary.vocabulary), "styles": len(everything.styles)}
        network = PictureNet(**architecture)
        before, first = None, fit_autoencoder(network, options, folder / "autoencoder")
    network.requires_grad_(True).autoencoder.requires_grad_(False)

    schedule = options.flow
    pictures = data.training(everything)
    made, shown = make(pictures, options.made, schedule.seed)
    codes = torch.cat([codes_of(network, part) for part in (pictures, made)])
    shown = [data.Shown((name,)) for name, _ in pictures.pairs()] + shown
    style = np.concatenate([pictures.style, made.style])

    def batches(start: int, process: int):
        seed = schedule.seed + process
        return data.code_batches(codes, shown, style, len(made), dictionary, options.flow_rows, seed, start)

    report = held_out_loss(network, everything, pictures, dictionary)
    network, facts = train(network, flow_loss, batches, schedule, folder, report)
    card = {
        "kind": "image",
        "description": "Emoji-like pictures of things, animals, food and places, from words, in four styles.",
        "architecture": architecture,
        "data": data.CREDITS,
        "licence": "MIT (weights); see data for the licences of what they learned from",
        "training": {
            **facts,
            "pictures": len(pictures),
            "made": len(made),
            "seen": facts["steps"] * options.flow_rows,
            "hardware": f"{device.describe(next(network.parameters()).device)}, {platform.machine()}",
            "command": " ".join(["python -m resgen.image.train", *(sys.argv[1:] if arguments is None else arguments)]),
            "init": args.init,
            "autoencoder": first,
            "before": before,
        },
        "metrics": {},
    }
    return checkpoint.save(folder, args.name, network, card, {"dictionary": dictionary.source})


def held_out_loss(
    network: PictureNet, everything: data.Pictures, pictures: data.Pictures, dictionary: Dictionary
) -> Callable[[torch.nn.Module], dict]:
    """A report for `train`: the flow's loss on 150 pictures it learns from and on the 150 held-out pairs, always with
    the same noise and times."""
    every = max(1, len(pictures) // 150)
    pairs, _ = data.held_out(everything)
    batches = {}
    for key, part in (
        ("seen", pictures.select(np.arange(len(pictures)) % every == 0)),
        ("held_out", everything.select(pairs)),
    ):
        words, letters = zip(*(dictionary.encode(tuple(name.split())) for name, _ in part.pairs()), strict=True)
        batches[key] = {
            "codes": codes_of(network, part),
            "words": torch.tensor(words),
            "letters": torch.tensor(letters),
            "style": torch.from_numpy(part.style),
        }

    @torch.no_grad()
    def report(network: torch.nn.Module) -> dict:
        where = next(network.parameters()).device
        figures = {}
        for key, batch in batches.items():
            with torch.random.fork_rng():
                torch.manual_seed(0)
                moved = {name: tensor.to(where) for name, tensor in batch.items()}
                figures[f"{key}_loss"] = round(float(flow_loss(network, moved)), 4)
        return figures

    return report


if __name__ == "__main__":
    main()
