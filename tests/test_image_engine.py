"""Tests the promises of the painter: same seed same pictures, pictures apart, errors before any work, files."""

import json
import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from conftest import randomise
from PIL import Image

from resgen.engine import MOST_SEED
from resgen.errors import RequestError
from resgen.image.autoencoder import Autoencoder
from resgen.image.engine import Painter
from resgen.image.files import grid, save_png, write_samples
from resgen.image.model import PictureNet
from resgen.image.photographer import Photographer
from resgen.image.pixels import over_white, straight
from resgen.image.prompt import Dictionary
from resgen.image.request import STYLES, ImageRequest
from resgen.image.upscaler import Upscaler
from resgen.training.image import photo_words
from resgen.training.image.train_photo import ARCHITECTURE

AUTOENCODER = {"fine": 16, "coarse": 24, "encoder": (1, 1), "decoder": (1, 1)}
SMALL = {"widths": (16, 24), "encoder": (1, 1), "decoder": (1,), "cond_embedding": 16, "condition": 16, "memory_mlp": 8}

# name, emoji, aliases, keywords, Chinese label and keywords, number of styles it was trained in
THINGS = [
    ("automobile", "🚗", ["car"], ["vehicle", "red"], ["汽车", "车", "公交车"], 4),
    ("bear", "🐻", [], ["animal", "brown"], ["熊", "动物"], 4),
    ("bus", "🚌", ["coach"], ["vehicle", "automobile", "car", "school"], ["公交车", "车"], 4),
    ("cat", "🐈", ["kitty"], ["animal", "pet"], ["猫", "宠物"], 4),
    ("dog", "🐕", [], ["animal", "pet"], ["狗", "宠物"], 3),
    ("fire engine", "🚒", [], ["truck"], ["消防车"], 0),  # held out
    ("framed picture", "🖼️", [], ["art", "museum"], ["带框的画", "艺术"], 4),
    ("identification card", "🪪", [], ["security"], ["身份证", "id"], 2),
    ("mouse", "🐁", [], ["animal"], ["老鼠", "动物"], 4),
    ("polar bear", "🐻‍❄️", [], ["animal", "white", "arctic"], ["北极熊", "熊"], 4),
    ("red apple", "🍎", ["apple"], ["fruit", "red"], ["红苹果", "苹果", "水果"], 4),
    ("spider", "🕷️", [], ["insect"], ["蜘蛛", "昆虫"], 4),
    ("strawberry", "🍓", [], ["berry", "fruit"], ["草莓", "水果"], 4),
    ("sun", "☀️", [], ["weather", "bright"], ["太阳"], 1),
]
FIELDS = ("name", "emoji", "aliases", "words", "chinese", "styles")
ENTRIES = [dict(zip(FIELDS, (*thing, STYLES[:taught]), strict=True)) for *thing, taught in THINGS]


def make_dictionary() -> Dictionary:
    return Dictionary(json.dumps(ENTRIES))


def make_network(**options) -> PictureNet:
    """A small picture model with random weights, for the words of `make_dictionary`."""
    torch.manual_seed(0)
    options = {"vocabulary": len(make_dictionary().vocabulary), **SMALL, **options}
    return randomise(PictureNet(**options))


def make_autoencoder() -> Autoencoder:
    torch.manual_seed(0)
    return randomise(Autoencoder(**AUTOENCODER)).eval().requires_grad_(False)


def make_photographer() -> Photographer:
    """A small model of photographs with random weights, for two sources' words."""
    torch.manual_seed(0)
    dictionary = photo_words.dictionary(["cifar10", "cifar100"])
    shape = {**ARCHITECTURE, **SMALL, "memory_mlp": 0, "vocabulary": len(dictionary.vocabulary)}
    network = randomise(PictureNet(**shape)).eval().requires_grad_(False)
    return Photographer(network, dictionary, {"name": "tiny-photo"}, make_dictionary())


def make_painter() -> Painter:
    network = make_network().eval().requires_grad_(False)
    upscaler = Upscaler(channels=8, depth=1).eval().requires_grad_(False)
    return Painter(network, make_dictionary(), {"name": "tiny"}, make_autoencoder(), upscaler, make_photographer())


@pytest.fixture
def painter() -> Painter:
    return make_painter()


@pytest.fixture
def calls(painter, monkeypatch):
    """(part of the network, rows) of every call of it so far."""
    counted = []

    def spy(module, method):
        original = getattr(module, method)

        def counting(*inputs):
            counted.append((method, len(inputs[0])))
            return original(*inputs)

        monkeypatch.setattr(module, method, counting)

    spy(painter.network, "cond_embedding")
    spy(painter.network, "clean")
    spy(painter.autoencoder, "decode")
    return counted


