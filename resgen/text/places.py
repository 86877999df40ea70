"""Many stories at a time, fast: one CUDA graph a token for all places side by side, and a place whose story is over is
given to a new one at once. For a `SmolLM` that has its student's tokens (`smollm.load(..., tokenizer)`), so that its
likeliest tokens are lessons as they are.

The kernels are Triton's; without a GPU the same is done by PyTorch, which is also what they are compared with.
"""

import numpy as np
import torch
import torch.nn.functional as F

from resgen.text import smollm
from resgen.text.lessons import GUESSES

EPS = 1e-5
VOCABULARY = 4096  # of the student's: what twelve bits tell apart

try:
    import triton
    import triton.language as tl
except ImportError:  # a PyTorch for CPUs
    triton = None

if triton is not None:

    @triton.jit
    def add_norm_kernel(x, y, w, out, eps, WIDTH: tl.constexpr, BLOCK: tl.constexpr, ADD: tl.constexpr):
        """x += y (fp32 stream); out = rms norm of x times w."""
        row = tl.program_id(0).to(tl.int64)
        i = tl.arange(0, BLOCK)
        there = i < WIDTH
        v = tl.load(x + row * WIDTH + i, mask=there, other=0.0)
        if ADD:
            v += tl.load(y + row * WIDTH + i, mask=there, other=0.0).to(tl.float32)
            tl.store(x + row * WIDTH + i, v, mask=there)
        scale = tl.rsqrt(tl.sum(v * v, 0) / WIDTH + eps)
        v = v * scale * tl.load(w + i, mask=there, other=0.0).to(tl.float32)
        tl.store(out + row * WIDTH + i, v.to(out.dtype.element_ty), mask=there)

    @triton.jit
    def embed_kernel(cur, table, x, WIDTH: tl.constexpr, BLOCK: tl.constexpr):
        row = tl.program_id(0).to(tl.int64)
        i = tl.arange(0, BLOCK)
        there = i < WIDTH
        token = tl.load(cur + row).to(tl.int64)
        v = tl.load(table + token * WIDTH + i, mask=there, other=0.0)
        tl.store(x + row * WIDTH + i, v.to(tl.float32), mask=there)

    @triton.jit
    def swiglu_kernel(gu, out, HIDDEN: tl.constexpr, BLOCK: tl.constexpr):
        row = tl.program_id(0).to(tl.int64)
        i = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
        g = tl.load(gu + row * 2 * HIDDEN + i).to(tl.float32)
        u = tl.load(gu + row * 2 * HIDDEN + HIDDEN + i).to(tl.float32)
        tl.store(out + row * HIDDEN + i, (g * tl.sigmoid(g) * u).to(out.dtype.element_ty))

    @triton.jit
    def attend_kernel(
        qkv, pos, cos, sin, keys, values, out, L, scale,
        HEADS: tl.constexpr, GROUPS: tl.constexpr, SIZE: tl.constexpr, BLOCK: tl.constexpr,
    ):  # fmt: skip
        """For one row and group: turn q and the new k, put k and v into the cache, attend to all positions so far.

        Keys lie in the cache with their even places first, then the odd ones.
        """
        row = tl.program_id(0).to(tl.int64)
        group = tl.program_id(1)
        PER: tl.constexpr = HEADS // GROUPS
        HALF: tl.constexpr = SIZE // 2
        at = tl.load(pos + row)
        h = tl.arange(0, 16)
        d = tl.arange(0, HALF)
        c = tl.load(cos + at * HALF + d)
        s = tl.load(sin + at * HALF + d)
        base = qkv + row * ((HEADS + 2 * GROUPS) * SIZE)
        mask = (h < PER)[:, None]
        place = (group * PER + h)[:, None] * SIZE + 2 * d[None, :]
        qa = tl.load(base + place, mask=mask, other=0.0).to(tl.float32)
        qb = tl.load(base + place + 1, mask=mask, other=0.0).to(tl.float32)
        qe = (qa * c[None, :] - qb * s[None, :]) * scale
        qo = (qa * s[None, :] + qb * c[None, :]) * scale
        kbase = base + HEADS * SIZE + group * SIZE
        ka = tl.load(kbase + 2 * d).to(tl.float32)
        kb = tl.load(kbase + 2 * d + 1).to(tl.float32)
        ke = ka * c - kb * s
        ko = ka * s + kb * c
        dv = tl.arange(0, SIZE)
        v = tl.load(base + (HEADS + GROUPS) * SIZE + group * SIZE + dv)
        where = (row * GROUPS + group) * L * SIZE
        kind = keys.dtype.element_ty
        tl.store(keys + where + at * SIZE + d, ke.to(kind))
        tl.store(keys + where + at * SIZE + HALF + d, ko.to(kind))
        tl.store(values + where + at * SIZE + dv, v.to(kind))
        # the position itself, then those before it
        m = tl.sum(qe * ke[None, :] + qo * ko[None, :], 1)
        total = tl.full([16], 1.0, tl.float32)
        acc = tl.zeros([16, SIZE], tl.float32) + v.to(tl.float32)[None, :]
        qe16, qo16 = qe.to(kind), qo.to(kind)
        n = tl.arange(0, BLOCK)
        for start in range(0, at, BLOCK):
            there = (start + n) < at
            kp = keys + where + (start + n)[:, None] * SIZE + d[None, :]
            k1 = tl.load(kp, mask=there[:, None], other=0.0)
            k2 = tl.load(kp + HALF, mask=there[:, None], other=0.0)
            score = tl.dot(qe16, tl.trans(k1)) + tl.dot(qo16, tl.trans(k2))
            score = tl.where(there[None, :], score, -float("inf"))
            higher = tl.maximum(m, tl.max(score, 1))
            fade = tl.exp(m - higher)
            p = tl.exp(score - higher[:, None])
            vp = values + where + (start + n)[:, None] * SIZE + dv[None, :]
            vs = tl.load(vp, mask=there[:, None], other=0.0)
            acc = acc * fade[:, None] + tl.dot(p.to(kind), vs)
            total = total * fade + tl.sum(p, 1)
            m = higher
        y = acc / total[:, None]
        o = out + row * (HEADS * SIZE) + (group * PER + h)[:, None] * SIZE + dv[None, :]
        tl.store(o, y.to(out.dtype.element_ty), mask=mask)

    @triton.jit
    def draw_kernel(
        logits, min_p, seed, tokens, pos, given, over, cur, guesses, chances, end, L,
        V: tl.constexpr, GUESSES: tl.constexpr,
    ):  # fmt: skip
        """Draw the next token of one row, keep the likeliest and their chances, go on by one place."""
        row = tl.program_id(0).to(tl.int64)
        i = tl.arange(0, V)
        at = tl.load(pos + row)
        done = tl.load(over + row)
        z = tl.load(logits + row * V + i).to(tl.float32)
        p = tl.exp(z - tl.max(z, 0))
        whole = tl.sum(p, 0)
        u = tl.rand(tl.load(seed).to(tl.int32), (row * V + i).to(tl.int32))
        race = p / -tl.log(tl.maximum(u, 1e-12))
        race = tl.where(p >= tl.load(min_p + row), race, -1.0)
        drawn = tl.argmax(race, 0).to(tl.int32)
        if done == 0:
            # The index in the last twelve bits of the chance: one maximum finds both.
            bits = (p.to(tl.int32, bitcast=True) & -4096) | i
            for g in range(GUESSES):
                most = tl.max(bits, 0)
                there = (row * L + at) * GUESSES + g
                tl.store(guesses + there, (most & 4095).to(tl.int16))
                share = (most & -4096).to(tl.float32, bitcast=True) / whole
                tl.store(chances + there, share.to(tl.float16))
                bits = tl.where(bits == most, 0, bits)
            after = at + 1
            first = tl.load(given + row)
            said = tl.load(tokens + row * L + after)
            token = tl.where(after < first, said.to(tl.int32), drawn)
            tl.store(tokens + row * L + after, token.to(tl.int16))
            tl.store(cur + row, token)
            if (after >= first) & (token == end):
                tl.store(over + row, 1)
            else:
                if after >= L - 1:
                    tl.store(over + row, 2)
                else:
                    tl.store(pos + row, after)


