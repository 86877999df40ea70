"""The words of a topic, as they are given and as a text names them, and those of a sentence. Called by
`resgen.text.engine`, `resgen.evaluation.text.evaluate` and whoever makes training data.
"""

import re

from resgen.errors import RequestError
from resgen.text.sentences import stem

MOST_TOPIC_WORDS = 8
LONGEST_ENDING = 4  # characters that follow a noun before it is clear that it is one: car's and a full stop
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
    return [word for word in words if beginnings.count(_beginning(word)) < times or mentions(text, word) < times]


def _beginning(word: str) -> str:
    """What all forms of a word begin with."""
    return re.sub("y$", "", stem(word))


def newly_pending(words: list[str], text: str, times: int, grown: str) -> list[str]:
    """What is `pending_topic_words` of words that all were before the text grew by that, at the price of looking at
    its end."""
    end = text[-len(grown) - max(map(len, words), default=0) - LONGEST_ENDING :].lower() if grown else ""
    if any(_beginning(word) in end for word in words):
        return pending_topic_words(words, text, times)
    return words


def difference(words: list[str], left: list[str]) -> list[str]:
    """The words that are not among those left, in their order."""
    return [word for word in words if word not in left]
