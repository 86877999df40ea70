"""Tests the promises of what is made of pictures: how they look over white, sheets, files and samples."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

from resgen.errors import RequestError
from resgen.image.files import grid, save_png, used_for, write_samples
from resgen.image.pixels import over_white, straight
from resgen.image.request import ImageRequest


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
        assert json.loads(image.text["resgen"]) == result.settings == used_for(tmp_path / "car.png")
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
