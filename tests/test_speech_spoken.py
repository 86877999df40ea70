"""Tests the promise that numbers, signs, markup and abbreviations are read as one says them, kind by kind.

`data/spoken.json` has for each kind how two texts must agree, and cases: what is written, in how many sentences it is
spoken where that counts, and how it is said. Hundreds are said as in America: two hundred twenty, without "and".
`data/spoken_neighbours.json` has others of the same kinds, and what looks alike but is said otherwise.
"""

import json
import re
from pathlib import Path

import pytest
from test_speech_phonemes import ALPHABET

from resgen.speech.phonemes import Reader

DATA = Path(__file__).parent / "data"
KINDS = json.loads((DATA / "spoken.json").read_text(encoding="utf-8"))
NEIGHBOURS = json.loads((DATA / "spoken_neighbours.json").read_text(encoding="utf-8"))
CASES = [(kind.split()[0], *case) for kind, told in KINDS.items() for case in told["cases"]]
# The sounds of single letters, as in "N A S A"; "I" and "A" are words as well.
LETTER_NAMES = [
    "bˈi",
    "sˈi",
    "dˈi",
    "ˈɛf",
    "ʤˈi",
    "ˈAʧ",
    "ʤˈA",
    "kˈA",
    "ˈɛl",
    "ˈɛm",
    "ˈɛn",
    "pˈi",
    "kjˈu",
    "ˈɑɹ",
    "ˈɛs",
    "tˈi",
    "jˈu",
    "vˈi",
    "dˈʌbᵊlju",
    "ˈɛks",
    "zˈi",
]
READER = Reader(ALPHABET)


def sounds(text: str) -> tuple[str, int]:
    """What is heard of a text, without stress, blanks and punctuation, and in how many sentences."""
    sentences = [READER.pronounce(sentence).phonemes for sentence in READER.read(text)[0]]
    return re.sub(r"[^\w]|[ˈˌ]", "", "".join(sentences)), len(sentences)


@pytest.mark.parametrize(("kind", "written", "told"), [(kind, written, told) for kind, written, *told in CASES])
def test_it_is_read_as_one_says_it(kind, written, told):
    heard, sentences = sounds(written)
    *count, said = told
    if kind == "S25":
        assert heard
    elif said is None:
        words = [word for part in READER.read(written)[0] for word in READER.pronounce(part).phonemes.split()]
        names = {re.sub("[ˈˌ]", "", name) for name in LETTER_NAMES}
        assert not [word for word in words if re.sub(r"[^\w]|[ˈˌ]", "", word) in names]
    else:
        assert heard == sounds(said)[0]
    assert count in ([], [sentences])


@pytest.mark.parametrize(("written", "said"), NEIGHBOURS)
def test_its_neighbours_are_read_as_one_says_them(written, said):
    assert sounds(written)[0] == sounds(said)[0]
