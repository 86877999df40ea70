"""The sentences to be read, the shards of what the teacher read, and how they become batches. Called by
`resgen.training.speech.synthesise` and `resgen.training.speech.train`, never by the running app.

Sentences come from the folder named by RESGEN_DATA: LJ Speech transcripts and
sentences of stories. Elsewhere those of the public stories alone are used.
"""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from resgen.errors import DataError
from resgen.speech.acoustic import BOUNDARIES, BOUNDARY
from resgen.speech.features import FLOOR, HOP, MELS, SAMPLE_RATE, UNIT, pulses
from resgen.speech.voices import VOICES
from resgen.training.run import cache, data_file

CREDITS = {
    "teacher": "audio made by hibari-tts 0.2.1, voice heart (Apache-2.0, taught by Kokoro-82M), and, in other voices, "
    "by Kokoro-82M (Apache-2.0)",
    "sentences": "LJ Speech transcripts (public domain) and sentences of TinyStories (CDLA-Sharing-1.0) and TinyFables "
    "(MIT)",
}
SHARD = 32  # sentences
SECONDS_A_SHARD = 140  # of the voice that speaks fastest
SILENCE = float(np.log(FLOOR))
POOL = 64  # sentences a voice, of which those that fit fill a row


def sentences() -> list[str]:
    """The sentences to be read, in their order."""
    path = data_file("speech/sentences.txt.gz")
    if path is not None:
        return gzip.decompress(path.read_bytes()).decode().splitlines()
    from resgen.training.text.data import documents

    found = (re.split(r"(?<=[.!?])\s+", story) for story in documents("tinystories", "train"))
    return [sentence for story in found for sentence in story if 3 <= len(sentence) <= 190][:40_000]


def folder(voice: str = "") -> Path:
    """Where the shards of a voice are, a folder each; without a voice, the folder they lie in."""
    return cache() / "data" / "speech" / voice


def alphabet_path() -> Path:
    """Where the teacher leaves its alphabet: JSON of {phoneme: id}."""
    return folder() / "alphabet.json"


def shard_sentences(voice: str) -> list[tuple[Path, list[str]]]:
    """Every shard's path and its sentences; every voice begins with others, so that together they read more."""
    lines, names = sentences(), list(VOICES)
    begin = len(lines) * names.index(voice) // len(names)
    lines = lines[begin:] + lines[:begin]
    parts = [lines[start : start + SHARD] for start in range(0, len(lines), SHARD)]
    return [(folder(voice) / f"{index:04}.npz", part) for index, part in enumerate(parts)]


def write_shard(path: Path, readings: list[dict[str, np.ndarray]]) -> None:
    """Arrays of all readings end to end, with `NAME_lengths` to cut them apart again."""
    arrays: dict[str, Any] = {}
    for name in readings[0]:
        parts = [reading[name] for reading in readings]
        arrays[name] = np.concatenate(parts)
        arrays[f"{name}_lengths"] = np.array([len(part) for part in parts], np.int64)
    with open(path.with_suffix(".tmp"), "wb") as file:
        np.savez(file, **arrays)
    path.with_suffix(".tmp").replace(path)


@dataclass(frozen=True)
class Speech:
    """Sentences as the teachers read them. Each field is a list with one array a sentence:

    tokens (N,) phoneme ids; durations (N,) units of 25 ms; f0 (T,) Hz, 0 where unvoiced, before the shift; shift (1,)
    semitones by which it was read higher; mel (T, MELS); wave (T * HOP,) int16. A field not asked for is empty.
    voice is the place of each one's voice among those loaded.
    """

    tokens: list[np.ndarray]
    durations: list[np.ndarray]
    f0: list[np.ndarray]
    shift: list[np.ndarray]
    mel: list[np.ndarray]
    wave: list[np.ndarray]
    voice: list[int]

    @classmethod
    def load(cls, voices: list[list[Path]], names: tuple[str, ...]) -> "Speech":
        """Read the shards of some voices; only the named fields take memory."""
        fields: dict[str, list] = {name: [] for name in cls.__dataclass_fields__}
        for voice, paths in enumerate(voices):
            for path in paths:
                with np.load(path) as shard:
                    for name in names:
                        fields[name] += np.split(shard[name], shard[f"{name}_lengths"].cumsum()[:-1])
                    fields["voice"] += [voice] * len(shard["f0_lengths"])
        return cls(**fields)

    def __len__(self) -> int:
        return len(self.voice)

    def hours(self) -> float:
        return sum(map(len, self.f0)) * HOP / SAMPLE_RATE / 3600

    def pitch(self, index: int) -> np.ndarray:
        """(T,) F0 as it was read, in Hz."""
        return self.f0[index].astype(np.float32) * 2 ** (self.shift[index][0] / 12)


def shards() -> dict[str, list[Path]]:
    """The shards there are of each voice that has some.

    Raises:
        DataError: there are none; names the command that makes them.
    """
    found = {voice: sorted(folder(voice).glob("[0-9]*.npz")) for voice in VOICES}
    found = {voice: paths for voice, paths in found.items() if paths}
    if not found:
        raise DataError(f"{folder()} holds no shards. Make them: python -m resgen.training.speech.synthesise.")
    return found


def _orders(size: int, seed: int) -> Iterator[int]:
    """Indices without end, every epoch in an order of its own."""
    for epoch in count():
        yield from np.random.default_rng((seed, epoch)).permutation(size).tolist()


