"""Train the tagger: `python -m resgen.training.tagger.train --preset cpu|smoke [--wordnet FOLDER]`.

Its labels are made with WordNet's files (Debian's package wordnet-base), which only training and the baseline need.
Writes NAME.safetensors and NAME.json into the run's folder; when `python -m resgen evaluate tagger` finds them better
than what ships, copy both into `assets/weights`.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from resgen import checkpoint
from resgen.tagger.model import TaggerNet
from resgen.tagger.vocabulary import Vocabulary
from resgen.tagger.words import NONE
from resgen.training.loop import train
from resgen.training.optim import Schedule
from resgen.training.run import cache, lineage, provenance, run_options
from resgen.training.tagger.data import CREDITS, Corpus, prepare
from resgen.training.tagger.labels import UNSURE
from resgen.training.tagger.wordnet import WordNet, folder


@dataclass(frozen=True)
class Options:
    """One run."""

    batch_size: int = 40  # rows a batch
    length: int = 48  # words a row
    schedule: Schedule = field(default_factory=Schedule)


SIZES = {
    "channels": 96,
    "word_channels": 48,
    "letter_channels": 32,
    "dilations": (1, 2, 4, 1, 2),
    "letter_dilations": (1, 1, 2),
}
PRESETS = {
    # Twenty-five minutes on a share of one CPU thread that others use too: it ends by the clock.
    "cpu": Options(
        schedule=Schedule(steps=4000, hours=0.4, warmup=30, decay=0.5, ema=0.99, save_minutes=5, compile=False)
    ),
    "smoke": Options(batch_size=4, length=16, schedule=Schedule(steps=10, warmup=5, compile=False)),
}


def label_loss(network: TaggerNet, batch: dict[str, Tensor]) -> Tensor:
    """Cross-entropy of the labels that are sure."""
    logits = network(batch["letters"], batch["words"], batch["index"])
    return F.cross_entropy(logits.float().flatten(0, 1), batch["labels"].flatten(), ignore_index=UNSURE)


@torch.no_grad()
def begin_with_labels(network: TaggerNet, corpus: Corpus) -> None:
    """Have the first channels of each word's embedding begin as what its labels say: how much likelier each class is
    than it is on the whole, as a logarithm. So the network need not see a word many times to know it."""
    numbers = Vocabulary(corpus.vocabulary).table(corpus.kinds)[1]
    sure = corpus.labels >= 0
    counts = np.zeros((network.words.num_embeddings, NONE + 1))
    np.add.at(counts, (numbers[corpus.tokens[sure]], corpus.labels[sure]), 1)
    overall = (counts.sum(0) + 1) / (counts.sum() + NONE + 1)
    shares = (counts + overall) / (counts.sum(1, keepdims=True) + 1)
    network.words.weight[1:, : NONE + 1] = torch.tensor(np.log(shares / overall)[1:] / 4, dtype=torch.float32)


def main(arguments: list[str] | None = None) -> Path:
    parser = run_options("resgen.training.tagger.train", __doc__.splitlines()[0], PRESETS, "tagger")
    parser.add_argument(
        "--wordnet", type=Path, help="the folder of WordNet's files; see resgen.training.tagger.wordnet"
    )
    parser.add_argument("--corpus", type=Path, help="a labelled corpus (.npz); made there if it is missing")
    parser.add_argument("--hours", type=float, help="end after so many hours of training")
    args = parser.parse_args(arguments)
    options = PRESETS[args.preset]
    given = {name: value for name in ("steps", "hours") if (value := getattr(args, name))}
    schedule = replace(options.schedule, **given)
    packed = args.corpus or cache() / "tagger" / "corpus.npz"
    if not packed.exists():
        prepare(WordNet(folder(args.wordnet))).save(packed)
    corpus = Corpus.load(packed)
    before, card, extras = checkpoint.load("tagger", args.init) if args.init else (None, None, {})
    vocabulary = extras.get("vocabulary", corpus.vocabulary)
    corpus.vocabulary = vocabulary
    architecture = card["architecture"] if card else {"vocabulary": len(Vocabulary(vocabulary)), **SIZES}
    torch.manual_seed(schedule.seed)
    network = before.requires_grad_(True) if before is not None else TaggerNet(**architecture)
    if before is None:
        begin_with_labels(network, corpus)

    def batches(start: int, process: int):
        return corpus.batches(options.batch_size, options.length, schedule.seed + process, start)

    run = args.out or cache() / "runs" / args.name
    network, facts = train(network, label_loss, batches, schedule, run)
    saved = {
        "kind": "tagger",
        "description": "What the words of an English text name: people, animals, vehicles, food and more.",
        "architecture": architecture,
        "data": CREDITS,
        "licence": "MIT (weights); see data for the licences of what they learned from",
        "training": {
            **facts,
            "words": facts["steps"] * facts["processes"] * options.batch_size * options.length,
            **provenance("resgen.training.tagger.train", arguments, network),
            "init": args.init,
            "before": lineage(card) if card else None,
        },
        "metrics": {},
    }
    return checkpoint.save(run, args.name, network, saved, {"vocabulary": vocabulary})


if __name__ == "__main__":
    main()
