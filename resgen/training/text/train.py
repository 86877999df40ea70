"""Train the text model: `python -m resgen.training.text.train --preset cpu|gpu|taught|taught-gpu|retold|smoke [--init
NAME]`.

With the presets "taught" it learns from the soft targets of `resgen.training.text.distil.teacher`, with "retold" from
what `resgen.training.text.augment.build` has made of the same stories. Writes NAME.safetensors and NAME.json into the
run's folder; when `python -m resgen evaluate text` finds them better than what ships, copy both into `assets/weights`.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from resgen import checkpoint
from resgen.text.model import TextNet
from resgen.text.tokenizer import Tokenizer
from resgen.training.loop import train
from resgen.training.optim import Schedule
from resgen.training.run import cache, lineage, provenance, run_options
from resgen.training.text import data
from resgen.training.text.augment.names import NameSwap
from resgen.training.text.data import prepare
from resgen.training.text.losses import bits_per_byte, next_token_loss
from resgen.training.text.soft_targets import CREDIT, FURTHER, load, soft_target_loss


@dataclass(frozen=True)
class Options:
    """One run."""

    batch_size: int = 16  # sequences a batch
    length: int = 512  # tokens a sequence
    vocabulary: int = 4096
    dropout: float = 0.3
    soft_targets: tuple[str, ...] = ()  # the kinds to learn from, instead of from the sources
    choose: bool = True  # the weights that were best on the validation stories; else the last
    schedule: Schedule = field(default_factory=Schedule)


TAUGHT = ("stories", "written")
WATCHED = 50  # validation stories by whose figure nothing is chosen

# Shares of the sources, as in `data.Mix`: richer English first, then more and more of what is to be written; the last
# 30 % of the steps learn from the last mix.
FIRST = {"childrens_books": 0.45, "storybooks_ccby": 0.05, "tinyfables": 0.15, "tinystories": 0.35}
LAST = {"childrens_books": 0.1, "tinystories": 0.9}
ANNEALED = 0.7

SLOW: dict[str, Any] = {"lr_kernels": 4e-3, "lr_other": 4e-4, "lr_embedding": 4e-4}
SLOWER: dict[str, Any] = {"lr_kernels": 1e-3, "lr_other": 1e-4, "lr_embedding": 1e-4}

PRESETS = {
    # About an hour on two CPU threads: 25 M tokens.
    "cpu": Options(schedule=Schedule(steps=3150, save_minutes=6, patience=4)),
    # Meant for at most 15 minutes of one H100, not yet measured there: 66 M tokens.
    "gpu": Options(batch_size=64, schedule=Schedule(steps=2000, save_minutes=2)),
    # To go on with, from weights that have read the sources: about an hour on one CPU thread, 20 M tokens.
    "taught": Options(dropout=0.1, soft_targets=TAUGHT, schedule=Schedule(steps=2500, decay=0.6, save_minutes=6)),
    # The same for two minutes of an H200, when the teacher has written 33,000 stories there too: 177 M tokens. A run of
    # 6,162 steps with dropout 0.05 was at its best after 2,675 and had overfit in the end.
    "taught-gpu": Options(
        batch_size=128, dropout=0.1, soft_targets=TAUGHT, schedule=Schedule(steps=2700, decay=0.6, save_minutes=1)
    ),
    # When a teacher with the student's tokens has written ten times as many (`resgen.training.text.distil.sampler`): 3
    # to 4 times each, in three to four minutes of an H100: 280 M tokens.
    "taught-much": Options(
        batch_size=128,
        dropout=0.05,
        soft_targets=TAUGHT,
        schedule=Schedule(steps=4300, decay=0.6, ema=0.995, save_minutes=1),
    ),
    # From weights that a GPU has made, on more stories, most of them real, on a CPU that others use: in smaller steps,
    # and it ends by the clock, `--hours`. At the rates of "retold" the weights lost in forty steps what an hour gives.
    "retold-more": Options(
        batch_size=8,
        dropout=0.05,
        soft_targets=("retold",),
        choose=False,
        schedule=Schedule(
            hours=1.5, warmup=20, decay=0.9, ema=0.98, weight_decay=0.0, save_minutes=10, compile=False, **SLOWER
        ),
    ),
    # Twenty-four minutes on two threads of a CPU with AVX2 alone, on which what is compiled is slower: 1.6 M tokens.
    "retold": Options(
        dropout=0.1,
        soft_targets=("retold",),
        choose=False,  # the validation stories have no header
        schedule=Schedule(
            steps=200, warmup=15, decay=0.9, ema=0.97, weight_decay=0.0, save_minutes=6, compile=False, **SLOW
        ),
    ),
    "smoke": Options(batch_size=4, length=128, schedule=Schedule(steps=20, warmup=5, compile=False)),
}


def main(arguments: list[str] | None = None) -> Path:
    parser = run_options("resgen.training.text.train", __doc__.splitlines()[0], PRESETS, "stories")
    parser.add_argument("--corpus", type=Path, help="a packed corpus (.npz); default: made from the public data")
    parser.add_argument("--pack", type=Path, help="only write the packed corpus to this .npz")
    parser.add_argument("--hours", type=float, help="end after so many hours of training, with all steps or without")
    parser.add_argument("--seed", type=int, help="another order of what is learned, for a second run to average with")
    args = parser.parse_args(arguments)
    options = PRESETS[args.preset]
    given = {name: value for name in ("steps", "hours", "seed") if (value := getattr(args, name))}
    options = replace(options, schedule=replace(options.schedule, **given))
    before, card, extras = checkpoint.load("text", args.init) if args.init else (None, None, {})
    if options.soft_targets and before is None:
        parser.error(f"--preset {args.preset} goes on from weights in whose tokens its targets are: --init stories.")
    # Who learns from soft targets needs no more of the sources than the validation stories.
    sources = ["tinystories"] if options.soft_targets else data.CREDITS
    corpus = data.Corpus.load(args.corpus) if args.corpus else prepare(extras.get("tokenizer"), sources)
    if args.pack:
        corpus.save(args.pack)
        return args.pack
    tokenizer = Tokenizer(corpus.tokenizer)
    if before is not None and extras["tokenizer"] != corpus.tokenizer:
        raise SystemExit(f"{args.init} has another tokenizer than the corpus; pack the corpus with --init too.")
    architecture = card["architecture"] if card else {"vocabulary": len(tokenizer)}
    special_ids = [tokenizer.end, tokenizer.topic, tokenizer.text]
    architecture = architecture | {"dropout": options.dropout, "special_ids": special_ids}
    network = TextNet(**architecture)
    if before is not None:
        # Older weights have no topic in view; it starts as zero, so they go on as they were.
        new = network.load_state_dict(before.state_dict(), strict=False).missing_keys
        if new and new != ["topic.map.weight"]:
            raise SystemExit(f"{args.init} lacks {', '.join(new)}.")
    folder = args.out or cache() / "runs" / args.name
    valid = list(corpus.valid) if options.choose else list(corpus.valid[:WATCHED])
    watched = "valid" if options.choose else "bits_per_byte"
    if options.soft_targets:
        soft_targets, about = load(options.soft_targets)
        learned, credits = {"lessons": about}, CREDIT if "teacher" in about else {}
        if about.get("retold_of", {}).get("further"):
            credits = credits | FURTHER
        loss = soft_target_loss
    else:
        mix = data.Mix(FIRST, LAST, round(ANNEALED * options.schedule.steps))
        learned, credits = {"shares": {"first": FIRST, "last": LAST, "annealed": ANNEALED}}, {}
        loss = next_token_loss

    def batches(start: int, process: int):
        seed = options.schedule.seed + process
        if options.soft_targets:
            return soft_targets.batches(options.batch_size, options.length, seed, NameSwap(tokenizer), start)
        return corpus.batches(options.batch_size, options.length, seed, start, mix)

    def report(network: TextNet) -> dict:
        return {watched: round(bits_per_byte(network, tokenizer, valid), 4)} if valid else {}

    network, facts = train(network, loss, batches, options.schedule, folder, report)
    saved = {
        "kind": "text",
        "description": "Short stories for children, on a topic named by key words.",
        "architecture": architecture,
        "data": (card["data"] if card else {}) | data.CREDITS | credits,
        "passages_dropped_for_slurs": card["passages_dropped_for_slurs"]
        if card and options.soft_targets
        else int(corpus.dropped),
        "licence": "MIT (weights); see data for the licences of what they learned from",
        "training": {
            **facts,
            "tokens": facts["steps"] * facts["processes"] * options.batch_size * options.length,
            **learned,
            "dropout": options.dropout,
            **provenance("resgen.training.text.train", arguments, network),
            "init": args.init,
            "before": lineage(card) if card else None,  # how the weights it went on from were trained
        },
        "metrics": {},
    }
    return checkpoint.save(folder, args.name, network, saved, {"tokenizer": corpus.tokenizer})


if __name__ == "__main__":
    main()
