"""The GPU kernels of `resgen.training.text.distil.sampler`, in Triton. PyTorch without CUDA has no Triton: then nothing
imports this.
"""

import triton
import triton.language as tl


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

    Keys lie in the cache with their even positions first, then the odd ones.
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
    logits, min_p, seed, tokens, pos, given, over, cur, topk_ids, topk_probs, end, L,
    V: tl.constexpr, TOP_K: tl.constexpr,
):  # fmt: skip
    """Draw the next token of one row, keep the likeliest and their topk_probs, go on by one place."""
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
        for g in range(TOP_K):
            most = tl.max(bits, 0)
            there = (row * L + at) * TOP_K + g
            tl.store(topk_ids + there, (most & 4095).to(tl.int16))
            share = (most & -4096).to(tl.float32, bitcast=True) / whole
            tl.store(topk_probs + there, share.to(tl.float16))
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
