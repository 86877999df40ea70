"""Tests the promises of the figures: distances are distances, the classifier counts what it says, sheets are fair."""

import importlib.util
import json

import numpy as np
import pytest
import torch
from pictures import make_painter, make_photographer
from torch import nn

from resgen.errors import DataError
from resgen.evaluation.image import photo, photo_classifier, photo_sweep
from resgen.evaluation.image.classifier import Classifier, accuracy, classifier_loss, disturbed
from resgen.evaluation.image.evaluate import frechet, painted
from resgen.evaluation.image.inception import inception_fid
from resgen.image.photographer import Sampler
from resgen.training.image.photos import Photos
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
    real = photo.Real(np.zeros(0), labels, features, nn.Identity())
    assert real.named(features, labels) > 95
    assert real.named(features, (labels + 1) % 3) < 5


@pytest.fixture
def cached(tmp_path, monkeypatch):
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    return tmp_path


def test_photographs_measured_are_those_the_engine_makes(cached, monkeypatch):
    monkeypatch.setattr(photo, "precision", lambda device: torch.float32)
    photographer = make_photographer()
    pixels = photo.painted(photographer, 6, steps=2, guidance=1.5)
    assert pixels.shape == (6, 3, 32, 32) and pixels.dtype == np.uint8
    drawn = photographer.draw("dog", style="photo", count=1, steps=2, guidance=1.5, seed=photo.FIRST_SEED + 5, size=32)
    assert np.abs(drawn.pixels[0, ..., :3].astype(int) - np.moveaxis(pixels[5], 0, -1)).max() <= 2


def test_a_measurement_that_was_stopped_goes_on(cached):
    made = []

    def make(first, last):
        made.append((first, last))
        return np.arange(first, last)

    assert photo.in_pieces(cached / "x", 5, 2, make).tolist() == list(range(5))
    (cached / "x" / "2-4.npy").unlink()
    assert photo.in_pieces(cached / "x", 5, 2, make).tolist() == list(range(5))
    assert made == [(0, 2), (2, 4), (4, 5), (2, 4)]


def test_other_weights_or_samplers_do_not_share_what_was_painted(cached):
    photographer = make_photographer()
    one = photo.painted(photographer, 2, steps=4, guidance=1.5)
    photographer.sampler = Sampler(whitened=range(0))
    assert not np.array_equal(one, photo.painted(photographer, 2, steps=4, guidance=1.5))


def test_photographs_are_evaluated_from_painting_to_the_nearest_training_pictures(cached, monkeypatch):
    random = np.random.default_rng(0)
    pixels, label = random.integers(0, 256, (60, 3, 32, 32)).astype(np.uint8), np.arange(60) % 10
    everything = Photos(pixels, label, np.arange(60) >= 40, np.zeros(60, int), ["cifar10"])
    monkeypatch.setattr(photo, "photos", lambda: everything)
    monkeypatch.setattr(photo, "features", lambda pixels: torch.from_numpy(pixels).float()[:, 0, 0, :6] / 255)
    network = photo_classifier.PhotoClassifier(photo_classifier.whitening(pixels)).eval()
    monkeypatch.setattr(photo, "classifier_of", lambda train, test: network)
    found = json.loads(json.dumps(photo.evaluate(make_photographer(), 12, steps=1)))
    assert found["pictures"] == 12 and found["steps"] == 1
    for key in ("frechet", "classified", "named", "density", "coverage"):
        assert {key, f"real_{key}"} <= set(found)
    assert len(found["nearest"]) == len(found["real_nearest"]) == 10
    assert all(0 <= index < 40 and distance > 0 for index, distance in found["nearest"])


def test_the_nearest_training_picture_is_found_mirrored_too():
    taught = np.random.default_rng(0).integers(0, 256, (30, 3, 32, 32)).astype(np.uint8)
    found = photo.nearest(taught, np.stack([taught[4], taught[9][..., ::-1], taught[2] ^ 4]))
    assert [index for index, _ in found] == [4, 9, 2]
    assert [distance for _, distance in found] == pytest.approx([0, 0, 4], abs=0.1)


def test_the_table_of_the_sweep_has_a_row_for_each_kind_and_leaves_out_what_was_not_measured():
    rows = photo_sweep.table({"n": {}, "Euler, 4": {"frechet": 12.3, "classified": 70.5}}).splitlines()
    assert rows[0] == "| | 4 steps | 8 steps | 20 steps | 50 steps |"
    assert rows[-1] == "| Euler | 12 / 70 % |  |  |  |"


def test_the_distance_of_papers_says_what_it_needs():
    if importlib.util.find_spec("torch_fidelity"):
        pytest.skip("torch-fidelity is installed")
    with pytest.raises(DataError, match="pip install torch-fidelity"):
        inception_fid(make_photographer(), 10, 1, 1.0)


def test_the_classifier_of_photographs_learns_what_it_is_shown(monkeypatch):
    monkeypatch.setattr(photo_classifier, "WIDTHS", (16, 16, 16))
    torch.manual_seed(0)
    labels = np.arange(40) % 3
    pixels = np.random.default_rng(0).integers(0, 60, (40, 3, 32, 32)).astype(np.uint8)
    pixels[np.arange(40), labels] += 150
    network = photo_classifier.PhotoClassifier(photo_classifier.whitening(pixels))
    optimiser = Optimiser(network, Schedule())
    batch = {"pictures": torch.from_numpy(pixels), "label": torch.from_numpy(labels)}
    for step in range(40):
        photo_classifier.classifier_loss(network, batch).backward()
        optimiser.step(1 - step / 40)
        network.zero_grad()
    assert photo_classifier.accuracy(network.eval(), pixels, labels) > 80
    assert photo_classifier.accuracy(network, pixels, (labels + 1) % 3) < 20


def test_each_epoch_shows_every_picture_once_and_mirrored_the_next_time(monkeypatch):
    monkeypatch.setattr(photo_classifier, "BATCH_SIZE", 5)
    monkeypatch.setattr(photo_classifier, "MOVED", 0)
    pixels = np.random.default_rng(0).integers(0, 256, (10, 3, 32, 32)).astype(np.uint8)
    pictures = Photos(pixels, np.arange(10), np.zeros(10, bool), np.zeros(10, int), ["cifar10"])
    batches = photo_classifier.moved_batches(pictures, seed=0)
    for epoch in range(2):
        parts = [next(batches) for _ in range(2)]
        labels = torch.cat([part["label"] for part in parts]).numpy()
        assert sorted(labels) == list(range(10))
        for shown, label in zip(torch.cat([part["pictures"] for part in parts]).numpy(), labels, strict=True):
            assert np.array_equal(shown, pixels[label][..., ::-1] if (label + epoch) % 2 == 0 else pixels[label])
