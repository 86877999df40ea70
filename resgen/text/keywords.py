"""The words of a topic, as they are given and as a text names them. Called by `resgen.text.engine`,
`resgen.evaluation.text.evaluate` and whoever makes training data.
"""

import re

from resgen.errors import RequestError
from resgen.text.sentences import stem

MOST_TOPIC_WORDS = 8
NAMED, TOGETHER = 3, 6  # times that a text names each word that it is about, and all of them


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


def mentions(text: str, word: str) -> int:
    """How often a noun, given in singular or with a plural -s, occurs in either: car, cars, car's; puppy, puppies.
    Forms of verbs do not count, for with them a caring friend would be a car."""
    word = stem(word)
    forms = f"{re.escape(word)}(s|es|'s|s'|es')?"
    if word.endswith("y"):
        forms += f"|{re.escape(word[:-1])}ies('s?)?"
    return sum(1 for _ in re.finditer(rf"\b({forms})\b", text, re.IGNORECASE))


def required_mentions(words: list[str]) -> int:
    """How many times a text names each of the words that it is about: three times, of many words together six times."""
    return min(NAMED, max(1, TOGETHER // max(1, len(words))))


def pending_topic_words(words: list[str], text: str, times: int) -> list[str]:
    """Those of the words that a text has not named so many times yet. Its last word does not count while it may still
    grow: the car of a carpet is none."""
    end = len(text)
    while end and (text[end - 1].isalnum() or text[end - 1] == "_"):
        end -= 1
    text = text[:end]
    # Where not even its beginning occurs so often, nobody has to look whether it stands alone.
    beginnings = text.lower()
    return [
        word for word in words if beginnings.count(re.sub("y$", "", stem(word))) < times or mentions(text, word) < times
    ]


def difference(words: list[str], left: list[str]) -> list[str]:
    """The words that are not among those left, in their order."""
    return [word for word in words if word not in left]
