"""Tests the promises of blending, avoiding, beginning from a picture, and of opening one that a visitor gives."""

import io
import json

import numpy as np
import pytest
import torch
from pictures import make_dictionary, make_painter
from PIL import Image

from resgen.errors import RequestError
from resgen.image.files import IMAGE_DESCRIPTION, save_animation, write_samples
from resgen.image.init_image import opened, prepared
from resgen.image.sampling import euler_sample, noise_for


@pytest.fixture(scope="module")
def painter():
    return make_painter()


def drawn(painter, prompt: str, **settings) -> bytes:
    return painter.draw(
        prompt, **{"count": 2, "steps": 2, "seed": 3, "style": "noto", "variety": 0} | settings
    ).pixels.tobytes()


@pytest.mark.parametrize(("balance", "alone"), [(0, "cat"), (1, "dog")])
def test_the_ends_of_a_blend_are_the_things_alone(painter, balance, alone):
    assert drawn(painter, "cat", blend="dog", balance=balance) == drawn(painter, alone)


def test_a_blend_is_neither_thing(painter):
    assert len({drawn(painter, "cat"), drawn(painter, "dog"), drawn(painter, "cat", blend="dog")}) == 3


def test_a_picture_is_grey_as_a_whole_or_not_at_all(painter):
    *_, last = painter.run(painter.request("grey cat", "noto", 1, 2, seed=1))
    red, green, blue, _ = np.moveaxis(last.pixels, -1, 0)
    assert (red == green).all() and (green == blue).all() and not last.reading.notices
    told = painter.reading(painter.request("cat", blend="grey dog")).notices
    assert any(sentence.startswith("Grey is left out") for sentence in told)


def test_a_strip_goes_from_one_thing_to_the_other_with_one_noise(painter):
    *_, last = painter.run(painter.request("cat", "noto", 3, 2, blend="dog", seed=3, strip=True))
    ends = [painter.draw(name, count=1, steps=2, seed=3, style="noto").pixels[0] for name in ("cat", "dog")]
    for picture, end in zip((last.pixels[0], last.pixels[2]), ends, strict=True):
        assert np.abs(picture.astype(int) - end).max() <= 2
    middle = painter.draw("cat", blend="dog", balance=0.5, count=1, steps=2, seed=3, style="noto").pixels[0]
    assert np.abs(last.pixels[1].astype(int) - middle).max() <= 2


def test_a_strip_needs_a_second_thing(painter):
    with pytest.raises(RequestError, match="blend"):
        next(painter.run(painter.request("cat", strip=True)))


@pytest.mark.parametrize("strip", [False, True])
def test_the_settings_of_what_began_from_a_picture_make_it_again(painter, strip):
    given = Image.effect_noise((90, 50), 90).convert("RGB")
    first = painter.draw("cat", blend="dog", count=2, steps=2, picture=given, strip=strip)
    settings = json.loads(json.dumps(first.settings))
    assert settings["strip"] is strip and settings.pop("model") == "tiny"
    *_, again = painter.run(painter.request(**settings))
    assert again.pixels.tobytes() == first.pixels.tobytes() and again.settings == first.settings


@pytest.mark.parametrize("picture", ["car.png", "/etc/passwd", "https://example.org/car.png", "data:text/html,a", "a"])
def test_a_picture_in_a_request_is_data_and_never_a_file(painter, monkeypatch, picture):
    monkeypatch.setattr("resgen.image.init_image.opened", lambda source: pytest.fail("a file was opened"))
    with pytest.raises(RequestError, match="picture must be a data: address"):
        next(painter.run(painter.request("cat", picture=picture)))


@pytest.mark.parametrize("data", ["", "AAAA", "iVBORw0KGgo=", "§", "AAA", "A A=", "/etc/passwd"])
def test_data_that_is_no_picture_is_refused_before_any_work(painter, monkeypatch, data):
    monkeypatch.setattr(painter, "paint", None)
    with pytest.raises(RequestError, match="picture"):
        next(painter.run(painter.request("cat", picture=f"data:image/png;base64,{data}")))


def test_samples_are_no_film_strip(painter, tmp_path):
    with pytest.raises(RequestError, match="no film strip"):
        write_samples(painter, painter.request("cat", blend="dog", strip=True), tmp_path / "samples.npy")


def test_words_to_avoid_count_only_with_guidance(painter):
    assert drawn(painter, "cat", avoid="red", guidance=1) == drawn(painter, "cat", guidance=1)
    assert drawn(painter, "cat", avoid="red", guidance=3) != drawn(painter, "cat", guidance=3)


@pytest.mark.parametrize("name", ["blend", "avoid"])
def test_second_texts_are_read_as_prompts_are(painter, name):
    result = painter.draw("cat", count=1, steps=1, **{name: "blorx 犭"})
    assert result.reading.words == ("cat",)
    assert result.reading.unknown == ("blorx",) and result.reading.dropped == ("犭",)
    with pytest.raises(RequestError, match="No word of"):
        painter.draw("cat", **{name: "?!"})


