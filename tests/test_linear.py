"""Tests the promise that reading costs in proportion to what is read: no text, however odd, holds the machine."""

import contextlib
import itertools
import time

import pytest
from pictures import make_dictionary
from test_speech_phonemes import ALPHABET

from resgen.errors import RequestError
from resgen.image.prompt import plain
from resgen.speech.normalize import spell_out
from resgen.speech.phonemes import Reader, clean, split
from resgen.text.decoding.blocklist import SLURS, ends_in
from resgen.text.decoding.coherence import implausible_next_words
from resgen.text.decoding.draft import at_sentence_end
from resgen.text.keywords import mentions, pending_topic_words, topic_words
from resgen.text.prompt import as_read
from resgen.text.request import _clean as clean_text
from resgen.text.sentences import sentences
from resgen.unicode import MOST_MARKS, stream_safe

pytestmark = pytest.mark.slow

# Each was slow somewhere, or is of a kind with one that was.
REPEATED = """
    a-b. a- a.b a. 1. v1. 0- 1/ 1, a A 1 " ' I' '''' ( [ ]( [a](/ [^ < <a <b> &amp; &#1; AB' aA # * _ ~~ == ` **a a**
    ... . $ € $5- x@ @ http:// www. x.com/ e.g. / 12: ½ W- − x² № 😀 ﷺ
"""
WITH_BLANKS = [" A", "A ", "A, ", "\n", " ", "\t", "\n- ", "\n1. ", "- ", "> ", "?! ", "etc. ", "Dr. ", "A. ", "no. "]
WITH_BLANKS += ["e\u0301", "\u0301\u0323", 'Tim said, "', "car ", "1 ", "5 m ", "I V X "]
ODD = [
    *(("", repeated, "") for repeated in [*REPEATED.split(), *WITH_BLANKS]),
    # (before, repeated, after)
    ("# ", "#", "x"),
    ("# ", " #", "x"),
    ("www", ".", "x"),
    ("A A ", "A", "a"),
    ("A A A", " ", "a"),
    ("etc.", " ", "x"),
    ("1. ", "\n", "x"),
    ("a\n", " ", "x"),
    ("[", "a", "x"),
    ("<", "a ", "x"),
    ("**", "a ", "x"),
    ("a", "-", "a"),
    ("1", ",000", "x"),
    ("$", "9", ""),
    ('"Hi," said Tim. ', "and ", '"'),
]
FLOOR, MOST_RATIO = 0.2, 3.0  # seconds below which a ratio says nothing; twice the text is twice the work, and some


def text_of(odd: tuple[str, str, str], size: int) -> str:
    before, repeated, after = odd
    return before + (repeated * size)[: size - len(before) - len(after)] + after


def seconds(function, text: str) -> float:
    began = time.process_time()
    with contextlib.suppress(RequestError):
        function(text)
    return time.process_time() - began


def assert_linear(function, odd: tuple[str, str, str], sizes: list[int]):
    """Twice the text costs at most `MOST_RATIO` as much; what came out too slow is measured again."""
    for half, size in itertools.pairwise(sizes):
        longer = seconds(function, text_of(odd, size))
        if longer < FLOOR:
            continue
        for _ in range(4):
            if longer <= MOST_RATIO * seconds(function, text_of(odd, half)):
                break
            longer = min(longer, seconds(function, text_of(odd, size)))
        else:
            raise AssertionError(f"{odd}: {size} characters take more than {MOST_RATIO} times as long as {half}")


def assert_all_linear(function, sizes: tuple[int, ...] = (2_500, 5_000)):
    for odd in ODD:
        assert_linear(function, odd, list(sizes))


READER = Reader(ALPHABET)
DICTIONARY = make_dictionary()
FUNCTIONS = {
    "stream_safe": stream_safe,
    "clean": clean,
    "spell_out": spell_out,
    "split": split,
    "read": READER.read,
    "given": READER.given,
    "topic_words": topic_words,
    "mentions": lambda text: mentions(text, "car"),
    "mentions of it": lambda text: mentions("A car and a puppy.", text),
    "pending_topic_words": lambda text: pending_topic_words(["car", "puppy"], text, 3),
    "sentences": sentences,
    "implausible_next_words": implausible_next_words,
    "ends_in": lambda text: ends_in(SLURS, text[:-1], text),
    "clean text": clean_text,
    "at_sentence_end": at_sentence_end,
    "as_read": as_read,
    "as_read in capitals": lambda text: as_read(f"ABCD {text.upper()}"),
    "plain": plain,
    "draw": DICTIONARY.read,
    "mentioned": lambda text: DICTIONARY.mentioned(text, 8),
}


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_twice_the_text_is_twice_the_work(function):
    assert_all_linear(function)


def test_twice_the_sentence_is_twice_the_work():
    READER.pronounce("Warm up.")
    assert_all_linear(READER.pronounce, (300, 600))


def test_of_many_accents_on_a_letter_some_are_kept():
    assert stream_safe("e\u0301" * 3) == "e\u0301" * 3
    assert stream_safe("e" + "\u0301" * 99 + "a\u0301") == "e" + "\u0301" * MOST_MARKS + "a\u0301"
