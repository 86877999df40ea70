"""What can be said of any text before it is read. Called by the rooms that normalise what a visitor typed."""

import unicodedata

MOST_MARKS = 30  # combining characters in a row; no language needs more (Unicode Standard Annex 15, section 13)


def stream_safe(text: str) -> str:
    """A text without the combining characters beyond `MOST_MARKS` in a row: normalising sorts them, in a time that
    grows with the square of their number."""
    kept, marks = [], 0
    for letter in text:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= MOST_MARKS:
            kept.append(letter)
    return "".join(kept)
