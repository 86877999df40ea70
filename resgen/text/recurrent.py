"""The recurrent networks (RNNs) of the text model: two with a matrix as their state, written by keys and read by
queries, and the classic GRU. Called by `resgen.text.model` as layers of its stack.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resgen.blocks import ChannelNorm, Memory, by_rms, convolution, per_channel


def scan(
    q: Tensor, k: Tensor, v: Tensor, log_decay: Tensor, state: Tensor, chunk: int, write: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Gated linear attention: S_t = a_t S_{t-1} + k_t v_t^T, y_t = S_t^T q_t, with a_t = exp(log_decay_t).

    With `write` it is the gated delta rule (Gated DeltaNet, arXiv:2412.06464, equation 10), which first takes what
    the key finds out of the state: S_t = a_t (I - b_t k_t k_t^T) S_{t-1} + b_t k_t v_t^T. That is the same sum over
    k_t u_t^T with u_t = b_t (v_t - a_t S_{t-1}^T k_t) in place of v_t; within a chunk u solves a triangular system.

    Computed chunk by chunk (Mamba-2, arXiv:2405.21060, section 6): inside a chunk as masked attention, between
    chunks by handing the state on.

    Shapes: q, k (B, H, T, K), v (B, H, T, V), log_decay (B, H, T) <= 0 in fp32, write (B, H, T) in 0-1,
    state (B, H, K, V) in fp32; T must be a multiple of `chunk`. Returns y (B, H, T, V) and the last state.
    """
    B, H, T, K = q.shape
    N, L = T // chunk, chunk
    q, k, v = (x.view(B, H, N, L, -1) for x in (q, k, v))
    total = log_decay.view(B, H, N, L).cumsum(-1)  # log of the decay from the chunk's start up to and with t
    # decay from s to t, for s <= t; the exponent is masked before exp, as it would overflow above the diagonal
    later = torch.ones(L, L, dtype=torch.bool, device=q.device).triu(1)
    between = (total.unsqueeze(-1) - total.unsqueeze(-2)).masked_fill(later, -math.inf).exp()
    seen = (q @ k.mT) * between.to(q.dtype)
    to_end = (k * (total[..., -1:] - total).exp().unsqueeze(-1).to(k.dtype)).mT  # (B, H, N, K, L)
    from_start = total.exp().unsqueeze(-1).to(q.dtype)
    if write is None:
        found = None
    else:
        b = write.view(B, H, N, L, 1)
        known = torch.cat([b * v, b * from_start * k], dim=-1)
        if L > 1:
            system = (b * (k @ k.mT) * between.to(k.dtype)).float().tril(-1)
            known = torch.linalg.solve_triangular(system, known.float(), upper=False, unitriangular=True).to(k.dtype)
        v, found = known.split([v.shape[-1], K], dim=-1)
    outputs = []
    for n in range(N):
        # what is written is known before the state is, but for what the keys find there
        u = v[:, :, n] if found is None else v[:, :, n] - found[:, :, n] @ state.to(k.dtype)
        outputs.append(seen[:, :, n] @ u + (q[:, :, n] * from_start[:, :, n]) @ state.to(q.dtype))
        state = state * total[:, :, n, -1].exp()[..., None, None] + (to_end[:, :, n] @ u).float()
    return torch.cat(outputs, dim=2), state


def l2_normalized(x: Tensor) -> Tensor:
    """Vectors (..., D) of length one. As `F.normalize`, in half of its time where there are few."""
    return x / torch.linalg.vector_norm(x, dim=-1, keepdim=True).clamp_min(1e-12)


def recurrent_step(
    q: Tensor, k: Tensor, v: Tensor, decay: Tensor, state: Tensor, write: Tensor | None
) -> tuple[Tensor, Tensor]:
    """What `scan` does, for one position, as it is written there: on a CPU a chunk of one would take three times as
    long. Where no gradients are kept the state is changed in place, which saves a third of the time of a batch.

    Shapes: as in `scan`, with T = 1; decay (B, H, 1) is a_t itself.
    """
    if torch.is_grad_enabled():
        state = state * decay.unsqueeze(-1)
    else:
        state.mul_(decay.unsqueeze(-1))
    if write is not None:
        v = write.unsqueeze(-1) * (v - k @ state.to(k.dtype))
    state = torch.addcmul(state, k.mT, v) if torch.is_grad_enabled() else state.addcmul_(k.mT, v)
    return q @ state.to(q.dtype), state


