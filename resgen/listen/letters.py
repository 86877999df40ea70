"""What the recogniser writes: small letters, the apostrophe and the blank between words. Called by the engine, decoding
and training."""

import re
import unicodedata

LETTERS = "abcdefghijklmnopqrstuvwxyz'"
NOTHING = 0  # the class of a slot in which no letter begins: CTC's blank (Graves et al. 2006)
BETWEEN = 1  # the class of the blank between two words
SYMBOLS = 2 + len(LETTERS)

# As they are said; the transcripts of read books write them so.
_SAID = {"mr": "mister", "mrs": "missus", "dr": "doctor", "st": "saint", "ms": "miss"}


class Letters:
    """The classes of the network's output and the letters they stand for.

    Args:
        letters: in the order of their classes from 2 on.
    """

    def __init__(self, letters: str = LETTERS):
        self.letters = letters
        self.classes = {letter: index + 2 for index, letter in enumerate(letters)} | {" ": BETWEEN}

    def encode(self, text: str) -> list[int]:
        """Classes of a text in plain letters.

        Raises:
            KeyError: another character; `plain` lets none through.
        """
        return [self.classes[letter] for letter in text]

    def letter(self, index: int) -> str:
        """The letter of a class but NOTHING."""
        return " " if index == BETWEEN else self.letters[index - 2]


def plain(text: str) -> str:
    """A transcript in small letters with single blanks, without punctuation and accents; "" where it has digits or
    letters that no word of English has."""
    text = unicodedata.normalize("NFKD", text.replace("’", "'").replace("‘", "'")).lower()
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    words = [_SAID.get(word, word) for word in re.sub(r"[^\w']|_", " ", text).split()]
    words = [word for word in (word.strip("'") for word in words) if word]
    return " ".join(words) if all(set(word) <= set(LETTERS) for word in words) else ""
