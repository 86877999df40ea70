"""The one training loop: what a room brings is a network, a loss and batches. Called by every `train.py`.

Backpropagation with Muon for matrices and convolution kernels, AdamW for the rest (or, to compare, other optimisers);
a warm-up-stable-decay schedule; an exponential moving average (EMA) of the weights; resumable; a log in JSON lines.
"""

import json
import logging
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset
from tqdm import tqdm

from resgen import device
from resgen.training.optim import Optimiser, Schedule, _load

LOG = logging.getLogger(__name__)
Network = TypeVar("Network", bound=nn.Module)


class _Batches(IterableDataset):
    """Batches in the shape that PyTorch's loader takes, by what makes them."""

    def __init__(self, made: Callable[[], Iterator[dict[str, Tensor]]]):
        self.made = made

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        return self.made()


def prefetch(made: Callable[[], Iterator[dict[str, Tensor]]]) -> Iterator[dict[str, Tensor]]:
    """The same batches in the same order, made by a process of their own, up to eight ahead: a GPU does not wait."""
    loader = DataLoader(
        _Batches(made),
        batch_size=None,
        pin_memory=torch.cuda.is_available(),
        num_workers=1,
        prefetch_factor=8,
        multiprocessing_context="fork",
    )
    return iter(loader)


def train(
    network: Network,
    loss: Callable[[Network, dict[str, Tensor]], Tensor],
    batches: Callable[[int, int], Iterator[dict[str, Tensor]]],
    schedule: Schedule,
    folder: Path,
    report: Callable[[Network], dict] | None = None,
) -> tuple[Network, dict]:
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
    # Without this, several processes on CPUs would each train alone.
    where = device.choose()
    mixed = "bf16" if device.precision(where) == torch.bfloat16 else "no"
    accelerator = Accelerator(mixed_precision=mixed, cpu=where.type == "cpu")
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
        LOG.info("%s: goes on from step %d", saved, step)
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
            LOG.info("step %d: %s", step, ", ".join(f"{name} {value}" for name, value in figures.items()))
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
    stream = prefetch(made) if where.type == "cuda" else made()

    def hours() -> float:
        return (seconds + time.monotonic() - began) / 3600

    over = schedule.over(step, hours())
    while not over:
        batch = {name: tensor.to(accelerator.device, non_blocking=True) for name, tensor in next(stream).items()}
        # Noise and dropout of a step are the same whether the run was interrupted before it or not.
        random = np.random.SeedSequence((schedule.seed, step, accelerator.process_index))
        torch.manual_seed(int(random.generate_state(1)[0]))
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
