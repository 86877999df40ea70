"""Train the text model: `python -m resgen.text.train --preset cpu|gpu|smoke [--init NAME]`.

Writes NAME.safetensors and NAME.json into the run's folder; when `python -m resgen evaluate text` finds them
better than what ships, copy both into `assets/weights`.
"""

import platform
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch.nn.functional as F
from torch import Tensor

from resgen import checkpoint, device
from resgen.text import data
from resgen.text.model import TextNet
from resgen.text.tokenizer import Tokenizer
from resgen.training import Schedule, cache, run_options, train


@dataclass(frozen=True)
class Options:
    """One run."""

    rows: int = 16  # sequences a batch
    length: int = 512  # tokens a sequence
    vocabulary: int = 4096
    dropout: float = 0.0
    schedule: Schedule = field(default_factory=Schedule)


PRESETS = {
    # About an hour on two CPU threads: 25 M tokens, 6.6 epochs.
    "cpu": Options(dropout=0.05, schedule=Schedule(steps=3000)),
    # Meant for at most 15 minutes of one H100, not yet measured there: 66 M tokens, 18 epochs.
    "gpu": Options(rows=64, dropout=0.1, schedule=Schedule(steps=2000, save_minutes=2)),
    "smoke": Options(rows=4, length=128, schedule=Schedule(steps=20, warmup=5, compile=False)),
}


def prepare() -> data.Corpus:
    """Stories and fables with a tokenizer of their own; built once, then read from the cache."""
    path = cache() / "data" / "stories.npz"
    if not path.exists():
        texts = [text for name in data.CREDITS for text in data.documents(name, "train")]
        data.Corpus.build(texts, Tokenizer.train(texts)).save(path)
    return data.Corpus.load(path)


def next_token_loss(network: TextNet, batch: dict[str, Tensor]) -> Tensor:
    """Cross-entropy in nats a token; batch as of `Corpus.batches`."""
    logits = network(batch["tokens"])
    return F.cross_entropy(logits.flatten(0, 1).float(), batch["targets"].flatten())


def main(arguments: list[str] | None = None) -> Path:
    parser = run_options("text", __doc__.splitlines()[0], PRESETS, "stories")
    parser.add_argument("--corpus", type=Path, help="a packed corpus (.npz); default: made from the public data")
    parser.add_argument("--pack", type=Path, help="only write the packed corpus to this .npz")
    args = parser.parse_args(arguments)
    options = PRESETS[args.preset]
    if args.steps:
        options = replace(options, schedule=replace(options.schedule, steps=args.steps))
    corpus = data.Corpus.load(args.corpus) if args.corpus else prepare()
    if args.pack:
        corpus.save(args.pack)
        return args.pack
    if args.init:
        network, card, extras = checkpoint.load("text", args.init)
        architecture = card["architecture"]
        if extras["tokenizer"] != corpus.tokenizer:
            raise SystemExit(f"{args.init} has another tokenizer than the corpus; pack the corpus anew.")
        network.requires_grad_(True)
    else:
        architecture = {"vocabulary": len(Tokenizer(corpus.tokenizer)), "dropout": options.dropout}
        network = TextNet(**architecture)
    folder = args.out or cache() / "runs" / args.name

    def batches(start: int, process: int):
        return corpus.batches(options.rows, options.length, options.schedule.seed + process, start)

    network, facts = train(network, next_token_loss, batches, options.schedule, folder)
    card = {
        "kind": "text",
        "description": "Short stories for children, on a topic named by key words.",
        "architecture": architecture,
        "data": data.CREDITS,
        "licence": "MIT (weights); see data for the licences of what they learned from",
        "training": {
            **facts,
            "tokens": facts["steps"] * options.rows * options.length,
            "hardware": f"{device.describe(next(network.parameters()).device)}, {platform.machine()}",
            "command": " ".join(["python -m resgen.text.train", *(sys.argv[1:] if arguments is None else arguments)]),
            "init": args.init,
        },
        "metrics": {},
    }
    return checkpoint.save(folder, args.name, network, card, {"tokenizer": corpus.tokenizer})


if __name__ == "__main__":
    main()
