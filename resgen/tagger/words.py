"""What a tagger can find, and the words of a text. Called by `resgen.tagger.engine`, and by training and evaluation."""

import re

CATEGORIES = (
    "people",
    "animals",
    "vehicles",
    "food",
    "plants",
    "places",
    "body",
    "clothing",
    "things",
    "time",
    "feelings",
)
NONE = len(CATEGORIES)  # the class of all other words

# A run of letters with the marks above them; an apostrophe and the letters after it; a number; any other sign.
_PIECE = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+|['’][^\W\d_]+|\d+|[^\w\s]|_")


def pieces(text: str) -> list[tuple[int, int]]:
    """Where the words, numbers and signs of a text are: (start, end) of each, in order."""
    return [match.span() for match in _PIECE.finditer(text)]


def is_word(piece: str) -> bool:
    """Whether a piece of a text is a word, which may be of a category; 's and the like are none."""
    return piece[0].isalpha()
