"""The rows of many stories as one batch: for each a row that has read its topic, and, while guidance asks for words,
one that has not. Called by `resgen.text.batch`.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch
from torch import Tensor

from resgen.blocks import Memory

Story = TypeVar("Story", bound=Hashable)


@dataclass(frozen=True)
class Tile:
    """How rows are put together so that what comes out of one does not depend, bit by bit, on what others hold, on
    their number or on its place: a product with a matrix adds up in another order for other numbers of rows.

    Args:
        rows: their number is a multiple of that; what is left over is filled with copies.
        apart: each so many are a pass of their own, as nothing is known of how products are computed.
    """

    rows: int
    apart: bool


# FBGEMM's products of 16 bits take six rows at once, then three; one or two left over are added up differently. Of
# other products the same number of rows is all that is relied on; a GPU is as fast with 16 as with one.
PACKED, UNPACKED, GPU = Tile(3, False), Tile(4, True), Tile(16, True)


class GuidedBatch(Generic[Story]):
    """Memories of stories, one position after another.

    Args:
        advance: the network: tokens of each row, and the memory, which it updates -> logits (rows, V).
        tile: how many rows at once.
    """

    def __init__(self, advance: Callable[[list[list[int]], Memory], Tensor], tile: Tile):
        self._advance, self._tile = advance, tile
        self._rows: list[tuple[Story, bool] | None] = []  # whose row it is, and whether it is that without topic
        self._memory: Memory = {}

    def __len__(self) -> int:
        """Rows that stories use."""
        return sum(row is not None for row in self._rows)

    def stories(self) -> list[Story]:
        """Whose rows these are."""
        return [row[0] for row in self._rows if row is not None and not row[1]]

    def join(self, story: Story, memories: list[Memory]) -> None:
        """Add a story's one or two rows, each the memory of a batch of one."""
        for memory, without in zip(memories, (False, True), strict=False):
            self._add((story, without), memory)

    def _add(self, row: tuple[Story, bool], memory: Memory) -> None:
        if None not in self._rows:
            self._widen(memory)
        place = self._rows.index(None)
        self._rows[place] = row
        self._put(place, memory)

    def _put(self, place: int, memory: Memory) -> None:
        for layer, past in memory.items():
            self._memory[layer][place] = past[0]

    def _widen(self, memory: Memory) -> None:
        """Make room for a tile more, filled with what shall come into its first row."""
        more = self._tile.rows
        for layer, past in memory.items():
            parts = [self._memory[layer]] if self._rows else []
            self._memory[layer] = torch.cat([*parts, past.expand(more, *past.shape[1:])])
        self._rows += [None] * more

    def with_topic(self, story: Story) -> Memory:
        """The memory of a story's first row, as a batch of one of its own."""
        place = self._rows.index((story, False))
        return {layer: past[place : place + 1].clone() for layer, past in self._memory.items()}

    def leave(self, story: Story) -> None:
        """Take a story's rows out, if they are here."""
        self._free([(story, False), (story, True)])

    def end_guidance(self, story: Story) -> None:
        """Take out its row without topic, if there is one."""
        self._free([(story, True)])

    def _free(self, rows: list) -> None:
        self._rows = [None if row in rows else row for row in self._rows]
        keep = -(-len(self) // self._tile.rows) * self._tile.rows
        for place in range(keep, len(self._rows)):
            if (row := self._rows[place]) is not None:
                hole = self._rows.index(None)
                self._rows[hole] = row
                self._put(hole, {layer: past[place : place + 1] for layer, past in self._memory.items()})
        self._rows = self._rows[:keep]
        self._memory = {layer: past[:keep] for layer, past in self._memory.items()} if keep else {}

    def absorb(self, other: "GuidedBatch") -> None:
        """Take over all rows of another batch."""
        for place, row in enumerate(other._rows):
            if row is not None:
                self._add(row, {layer: past[place : place + 1] for layer, past in other._memory.items()})

    def advance(self, tokens: dict[Story, int]) -> tuple[Tensor, dict[Story, list[int]]]:
        """Read each story's next token.

        Returns:
            logits (rows, V) of what comes after it, and for each story the places of its one or two rows in them.
        """
        filling = next(iter(tokens.values()))
        read = [[filling if row is None else tokens[row[0]]] for row in self._rows]
        logits = self._advance_apart(read) if self._tile.apart else self._advance(read, self._memory)
        places: dict[Story, list[int]] = {}
        for without in (False, True):
            for place, row in enumerate(self._rows):
                if row is not None and row[1] == without:
                    places.setdefault(row[0], []).append(place)
        return logits, places

    def _advance_apart(self, read: list[list[int]]) -> Tensor:
        size, passes, memories = self._tile.rows, [], []
        for start in range(0, len(read), size):
            memory = {layer: past[start : start + size] for layer, past in self._memory.items()}
            passes.append(self._advance(read[start : start + size], memory))
            memories.append(memory)
        self._memory = {layer: torch.cat([memory[layer] for memory in memories]) for layer in memories[0]}
        return torch.cat(passes)
