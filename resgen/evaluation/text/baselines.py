"""Layers of other kinds of networks, to measure ours against: the self-attention of a GPT and the GRU. They ship in no
model; importing this adds them to `resgen.text.model.LAYERS`, so that a GPT is TextNet(stage=("attention", "mlp")).
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resgen.blocks import ChannelNorm, Memory, convolution
from resgen.text.model import LAYERS

ROOM = 256  # positions by which the cache grows


def rotate(x: Tensor, start: int, base: float = 10_000.0) -> Tensor:
    """Rotary positions (RoPE, arXiv:2104.09864, equation 34): each pair of values is turned by an angle that grows
    with the position, so that a product of query and key depends on their distance.

    Shapes: (B, H, T, D), the first of them at position `start` -> (B, H, T, D).
    """
    half = x.shape[-1] // 2
    speed = base ** (-torch.arange(half, device=x.device) / half)
    angle = torch.arange(start, start + x.shape[-2], device=x.device).unsqueeze(1) * speed  # (T, D / 2)
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)


class Attention(nn.Module):
    """Multi-head causal self-attention with rotary positions: the branch of a residual connection.

    Shapes: (B, C, T) -> (B, C, T), or (B, C) -> (B, C). `memory` keeps the keys and values of all positions so far
    (the KV cache), so memory and time a position grow with the position.

    Args:
        channels: C, a multiple of `heads`.
        heads: H.
    """

    memory_grows = True  # with every position

    def __init__(self, channels: int, heads: int = 4):
        super().__init__()
        self.heads = heads
        self.norm = ChannelNorm(channels)
        self.read = convolution(channels, 3 * channels, 1, causal=True)  # query, key, value
        self.project = convolution(channels, channels, 1, causal=True)
        nn.init.zeros_(self.project.weight)
        nn.init.zeros_(self.project.bias)

    def forward(self, x: Tensor, condition: Tensor | None = None, memory: Memory | None = None) -> Tensor:
        B, T = len(x), x.shape[2:].numel()
        q, k, v = (part.view(B, self.heads, -1, T).mT for part in self.read(self.norm(x)).chunk(3, dim=1))
        # the number of positions so far is kept beside the cache, which has room for more
        past = 0 if memory is None or self not in memory else int(memory[self.norm][0])
        q, k = rotate(q, past), rotate(k, past)
        if memory is not None:
            k, v = self._remember(k, v, past, memory)
        if past:  # all of the past and what is not later than oneself
            later = torch.arange(past + T, device=x.device) > torch.arange(past, past + T, device=x.device)[:, None]
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=None if T == 1 else ~later)
        else:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.project(y.mT.reshape(x.shape))

    def _remember(self, k: Tensor, v: Tensor, past: int, memory: Memory) -> tuple[Tensor, Tensor]:
        """Put keys and values behind those of the past in the cache, (B, 2, H, room, D), and return all."""
        total = past + k.shape[-2]
        cache = memory.get(self)
        if cache is None or cache.shape[-2] < total:
            room = -(-total // ROOM) * ROOM
            larger = k.new_zeros(k.shape[0], 2, k.shape[1], room, k.shape[-1])
            if cache is not None:
                larger[..., :past, :] = cache[..., :past, :]
            cache = memory[self] = larger
        cache[:, 0, :, past:total], cache[:, 1, :, past:total] = k, v
        memory[self.norm] = torch.full((len(k),), total)
        return cache[:, 0, :, :total], cache[:, 1, :, :total]


class GRU(nn.Module):
    """The gated recurrent unit (Cho et al., arXiv:1406.1078) as a layer: its state is a vector, and it must go
    through a sequence position by position, in training too.

    Shapes: (B, C, T) -> (B, C, T), or (B, C) -> (B, C). `memory` keeps the state, (B, 1, C).

    Args:
        channels: C.
    """

    def __init__(self, channels: int):
        super().__init__()
        self.norm = ChannelNorm(channels)
        self.unit = nn.GRU(channels, channels, batch_first=True)
        self.project = convolution(channels, channels, 1, causal=True)
        nn.init.zeros_(self.project.weight)
        nn.init.zeros_(self.project.bias)

    def forward(self, x: Tensor, condition: Tensor | None = None, memory: Memory | None = None) -> Tensor:
        state = None if memory is None else memory.get(self)
        sequence = self.norm(x).view(*x.shape[:2], -1)
        y, state = self.unit(sequence.mT.contiguous(), state if state is None else state.transpose(0, 1).contiguous())
        if memory is not None:
            memory[self] = state.transpose(0, 1)
        return self.project(y.mT.reshape(x.shape))


LAYERS["attention"] = lambda options: Attention(options.channels, options.heads)
LAYERS["gru"] = lambda options: GRU(options.channels)
