"""Tests the promises of the text network: finite, causal, the same in pieces as in one, and its recurrence."""

import pytest
import torch
from conftest import randomise

from resgen import checkpoint
from resgen.evaluation.text import baselines  # noqa: F401 - adds the layers "gru" and "attention"
from resgen.evaluation.text.baselines import Attention
from resgen.packed_linear import prepare_for_decoding
from resgen.text.model import TextNet
from resgen.text.recurrent import MatrixRNN, recurrent_step, scan
from resgen.text.topic_embedding import TopicConditioning

T = 140


@pytest.fixture
def tokens(architecture):
    return torch.randint(architecture["vocabulary"], (2, T), generator=torch.Generator().manual_seed(3))


@pytest.fixture(params=["matrix", "delta", "gru", "attention"])
def kind(request, architecture):
    """A network with each kind of layer that remembers."""
    stage = ("convolution", "mlp", request.param, "mlp")
    return randomise(TextNet(**architecture, stage=stage)).eval().requires_grad_(False)


def by_steps(q, k, v, log_decay, state, write=None):
    """The recurrences as they are written in the docstring of `scan`."""
    outputs = []
    for t in range(q.shape[2]):
        decay, key = log_decay[:, :, t, None, None].exp(), k[:, :, t, :, None]
        written = key * v[:, :, t, None, :]
        if write is not None:
            strength = write[:, :, t, None, None]
            state = state - strength * key * (key.mT @ state)
            written = strength * written
        state = decay * state + written
        outputs.append((q[:, :, t, None, :] @ state)[:, :, 0])
    return torch.stack(outputs, dim=2), state


def random_scan_inputs(length: int):
    torch.manual_seed(0)
    q, k, v = (torch.randn(2, 3, length, width, dtype=torch.float64) for width in (4, 4, 5))
    log_decay = -torch.rand(2, 3, length, dtype=torch.float64)
    return q, k, v, log_decay, torch.randn(2, 3, 4, 5, dtype=torch.float64)


def test_logits_are_finite_for_every_token_of_the_vocabulary(network, tokens, architecture):
    logits = network(tokens)
    assert logits.shape == (2, T, architecture["vocabulary"])
    assert logits.isfinite().all()


def test_every_parameter_gets_a_gradient(architecture, tokens):
    network = randomise(TextNet(**architecture))
    network(tokens).log_softmax(-1)[..., 7].sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().sum() > 0, name


def test_the_network_sees_no_future(network, tokens):
    changed = tokens.clone()
    changed[:, 90:] = (changed[:, 90:] + 1) % 256
    before, after = network(tokens), network(changed)
    torch.testing.assert_close(before[:, :90], after[:, :90], atol=1e-5, rtol=1e-5)
    assert not torch.allclose(before[:, 90], after[:, 90], atol=1e-3)


@pytest.mark.parametrize("pieces", [[1] * T, [70, 1, 69]], ids=lambda pieces: str(pieces[:3]))
def test_every_kind_of_memory_equals_the_whole(kind, tokens, pieces):
    memory = {}
    parts = [kind(piece, memory) for piece in tokens.split(pieces, dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), kind(tokens), atol=1e-4, rtol=1e-4)
    assert all(len(value) == len(tokens) for value in memory.values())  # rows first, so that they can be chosen


def test_every_kind_is_causal_and_remembers_long(kind, tokens):
    changed = tokens.clone()
    changed[:, 90:] = (changed[:, 90:] + 1) % 256
    torch.testing.assert_close(kind(tokens)[:, :90], kind(changed)[:, :90], atol=1e-5, rtol=1e-5)
    changed = tokens.clone()
    changed[:, 0] = (changed[:, 0] + 1) % 256
    assert not torch.allclose(kind(tokens)[:, 12], kind(changed)[:, 12], atol=1e-5)


def test_only_attention_needs_more_memory_for_longer_texts(kind, tokens):
    def size(memory) -> int:
        return sum(value.numel() for value in memory.values())

    memory = {}
    kind(tokens[:, :1].expand(-1, 300), memory)
    before = size(memory)
    kind(tokens[:, :1].expand(-1, 300), memory)
    attends = any(isinstance(layer, Attention) for layer in kind.modules())
    assert (size(memory) > before) == attends


def test_weights_laid_out_for_one_position_say_the_same_and_are_saved_the_same(kind, tokens, tmp_path):
    def saved(name: str) -> bytes:
        return checkpoint.save(tmp_path, name, kind, {"kind": "text"}).read_bytes()

    logits, file, shapes = kind(tokens), saved("before"), {n: p.shape for n, p in kind.named_parameters()}
    prepare_for_decoding(kind)
    assert not kind.embed.weight.is_contiguous() and kind.stack.layers[0].project.weight.is_contiguous()
    assert {n: p.shape for n, p in kind.named_parameters()} == shapes
    torch.testing.assert_close(kind(tokens), logits, atol=1e-5, rtol=1e-5)
    assert saved("after") == file


MARKS = (0, 1, 2)
HEADED = [0, 9, 0, 1, 5, 6, 7, 2, 8, 8, 0, 8, 0, 1, 4, 2, 9, 9]  # no header, one of three tokens, none, one of one


@pytest.fixture
def topical(architecture):
    return randomise(TextNet(**architecture, special_ids=MARKS)).eval().requires_grad_(False)


