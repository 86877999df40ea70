"""Tests the promise that faults which need no understanding are found, and that what is usual is none."""

import pytest

from resgen.training.text.distil.filters import SHORTEST, QualityFilter

GIVEN = "Tim ran and ran to the big tree. He saw a dog. The dog was very, very happy. It had a ball and a bone."


def story(said: str = "") -> str:
    """A long enough story without faults, with that before it."""
    told, number = said, 0
    while len(told) < SHORTEST:
        number += 1
        told += f" The dog had a bone and {number} ball."
    return told


@pytest.fixture(scope="module")
def faults() -> QualityFilter:
    return QualityFilter([GIVEN])


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("", []),
        ("Tim ran and ran.", []),
        ("Tim saw the dug.", ["word"]),
        ("Tim had a tree and the tree.", ["twice"]),
        ("The tree was big and big.", ["twice"]),
        ("It was a ball ball.", ["twice"]),
        ("He ran. He ran.", []),
        ("He ran to the big tree. The dog saw a ball. HE RAN to the big tree.", ["again"]),
    ],
)
def test_faults_are_found(faults, said, wrong):
    assert faults.reasons(story(said)) == wrong


def test_a_story_is_long_and_ends(faults):
    assert faults.reasons("The dog ran") == ["short", "end"]
    assert faults.reasons(story() + " The dog") == ["end"]
    assert faults.reasons(story() + ' "The dog saw a bone!"') == []


def test_slurs_are_faults():
    said = story("Tim saw squaws.")
    assert QualityFilter([GIVEN, said]).reasons(said) == ["slur"]
