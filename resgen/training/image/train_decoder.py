"""Train the autoencoder's decoder on: `python -m resgen.training.image.train_decoder --preset cpu|gpu|smoke [--painter
NAME]`.

It learned from codes that the encoder made; what the flow predicts is a little blurred, an average of what might be
meant. So it goes on with codes of both kinds. The encoder stays, so what was trained in its codes paints with the new
decoder too. Writes NAME.safetensors and NAME.json into the run's folder.
"""

from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from resgen import checkpoint
from resgen.image.autoencoder import NOISE
from resgen.image.prompt import Dictionary
from resgen.training.image import data
from resgen.training.image.augment import with_composites
from resgen.training.image.data import codes_of
from resgen.training.image.losses import decoder_loss
from resgen.training.image.psnr import held_out_psnr
from resgen.training.loop import train
from resgen.training.optim import Schedule
from resgen.training.run import chosen, provenance, run_options

TIMES = (0.2, 0.9)  # at which the flow predicts: the later, the more noise


@dataclass(frozen=True)
class Options:
    """One run: a schedule, pictures a batch, and how many composites."""

    schedule: Schedule
    batch_size: int = 64
    n_augmented: int = 6_000


PRESETS = {
    "cpu": Options(Schedule(steps=6000, lr_kernels=0.01, decay=0.7, ema=0.998)),
    "gpu": Options(Schedule(steps=6000, lr_kernels=0.01, decay=0.7, ema=0.998, save_minutes=2), batch_size=128),
    "smoke": Options(Schedule(steps=20, warmup=5, compile=False), batch_size=4, n_augmented=8),
}


@torch.no_grad()
def predicted_codes(
    painter: nn.Module, dictionary: Dictionary, codes: Tensor, shown: list[data.Shown], style: np.ndarray, seed: int
) -> Tensor:
    """What the flow predicts of each picture's codes (N, C, H, W) under noise, given its words and style."""
    random, phrases, predicted = np.random.default_rng(seed), data.Phrases(dictionary), []
    noise = torch.Generator().manual_seed(seed)
    for part in torch.arange(len(codes)).split(256):
        texts = [phrases.ask(shown[index], random) for index in part]
        time = torch.from_numpy(random.uniform(*TIMES, size=len(part)).astype(np.float32))
        share = time.view(-1, 1, 1, 1)
        noisy = (1 - share) * codes[part] + share * torch.randn(codes[part].shape, generator=noise)
        predicted.append(painter(noisy, time, style=torch.from_numpy(style[part]), **data.encoded(dictionary, texts)))
    return torch.cat(predicted)


def main(arguments: list[str] | None = None) -> Path:
    parser = run_options("resgen.training.image.train_decoder", __doc__.splitlines()[0], PRESETS, "autoencoder")
    parser.add_argument("--painter", metavar="NAME", help="whose predictions to decode; default: the shipped one")
    args = parser.parse_args(arguments)
    options, folder = chosen(args, PRESETS)
    schedule = options.schedule
    autoencoder, before, _ = checkpoint.load("autoencoder", args.init)
    painter, _, extras = checkpoint.load("image", args.painter)

    pictures = data.for_autoencoder(data.emoji())
    taught, shown = with_composites(data.training(data.things(data.emoji())), options.n_augmented, schedule.seed)
    pixels = torch.from_numpy(np.concatenate([pictures.pixels, taught.pixels]))
    codes, known = codes_of(autoencoder, pictures), codes_of(autoencoder, taught)
    predicted = predicted_codes(painter, Dictionary(extras["dictionary"]), known, shown, taught.style, schedule.seed)
    codes = torch.cat([codes, known])

    def batches(start: int, process: int):
        """Half encoded, with a little noise, half predicted by the flow."""
        half = options.batch_size // 2
        for step in count(start):
            random = np.random.default_rng((schedule.seed + process, step))
            encoded, flowed = random.integers(len(codes), size=half), random.integers(len(predicted), size=half)
            noise = torch.from_numpy(random.standard_normal((half, *codes.shape[1:]), np.float32))
            scale = torch.from_numpy(NOISE * random.random((half, 1, 1, 1), np.float32))
            yield {
                "codes": torch.cat([codes[encoded] + scale * noise, predicted[flowed]]),
                "pictures": torch.cat([pixels[encoded], pixels[len(pictures) + flowed]]),
            }

    for part in (autoencoder.synthesise, autoencoder.leave):
        part.requires_grad_(True)
    _, facts = train(autoencoder, decoder_loss, batches, schedule, folder, held_out_psnr)
    card = {
        **{key: before[key] for key in ("kind", "description", "architecture", "data", "licence")},
        "codes_of": before.get("codes_of", before["sha256"]),  # the autoencoder that first had this encoder
        "training": {
            **facts,
            "pictures": len(pixels),
            **provenance("resgen.training.image.train_decoder", arguments, autoencoder),
            "init": args.init,
            "before": before["training"],
        },
        "metrics": held_out_psnr(autoencoder),
    }
    return checkpoint.save(folder, args.name, autoencoder, card)


if __name__ == "__main__":
    main()
