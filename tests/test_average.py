"""Tests the promise that averaged weights lie where they were asked for, and that only what is alike is averaged."""

import json

import pytest
import torch
from conftest import randomise

from resgen import checkpoint
from resgen.text.model import TextNet
from resgen.training import average
from resgen.training.run import lineage


@pytest.fixture
def two(tmp_path, architecture, tokenizer):
    paths = []
    for seed, name in enumerate(("old", "new")):
        network = randomise(TextNet(**architecture), seed)
        card = {"kind": "text", "architecture": architecture, "training": {"run": name}, "metrics": {"bits": seed}}
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
    assert extras == kept and card["training"] == {"run": "new"} and card["metrics"] == {} and card["name"] == "mean"
    assert card["averaged"] == {"share": share, "with": card_of_first["sha256"], "with_training": {"run": "old"}}


def test_what_was_averaged_before_and_all_credits_stay_in_the_card(tmp_path, architecture, tokenizer):
    def saved(name: str, training: dict, data: dict) -> str:
        card = {"kind": "text", "architecture": architecture, "training": training, "data": data, "metrics": {}}
        network = randomise(TextNet(**architecture))
        return str(checkpoint.save(tmp_path, name, network, card, {"tokenizer": tokenizer.serialized}))

    old, new = saved("old", {"run": 1}, {"a": "A"}), saved("new", {"run": 2, "before": {"run": 1}}, {"b": "B"})
    first = average.average("text", new, old, 0.7, tmp_path, "first")
    _, card, _ = checkpoint.load("text", str(first))
    assert card["data"] == {"a": "A", "b": "B"}
    assert set(card["averaged"]) == {"share", "with"}  # the new one's training tells how the old one was made
    assert lineage(card) == {"run": 2, "before": {"run": 1}, "averaged": card["averaged"]}
    other = saved("other", {"run": 3, "before": lineage(card)}, {})
    _, both, _ = checkpoint.load("text", str(average.average("text", str(first), other, 0.5, tmp_path, "second")))
    assert both["averaged"]["new"] == card["averaged"]
    assert both["averaged"]["with_training"] == {"run": 3, "before": lineage(card)}


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