class MatrixRNN(nn.Module):
    """A recurrent layer whose state is a matrix per head, so that it can store and look up associations.

    Queries and keys are L2-normalised; the decay a_t and the write strength b_t come from the input, one each
    per head; the output is normalised and gated. The branch of a residual connection: its last map starts at
    zero. Constant memory and time a position.

    Shapes: (B, C, T) -> (B, C, T), or (B, C) -> (B, C). `memory` keeps the state, (B, H, C/H, C/H).

    Args:
        channels: C, a multiple of `heads`.
        heads: H, the number of states.
        delta: write by the gated delta rule; else gated linear attention.
        chunk: positions computed at once in training and when reading a prompt.
    """

    def __init__(self, channels: int, heads: int = 4, *, delta: bool = False, chunk: int = 64):
        super().__init__()
        self.heads, self.delta, self.chunk = heads, delta, chunk
        self.norm = ChannelNorm(channels)
        self.read = convolution(channels, 4 * channels, 1, causal=True)  # query, key, value, output gate
        self.control = convolution(channels, 2 * heads, 1, causal=True)  # decay, write strength
        self.norm_out = nn.Parameter(torch.ones(channels))
        self.project = convolution(channels, channels, 1, causal=True)
        with torch.no_grad():
            self.control.weight.zero_()
            # Heads start with memories of about 10 to 1,000 positions: 1 - a from 0.1 down to 0.001.
            forget = torch.logspace(-1, -3, heads)
            self.control.bias[:heads] = forget.expm1().log()  # softplus^-1, as a is about 1 - softplus
            self.control.bias[heads:] = 0.0
            self.project.weight.zero_()
            self.project.bias.zero_()

    def forward(self, x: Tensor, condition: Tensor | None = None, memory: Memory | None = None) -> Tensor:
        B, C, T = x.shape[0], int(x.shape[1]), x.shape[2:].numel()
        H, D = self.heads, C // self.heads
        x = self.norm(x)
        q, k, v, gate = self.read(x).view(B, 4, H, D, T).mT.unbind(1)  # (B, H, T, D) each
        gate = gate.mT.reshape(x.shape)
        control = self.control(x).float()
        decay, write = control.view(B, 2, H, T).unbind(1)  # (B, H, T) each
        q, k = l2_normalized(q), l2_normalized(F.silu(k))
        write = write.sigmoid().type_as(v)
        if not self.delta:
            v = v * write.unsqueeze(-1)
        state = None if memory is None else memory.get(self)
        if state is None:
            state = torch.zeros(B, H, D, D, device=x.device)
        if T == 1:
            # Taken from the whole, it is not contiguous, and PyTorch goes through it number by number; else how many
            # rows there are would decide which numbers its vectors hold, and so, in the last bit, what comes out.
            forget = (-control).view(B, 2, H, T)[:, 0].sigmoid()
            y, state = recurrent_step(q, k, v, forget, state, write if self.delta else None)
        else:
            log_decay = -F.softplus(decay)
            chunk = min(self.chunk, T)
            pad = -T % chunk  # positions that write nothing and forget nothing
            if pad:
                q, k, v = (F.pad(part, (0, 0, 0, pad)) for part in (q, k, v))
                log_decay, write = F.pad(log_decay, (0, pad)), F.pad(write, (0, pad))
            y, state = scan(q, k, v, log_decay, state, chunk, write if self.delta else None)
            y = y[:, :, :T]
        if memory is not None:
            memory[self] = state
        y = by_rms(y.float(), -1, self.norm.least).type_as(gate).mT.reshape(x.shape) * per_channel(self.norm_out, gate)
        return self.project(y * F.silu(gate))
