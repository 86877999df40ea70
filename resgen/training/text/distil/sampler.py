"""A teacher's sampler with continuous batching: one CUDA graph a token for all slots side by side, and a slot whose
story is over is given to a new one at once. For a `SmolLM` that has its student's tokens (`smollm.load(...,
tokenizer)`), so that its likeliest tokens are soft targets as they are.

The kernels are Triton's; without a GPU the same is done by PyTorch, which is also what they are compared with.
"""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from resgen.training.text.distil import smollm
from resgen.training.text.soft_targets import TOP_K

EPS = 1e-5
VOCABULARY = 4096  # of the student's: what twelve bits tell apart

kernels: Any
try:
    from resgen.training.text.distil import kernels
except ImportError:  # a PyTorch for CPUs
    kernels = None


class Weights:
    """The weights of a `resgen.training.text.distil.smollm.SmolLM`, joined for one position at a time."""

    def __init__(self, network, dtype):
        def kept(t):
            return t.detach().to(dtype).contiguous()

        self.embed = kept(network.token_embd.weight)
        self.out_norm = kept(network.output_norm.weight)
        self.layers = [
            {
                "norm1": kept(b.attn_norm.weight),
                "qkv": kept(torch.cat([b.attn_q.weight, b.attn_k.weight, b.attn_v.weight])),
                "out": kept(b.attn_output.weight),
                "norm2": kept(b.ffn_norm.weight),
                "gu": kept(torch.cat([b.ffn_gate.weight, b.ffn_up.weight])),
                "down": kept(b.ffn_down.weight),
            }
            for b in network.blk
        ]
        self.cos, self.sin = (part.float().contiguous() for part in network.turn)


