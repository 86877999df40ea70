"""What a user waits for, measured. Called by `python -m resgen bench`."""

import resource
import subprocess
import sys
import time
from statistics import median

from resgen import load
from resgen.device import describe
from resgen.engine import settings_of
from resgen.text.engine import TextRequest


def bench(tokens: int) -> dict:
    """Seconds, rates and mebibytes of the text engine and of the page's start.

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
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10  # kibibytes on Linux
    began = time.perf_counter()
    # A page that is built and whose server answers, as after `python app.py`.
    subprocess.run([sys.executable, "-c", "import app; app.serve(block=False)"], check=True, stdout=subprocess.DEVNULL)
    return {
        "device": describe(writer.device),
        "load_seconds": round(loaded, 3),
        "text_first_token_seconds": round(median(first), 4),
        "text_tokens_per_second": round(median(rates), 1),
        "peak_resident_mib": round(resident),
        "page_start_seconds": round(time.perf_counter() - began, 2),
        "settings": {name: default for name, (_, default) in settings_of(TextRequest).items()},
    }
