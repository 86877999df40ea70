"""The figures of the voices' card. Called by `python -m resgen evaluate speech`; takes 22 minutes for six on two
threads.

Needs what `resgen.evaluation.speech.metrics` and `resgen.training.speech.synthesise` need; Debian's `flite` is measured
too where it is there.
"""

import io
import math
import os
import shutil
import subprocess
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import soundfile
import torch
import torchaudio

from resgen.evaluation.bench import peak_resident_mib, speech_figures
from resgen.evaluation.speech.metrics import (
    SpeakerEncoder,
    dnsmos,
    pesq_and_stoi,
    require_packages,
    speaker_similarity,
    word_error_rate,
)
from resgen.speech.acoustic import BOUNDARIES, BOUNDARY, with_boundaries
from resgen.speech.features import HOP, MEL_SPREAD, SAMPLE_RATE, UNIT, mel_spectrogram, octaves_of
from resgen.speech.vocoder import speak
from resgen.training.speech import data
from resgen.training.speech.losses import energy_of
from resgen.training.speech.synthesise import speller, teacher

HARVARD = Path(__file__).with_name("harvard.txt")  # lists 1-5 of the IEEE's 1969 recommendation: 50 sentences
STORIES = Path(__file__).with_name("stories.txt")  # a sentence each of 50 validation stories; no teacher read them
UNIT_MILLISECONDS = 25
DECIBELS = MEL_SPREAD * 20 / math.log(10)  # one of energy
RECOGNISERS = ("tiny.en", "base")


@dataclass(frozen=True)
class Reading:
    """A sentence as its teacher read it: its phonemes' ids (N), the units each lasts (N,), F0 in Hz (T,), the wave."""

    tokens: list[int]
    durations: np.ndarray
    f0: np.ndarray
    wave: np.ndarray


def readings(voice: str, texts: list[str]) -> list[Reading]:
    """Texts as the teacher of a voice reads them."""
    spelling, read = speller(voice), teacher(voice, data.folder(), np.random.default_rng(0))
    found = []
    for text in texts:
        tokens = spelling.ids(" ".join(spelling.phonemize(text)))
        wave, durations, f0 = read(tokens, 0.0)
        found.append(Reading(tokens, durations, f0, wave))
    return found


def heard(waves: list[np.ndarray], stories: list[np.ndarray]) -> dict[str, float]:
    """What the listeners' network makes of the Harvard sentences, and two recognisers of them and the stories'."""
    scores = zip(("signal", "background", "overall"), dnsmos(waves), strict=True)
    figures = {f"dnsmos_{name}": round(float(score), 2) for name, score in scores}
    for size in RECOGNISERS:
        for name, path, sounds in (("", HARVARD, waves), ("_stories", STORIES, stories)):
            rate = word_error_rate(sounds, path.read_text().splitlines(), size)
            figures[f"word_error_rate{name}{'' if size == RECOGNISERS[0] else f'_{size}'}"] = round(rate, 2)
    return figures


@torch.no_grad()
def prosody_errors(speaker, voice: str, reading: Reading) -> tuple[float, float, float]:
    """How far a voice is from its teacher in one sentence: mean absolute errors of a token's duration in milliseconds,
    of its energy in decibels, and of the pitch in cents, predicted for the teacher's durations where he is voiced.
    """
    network, where = speaker.network, speaker.device
    shares, _ = speaker.mixed(speaker.request(voice=voice))
    stream, logs, energy = network.encode(with_boundaries(reading.tokens, BOUNDARY).to(where), shares)
    units = torch.from_numpy(reading.durations.astype(int))
    frames = with_boundaries((units * UNIT).tolist(), UNIT).to(where)
    _, pitch = network.regulate_length(stream, frames, energy, int(frames.sum()))
    octaves, voiced = octaves_of(torch.from_numpy(reading.f0)[None].to(where))
    apart = (pitch[:, 0, BOUNDARIES * UNIT : -BOUNDARIES * UNIT] - octaves).abs() * voiced
    late = (logs[0, BOUNDARIES:-BOUNDARIES].exp().cpu() - units).abs().mean()
    loud = energy_of(mel_spectrogram(torch.from_numpy(reading.wave)[None]), units[None] * UNIT)
    louder = (energy[:, BOUNDARIES:-BOUNDARIES].cpu() - loud).abs().mean()
    cents = apart.sum() / voiced.sum().clamp(min=1) * 1200
    return float(late) * UNIT_MILLISECONDS, float(louder) * DECIBELS, float(cents)


