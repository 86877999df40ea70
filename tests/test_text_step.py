"""Tests the promise that the graph for one position does what the network does."""

import pytest
import torch
from conftest import randomise

from resgen.evaluation.text import baselines  # noqa: F401 - adds the layers "gru" and "attention"
from resgen.packed_linear import prepare_for_decoding
from resgen.text.decoding.traced import TracedStep
from resgen.text.model import TextNet


def advance(step, network, rows: int, first: int = 0):
    """Logits and memory after three tokens and two more, by the step where one is given."""
    tokens = torch.arange(first, first + 5 * rows).view(rows, 5)
    memory = {}
    network(tokens[:, :3], memory)
    for token in tokens[:, 3:].split(1, dim=1):
        logits = step(token, memory) if step else network(token, memory)[:, 0]
    return logits, memory


@pytest.fixture(params=[False, True], ids=["as it is", "packed"])
def stored(request):
    """What is done with a network before its step is made."""

    def store(network: TextNet) -> TextNet:
        if request.param:
            for weight in network.parameters():
                weight.copy_(weight.half())
            prepare_for_decoding(network)
        return network

    return store


@pytest.mark.parametrize("recurrent", ["matrix", "delta", "gru", "attention"])
@torch.inference_mode()
def test_it_gives_the_same_bytes_for_any_number_of_rows(architecture, recurrent, stored):
    stage = ("convolution", "mlp", recurrent, "mlp")
    network = stored(
        randomise(TextNet(**architecture, stage=stage, special_ids=(0, 1, 2))).eval().requires_grad_(False)
    )
    traced = TracedStep(network)
    for rows in (1, 2, 5):
        (logits, memory), (expected, remembered) = (advance(step, network, rows) for step in (traced, None))
        assert torch.equal(logits, expected)
        assert all(torch.equal(memory[layer], remembered[layer]) for layer in remembered)


@torch.inference_mode()
def test_marks_of_a_header_are_read_as_the_network_reads_them(architecture):
    network = randomise(TextNet(**architecture, special_ids=(9, 8, 13))).eval()
    (logits, memory), (expected, remembered) = (advance(step, network, 2, 5) for step in (TracedStep(network), None))
    assert torch.equal(logits, expected)
    assert all(torch.equal(memory[layer], remembered[layer]) for layer in remembered)


@torch.inference_mode()
def test_without_torchscript_the_network_runs_as_it_is(network, monkeypatch):
    monkeypatch.delattr(torch.jit, "trace")
    assert torch.equal(advance(TracedStep(network), network, 2)[0], advance(None, network, 2)[0])


@torch.inference_mode()
def test_the_step_says_nothing_of_what_is_deprecated(network, recwarn):
    TracedStep(network)
    assert not recwarn.list
