"""Tests the promise that a model on disk comes back as it was, and that a damaged one is named, never loaded."""

import hashlib
import json

import pytest
import torch
from conftest import randomise

import resgen
from resgen import checkpoint
from resgen.checkpoint import CheckpointError
from resgen.text.model import TextNet


@pytest.fixture
def saved(tmp_path, network, tokenizer, architecture):
    card = {"kind": "text", "architecture": architecture, "metrics": {"old": 1}}
    return checkpoint.save(tmp_path, "tiny", network, card, {"tokenizer": tokenizer.serialized})


def edit_card(weights, **changes):
    card = weights.with_suffix(".json")
    card.write_text(json.dumps({**json.loads(card.read_text()), **changes}))


def fix_sha(weights):
    edit_card(weights, sha256=hashlib.sha256(weights.read_bytes()).hexdigest())


def refused(weights, names: str):
    with pytest.raises(CheckpointError) as error:
        checkpoint.load("text", str(weights))
    assert names in str(error.value)


def test_a_model_comes_back_with_weights_rounded_to_fp16(saved, network, tokenizer):
    loaded, _card, extras = checkpoint.load("text", str(saved))
    expected = {key: value.half().float() for key, value in network.state_dict().items()}
    assert loaded.state_dict().keys() == expected.keys()
    for key, value in loaded.state_dict().items():
        assert value.dtype == torch.float32
        assert torch.equal(value, expected[key]), key
    assert not loaded.training
    assert extras == {"tokenizer": tokenizer.serialized}
    tokens = torch.arange(20).view(1, -1)
    torch.testing.assert_close(loaded(tokens), network(tokens), atol=1e-2, rtol=1e-2)


def test_the_card_states_what_is_in_the_file(saved, network, architecture):
    card = json.loads(saved.with_suffix(".json").read_text())
    assert card["name"] == "tiny"
    assert card["bytes"] == saved.stat().st_size
    assert card["sha256"] == hashlib.sha256(saved.read_bytes()).hexdigest()
    assert card["parameters"] == sum(p.numel() for p in network.parameters())
    assert card["architecture"] == {**architecture, "dilations": list(architecture["dilations"])}


def test_resgen_load_makes_a_writer_of_a_file(saved, monkeypatch):
    monkeypatch.setenv("RESGEN_DEVICE", "cpu")
    writer = resgen.load("text", str(saved))
    assert writer.write("Hi", words=3, seed=1).settings["model"] == "tiny"


def test_truncated_weights_are_refused(saved):
    saved.write_bytes(saved.read_bytes()[:-10])
    refused(saved, "tiny.safetensors")


def test_truncated_weights_are_refused_even_with_their_sha(saved):
    saved.write_bytes(saved.read_bytes()[:-10])
    fix_sha(saved)
    refused(saved, "tiny.safetensors")


def test_one_flipped_bit_is_refused(saved):
    data = bytearray(saved.read_bytes())
    data[-5] ^= 1
    saved.write_bytes(data)
    refused(saved, "tiny.safetensors")


def test_a_wrong_sha_is_refused(saved):
    edit_card(saved, sha256="0" * 64)
    refused(saved, "tiny.safetensors")


@pytest.mark.parametrize("data", [b"{not json", b"[]", b"{}", b"\xff\xfe", b"", b"3"], ids=repr)
def test_a_card_that_is_none_is_refused(saved, data):
    saved.with_suffix(".json").write_bytes(data)
    refused(saved, "tiny.json")


def test_an_architecture_that_is_no_table_is_refused(saved):
    edit_card(saved, architecture=[1, 2])
    refused(saved, "tiny.safetensors")


def test_a_missing_card_is_named(saved):
    saved.with_suffix(".json").unlink()
    refused(saved, "tiny.json")


def test_missing_weights_are_named(saved):
    saved.unlink()
    refused(saved, "tiny.safetensors")


def test_an_unknown_name_is_answered_with_what_there_is(saved, monkeypatch):
    monkeypatch.setattr(checkpoint, "WEIGHTS", saved.parent)
    with pytest.raises(CheckpointError, match=r"nonsense\.safetensors is missing.*Shipped: tiny"):
        checkpoint.load("text", "nonsense")


def test_another_kind_of_model_is_refused(saved):
    edit_card(saved, kind="image")
    refused(saved, "tiny.json")


def test_an_unknown_kind_is_refused():
    with pytest.raises(CheckpointError, match="smell"):
        checkpoint.load("smell")


@pytest.mark.parametrize("change", [{"channels": 32}, {"dilations": [1]}, {"colour": "red"}, {"heads": 3}], ids=str)
def test_another_architecture_is_refused(saved, architecture, change):
    edit_card(saved, architecture={**architecture, **change})
    refused(saved, "tiny.safetensors")


def test_weights_of_another_network_are_refused(saved, architecture):
    other = saved.parent / "other"
    card = {"kind": "text", "architecture": architecture, "metrics": {}}
    larger = randomise(TextNet(**{**architecture, "hidden": 32}))
    saved.write_bytes(checkpoint.save(other, "tiny", larger, card).read_bytes())
    fix_sha(saved)
    refused(saved, "tiny.safetensors")


def test_a_file_of_another_format_is_refused(saved):
    saved.write_bytes(b"this is no safetensors file" * 100)
    fix_sha(saved)
    refused(saved, "tiny.safetensors")


def test_a_finished_run_of_any_size_gets_its_card(tmp_path):
    big = torch.nn.Linear(3000, 3000)
    weights = checkpoint.save(tmp_path, "big", big, {"kind": "text"})
    assert json.loads(weights.with_suffix(".json").read_text())["bytes"] == weights.stat().st_size > 16 * 2**20


def test_shipped_models_are_listed_with_the_default_first(saved, monkeypatch):
    monkeypatch.setattr(checkpoint, "WEIGHTS", saved.parent)
    for name, kind in [("stories", "text"), ("another", "text"), ("picture", "image")]:
        (saved.parent / f"{name}.json").write_text(json.dumps({"kind": kind}))
    assert checkpoint.available("text") == ["stories", "another", "tiny"]


def test_metrics_are_put_beside_those_already_there(saved):
    card = saved.with_suffix(".json")
    checkpoint.update_metrics(card, {"new": 2.5})
    assert json.loads(card.read_text())["metrics"] == {"old": 1, "new": 2.5}


@pytest.mark.parametrize("kind", filter(checkpoint.available, checkpoint.KINDS))
def test_a_shipped_model_saved_again_has_the_names_and_bytes_it_had(kind, tmp_path):
    weights, card_path = checkpoint.find(kind)
    network, card, extras = checkpoint.load(kind)
    again = checkpoint.save(tmp_path, card["name"], network, card, extras or None)
    assert again.read_bytes() == weights.read_bytes()
    assert json.loads(again.with_suffix(".json").read_text()) == json.loads(card_path.read_text())
