"""Train the picture model: `python -m resgen.training.image.train --preset cpu|more|gpu|smoke` and, where wanted,
`--init NAME` or `--autoencoder NAME`.

The flow learns to paint, from words and a style, in the codes of an autoencoder that is there already. Writes
NAME.safetensors and NAME.json into the run's folder; when `python -m resgen evaluate image` finds them better than
what ships, copy both into `assets/weights`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from resgen import checkpoint
from resgen.image.autoencoder import Autoencoder
from resgen.image.engine import autoencoder_of
from resgen.image.model import PictureNet
from resgen.image.prompt import Dictionary
from resgen.training.image import data
from resgen.training.image.augment import with_composites
from resgen.training.image.data import codes_of
from resgen.training.image.losses import flow_loss
from resgen.training.loop import train
from resgen.training.optim import Schedule
from resgen.training.run import chosen, lineage, provenance, run_options


@dataclass(frozen=True)
class Options:
    """One run: a schedule, and pictures a batch."""

    schedule: Schedule
    batch_size: int = 128
    n_augmented: int = 40_000  # composites: recoloured pictures, several of one, two things together


PRESETS = {
    "cpu": Options(Schedule(steps=12000, lr_embedding=0.02, decay=0.62, ema=0.9993)),
    # To go on from trained weights: half the rates, so that less is forgotten, and falling almost from the start.
    "more": Options(Schedule(steps=12000, lr_kernels=0.01, lr_other=1.5e-3, lr_embedding=0.01, decay=0.96, ema=0.9993)),
    "gpu": Options(Schedule(steps=24000, lr_embedding=0.02, decay=0.62, ema=0.9995, save_minutes=2), batch_size=256),
    "smoke": Options(Schedule(steps=20, warmup=5, compile=False), batch_size=8, n_augmented=40),
}


def main(arguments: list[str] | None = None) -> Path:
    parser = run_options("resgen.training.image.train", __doc__.splitlines()[0], PRESETS, "emoji")
    parser.add_argument("--autoencoder", metavar="NAME", help="in whose codes to paint; default: the shipped one")
    args = parser.parse_args(arguments)
    if args.init and args.autoencoder:
        parser.error("--init brings the autoencoder in whose codes it paints; leave --autoencoder out.")
    options, folder = chosen(args, PRESETS)
    schedule = options.schedule
    everything = data.things(data.emoji())
    dictionary = data.dictionary(everything)
    before = None
    if args.init:
        network, card, extras = checkpoint.load("image", args.init)
        if extras["dictionary"] != dictionary.source:
            raise SystemExit(
                f"{args.init} has another dictionary than the data; make the data anew: "
                "python -m resgen.training.image.build_dataset."
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
    taught, shown = with_composites(pictures, options.n_augmented, schedule.seed)
    codes = codes_of(autoencoder, taught)

    def batches(start: int, process: int):
        seed = schedule.seed + process
        return data.code_batches(
            codes, shown, taught.style, options.n_augmented, dictionary, options.batch_size, seed, start
        )

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
            "made": options.n_augmented,
            "seen": facts["steps"] * facts["processes"] * options.batch_size,
            **provenance("resgen.training.image.train", arguments, network),
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
