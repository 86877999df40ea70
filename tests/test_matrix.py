"""Tests the promise that products with weights of 16 bits say what those with the same weights in 32 bits do."""

import pytest
import torch

from resgen.blocks import CausalConv1d
from resgen.packed_linear import multiples_agree, prepare_for_decoding

PACKS = torch.backends.cpu.get_cpu_capability().startswith("AVX")


def layer(exact: bool) -> CausalConv1d:
    torch.manual_seed(0)
    made = CausalConv1d(24, 40, 1).requires_grad_(False)
    made.weight[0, 0] = 6e-8  # the least there is in 16 bits
    if exact:
        made.weight.copy_(made.weight.half())
    return made


@pytest.mark.skipif(not PACKS, reason="this CPU has no such products")
def test_weights_that_16_bits_hold_are_packed_and_others_are_not():
    assert layer(exact=True).prepack() and not layer(exact=False).prepack()


@pytest.mark.parametrize("shape", [(1, 24), (2, 24), (7, 24), (2, 24, 1), (3, 24, 50)], ids=str)
@torch.inference_mode()
def test_packed_products_differ_by_the_rounding_of_sums_only(shape):
    x, made = torch.randn(shape), layer(exact=True)
    expected = made(x)
    made.prepack()
    assert made(x).shape == expected.shape
    torch.testing.assert_close(made(x), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("missing", ["operations", "instructions"])
def test_without_them_the_layer_works_as_it_is(monkeypatch, missing):
    made, x = layer(exact=True), torch.randn(2, 24)
    expected = made(x)
    if missing == "instructions":
        monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "DEFAULT")
    else:
        monkeypatch.setattr(torch.ops, "quantized", torch.ops.no_such_operations)
    prepare_for_decoding(made)
    assert made.packed is None and not made.weight.is_contiguous()
    torch.testing.assert_close(made(x), expected)


@pytest.mark.skipif(not PACKS, reason="this CPU has no such products")
def test_where_kernels_disagree_rows_are_not_put_together():
    """Seven vectors are five and two to the kernels of one CPU: so is any number to those of another."""
    made = layer(exact=True)
    made.prepack()
    assert multiples_agree(made, 3, 48)
    original = made.matmul
    made.matmul = lambda x: original(x) * (1 + 1e-6 * (len(x) > 12))
    assert not multiples_agree(made, 3, 48) and multiples_agree(made, 3, 12)


@pytest.mark.skipif(not PACKS, reason="this CPU has no such products")
@torch.inference_mode()
def test_packed_convolutions_over_time_read_pieces_as_they_read_the_whole():
    torch.manual_seed(0)
    made = CausalConv1d(24, 40, 3, dilation=4).requires_grad_(False)
    made.weight.copy_(made.weight.half())
    x = torch.randn(2, 24, 30)
    expected = made(x)
    made.prepack()
    memory = {}
    pieces = [made(piece, memory) for piece in (x[..., :7], x[..., 7:29], x[..., 29])]
    pieces[-1] = pieces[-1].unsqueeze(-1)
    torch.testing.assert_close(torch.cat(pieces, -1), expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(made(x), expected, atol=1e-5, rtol=1e-5)
