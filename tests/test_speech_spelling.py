"""Tests the promise that what stands in a text is read as one would read it to somebody."""

import numpy as np
import pytest
from conftest import shipped
from test_speech_phonemes import ALPHABET

from resgen.speech.normalize import spell_out
from resgen.speech.phonemes import Reader


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "See https://www.example.com/a-b?x=1.",
            "See W W W dot example dot com slash a dash b question mark x equals 1.",
        ),
        ("Mail me@foo.co.uk, now!", "Mail me at foo dot co dot uk, now!"),
        ("Try huggingface.co/spaces (free).", "Try huggingface dot co slash spaces (free)."),
        ("Open app.py, then read_me.txt.", "Open app dot py, then read_me dot txt."),
        ("End.Next and 3.14 and U.S. too", "End.Next and 3.14 and U.S. too"),
        ("# Chapter One\nIt began.", "Chapter One.\nIt began."),
        ("## Why? ##", "Why?"),
        ("- milk\n* eggs;\n• bread!", "milk.\neggs;\nbread!"),
        ("1. one\n2) two", "1: one.\n2: two."),
        ("well-known - and so on", "well-known - and so on"),
        ("It is **very** *bold*, _really_ __so__ and `code`.", "It is very bold, really so and code."),
        ("2 * x * 4 and snake_case_name", "2 * x * 4 and snake_case_name"),
        ("Read [this page](https://a.com/b).", "Read this page."),
        ("> quoted\n> twice", "quoted\ntwice"),
        ("one\n\n---\n\ntwo", "one\n\n\n\ntwo"),
        ("Fruit, e.g. apples, i.e. food, etc.", "Fruit, for example apples, that is food, et cetera."),
        ("Cats etc. are fine. Dogs etc. They too.", "Cats et cetera are fine. Dogs et cetera. They too."),
        ("At 9am, 10 p.m. sharp; 7:45 pm", "At 9 A.M., 10 P.M. sharp; 7:45 P.M."),
        ("He is 5'10\" tall.", "He is 5 foot 10 tall."),
        ("#story of the day, #1", "hashtag story of the day, #1"),
        ("I am what I am.", "I am what I am."),
        ("I'M SO HAPPY", "i'm so happy"),
        ("She said: DO IT, NOW! And the FBI came.", "She said: do it, now! And the FBI came."),
        ("WHY DO I LIVE IN NYC?", "why do I live in NYC?"),
        ("SO BIG!", "so big!"),
        ("The NASA, the US and J. R. R. Tolkien; A B C", "The NASA, the US and J. R. R. Tolkien; A B C"),
        ("US, UK, EU", "US, UK, EU"),
        (
            "v2.0.1, version 3.11.4 and 10.0.0.1",
            "version 2 point 0 point 1, version 3 point 11 point 4 and 10.0.0.1",
        ),
        ("On 24.11.2026 at 3.14", "On 24.11.2026 at 3.14"),
        ("Call (555) 123-4567.", "Call 5 5 5, 123-4567."),
        ("2*3 * 4", "2 times 3 times 4"),
        ("C# and F# #1", "C sharp and F sharp #1"),
    ],
)
def test_what_is_written_is_read_out(written, said):
    assert spell_out(written) == said


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(ALPHABET)


def test_sounds_given_by_hand_are_left_alone(reader):
    text = "- [a.com](/ˈA/) and [e.g.](/ˈiʤi/) b.com"
    assert reader.read(text)[0] == ["[a.com](/ˈA/) and [e.g.](/ˈiʤi/) b dot com."]


def test_paragraphs_end_with_a_break_but_for_the_last(reader):
    assert reader.read("One. Two.\nThree.\n\n# Four\n\n\nFive.")[0] == ["One.", "Two.", "Three.\n", "Four.\n", "Five."]


def test_capitals_are_words_or_letters_as_one_says_them(reader):
    def said(text: str) -> str:
        return reader.pronounce(reader.read(text)[0][0]).phonemes

    assert said("STOP NOW") == said("stop now")
    assert len(said("the BBC")) > len(said("the b"))


def test_after_a_paragraph_comes_a_longer_pause():

    speaker = shipped("speech")
    lines, paragraphs = (speaker.speak(f"Hello.{gap}You.", seed=1) for gap in ("\n", "\n\n"))
    assert len(paragraphs.wave) - len(lines.wave) == round(0.4 * 24_000)
    assert np.array_equal(paragraphs.waves[1], lines.waves[1])
    assert paragraphs.words[1].start == pytest.approx(lines.words[1].start + 0.4, abs=1e-3)
