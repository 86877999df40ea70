"""How words become numbers: the letters of each, and its number if it is a known one. Called by `resgen.tagger.engine`
and by training; the known words travel inside the model's file.
"""

import json
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

LETTERS = 16  # of a word; of longer ones the first and the last half of them
_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0.,;:!?'\"()-"
_NUMBER = {letter: number for number, letter in enumerate(_ALPHABET, 2)}
_SAME = str.maketrans("’‘“”—–", "''\"\"--")
OTHER, PAD = 1, 0
ALPHABET_SIZE = len(_ALPHABET) + 2


@lru_cache(10_000)
def _letter(letter: str) -> int:
    """The number of a letter, marks above it aside; digits are all the same."""
    plain = unicodedata.normalize("NFKD", letter.translate(_SAME))[:1]
    return _NUMBER.get("0" if plain.isdigit() else plain, OTHER)


def letters_of(piece: str) -> list[int]:
    """`LETTERS` numbers in 0..ALPHABET_SIZE-1."""
    if len(piece) > LETTERS:
        piece = piece[: LETTERS // 2] + piece[-LETTERS // 2 :]
    numbers = [_letter(letter) for letter in piece]
    return numbers + [PAD] * (LETTERS - len(numbers))


class Vocabulary:
    """The words that a network knows as such.

    Args:
        source: JSON, a list of words in small letters; the number of each is its place, from 1 on. 0 is any other word.
    """

    def __init__(self, source: str):
        self.numbers = {word: number for number, word in enumerate(json.loads(source), 1)}

    def __len__(self) -> int:
        return len(self.numbers) + 1

    def table(self, kinds: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
        """Of different pieces of texts: their letters (U, LETTERS) and numbers (U,), int64."""
        kinds = list(kinds)
        letters = np.array([letters_of(kind) for kind in kinds], np.int64).reshape(-1, LETTERS)
        return letters, np.array([self.numbers.get(kind.lower(), 0) for kind in kinds], np.int64)
