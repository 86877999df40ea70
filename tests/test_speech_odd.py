"""Tests the promise that no text, however odd, breaks the reading of it: it is read, or one sentence says why not.

More than the suite's: `RESGEN_EXAMPLES=5000 pytest tests/test_speech_odd.py`.
"""

import os
import re

import pytest
from test_speech_phonemes import ALPHABET
from test_speech_spoken import CASES

from resgen.errors import RequestError
from resgen.speech.phonemes import MOST_LETTERS, Reader

hypothesis = pytest.importorskip("hypothesis")
from hypothesis import strategies as st  # noqa: E402

READER = Reader(ALPHABET)
WRITTEN = [written for _, written, *_ in CASES]
SIGNS = "0123456789.,:;!?-–—−+*/=<>()[]{}#@&%$€£¥\"'`’´~^_|\\ \t\n½²₂Ⅳπ°℃√∞…•\u0301\u200b\ue000😀你aAIxVXMm"
ANYTHING = st.text(max_size=60) | st.text(SIGNS, max_size=60)


@st.composite
def mutated(draw) -> str:
    """Some of the cases, with characters put in, taken out or doubled."""
    text = draw(st.sampled_from([" ", "\n", "", ". "])).join(draw(st.lists(st.sampled_from(WRITTEN), max_size=4)))
    for _ in range(draw(st.integers(0, 6))):
        place, length = draw(st.integers(0, len(text))), draw(st.integers(0, 4))
        piece = draw(st.text(SIGNS, max_size=3)) or text[place : place + length] * 2
        text = text[:place] + piece + text[place + length :]
    return text


@pytest.mark.slow
@hypothesis.settings(
    max_examples=int(os.environ.get("RESGEN_EXAMPLES", "200")), deadline=None, derandomize=True, database=None
)
@hypothesis.given(text=mutated() | ANYTHING, british=st.booleans())
def test_odd_texts_are_read_or_refused_in_a_sentence(text, british):
    try:
        sentences, notices = READER.read(text)
    except RequestError as error:
        assert str(error).endswith((".", "ʒʔθˈˌᵻ"))
        return
    assert all(len(sentence) <= MOST_LETTERS + 1 for sentence in sentences)
    said = [READER.pronounce(sentence, british) for sentence in sentences]
    assert any(sentence.phonemes for sentence in said)
    assert not set("".join(sentence.phonemes for sentence in said)) - ALPHABET.ids.keys()
    # No word of three letters and more is lost without a notice, though it may be written out.
    if re.fullmatch(r"[A-Za-z ,.]*", text) and not notices:
        heard = " ".join(word.text for sentence in said for word in sentence.words)
        assert len(re.findall(r"\w+", heard)) >= len(re.findall(r"[A-Za-z]{3,}", text))
