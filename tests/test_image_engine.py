"""Tests the promises of the painter: same seed same pictures, pictures apart, errors before any work, files."""

import json
import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from pictures import ENTRIES, assert_alike

from resgen.engine import MOST_SEED
from resgen.errors import RequestError
from resgen.image.prompt import Dictionary
from resgen.image.request import STYLES, ImageRequest


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
        return painter.draw(prompt, style=style, count=count, steps=2, seed=seed, variety=0).pixels

    three = draw(10, 3)
    assert_alike(three[:2], draw(10, 2))
    for i in range(3):
        assert_alike(three[i : i + 1], draw(10 + i, 1))
    assert not np.array_equal(three[0], three[1])


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
        painter.draw("car", style="noto", count=2, steps=3, guidance=g, seed=1, variety=0).pixels for g in (1.00001, 1)
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
def test_surprises_go_through_all_trained_names_before_any_comes_again(painter, monkeypatch, first, names):
    known = {entry["name"] for entry in ENTRIES if entry["styles"]}
    if names != len(known):
        known = {f"thing {i}" for i in range(names)}
        bare = {"emoji": "", "aliases": [], "words": [], "chinese": [], "styles": ["noto"]}
        things = Dictionary(json.dumps([{"name": name, **bare} for name in known]))
        monkeypatch.setattr(painter, "dictionary", things)
    drawn = [" ".join(painter.surprise(first + i)) for i in range(2 * names)]
    assert set(drawn[:names]) == known
    assert drawn[names:] == drawn[:names]
    assert names == 1 or all(a != b for a, b in pairwise(drawn))


def test_a_long_step_lets_others_have_turns_and_changes_no_picture(painter, monkeypatch):
    from resgen.image import pipeline

    whole = painter.draw("red car", count=8, steps=2, size=64, seed=1, variety=0).pixels
    pauses = []
    monkeypatch.setattr(pipeline, "breathe", lambda: pauses.append(1))
    many = painter.draw("red car", count=24, steps=2, size=256, seed=1, variety=0).pixels
    # Words and style are read three times; in each step 48 rows go through the network and 24 through the decoder;
    # at last each picture is enlarged.
    assert len(pauses) == 2 * (48 // 8 - 1 + 24 // 8 - 1) + 23 + 3
    small = painter.draw("red car", count=24, steps=2, size=64, seed=1, variety=0).pixels
    assert many.shape[0] == 24 and (abs(small[:8].astype(int) - whole) <= 1).all()