def assert_alike(one: np.ndarray, other: np.ndarray):
    """RGBA pictures that look the same over white and are as transparent, within 2/255."""
    for a, b in ((over_white(one), over_white(other)), (one[..., 3], other[..., 3])):
        assert a.shape == b.shape
        assert np.abs(a.astype(int) - b).max() <= 2


def test_same_seed_same_bytes_other_seed_other_picture(painter):
    one, same, other = (painter.draw("car", count=2, steps=2, seed=seed).pixels for seed in (1, 1, 2))
    assert one.shape == (2, 256, 256, 4) and one.dtype == np.uint8
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes()


def test_a_drawn_seed_can_be_used_again(painter):
    first = painter.draw("car", count=1, steps=1)
    assert 0 <= first.settings["seed"] <= MOST_SEED
    again = painter.draw("car", count=1, steps=1, seed=first.settings["seed"])
    assert again.pixels.tobytes() == first.pixels.tobytes()


def test_the_settings_of_a_result_reproduce_it(painter):
    first = painter.draw("Zwei 红苹果!", style="mix", count=3, steps=2, guidance=3.5)
    settings = json.loads(json.dumps(first.settings))
    assert settings.pop("model") == "tiny"
    assert painter.draw(**settings).pixels.tobytes() == first.pixels.tobytes()


@pytest.mark.parametrize("prompt", ["red car", ""], ids=repr)
@pytest.mark.parametrize("style", ["noto", "mix"])
def test_picture_i_is_picture_0_of_seed_plus_i_whatever_the_batch(painter, prompt, style):
    def draw(seed, count):
        return painter.draw(prompt, style=style, count=count, steps=3, seed=seed, variety=0).pixels

    five = draw(10, 5)
    assert_alike(five[:2], draw(10, 2))
    for i in range(5):
        assert_alike(five[i : i + 1], draw(10 + i, 1))
    assert not np.array_equal(five[0], five[1])


def test_the_largest_seed_draws_many(painter):
    assert len(painter.draw("car", count=3, steps=1, seed=MOST_SEED).pixels) == 3


def test_the_mix_goes_through_the_styles(painter):
    mixed = painter.draw("car", style="mix", count=5, steps=1, seed=8, variety=0).pixels
    for i, picture in enumerate(mixed):
        single = {s: painter.draw("car", style=s, count=1, steps=1, seed=8 + i).pixels[0] for s in STYLES}
        assert_alike(picture, single[STYLES[i % 4]])
        assert len({pixels.tobytes() for pixels in single.values()}) == 4


def test_words_steps_and_guidance_change_the_picture(painter):
    changes = [{}, {"prompt": "cat"}, {"steps": 3}, {"guidance": 5}, {"guidance": 1}]
    drawn = {
        painter.draw(**{"prompt": "car", "count": 1, "steps": 2, "seed": 1, **c}).pixels.tobytes() for c in changes
    }
    assert len(drawn) == len(changes)


def test_there_is_a_result_after_every_step(painter):
    results = list(painter.run(ImageRequest("car", count=2, steps=5, seed=1)))
    assert [(r.progress.done, r.progress.total) for r in results] == [(i, 5) for i in range(1, 6)]
    seconds = [r.progress.seconds for r in results]
    assert seconds[0] > 0 and all(a <= b for a, b in pairwise(seconds))
    assert [r.pixels.shape for r in results] == [(2, 64, 64, 4)] * 4 + [(2, 256, 256, 4)]
    assert not np.array_equal(results[0].pixels, results[-1].pixels)
    assert [image.size for image in results[-1].images()] == [(256, 256)] * 2
    assert np.array_equal(np.asarray(results[-1].images()[1]), results[-1].pixels[1])


def test_the_reading_is_told(painter):
    reading = painter.draw("Cars кот zorb", count=1, steps=1).reading
    assert (reading.words, reading.unknown, reading.dropped) == (("car", "zorb"), ("zorb",), ("кот",))


def test_closing_stops_the_work(painter, calls):
    run = painter.run(ImageRequest("car", count=1, steps=50, seed=1))
    next(run)
    next(run)
    done = len(calls)
    run.close()
    assert list(run) == []
    assert len(calls) == done
    assert [method for method, _ in calls].count("clean") == 2


def test_nothing_is_computed_before_the_first_result_is_asked_for(painter, calls):
    painter.run(ImageRequest("car", seed=1))
    assert calls == []


@pytest.mark.parametrize(("guidance", "rows"), [(1, 3), (1.0, 3), (2, 6), (1.5, 6)])
def test_only_guidance_needs_a_second_row_a_picture(painter, calls, guidance, rows):
    painter.draw("car", count=3, steps=4, guidance=guidance, seed=1)
    assert [call for call in calls if call[0] == "clean"] == [("clean", rows)] * 4


