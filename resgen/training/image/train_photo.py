"""Train the model of small photographs: `python -m resgen.training.image.train_photo --preset cpu|more|gpu|smoke` and,
where wanted, `--init NAME`.

The flow learns to paint 110 things, from words, in the pixels of CIFAR-10 and CIFAR-100, folded two by two. Writes
NAME.safetensors and NAME.json into the run's folder; when `python -m resgen evaluate photo` finds them better than what
ships, copy both into `assets/weights`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from resgen import checkpoint
from resgen.image.model import PictureNet
from resgen.image.pixel_fold import FOLD
from resgen.image.prompt import Dictionary
from resgen.training.image import photo_words
from resgen.training.image.losses import velocity_loss
from resgen.training.image.photos import CREDITS, LICENCE, SIDE, Photos, photo_batches, photos
from resgen.training.loop import train
from resgen.training.optim import Schedule
from resgen.training.run import chosen, lineage, provenance, run_options

ARCHITECTURE = {
    "styles": 1,
    "latent": 3 * FOLD**2,
    "size": SIDE // FOLD,
    "widths": (128, 208, 256),
    "encoder": (4, 3, 3),
    "decoder": (4, 3),
    "cond_embedding": 128,
    "condition": 160,
    "memory_mlp": 0,
    "velocity": True,
    "dropout": 0.05,
}
REPORTED = 200  # pictures never trained on, whose loss the log tells


@dataclass(frozen=True)
class Options:
    """One run: a schedule, photographs a batch, and the share of them that is of CIFAR-10."""

    schedule: Schedule
    batch_size: int = 128
    share: float = 0.6


PRESETS = {
    "cpu": Options(Schedule(steps=12000, lr_embedding=5e-3, ema=0.9993)),
    "more": Options(Schedule(steps=12000, lr_kernels=0.01, lr_other=1.5e-3, decay=0.96, ema=0.9993)),
    "gpu": Options(Schedule(steps=9000, warmup=200, lr_embedding=5e-3, ema=0.999, save_minutes=2), batch_size=1024),
    "smoke": Options(Schedule(steps=20, warmup=5, compile=False), batch_size=8),
}


def main(arguments: list[str] | None = None) -> Path:
    parser = run_options("resgen.training.image.train_photo", __doc__.splitlines()[0], PRESETS, "photo")
    args = parser.parse_args(arguments)
    options, folder = chosen(args, PRESETS)
    schedule = options.schedule
    found = photos()
    dictionary = photo_words.dictionary(found.sources)
    before = None
    if args.init:
        network, card, extras = checkpoint.load("photo", args.init)
        if extras["dictionary"] != dictionary.source:
            raise SystemExit(
                f"{args.init} has other words than {', '.join(found.sources)}; train anew, without --init."
            )
        architecture, before = card["architecture"], lineage(card)
    else:
        architecture = {**ARCHITECTURE, "vocabulary": len(dictionary.vocabulary)}
        network = PictureNet(**architecture)
    network.requires_grad_(True)
    taught = found.select(~found.test)

    def batches(start: int, process: int):
        return photo_batches(taught, dictionary, options.batch_size, options.share, schedule.seed + process, start)

    report = held_out_loss(found.select(found.test), dictionary)
    network, facts = train(network, velocity_loss, batches, schedule, folder, report)
    card = {
        "kind": "photo",
        "description": "Photographs of 32 x 32 pixels of a hundred and ten things, from words.",
        "architecture": architecture,
        "codec": {"fold": FOLD},
        "data": {source: CREDITS[source] for source in found.sources},
        "licence": LICENCE,
        "training": {
            **facts,
            "pictures": len(taught),
            "seen": facts["steps"] * facts["processes"] * options.batch_size,
            **provenance("resgen.training.image.train_photo", arguments, network),
            "init": args.init,
            "before": before,
        },
        "metrics": {},
    }
    return checkpoint.save(folder, args.name, network, card, {"dictionary": dictionary.source})


def held_out_loss(kept: Photos, dictionary: Dictionary):
    """A report for `train`: the flow's loss on photographs never trained on, always with the same noise and times."""
    shown = kept.select(np.arange(len(kept)) % max(1, len(kept) // REPORTED) == 0)
    batch = next(photo_batches(shown, dictionary, len(shown), 1.0, seed=1))

    @torch.no_grad()
    def report(network: torch.nn.Module) -> dict:
        where = next(network.parameters()).device
        with torch.random.fork_rng():
            torch.manual_seed(0)
            loss = velocity_loss(network, {name: tensor.to(where) for name, tensor in batch.items()})
        return {"held_out_loss": round(float(loss), 4)}

    return report


if __name__ == "__main__":
    main()