class Sampler:
    """Writes on, in `rows` slots side by side.

    Args:
        network: a SmolLM whose vocabulary has exactly 4,096 tokens, on the device to write on.
        rows, length: slots, and tokens that one holds with its header.
        end: the token that is before and after a story.
        kernels_of: "triton" or "torch"; by default Triton on a GPU.
    """

    def __init__(
        self, network, rows: int, length: int, end: int, dtype=torch.bfloat16, kernels_of: str = "", seed: int = 0
    ):
        self.device = network.token_embd.weight.device
        self.triton = (kernels_of or ("triton" if self.device.type == "cuda" else "torch")) == "triton"
        self.w = Weights(network, dtype)
        self.rows, self.length, self.end, self.dtype = rows, length, end, dtype
        V = self.w.embed.shape[0]
        if self.triton and V != VOCABULARY:
            raise ValueError(f"The kernels draw from {VOCABULARY:,} tokens, not {V:,}.")
        self.vocabulary = V
        make = {"device": self.device}
        depth = len(self.w.layers)
        self.keys = torch.zeros(depth, rows, smollm.GROUPS, length, smollm.SIZE, dtype=dtype, **make)
        self.values = torch.zeros_like(self.keys)
        self.x = torch.zeros(rows, smollm.WIDTH, dtype=torch.float32, **make)
        self.h = torch.zeros(rows, smollm.WIDTH, dtype=dtype, **make)
        self.y = torch.zeros(rows, smollm.WIDTH, dtype=dtype, **make)
        self.qkv = torch.zeros(rows, (smollm.HEADS + 2 * smollm.GROUPS) * smollm.SIZE, dtype=dtype, **make)
        self.gu = torch.zeros(rows, 2 * smollm.HIDDEN, dtype=dtype, **make)
        self.mid = torch.zeros(rows, smollm.HIDDEN, dtype=dtype, **make)
        self.tokens = torch.full((rows, length), end, dtype=torch.int16, **make)
        self.pos = torch.zeros(rows, dtype=torch.int32, **make)
        self.given = torch.ones(rows, dtype=torch.int32, **make)
        self.over = torch.ones(rows, dtype=torch.int32, **make)
        self.cur = torch.full((rows,), end, dtype=torch.int32, **make)
        self.topk_ids = torch.zeros(rows, length, TOP_K, dtype=torch.int16, **make)
        self.topk_probs = torch.zeros(rows, length, TOP_K, dtype=torch.float16, **make)
        self.min_p = torch.full((rows,), 0.1, dtype=torch.float32, **make)
        self.seed = torch.full((1,), seed * 1_000_003 % 2**30, dtype=torch.int32, **make)
        self.logits = torch.zeros(rows, V, dtype=torch.float32, **make)
        self.graph: torch.cuda.CUDAGraph | None = None
        self.exact = self.device.type == "cuda" and dtype != torch.float32  # logits of 32 bits from factors of 16

    # -- one position -------------------------------------------------------------------------------------------------

    def _attend(self, layer: int) -> None:
        if self.triton:
            kernels.attend_kernel[(self.rows, smollm.GROUPS)](
                self.qkv, self.pos, self.w.cos, self.w.sin, self.keys[layer], self.values[layer], self.y, self.length,
                smollm.SIZE**-0.5, HEADS=smollm.HEADS, GROUPS=smollm.GROUPS, SIZE=smollm.SIZE, BLOCK=64, num_warps=4,
                num_stages=3,
            )  # fmt: skip
            return
        B = self.rows
        q, k, v = self.qkv.split(
            [smollm.HEADS * smollm.SIZE, smollm.GROUPS * smollm.SIZE, smollm.GROUPS * smollm.SIZE], dim=1
        )
        at = self.pos.long()
        cos, sin = self.w.cos[at].unsqueeze(1), self.w.sin[at].unsqueeze(1)

        def turned(t):
            a, b = t.float().view(B, -1, smollm.SIZE // 2, 2).unbind(-1)
            return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)

        q, k = turned(q).view(B, smollm.GROUPS, smollm.HEADS // smollm.GROUPS, smollm.SIZE), turned(k).to(self.dtype)
        every = torch.arange(B, device=self.device)
        self.keys[layer][every, :, at] = k
        self.values[layer][every, :, at] = v.view(B, smollm.GROUPS, smollm.SIZE)
        longest = self.length if self.device.type == "cuda" else int(self.pos.max()) + 1
        keys, values = self.keys[layer][:, :, :longest], self.values[layer][:, :, :longest]
        seen = (torch.arange(longest, device=self.device) <= self.pos.unsqueeze(1))[:, None, None]
        y = F.scaled_dot_product_attention(q.to(self.dtype), keys, values, attn_mask=seen)
        self.y.copy_(y.reshape(B, smollm.WIDTH))

    def _norm(self, weight, add: bool) -> None:
        if self.triton:
            kernels.add_norm_kernel[(self.rows,)](
                self.x, self.y, weight, self.h, EPS, WIDTH=smollm.WIDTH, BLOCK=1024, ADD=add
            )
            return
        if add:
            self.x += self.y.float()
        self.h.copy_(F.rms_norm(self.x, (smollm.WIDTH,), weight.float(), EPS))

    def _forward(self) -> None:
        if self.triton:
            kernels.embed_kernel[(self.rows,)](self.cur, self.w.embed, self.x, WIDTH=smollm.WIDTH, BLOCK=1024)
        else:
            self.x.copy_(self.w.embed[self.cur.long()])
        for number, w in enumerate(self.w.layers):
            self._norm(w["norm1"], number > 0)
            torch.mm(self.h, w["qkv"].t(), out=self.qkv)
            self._attend(number)
            torch.mm(self.y, w["out"].t(), out=self.h)
            self.y, self.h = self.h, self.y
            self._norm(w["norm2"], True)
            torch.mm(self.h, w["gu"].t(), out=self.gu)
            if self.triton:
                kernels.swiglu_kernel[(self.rows, 3)](self.gu, self.mid, HIDDEN=smollm.HIDDEN, BLOCK=smollm.HIDDEN // 3)
            else:
                gate, up = self.gu.float().chunk(2, 1)
                self.mid.copy_(F.silu(gate) * up)
            torch.mm(self.mid, w["down"].t(), out=self.y)
        self._norm(self.w.out_norm, True)
        if self.exact:
            try:
                torch.mm(self.h, self.w.embed.t(), out_dtype=torch.float32, out=self.logits)
                return
            except (TypeError, RuntimeError, NotImplementedError):
                self.exact = False
        self.logits.copy_(self.h @ self.w.embed.t())

    def _draw(self) -> None:
        self.seed += 1
        if self.triton:
            kernels.draw_kernel[(self.rows,)](
                self.logits, self.min_p, self.seed, self.tokens, self.pos, self.given, self.over, self.cur,
                self.topk_ids, self.topk_probs, self.end, self.length, V=self.vocabulary, TOP_K=TOP_K, num_warps=8,
            )  # fmt: skip
            return
        shares = self.logits.softmax(-1)
        most = shares.amax(-1, keepdim=True)
        race = shares / torch.empty_like(shares).exponential_()
        drawn = race.masked_fill(shares < self.min_p.unsqueeze(1) * most, -1).argmax(-1).int()
        going = self.over == 0
        every = torch.arange(self.rows, device=self.device)
        at, after = self.pos.long(), self.pos.long() + 1
        topk_probs, topk_ids = shares.topk(TOP_K)
        self.topk_ids[every, at] = torch.where(going[:, None], topk_ids.short(), self.topk_ids[every, at])
        self.topk_probs[every, at] = torch.where(going[:, None], topk_probs.half(), self.topk_probs[every, at])
        said = self.tokens[every, after]
        token = torch.where(after < self.given, said.int(), drawn)
        self.tokens[every, after] = torch.where(going, token.short(), said)
        self.cur.copy_(torch.where(going, token, self.cur))
        ended = going & (after >= self.given) & (token == self.end)
        long = going & ~ended & (after >= self.length - 1)
        self.over.copy_(torch.where(ended, 1, torch.where(long, 2, self.over)))
        self.pos.copy_(torch.where(going & ~ended & ~long, after.int(), self.pos))

    @torch.inference_mode()
    def step(self) -> None:
        """One token more in every slot."""
        if self.device.type != "cuda":
            self._forward()
            self._draw()
            return
        if self.graph is None:
            side = torch.cuda.Stream()
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                for _ in range(2):
                    self._forward()
                    self._draw()
            torch.cuda.current_stream().wait_stream(side)
            torch.cuda.synchronize()
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):
                self._forward()
                self._draw()
            self.graph = graph
        self.graph.replay()

    @torch.inference_mode()
    def logits_of(self, tokens: torch.Tensor) -> torch.Tensor:
        """Logits after each token of (rows, T): to compare with the network's own. (rows, T, vocabulary)"""
        found = []
        for t in range(tokens.shape[1]):
            self.pos.fill_(t)
            self.cur.copy_(tokens[:, t])
            self._forward()
            found.append(self.logits.clone())
        self.pos.zero_()
        return torch.stack(found, 1)

    # -- stories ------------------------------------------------------------------------------------------------------

    @torch.inference_mode()
    def begin(self, slots: np.ndarray, begun: list[list[int]], min_p: np.ndarray) -> None:
        """Give slots to new stories."""
        most = max(map(len, begun))
        heads = np.full((len(begun), most), self.end, np.int16)
        for row, ids in zip(heads, begun, strict=True):
            row[: len(ids)] = ids
        at = torch.from_numpy(slots.astype(np.int64)).to(self.device)

        def to(array):
            return torch.from_numpy(array).to(self.device)

        self.tokens[at, :most] = to(heads)
        self.given[at] = to(np.array([len(ids) for ids in begun], np.int32))
        self.min_p[at] = to(min_p.astype(np.float32))
        self.pos[at] = 0
        self.cur[at] = self.end
        self.over[at] = 0

    @torch.inference_mode()
    def finished(self) -> tuple[np.ndarray, ...] | None:
        """Slots whose story is over, and of these: how it ended (1 by its end, 2 too long), tokens (n, longest), how
        many of them come before the end, how many of those were given, topk_ids and topk_probs (n, longest, TOP_K)."""
        over = self.over.cpu().numpy()
        slots = np.flatnonzero(over)
        if not len(slots):
            return None
        at = torch.from_numpy(slots).to(self.device)
        sizes = self.pos[at].cpu().numpy() + 1
        longest = int(sizes.max())
        parts = (self.tokens[at, :longest], self.given[at], self.topk_ids[at, :longest], self.topk_probs[at, :longest])
        tokens, given, topk_ids, topk_probs = (part.cpu().numpy() for part in parts)
        return slots, over[slots], tokens, sizes, given, topk_ids, topk_probs