def test_guidance_goes_on_from_the_guesses_without_words_and_without_style(painter, monkeypatch):
    seen, original = [], painter.network.cond_embedding
    monkeypatch.setattr(painter.network, "cond_embedding", lambda *inputs: seen.append(inputs) or original(*inputs))
    little, none = (
        painter.draw("car", style="noto", count=2, steps=3, guidance=g, seed=1).pixels for g in (1.00001, 1)
    )
    assert_alike(little, none)
    with_words, without, unstyled = seen[:3]
    assert with_words[0].any() and with_words[2].tolist() == [STYLES.index("noto")] * 2
    assert not without[0].any() and not without[1].any()
    assert torch.equal(unstyled[0], with_words[0]) and torch.equal(unstyled[1], with_words[1])
    assert unstyled[2].tolist() == without[2].tolist() == [len(STYLES)] * 2


def test_requests_do_not_influence_each_other(painter):
    alone = painter.draw("car", count=2, steps=3, seed=1).pixels
    one = painter.run(ImageRequest("car", count=2, steps=3, seed=1))
    other = painter.run(ImageRequest("cat", count=1, steps=3, seed=9))
    *_, last = (pair[0] for pair in zip(one, other, strict=True))
    assert last.pixels.tobytes() == alone.tobytes()


BAD = [
    ({"count": 0}, "count must be a whole number from 1 to 64; it is 0"),
    ({"count": 1000}, "count must be a whole number from 1 to 64"),
    ({"count": "many"}, "count must be a whole number .* it is 'many'"),
    ({"count": 1.5}, "count must be a whole number"),
    ({"count": True}, "count must be a whole number"),
    ({"steps": 0}, "steps must be a whole number from 1 to 100"),
    ({"guidance": math.nan}, "guidance must be a number from 1 to 8; it is nan"),
    ({"guidance": 0.9}, "guidance must be a number from 1"),
    ({"seed": -2}, "seed must be a whole number"),
    ({"seed": MOST_SEED + 1}, "seed must be a whole number"),
    ({"style": "cubist"}, "style must be one of fluent 3d, .*, mix, photo; it is 'cubist'"),
    ({"style": None}, "style must be text"),
    ({"prompt": None}, "prompt must be text"),
    ({"prompt": "x" * 300}, "prompt has 300 characters; at most 200"),
    ({"prompt": " рыжий кот"}, "No word of 'рыжий кот' can be drawn.*such as"),
    ({"prompt": "?!"}, "No word of"),
    ({"colour": "red", "width": 3}, "unknown settings: colour, width"),
]


@pytest.mark.parametrize(("bad", "message"), BAD, ids=lambda part: str(part)[:30])
def test_bad_requests_are_refused_clearly_before_any_work(painter, calls, bad, message):
    with pytest.raises(RequestError, match=message):
        painter.draw(**{"prompt": "car", **bad})
    assert calls == []


@pytest.mark.parametrize("prompt", ["", "  \n"], ids=repr)
def test_an_empty_prompt_draws_things_of_all_kinds(painter, prompt):
    result = painter.draw(prompt, style="noto", count=2, steps=1, seed=3, size=64)
    assert result.reading.words == ()
    names = [painter.surprise(seed) for seed in (3, 4)]
    assert names[0] != names[1]
    (named,) = painter.paint(names, ["noto"] * 2, [3, 4], steps=1, guidance=ImageRequest().guidance)
    assert_alike(result.pixels, named)


@pytest.mark.parametrize("first", [0, 5, MOST_SEED - 3])
@pytest.mark.parametrize("names", [1, 2, 13, 619])
def test_surprises_go_through_all_trained_names_before_any_comes_again(painter, first, names):
    known = {entry["name"] for entry in ENTRIES if entry["styles"]}
    if names != len(known):
        known = {f"thing {i}" for i in range(names)}
        bare = {"emoji": "", "aliases": [], "words": [], "chinese": [], "styles": ["noto"]}
        painter.dictionary = Dictionary(json.dumps([{"name": name, **bare} for name in known]))
    drawn = [" ".join(painter.surprise(first + i)) for i in range(2 * names)]
    assert set(drawn[:names]) == known
    assert drawn[names:] == drawn[:names]
    assert names == 1 or all(a != b for a, b in pairwise(drawn))


def test_straight_pictures_look_over_white_as_decoded():
    decoded = torch.randn(4, 4, 16, 16, generator=torch.Generator().manual_seed(0))
    decoded[0, 3] = -1  # colours where alpha says there are none
    decoded[1] = torch.tensor([1.0, 1.0, 1.0, -1.0]).view(4, 1, 1)  # nothing at all
    pixels = straight(decoded)
    assert pixels.shape == (4, 16, 16, 4) and pixels.dtype == np.uint8
    wanted = (decoded.clamp(-1, 1) + 1).movedim(1, -1).numpy() * 127.5
    assert np.abs(over_white(pixels) - wanted[..., :3]).max() <= 2
    assert (pixels[..., 3] >= wanted[..., 3] - 1).all()
    assert (pixels[1] == [255, 255, 255, 0]).all()


