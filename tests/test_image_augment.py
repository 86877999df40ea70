"""Tests the promises of pictures made of pictures: the colour asked for, the rest kept, several beside each other."""

import numpy as np
import pytest
from test_image_train import small_pictures  # noqa: F401

from resgen.image.prompt import COLOURS
from resgen.training.image import augment, data


def disc(colour: tuple[int, int, int], spot: tuple[int, int, int] = (30, 160, 60)) -> np.ndarray:
    """A disc of one colour with a small green spot in it, on nothing: (4, 64, 64), colours over white and alpha."""
    y, x = np.mgrid[:64, :64]
    picture = np.full((4, 64, 64), 255, np.uint8)
    inside = (x - 32) ** 2 + (y - 32) ** 2 < 28**2
    picture[3] = 255 * inside
    picture[:3, inside] = np.array(colour)[:, None]
    picture[:3, 20:26, 20:26] = np.array(spot)[:, None, None]
    return picture


@pytest.mark.parametrize("before", [(200, 30, 30), (40, 90, 220), (170, 170, 170)], ids=["red", "blue", "grey"])
@pytest.mark.parametrize("colour", COLOURS)
def test_a_recoloured_thing_has_the_colour_and_the_shape(before, colour):
    picture = disc(before)
    after = augment.recoloured(picture, colour)
    assert after.dtype == np.uint8 and np.array_equal(after[3], picture[3])
    assert (after[:3, 0, 0] == 255).all()
    assert augment.main_colour(after) == colour
    assert np.abs(after[:3, 22, 22].astype(int) - picture[:3, 22, 22]).max() <= 6  # the spot keeps its own


def test_every_colour_a_prompt_may_name_is_made():
    assert tuple(augment.TONES) == COLOURS


def test_what_has_the_colour_keeps_it():
    red = disc((217, 33, 33))
    assert np.abs(augment.recoloured(red, "red").astype(int) - red).mean() < 5


@pytest.mark.parametrize("count", [2, 3])
def test_things_together_are_all_seen_and_the_rest_is_empty(count):
    colours = [(200, 30, 30), (40, 90, 220), (40, 160, 60)][:count]
    whole = augment.together(np.stack([disc(colour, colour) for colour in colours]))
    assert whole.shape == (4, 64, 64) and whole.dtype == np.uint8
    for colour in colours:
        seen = np.abs(whole[:3].astype(int) - np.array(colour)[:, None, None]).max(0) <= 8
        assert 250 < seen.sum() < 900
    assert whole[:, 0, 0].tolist() == [255, 255, 255, 0]


def test_made_pictures_say_what_they_show_and_come_again(small_pictures):  # noqa: F811
    pictures = data.training(data.emoji())
    first, shown = augment.composites(pictures, 60, seed=1)
    again, _ = augment.composites(pictures, 60, seed=1)
    assert np.array_equal(first.pixels, again.pixels) and len(first) == len(shown) == 60
    assert {len(part.names) for part in shown} == {1, 2}
    held_out = {name for name, _ in data.things(data.emoji()).pairs()} - {name for name, _ in pictures.pairs()}
    assert held_out and not held_out & {name for part in shown for name in part.names}
    for part, name, style in zip(shown, first.name, first.style, strict=True):
        assert part.names[0] == pictures.names[name]
        assert all((name, pictures.styles[style]) in pictures.pairs() for name in part.names)


def test_a_picture_is_never_made_in_the_colour_it_is_measured_in(small_pictures):  # noqa: F811
    pictures = data.training(data.emoji())
    colours = {(n, s): augment.withheld(pictures, i) for i, (n, s) in enumerate(pictures.pairs())}
    assert len(set(colours.values())) == len(COLOURS)
    result, shown = augment.composites(pictures, 300, seed=2)
    asked = [(pair, part.template.split()[0]) for pair, part in zip(result.pairs(), shown, strict=True)]
    assert sum(word in COLOURS for _, word in asked) > 100
    assert not [word for pair, word in asked if word == colours[pair]]
