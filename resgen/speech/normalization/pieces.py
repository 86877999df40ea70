"""Runs without a blank, cut to what the phonemizer reads in one go. Called by `resgen.speech.phonemes` on what is
handed to `hibari.g2p`, whose time grows with the cube of the parts of a run, which knows no number of 37 digits, and
whose network for unknown words drops the letters after the 24th.
"""

import re
from collections.abc import Callable
from math import ceil

MOST_PARTS, MOST_CHARACTERS, MOST_LETTERS = 12, 36, 24
_CAPITAL = "A-ZÀ-ÖØ-Þ"
_LONG = re.compile(rf"\S{{{MOST_PARTS + 1},}}")
_PART = re.compile(rf"[{_CAPITAL}]+[^\W\d_{_CAPITAL}]*|[^\W\d_{_CAPITAL}]+|\d+|.", re.DOTALL)


def shortened(text: str, known: Callable[[str], bool]) -> str:
    """The text with a blank wherever a run would be too long; nothing else is changed.

    Args:
        known: tells of a word whether it has an entry of its own, whatever its length.
    """
    return _LONG.sub(lambda run: _cut(run[0], known), text)


def _cut(run: str, known: Callable[[str], bool]) -> str:
    pieces, piece, parts = [], "", 0
    for part in _PART.findall(run):
        for bit in _bits(part, known):
            if piece and (parts == MOST_PARTS or len(piece) + len(bit) > MOST_CHARACTERS):
                pieces.append(piece)
                piece, parts = "", 0
            piece, parts = piece + bit, parts + 1
            if len(bit) < len(part):  # read apart, or it would be put together again
                pieces.append(piece)
                piece, parts = "", 0
    return " ".join([*pieces, piece] if piece else pieces)


def _bits(part: str, known: Callable[[str], bool]) -> list[str]:
    """A word or number that is too long in equal parts."""
    if len(part) <= (MOST_LETTERS if part.isalpha() else MOST_CHARACTERS) or known(part.lower()):
        return [part]
    size = ceil(len(part) / ceil(len(part) / MOST_LETTERS))
    return [part[start : start + size] for start in range(0, len(part), size)]
