"""Tests the promise that pictures are asked for as people ask: in sentences, with counts, colours and refusals; and
that whoever asks for what the painter does not know is told so, with what is near to it. With the shipped words."""

import pytest
from safetensors import safe_open

from resgen import checkpoint
from resgen.image.prompt import Dictionary, Reading
from resgen.image.wordlists import COLOUR_WORDS, COLOURS, GREY, NEAR, SYNONYMS


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    with safe_open(checkpoint.find("image")[0], "np") as file:
        return Dictionary(file.metadata()["dictionary"])


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        # frames
        ("a photo of a cat", "cat"),
        ("can you draw a cat, please?", "cat"),
        ("masterpiece, best quality, 4k, cat", "cat"),
        ("a beautiful oil painting of a sunset", "sunset"),
        ("cat, digital art, trending on artstation", "cat"),
        ("a boat in the style of van gogh", "sailboat"),
        ("I would love to see a unicorn", "unicorn"),
        ("请画一只猫", "cat"),
        # names keep words that are frames, places and counts elsewhere
        ("glass of milk", "glass of milk"),
        ("bridge at night", "bridge at night"),
        ("a bell with slash", "bell with slash"),
        ("8 o'clock", "eight oclock"),
        ("framed picture", "framed picture"),
        # places and deeds
        ("cat on a car", "cat and automobile"),
        ("a dog sitting in a boat", "dog and boat"),
        ("birthday cake with candles", "birthday cake and candle"),
        ("cat, dog, owl", "cat and dog and owl"),
        # counts
        ("4 cats", "three cat"),
        ("a dozen red balloons", "three red balloon"),
        ("a couple of dogs", "two dog"),
        ("1 cat", "cat"),
        # colours
        ("a navy umbrella", "blue umbrella"),
        ("crimson rose", "red rose"),
        ("golden key", "yellow key"),
        ("turquoise owl", "blue owl"),
        ("dark blue owl", "blue owl"),
        ("light green owl", "green owl"),
        ("black and white cat", "black cat"),
        ("white flower", "white flower"),
        ("grey cat and red car", "black cat and red car"),
        ("a grey and white cat", "black cat"),
        # other names
        ("donut", "doughnut"),
        ("lamp", "light bulb"),
        ("two puppies", "two dog face"),
        ("elefant", "elephant"),
        ("an orange and an apple", "tangerine and apple"),
        ("orange and white cat", "orange cat"),
        ("baby elephant", "elephant"),
        ("a bag of apples", "red apple"),
        ("a pair of shoes", "mans shoe"),
        ("a pair of cats", "two cat"),
        ("pancake", "pancakes"),
        ("bottel", "bottle"),
        ("a ball and a box", "soccer ball and package"),
        ("cat made of gold", "cat yellow"),
    ],
)
def test_what_is_typed_is_drawn(dictionary, typed, drawn):
    reading = dictionary.read(typed)
    assert " ".join(reading.words).replace("and car", "and automobile") == drawn
    assert (reading.unknown, reading.dropped, reading.avoid) == ((), (), ())


@pytest.mark.parametrize(
    ("typed", "drawn", "avoided"),
    [
        ("cat not dog", "cat", "dog"),
        ("a cat without a hat or a crown", "cat", "top hat and crown"),
        ("no dogs", "", "dog"),
        ("a castle, but no dragons", "castle", "dragon"),
        ("don't draw a dog, draw an owl", "owl", "dog"),
        ("not a cat but an owl", "owl", "cat"),
        ("0 cats", "", "cat"),
        ("anything but cats", "", "cat"),
        ("a house w/o dogs", "house", "dog"),
        ("a cat-free, dogless house", "house", "cat dog"),
        ("没有狗的房子", "house", "dog"),
    ],
)
def test_what_is_refused_is_kept_away(dictionary, typed, drawn, avoided):
    reading = dictionary.read(typed)
    assert " ".join(reading.words) == drawn
    assert set(reading.avoid) >= set(avoided.split()) - {"and", "or"}
    assert any(notice.startswith("Kept away from: ") for notice in reading.notices)


@pytest.mark.parametrize(
    "typed",
    [
        *("men", "old man", "a doctor", "ghost", "music", "baby", "love", "👻", "鬼", "princess"),
        *("vase", "a desk", "the sky", "grass", "sword", "fridge", "bedroom", "hill", "robot"),
    ],
)
def test_what_it_does_not_know_is_told_with_what_is_near(dictionary, typed):
    reading = dictionary.read(typed)
    told = next(notice for notice in reading.notices if "near to it are:" in notice)
    nearest = told.split("near to it are: ")[1].rstrip(".").split(", ")[0]
    assert " ".join(reading.words) == nearest and nearest in dictionary.names


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("five owls", "It counts to three"),
        ("cat on a car", "It knows no scenes"),
        ("navy owl", "Read so: navy as blue."),
        ("angry owl", "Left out, for it makes no difference here: angry."),
        ("animal", "By animal it understands what has to do with it, such as: "),
        ("zorb", "Never seen in training, read by its letters: zorb."),
        ("cat привет", "Left out, for it cannot be read: привет."),
    ],
)
def test_what_is_drawn_otherwise_than_asked_is_told(dictionary, typed, says):
    assert any(says in notice for notice in dictionary.read(typed).notices)


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [("a doctor and a nurse", "stethoscope and syringe"), ("ghost house", "jack o lantern and house")],
)
def test_two_things_of_which_it_knows_none_are_two_things_side_by_side(dictionary, typed, drawn):
    assert " ".join(dictionary.read(typed).words) == drawn


def test_what_is_spelt_much_as_an_unknown_word_is_told(dictionary):
    assert any("Spelt much as castlo are: castle" in notice for notice in dictionary.read("castlo").notices)


@pytest.mark.parametrize("typed", ["red car", "blue owl", "house", "🚀", "紫色的猫", "yellow rocket", "cat and dog"])
def test_what_it_knows_is_drawn_without_a_word(dictionary, typed):
    assert dictionary.read(typed).notices == ()


def test_every_name_is_read_as_itself(dictionary):
    for name in dictionary.names:
        assert dictionary.read(name) == Reading(tuple(name.split()), dictionary.read(name).unknown), name


def test_the_tables_lead_to_what_it_knows(dictionary):
    drawn = {name for name in dictionary.names if dictionary.is_drawn(name)}
    assert set(COLOUR_WORDS.values()) <= {GREY, *COLOURS}
    assert {name for name in SYNONYMS.values() if name not in drawn} == set()
    assert {near for near in NEAR.values() if not drawn & set(near.split(", "))} == set()


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [("grey cat", "cat"), ("a dark gray elephant", "elephant"), ("灰色的猫", "cat"), ("two greyish owls", "two owl")],
)
def test_what_is_grey_is_drawn_without_colours(dictionary, typed, drawn):
    reading = dictionary.read(typed)
    assert (" ".join(reading.words), reading.grey, reading.told) == (drawn, True, ())
    assert not dictionary.read("grey cat and red car").grey and not dictionary.read("red car").grey
