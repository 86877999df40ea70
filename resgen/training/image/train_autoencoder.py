"""Train the picture autoencoder: `python -m resgen.training.image.train_autoencoder --preset cpu|gpu|smoke`.

The flow (`resgen.training.image.train`) then learns to paint in its codes and is of use with this autoencoder only.
Writes NAME.safetensors and NAME.json into the run's folder.
"""

from dataclasses import dataclass
from pathlib import Path

from resgen import checkpoint
from resgen.image.autoencoder import Autoencoder
from resgen.training.image import data
from resgen.training.image.losses import autoencoder_loss
from resgen.training.image.psnr import held_out_psnr
from resgen.training.loop import train
from resgen.training.optim import Schedule
from resgen.training.run import chosen, provenance, run_options

SHIFT = 4  # pixels by which pictures are moved at most


@dataclass(frozen=True)
class Options:
    """One run: a schedule, and pictures a batch."""

    schedule: Schedule
    batch_size: int = 64


PRESETS = {
    "cpu": Options(Schedule(steps=5700, ema=0.998, save_minutes=2)),
    "gpu": Options(Schedule(steps=6000, ema=0.998, save_minutes=2), batch_size=128),
    "smoke": Options(Schedule(steps=20, warmup=5, compile=False), batch_size=8),
}


def main(arguments: list[str] | None = None) -> Path:
    parser = run_options("resgen.training.image.train_autoencoder", __doc__.splitlines()[0], PRESETS, "autoencoder")
    args = parser.parse_args(arguments)
    options, folder = chosen(args, PRESETS)
    schedule = options.schedule
    network = (checkpoint.load("autoencoder", args.init)[0] if args.init else Autoencoder()).requires_grad_(True)
    pictures = data.for_autoencoder(data.emoji())

    def batches(start: int, process: int):
        return data.picture_batches(pictures, options.batch_size, SHIFT, schedule.seed + process, start)

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