@torch.no_grad()
def copies(speaker, originals: list[Reading]) -> list[np.ndarray]:
    """What the vocoder alone makes of the teacher's mels and pitch."""
    waves, draw = [], torch.Generator().manual_seed(0)
    for original in originals:
        noise = torch.randn(1, len(original.f0) * HOP, generator=draw).to(speaker.device)
        mel = mel_spectrogram(torch.from_numpy(original.wave)[None]).to(speaker.device)
        f0 = torch.from_numpy(original.f0)[None].to(speaker.device)
        waves.append(speak(speaker.vocoder, mel, f0, noise)[0].cpu().numpy())
    return waves


@dataclass(frozen=True)
class Sounds:
    """Waves of one voice, float32 (N,) at 24 kHz each: of the Harvard sentences and those of stories, ours and its
    teacher's, and the vocoder's copies of the teacher's Harvard sentences."""

    ours: list[np.ndarray]
    our_stories: list[np.ndarray]
    taught: list[np.ndarray]
    taught_stories: list[np.ndarray]
    copied: list[np.ndarray]


@lru_cache
def speaker_encoder() -> SpeakerEncoder:
    return SpeakerEncoder()


def measured(sounds: Sounds) -> tuple[dict[str, float], torch.Tensor, torch.Tensor]:
    """All figures of the sounds of one voice alone; and speaker embeddings, (50, 256) each, of our Harvard sentences
    and of its teacher's."""
    pesq, stoi = pesq_and_stoi(sounds.copied, sounds.taught)
    figures = {
        **heard(sounds.ours, sounds.our_stories),
        **{f"teacher_{name}": value for name, value in heard(sounds.taught, sounds.taught_stories).items()},
        "copy_pesq": round(pesq, 2),
        "copy_stoi": round(stoi, 3),
        "copy_dnsmos_overall": round(float(dnsmos(sounds.copied)[-1]), 2),
    }
    encoder = speaker_encoder()
    ours, taught = (torch.stack([encoder(wave) for wave in waves]) for waves in (sounds.ours, sounds.taught))
    return figures, ours, taught


def flite(text: str) -> np.ndarray:
    """A classic to compare with: Debian's flite, its American female voice, at our sample rate."""
    command = ["flite", "-voice", "slt", "-t", text, "-o", "/dev/stdout"]
    with_header = subprocess.run(command, capture_output=True, check=True).stdout
    wave, rate = soundfile.read(io.BytesIO(with_header), dtype="float32")
    return torchaudio.functional.resample(torch.from_numpy(wave), rate, SAMPLE_RATE).numpy()


def evaluate(speaker) -> dict:
    """All figures of a `resgen.speech.engine.Speaker`, those of its teachers on the same sentences beside them.

    Raises:
        DataError: before any work, if a package is missing.
    """
    require_packages()
    figures: dict = {}
    before = torch.get_num_threads()
    for threads in (1, 2):
        torch.set_num_threads(threads)
        figures |= {f"{name}_{threads}_threads": value for name, value in speech_figures(speaker).items()}
    torch.set_num_threads(before)
    figures["peak_resident_mib"] = peak_resident_mib()  # before the metrics' own networks come

    texts, stories = (path.read_text().splitlines() for path in (HARVARD, STORIES))
    names = speaker.voices
    # One thread a process: teachers and metrics gain little by more. New processes, as they do not survive a fork.
    pool = ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), torch.set_num_threads, (1,))
    with pool:
        asked = [pool.map(readings, names, [part] * len(names)) for part in (texts, stories)]
        originals, stories_read = (dict(zip(names, read, strict=True)) for read in asked)
        sounds = [
            Sounds(
                ours=[speaker.speak(text, voice=name, seed=0).wave for text in texts],
                our_stories=[speaker.speak(text, voice=name, seed=0).wave for text in stories],
                taught=[one.wave for one in originals[name]],
                taught_stories=[one.wave for one in stories_read[name]],
                copied=copies(speaker, originals[name]),
            )
            for name in names
        ]
        found = dict(zip(names, pool.map(measured, sounds), strict=True))
        if shutil.which("flite"):
            waves = ([flite(text) for text in part] for part in (texts, stories))
            figures["flite"] = pool.submit(heard, *waves).result()
    figures |= {"sentences": len(texts), "voices": {}}
    for name, (heard_alone, ours, taught) in found.items():
        late, louder, cents = np.mean([prosody_errors(speaker, name, original) for original in originals[name]], 0)
        near = {other: round(speaker_similarity(ours, theirs), 3) for other, (_, _, theirs) in found.items()}
        figures["voices"][name] = {
            **heard_alone,
            "duration_error_milliseconds": round(float(late), 1),
            "energy_error_decibels": round(float(louder), 1),
            "pitch_error_cents": round(float(cents)),
            "similarity_to_own_teacher": near.pop(name),
            "similarity_to_nearest_other": max(near.values(), default=None),
            "similarity_of_teacher_to_itself": round(speaker_similarity(taught, taught), 3),
        }
    return figures
