"""Tests the promise that a network that grows begins as what it was."""

import json

import pytest
import torch
from conftest import make_sentences, randomise

from resgen import checkpoint
from resgen.text.model import TextNet
from resgen.text.tokenizer import Tokenizer
from resgen.training.text import data, deepen

SMALL = {"vocabulary": 60, "channels": 16, "dilations": [1, 3], "hidden": 24, "heads": 2}
TEXTS = [torch.randint(60, (length,), generator=torch.Generator().manual_seed(length)).tolist() for length in (9, 14)]


@pytest.fixture
def network() -> TextNet:
    return randomise(TextNet(**SMALL)).eval()


@torch.inference_mode()
def logits(network: TextNet) -> torch.Tensor:
    return network(torch.tensor([TEXTS[1]]))


def test_a_new_stage_changes_nothing_and_can_learn(network):
    deeper, architecture = deepen.deepened(network, SMALL, TEXTS, dilation=9, hidden=24)
    assert torch.equal(logits(deeper), logits(network)) and logits(network).std() > 0.1
    assert architecture == SMALL | {"dilations": [1, 3, 9]}
    deeper(torch.tensor([TEXTS[1]])).square().mean().backward()
    assert all(layer.project.weight.grad.abs().max() > 0 for layer in deeper.stack.layers[8:])


def test_channels_that_do_nothing_make_room(network):
    idle = torch.tensor([0, 3, 7, 23])
    with torch.no_grad():
        for layer in (network.stack.layers[place] for place in (1, 3, 5, 7)):
            layer.project.weight[:, idle] = 0
    narrower, architecture = deepen.deepened(network, SMALL, TEXTS, dilation=9, hidden=20)
    assert torch.allclose(logits(narrower), logits(network), atol=1e-5)
    assert architecture["hidden"] == 20 and narrower.stack.layers[1].project.in_channels == 20


def test_the_grown_model_is_saved_with_where_it_came_from(network, tmp_path, monkeypatch):
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    monkeypatch.setattr(deepen, "HIDDEN", 20)
    sentences = make_sentences(40)
    monkeypatch.setattr(data, "documents", lambda name, split: sentences)
    tokenizer = Tokenizer.train(sentences, 300)
    architecture = SMALL | {"vocabulary": len(tokenizer)}
    card = {"kind": "text", "architecture": architecture, "training": {"tokens": 5}, "metrics": {"old": 1}}
    old = checkpoint.save(
        tmp_path, "old", randomise(TextNet(**architecture)), card, {"tokenizer": tokenizer.serialized}
    )
    new = deepen.main([str(old), "--name", "new"])
    made = json.loads(new.with_suffix(".json").read_text())
    assert made["architecture"] == architecture | {"dilations": [1, 3, 27], "hidden": 20}
    assert made["training"]["before"] == {"tokens": 5} and made["metrics"] == {}
    network, _, extras = checkpoint.load("text", str(new))
    assert len(network.stack.layers) == 12 and extras["tokenizer"] == tokenizer.serialized
