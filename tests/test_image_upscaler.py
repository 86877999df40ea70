"""Tests the promises of the upscaler: four times the size, smooth before it has learned, its figures in its card."""

import itertools

import numpy as np
import pytest
import torch
from conftest import randomise
from pictures import make_painter
from test_image_data import PAIRS
from test_image_train import small_pictures  # noqa: F401

from resgen import checkpoint
from resgen.errors import RequestError
from resgen.image.upscaler import Upscaler
from resgen.training.image import train_upscaler
from resgen.training.image.psnr import decibels
from resgen.training.image.train_upscaler import PATCH, lanczos, patches


def test_a_new_upscaler_enlarges_smoothly():
    pictures = torch.rand(2, 4, 12, 20) * 2 - 1
    large = Upscaler(channels=8, depth=2)(pictures)
    assert large.shape == (2, 4, 48, 80)
    smooth = torch.nn.functional.interpolate(pictures, scale_factor=4, mode="bilinear")
    assert torch.equal(large, smooth)
    assert not torch.allclose(randomise(Upscaler(channels=8, depth=2))(pictures), smooth)


def test_a_finished_picture_is_its_painting_enlarged():
    painter = make_painter()
    small, large = (painter.draw("car", count=2, steps=2, seed=1, size=size) for size in (64, 256))
    assert large.pixels.tobytes() == painter.enlarge(small.pixels).tobytes()
    assert large.settings == small.settings | {"size": 256}


@pytest.mark.parametrize("size", [63, 128, 257, "large"])
def test_other_sizes_are_refused(size):
    with pytest.raises(RequestError, match="size"):
        make_painter().draw("car", size=size)


def test_patches_of_both_sizes_show_the_same_and_come_again():
    large = np.random.default_rng(0).integers(0, 256, (3, 4, 256, 256), dtype=np.uint8)
    small = np.stack([large[..., ::4, ::4]] * 2)
    first, *rest = itertools.islice(patches(small, large, 5, seed=1), 3)
    assert first["small"].shape == (5, 4, PATCH, PATCH)
    assert torch.equal(first["large"][..., ::4, ::4], first["small"])
    again = next(patches(small, large, 5, seed=1, start=2))
    assert all(torch.equal(again[key], rest[-1][key]) for key in again)


def test_decibels_and_lanczos_measure_what_they_say():
    flat = np.full((2, 4, 8, 8), 100, np.uint8)
    assert np.array_equal(lanczos(flat), np.full((2, 4, 32, 32), 100, np.uint8))
    assert decibels(flat, flat + 10) == pytest.approx(10 * np.log10(255**2 / 100))


@pytest.mark.slow
def test_smoke_trains_an_upscaler_that_is_compared(small_pictures, tmp_path):  # noqa: F811
    weights = train_upscaler.main(["--preset", "smoke", "--name", "tiny", "--out", str(tmp_path)])
    _, card, _ = checkpoint.load("upscaler", str(weights))
    assert card["training"]["steps"] == 20 and card["metrics"]["held_out_pairs_pictures"] == len(PAIRS)
    assert card["metrics"]["held_out_pairs_psnr"] > 0 < card["metrics"]["held_out_pairs_psnr_lanczos"]
