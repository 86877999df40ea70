"""Train the upscaler: `python -m resgen.training.image.train_upscaler --preset cpu|gpu|smoke`.

It sees pictures as the shipped autoencoder decodes them, small and a little soft, and learns to draw them
as their SVG does at four times the size. Writes NAME.safetensors and NAME.json with its figures beside Lanczos's.
"""

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from resgen import checkpoint
from resgen.image.autoencoder import NOISE
from resgen.image.request import FACTOR, SIZES
from resgen.image.upscaler import Upscaler
from resgen.training.image import data
from resgen.training.image.losses import upscaling_loss
from resgen.training.image.psnr import decibels
from resgen.training.loop import train
from resgen.training.optim import Schedule
from resgen.training.run import chosen, provenance, run_options

PATCH = 24  # pixels a side of what is learned from at once, in the small picture


@dataclass(frozen=True)
class Options:
    """One run: its schedule, and patches a batch."""

    schedule: Schedule
    batch_size: int = 32


PRESETS = {
    "cpu": Options(Schedule(steps=5000, ema=0.998, save_minutes=3)),
    "gpu": Options(Schedule(steps=10000, ema=0.998, save_minutes=2), batch_size=128),
    "smoke": Options(Schedule(steps=20, warmup=5, compile=False), batch_size=4),
}


@torch.no_grad()
def softened(autoencoder: torch.nn.Module, pixels: np.ndarray, seed: int) -> np.ndarray:
    """Pictures (N, 4, 64, 64) uint8 as they come back from their codes with a little noise, as painted ones do."""
    torch.manual_seed(seed)
    parts = [autoencoder(data.to_float(part), NOISE) for part in torch.from_numpy(pixels).split(256)]
    return data.to_bytes(torch.cat(parts)).numpy()


def patches(small: np.ndarray, large: np.ndarray, size: int, seed: int, start: int = 0):
    """Endless random batches {"small": (size, 4, PATCH, PATCH), "large": four times as large}, uint8.

    Args:
        small: (versions, N, 4, H, W), the same pictures softened with other noise.
        large: (N, 4, 4 H, 4 W).
    """
    side = small.shape[-1] - PATCH + 1
    for step in itertools.count(start):
        random = np.random.default_rng((seed, step))
        chosen = zip(
            random.integers(len(small), size=size),
            random.integers(len(large), size=size),
            *random.integers(side, size=(2, size)),
            strict=True,
        )
        pairs = [
            (
                small[version, index, :, y : y + PATCH, x : x + PATCH],
                large[index, :, FACTOR * y : FACTOR * (y + PATCH), FACTOR * x : FACTOR * (x + PATCH)],
            )
            for version, index, y, x in chosen
        ]
        yield {
            key: torch.from_numpy(np.stack(part))
            for key, part in zip(("small", "large"), zip(*pairs, strict=True), strict=True)
        }


def lanczos(small: np.ndarray) -> np.ndarray:
    """Pictures (N, C, H, W) uint8 enlarged without a network."""
    side = small.shape[-1] * FACTOR
    planes = [Image.fromarray(plane).resize((side, side), Image.Resampling.LANCZOS) for plane in np.concatenate(small)]
    return np.stack([np.asarray(plane) for plane in planes]).reshape(len(small), -1, side, side)


def main(arguments: list[str] | None = None) -> Path:
    parser = run_options("resgen.training.image.train_upscaler", __doc__.splitlines()[0], PRESETS, "upscaler")
    args = parser.parse_args(arguments)
    options, folder = chosen(args, PRESETS)
    network = (checkpoint.load("upscaler", args.init)[0] if args.init else Upscaler()).requires_grad_(True)
    autoencoder, *_ = checkpoint.load("autoencoder")

    small, large = (data.things(data.emoji(size)) for size in SIZES)
    pairs, _ = data.held_out(large)
    taught = [data.training(pictures).pixels for pictures in (small, large)]
    seen = np.stack([taught[0], *(softened(autoencoder, taught[0], seed) for seed in range(3))])
    asked, wanted = softened(autoencoder, small.select(pairs).pixels, 3), large.select(pairs).pixels

    def batches(start: int, process: int):
        return patches(seen, taught[1], options.batch_size, options.schedule.seed + process, start)

    @torch.no_grad()
    def report(network: torch.nn.Module) -> dict:
        where = next(network.parameters()).device
        parts = [network(data.to_float(part.to(where))) for part in torch.from_numpy(asked).split(16)]
        return {"valid": -round(decibels(data.to_bytes(torch.cat(parts)).cpu().numpy(), wanted), 3)}

    network, facts = train(network, upscaling_loss, batches, options.schedule, folder, report)
    card = {
        "kind": "upscaler",
        "description": "Enlarges a painted picture four times.",
        "architecture": {"channels": network.enter.out_channels, "depth": len(network.stack.layers)},
        "data": {key: value for key, value in data.CREDITS.items() if key != "emojibase"},
        "licence": "MIT (weights); see data for the licences of what they learned from",
        "training": {
            **facts,
            "pictures": len(taught[1]),
            "seen_patches": facts["steps"] * options.batch_size,
            **provenance("resgen.training.image.train_upscaler", arguments, network),
            "init": args.init,
        },
        "metrics": {
            "held_out_pairs_psnr": -report(network)["valid"],
            "held_out_pairs_psnr_lanczos": round(decibels(lanczos(asked), wanted), 3),
            "held_out_pairs_pictures": len(wanted),
        },
    }
    return checkpoint.save(folder, args.name, network, card)


if __name__ == "__main__":
    main()
