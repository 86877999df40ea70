"""The topic, kept in view: what a document's header says is added to every position after it. Called by
`resgen.text.model`.
"""

import torch
from torch import Tensor, nn

from resgen.blocks import Memory


class TopicConditioning(nn.Module):
    """Adds up the embeddings of a header's tokens and maps the sum onto every later position of the document.

    An RNN has to remember a header over hundreds of tokens to write about it; here it is as near as the token itself.
    Starts as zero. Causal: within a header a position knows the part read so far.

    Shapes: tokens (B, T), embedded (B, T, C) -> (B, T, C). `memory` keeps (B, C + 2): the sum, the number of its
    tokens, and whether the header is still open; and beside it, under `map`, the last position's output, (B, 1, C).

    Args:
        channels: C.
        special_ids: ids of the tokens that begin a document, open its header and close it.
    """

    def __init__(self, channels: int, special_ids: tuple[int, int, int]):
        super().__init__()
        self.special_ids = special_ids
        self.map = nn.Linear(channels, channels, bias=False)
        nn.init.zeros_(self.map.weight)

    def forward(self, tokens: Tensor, embedded: Tensor, memory: Memory | None = None) -> Tensor:
        begin, opening, closing = self.special_ids
        B, T, C = embedded.shape
        before = None if memory is None else memory.get(self)
        if T == 1 and memory is not None and before is not None and self.is_unchanged(tokens, before):
            return memory[self.map]
        if before is None:
            before = embedded.new_zeros(B, C + 2, dtype=torch.float32)
        carried, was_open = before[:, : C + 1].unsqueeze(1), before[:, C + 1 :]
        opened = was_open + (tokens == opening).cumsum(1) - (tokens == closing).cumsum(1)
        inside = ((opened > 0) & (tokens != opening)).unsqueeze(-1)
        counted = torch.cat([embedded.float(), embedded.new_ones(B, T, 1)], dim=-1) * inside
        total = carried + counted.cumsum(1)
        # What stood before the document's beginning is taken off again.
        places = torch.arange(T, device=tokens.device).where(tokens == begin, -1).cummax(1).values
        stale = total.gather(1, places.clamp(min=0).unsqueeze(-1).expand_as(total))
        total = torch.where((places >= 0).unsqueeze(-1), total - stale, total)
        mean = total[..., :C] * total[..., C:].clamp(min=1).rsqrt()
        mapped = self.map(mean.to(embedded.dtype))
        if memory is not None:
            memory[self] = torch.cat([total[:, -1], opened[:, -1:]], dim=-1)
            memory[self.map] = mapped[:, -1:]
        return mapped

    def is_unchanged(self, tokens: Tensor, before: Tensor) -> bool:
        """Whether the next position, (B, 1), sees what the last one saw: in no row a mark or an open header."""
        if any(token in self.special_ids for (token,) in tokens.tolist()):
            return False
        return max(before[:, -1].tolist()) <= 0
