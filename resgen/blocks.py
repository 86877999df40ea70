"""The residual blocks every network of resgen is built from; there are no others.

A deep convolutional layer (DCL) extracts features, the residual connection adds them to the stream,
a stacked convolutional network (SCN) repeats that. The rooms (`resgen.text`, ...) compose these three.

All tensors are (B, C, *S): batch, channels, then one (T) or two (H, W) dimensions of space or time. Causal layers take
a single position as (B, C) too, which costs the least.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resgen.packed_linear import Fp16Linear

# What causal layers keep between two calls, keyed by the layer itself. With a memory, feeding a sequence
# in pieces gives the same outputs as feeding it whole; an empty dict is the start of a sequence.
Memory = dict[nn.Module, Tensor]

_CONV = {1: nn.Conv1d, 2: nn.Conv2d}


class ChannelNorm(nn.Module):
    """Root-mean-square norm over the channels of each position (Zhang & Sennrich, arXiv:1910.07467).

    Looks at one position only, so it is causal and does not depend on the batch.

    Shapes: (B, C, *S) -> (B, C, *S).
    """

    least: Tensor

    def __init__(self, channels: int):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))
        self.register_buffer("least", torch.tensor([1e-6]), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        # One type throughout: under autocast the fp32 scale would lift the whole stream to fp32.
        return by_rms(x, 1, self.least) * per_channel(self.scale, x)


def by_rms(x: Tensor, dim: int, least: Tensor) -> Tensor:
    """x divided by its root mean square along a dimension; `least`, (1,), is added to the mean square.

    Where x is small, these few operations cost a CPU a third of what a mean, Python's numbers or `F.rms_norm` do: the
    code of each kind of operation has to be fetched anew into the caches that the weights have just gone through.
    """
    total = x.float().square().sum(dim, keepdim=True)
    share = 1 / int(x.shape[dim])  # int() makes it a constant of a traced graph
    return x * torch.add(least, total, alpha=share).rsqrt().type_as(x)


def per_channel(scale: Tensor, x: Tensor) -> Tensor:
    """A scale (C,) in the type and shape that multiplies x, (B, C, *S)."""
    scale = scale.type_as(x)
    return scale if x.dim() == 2 else scale.view(-1, *[1] * (x.dim() - 2))


class CausalConv1d(Fp16Linear, nn.Conv1d):
    """A convolution over time whose output at t sees inputs up to t only (WaveNet, arXiv:1609.03499).

    Shapes: (B, in, T) -> (B, out, T), or (B, in) -> (B, out). `memory` keeps the last (kernel - 1) * dilation inputs.
    """

    def forward(self, x: Tensor, memory: Memory | None = None) -> Tensor:
        past = (self.kernel_size[0] - 1) * self.dilation[0]
        single = x.dim() == 2
        if past:
            x = x.unsqueeze(-1) if single else x
            before = None if memory is None else memory.get(self)
            x = F.pad(x, (past, 0)) if before is None else torch.cat([before, x], dim=-1)
            if memory is not None:
                memory[self] = x[..., -past:]
        # Products of matrices where they do: on a CPU they take half the time of a convolution.
        if single:
            taps = x[..., :: self.dilation[0]].flatten(1) if past else x
            return self.matmul(taps)
        if not past:
            return self.matmul(x.mT).mT
        if self.packed is not None:
            kernel, step, length = self.kernel_size[0], self.dilation[0], x.shape[-1] - past
            taps = torch.stack([x[..., k * step : k * step + length] for k in range(kernel)], 2)  # (B, in, K, T)
            return self.matmul(taps.flatten(1, 2).mT).mT
        return super().forward(x)


def convolution(inputs: int, outputs: int, kernel: int, dilation: int = 1, *, dims: int = 1, causal: bool = False):
    """A convolution that keeps the length (odd kernels): 1-D causal, 1-D or 2-D.

    Raises:
        ValueError: for an even kernel that is not causal, or a causal one that is not 1-D.
    """
    if causal:
        if dims != 1:
            raise ValueError(f"Causal convolutions are one-dimensional; dims is {dims}.")
        return CausalConv1d(inputs, outputs, kernel, dilation=dilation)
    if kernel % 2 == 0:
        raise ValueError(f"A kernel that keeps the length is odd; kernel is {kernel}.")
    return _CONV[dims](inputs, outputs, kernel, dilation=dilation, padding=dilation * (kernel // 2))


class DeepConvLayer(nn.Module):
    """DCL: norm -> (scale and shift by a condition) -> convolution -> gate -> convolution.

    This is the branch f of a residual connection x + f(x). The last convolution starts at zero, so a new
    layer starts as the identity and depth is free to grow (Fixup, arXiv:1901.09321). With kernel 1 it is the
    gated multilayer perceptron of today's language models (SwiGLU, arXiv:2002.05202).

    Shapes: x (B, C, *S), condition (B, K) or (B, K, *S) -> (B, C, *S).

    Args:
        channels: C, of input and output.
        kernel: width of the first convolution.
        dilation: distance between its taps.
        hidden: channels between the two convolutions; C if 0.
        kernel_out: width of the second convolution.
        dims: 1 for sequences, 2 for pictures.
        causal: see only the past (dims 1).
        gated: a * silu(b) from twice the channels, else silu(a).
        condition: K, the width of the condition; 0 for none.
        dropout: share of hidden channels that training sets to zero, each in all positions of a sample, 0-1
            (arXiv:1512.05287; noise for every position would cost a CPU half as much again).
        zero: start as zero; switched off in stacks without residual connections.
    """

    def __init__(
        self,
        channels: int,
        kernel: int = 3,
        dilation: int = 1,
        *,
        hidden: int = 0,
        kernel_out: int = 1,
        dims: int = 1,
        causal: bool = False,
        gated: bool = True,
        condition: int = 0,
        dropout: float = 0.0,
        zero: bool = True,
    ):
        super().__init__()
        hidden = hidden or channels
        self.gated = gated
        self.norm = ChannelNorm(channels)
        self.modulate = nn.Linear(condition, 2 * channels) if condition else None
        self.expand = convolution(channels, hidden * (2 if gated else 1), kernel, dilation, dims=dims, causal=causal)
        self.dropout = (nn.Dropout1d if dims == 1 else nn.Dropout2d)(dropout)
        self.project = convolution(hidden, channels, kernel_out, dims=dims, causal=causal)
        self._call = {"causal": causal}
        if self.modulate is not None:
            nn.init.zeros_(self.modulate.weight)
            nn.init.zeros_(self.modulate.bias)
        if zero:
            nn.init.zeros_(self.project.weight)
            nn.init.zeros_(self.project.bias)

    def forward(self, x: Tensor, condition: Tensor | None = None, memory: Memory | None = None) -> Tensor:
        kept: dict[str, Memory | None] = {"memory": memory} if self._call["causal"] else {}
        x = self.norm(x)
        if self.modulate is not None:
            assert condition is not None
            x = scale_and_shift(x, self.modulate, condition)
        x = self.expand(x, **kept)
        if self.gated:
            value, gate = x.chunk(2, dim=1)
            x = value * F.silu(gate)
        else:
            x = F.silu(x)
        return self.project(self.dropout(x) if self.training else x, **kept)


def scale_and_shift(x: Tensor, modulate: nn.Linear, condition: Tensor) -> Tensor:
    """x * (1 + scale) + shift per channel, from a condition of the whole sample or of each position (FiLM,
    arXiv:1709.07871).

    Shapes: x (B, C, *S), condition (B, K) or (B, K, *S) -> (B, C, *S).
    """
    both = modulate(condition.movedim(1, -1)).movedim(-1, 1)
    scale, shift = both.view(*both.shape, *[1] * (x.dim() - both.dim())).chunk(2, dim=1)
    return x * (1 + scale) + shift


class StackedConvNet(nn.Module):
    """SCN: layers one after another, each joined to the stream by a residual connection x + f(x) (He et al.,
    arXiv:1512.03385). This is the only place where that addition is written.

    A layer is a `DeepConvLayer` or any module called as layer(x, condition, memory) that keeps the shape.

    Shapes: (B, C, *S) -> (B, C, *S).

    Args:
        layers: the branches f, in order.
        residual: False leaves the additions out: the plain (VGG-like) stack, for comparison.
    """

    def __init__(self, layers: Sequence[nn.Module], residual: bool = True):
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.residual = residual

    def forward(self, x: Tensor, condition: Tensor | None = None, memory: Memory | None = None) -> Tensor:
        for layer in self.layers:
            branch = layer(x, condition, memory)
            x = x + branch if self.residual else branch
        return x


class Downsample(nn.Module):
    """Pooling: the mean of each pair (or 2 x 2 square) of positions, then a change of channels.

    Shapes: (B, in, *S) -> (B, out, *S / 2); S must be even.
    """

    def __init__(self, inputs: int, outputs: int, *, dims: int = 2):
        super().__init__()
        self.pool = (nn.AvgPool1d if dims == 1 else nn.AvgPool2d)(2)
        self.mix = convolution(inputs, outputs, 1, dims=dims)

    def forward(self, x: Tensor) -> Tensor:
        return self.mix(self.pool(x))


class Upsample(nn.Module):
    """A change of channels, then every position repeated twice along each dimension.

    Shapes: (B, in, *S) -> (B, out, *S * 2).
    """

    def __init__(self, inputs: int, outputs: int, *, dims: int = 2):
        super().__init__()
        self.mix = convolution(inputs, outputs, 1, dims=dims)

    def forward(self, x: Tensor) -> Tensor:
        return F.interpolate(self.mix(x), scale_factor=2, mode="nearest")


def dilated_stack(channels: int, dilations: tuple[int, ...], hidden: int, dropout: float) -> StackedConvNet:
    """An SCN of one DCL of three taps a dilation, (B, C, T) -> (B, C, T)."""
    return StackedConvNet(
        [DeepConvLayer(channels, 3, dilation, hidden=hidden, dropout=dropout) for dilation in dilations]
    )
