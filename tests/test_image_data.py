"""Tests the promises of the pictures' data: what is held out, batches that can be repeated, and ways to ask."""

import itertools
import json

import numpy as np
import pytest
import torch
from pictures import ENTRIES

from resgen.image.pixels import over_white_with_alpha
from resgen.image.prompt import LETTERS, WORDS, Dictionary
from resgen.image.request import STYLES
from resgen.training.image import data
from resgen.training.image.data import Phrases, Pictures, Shown, code_batches, misspelt, picture_batches

NAMES = [entry["name"] for entry in ENTRIES] + ["france", "unheard of"]
PAIRS = [["cat", "noto"], ["bus", "twemoji"], ["sun", "fluent 3d"]]


@pytest.fixture
def pictures() -> Pictures:
    """Every name in every style, of random pixels."""
    name, style = (index.ravel() for index in np.mgrid[: len(NAMES), : len(STYLES)])
    pixels = np.random.default_rng(0).integers(0, 256, (len(name), 4, 64, 64), dtype=np.uint8)
    categories = ["Objects"] * len(ENTRIES) + ["Flags", "Food & Drink"]
    return Pictures(pixels, name, style, NAMES, list(STYLES), categories)


@pytest.fixture(autouse=True)
def listed(monkeypatch, tmp_path):
    """A held-out list of three pairs and a name, and the words of ENTRIES."""
    file = tmp_path / "held_out.json"
    file.write_text(json.dumps({"pairs": PAIRS, "names": ["fire engine"]}))
    monkeypatch.setattr(data, "HELD_OUT", file)
    known = {e["name"]: {k: v for k, v in e.items() if k != "styles"} for e in ENTRIES}
    monkeypatch.setattr(data, "words", lambda: known)


@pytest.fixture
def dictionary(pictures) -> Dictionary:
    return data.dictionary(pictures)


def test_colours_are_mixed_with_white_and_alpha_is_kept():
    rgba = np.array([[[10, 20, 30, 255], [10, 20, 30, 0]], [[0, 255, 100, 51], [0, 0, 0, 128]]], np.uint8)
    mixed = over_white_with_alpha(np.stack([rgba, rgba]))
    assert mixed.shape == (2, 2, 2, 4) and mixed.dtype == np.uint8
    wanted = [[10, 20, 30, 255], [255, 255, 255, 0], [204, 255, 224, 51], [127, 127, 127, 128]]
    assert mixed[1].reshape(4, 4).tolist() == wanted


def test_held_out_pairs_and_names_are_never_trained_on(pictures):
    pairs, names = data.held_out(pictures)
    assert sorted(pictures.select(pairs).pairs()) == sorted(map(tuple, PAIRS))
    assert pictures.select(names).pairs() == [("fire engine", style) for style in STYLES]
    left = data.training(pictures)
    assert len(left) == len(pictures) - 3 - 4
    assert not set(left.pairs()) & {*map(tuple, PAIRS), *(("fire engine", style) for style in STYLES)}


def test_the_shipped_list_holds_out_150_pairs_and_40_other_names(monkeypatch):
    monkeypatch.undo()
    listed = json.loads(data.HELD_OUT.read_text())
    pairs, names = {tuple(pair) for pair in listed["pairs"]}, set(listed["names"])
    assert len(listed["pairs"]) == len(pairs) == 150
    assert len(listed["names"]) == len(names) == 40
    assert not {name for name, _ in pairs} & names
    assert {style for _, style in pairs} == set(STYLES)


def test_selected_pictures_keep_their_names_and_styles(pictures):
    keep = np.arange(len(pictures)) % 7 == 0
    chosen = pictures.select(keep)
    assert chosen.pairs() == list(itertools.compress(pictures.pairs(), keep))
    assert np.array_equal(chosen.pixels, pictures.pixels[keep])
    assert {name for name, _ in data.things(pictures).pairs()} == set(NAMES) - {"france"}


