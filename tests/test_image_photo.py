"""Tests the promises of photographs: who asks for one gets one, unknown things are told, all options work."""

import json

import numpy as np
import pytest
import torch
from pictures import make_painter, make_photographer
from PIL import Image

from resgen.errors import RequestError
from resgen.image.files import write_samples
from resgen.image.photo_prompt import photo_of
from resgen.image.request import PHOTO, STYLES, ImageRequest
from resgen.training.image import photo_words


@pytest.fixture(scope="module")
def painter():
    return make_painter()


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("photo of a car", "a car"),
        ("Please draw me a photograph of two horses", "two horses"),
        ("small photos of 🐱", "🐱"),
        ("汽车的照片", "汽车"),
        ("照片：汽车", "汽车"),
        ("red car", None),
        ("picture of a car", None),
        ("framed photo", None),
        ("a photo", None),
        ("", None),
    ],
)
def test_photo_of_asks_for_a_photograph_and_nothing_else_does(text, thing):
    assert photo_of(text) == thing


@pytest.mark.parametrize("asked", [{"prompt": "photo of a horse"}, {"prompt": "pony", "style": "photo"}])
def test_words_or_the_style_give_photographs(painter, asked):
    result = painter.draw(**asked, count=2, steps=2, seed=1, size=32)
    assert result.pixels.shape == (2, 32, 32, 4) and (result.pixels[..., 3] == 255).all()
    assert result.reading.words == ("horse",)
    assert result.settings["style"] == PHOTO and result.settings["model"] == "tiny-photo"
    settings = json.loads(json.dumps(result.settings))
    settings.pop("model")
    assert painter.draw(**settings).pixels.tobytes() == result.pixels.tobytes()


def test_other_prompts_stay_emoji(painter):
    result = painter.draw("red car", count=1, steps=1, seed=1, size=64)
    assert result.settings["style"] == "mix" and result.settings["model"] == "tiny"


@pytest.mark.parametrize("size", [32, 64, 128, 256])
def test_photographs_come_crisp_or_enlarged(painter, size):
    pixels = painter.draw("cat", style=PHOTO, count=1, steps=1, seed=1, size=size).pixels
    assert pixels.shape == (1, size, size, 4)


def test_an_enlarged_photograph_shows_the_same(painter):
    smooth = np.full((1, 32, 32, 4), 255, np.uint8)
    smooth[0, ..., 0] = np.arange(32) * 8
    large = painter.photographer.enlarge(smooth, 4)
    assert large.shape == (1, 128, 128, 4) and (large[..., 3] == 255).all()
    again = large.reshape(1, 32, 4, 32, 4, 4).mean((2, 4))
    assert np.abs(again - smooth).max() < 4


@pytest.mark.parametrize("size", [32, 128])
def test_sizes_of_photographs_are_refused_for_emoji(painter, size):
    with pytest.raises(RequestError, match="size must be one of 64, 256 in the style noto"):
        painter.draw("cat", style="noto", size=size)


@pytest.mark.parametrize(
    ("text", "words", "told"),
    [
        ("car", ("automobile",), ""),
        ("red car", ("car",), "Photographs know nothing of: red."),
        ("elefant", ("elephant",), "elefant as elephant"),
        ("ladibug", ("beetle",), "ladibug as ladybug"),
        ("polar bear", ("bear",), "Photographs know nothing of: polar."),
        ("coach", ("bus",), ""),
        ("鸟 ☃", ("bird",), "Photographs know nothing of: snowman."),
    ],
)
def test_unknown_words_are_left_out_or_taken_for_what_is_like_them_and_told(painter, text, words, told):
    reading = painter.photographer._read(text)
    assert reading.words == words
    assert told in " ".join(reading.notices) and bool(told) == bool(reading.notices)


def test_a_thing_is_taken_for_one_of_its_keywords(painter):
    reading = painter.photographer._read("🚒")  # which the emoji's dictionary knows as a kind of truck
    assert reading.words == ("truck",) and "fire engine" in reading.notices[0] and "truck" in reading.notices[0]


@pytest.mark.parametrize("text", ["xylophonist", "龙", "???!", "q" * 150])
def test_a_thing_like_none_is_refused_in_the_style_with_things_that_are_known(painter, text):
    with pytest.raises(RequestError, match=r"No photograph can be made of .* 110 things are known"):
        painter.draw(text, style=PHOTO)


