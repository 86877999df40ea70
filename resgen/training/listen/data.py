"""Shards of clips become batches. Called by `resgen.training.listen.train`, never by the running app."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from resgen.errors import DataError
from resgen.listen.features import LOWEST, MELS, normalised
from resgen.listen.letters import BETWEEN, Letters
from resgen.listen.model import EARLY, SLOTS, STRIDE
from resgen.training.listen import shards
from resgen.training.listen.augment import MOST_SPEED, augmented

CREDITS = {
    "real speech": "LibriSpeech (Panayotov et al. 2015, CC BY 4.0) and Mozilla Common Voice v1 (CC0)",
    "synthetic speech": "our own voices (taught by Kokoro-82M, Apache-2.0, and hibari-tts 0.2.1, Apache-2.0)",
    "sentences": "LJ Speech transcripts and children's books of Project Gutenberg (public domain), sentences of "
    "TinyStories (CDLA-Sharing-1.0) and TinyFables (MIT)",
}
HELD_SHARDS = 1  # the last real shard and the first synthetic one are for validation
MISSES = 12  # clips that fit nowhere, after which a batch is full
READ_EVERY = 100  # batches after which new shards are looked for
GAP = (10, 60)  # frames of silence between two clips of a row
NO_SOUND = -100  # a target that counts for nothing
# A clip as a part of a row: normalised mel (MELS, T), phoneme at each frame (T,) int64, text.
Part = tuple[Tensor, Tensor, str]
# Frames a row, and rows a batch: all batches are about as large.
SHAPES = ((480, 6), (960, 3), (1760, 2))
WEAKEST, STRONG_AFTER = 0.2, 30_000  # augmentation at first, and the step from which on it is whole


def found(source: str) -> list[Path]:
    return sorted(shards.folder(source).glob("[0-9]*.npz"))


class Clips:
    """The clips of a source, and of those of its shards that were made since.

    Args:
        source: "real" or "synthetic".

    Raises:
        DataError: there are no shards.
    """

    def __init__(self, source: str):
        self.source, self.clips, self._known = source, list[shards.Clip](), set[Path]()
        self.read_new()
        if not self.clips:
            raise DataError(f"There are no shards. Make them: python -m resgen.training.listen.{source}.")

    def read_new(self) -> None:
        paths = found(self.source)
        for path in paths[:-HELD_SHARDS] if self.source == "real" else paths[HELD_SHARDS:]:
            if path not in self._known:
                self._known.add(path)
                self.clips += shards.read(path)

    def hours(self) -> float:
        return sum(len(clip.mel) for clip in self.clips) / 360_000

    def drawn(self, draw: np.random.Generator) -> shards.Clip:
        return self.clips[int(draw.integers(len(self.clips)))]


def held_clips() -> dict[str, list[shards.Clip]]:
    """What no batch is made of, by source."""
    return {
        "real": [clip for path in found("real")[-HELD_SHARDS:] for clip in shards.read(path)],
        "synthetic": [clip for path in found("synthetic")[:HELD_SHARDS] for clip in shards.read(path)],
    }


def collated(rows: list[list[Part]], frames: int, letters: Letters) -> dict[str, Tensor]:
    """Rows of clips as one batch.

    Args:
        rows: of each its parts in order.

    Returns:
        mel (B, MELS, frames); sounds (B, frames / EARLY) int64, NO_SOUND where unknown; letters (B, L) int64 and
        lengths (B,): the words of all clips of a row.
    """
    mel = torch.full((len(rows), MELS, frames), LOWEST)
    sounds = torch.full((len(rows), frames), NO_SOUND)
    texts = []
    for row, parts in enumerate(rows):
        at, text = 0, ""
        for part, phonemes, words in parts:
            mel[row, :, at : at + part.shape[1]] = part
            sounds[row, at : at + part.shape[1]] = phonemes
            at += part.shape[1]
            text += (" " if text and words else "") + words
        texts.append(torch.tensor(letters.encode(text), dtype=torch.long))
    return {
        "mel": mel,
        "sounds": sounds[:, EARLY // 2 :: EARLY].contiguous(),
        "letters": torch.nn.utils.rnn.pad_sequence(texts, batch_first=True, padding_value=BETWEEN),
        "lengths": torch.tensor([len(text) for text in texts]),
    }


def slots_of(frames: int) -> int:
    return frames // STRIDE * SLOTS


def prepared(clip: shards.Clip, other: shards.Clip, draw: np.random.Generator, strength: float) -> Part | None:
    """An augmented clip as `collated` takes it, with silence after it; None if it is too fast to be written down."""
    made = bool((clip.sounds != shards.UNKNOWN).any())
    mel = augmented(clip.log_mel(), draw, other.log_mel(), made, strength)
    twins = sum(a == b for a, b in zip(clip.text, clip.text[1:], strict=False))
    if len(clip.text) + twins + 2 > 0.9 * slots_of(mel.shape[1]):
        return None
    sounds = torch.from_numpy(clip.sounds.astype(np.int64))
    sounds = sounds.masked_fill(sounds == shards.UNKNOWN, NO_SOUND)
    index = torch.linspace(0, len(sounds) - 1, mel.shape[1]).round().long()
    gap = int(draw.integers(*GAP))
    quiet = mel[:, mel.mean(0).argmin(), None].expand(-1, gap)
    quiet = quiet + 0.3 * torch.from_numpy(draw.normal(size=(MELS, gap)).astype(np.float32))
    return torch.cat([mel, quiet], 1), F.pad(sounds[index], (0, gap), value=NO_SOUND), clip.text


def batches(real: float, letters: Letters, seed: int, start: int = 0) -> Iterator[dict[str, Tensor]]:
    """Augmented clips packed into rows, as `collated` returns them. Endless, from batch number `start` on; batch n is
    the same wherever one starts, as long as the shards are.

    Args:
        real: share of the clips that are of real voices, 0-1.
    """
    sources = {source: Clips(source) for source in ("real", "synthetic")}
    for number in count(start):
        draw = np.random.default_rng((seed, number))
        strength = min(1.0, WEAKEST + (1 - WEAKEST) * number / STRONG_AFTER)
        if number % READ_EVERY == 0:
            for clips in sources.values():
                clips.read_new()

        def drawn(draw: np.random.Generator = draw) -> shards.Clip:
            return sources["real" if draw.random() < real else "synthetic"].drawn(draw)

        rows: list[list[Part]] = []
        while not rows:
            rows, frames = packed(drawn, draw, strength)
        yield collated(rows, frames, letters)


def packed(
    drawn: Callable[[], shards.Clip], draw: np.random.Generator, strength: float
) -> tuple[list[list[Part]], int]:
    """Clips packed into rows of one of SHAPES in which the first of them fits; and how many frames a row has."""
    clip = drawn()
    while _most(clip) > SHAPES[-1][0]:
        clip = drawn()
    fitting = [shape for shape in SHAPES if shape[0] >= _most(clip)]
    frames, most = fitting[int(draw.integers(len(fitting)))]
    rows: list[list[Part]] = [[] for _ in range(most)]
    free, misses = [frames] * most, 0
    while misses < MISSES:
        row = next((row for row in range(most) if free[row] >= _most(clip)), None)
        part = None if row is None else prepared(clip, drawn(), draw, strength)
        if row is None or part is None:
            misses += 1
        else:
            rows[row].append(part)
            free[row] -= part[0].shape[1]
        clip = drawn()
    return [row for row in rows if row], frames


def _most(clip: shards.Clip) -> int:
    """The frames that a clip may have once it is prepared."""
    return round(len(clip.mel) * (1 + MOST_SPEED)) + 1 + GAP[1]


def plain_batch(clips: list[shards.Clip], letters: Letters) -> dict[str, Tensor]:
    """Clips as they are, one a row."""
    frames = -(-max(len(clip.mel) for clip in clips) // STRIDE) * STRIDE
    rows = []
    for clip in clips:
        sounds = torch.from_numpy(clip.sounds.astype(np.int64))
        rows.append([(normalised(clip.log_mel()), sounds.masked_fill(sounds == shards.UNKNOWN, NO_SOUND), clip.text)])
    return collated(rows, frames, letters)
