"""What a user waits for, measured. Called by `python -m resgen bench`."""

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from resgen import load
from resgen.device import describe
from resgen.speech.features import SAMPLE_RATE
from resgen.text.request import TextRequest


def text_figures(words: int) -> dict:
    """Seconds and rates of the text engine, on a topic.

    Args:
        words: how many to write for the rate.
    """
    began = time.perf_counter()
    writer = load("text")
    loaded = time.perf_counter() - began
    first, rates, batch = [], [], []
    for seed in range(5):
        began = time.perf_counter()
        request = TextRequest("Once upon a time", topic="car, rain", words=words, seed=seed)
        for result in writer.run(request):
            if result.tokens == 1:
                first.append(time.perf_counter() - began)
        rates.append(result.tokens / result.progress.seconds)
    for seed in range(3):
        result = writer.write("Once upon a time", topic="car, rain", words=words, variants=8, seed=seed)
        batch.append(result.tokens / result.progress.seconds)
    return {
        "device": describe(writer.device),
        "text_load_seconds": round(loaded, 3),
        "text_first_token_seconds": round(median(first), 4),
        "text_tokens_per_second": round(median(rates), 1),
        "text_tokens_per_second_8_variants": round(median(batch), 1),
        **busy_figures(writer),
    }


@contextmanager
def busy_loops(count: int) -> Iterator[None]:
    """So many other processes inside that want a core each, all the time."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def busy_figures(writer, seconds: float = 10) -> dict:
    """Tokens a second of one story beside eight busy loops, for so long: as on a laptop that compiles something."""
    tokens, seed, began = 0, 0, 0.0
    with busy_loops(8):
        began = time.perf_counter()
        while time.perf_counter() < began + seconds:
            request = TextRequest("Once upon a time", topic="car, rain", seed=seed)
            before, seed = tokens, seed + 1
            for result in writer.run(request):
                tokens = before + result.tokens
                if time.perf_counter() > began + seconds:
                    break
        return {"text_tokens_per_second_beside_8_busy_loops": round(tokens / (time.perf_counter() - began), 1)}


def image_figures() -> dict:
    """Seconds and rates of the image engine: the first press at the page's settings, then batches of 8."""
    began = time.perf_counter()
    painter = load("image")
    figures = {"image_load_seconds": round(time.perf_counter() - began, 3)}
    first = painter.draw("red car", seed=0)
    figures["image_first_press_seconds"] = round(first.progress.seconds, 3)
    for steps, size in ((1, 64), (4, 64), (20, 64), (4, 256)):
        results = (painter.draw("red car", seed=seed, count=8, steps=steps, size=size) for seed in range(3))
        seconds = [result.progress.seconds for result in results]
        figures[f"pictures_per_second_{steps}_steps_{size}_pixels"] = round(8 / median(seconds), 1)
    return figures


def speech_figures(speaker) -> dict:
    """Seconds until the first sound of a short sentence, and the real-time factor: seconds of work for one of sound,
    both from text to samples, median of several, with as many threads as PyTorch has now."""
    text = "Once upon a time, a little red car drove through the rain to meet a friend."
    speaker.speak(text, seed=0)  # loads what is loaded on first use
    first, factors = [], []
    for seed in range(5):
        began = time.perf_counter()
        next(speaker.run(speaker.request("Hello there, how are you?", seed=seed)))
        first.append(time.perf_counter() - began)
        spoken = speaker.speak(text, seed=seed)
        factors.append(spoken.progress.seconds / (len(spoken.wave) / SAMPLE_RATE))
    return {"first_audio_seconds": round(median(first), 4), "real_time_factor": round(median(factors), 4)}


def peak_resident_mib() -> int:
    """The most memory this process has had, in mebibytes."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10)  # kibibytes on Linux


def bench(words: int) -> dict:
    """Seconds, rates and mebibytes of the engines and of the page's start.

    Args:
        words: how many to write for the rate of the text engine.
    """
    figures = text_figures(words) | image_figures()
    began = time.perf_counter()
    speaker = load("speech")
    figures["speech_load_seconds"] = round(time.perf_counter() - began, 3)
    began = time.perf_counter()
    next(speaker.run(speaker.request("Hello there, how are you?", seed=0)))
    figures["speech_first_press_seconds"] = round(time.perf_counter() - began, 3)
    figures |= {f"speech_{name}": value for name, value in speech_figures(speaker).items()}
    resident = peak_resident_mib()
    began = time.perf_counter()
    # A page that is built and whose server answers, as after `python app.py`.
    subprocess.run([sys.executable, "-c", "import app; app.serve(block=False)"], check=True, stdout=subprocess.DEVNULL)
    return figures | {
        "peak_resident_mib": resident,
        "page_start_seconds": round(time.perf_counter() - began, 2),
    }
