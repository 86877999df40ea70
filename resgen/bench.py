"""What a user waits for, measured. Called by `python -m resgen bench`."""

import resource
import subprocess
import sys
import time
from statistics import median

from resgen import load
from resgen.device import describe
from resgen.text.engine import TextRequest


def text_figures(tokens: int) -> dict:
    """Seconds and rates of the text engine, on a topic.

    Args:
        tokens: how many to write for the rate.
    """
    began = time.perf_counter()
    writer = load("text")
    loaded = time.perf_counter() - began
    first, rates = [], []
    for seed in range(3):
        began = time.perf_counter()
        request = TextRequest("Once upon a time", topic="car, rain", tokens=tokens, seed=seed)
        for result in writer.run(request):
            if result.progress.done == 1:
                first.append(time.perf_counter() - began)
        rates.append(result.progress.rate)
    return {
        "device": describe(writer.device),
        "text_load_seconds": round(loaded, 3),
        "text_first_token_seconds": round(median(first), 4),
        "text_tokens_per_second": round(median(rates), 1),
    }


def image_figures() -> dict:
    """Seconds and rates of the image engine: the first press at the page's settings, then batches of 8."""
    began = time.perf_counter()
    painter = load("image")
    figures = {"image_load_seconds": round(time.perf_counter() - began, 3)}
    first = painter.draw("red car", seed=0)
    figures["image_first_press_seconds"] = round(first.progress.seconds, 3)
    for steps in (1, 4, 20):
        seconds = [painter.draw("red car", count=8, steps=steps, seed=seed).progress.seconds for seed in range(3)]
        figures[f"pictures_per_second_{steps}_steps"] = round(8 / median(seconds), 1)
    return figures


def bench(tokens: int) -> dict:
    """Seconds, rates and mebibytes of the engines and of the page's start.

    Args:
        tokens: how many to write for the rate of the text engine.
    """
    figures = text_figures(tokens) | image_figures()
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10  # kibibytes on Linux
    began = time.perf_counter()
    # A page that is built and whose server answers, as after `python app.py`.
    subprocess.run([sys.executable, "-c", "import app; app.serve(block=False)"], check=True, stdout=subprocess.DEVNULL)
    return figures | {
        "peak_resident_mib": round(resident),
        "page_start_seconds": round(time.perf_counter() - began, 2),
    }
