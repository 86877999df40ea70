"""Many stories written side by side, to learn from. Called by `resgen.text.teacher`, `critic` and `prefer`; for people
writes `resgen.text.engine`.
"""

from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from resgen.text.lessons import GUESSES, likeliest

MOST_WORDS = 3  # of those a story is asked for


def asked(told: list[str], draw: np.random.Generator) -> list[str]:
    """Words to write about, none to MOST_WORDS of those told."""
    return list(dict.fromkeys(draw.choice(told, draw.integers(0, MOST_WORDS + 1)).tolist()))


class Kept(Protocol):
    """What a network keeps of its rows between two tokens."""

    def keep(self, rows: Tensor) -> None:
        """Drop all rows but these."""


class Rows(dict):
    """That of a text network, see `resgen.blocks.Memory`."""

    def keep(self, rows: Tensor) -> None:
        for layer, state in self.items():
            self[layer] = state[rows]


@torch.inference_mode()
def write(
    network: nn.Module,
    memory: Kept,
    begun: list[list[int]],
    end: int,
    seed: int,
    temperature: float,
    min_p: float,
    longest: int,
) -> tuple[np.ndarray, ...]:
    """Go on with several beginnings, each until its end token.

    Args:
        network: called as network(tokens (B, 1), memory).
        memory: of its rows, empty.
        begun: ids of each.
        end: id of the end token.
        temperature, min_p: as in `sampling.sample`.
        longest: tokens of a story, its beginning among them.

    Returns:
        tokens (B, longest) int64 from the beginning on; sizes (B,): how many of them are of the story, without its end
        token, 0 where it found no end within longest; guesses and chances (B, longest, GUESSES) after each token, those
        from which the next one was drawn.
    """
    random = torch.Generator().manual_seed(seed)
    tokens = np.zeros((len(begun), longest), np.int64)
    sizes = np.zeros(len(begun), np.int64)
    guesses = np.zeros((len(begun), longest, GUESSES), np.uint16)
    chances = np.zeros(guesses.shape, np.float16)
    given = np.array([len(row) for row in begun])
    for row, ids in zip(tokens, begun, strict=True):
        row[: len(ids)] = ids
    rows = np.arange(len(begun))  # of the stories in the memory; those that ended stay until it pays to move the others
    for place in range(1, longest):
        logits = network(torch.from_numpy(tokens[rows, place - 1 : place]), memory)[:, -1].float()
        shares = (logits / temperature).softmax(-1)
        shares[shares < min_p * shares.amax(-1, keepdim=True)] = 0
        shares /= shares.sum(-1, keepdim=True)
        guesses[rows, place - 1], chances[rows, place - 1] = likeliest(shares)
        drawn = torch.multinomial(shares, 1, generator=random).squeeze(1).numpy()
        free = (place >= given[rows]) & (sizes[rows] == 0)
        tokens[rows[free], place] = drawn[free]
        over = free & (drawn == end)
        sizes[rows[over]] = place
        going = np.flatnonzero(sizes[rows] == 0)
        if len(going) == 0:
            break
        if len(going) <= 0.85 * len(rows):
            memory.keep(torch.from_numpy(going))
            rows = rows[going]
    return tokens, sizes, guesses, chances
