"""Tests the promises of the residual blocks: shapes, gradients, identity at the start, causality, memory."""

import pytest
import torch
from conftest import randomise

from resgen.blocks import ChannelNorm, DeepConvLayer, Downsample, StackedConvNet, Upsample, convolution

C, K = 16, 5
SPACES = {"causal": (9,), "1-D": (9,), "2-D": (6, 8)}
KINDS = {"causal": {"causal": True}, "1-D": {}, "2-D": {"dims": 2}}
CONDITIONS = ["none", "sample", "position"]


def inputs(kind: str, condition: str) -> tuple[torch.Tensor, torch.Tensor | None]:
    torch.manual_seed(1)
    x = torch.randn(2, C, *SPACES[kind])
    shape = {"none": None, "sample": (2, K), "position": (2, K, *SPACES[kind])}[condition]
    return x, None if shape is None else torch.randn(shape)


def causal_stack() -> StackedConvNet:
    layers = [DeepConvLayer(C, 3, d, kernel_out=2, causal=True) for d in (1, 2, 4)]
    return randomise(StackedConvNet(layers)).eval()


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("gated", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_layers_keep_the_shape_and_teach_every_parameter(kind, gated, condition):
    x, given = inputs(kind, condition)
    width = 0 if given is None else K
    layer = randomise(DeepConvLayer(C, 3, 2, hidden=24, gated=gated, condition=width, **KINDS[kind]))
    y = layer(x, given)
    assert y.shape == x.shape
    assert y.isfinite().all()
    y.square().sum().backward()
    for name, parameter in layer.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().sum() > 0, name


@pytest.mark.parametrize("condition", ["sample", "position"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_condition_changes_the_output(kind, condition):
    x, given = inputs(kind, condition)
    layer = randomise(DeepConvLayer(C, condition=K, **KINDS[kind]))
    assert not torch.allclose(layer(x, given), layer(x, given + 1), atol=1e-3)


def test_a_condition_spread_over_positions_equals_that_of_the_sample():
    x, given = inputs("2-D", "sample")
    layer = randomise(DeepConvLayer(C, condition=K, dims=2))
    spread = given[:, :, None, None].expand(-1, -1, *SPACES["2-D"])
    torch.testing.assert_close(layer(x, spread), layer(x, given))


@pytest.mark.parametrize("kind", KINDS)
def test_a_fresh_residual_layer_is_the_identity(kind):
    x, given = inputs(kind, "sample")
    stack = StackedConvNet([DeepConvLayer(C, condition=K, **KINDS[kind]) for _ in range(3)])
    assert torch.equal(stack(x, given), x)


def test_a_residual_stack_adds_and_a_plain_one_does_not():
    x, _ = inputs("1-D", "none")
    layer = randomise(DeepConvLayer(C))
    torch.testing.assert_close(StackedConvNet([layer])(x), x + layer(x))
    torch.testing.assert_close(StackedConvNet([layer, layer], residual=False)(x), layer(layer(x)))


def test_a_fresh_plain_stack_passes_a_signal_on():
    torch.manual_seed(0)
    x, _ = inputs("1-D", "none")
    y = StackedConvNet([DeepConvLayer(C, zero=False) for _ in range(2)], residual=False)(x)
    assert y.shape == x.shape
    assert y.abs().sum() > 0


def test_causal_layers_see_no_future():
    stack, x = causal_stack(), torch.randn(1, C, 30)
    changed = x.clone()
    changed[..., 17:] += 1
    before, after = stack(x), stack(changed)
    assert torch.equal(before[..., :17], after[..., :17])
    assert not torch.allclose(before[..., 17], after[..., 17])


def test_layers_that_are_not_causal_see_both_sides():
    layer, x = randomise(DeepConvLayer(C)), torch.randn(1, C, 9)
    changed = x.clone()
    changed[..., 5:] += 1
    assert not torch.allclose(layer(x)[..., 4], layer(changed)[..., 4])


@pytest.mark.parametrize("pieces", [[1] * 30, [2] * 15, [1, 29], [29, 1], [7, 3, 20]], ids=str)
def test_pieces_with_a_memory_equal_the_whole(pieces):
    stack, x, memory = causal_stack(), torch.randn(2, C, 30), {}
    parts = [stack(piece, None, memory) for piece in x.split(pieces, dim=-1)]
    torch.testing.assert_close(torch.cat(parts, dim=-1), stack(x), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("pieces", [[1] * 30, [7, 1, 22]], ids=str)
def test_a_single_position_may_come_without_its_dimension(pieces):
    stack, x, memory = causal_stack(), torch.randn(2, C, 30), {}
    alone = [piece.squeeze(-1) if piece.shape[-1] == 1 else piece for piece in x.split(pieces, dim=-1)]
    parts = [stack(piece, None, memory) for piece in alone]
    assert [part.shape for part in parts] == [piece.shape for piece in alone]
    whole = torch.cat([part.view(2, C, -1) for part in parts], dim=-1)
    torch.testing.assert_close(whole, stack(x), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(stack(alone[0]), stack(x[..., : pieces[0]]).view_as(alone[0]), atol=1e-4, rtol=1e-4)


def test_the_norm_brings_channels_to_size_one_at_each_position():
    y = ChannelNorm(C)(torch.randn(2, C, 4, 5) * 50)
    torch.testing.assert_close(y.square().mean(1), torch.ones(2, 4, 5), atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize(("dims", "whole", "half"), [(1, (8,), (4,)), (2, (8, 6), (4, 3))])
def test_sampling_halves_and_doubles_every_dimension(dims, whole, half):
    assert Downsample(C, 24, dims=dims)(torch.randn(2, C, *whole)).shape == (2, 24, *half)
    assert Upsample(24, C, dims=dims)(torch.randn(2, 24, *half)).shape == (2, C, *whole)


def test_even_kernels_and_causal_pictures_are_refused():
    with pytest.raises(ValueError, match="kernel is 4"):
        convolution(C, C, 4)
    with pytest.raises(ValueError, match="dims is 2"):
        convolution(C, C, 3, dims=2, causal=True)
    assert convolution(C, C, 4, causal=True)(torch.randn(1, C, 7)).shape == (1, C, 7)
