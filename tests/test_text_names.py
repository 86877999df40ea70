"""Tests the promise that whoever has a name keeps it to the end of a story, though the network never read that name."""

import pytest

from resgen.text import names
from resgen.text.names import may_be_name, replaced, stand_ins
from resgen.text.wish import understood


class Known:
    """A tokenizer that has one token for some names and several for all else."""

    def encode(self, text):
        return [1] if text.strip() in {*names.GIRLS, *names.BOYS, "Tim"} else [1, 2]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Once upon a time, there was a girl named Siobhan.", {"Siobhan": "Lily"}),
        ("Once there was a boy named Oisin and Tim knew him.", {"Oisin": "Tom"}),
        ("“I am Xochitl,” she said.", {"Xochitl": "Lily"}),
        ("two brothers named Bjorn and Leif", {"Bjorn": "Tim", "Leif": "Tom"}),
        ("A girl named Mary-Jane", {"Mary-Jane": "Lily"}),
        ("Siobhan", {"Siobhan": "Tim"}),
        ("Gingerbread smelled good.", {}),  # may be no name
        ("They went to Timbuktu on Wednesday.", {}),
        ("The Dragon saw the Mississippi.", {}),
        ("mia saw a cat", {}),
    ],
)
def test_names_that_it_never_read_have_others_in_their_place(text, found):
    assert stand_ins(text, "", Known()) == found
    assert replaced(replaced(text, found), {new: old for old, new in found.items()}) == text


def test_a_part_of_a_word_is_no_name():
    assert replaced("Tim timed Timothy, Tim's", {"Tim": "Oisin"}) == "Oisin timed Timothy, Oisin's"


def test_a_rare_name_stays_in_the_story(writer, monkeypatch):
    seen = []
    monkeypatch.setattr("resgen.text.batch.stand_ins", lambda *_: {"Siobhan": "Mia"})
    monkeypatch.setattr("resgen.text.batch.as_read", lambda prompt: seen.append(prompt) or prompt)
    result = writer.write("A girl named Siobhan saw Siobhan", words=8, seed=1)
    assert seen == ["A girl named Mia saw Mia"] and result.text.startswith("A girl named Siobhan saw Siobhan")
    assert "Mia" not in result.text.split() and result.settings["prompt"] == "A girl named Siobhan saw Siobhan"


@pytest.mark.parametrize("word", ["Dragons", "Christmas", "Monday", "The"])
def test_what_is_known_to_be_something_is_no_name(word):
    assert not may_be_name(word)


@pytest.mark.parametrize(
    ("prompt", "topic", "opening"),
    [
        ("a story about Zara who finds a key", "", "Once upon a time, there was a child named Zara."),
        ("I want a story about my daughter Niamh and her cat", "", "Once upon a time, there was a girl named Niamh."),
        ("Tell a tale about two brothers, Bjorn and Leif", "", "there were two brothers named Bjorn and Leif."),
        ("a story about Zara and Kofi", "", "Once upon a time, there were two friends named Zara and Kofi."),
        ("", "Zara, castle", "Once upon a time, there was a child named Zara."),
        ("a story about a cat named Mr. Whiskers", "", "Once upon a time, there was a cat named Mr. Whiskers."),
        ("Write a story about Dragons and Knights", "", ""),
        ("", "Car, Rain, Friend", ""),
    ],
)
def test_who_is_asked_for_by_name_is_who_the_story_begins_with(prompt, topic, opening):
    assert understood(prompt, topic).prompt.endswith(opening) and bool(opening) == bool(
        understood(prompt, topic).prompt
    )
