"""Tests the promise that what is written fast is what the teacher would have written: the same logits, tokens that may
follow, and slots that go to new stories."""

import numpy as np
import pytest
import torch
from conftest import randomise

from resgen.training.text.distil import smollm
from resgen.training.text.distil.sampler import Sampler
from resgen.training.text.distil.smollm import SmolLM

END = 0


@pytest.fixture(autouse=True)
def small(monkeypatch):
    for name, size in {"WIDTH": 24, "DEPTH": 3, "HEADS": 6, "GROUPS": 2, "SIZE": 4, "HIDDEN": 16}.items():
        monkeypatch.setattr(smollm, name, size)


@pytest.fixture
def network() -> SmolLM:
    torch.manual_seed(0)
    return randomise(SmolLM(60)).eval().requires_grad_(False)


def sampler(network: SmolLM, rows: int = 3, length: int = 20) -> Sampler:
    return Sampler(network, rows, length, END, torch.float32, seed=2)


@torch.inference_mode()
def test_one_place_at_a_time_its_logits_are_the_networks(network):
    tokens = torch.randint(0, 60, (3, 15), generator=torch.Generator().manual_seed(1))
    expected = network(tokens)
    assert expected.std() > 0.3
    assert torch.allclose(sampler(network).logits_of(tokens.int()), expected, atol=1e-4)


@torch.inference_mode()
def test_it_goes_on_from_what_was_given_with_what_may_follow_and_tells_how_likely_that_was(network):
    writing = sampler(network)
    begun, least = [[END], [END, 7, 8, 9], [END, 5]], np.array([0.5, 0.1, 0.0])
    writing.begin(np.arange(3), begun, least)
    for _ in range(12):
        writing.step()
    for row, first in enumerate(begun):
        read = int(writing.pos[row]) + 1
        assert writing.tokens[row, : len(first)].tolist() == first
        shares = network(writing.tokens[row : row + 1, :read].long()).softmax(-1)[0]
        for at in range(read - 1):
            topk_probs, topk_ids = shares[at].topk(16)
            assert torch.allclose(writing.topk_probs[row, at].float(), topk_probs, atol=1e-3)
            assert writing.topk_ids[row, at, 0] == topk_ids[0]
            if at + 1 >= len(first):
                assert shares[at, writing.tokens[row, at + 1].long()] >= least[row] * topk_probs[0] * 0.99


def test_a_place_whose_story_is_over_is_given_to_another(network):
    writing = sampler(network, rows=4, length=8)
    writing.begin(np.arange(4), [[END, 3]] * 4, np.zeros(4))
    for _ in range(20):
        writing.step()
    at, over, tokens, sizes, given, _, _ = writing.finished()
    assert at.tolist() == [0, 1, 2, 3] and set(given.tolist()) == {2}
    for how, row, size, place in zip(over, tokens, sizes, at, strict=True):
        assert how == 2 or writing.tokens[place, size] == END  # too long, or at its end
        assert END not in row[1:size].tolist()
    writing.begin(np.array([2]), [[END, 4, 5]], np.zeros(1))
    writing.step()
    assert writing.tokens[2, :3].tolist() == [END, 4, 5]
    assert writing.over.tolist()[2] == 0 and all(writing.over[[0, 1, 3]])