class Weights:
    """The weights of a `resgen.text.smollm.SmolLM`, joined for one position at a time."""

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


class Places:
    """Writes on, in `rows` places side by side.

    Args:
        network: a SmolLM whose vocabulary has exactly 4,096 tokens, on the device to write on.
        rows, length: places, and tokens that one holds with its header.
        end: the token that is before and after a story.
        kernels: "triton" or "torch"; by default Triton on a GPU.
    """

    def __init__(
        self, network, rows: int, length: int, end: int, dtype=torch.bfloat16, kernels: str = "", seed: int = 0
    ):
        self.device = network.token_embd.weight.device
        self.kernels = kernels or ("triton" if self.device.type == "cuda" else "torch")
        self.w = Weights(network, dtype)
        self.rows, self.length, self.end, self.dtype = rows, length, end, dtype
        V = self.w.embed.shape[0]
        if self.kernels == "triton" and V != VOCABULARY:
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
        self.guesses = torch.zeros(rows, length, GUESSES, dtype=torch.int16, **make)
        self.chances = torch.zeros(rows, length, GUESSES, dtype=torch.float16, **make)
        self.min_p = torch.full((rows,), 0.1, dtype=torch.float32, **make)
        self.seed = torch.full((1,), seed * 1_000_003 % 2**30, dtype=torch.int32, **make)
        self.logits = torch.zeros(rows, V, dtype=torch.float32, **make)
        self.graph = None
        self.exact = self.device.type == "cuda" and dtype != torch.float32  # logits of 32 bits from factors of 16

    # -- one position -------------------------------------------------------------------------------------------------

    def _attend(self, layer: int) -> None:
        if self.kernels == "triton":
            attend_kernel[(self.rows, smollm.GROUPS)](
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
        if self.kernels == "triton":
            add_norm_kernel[(self.rows,)](self.x, self.y, weight, self.h, EPS, WIDTH=smollm.WIDTH, BLOCK=1024, ADD=add)
            return
        if add:
            self.x += self.y.float()
        self.h.copy_(F.rms_norm(self.x, (smollm.WIDTH,), weight.float(), EPS))

    def _forward(self) -> None:
        if self.kernels == "triton":
            embed_kernel[(self.rows,)](self.cur, self.w.embed, self.x, WIDTH=smollm.WIDTH, BLOCK=1024)
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
            if self.kernels == "triton":
                swiglu_kernel[(self.rows, 3)](self.gu, self.mid, HIDDEN=smollm.HIDDEN, BLOCK=smollm.HIDDEN // 3)
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
        if self.kernels == "triton":
            draw_kernel[(self.rows,)](
                self.logits, self.min_p, self.seed, self.tokens, self.pos, self.given, self.over, self.cur,
                self.guesses, self.chances, self.end, self.length, V=self.vocabulary, GUESSES=GUESSES, num_warps=8,
            )  # fmt: skip
            return
        shares = self.logits.softmax(-1)
        most = shares.amax(-1, keepdim=True)
        race = shares / torch.empty_like(shares).exponential_()
        drawn = race.masked_fill(shares < self.min_p.unsqueeze(1) * most, -1).argmax(-1).int()
        going = self.over == 0
        every = torch.arange(self.rows, device=self.device)
        at, after = self.pos.long(), self.pos.long() + 1
        chances, guesses = shares.topk(GUESSES)
        self.guesses[every, at] = torch.where(going[:, None], guesses.short(), self.guesses[every, at])
        self.chances[every, at] = torch.where(going[:, None], chances.half(), self.chances[every, at])
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
        """One token more in every place."""
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
    def begin(self, places: np.ndarray, begun: list[list[int]], min_p: np.ndarray) -> None:
        """Give places to new stories."""
        most = max(map(len, begun))
        heads = np.full((len(begun), most), self.end, np.int16)
        for row, ids in zip(heads, begun, strict=True):
            row[: len(ids)] = ids
        at = torch.from_numpy(places.astype(np.int64)).to(self.device)

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
        """Places whose story is over, and of these: how it ended (1 by its end, 2 too long), tokens (n, longest), how
        many of them come before the end, how many of those were given, guesses and chances (n, longest, GUESSES)."""
        over = self.over.cpu().numpy()
        places = np.flatnonzero(over)
        if not len(places):
            return None
        at = torch.from_numpy(places).to(self.device)
        sizes = self.pos[at].cpu().numpy() + 1
        longest = int(sizes.max())
        parts = (self.tokens[at, :longest], self.given[at], self.guesses[at, :longest], self.chances[at, :longest])
        tokens, given, guesses, chances = (part.cpu().numpy() for part in parts)
        return places, over[places], tokens, sizes, given, guesses, chances
