"""Tests the promise that pictures of a grid differ, each by its own seed, and that the first is as it always was."""

import numpy as np
import pytest
from pictures import assert_alike, make_dictionary

from resgen.image.photographer import Photographer
from resgen.image.prompt import WORDS
from resgen.image.request import PHOTO
from resgen.image.variety import TINTS, akin, amounts, posed, tinted


def test_the_first_picture_is_the_plainest_and_the_others_are_not(painter):
    how = {"style": "noto", "count": 4, "steps": 2, "size": 64, "seed": 3}
    plain, varied = (painter.draw("car", variety=variety, **how).pixels for variety in (0, -1))
    assert np.array_equal(plain[0], varied[0])
    assert all(not np.array_equal(one, other) for one, other in zip(plain[1:], varied[1:], strict=True))


@pytest.mark.parametrize("variety", [-1, 0, 0.5])
def test_the_settings_of_each_picture_make_it_alone(painter, variety):
    *_, grid = painter.run(painter.request("cat", "mix", 3, 2, seed=3, size=64, variety=variety))
    for pixels, own in zip(grid.pixels, grid.own, strict=True):
        settings = grid.settings | own
        settings.pop("model")
        assert_alike(painter.draw(**settings).pixels, pixels[None])


def test_things_of_all_kinds_strips_and_photographs_stay_as_they_are(painter):
    for how in ({"prompt": ""}, {"prompt": "cat", "blend": "dog", "strip": True}, {"prompt": "cat", "style": PHOTO}):
        size = 32 if how.get("style") == PHOTO else 64
        assert {own["variety"] for own in painter.draw(count=3, steps=1, seed=1, size=size, **how).own} == {0}
    assert not Photographer.departs


def test_how_far_each_picture_departs():
    assert amounts(-1, 3) == [0, 1, 1] and amounts(0, 2) == [0, 0] and amounts(0.5, 2) == [0.5, 0.5]


def test_words_get_a_colour_of_their_own_only_where_they_have_none():
    assert {tinted(("car",), seed)[0] for seed in range(8)} == set(TINTS)
    assert tinted(("red", "apple"), 4) == ("red", "apple") and tinted((), 4) == ()
    full = tuple("abcdefghijklmnop"[:WORDS])
    assert tinted(full, 4) == full


def test_a_thing_of_the_same_kind_shares_keywords():
    dictionary = make_dictionary()
    assert dictionary.kin("cat")[0] == "dog" and "cat" not in dictionary.kin("cat")
    assert akin(("cat",), 0, dictionary) == ("dog",) and akin(("blue", "cat"), 0, dictionary) == ("blue", "cat")


def test_a_clock_is_not_mirrored_and_what_was_transparent_stays_so():
    picture = np.zeros((1, 64, 64, 4), np.uint8)
    picture[0, 20:44, 8:20] = 255, 0, 0, 255
    seeds = range(40)
    sides = {
        name: {bool(posed(picture, [name], [seed], [1e-9])[0, 30, 55, 3]) for seed in seeds}
        for name in (("one", "o’clock"), ("car",))
    }
    assert sides == {("one", "o’clock"): {False}, ("car",): {False, True}}
    turned = posed(picture, [("car",)], [5], [1.0])[0]
    assert turned[0, 0, 3] == 0 and (turned[turned[..., 3] == 255][:, 0] > 250).all()
    assert np.array_equal(posed(picture, [("car",)], [5], [0.0]), picture)
