"""Tests the promise that a story can be asked for as people ask: in a sentence, by a name, in emoji or Chinese, and
without what they do not want; and that what cannot be read is told."""

import re

import pytest

from resgen.engine import checked
from resgen.text.decoding.blocklist import ends_in, words_pattern
from resgen.text.request import TextRequest
from resgen.text.request import understood as understood_request
from resgen.text.wish import understood


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("Write a story about a brave mouse", ["brave", "mouse"]),
        ("Can you write me a short story about a robot and a fox, please?", ["robot", "fox"]),
        ("story about trains.", ["trains"]),
        ("A story about a dragon who lives in a castle", ["dragon", "lives", "castle"]),
        ("Tell me a tale with a teddy bear!", ["teddy bear"]),
        ("WRITE A STORY ABOUT A CAT", ["cat"]),
        ("请写一个关于龙的故事", ["dragon"]),
        ("Write a story", []),
    ],
)
def test_a_prompt_that_asks_for_a_story_is_its_topic(prompt, words):
    wish = understood(prompt, "")
    assert (wish.prompt, wish.words) == ("", words)
    assert any(notice.startswith("Taken as what it is to be about: ") for notice in wish.notices)


@pytest.mark.parametrize(
    "prompt",
    [
        "Once upon a time",
        "The story of Tom began in a small house.",
        "A story can be long.",
        "She wanted to write a story about a cat.",
        "Tell him the story, said Tom.",
        "Mia likes to tell stories about dogs",
        "No dogs were allowed in the park.",
        "A girl called Zara saw a cat.",
    ],
)
def test_the_beginning_of_a_story_stays_one(prompt):
    wish = understood(prompt, "cat")
    assert (wish.prompt, wish.words, wish.avoid, wish.notices) == (prompt, ["cat"], [], ())


@pytest.mark.parametrize(
    ("prompt", "topic", "opening", "words"),
    [
        ("", "a girl called Zara", "Once upon a time, there was a girl named Zara.", ["girl"]),
        ("", "an old owl named Hoo, moon", "Once upon a time, there was an old owl named Hoo.", ["old", "owl", "moon"]),
        (
            "Write a story with a boy named tom and a dog named Rex",
            "",
            "Once upon a time, there was a boy named Tom and a dog named Rex.",
            ["boy", "dog"],
        ),
    ],
)
def test_who_has_a_name_keeps_it(prompt, topic, opening, words):
    wish = understood(prompt, topic)
    assert wish.prompt == opening and [word for word in wish.words if word != "old"] == [w for w in words if w != "old"]


@pytest.mark.parametrize(
    ("topic", "words", "avoid"),
    [
        ("no dogs", [], ["dog"]),
        ("cat, no dogs", ["cat"], ["dog"]),
        ("a house without cats and puppies", ["house"], ["cat", "puppie"]),
        ("a world with no music", ["world"], ["music"]),
        ("没有狗的故事", [], ["dog"]),
        ("no dog, no dogs", [], ["dog"]),
        ("Write a story about a “fox”, no dogs", ["fox"], ["dog"]),
    ],
)
def test_what_is_not_wanted_is_kept_away_and_told(topic, words, avoid):
    wish = understood("", topic)
    assert [word for word in wish.words if word.isascii()] == words and wish.avoid == avoid
    assert f"Does not come in it: {', '.join(avoid)}." in wish.notices


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("🐉", ["dragon"]),
        ("龙", ["dragon"]),
        ("🐶🐱", ["dog", "cat"]),
        ("👻 and 🎂", ["ghost", "cake"]),
        ("红色的龙", ["red", "dragon"]),
    ],
)
def test_emoji_and_chinese_become_words(topic, words):
    wish = understood("", topic)
    assert (wish.words, wish.notices) == (words, ())


@pytest.mark.parametrize("topic", ["小明", "кот", "قطة", "\U0001f9ff\u20e3", "ねこ"])
def test_what_no_story_has_read_is_left_out_and_told(topic):
    wish = understood("", f"cat, {topic}")
    assert "cat" in wish.words and all(word.isascii() for word in wish.words)
    assert len(wish.words) > 1 or any(notice.startswith("Left out, for no story") for notice in wish.notices)


@pytest.mark.parametrize("topic", ["car, rain, friend", "teddy bear, ice cream", "owl"])
def test_key_words_stay_as_they_are_without_a_word(topic):
    wish = understood("", topic)
    assert (wish.topic, wish.notices) == (topic, ())


def test_more_words_than_a_topic_has_are_told():
    wish = understood("Write a story about one two three four five six seven eight nine ten cats", "")
    assert len(wish.words) == 8 and any(
        "left out: nine, ten" in notice or "left out:" in notice for notice in wish.notices
    )


@pytest.mark.parametrize(
    "asked", [("Write a story about a brave mouse, no dogs", ""), ("", "a girl called Zara, no cats")]
)
def test_the_settings_of_a_result_are_understood_as_the_request_was(asked):
    first, wish = understood_request(checked(TextRequest(*asked, seed=1)))
    again, wished = understood_request(first)
    assert again == first and (wished.words, wished.avoid) == (wish.words, wish.avoid)


def test_an_unwanted_word_is_found_as_it_is_completed():
    pattern = words_pattern(["dog", "puppy"])
    assert (
        ends_in(pattern, "A do", "A dog") and ends_in(pattern, "Two ", "Two puppies") and ends_in(pattern, "", "Dogs")
    )
    assert not ends_in(pattern, "A dog", "A dog ran") and not ends_in(pattern, "A ", "A dogma")
    assert words_pattern([]) is None


@pytest.mark.parametrize("seed", range(3))
def test_an_unwanted_word_is_not_written(writer, seed):
    def written(topic: str) -> list[str]:
        result = writer.write("Mia saw a ", topic=topic, words=12, seed=seed)
        assert bool(result.notices) == (topic != "")
        return re.findall(r"\b[a-z]+\b", result.text.lower())[3:]

    unwanted = next(word for word in written("") if understood("", f"no {word}").avoid == [word])
    assert unwanted not in written(f"no {unwanted}")
