"""The words that the recogniser expects, counted in all that our own speaker reads. Called by
`resgen.training.listen.train`."""

import json
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from resgen.listen.letters import LETTERS, plain

MOST_WORDS, MOST_PAIRS = 20_000, 30_000  # what fits into the weights' file beside the weights
LEAST = 2  # times that a word was read


def counted(texts: Iterable[str], most_words: int = MOST_WORDS, most_pairs: int = MOST_PAIRS) -> str:
    """The source of a `resgen.listen.words.Language`: the commonest words of some texts, and pairs of them."""
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for text in texts:
        said = plain(text).split()
        words.update(said)
        pairs.update(pairwise(said))
    kept = {word: count for word, count in words.most_common(most_words) if count >= LEAST}
    after: dict[str, dict[str, int]] = {}
    for (first, second), count in pairs.most_common(most_pairs):
        if count >= LEAST and first in kept and second in kept:
            after.setdefault(first, {})[second] = count
    return json.dumps({"letters": LETTERS, "words": kept, "pairs": after}, separators=(",", ":"))
