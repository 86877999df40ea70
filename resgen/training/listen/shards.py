"""Clips as the network hears them, with what is said in them, in files of the cache. Called by whoever makes shards and
by `resgen.training.listen.data`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from resgen.training.run import cache

LOWEST, STEP = -12.0, 0.08  # log power of 0 and of one more, in bytes
UNKNOWN = 255  # a frame whose phoneme nobody told


@dataclass(frozen=True)
class Clip:
    """One clip: its log mel in bytes (T, MELS), the phoneme at each frame (T,) uint8, the words in plain letters."""

    mel: np.ndarray
    sounds: np.ndarray
    text: str

    @classmethod
    def of(cls, mel: Tensor, text: str, sounds: np.ndarray | None = None) -> "Clip":
        """A clip from a log mel (MELS, T)."""
        levels = ((mel.T - LOWEST) / STEP).round().clamp(0, 255).byte().numpy()
        return cls(levels, np.full(len(levels), UNKNOWN, np.uint8) if sounds is None else sounds, text)

    def log_mel(self) -> Tensor:
        """(MELS, T) float32."""
        return torch.from_numpy(self.mel.T.astype(np.float32) * STEP + LOWEST)


def folder(source: str) -> Path:
    """Where the shards of a source are: "real" or "synthetic"."""
    return cache() / "data" / "listen" / source


def write(path: Path, clips: list[Clip]) -> None:
    """All clips end to end, with their lengths to cut them apart again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_suffix(".tmp"), "wb") as file:
        np.savez(
            file,
            mel=np.concatenate([clip.mel for clip in clips]),
            sounds=np.concatenate([clip.sounds for clip in clips]),
            lengths=np.array([len(clip.mel) for clip in clips]),
            texts=np.array([clip.text for clip in clips]),
        )
    path.with_suffix(".tmp").replace(path)


def read(path: Path) -> list[Clip]:
    with np.load(path) as file:
        cuts = file["lengths"].cumsum()[:-1]
        mels, sounds = (np.split(file[name], cuts) for name in ("mel", "sounds"))
        texts = file["texts"].tolist()
    return [Clip(*fields) for fields in zip(mels, sounds, texts, strict=True)]
