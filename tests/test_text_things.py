"""Tests the promise that a story with other things in it is the same story."""

import numpy as np
import pytest

from resgen.training.text.augment.nouns import CHANGED, NOUN_CLASSES, plural, substitute_nouns

STORY = "A dog saw an owl. The dog and two dogs ran in the rain. Dogs bark! The dogma."


def test_each_thing_becomes_one_other_of_its_kind_and_nothing_else_changes():
    seen, kept = set(), 0
    for seed in range(200):
        text = substitute_nouns(
            "A dog saw an owl. The dog and two dogs ran in the rain. Dogs bark! The dogma.", np.random.default_rng(seed)
        )
        words = text.replace(".", "").replace("!", "").split()
        dog, owl = words[1], words[4]
        assert dog in NOUN_CLASSES[0] and owl in NOUN_CLASSES[1]
        assert words[0] == ("An" if dog[0] in "aeiou" else "A") and words[3] == ("an" if owl[0] in "aeiou" else "a")
        many = plural(dog)
        rest = f" saw {words[3]} {owl}. The {dog} and two {many} ran in the rain. {many.capitalize()} bark! The dogma."
        assert text == f"{words[0]} {dog}{rest}"
        seen.add(dog)
        kept += (dog, owl) == ("dog", "owl")
    assert len(seen) > 15 and abs(kept / 200 - (1 - CHANGED)) < 0.12


@pytest.mark.parametrize(
    ("noun", "many"),
    [("dog", "dogs"), ("fox", "foxes"), ("bunny", "bunnies"), ("mouse", "mice"), ("monkey", "monkeys")],
)
def test_plurals(noun, many):
    assert plural(noun) == many


def test_no_noun_is_of_two_kinds():
    nouns = [noun for kind in NOUN_CLASSES for noun in kind]
    assert len(set(nouns)) == len(nouns)
