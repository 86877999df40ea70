"""A text as sentences of content words. Called by `resgen.text.engine`, `resgen.text.decoding` and whoever makes or
measures training data.
"""

import re
from functools import lru_cache

# Words that tell nothing about what a text is about, and come twice in a sentence without harm.
_FUNCTION_WORDS = """
    about after again all also always and another any anything are around away back became because been before began
    being best both but came can could did didn didst does doing don done down each even ever every everyone everything
    few finally first for from gave get gets getting give go goes going gone got had happened has have having hear
    heard her here hers herself him himself his how into isn its itself just knew know known last learned let like
    liked long look looked looking made make makes many may maybe mean might more most much must named near need needed
    never new next nor not nothing now off often once one only onto other others our out over own put ran really said
    same saw say says see seemed seen several shall she should since some someone something soon started still such
    sure take taken tell than that the their them themselves then there these they thing things think this those though
    thought through till time tis told too took toward towards tried try under until unto upon used very want wanted
    wants was wasn well went were what when where whether which while who whole whom whose why will with without would
    yes yet you your yourself
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
_ENDS = re.compile(r"""[.!?…:;"“”\n]""")  # of sentences, of speeches in them and of lines


@lru_cache(10_000)
def stem(word: str) -> str:
    """A word in small letters without a plural -s."""
    return re.sub("(?<=[^su])s$", "", word.lower())


def sentences(text: str) -> list[list[str]]:
    """The stems of the content words of three letters and more of each sentence, of each speech in it and each line;
    the last is not over yet, and empty if nothing was begun."""
    return [_content_words(part) for part in _ENDS.split(text)]


def last_sentence(text: str) -> str:
    """What stands after the last end of a sentence, a speech or a line."""
    return _ENDS.split(text)[-1]


def current_sentence_words(text: str) -> list[str]:
    """The last of the `sentences`."""
    return _content_words(last_sentence(text))


def _content_words(sentence: str) -> list[str]:
    words = (word.lower() for word in re.findall(r"[A-Za-z]{3,}", sentence))
    return [stem(word) for word in words if word not in FUNCTION_WORDS]
