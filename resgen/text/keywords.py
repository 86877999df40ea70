"""The words of a topic, as they are given and as a text names them, and those of a sentence. Called by
`resgen.text.engine`, `resgen.evaluation.text.evaluate` and whoever makes training data.
"""

import re
from functools import lru_cache

from resgen.engine import RequestError

MOST_TOPIC_WORDS = 8
LONGEST_ENDING = 4  # characters that follow a noun before it is clear that it is one: car's and a full stop
NAMED, TOGETHER = 3, 6  # times that a text names each word that it is about, and all of them
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


def topic_words(topic: str) -> list[str]:
    """`Cars,  the rain` -> ["cars", "the rain"]: split at commas and semicolons, lower-case, without repeats.

    Raises:
        RequestError: too many words.
    """
    words = [" ".join(part.lower().split()) for part in re.split(r"[,;，、；\n]", topic)]
    words = list(dict.fromkeys(word for word in words if word))
    if len(words) > MOST_TOPIC_WORDS:
        raise RequestError(f"topic has {len(words)} key words; at most {MOST_TOPIC_WORDS} are possible.")
    return words


@lru_cache(10_000)
def stem(word: str) -> str:
    """A word in small letters without a plural -s."""
    return re.sub("(?<=[^su])s$", "", word.lower())


def mentions(text: str, word: str) -> int:
    """How often a noun, given in singular or with a plural -s, occurs in either: car, cars, car's; puppy, puppies.
    Forms of verbs do not count, for with them a caring friend would be a car."""
    word = stem(word)
    forms = f"{re.escape(word)}(s|es|'s|s'|es')?"
    if word.endswith("y"):
        forms += f"|{re.escape(word[:-1])}ies('s?)?"
    return sum(1 for _ in re.finditer(rf"\b({forms})\b", text, re.IGNORECASE))


def often(words: list[str]) -> int:
    """How many times a text names each of the words that it is about: three times, of many words together six times."""
    return min(NAMED, max(1, TOGETHER // max(1, len(words))))


def awaited(words: list[str], text: str, times: int) -> list[str]:
    """Those of the words that a text has not named so many times yet. Its last word does not count while it may still
    grow: the car of a carpet is none."""
    end = len(text)
    while end and (text[end - 1].isalnum() or text[end - 1] == "_"):
        end -= 1
    text = text[:end]
    # Where not even its beginning occurs so often, nobody has to look whether it stands alone.
    beginnings = text.lower()
    return [word for word in words if beginnings.count(_beginning(word)) < times or mentions(text, word) < times]


def _beginning(word: str) -> str:
    """What all forms of a word begin with."""
    return re.sub("y$", "", stem(word))


def newly_awaited(words: list[str], text: str, times: int, grown: str) -> list[str]:
    """What is `awaited` of words that all were before the text grew by that, at the price of looking at its end."""
    end = text[-len(grown) - max(map(len, words), default=0) - LONGEST_ENDING :].lower() if grown else ""
    if any(_beginning(word) in end for word in words):
        return awaited(words, text, times)
    return words


def without(words: list[str], left: list[str]) -> list[str]:
    """The words that are not among those left, in their order."""
    return [word for word in words if word not in left]


def sentences(text: str) -> list[list[str]]:
    """The stems of the content words of three letters and more of each sentence, of each speech in it and each line;
    the last is not over yet, and empty if nothing was begun."""
    return [_content_words(part) for part in _ENDS.split(text)]


def last_sentence(text: str) -> str:
    """What stands after the last end of a sentence, a speech or a line."""
    return _ENDS.split(text)[-1]


def begun(text: str) -> list[str]:
    """The last of the `sentences`."""
    return _content_words(last_sentence(text))


def _content_words(sentence: str) -> list[str]:
    words = (word.lower() for word in re.findall(r"[A-Za-z]{3,}", sentence))
    return [stem(word) for word in words if word not in FUNCTION_WORDS]
