"""What the parts of the text network are worth: networks of other kinds, trained alike and measured alike.

`python -m resgen.evaluation.text.ablations` trains what `assets/compare/text.json` has no figures of yet, and adds
them: hours on two CPU threads. `--speed` only times all kinds anew, one after another in ten minutes, with nothing else
running.
"""

import argparse
import itertools
import json
import math
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F

from resgen import checkpoint, device
from resgen.blocks import Memory
from resgen.evaluation.text import baselines  # noqa: F401 - adds their layers
from resgen.text.comparison import FIGURES as RESULTS
from resgen.text.model import TextNet
from resgen.text.tokenizer import Tokenizer
from resgen.training.loop import train
from resgen.training.optim import Schedule
from resgen.training.run import cache
from resgen.training.text import data
from resgen.training.text.data import prepare
from resgen.training.text.losses import bits_per_byte, next_token_loss

BATCH_SIZE, LENGTH = 16, 512
SEARCH_STEPS, STEPS = 62, 490  # 0.5 and 4 million tokens
POSITIONS = (100, 1_000, 2_000, 4_000, 8_000)
TIMED = Schedule(steps=50, log_every=10)
SIZE = 6_380_000  # parameters, reached by the width inside the MLPs

# kind -> what it has other than the shipped network
KINDS: dict[str, dict] = {
    "plain": {"stage": ("convolution", "mlp"), "dilations": (1, 3, 9) * 2, "residual": False},
    "residual": {"stage": ("convolution", "mlp"), "dilations": (1, 3, 9) * 2},
    "residual + GRU": {"stage": ("convolution", "mlp", "gru", "mlp")},
    "residual + matrix RNN": {},
    "GPT": {"stage": ("attention", "mlp"), "dilations": (1,) * 7},
    "residual + delta RNN": {"stage": ("convolution", "mlp", "delta", "mlp")},
}
FACTORS = (0.5, 1.0, 2.0)  # of all learning rates of the schedule

# The levers, on small networks: depth is the number of convolutional layers.
SMALL = {"channels": 128, "hidden": 320, "dilations": (1, 3), "heads": 4}
SMALL_STEPS = 123  # 1 million tokens
DEPTHS = (4, 8, 16, 32)
SHARES = (0.25, 0.5, 1.0)
SHARE_STEPS = 3 * SMALL_STEPS  # enough to see a quarter of the data five times
OPTIMISERS: dict[str, dict[str, Any]] = {
    "sgd": {"lr_kernels": 0.3, "lr_other": 0.3, "lr_embedding": 0.3},
    "adamw": {"lr_kernels": 3e-3},
    "muon": {},
}


def sized(architecture: dict, size: int = SIZE) -> dict:
    """The architecture with the `hidden` (a multiple of 8) whose number of parameters is nearest to `size`."""

    def parameters(hidden: int) -> int:
        with torch.device("meta"):
            return sum(p.numel() for p in TextNet(**architecture, hidden=hidden).parameters())

    fixed, slope = parameters(8), (parameters(16) - parameters(8)) / 8
    return architecture | {"hidden": max(8, round((size - fixed) / slope / 8 + 1) * 8)}


