"""What steps and guidance are worth, and what they cost: `python -m resgen.evaluation.image.sweep` measures, keeps the
figures in `assets/compare/image.json` and prints the table of docs/image.md. Run it with nothing else running, for its
times.
"""

import json

import numpy as np

from resgen import load
from resgen.assets import ASSETS
from resgen.evaluation.image.classifier import accuracy, classifier_of
from resgen.evaluation.image.evaluate import features, frechet, painted
from resgen.image.request import SIDE
from resgen.training.image import data

FIGURES = ASSETS / "compare" / "image.json"
STEPS = (1, 2, 4, 8, 20)
GUIDANCE = (1.0, 1.5, 2.0, 3.0)
EVERY = 4  # of the pictures learned from, one in so many is painted
AT_ONCE = 8


def sweep(painter) -> dict[str, dict]:
    """Figures of a `resgen.image.engine.Painter` by "steps x guidance": shares in percent whose name is among the
    classifier's first five and whose style it names, the Frechet distance to all pictures learned from, and pictures a
    second, eight at once, of 64 pixels."""
    pictures = data.things(data.emoji())
    classifier, known = classifier_of(pictures)
    seen = data.training(pictures)
    real = features(seen.pixels[:, :3])
    asked = seen.select(np.arange(len(seen)) % EVERY == 0)
    figures = {}
    for steps in STEPS:
        for guidance in GUIDANCE:
            drawn = painted(painter, asked.pairs(), 1000, steps, guidance)[:, :3]
            found = accuracy(classifier, drawn, np.searchsorted(known, asked.name), asked.style)
            request = {"count": AT_ONCE, "steps": steps, "guidance": guidance, "size": SIDE}
            seconds = min(painter.draw("red car", seed=seed, **request).progress.seconds for seed in range(3))
            figures[f"{steps} x {guidance}"] = {
                "top5": found["top5"],
                "style": found["style"],
                "frechet": round(frechet(features(drawn), real), 1),
                "pictures_a_second": round(AT_ONCE / seconds, 1),
            }
    return figures


def table(figures: dict[str, dict]) -> str:
    """A row for each number of steps; a column of Frechet distances and style shares for each guidance."""
    heads = [f"guidance {guidance:g}" for guidance in GUIDANCE]
    rows = [f"| steps | {' | '.join(heads)} | pictures a second |", "|---|" + "---|" * (len(heads) + 1)]
    for steps in STEPS:
        found = [figures[f"{steps} x {guidance}"] for guidance in GUIDANCE]
        cells = [f"{one['frechet']:.0f} / {one['style']:.1f} %" for one in found]
        rows.append(f"| {steps} | {' | '.join(cells)} | {found[-1]['pictures_a_second']:.0f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    measured = sweep(load("image"))
    FIGURES.write_text(json.dumps(measured, indent=1) + "\n")
    print(table(measured))