def test_over_white_mixes_with_white():
    pixels = np.array([[[10, 20, 30, 255], [10, 20, 30, 0], [0, 255, 100, 51]]], np.uint8)
    assert over_white(pixels).tolist() == [[[10, 20, 30], [255, 255, 255], [204, 255, 224]]]


@pytest.mark.parametrize(
    ("count", "options", "size"),
    [(1, {}, (8, 6)), (5, {}, (24, 12)), (5, {"columns": 5}, (40, 6)), (9, {"columns": 2}, (16, 30))],
)
def test_a_grid_holds_all_pictures(count, options, size):
    sheet = grid(np.zeros((count, 6, 8, 4), np.uint8), **options)
    assert (sheet.size, sheet.mode) == (size, "RGB")


def test_a_grid_keeps_the_order_and_is_white_elsewhere():
    pixels = np.full((3, 4, 4, 4), 255, np.uint8)
    pixels[..., :3] = np.array([0, 100, 200]).reshape(3, 1, 1, 1)
    sheet = np.asarray(grid(pixels))
    assert [sheet[y, x, 0] for y, x in ((0, 0), (3, 7), (4, 0), (7, 7))] == [0, 100, 200, 255]


@pytest.mark.parametrize("prompt", ["red car", "红苹果 🍎 é", 'say "hi"\n\x00', "car \ud800"], ids=ascii)
def test_a_png_keeps_its_settings(painter, tmp_path, prompt):
    result = painter.draw(f"car {prompt}", count=1, steps=1, seed=1)
    save_png(result.images()[0], tmp_path / "car.png", result.settings)
    with Image.open(tmp_path / "car.png") as image:
        assert json.loads(image.text["resgen"]) == result.settings
        assert np.array_equal(np.asarray(image), result.pixels[0])


def test_samples_are_those_of_requests(painter, tmp_path):
    request = ImageRequest("", style="mix", count=72, steps=1, seed=5)
    settings = write_samples(painter, request, tmp_path / "samples.npy")
    samples = np.load(tmp_path / "samples.npy")
    assert samples.shape == (72, 64, 64, 3) and samples.dtype == np.uint8
    assert (settings["count"], settings["seed"], settings["model"]) == (72, 5, "tiny")
    for i in (0, 63, 64, 70):
        single = painter.draw("", style="mix", count=1, steps=1, seed=5 + i, size=64).pixels[0]
        assert np.abs(samples[i].astype(int) - over_white(single)).max() <= 2


def test_samples_of_a_drawn_seed_can_be_made_again(painter, tmp_path):
    settings = write_samples(painter, ImageRequest("car", count=2, steps=1), tmp_path / "samples.npy")
    again = painter.draw("car", count=2, steps=1, seed=settings["seed"], size=64, variety=0).pixels
    assert np.array_equal(np.load(tmp_path / "samples.npy"), over_white(again))


@pytest.mark.parametrize("bad", [{"count": 1_000_001}, {"count": 0}, {"count": 70, "steps": 0}, {"prompt": "кот"}])
def test_bad_samples_are_refused_before_any_work(painter, monkeypatch, tmp_path, bad):
    monkeypatch.setattr(painter, "paint", None)
    with pytest.raises(RequestError):
        write_samples(painter, ImageRequest(**bad), tmp_path / "samples.npy")
    assert not (tmp_path / "samples.npy").exists()


def test_a_long_step_lets_others_have_turns_and_changes_no_picture(painter, monkeypatch):
    from resgen.image import engine

    whole = painter.draw("red car", count=8, steps=2, size=64, seed=1).pixels
    pauses = []
    monkeypatch.setattr(engine, "breathe", lambda: pauses.append(1))
    many = painter.draw("red car", count=24, steps=2, size=256, seed=1).pixels
    # In each step 48 rows go through the network and 24 through the decoder, at last each picture is enlarged.
    assert len(pauses) == 2 * (48 // 8 - 1 + 24 // 8 - 1) + 23
    small = painter.draw("red car", count=24, steps=2, size=64, seed=1).pixels
    assert many.shape[0] == 24 and (abs(small[:8].astype(int) - whole) <= 1).all()


def test_a_picture_among_others_is_the_one_drawn_alone_but_for_rounding(painter):
    among = painter.draw("car", count=3, steps=2, seed=5).pixels[2:]
    alone = painter.draw("car", count=1, steps=2, seed=7, variety=1).pixels
    assert np.abs(over_white(among).astype(int) - over_white(alone)).max() <= 1