def test_the_topic_in_view_is_the_sum_of_its_own_documents_header():
    topic = TopicConditioning(4, MARKS)
    torch.nn.init.eye_(topic.map.weight)
    tokens = torch.tensor([HEADED])
    embedded = torch.randn(1, len(HEADED), 4)
    seen = topic(tokens, embedded)[0]
    three, one = embedded[0, 4:7].sum(0) / 3**0.5, embedded[0, 14]
    expected = [(0, None), (1, None), (3, None), (4, embedded[0, 4]), (7, three), (9, three), (10, None), (11, None)]
    for place, vector in [*expected, (12, None), (14, one), (15, one), (17, one)]:
        torch.testing.assert_close(seen[place], torch.zeros(4) if vector is None else vector, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("pieces", [[1] * 18, [5, 1, 6, 6], [3, 15], [17, 1]], ids=str)
def test_the_topic_in_view_is_the_same_in_pieces(topical, pieces):
    tokens = torch.tensor([HEADED, HEADED[::-1]])
    memory = {}
    parts = [topical(piece, memory) for piece in tokens.split(pieces, dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), topical(tokens), atol=1e-4, rtol=1e-4)


def test_a_topic_is_in_view_however_far_behind(topical):
    far = [0, 1, 5, 2] + [7] * 400
    other = [0, 1, 6, 2] + [7] * 400
    for layer in topical.stack.layers:
        if isinstance(layer, MatrixRNN):
            layer.project.weight.zero_()  # nothing else remembers
    assert not torch.allclose(topical(torch.tensor([far]))[0, -1], topical(torch.tensor([other]))[0, -1], atol=1e-4)


def test_a_fresh_topic_changes_nothing(architecture, tokens):
    torch.manual_seed(0)
    fresh = TextNet(**architecture, special_ids=MARKS)
    plain = TextNet(**architecture)
    plain.load_state_dict(fresh.state_dict(), strict=False)
    assert torch.equal(fresh(tokens), plain(tokens))


def test_a_plain_stack_has_no_residual_connections(architecture, tokens):
    plain = TextNet(**architecture, residual=False)
    assert plain(tokens).isfinite().all()
    assert all(layer.project.weight.abs().sum() > 0 for layer in plain.stack.layers if hasattr(layer, "expand"))


def test_unknown_layers_are_refused_by_name(architecture):
    with pytest.raises(ValueError, match="lstm"):
        TextNet(**architecture, stage=("convolution", "lstm"))


PIECES = [[1] * T, [2] * 70, [70, 70], [1, 64, 75], [100, 40], [139, 1]]


@pytest.mark.parametrize("pieces", PIECES, ids=lambda pieces: str(pieces[:3]))
def test_pieces_with_a_memory_equal_the_whole(network, tokens, pieces):
    memory = {}
    parts = [network(piece, memory) for piece in tokens.split(pieces, dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), network(tokens), atol=1e-4, rtol=1e-4)


def test_rows_of_a_batch_do_not_influence_each_other(network, tokens):
    torch.testing.assert_close(network(tokens)[1:], network(tokens[1:]), atol=1e-4, rtol=1e-4)


def test_old_tokens_are_remembered_beyond_the_reach_of_the_convolutions(network, tokens):
    changed = tokens.clone()
    changed[:, 0] = (changed[:, 0] + 1) % 256
    reach = 2 * (1 + 3)
    assert not torch.allclose(network(tokens)[:, reach + 2], network(changed)[:, reach + 2], atol=1e-5)


def test_a_fresh_network_predicts_nearly_evenly(architecture, tokens):
    torch.manual_seed(0)
    probabilities = TextNet(**architecture)(tokens).softmax(-1)
    assert probabilities.max() < 0.05


@pytest.mark.parametrize("delta", [False, True])
@pytest.mark.parametrize("chunk", [1, 3, 8, 24])
def test_scan_equals_the_recurrence_step_by_step(chunk, delta):
    q, k, v, log_decay, state = random_scan_inputs(24)
    write = torch.rand(log_decay.shape, dtype=torch.float64) if delta else None
    k = torch.nn.functional.normalize(k, dim=-1)
    y, last_state = scan(q, k, v, log_decay, state, chunk, write)
    expected, last = by_steps(q, k, v, log_decay, state, write)
    torch.testing.assert_close(y, expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(last_state.double(), last, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("delta", [False, True])
def test_a_step_is_the_recurrence_of_one_position(delta):
    q, k, v, log_decay, state = random_scan_inputs(1)
    write = torch.rand(log_decay.shape, dtype=torch.float64) if delta else None
    y, last_state = recurrent_step(q, k, v, log_decay.exp(), state, write)
    expected, last = by_steps(q, k, v, log_decay, state, write)
    torch.testing.assert_close(y, expected)
    torch.testing.assert_close(last_state, last)


def test_scan_survives_strong_forgetting():
    q, k, v, log_decay, state = (part.float() for part in random_scan_inputs(64))
    y, last = scan(q, k, v, log_decay * 100, state, 64)
    expected, _ = by_steps(q, k, v, log_decay * 100, state)
    assert y.isfinite().all() and last.isfinite().all()
    torch.testing.assert_close(y, expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("chunk", [1, 7, 32, 200])
def test_the_chunk_does_not_matter(chunk):
    x = torch.randn(2, 16, 100, generator=torch.Generator().manual_seed(0))
    one, other = (randomise(MatrixRNN(16, heads=2, chunk=size)) for size in (chunk, 64))
    torch.testing.assert_close(one(x), other(x), atol=1e-4, rtol=1e-4)


def test_a_fresh_recurrent_layer_adds_nothing_and_remembers_long():
    layer = MatrixRNN(16, heads=4)
    assert torch.equal(layer(torch.randn(1, 16, 10)), torch.zeros(1, 16, 10))
    kept = torch.exp(-torch.nn.functional.softplus(layer.control.bias[:4]))
    torch.testing.assert_close(1 - kept, torch.tensor([0.1, 0.0215, 0.0046, 0.001]), atol=6e-3, rtol=0.05)
