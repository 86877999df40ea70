"""Train the picture autoencoder: `python -m resgen.training.image.train_autoencoder --preset cpu|gpu|smoke`.

The flow (`resgen.training.image.train`) then learns to paint in its codes and is of use with this autoencoder only.
Writes NAME.safetensors and NAME.json into the run's folder.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from resgen import checkpoint
from resgen.image.autoencoder import Autoencoder
from resgen.training.image import data
from resgen.training.image.losses import autoencoder_loss, decibels
from resgen.training.loop import train
from resgen.training.optim import Schedule
from resgen.training.run import cache, provenance, run_options

SHIFT = 4  # pixels by which pictures are moved at most
UNLIKE = ("People & Body", "Flags", "")  # categories left out


@dataclass(frozen=True)
class Options:
    """One run: a schedule, and pictures a batch."""

    schedule: Schedule
    rows: int = 64


PRESETS = {
    "cpu": Options(Schedule(steps=5700, ema=0.998, save_minutes=2)),
    "gpu": Options(Schedule(steps=6000, ema=0.998, save_minutes=2), rows=128),
    "smoke": Options(Schedule(steps=20, warmup=5, compile=False), rows=8),
}


@torch.no_grad()
def returned(network: torch.nn.Module, pixels: np.ndarray) -> np.ndarray:
    """Pictures (N, 4, 64, 64) uint8 as they come back from their codes."""
    where = next(network.parameters()).device
    parts = torch.from_numpy(pixels).split(256)
    return torch.cat([data.to_bytes(network(data.to_float(part.to(where)), 0.0)).cpu() for part in parts]).numpy()


def held_out_psnr(network: torch.nn.Module) -> dict:
    """How near the held-out pairs come back from their codes, in decibels; as figures for a card."""
    everything = data.things(data.emoji())
    unseen = everything.select(data.held_out(everything)[0]).pixels
    return {
        "held_out_pairs_psnr": round(decibels(returned(network, unseen), unseen), 3),
        "held_out_pairs_pictures": len(unseen),
    }


def learned_from(pictures: data.Pictures) -> data.Pictures:
    """Those that the autoencoder learns from: more than things."""
    pictures = data.training(pictures)
    kept = np.array([category not in UNLIKE for category in pictures.categories])
    return pictures.select(kept[pictures.name])


def main(arguments: list[str] | None = None) -> Path:
    parser = run_options("resgen.training.image.train_autoencoder", __doc__.splitlines()[0], PRESETS, "autoencoder")
    args = parser.parse_args(arguments)
    options = PRESETS[args.preset]
    schedule = replace(options.schedule, steps=args.steps or options.schedule.steps)
    folder = args.out or cache() / "runs" / args.name
    network = (checkpoint.load("autoencoder", args.init)[0] if args.init else Autoencoder()).requires_grad_(True)
    pictures = learned_from(data.emoji())

    def batches(start: int, process: int):
        return data.picture_batches(pictures, options.rows, SHIFT, schedule.seed + process, start)

    network, facts = train(network, autoencoder_loss, batches, schedule, folder)
    card = {
        "kind": "autoencoder",
        "description": "Pictures of 64 x 64 pixels with transparency to 8 x 8 codes and back.",
        "architecture": {"latent": network.latent},
        "data": {key: value for key, value in data.CREDITS.items() if key != "emojibase"},
        "licence": "MIT (weights); see data for the licences of what they learned from",
        "training": {
            **facts,
            "pictures": len(pictures),
            **provenance("resgen.training.image.train_autoencoder", arguments, network),
            "init": args.init,
        },
        "metrics": held_out_psnr(network),
    }
    return checkpoint.save(folder, args.name, network, card)


if __name__ == "__main__":
    main()
