"""The words of a topic, as they are given and as a text names them. Called by `resgen.text.engine` and
`resgen.text.evaluate`.
"""

import re

from resgen.engine import RequestError

MOST_TOPIC_WORDS = 8


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


def names(text: str, word: str) -> bool:
    """Whether a noun, given in singular or with a plural -s, occurs in either: car, cars, car's; puppy, puppies. Forms
    of verbs do not count, for with them a caring friend would be a car."""
    if re.search("[^su]s$", word):
        word = word[:-1]
    forms = f"{re.escape(word)}(s|es|'s|s'|es')?"
    if word.endswith("y"):
        forms += f"|{re.escape(word[:-1])}ies('s?)?"
    return bool(re.search(rf"\b({forms})\b", text, re.IGNORECASE))


def awaited(words: list[str], text: str) -> list[str]:
    """Those of the words that a text has not named yet. Its last word does not count while it may still grow: the car
    of a carpet is none."""
    text = re.sub(r"\w+$", "", text)
    return [word for word in words if not names(text, word)]


def without(words: list[str], left: list[str]) -> list[str]:
    """The words that are not among those left, in their order."""
    return [word for word in words if word not in left]
