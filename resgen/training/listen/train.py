"""Train the recogniser: `python -m resgen.training.listen.train --preset cpu [--hours 8]`.

It learns from the shards that `python -m resgen.training.listen.real` and `python -m resgen.training.listen.synthetic`
left, also from those made meanwhile. When `python -m resgen evaluate listen` finds it useful, copy it into
`assets/weights`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from torch import nn

from resgen import checkpoint
from resgen.listen.decoding import greedy
from resgen.listen.letters import Letters
from resgen.listen.model import EarsNet
from resgen.training.listen import data
from resgen.training.listen.losses import ctc, loss
from resgen.training.listen.mistakes import mistakes
from resgen.training.listen.shards import Clip
from resgen.training.listen.synthetic import texts
from resgen.training.listen.vocabulary import counted
from resgen.training.loop import train
from resgen.training.optim import Schedule
from resgen.training.run import cache, lineage, provenance, run_options

HELD_BATCH = 16
HELD = 48  # clips of each source that are measured


@dataclass(frozen=True)
class Options:
    """One run."""

    real: float = 0.5  # share of the clips that are of real voices
    architecture: dict = field(default_factory=dict)
    schedule: Schedule = field(default_factory=Schedule)


# Muon would cost a CPU more than the network's own products do: AdamW.
CPU = Schedule(
    steps=40_000,
    optimiser="adamw",
    lr_kernels=1e-3,
    lr_other=1e-3,
    weight_decay=0.02,
    warmup=150,
    ema=0.995,
    save_minutes=8,
    compile=False,
)
PRESETS = {
    "cpu": Options(schedule=CPU),
    "gpu": Options(schedule=replace(CPU, optimiser="muon", lr_kernels=0.02, compile=True, ema=0.999, save_minutes=2)),
    "smoke": Options(architecture={"early": 32, "late": 32}, schedule=replace(CPU, steps=10, warmup=2)),
}


def report_on(held: dict[str, list[Clip]], letters: Letters) -> Callable[[nn.Module], dict]:
    """A report for `train`: "valid", the loss of a letter of real voices, and the share of wrong letters by source."""
    parts = {source: sorted(clips[:HELD], key=lambda clip: len(clip.mel)) for source, clips in held.items()}

    @torch.no_grad()
    def report(network: nn.Module) -> dict:
        where, figures = next(network.parameters()).device, {}
        for source, clips in parts.items():
            losses, wrong = [], 0
            for start in range(0, len(clips), HELD_BATCH):
                some = clips[start : start + HELD_BATCH]
                batch = {name: value.to(where) for name, value in data.plain_batch(some, letters).items()}
                logits = network(batch["mel"]).float()
                losses.append(ctc(logits, batch) * batch["lengths"].sum())
                wrong += sum(mistakes(c.text, greedy(row.cpu(), letters)) for c, row in zip(some, logits, strict=True))
            count = sum(len(clip.text) for clip in clips)
            figures[f"loss_{source}"] = round(float(torch.stack(losses).sum()) / count, 4)
            figures[f"cer_{source}"] = round(100 * wrong / count, 2)
        return {"valid": figures["loss_real"], **figures}

    return report


def main(arguments: list[str] | None = None) -> Path:
    parser = run_options("resgen.training.listen.train", __doc__.splitlines()[0], PRESETS, "ears")
    parser.add_argument("--hours", type=float, help="end after so many, over all resumes, the rates fallen to zero")
    parser.add_argument("--real", type=float, help="share of the clips that are of real voices, 0-1")
    args = parser.parse_args(arguments)
    options = PRESETS[args.preset]
    given = {name: getattr(args, name) for name in ("steps", "hours") if getattr(args, name)}
    schedule = replace(options.schedule, **given)
    real = options.real if args.real is None else args.real
    letters, before = Letters(), None
    if args.init:
        network, card, _ = checkpoint.load("listen", args.init)
        architecture, before = card["architecture"], lineage(card)
        network.requires_grad_(True)
    else:
        architecture = options.architecture
        network = EarsNet(**architecture)
    folder = args.out or cache() / "runs" / args.name

    def batches(start: int, process: int):
        return data.batches(real, letters, schedule.seed + process, start)

    _, facts = train(network, loss, batches, schedule, folder, report_on(data.held_clips(), letters))
    card = {
        "kind": "listen",
        "description": "Speech at 16 kHz to letters, in English.",
        "architecture": architecture,
        "data": data.CREDITS,
        "licence": "MIT (weights); see data for the licences of what they learned from",
        "training": {
            **facts,
            **{f"{source}_hours": round(data.Clips(source).hours(), 2) for source in ("real", "synthetic")},
            "real": real,
            **provenance("resgen.training.listen.train", arguments, network),
            "before": before,
        },
        "metrics": {},
    }
    return checkpoint.save(folder, args.name, network, card, {"language": counted(texts())})


if __name__ == "__main__":
    main()
