"""What people type and what the network has read in its stories, brought together: the page shows a prompt as it was
typed, the network reads it as its stories are spelt. Called by `resgen.text.batch` and `resgen.text.decoding.drawing`.
"""

import re
import unicodedata

from resgen.text.tokenizer import Tokenizer
from resgen.unicode import stream_safe

# Stories have straight quotes and plain blanks.
_SPELT = {'"': "“”„‟«»", "'": "‘’‚‛ʼ′", " ": "\u00a0\u2009\u202f"}
_PLAIN = str.maketrans({odd: plain for plain, several in _SPELT.items() for odd in several})
_SENTENCE_BEGINS = re.compile(r"""(?:^|[.!?]\s|\n)[\s"']{0,3}[^\W\d_]""")
_LAST_WORD = re.compile(r"[^\W\d_]+$")


def as_read(prompt: str) -> str:
    """A prompt as the network reads it: with composed letters, straight quotes, and no blank at its end, which would
    have to begin the next token and cannot; and if it is all in capitals, in small letters but where sentences begin.
    """
    text = unicodedata.normalize("NFC", stream_safe(prompt)).translate(_PLAIN).rstrip(" ")
    return _in_small_letters(text) if _is_shouted(text) else text


def _is_shouted(text: str) -> bool:
    """Whether a text is in capitals, and not just an abbreviation."""
    return text.isupper() and sum(letter.isalpha() for letter in text) > 3


def _in_small_letters(text: str) -> str:
    text = re.sub(r"\bi\b", "I", text.lower())
    return _SENTENCE_BEGINS.sub(lambda found: found[0][:-1] + found[0][-1].upper(), text)


def ends_with_blank(prompt: str) -> bool:
    """Whether a new word is to come next."""
    return prompt.translate(_PLAIN).endswith(" ")


def ends_with_rare_name(prompt: str, tokenizer: Tokenizer) -> bool:
    """Whether it ends with a name of several tokens, such as Siobhan: it is taken as complete, for the network, which
    never read it, would spell on."""
    last = _LAST_WORD.search(as_read(prompt)[-100:])
    return last is not None and last[0].istitle() and len(tokenizer.encode(f" {last[0]}")) > 1
