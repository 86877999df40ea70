"""From the network's logits to words. Called by the listen engine and by its training."""

from torch import Tensor

from resgen.listen.letters import NOTHING, Letters


def greedy(logits: Tensor, letters: Letters) -> str:
    """The likeliest class of each slot (SYMBOLS, slots), repeats and NOTHING left out."""
    best = logits.argmax(0).tolist()
    kept = [now for now, before in zip(best, [NOTHING, *best], strict=False) if now not in (before, NOTHING)]
    return " ".join("".join(map(letters.letter, kept)).split())
