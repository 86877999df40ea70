"""Lessons without a teacher: `python -m resgen.training.text.augment.build`.

The stories that are there and those that a teacher wrote, many with other things in them
(`resgen.training.text.augment.nouns`), each behind a header of what it is about (`data.Themes`), so that a network that
knows them by heart learns to look at the header and to keep to it: `resgen.training.text.train --preset retold`.
"""

import numpy as np

from resgen import checkpoint
from resgen.text.tokenizer import Tokenizer
from resgen.training.text import data
from resgen.training.text.augment.nouns import changed
from resgen.training.text.soft_targets import GUESSES, Lessons, found, shards, some


def certain(heads: list[int], text: list[int], end: int) -> Lessons:
    """One document, of which what comes next is sure at each place, and the end as well.

    Args:
        heads: ids of its end token and header, from which nothing is to be learned.
        text: its ids.
    """
    tokens = np.array(heads + text, np.uint16)
    guesses, chances = np.zeros((len(tokens), GUESSES), np.uint16), np.zeros((len(tokens), GUESSES), np.float16)
    learned = slice(len(heads) - 1, None)
    guesses[learned, 0], chances[learned, 0] = [*text, end], 1
    return Lessons(tokens, np.zeros(1, np.int64), guesses, chances)


def retell(texts: list[str], tokenizer: Tokenizer) -> Lessons:
    """All texts, changed or not, each behind a header of some of its themes."""
    themes = data.Themes(texts)
    draws = [np.random.default_rng(number) for number in range(len(texts))]
    texts = [changed(text, draw) for text, draw in zip(texts, draws, strict=True)]
    parts = []
    for text, ids, draw in zip(texts, tokenizer.encode_batch(texts), draws, strict=True):
        header = tokenizer.header(some(themes.of(text), draw))
        parts.append(certain([tokenizer.end, *header], ids, tokenizer.end))
    return Lessons.join(parts)


def main() -> None:
    tokenizer = Tokenizer(checkpoint.load("text")[2]["tokenizer"])
    texts, _ = data.clean("tinystories", data.documents("tinystories", "train"))
    for path in found("written"):
        texts += Lessons.load(path).texts(tokenizer)
    path = shards("retold") / "00000.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    retell(texts, tokenizer).save(path)
    print(f"{path}: {len(texts):,} stories")


if __name__ == "__main__":
    main()
