"""Tests the promises of the figures: distances are distances, the classifier counts what it says, sheets are fair."""

import numpy as np
import pytest
import torch
from pictures import make_painter, make_photographer

from resgen.evaluation.image import photo, photo_sweep
from resgen.evaluation.image.classifier import Classifier, accuracy, classifier_loss, disturbed
from resgen.evaluation.image.evaluate import frechet, painted
from resgen.training.optim import Optimiser, Schedule


@pytest.fixture
def pictures() -> torch.Tensor:
    return torch.rand(6, 3, 64, 64, generator=torch.Generator().manual_seed(0)) * 2 - 1


def test_the_distance_of_a_set_from_itself_is_zero():
    features = torch.randn(200, 8, generator=torch.Generator().manual_seed(0))
    assert frechet(features, features) == pytest.approx(0, abs=1e-6)


def test_the_distance_is_that_of_two_gaussians():
    features = torch.randn(4000, 3, generator=torch.Generator().manual_seed(0)).double()
    features = (features - features.mean(0)) @ torch.linalg.inv(torch.linalg.cholesky(features.T.cov())).T
    other = features * torch.tensor([2.0, 1.0, 3.0]) + torch.tensor([0.0, 5.0, 0.0])
    # Equal axes: the squared difference of means, and of standard deviations.
    assert frechet(features, other) == pytest.approx(25 + 1 + 4, rel=1e-4)


def test_disturbed_pictures_stay_pictures_on_white(pictures):
    torch.manual_seed(0)
    moved = disturbed(pictures)
    assert moved.shape == pictures.shape and moved.isfinite().all()
    assert (moved - pictures).abs().mean() > 0.05
    blank = disturbed(torch.ones(4, 3, 64, 64))
    assert (blank - 1).abs().mean() < 0.15  # noise, but no dark border from turning and moving


@pytest.mark.slow
def test_the_judge_learns_what_it_is_shown():
    torch.manual_seed(0)
    classifier = Classifier(names=6, styles=2)
    colours = torch.tensor([[i & 1, i >> 1 & 1, i >> 2] for i in range(6)]).view(6, 3, 1, 1)
    pixels = (colours * 200).expand(6, 3, 64, 64).to(torch.uint8)
    batch = {"pictures": pixels, "name": torch.arange(6), "style": torch.arange(6) % 2}
    optimiser = Optimiser(classifier, Schedule())
    for _ in range(20):
        classifier_loss(classifier, batch).backward()
        optimiser.step(1.0)
        classifier.zero_grad()
    found = accuracy(classifier.eval(), pixels.numpy(), np.arange(6), np.arange(6) % 2)
    assert found["top1"] > 80 and found["top5"] >= found["top1"] and found["style"] > 80
    wrong = accuracy(classifier, pixels.numpy(), (np.arange(6) + 1) % 6, 1 - np.arange(6) % 2)
    assert wrong["top1"] < 20 and wrong["style"] < 20


def test_painted_pictures_are_those_the_engine_draws():
    painter = make_painter()
    pixels = painted(painter, [("cat", "noto"), ("red apple", "twemoji")], seed=5, steps=2, guidance=1.5)
    assert pixels.shape == (2, 4, 64, 64) and pixels.dtype == np.uint8
    drawn = painter.draw("red apple", style="twemoji", count=1, steps=2, guidance=1.5, seed=6, size=64)
    colour = drawn.pixels[0, ..., :3].astype(int)
    opaque = drawn.pixels[0, ..., 3] == 255
    assert opaque.any()
    assert np.abs(colour[opaque] - np.moveaxis(pixels[1, :3], 0, -1)[opaque]).max() <= 2


def test_equal_sets_are_covered_and_a_set_of_one_kind_is_not():
    random = torch.Generator().manual_seed(0)
    real, again = torch.randn(2, 400, 4, generator=random)
    density, coverage = photo.density_and_coverage(real, again)
    assert density == pytest.approx(1, abs=0.15) and coverage > 0.95
    density, coverage = photo.density_and_coverage(real, 0.05 * again)
    assert density > 1.3 and coverage < 0.3  # all at the centre: true to the real ones, but not diverse
    density, coverage = photo.density_and_coverage(real, again + 20)
    assert density == coverage == 0


def test_a_linear_map_names_what_it_can_tell_apart():
    labels = torch.arange(300) % 3
    features = torch.randn(300, 8, generator=torch.Generator().manual_seed(0)) + 6 * torch.eye(3, 8)[labels]
    real = photo.Real(features, labels)
    assert real.named(features, labels) > 95
    assert real.named(features, (labels + 1) % 3) < 5


def test_photographs_measured_are_those_the_engine_makes():
    photographer = make_photographer()
    pixels = photo.painted(photographer, np.array([3, 5]), seed=9, steps=2, guidance=1.5)
    assert pixels.shape == (2, 3, 32, 32) and pixels.dtype == np.uint8
    drawn = photographer.draw("dog", style="photo", count=1, steps=2, guidance=1.5, seed=10, size=32)
    assert np.abs(drawn.pixels[0, ..., :3].astype(int) - np.moveaxis(pixels[1], 0, -1)).max() <= 2


def test_the_table_of_the_sweep_has_a_row_for_each_kind_and_leaves_out_what_was_not_measured():
    rows = photo_sweep.table({"n": {}, "Euler, 4": {"frechet": 12.3, "named": 70.5}}).splitlines()
    assert rows[0] == "| | 4 steps | 8 steps | 20 steps |"
    assert rows[-1] == "| Euler | 12 / 70 % |  |  |"
