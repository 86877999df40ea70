"""What goes into the speaker and what comes out of it. Used by `resgen.speech.engine`, the page and the
command line, which need no PyTorch for it.
"""

import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from resgen.engine import Progress, seed_setting, setting
from resgen.errors import RequestError
from resgen.speech.files import ENDINGS, converted
from resgen.speech.voices import VOICES
from resgen.turns import breathe

SAMPLE_RATE = 24_000  # of all sound


@dataclass(frozen=True)
class SpeechRequest:
    """What to say."""

    text: str = setting("", "what to say, in English; [name](/nˈAm/) tells how a word sounds", high=20_000)
    voice: str = setting("heart", f"one of {', '.join(VOICES)}", high=20, choices=tuple(VOICES))
    speed: float = setting(1.0, "2 is twice as fast, 0.5 half as fast", 0.5, 2.0, 0.05)
    pitch: float = setting(0.0, "higher or lower, in semitones", -6.0, 6.0, 0.5)
    liveliness: float = setting(1.0, "how far the melody goes up and down; 0 is one tone", 0.0, 2.0, 0.1)
    blend: str = setting("", "a second voice to mix it with", high=20, choices=("", *VOICES))
    balance: float = setting(0.5, "from the voice, 0, to the second one, 1", 0.0, 1.0, 0.05)
    phonemes: str = setting("", "how it sounds, said instead of the text: a sentence a line", high=20_000)
    seed: int = seed_setting()


@dataclass(frozen=True)
class Spoken:
    """A word as spoken, and when: seconds from the beginning of the whole."""

    text: str
    start: float
    end: float


@dataclass(frozen=True)
class SpeechResult:
    """What was said so far, sentence by sentence; the last result is final.

    Fields:
        waves: one float32 (N,) in -1..1 for each sentence, at 24 kHz.
        words: all words with their times.
        phonemes: one string for each sentence.
        notices: what was left out of the text.
    """

    waves: tuple[np.ndarray, ...]
    words: tuple[Spoken, ...]
    phonemes: tuple[str, ...]
    notices: tuple[str, ...]
    settings: dict
    progress: Progress

    @property
    def wave(self) -> np.ndarray:
        """All sentences end to end, float32 (N,) in -1..1 at 24 kHz."""
        return np.concatenate(self.waves)

    def since(self, sentence: int) -> "SpeechResult":
        """What was said from that sentence on, 0 = all; the words' times count from its beginning."""
        before = sum(map(len, self.waves[:sentence])) / SAMPLE_RATE
        words = (word for word in self.words if word.start >= before)
        return replace(
            self,
            waves=self.waves[sentence:],
            words=tuple(Spoken(word.text, word.start - before, word.end - before) for word in words),
            phonemes=self.phonemes[sentence:],
        )

    def wav(self) -> bytes:
        """A 16-bit mono WAV file, with the settings as JSON in its INFO chunk (comment, ICMT)."""
        return wav_bytes(self.waves, self.settings)

    def save(self, path: str | Path) -> None:
        """Write a file of the format that its ending names: .wav, .mp3, .flac, .opus, .ogg or .aac (by ffmpeg).

        Raises:
            RequestError: another ending, or a format that cannot be made here.
        """
        kind = ENDINGS.get(Path(path).suffix.lower())
        if kind is None:
            raise RequestError(f"The file must end in one of {', '.join(ENDINGS)}; it is {str(path)!r}.")
        Path(path).write_bytes(converted(self.wav(), kind))


def wav_bytes(waves: Iterable[np.ndarray], settings: dict) -> bytes:
    """See `SpeechResult.wav`; of sounds in -1..1, end to end. The INFO chunk stands before the sound, so that the head
    of a file tells all (RIFF, Microsoft & IBM 1991)."""
    parts = []
    for wave in waves:
        parts.append((np.clip(wave, -1, 1) * 32767).astype("<i2").tobytes())
        breathe()  # there may be half an hour of it
    samples = b"".join(parts)
    info = b"INFO" + _chunk(b"ISFT", b"resgen\0") + _chunk(b"ICMT", json.dumps(settings).encode() + b"\0")
    layout = struct.pack("<HHIIHH", 1, 1, SAMPLE_RATE, 2 * SAMPLE_RATE, 2, 16)
    return _chunk(b"RIFF", b"WAVE" + _chunk(b"fmt ", layout) + _chunk(b"LIST", info) + _chunk(b"data", samples))


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
