"""What steps, guidance and the sampler are worth for photographs: `python -m resgen.evaluation.image.photo_sweep --n
1000` measures, keeps the figures in `assets/compare/photo.json` and prints a table of them. A sweep that was stopped
goes on from the pictures that it has painted.

Distances fall with n: compare only those of the same.
"""

import argparse
import json
import logging
from functools import partial

from resgen.assets import ASSETS
from resgen.device import choose
from resgen.evaluation.image.photo import asked, measured, painted, reference
from resgen.image.photographer import Photographer, Sampler
from resgen.image.sampling import euler_sample, timesteps
from resgen.training.run import show_progress

LOG = logging.getLogger("resgen.evaluation")
FIGURES = ASSETS / "compare" / "photo.json"
STEPS = (4, 8, 20, 50)
SHIPPED = "as shipped"
EVEN = partial(timesteps, shift=1.0)
# name -> (its sampler, or None for Euler's as for emoji, and guidance)
KINDS: dict[str, tuple[Sampler | None, float]] = {
    SHIPPED: (Sampler(), 2.0),
    "guidance 1": (Sampler(), 1.0),
    "guidance 1.5": (Sampler(), 1.5),
    "guidance 3": (Sampler(), 3.0),
    "guidance within 0.15-0.95": (Sampler(guided=(0.15, 0.95)), 2.0),
    "whitened frequencies": (Sampler(whitened=range(1, 101)), 2.0),
    "DPM-Solver++ 2M, fitted timesteps": (Sampler(whitened=range(0)), 2.0),
    "DPM-Solver++ 2M, even timesteps": (Sampler(timesteps=EVEN, whitened=range(0)), 2.0),
    "Euler, as for emoji": (None, 2.0),
}


def sweep(n: int, kinds: dict[str, tuple[Sampler | None, float]], steps: tuple[int, ...]) -> dict[str, dict]:
    """Figures by "kind, steps" of n photographs of CIFAR-10's ten things, each kind with the same noise; and those of
    as many test pictures, "real"."""
    real, test = reference()
    figures: dict[str, dict] = {
        "n": {"pictures": n, "beside": len(real.pixels)},
        "real": measured(real, test.pixels[:n], test.label[:n]),
    }
    for kind, (sampler, guidance) in kinds.items():
        photographer = Photographer.load(None, choose(None))
        if sampler is None:
            photographer.sample = partial(euler_sample)  # type: ignore[method-assign]
        else:
            photographer.sampler = sampler
        for count in steps:
            pixels = painted(photographer, n, count, guidance)
            figures[f"{kind}, {count}"] = measured(real, pixels, asked(n))
            LOG.info("%s, %d steps: %s", kind, count, figures[f"{kind}, {count}"])
    return figures


def table(figures: dict[str, dict]) -> str:
    """A row for each kind; a column of Frechet distances and shares classified right for each number of steps."""
    kinds = list(dict.fromkeys(key.rsplit(", ", 1)[0] for key in figures if ", " in key))
    rows = [f"| | {' | '.join(f'{count} steps' for count in STEPS)} |", "|---|" + "---|" * len(STEPS)]
    for kind in kinds:
        found = [figures.get(f"{kind}, {count}") for count in STEPS]
        cells = [f"{one['frechet']:.0f} / {one['classified']:.0f} %" if one else "" for one in found]
        rows.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join(rows)


def main(arguments: list[str] | None = None) -> None:
    prog = "python -m resgen.evaluation.image.photo_sweep"
    parser = argparse.ArgumentParser(prog=prog, description=__doc__.split(":")[0])
    parser.add_argument("--n", type=int, default=1000, help="photographs a setting (default 1000)")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS), help="which (default all)")
    parser.add_argument("--steps", nargs="+", type=int, choices=STEPS, default=list(STEPS), help="which (default all)")
    args = parser.parse_args(arguments)
    show_progress()
    figures = sweep(args.n, {kind: KINDS[kind] for kind in args.kinds}, tuple(args.steps))
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n")
    print(table(figures))


if __name__ == "__main__":
    main()
