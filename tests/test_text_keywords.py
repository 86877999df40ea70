"""Tests the promises of topic words: what is one, and when a text has named it."""

import pytest

from resgen.text.keywords import mentions, pending_topic_words, required_mentions, topic_words
from resgen.text.sentences import current_sentence_words, sentences


@pytest.mark.parametrize(
    ("text", "word", "held"),
    [
        ("Two cars came.", "car", True),
        ("The Car's door", "car", True),
        ("She took care of a card in a carriage.", "car", False),
        ("A caring friend cared.", "car", False),
        ("A train came in spring.", "rain", False),
        ("Puppies!", "puppy", True),
        ("The races", "race", True),
        ("Grace was here.", "race", False),
        ("boxes", "box", True),
        ("", "box", False),
        ("One car came.", "cars", True),
        ("Two princes", "princess", False),
        ("A bu", "bus", False),
    ],
)
def test_inflections_count_and_other_words_do_not(text, word, held):
    assert mentions(text, word) == held
    assert mentions(f"{text} {text}. {text}", word) == 3 * held


def test_a_word_at_the_end_may_still_grow():
    assert pending_topic_words(["car", "cat"], "A cat in a car", 1) == ["car"]
    assert pending_topic_words(["car", "cat"], "A cat in a car.", 1) == []
    assert pending_topic_words(["the rain", "小明"], "小明 saw the rain.", 1) == []
    assert pending_topic_words([], "", 1) == []


def test_a_word_is_awaited_until_it_was_named_often():
    assert pending_topic_words(["car", "cat"], "Cars! A cat in a car.", 2) == ["cat"]
    assert [required_mentions(["word"] * count) for count in range(9)] == [3, 3, 3, 2, 1, 1, 1, 1, 1]


def test_topics_are_split_and_not_repeated():
    assert topic_words("Cars,  the rain;cars,, \n frog，月亮") == ["cars", "the rain", "frog", "月亮"]
    assert topic_words(" , ;") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The dog ran. A big cat saw the cars", ["big", "cat", "car"]),
        ('He ran. "Look, my hats', ["hat"]),
        ('"Look at my hat," said Tom', ["tom"]),
        ("The grass and the bus", ["grass", "bus"]),
        ("He went to the", []),
        ("The dog ran.", []),
        ("", []),
    ],
)
def test_the_content_words_of_a_sentence_are_those_since_its_beginning(text, words):
    assert sentences(text)[-1] == current_sentence_words(text) == words