def test_the_dictionary_tells_the_styles_trained_in(pictures, dictionary):
    styles = {entry["name"]: entry["styles"] for entry in dictionary.entries}
    assert list(styles) == sorted(NAMES)
    assert styles["fire engine"] == []
    assert styles["cat"] == ["fluent 3d", "fluent flat", "twemoji"]
    assert styles["dog"] == list(STYLES)
    assert "truck" not in dictionary.vocabulary
    assert dictionary.read("kitty 🚌").words == ("kitty", "bus")
    assert dictionary.read("unheard of").unknown == ()


@pytest.mark.parametrize("size", [1, 5, 8])
def test_picture_batches_can_be_repeated_and_continued(pictures, size):
    def first(count, **options):
        return [b["pictures"] for b in itertools.islice(picture_batches(pictures, size, 3, **options), count)]

    four = first(4, seed=1)
    assert {(batch.shape, batch.dtype) for batch in four} == {((size, 4, 64, 64), torch.uint8)}
    assert all(map(torch.equal, four, first(4, seed=1)))
    assert all(map(torch.equal, four[2:], first(2, seed=1, start=2)))
    assert not torch.equal(four[0], four[1])
    assert not torch.equal(four[0], first(1, seed=2)[0])


def test_half_the_pictures_are_moved_over_white_and_the_pack_stays(pictures):
    before = pictures.pixels.copy()
    known = {picture.tobytes() for picture in before}
    batch = next(picture_batches(pictures, 40, 4, seed=0))["pictures"].numpy()
    assert all(picture.tobytes() in known for picture in batch[1::2])
    moved = [picture for picture in batch[::2] if picture.tobytes() not in known]
    assert len(moved) > 10
    middles = {picture[:, 30:34, 30:34].tobytes() for picture in moved}
    for down, right in itertools.product(range(-4, 5), repeat=2):
        there = before[:, :, 30 + down : 34 + down, 30 + right : 34 + right]
        middles -= {picture.tobytes() for picture in there}
    assert middles == set()  # each is a picture of the pack, moved by at most 4
    for picture in moved:
        edges = [picture[:, 0], picture[:, -1], picture[:, :, 0], picture[:, :, -1]]
        assert any((edge == np.array([[255], [255], [255], [0]])).all() for edge in edges)
    assert np.array_equal(pictures.pixels, before)


def numbered(pictures) -> torch.Tensor:
    """Codes that tell which picture they are of."""
    return torch.arange(len(pictures)).float().view(-1, 1, 1, 1).expand(-1, 16, 8, 8)


def batches_of(pictures, dictionary, size, n_augmented=0, **options):
    shown = [Shown((name,)) for name, _ in pictures.pairs()]
    return code_batches(numbered(pictures), shown, pictures.style, n_augmented, dictionary, size, **options)


def test_code_batches_can_be_repeated_and_continued(pictures, dictionary):
    def first(count, **options):
        return list(itertools.islice(batches_of(pictures, dictionary, 6, **options), count))

    def equal(one, other):
        return all(torch.equal(a[key], b[key]) for a, b in zip(one, other, strict=True) for key in a)

    three = first(3, seed=1)
    shapes = {key: (*tensor.shape, tensor.dtype) for key, tensor in three[0].items()}
    assert shapes == {
        "codes": (6, 16, 8, 8, torch.float32),
        "words": (6, WORDS, torch.int64),
        "letters": (6, WORDS, LETTERS, torch.int64),
        "style": (6, torch.int64),
    }
    assert equal(three, first(3, seed=1))
    assert equal(three[2:], first(1, seed=1, start=2))
    assert not equal(three[:1], first(1, seed=2))
    assert not equal(three[:1], three[1:2])


