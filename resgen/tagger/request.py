"""What goes into the tagger and what comes out of it. Used by `resgen.tagger.engine`, the page and the command line."""

import re
from dataclasses import dataclass

from resgen.engine import Progress, setting
from resgen.errors import RequestError
from resgen.tagger.words import CATEGORIES


@dataclass(frozen=True)
class TagRequest:
    """In what to look, and for what."""

    text: str = setting("", "English text whose words are looked at", high=20_000)
    categories: str = setting(
        "", f"which to find, separated by commas: {', '.join(CATEGORIES)}; empty: all of them", high=200
    )


@dataclass(frozen=True)
class Span:
    """A word that names something: `text` is the request's from `start` to `end`, in characters; its probability, 0-1,
    is that of the category."""

    start: int
    end: int
    text: str
    category: str
    probability: float


@dataclass(frozen=True)
class TagResult:
    """The words found so far, in their order; `progress` counts words and signs that were looked at. There is nothing
    that it could understand otherwise than it was asked, so `notices` is empty."""

    spans: tuple[Span, ...]
    settings: dict
    progress: Progress
    notices: tuple[str, ...] = ()

    def words(self, category: str) -> list[str]:
        """What was found of a category: each word once, in small letters, in the order of the text."""
        return list(dict.fromkeys(span.text.lower() for span in self.spans if span.category == category))


def wanted(categories: str) -> tuple[str, ...]:
    """`Vehicles, food` -> ("vehicles", "food"); of nothing all.

    Raises:
        RequestError: one of them is no category.
    """
    names = [name for part in re.split(r"[,;]", categories) if (name := part.strip().casefold())]
    for name in names:
        if name not in CATEGORIES:
            raise RequestError(f"categories must be some of {', '.join(CATEGORIES)}; one of them is {name[:40]!r}.")
    return tuple(dict.fromkeys(names)) or CATEGORIES