def test_words_ask_in_vain_for_a_photograph_of_what_is_not_known(painter):
    result = painter.draw("photo of a xylophonist", count=1, steps=1, size=64)
    assert result.settings["style"] == "mix"
    assert "No photograph can be made of it, so it is drawn." in result.notices


def test_no_words_draw_photographs_of_all_kinds(painter):
    assert len({painter.photographer.surprise(seed) for seed in range(110)}) == 110
    assert painter.draw("", style=PHOTO, count=3, steps=1, seed=0, size=32).reading.words == ()


def test_blends_strips_variations_and_avoided_words_work_with_photographs(painter):
    options = {"style": PHOTO, "count": 3, "steps": 2, "size": 32, "seed": 4}
    plain = painter.draw("cat", **options).pixels
    strip = painter.draw("cat", blend="photo of a dog", strip=True, **options)
    assert strip.own[0]["balance"] == 0 and strip.own[-1]["balance"] == 1
    single = painter.draw("cat", **{**options, "count": 1}).pixels
    assert np.abs(strip.pixels[0].astype(int) - single[0]).max() <= 2
    for change in ({"blend": "dog"}, {"avoid": "dog"}):
        assert painter.draw("cat", **options, **change).pixels.tobytes() != plain.tobytes()
    given = Image.fromarray((np.arange(40 * 60 * 3).reshape(40, 60, 3) % 251).astype(np.uint8))
    near = painter.draw("cat", picture=given, strength=0.05, **options).pixels.astype(int)
    middle = np.asarray(given.crop((10, 0, 50, 40)).resize((32, 32), Image.Resampling.LANCZOS)).astype(int)
    assert np.abs(near[0, ..., :3] - middle).mean() < 40 < np.abs(plain[0, ..., :3] - middle).mean()


def test_samples_of_photographs_are_as_painted(painter, tmp_path):
    settings = write_samples(painter, ImageRequest("photo of a cat", count=3, steps=1, seed=7), tmp_path / "cats.npy")
    samples = np.load(tmp_path / "cats.npy")
    assert samples.shape == (3, 32, 32, 3) and settings["style"] == PHOTO
    drawn = painter.draw("cat", style=PHOTO, count=3, steps=1, seed=7, size=32).pixels
    assert np.array_equal(samples, drawn[..., :3])


def test_what_is_known_is_completed(painter):
    found = painter.completions()
    assert "photo of horse" in found and "photo of tram" in found and "polar bear" in found
    assert len(found) == len(set(found))


def test_guidance_leads_only_within_its_times(painter, monkeypatch):
    photographer = make_photographer()
    monkeypatch.setattr(photographer, "guides_at", lambda time: time < 0.95)
    rows, clean = [], photographer.network.clean
    monkeypatch.setattr(photographer.network, "clean", lambda *given: rows.append(len(given[0])) or clean(*given))
    photographer.draw("cat", style=PHOTO, count=1, steps=2, seed=1)
    assert rows == [1, 2]


def test_no_two_things_share_a_name_or_sign():
    words = photo_words.dictionary(["cifar10", "cifar100"])
    names = [name for entry in words.entries for name in (entry["name"], *entry["aliases"])]
    signs = [sign for entry in words.entries for sign in (*entry["chinese"], entry["emoji"]) if sign]
    assert len(words.entries) == 110 and len(set(names)) == len(names) and len(set(signs)) == len(signs)
    for entry in words.entries:
        for asked in (entry["name"], *entry["aliases"], *entry["chinese"], entry["emoji"] or entry["name"]):
            assert words.read(asked).words == tuple(entry["name"].split()), asked


def test_emoji_styles_are_as_they_were(painter):
    assert painter.styles == STYLES and PHOTO not in STYLES


def test_a_gpu_without_memory_makes_photographs_slower_not_an_error(monkeypatch):
    painter = make_painter()
    photographer = painter.photographer
    wanted = painter.draw("cat", style=PHOTO, count=1, steps=2, seed=1, size=32).pixels
    photographer.device = torch.device("meta")  # neither the CPU nor one that answers
    embedded = photographer._cond_embedding

    def full(*given):
        if photographer.device.type != "cpu":
            raise torch.OutOfMemoryError("full")
        return embedded(*given)

    monkeypatch.setattr(photographer, "_cond_embedding", full)
    result = painter.draw("cat", style=PHOTO, count=1, steps=2, seed=1, size=32)
    assert result.pixels.tobytes() == wanted.tobytes()
    assert any("GPU is out of memory" in notice for notice in result.notices)
