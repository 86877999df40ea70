"""Tests the promise that one command trains a picture model that loads and draws, and goes on where it stopped."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from pictures import AUTOENCODER, ENTRIES, SMALL
from test_image_data import PAIRS

import resgen
from resgen import checkpoint
from resgen.image.autoencoder import Autoencoder
from resgen.image.engine import Painter
from resgen.image.model import PictureNet
from resgen.image.prompt import Dictionary
from resgen.image.request import STYLES
from resgen.training.image import build_dataset as pack
from resgen.training.image import data, train, train_autoencoder, train_decoder
from resgen.training.image.losses import flow_loss


@pytest.fixture
def small_pictures(monkeypatch, tmp_path):
    """A few pictures, their words and a short held-out list in place of the real ones."""
    names = [entry["name"] for entry in ENTRIES]
    name, style = (index.ravel() for index in np.mgrid[: len(names), : len(STYLES)])
    pixels = np.random.default_rng(0).integers(0, 256, (len(name), 4, 64, 64), dtype=np.uint8)
    pictures = data.Pictures(pixels, name, style, names, list(STYLES), ["Objects"] * len(names))
    file = tmp_path / "held_out.json"
    file.write_text(json.dumps({"pairs": PAIRS, "names": ["fire engine"]}))
    monkeypatch.setattr(data, "HELD_OUT", file)

    def emoji(size: int = 64):
        return replace(pictures, pixels=pixels.repeat(size // 64, 2).repeat(size // 64, 3))

    monkeypatch.setattr(data, "emoji", emoji)
    monkeypatch.setattr(data, "words", lambda: {e["name"]: {k: e[k] for k in e if k != "styles"} for e in ENTRIES})


@pytest.fixture
def small_world(small_pictures, monkeypatch):
    """The few pictures, and small networks in place of the real ones."""

    class SmallNet(PictureNet):
        def __init__(self, **architecture):
            # What makes photographs beside it is the shipped one.
            super().__init__(**architecture, **({} if architecture.get("velocity") else SMALL))

    class SmallAutoencoder(Autoencoder):
        def __init__(self, **architecture):
            super().__init__(**architecture, **AUTOENCODER)

    monkeypatch.setattr(train, "PictureNet", SmallNet)
    monkeypatch.setattr("resgen.image.model.PictureNet", SmallNet)
    monkeypatch.setattr(train_autoencoder, "Autoencoder", SmallAutoencoder)
    monkeypatch.setattr("resgen.image.autoencoder.Autoencoder", SmallAutoencoder)


def test_a_guess_of_the_codes_themselves_has_no_loss_and_noise_has():
    codes = torch.randn(4, 16, 8, 8, generator=torch.Generator().manual_seed(0))
    batch = {"codes": codes, "words": None, "letters": None, "style": None}
    assert flow_loss(lambda *inputs: codes, batch) == 0
    assert flow_loss(lambda *inputs: codes + 0.1, batch) > 0.01


def run(module, name: str, folder, *more: str) -> str:
    """The path of what `--preset smoke` trains."""
    return str(module.main(["--preset", "smoke", "--name", name, "--out", str(folder / name), *more]))


@pytest.mark.slow
def test_smoke_trains_an_autoencoder_and_a_model_that_draws_in_its_codes_and_goes_on(small_world, tmp_path):
    codec = run(train_autoencoder, "codec", tmp_path)
    assert checkpoint.load("autoencoder", codec)[1]["metrics"]["held_out_pairs_pictures"] == len(PAIRS)
    weights = run(train, "tiny", tmp_path, "--autoencoder", codec)
    network, card, extras = checkpoint.load("image", weights)
    assert card["training"]["steps"] == 20
    assert card["training"]["pictures"] == len(ENTRIES) * len(STYLES) - len(PAIRS) - len(STYLES)
    assert set(card["data"]) == {"fluent", "noto", "twemoji", "emojibase"}
    dictionary = Dictionary(extras["dictionary"])
    assert dict(zip(dictionary.names, dictionary.entries, strict=True))["fire engine"]["styles"] == []
    drawn = Painter(network, dictionary, card).draw("cat", count=2, steps=2, seed=0)
    assert drawn.pixels.shape == (2, 256, 256, 4)
    losses = [entry for entry in map(json.loads, (tmp_path / "tiny" / "log.jsonl").open()) if "held_out_loss" in entry]
    assert losses and np.isfinite(losses[-1]["seen_loss"])

    later, later_card, _ = checkpoint.load("image", run(train, "more", tmp_path, "--init", weights))
    assert later_card["training"]["init"] == weights
    assert later_card["training"]["before"] == card["training"]
    assert later_card["autoencoder"] == card["autoencoder"]
    assert not torch.equal(later.flow.leave.weight, network.flow.leave.weight)


@pytest.mark.slow
def test_codes_of_another_autoencoder_are_refused(small_world, tmp_path):
    codec = run(train_autoencoder, "codec", tmp_path)
    weights = run(train, "tiny", tmp_path, "--autoencoder", codec)
    run(train_autoencoder, "codec", tmp_path, "--steps", "25")
    with pytest.raises(checkpoint.CheckpointError, match="tiny paints in the codes of another autoencoder"):
        resgen.load("image", weights)
    with pytest.raises(SystemExit):
        run(train, "more", tmp_path, "--init", weights, "--autoencoder", codec)


@pytest.mark.slow
def test_a_decoder_trained_on_still_serves_what_paints_in_its_codes(small_world, tmp_path):
    codec = run(train_autoencoder, "codec", tmp_path)
    weights = run(train, "tiny", tmp_path, "--autoencoder", codec)
    first, old, _ = checkpoint.load("autoencoder", codec)
    pictures = torch.rand(2, 4, 64, 64, generator=torch.Generator().manual_seed(0)) * 2 - 1
    for _ in range(2):  # in place of the one before; it can be done again
        (tmp_path / "codec" / "state.pt").unlink()
        run(train_decoder, "codec", tmp_path, "--init", codec, "--painter", weights)
        later, card, _ = checkpoint.load("autoencoder", codec)
        assert card["codes_of"] == old["sha256"] != card["sha256"]
        assert torch.equal(later.encode(pictures), first.encode(pictures))
        assert not torch.equal(later.leave.weight, first.leave.weight)
        assert torch.equal(resgen.load("image", weights).autoencoder.leave.weight, later.leave.weight)


def test_the_pack_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="install npm"):
        pack.npm_json("anything", "data.json")
    with pytest.raises(SystemExit, match="install npm"):
        pack.main(["--out", str(tmp_path / "out")])
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit, match="Cannot write to"):
        pack.main(["--out", str(tmp_path / "file")])


def test_data_that_is_nowhere_is_explained(monkeypatch):
    monkeypatch.setattr(data, "data_file", lambda file: None)
    data.emoji.cache_clear()
    with pytest.raises(
        FileNotFoundError, match=r"python -m resgen.training.image.build_dataset --size 64 --out FOLDER/image"
    ):
        data.emoji()
