"""Sentences marked by hand, and how well what was found fits what was marked. Called by
`resgen.evaluation.tagger.evaluate` and the tests."""

import re
from collections.abc import Iterable
from pathlib import Path

import resgen
from resgen.errors import DataError
from resgen.tagger.words import CATEGORIES

FILE = Path(resgen.__file__).parent.parent / "tests" / "data" / "tagger_sentences.txt"
_MARK = re.compile(rf"([^\W\d_]+)/({'|'.join(CATEGORIES)})\b")
Places = dict[tuple[int, int], str]  # (start, end) of a word -> its category


def unmarked(line: str) -> tuple[str, Places]:
    """`A cat/animals sat.` -> ("A cat sat.", {(2, 5): "animals"})."""
    text, places, read = "", {}, 0
    for match in _MARK.finditer(line):
        text += line[read : match.end(1)]
        places[len(text) - len(match[1]), len(text)] = match[2]
        read = match.end()
    return text + line[read:], places


def sentences() -> list[tuple[str, Places]]:
    """The 200 sentences, and what is marked in each.

    Raises:
        DataError: this is no checkout, which holds them.
    """
    if not FILE.is_file():
        raise DataError(f"The marked sentences are part of a checkout only: there is no {FILE}.")
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return [unmarked(line) for line in lines if line and not line.startswith("#")]


def f1_scores(pairs: Iterable[tuple[str | None, str | None]]) -> dict[str, float]:
    """F1 of each category that was marked or found, 0-1, of (marked, found) of each word; None is no category."""
    right, marked, found = (dict.fromkeys(CATEGORIES, 0) for _ in range(3))
    for true, guess in pairs:
        if true is not None:
            marked[true] += 1
            right[true] += true == guess
        if guess is not None:
            found[guess] += 1
    return {
        name: 2 * right[name] / (marked[name] + found[name]) for name in CATEGORIES if marked[name] + found[name] > 0
    }


def paired(texts: list[tuple[str, Places]], found: list[Places]) -> list[tuple[str | None, str | None]]:
    """(marked, found) of each word that is one of both."""
    pairs = []
    for (_, marked), guessed in zip(texts, found, strict=True):
        pairs += [(marked.get(place), guessed.get(place)) for place in sorted({*marked, *guessed})]
    return pairs