def smoothed_loss(network: TextNet, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Cross-entropy against targets of which a tenth is spread over all tokens (label smoothing,
    arXiv:1512.00567, section 7)."""
    logits = network(batch["tokens"])
    return F.cross_entropy(logits.flatten(0, 1).float(), batch["targets"].flatten(), label_smoothing=0.1)


class Trial:
    """Trains networks on the same stories in the same order, and measures each on the validation stories."""

    def __init__(self):
        self.tokenizer = Tokenizer(checkpoint.load("text", "stories")[2]["tokenizer"])
        self.corpus = prepare(self.tokenizer.serialized)
        self.valid = data.documents("tinystories", "valid")

    def tokens_per_second(self, architecture: dict) -> int:
        """How fast a network trains, compiled: the median of some steps."""
        torch.compiler.reset()
        network = TextNet(vocabulary=len(self.tokenizer), **architecture)
        with tempfile.TemporaryDirectory() as folder:
            train(
                network,
                next_token_loss,
                lambda start, _: self.corpus.batches(BATCH_SIZE, LENGTH, 0),
                TIMED,
                Path(folder),
            )
            return round(speed(Path(folder) / "log.jsonl"))

    def __call__(self, name: str, architecture: dict, schedule: Schedule, share: float = 1.0, loss=next_token_loss):
        """Train from random weights and return {"parameters", "bits_per_byte", "tokens", "tokens_per_second"}.

        Args:
            name: of the run's folder in the cache, from which it goes on when it was stopped.
            share: how much of the stories to learn from.
        """
        corpus = self.corpus.part("tinystories", share)
        folder = cache() / "compare" / name
        torch.manual_seed(0)
        torch.compiler.reset()
        network = TextNet(vocabulary=len(self.tokenizer), **architecture)
        network, facts = train(
            network, loss, lambda start, _: corpus.batches(BATCH_SIZE, LENGTH, 0, start), schedule, folder
        )
        return {
            "parameters": sum(p.numel() for p in network.parameters()),
            "bits_per_byte": round(bits_per_byte(network, self.tokenizer, self.valid), 4),
            "tokens": facts["steps"] * BATCH_SIZE * LENGTH,
            "tokens_per_second": round(speed(folder / "log.jsonl")),
        }


def speed(log: Path) -> float:
    """Tokens a second: the median over the log's entries, so that compiling and pauses do not count."""
    entries = [entry for line in log.read_text().splitlines() if "loss" in (entry := json.loads(line))]
    pairs = list(itertools.pairwise(entries))
    rates = [(b["step"] - a["step"]) / max(1, b["seconds"] - a["seconds"]) for a, b in pairs]
    return BATCH_SIZE * LENGTH * statistics.median(rates) if rates else math.nan


def scaled(schedule: Schedule, factor: float) -> Schedule:
    """The schedule with all learning rates times a factor."""
    return replace(
        schedule,
        lr_kernels=schedule.lr_kernels * factor,
        lr_other=schedule.lr_other * factor,
        lr_embedding=schedule.lr_embedding * factor,
    )


@torch.inference_mode()
def generation(architecture: dict, vocabulary: int) -> dict[str, dict]:
    """Milliseconds a token, median of 25, and bytes of state of one stream, at each of `POSITIONS`.

    Every kind goes through the same call, `TextNet.forward` with one token and a memory; the weights do not matter.
    """
    network = TextNet(vocabulary=vocabulary, **architecture).eval()
    memory: Memory = {}
    draw = torch.Generator().manual_seed(0)
    found, at = {}, 0
    for position in POSITIONS:
        while at < position:  # in pieces, as a prompt of that length would be read
            piece = min(500, position - at)
            network.stream(torch.randint(vocabulary, (1, piece), generator=draw), memory)
            at += piece
        times = []
        for token in torch.randint(vocabulary, (25, 1, 1), generator=draw):
            began = time.perf_counter()
            network(token, memory)
            times.append(time.perf_counter() - began)
        at += 25
        state = sum(value.numel() * value.element_size() for value in memory.values())
        found[str(position)] = {"milliseconds": round(1e3 * statistics.median(times), 3), "state_bytes": state}
    return found


def twice_as_fast_from(ours: dict, theirs: dict) -> int | None:
    """The position from which a token of ours takes half the time of one of theirs, straight lines drawn between the
    positions measured; None if not among them."""
    before = None
    for position in POSITIONS:
        gap = theirs[str(position)]["milliseconds"] - 2 * ours[str(position)]["milliseconds"]
        if gap >= 0:
            if before is None:
                return position
            start, below = before
            return round(start + (position - start) * -below / (gap - below))
        before = position, gap
    return None


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m resgen.evaluation.text.ablations", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--speed", action="store_true", help="only time all kinds anew")
    args = parser.parse_args(arguments)
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results["hardware"] = device.describe(torch.device("cpu"))

    def save() -> None:
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")

    def once(group: str, name: str, measure):
        """The figures of that name, measured only where they are missing, and kept at once."""
        figures = results.setdefault(group, {})
        if name not in figures:
            figures[name] = measure()
            save()
        return figures[name]

    architectures = {kind: sized(other) for kind, other in KINDS.items()}
    if args.speed:
        results["generation"] = {kind: generation(a, 4096) for kind, a in architectures.items()}
        ours, theirs = (results["generation"][kind] for kind in ("residual + matrix RNN", "GPT"))
        results["twice_as_fast_as_gpt_from_position"] = twice_as_fast_from(ours, theirs)
        trial = Trial()
        results["training"] = {kind: trial.tokens_per_second(a) for kind, a in architectures.items()}
        save()
        return
    trial = Trial()
    search, long = Schedule(steps=SEARCH_STEPS, warmup=10), Schedule(steps=STEPS)
    for kind, architecture in architectures.items():
        found = {
            factor: once(
                "search",
                f"{kind} x {factor}",
                lambda a=architecture, f=factor, k=kind: trial(f"{k}-search-{f}", a, scaled(search, f))[
                    "bits_per_byte"
                ],
            )
            for factor in FACTORS
        }
        factor = min(found, key=found.__getitem__)
        once("kinds", kind, lambda a=architecture, f=factor, k=kind: trial(k, a, scaled(long, f)) | {"factor": f})
    short = Schedule(steps=SMALL_STEPS, compile=False)
    for depth in DEPTHS:
        for residual in (True, False):
            dilations = tuple((1, 3, 9)[i % 3] for i in range(depth))
            deep = SMALL | {"stage": ("convolution",), "dilations": dilations, "residual": residual}
            name = f"{depth} layers, {'residual' if residual else 'plain'}"
            once("depth", name, lambda a=deep, n=name: trial(n, a, short))
    for share in SHARES:
        longer = replace(short, steps=SHARE_STEPS)
        once("data", f"{share:.0%}", lambda s=share, t=longer: trial(f"data-{s}", SMALL, t, share=s))
    for name, loss in (("cross-entropy", next_token_loss), ("label smoothing 0.1", smoothed_loss)):
        once("loss", name, lambda n=name, fn=loss: trial(n, SMALL, short, loss=fn))
    for name, rates in OPTIMISERS.items():
        schedule = replace(short, optimiser=name, **rates)
        for factor in (1 / 3, 1.0, 3.0):
            rated, label = scaled(schedule, factor), f"{name} x {factor:.2f}"
            once("optimiser", label, lambda s=rated, n=label: trial(n, SMALL, s))


if __name__ == "__main__":
    main()
