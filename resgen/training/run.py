"""Where a run lives, its options and what its card says. Called by every room's training."""

import argparse
import fcntl
import logging
import os
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar

from torch import nn
from tqdm import tqdm

from resgen import device
from resgen.training.optim import Schedule


def cache() -> Path:
    """Where runs and prepared data live: RESGEN_CACHE, by default ~/.cache/resgen."""
    return Path(os.environ.get("RESGEN_CACHE") or Path.home() / ".cache" / "resgen")


def data_file(file: str) -> Path | None:
    """The path of a file such as text/tinystories_train.txt.gz in the folder RESGEN_DATA; None if it is not there."""
    folder = os.environ.get("RESGEN_DATA")
    path = folder and Path(folder) / file
    return path if path and path.exists() else None


@contextmanager
def try_lock(lock: Path) -> Iterator[bool]:
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


class _BesideBars(logging.Handler):
    """Lines on stderr, above the progress bars there."""

    def emit(self, record: logging.LogRecord) -> None:
        tqdm.write(self.format(record), file=sys.stderr)


def show_progress() -> None:
    """Have a command show what `resgen` logs, unless the program that calls it has said how. Called by every command
    that trains; who imports the package hears nothing."""
    log = logging.getLogger("resgen")
    if not log.hasHandlers():
        log.addHandler(_BesideBars())
        log.setLevel(logging.INFO)


def run_options(module: str, description: str, presets: Iterable[str], name: str | None) -> argparse.ArgumentParser:
    """The command-line options every room's training has: preset, init, name, steps, out. From here on progress is
    shown."""
    show_progress()
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument("--preset", choices=presets, default="cpu")
    parser.add_argument("--init", metavar="NAME", help="go on from the weights of a shipped model or a file")
    parser.add_argument("--name", default=name, help="name of the model and of the run's folder")
    parser.add_argument("--steps", type=int, help="another length of the run, for a rehearsal or more training")
    parser.add_argument("--out", type=Path, help="folder of the run; default: in RESGEN_CACHE")
    return parser


class _Run(Protocol):
    """What a room calls a run: a dataclass with a schedule, and more."""

    @property
    def schedule(self) -> Schedule: ...


Run = TypeVar("Run", bound=_Run)


def chosen(args: argparse.Namespace, presets: Mapping[str, Run]) -> tuple[Run, Path]:
    """The preset that the options of `run_options` name, with as many steps as they say, and the folder of the run."""
    options = presets[args.preset]
    if args.steps:
        options = replace(options, schedule=replace(options.schedule, steps=args.steps))  # type: ignore[type-var]
    return options, args.out or cache() / "runs" / args.name


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


def lineage(card: dict) -> dict:
    """How the weights of a card were made, for the card of what is made of them: {} or its training, with what it was
    averaged from."""
    training = card.get("training") or {}
    return training | {"averaged": card["averaged"]} if "averaged" in card else training