def test_a_picture_given_is_kept_as_far_as_strength_lets_it(painter):
    given = Image.new("RGBA", (64, 64), (200, 30, 30, 255))
    codes = painter.encode(given)
    kept = [painter.draw("cat", count=1, steps=4, seed=1, picture=given, strength=s) for s in (0.05, 0.5, 1)]
    assert len({result.pixels.tobytes() for result in kept}) == 3
    assert drawn(painter, "cat", picture=given, strength=1) == drawn(painter, "cat")
    exact = list(euler_sample(lambda noisy, time: codes, noise_for([1], codes.shape[1:]), 3, codes, 0.4))
    assert torch.equal(exact[-1], codes)


def test_a_flow_from_a_start_begins_at_its_strength():
    start, noise, seen = torch.ones(1, 4, 2, 2), noise_for([1], (4, 2, 2)), []

    def guess(noisy, time):
        seen.append(time)
        torch.testing.assert_close(noisy, (1 - time) * start + time * noise)
        return start

    list(euler_sample(guess, noise, 4, start, 0.5))
    assert seen[0] == 0.5 and seen == sorted(seen, reverse=True)


def saved(image: Image.Image, kind: str, **options) -> io.BytesIO:
    file = io.BytesIO()
    image.save(file, kind, **options)
    file.seek(0)
    return file


def test_a_photograph_is_turned_as_the_camera_was_held():
    image = Image.new("RGB", (40, 20), "white")
    image.paste("red", (0, 0, 20, 20))  # left half
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees to the right: left becomes top
    upright = opened(saved(image, "PNG", exif=exif))
    assert upright.size == (20, 40)
    assert upright.getpixel((10, 5))[:3] == (255, 0, 0) and upright.getpixel((10, 35))[:3] == (255, 255, 255)


def test_of_an_animation_the_first_frame_is_taken():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    assert opened(saved(frames[0], "GIF", save_all=True, append_images=frames[1:])).getpixel((4, 4)) == (255, 0, 0, 255)


def test_transparency_is_kept_over_white():
    picture = prepared(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), 64)
    assert picture[0, :3].min() == 1 and picture[0, 3].max() == -1
    half = prepared(Image.new("RGBA", (10, 20), (0, 0, 255, 255)), 64)[0]
    assert half.shape == (4, 64, 64)
    assert half[:, 32, 32].tolist() == [-1, -1, 1, 1] and half[:, 32, 2].tolist() == [1, 1, 1, -1]


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (2000, 1500)])
def test_any_shape_of_picture_fits(painter, size):
    picture = opened(saved(Image.new("L", size, 90), "PNG"))
    assert painter.draw("cat", count=1, steps=1, picture=picture, size=64).pixels.shape == (1, 64, 64, 4)


@pytest.mark.parametrize(
    "content",
    [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, saved(Image.new("L", (9, 9)), "PNG").read()[:40]],
)
def test_what_is_no_picture_is_refused_before_any_work(painter, tmp_path, content):
    path = tmp_path / "given.png"
    path.write_bytes(content)
    with pytest.raises(RequestError, match="not a picture"):
        painter.draw("cat", picture=path)


def test_a_picture_too_large_is_refused_before_its_pixels_are_read(monkeypatch):
    file = saved(Image.new("1", (6000, 5000)), "PNG")  # some kilobytes that would become 120 MB
    assert len(file.getvalue()) < 50_000
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("its pixels were read"))
    with pytest.raises(RequestError, match="25,000,000"):
        opened(file)


def test_a_decompression_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(RequestError, match="too many pixels"):
        opened(saved(Image.new("1", (200, 200)), "PNG"))


def test_an_animation_has_every_step_and_the_settings(painter, tmp_path):
    results = list(painter.run(painter.request("cat", count=2, steps=3, seed=1)))
    save_animation([result.pixels for result in results], tmp_path / "steps.webp", results[-1].settings)
    with Image.open(tmp_path / "steps.webp") as film:
        assert film.n_frames == 3 and film.size == (512, 256)
        assert json.loads(film.getexif()[IMAGE_DESCRIPTION]) == results[-1].settings


def test_things_mentioned_are_found_by_their_names_most_often_first():
    text = "A mouse met a polar bear. Two polar bears and the mice rode a car; the car was red. The bear slept."
    found = make_dictionary().mentioned(text, 9)
    assert found == ["mouse", "polar bear", "car", "bear"]
    assert make_dictionary().mentioned(text, 2) == ["mouse", "polar bear"]
    assert make_dictionary().mentioned("A fire engine saw nothing.", 4) == []  # held out


def test_the_settings_of_each_picture_of_a_strip_make_it_alone(painter):
    *_, strip = painter.run(painter.request("cat", "mix", 3, 2, blend="dog", seed=3, strip=True))
    for pixels, own in zip(strip.pixels, strip.own, strict=True):
        settings = strip.settings | own
        settings.pop("model")
        assert np.abs(painter.draw(**settings).pixels[0].astype(int) - pixels).max() <= 2