def test_words_and_styles_are_left_out_as_often_as_said(pictures, dictionary):
    batch = next(batches_of(pictures, dictionary, 5_000, seed=0))
    wordless, styleless = batch["letters"].sum((1, 2)) == 0, batch["style"] == len(STYLES)
    shares = [part.float().mean().item() for part in (wordless, styleless, wordless & styleless)]
    assert shares == pytest.approx([0.15, 0.15, 0.1], abs=0.015)
    assert (batch["words"][wordless] == 0).all()


def test_words_and_styles_belong_to_the_codes(pictures, dictionary):
    batch = next(batches_of(pictures, dictionary, 500, seed=0))
    chosen = batch["codes"][:, 0, 0, 0].long()
    style = torch.from_numpy(pictures.style)[chosen]
    assert ((batch["style"] == style) | (batch["style"] == len(STYLES))).all()
    dogs = torch.from_numpy(pictures.name)[chosen] == NAMES.index("dog")
    own = {dictionary.encode((word,))[0][0] for word in ("dog", "animal", "pet")} | {0}
    assert dogs.sum() > 10
    assert set(batch["words"][dogs].flatten().tolist()) <= own


def test_half_of_a_batch_is_of_made_pictures(pictures, dictionary):
    batch = next(batches_of(pictures, dictionary, 500, n_augmented=3, seed=0))
    made = batch["codes"][:, 0, 0, 0] >= len(pictures) - 3
    assert made.sum() == 250


def test_made_pictures_are_asked_for_with_what_was_done(dictionary):
    phrases, random = Phrases(dictionary), np.random.default_rng(0)
    asked = {phrases.ask(Shown(("dog", "cat"), "{} and {}"), random) for _ in range(50)}
    assert "dog and cat" in asked and all(" and " in phrase for phrase in asked)
    colours = frozenset(("red", "blue"))
    blue = {phrases.ask(Shown(("red apple",), "blue {}", colours), random) for _ in range(50)}
    assert "blue apple" in blue and not any("red" in phrase.split() for phrase in blue)


@pytest.mark.parametrize("phrase", ["strawberry", "red balloon", "polar bear cub", "deer deer"])
def test_a_slip_changes_one_word_and_keeps_the_others(phrase):
    before = phrase.split()
    for seed in range(300):
        after = misspelt(phrase, np.random.default_rng(seed)).split()
        changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
        assert len(changed) == 1, seed
        ((old, new),) = changed
        assert len(old) == max(map(len, before))
        assert abs(len(new) - len(old)) <= 1 and new[0] == old[0]


@pytest.mark.parametrize("phrase", ["cat", "a bus"])
def test_short_words_are_never_misspelt(phrase):
    assert {misspelt(phrase, np.random.default_rng(seed)) for seed in range(20)} == {phrase}


def test_things_are_asked_for_mostly_by_name_but_in_every_way(dictionary):
    phrases, random = Phrases(dictionary), np.random.default_rng(0)
    drawn = [phrases.draw("bus", random) for _ in range(2000)]
    assert 0.6 < drawn.count("bus") / 2000 < 0.75
    assert {"coach", "school", "vehicle", "school bus", "bus school", "coach vehicle"} <= set(drawn)
    known = {"bus", "coach", "school", "vehicle"}
    assert any(not set(phrase.split()) & known for phrase in drawn)  # a slip


def test_a_keyword_that_is_another_things_name_is_never_used(dictionary):
    entries = {entry["name"]: entry for entry in dictionary.entries}
    assert {"automobile", "car"} <= set(entries["bus"]["words"])
    phrases, random = Phrases(dictionary), np.random.default_rng(0)
    drawn = {phrases.draw("bus", random) for _ in range(2000)}
    assert not {word for phrase in drawn for word in phrase.split()} & {"automobile", "car"}


def test_a_thing_without_other_words_is_asked_for_by_name(dictionary):
    phrases, random = Phrases(dictionary), np.random.default_rng(0)
    assert {phrases.draw("unheard of", random) for _ in range(50)} == {"unheard of"}
