"""The one training loop: what a room brings is a network, a loss and batches. Called by every `train.py`.

Backpropagation with Muon for matrices and convolution kernels, AdamW for the rest (or, to compare, other optimisers);
a warm-up-stable-decay schedule; an exponential moving average (EMA) of the weights; resumable; a log in JSON lines.
"""

import argparse
import fcntl
import json
import math
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset
from tqdm import tqdm

from resgen import device
from resgen.muon import Muon


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn."""

    steps: int = 1000
    hours: float = 0.0  # end after so many though steps are left, where others use the machine too; 0 = never
    optimiser: str = "muon"  # or adamw, or sgd, for all parameters alike
    lr_kernels: float = 0.02  # for matrices and kernels; with Muon the size of orthogonalised updates
    lr_other: float = 3e-3  # for norms and biases
    lr_embedding: float = 3e-3  # rare words are seen seldom and want larger steps
    weight_decay: float = 0.05
    warmup: int = 50  # steps of linear rise
    decay: float = 0.4  # last share of the steps, over which the rates fall to zero
    ema: float = 0.99  # EMA decay a step
    clip: float = 1.0  # largest norm of the gradient
    save_minutes: float = 4.0
    patience: int = 0  # stop after so many saves without a better validation loss; 0 = never
    log_every: int = 20
    compile: bool = True
    seed: int = 0

    def factor(self, step: int, hours: float = 0.0) -> float:
        """The share of the full learning rate at a step, after so many hours: 0-1."""
        rising = min(1.0, (step + 1) / self.warmup)
        falling = min(1.0, (self.steps - step) / max(1.0, self.decay * self.steps))
        late = max(0.0, self.hours - hours) / (self.decay * self.hours) if self.hours else 1.0
        return min(rising, falling, late)

    def over(self, step: int, hours: float) -> bool:
        """Whether after so many steps and hours there is nothing more to do."""
        return step >= self.steps or 0 < self.hours <= hours


def cache() -> Path:
    """Where runs and prepared data live: RESGEN_CACHE, by default ~/.cache/resgen."""
    return Path(os.environ.get("RESGEN_CACHE") or Path.home() / ".cache" / "resgen")


def data_file(file: str) -> Path | None:
    """The path of a file such as text/tinystories_train.txt.gz in the folder RESGEN_DATA or in `../shared/data` beside
    the checkout; None if it is in neither."""
    for folder in (os.environ.get("RESGEN_DATA"), Path(__file__).parents[2] / "shared" / "data"):
        path = folder and Path(folder) / file
        if path and path.exists():
            return path
    return None


@contextmanager
def alone(lock: Path) -> Iterator[bool]:
    """Whether this process is the only one at a piece of work, until the block ends; a lock dies with its process.

    Args:
        lock: a file for that piece, made when it is not there.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with open(lock, "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def run_options(module: str, description: str, presets: Iterable[str], name: str) -> argparse.ArgumentParser:
    """The command-line options every room's training has: preset, init, name, steps, out."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument("--preset", choices=presets, default="cpu")
    parser.add_argument("--init", metavar="NAME", help="go on from the weights of a shipped model or a file")
    parser.add_argument("--name", default=name, help="name of the model and of the run's folder")
    parser.add_argument("--steps", type=int, help="another length of the run, for a rehearsal or more training")
    parser.add_argument("--out", type=Path, help="folder of the run; default: in RESGEN_CACHE")
    return parser


def provenance(module: str, arguments: list[str] | None, network: nn.Module) -> dict[str, str]:
    """What a card says on where its weights were made: {"hardware", "command"}.

    Args:
        module: whose `main` was called.
        arguments: with which it was called; None: those of the command line.
    """
    given = sys.argv[1:] if arguments is None else arguments
    return {
        "hardware": f"{device.describe(next(network.parameters()).device)}, {platform.machine()}",
        "command": " ".join([f"python -m {module}", *given]),
    }


class Optimiser:
    """Muon (Jordan 2024) on every matrix and kernel of the network's layers, AdamW on everything else; or AdamW or
    SGD with Nesterov's momentum on all.

    Muon takes matrices; kernels (out, in, k, ...) are handed to it as views (out, in * k * ...)
    that share their storage, and so are their gradients.

    Raises:
        ValueError: the schedule names an optimiser that is none of these.
    """

    def __init__(self, network: nn.Module, schedule: Schedule):
        embeddings = {id(m.weight) for m in network.modules() if isinstance(m, nn.Embedding)}
        parameters = [p for p in network.parameters() if p.requires_grad]
        kernels = [p for p in parameters if p.ndim >= 2 and id(p) not in embeddings]
        groups = [
            {"params": [p for p in parameters if p.ndim < 2], "lr": schedule.lr_other},
            {"params": [p for p in parameters if id(p) in embeddings], "lr": schedule.lr_embedding},
        ]
        self.kernels, self.views, self.parts = [], [], []
        decay = schedule.weight_decay
        if schedule.optimiser == "muon":
            self.kernels = kernels
            self.views = [p.detach().view(p.shape[0], -1) for p in kernels]
            where = kernels[0].device
            self.parts = [Muon(self.views, schedule.lr_kernels, decay, device.precision(where))]
        else:
            groups.append({"params": kernels, "lr": schedule.lr_kernels, "weight_decay": decay})
        groups = [group for group in groups if group["params"]]
        if schedule.optimiser == "sgd":
            self.parts.append(torch.optim.SGD(groups, momentum=0.9, nesterov=True))
        elif schedule.optimiser in ("muon", "adamw"):
            self.parts.append(torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.0, fused=True))
        else:
            raise ValueError(f"optimiser is muon, adamw or sgd, not {schedule.optimiser}.")
        self.rates = [[group["lr"] for group in part.param_groups] for part in self.parts]

    def step(self, factor: float) -> None:
        for view, kernel in zip(self.views, self.kernels, strict=True):
            view.grad = None if kernel.grad is None else kernel.grad.view_as(view)
        for part, rates in zip(self.parts, self.rates, strict=True):
            for group, rate in zip(part.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            part.step()

    def state_dict(self) -> list[dict]:
        return [part.state_dict() for part in self.parts]

    def load_state_dict(self, states: list[dict]) -> None:
        for part, state in zip(self.parts, states, strict=True):
            part.load_state_dict(state)


class _Batches(IterableDataset):
    """Batches in the shape that PyTorch's loader takes, by what makes them."""

    def __init__(self, made: Callable[[], Iterator[dict[str, Tensor]]]):
        self.made = made

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        return self.made()


def ahead(made: Callable[[], Iterator[dict[str, Tensor]]]) -> Iterator[dict[str, Tensor]]:
    """The same batches in the same order, made by a process of their own, up to eight ahead: a GPU does not wait."""
    process = {"num_workers": 1, "prefetch_factor": 8, "multiprocessing_context": "fork"}
    return iter(DataLoader(_Batches(made), batch_size=None, pin_memory=torch.cuda.is_available(), **process))


def train(
    network: nn.Module,
    loss: Callable[[nn.Module, dict[str, Tensor]], Tensor],
    batches: Callable[[int, int], Iterator[dict[str, Tensor]]],
    schedule: Schedule,
    folder: Path,
    report: Callable[[nn.Module], dict] | None = None,
) -> tuple[nn.Module, dict]:
    """Train a network in place and return it with its EMA weights loaded, and facts about the run.

    Args:
        loss: (network, batch) -> scalar.
        batches: (start, process) -> batches from step `start` on for that process; each process sees its own.
        folder: holds `state.pt` (full state, from which the same call goes on) and `log.jsonl`.
        report: called with the EMA network at each save; its figures go into the log. If one of them is named
            "valid", the weights with the lowest are those returned, and `schedule.patience` counts by it.

    Returns:
        The network, and {"steps", "processes", "hours", "loss", and with a report of it "valid", "valid_step",
        "curve"}; hours are those spent in training, over all resumes.
    """
    # Without being told, several processes on CPUs would each train alone.
    where = device.choose()
    mixed = "bf16" if device.precision(where) == torch.bfloat16 else "no"
    accelerator = Accelerator(mixed_precision=mixed, cpu=where.type == "cpu")
    torch.manual_seed(schedule.seed)
    network.to(accelerator.device)
    optimiser = Optimiser(network, schedule)
    ema = [p.detach().clone() for p in network.parameters()]
    step, seconds, running = 0, 0.0, math.nan
    best: dict = {"valid": math.inf, "valid_step": 0, "ema": ema, "waited": 0}
    folder.mkdir(parents=True, exist_ok=True)
    saved = folder / "state.pt"
    if saved.exists():
        state = torch.load(saved, map_location=accelerator.device, weights_only=True)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        ema, best, step, seconds, running = (state[key] for key in ("ema", "best", "step", "seconds", "loss"))
    wrapped = accelerator.prepare(network)
    step_loss = torch.compile(loss) if schedule.compile else loss
    main = accelerator.is_main_process
    bar = tqdm(total=schedule.steps, initial=step, disable=not main, unit="step", mininterval=5)
    began = last_save = time.monotonic()

    def log(**entry) -> None:
        if main:
            entry = {"step": step, "seconds": round(seconds + time.monotonic() - began), **entry}
            with open(folder / "log.jsonl", "a") as file:
                print(json.dumps(entry), file=file)

    def save() -> None:
        if report is not None:
            raw = [p.detach().clone() for p in network.parameters()]
            _load(network, ema)
            figures = report(network.eval())
            _load(network.train(), raw)
            log(**figures)
            if figures.get("valid", math.inf) < best["valid"]:
                best.update(valid=figures["valid"], valid_step=step, ema=[p.clone() for p in ema], waited=0)
            else:
                best["waited"] += 1
        state = {
            "network": network.state_dict(),
            "optimiser": optimiser.state_dict(),
            "ema": ema,
            "best": best,
            "step": step,
            "seconds": seconds + time.monotonic() - began,
            "loss": running,
        }
        torch.save(state, saved.with_suffix(".tmp"))
        saved.with_suffix(".tmp").replace(saved)

    log(schedule=asdict(schedule))
    network.train()
    made = partial(batches, step, accelerator.process_index)
    stream = ahead(made) if where.type == "cuda" else made()

    def hours() -> float:
        return (seconds + time.monotonic() - began) / 3600

    over = schedule.over(step, hours())
    while not over:
        batch = {name: tensor.to(accelerator.device, non_blocking=True) for name, tensor in next(stream).items()}
        with accelerator.autocast():
            value = step_loss(wrapped, batch)
        accelerator.backward(value)
        accelerator.clip_grad_norm_(network.parameters(), schedule.clip)
        optimiser.step(schedule.factor(step, hours()))
        network.zero_grad(set_to_none=True)
        step += 1
        over = schedule.over(step, hours())
        # An average over at most the last tenth of the steps so far: early weights are soon forgotten.
        decay = min(schedule.ema, 1 - 10 / (step + 10))
        torch._foreach_lerp_(ema, [p.detach() for p in network.parameters()], 1 - decay)
        bar.update()
        if step % schedule.log_every == 0 or over:
            running = float(value.detach())
            bar.set_postfix(loss=f"{running:.3f}")
            log(loss=round(running, 4))
        if main and (time.monotonic() - last_save > 60 * schedule.save_minutes or over):
            save()
            last_save = time.monotonic()
            if schedule.patience and best["waited"] >= schedule.patience:
                break
    bar.close()
    # Preparing put autocast around the forward pass; what leaves here is the plain fp32 network again.
    network = accelerator.unwrap_model(network, keep_fp32_wrapper=False)
    facts = {"steps": step, "processes": accelerator.num_processes, "hours": round(hours(), 3)}
    facts["loss"] = round(running, 4)
    if best["valid"] < math.inf:
        ema = best["ema"]
        facts |= {name: best[name] for name in ("valid", "valid_step")} | {"curve": curve(folder)}
    _load(network, ema)
    return network.eval(), facts


def curve(folder: Path) -> list[list[float]]:
    """[step, validation loss] at each save of a run, from its log."""
    entries = map(json.loads, (folder / "log.jsonl").read_text().splitlines())
    return [[entry["step"], entry["valid"]] for entry in entries if "valid" in entry]


@torch.no_grad()
def _load(network: nn.Module, values: list[Tensor]) -> None:
    torch._foreach_copy_(list(network.parameters()), values)
