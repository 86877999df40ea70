"""Tests the promise that averaged weights lie where they were asked for, and that only what is alike is averaged."""

import json

import pytest
import torch
from conftest import randomise

from resgen import checkpoint
from resgen.text.model import TextNet
from resgen.training import average


@pytest.fixture
def two(tmp_path, architecture, tokenizer):
    paths = []
    for seed, name in enumerate(("old", "new")):
        network = randomise(TextNet(**architecture), seed)
        card = {"kind": "text", "architecture": architecture, "training": name, "metrics": {"bits": seed}}
        paths.append(checkpoint.save(tmp_path, name, network, card, {"tokenizer": tokenizer.serialized}))
    return [str(path) for path in paths]


@pytest.mark.parametrize("share", [0, 0.25, 1])
def test_weights_lie_between(two, tmp_path, share):
    old, new = two
    path = average.average("text", new, old, share, tmp_path / "run", "mean")
    (mean, card, extras), (first, card_of_first, _), (second, _, kept) = (
        checkpoint.load("text", str(model)) for model in (path, old, new)
    )
    for key, value in mean.state_dict().items():
        expected = share * second.state_dict()[key] + (1 - share) * first.state_dict()[key]
        assert torch.allclose(value, expected, atol=2e-3), key
    assert extras == kept and card["training"] == "new" and card["metrics"] == {} and card["name"] == "mean"
    assert card["averaged"] == {"share": share, "with": card_of_first["sha256"]}


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_is_a_share(two, tmp_path, share):
    with pytest.raises(ValueError, match="0-1"):
        average.average("text", *two, share, tmp_path / "run", "mean")
    assert not (tmp_path / "run").exists()


def test_only_what_is_alike_is_averaged(two, tmp_path, architecture, tokenizer, monkeypatch):
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    extras = {"tokenizer": tokenizer.serialized}
    wide = TextNet(**architecture | {"hidden": 40})
    card = {"kind": "text", "architecture": architecture | {"hidden": 40}}
    for network, spoken, fault in ((wide, extras, "different size"), (None, {"tokenizer": "other"}, "tokenizers")):
        network = network or TextNet(**architecture)
        fitting = card if network is wide else card | {"architecture": architecture}
        other = checkpoint.save(tmp_path, "other", network, fitting, spoken)
        with pytest.raises(SystemExit, match=fault):
            average.main(["text", two[0], str(other), "--name", "mean"])
    with pytest.raises(SystemExit, match="nowhere"):
        average.main(["text", two[0], str(tmp_path / "nowhere.safetensors")])
    assert not (tmp_path / "runs").exists()
    assert json.loads(average.main(["text", *two, "--name", "mean"]).with_suffix(".json").read_text())["averaged"]
