"""Train the picture model: `python -m resgen.image.train --preset cpu|more|gpu|smoke` and, where wanted, `--init NAME`
or `--autoencoder NAME`.

The flow learns to paint, from words and a style, in the codes of an autoencoder that is there already. Writes
NAME.safetensors and NAME.json into the run's folder; when `python -m resgen evaluate image` finds them better than
what ships, copy both into `assets/weights`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from resgen import checkpoint
from resgen.average import lineage
from resgen.image import data
from resgen.image.autoencoder import Autoencoder
from resgen.image.engine import autoencoder_of
from resgen.image.made import with_made
from resgen.image.model import PictureNet
from resgen.image.prompt import Dictionary
from resgen.training import Schedule, cache, provenance, run_options, train

EARLIEST = 0.05  # times below it weigh no more than it does


@dataclass(frozen=True)
class Options:
    """One run: a schedule, and pictures a batch."""

    schedule: Schedule
    rows: int = 128
    made: int = 40_000  # pictures made of others: recoloured, several, two things together


PRESETS = {
    "cpu": Options(Schedule(steps=12000, lr_embedding=0.02, decay=0.62, ema=0.9993)),
    # To go on from trained weights: half the rates, so that less is forgotten, and falling almost from the start.
    "more": Options(Schedule(steps=12000, lr_kernels=0.01, lr_other=1.5e-3, lr_embedding=0.01, decay=0.96, ema=0.9993)),
    "gpu": Options(Schedule(steps=24000, lr_embedding=0.02, decay=0.62, ema=0.9995, save_minutes=2), rows=256),
    "smoke": Options(Schedule(steps=20, warmup=5, compile=False), rows=8, made=40),
}


def flow_loss(network: torch.nn.Module, batch: dict[str, Tensor], shift: float = 0.4, power: float = 1.0) -> Tensor:
    """Flow matching (Lipman et al., arXiv:2210.02747), from the clean codes as the network tells them at a random
    time: their mean squared error / time^power.

    The velocity's own error is theirs / time^2, but most of that comes from late times, where it can hardly be
    learned; what picture is meant must be known early. Times are logit-normal (Esser et al., arXiv:2403.03206), moved
    by `shift` towards noise, where words decide what the picture becomes. What both are worth: `resgen.image.compare`.
    """
    codes = batch["codes"]
    noise = torch.randn_like(codes)
    time = torch.sigmoid(torch.randn(len(codes), device=codes.device) + shift)
    share = time.view(-1, 1, 1, 1)
    noisy = (1 - share) * codes + share * noise
    clean = network(noisy, time, batch["words"], batch["letters"], batch["style"])
    weight = time.clamp(min=EARLIEST) ** -power
    return ((clean.float() - codes).square().mean((1, 2, 3)) * weight).mean()


@torch.no_grad()
def codes_of(autoencoder: Autoencoder, pictures: data.Pictures) -> Tensor:
    """(N, C, H, W): every picture's codes."""
    parts = torch.from_numpy(pictures.pixels).split(256)
    return torch.cat([autoencoder.encode(data.to_float(part)) for part in parts])


def main(arguments: list[str] | None = None) -> Path:
    parser = run_options("resgen.image.train", __doc__.splitlines()[0], PRESETS, "emoji")
    parser.add_argument("--autoencoder", metavar="NAME", help="in whose codes to paint; default: the shipped one")
    args = parser.parse_args(arguments)
    if args.init and args.autoencoder:
        parser.error("--init brings the autoencoder in whose codes it paints; leave --autoencoder out.")
    options = PRESETS[args.preset]
    schedule = replace(options.schedule, steps=args.steps or options.schedule.steps)
    folder = args.out or cache() / "runs" / args.name
    everything = data.things(data.emoji())
    dictionary = data.dictionary(everything)
    before = None
    if args.init:
        network, card, extras = checkpoint.load("image", args.init)
        if extras["dictionary"] != dictionary.source:
            raise SystemExit(
                f"{args.init} has another dictionary than the data; make the data anew: python -m resgen.image.pack."
            )
        architecture = card["architecture"]
        before = lineage(card)  # how the weights it goes on from were trained
        codec = card["autoencoder"]
        autoencoder, _ = autoencoder_of(card)
    else:
        architecture = {"vocabulary": len(dictionary.vocabulary), "styles": len(everything.styles)}
        network = PictureNet(**architecture)
        autoencoder, found, _ = checkpoint.load("autoencoder", args.autoencoder)
        codec = {"name": args.autoencoder or found["name"], "sha256": found["sha256"]}
    network.requires_grad_(True)

    pictures = data.training(everything)
    taught, shown = with_made(pictures, options.made, schedule.seed)
    codes = codes_of(autoencoder, taught)

    def batches(start: int, process: int):
        seed = schedule.seed + process
        return data.code_batches(codes, shown, taught.style, options.made, dictionary, options.rows, seed, start)

    report = held_out_loss(autoencoder, everything, pictures, dictionary)
    network, facts = train(network, flow_loss, batches, schedule, folder, report)
    card = {
        "kind": "image",
        "description": "Emoji-like pictures of things, animals, food and places, from words, in four styles.",
        "architecture": architecture,
        "autoencoder": codec,
        "data": data.CREDITS,
        "licence": "MIT (weights); see data for the licences of what they learned from",
        "training": {
            **facts,
            "pictures": len(pictures),
            "made": options.made,
            "seen": facts["steps"] * facts["processes"] * options.rows,
            **provenance("resgen.image.train", arguments, network),
            "init": args.init,
            "before": before,
        },
        "metrics": {},
    }
    return checkpoint.save(folder, args.name, network, card, {"dictionary": dictionary.source})


def held_out_loss(
    autoencoder: Autoencoder, everything: data.Pictures, pictures: data.Pictures, dictionary: Dictionary
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
        batches[key] = {
            "codes": codes_of(autoencoder, part),
            **data.encoded(dictionary, [name for name, _ in part.pairs()]),
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