def _rows(speech: Speech, tokens: int, frames: int, seed: int) -> Iterator[tuple[int, list[int]]]:
    """Which sentences are packed into one row after another, and of which voice."""
    gap = BOUNDARIES * UNIT
    order = _orders(len(speech), seed)
    size = POOL * len(set(speech.voice))
    pool: list[int] = []  # sentences waiting, the oldest first
    while True:
        packed, at, now = [], BOUNDARIES, gap
        pool += [next(order) for _ in range(size - len(pool))]
        voice = speech.voice[pool[0]]
        for index in [index for index in pool if speech.voice[index] == voice]:
            n, t = len(speech.tokens[index]), len(speech.f0[index])
            if n + 2 * BOUNDARIES > tokens or t + 2 * gap > frames:
                pool.remove(index)  # fits no row
            if at + n + BOUNDARIES > tokens or now + t + gap > frames:
                continue
            pool.remove(index)
            packed.append(index)
            at, now = at + n + BOUNDARIES, now + t + gap
        yield voice, packed


def packed_batches(
    speech: Speech, batch_size: int, tokens: int, frames: int, seed: int, start: int = 0
) -> Iterator[dict[str, Tensor]]:
    """Whole sentences packed into rows of a fixed size, boundary tokens between them, for the acoustic model. All of a
    row are of one voice. Endless, from batch number `start` on; batch n is the same wherever one starts.

    Yields:
        voice (B,) int64, as in `Speech`; tokens (B, N) int64; durations (B, N) in frames, int64; mel (B, MELS, T);
        f0 (B, T) as read; shift (B, T) in octaves; spoken (B, T) and timed (B, N): 1 where a sentence is, 0 in gaps.
    """
    gap = BOUNDARIES * UNIT
    rows = _rows(speech, tokens, frames, seed)
    for _ in range(start * batch_size):
        next(rows)
    while True:
        batch = {
            "voice": np.zeros(batch_size, np.int64),
            "tokens": np.full((batch_size, tokens), BOUNDARY),
            "durations": np.zeros((batch_size, tokens), np.int64),
            "mel": np.full((batch_size, frames, MELS), SILENCE, np.float32),
            "f0": np.zeros((batch_size, frames), np.float32),
            "shift": np.zeros((batch_size, frames), np.float32),
            "spoken": np.zeros((batch_size, frames), np.float32),
            "timed": np.zeros((batch_size, tokens), np.float32),
        }
        for row in range(batch_size):
            at, now = BOUNDARIES, gap
            batch["durations"][row, :BOUNDARIES] = UNIT
            batch["voice"][row], packed = next(rows)
            for index in packed:
                n, t = len(speech.tokens[index]), len(speech.f0[index])
                batch["tokens"][row, at : at + n] = speech.tokens[index]
                batch["durations"][row, at : at + n] = speech.durations[index].astype(np.int64) * UNIT
                batch["durations"][row, at + n : at + n + BOUNDARIES] = UNIT
                batch["mel"][row, now : now + t] = speech.mel[index]
                batch["f0"][row, now : now + t] = speech.pitch(index)
                batch["shift"][row, now : now + t] = speech.shift[index][0] / 12
                batch["spoken"][row, now : now + t] = 1
                batch["timed"][row, at : at + n] = 1
                at, now = at + n + BOUNDARIES, now + t + gap
            # What is left of the row's frames belongs to its last token, a boundary.
            batch["durations"][row, -1] += frames - batch["durations"][row].sum()
        batch["mel"] = batch["mel"].transpose(0, 2, 1)
        yield {name: torch.from_numpy(array) for name, array in batch.items()}


def cut_batches(speech: Speech, batch_size: int, frames: int, seed: int, start: int = 0) -> Iterator[dict[str, Tensor]]:
    """Pieces of sentences, for the vocoder. Endless, from batch number `start` on; batch n is the same wherever one
    starts.

    Yields:
        mel (B, MELS, T); f0 (B, T); pulses (B, T * HOP): the harmonic source whose phase has run since the sentence's
        start, as the teacher's did; wave (B, T * HOP); spoken (B, T): 0 beyond a sentence's end.
    """
    order = islice(_orders(len(speech), seed), start * batch_size, None)
    for number in count(start):
        generator = np.random.default_rng((seed, number))
        batch = {
            "mel": np.full((batch_size, frames, MELS), SILENCE, np.float32),
            "f0": np.zeros((batch_size, frames), np.float32),
            "pulses": np.zeros((batch_size, frames * HOP), np.float32),
            "wave": np.zeros((batch_size, frames * HOP), np.float32),
            "spoken": np.zeros((batch_size, frames), np.float32),
        }
        for row in range(batch_size):
            index = next(order)
            length = len(speech.f0[index])
            begin = int(generator.integers(0, max(1, length - frames + 1)))
            end = min(length, begin + frames)
            pitch = speech.pitch(index)
            source = pulses(torch.from_numpy(pitch)[None])[0].numpy()
            batch["mel"][row, : end - begin] = speech.mel[index][begin:end]
            batch["f0"][row, : end - begin] = pitch[begin:end]
            for name, wave in (("pulses", source), ("wave", speech.wave[index].astype(np.float32) / 32767)):
                batch[name][row, : (end - begin) * HOP] = wave[begin * HOP : end * HOP]
            batch["spoken"][row, : end - begin] = 1
        batch["mel"] = batch["mel"].transpose(0, 2, 1)
        yield {name: torch.from_numpy(array) for name, array in batch.items()}
