"""Names that the network never read, such as Siobhan: it reads a name that it knows well in their place, and they come
back where the text is shown. So nobody's name is spelt wrong later on. Called by `resgen.text.batch` and
`resgen.text.wish`; pure Python.
"""

import re
from functools import cache

from resgen import cldr
from resgen.text.sentences import FUNCTION_WORDS, stem
from resgen.text.tokenizer import Tokenizer

GIRLS, BOYS = ("Lily", "Mia", "Lucy", "Anna", "Sara", "Emma"), ("Tim", "Tom", "Ben", "Max", "Sam", "Jack")
CONTEXT = 60  # characters on either side in which words tell whether it is a girl's or a boy's
_PART = r"[^\W\d_a-zß-öø-ÿ][^\W\d_A-ZÀ-ÖØ-Þ]{2,20}"
_NAME = re.compile(rf"(?<![\w'’-]){_PART}(?:-{_PART})?(?![\w-])")
_HERS = re.compile(
    r"\b(?:girls?|wom[ae]n|queen|princess|daughters?|sisters?|mother|mom|mum|aunt|lady|witch|grandma|mrs|miss|she|hers?)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\b(?:in|at|to|from|near|of|the|The)\s+$")
_BEGINS = re.compile(r"(?:^|[.!?:\n]\s*)[\"“'‘(\s]*$")
_DOES = re.compile(
    r"(?:'s|’s)?\s+(?:was|had|is|has|and\s+[A-Z]|said|lived|loved|liked|went|wanted|woke|ran|saw|sat|looked|could|did)\b"
)
_NOT_NAMES = """monday tuesday wednesday thursday friday saturday sunday january february march april june july august
september october november december christmas easter halloween thanksgiving english french german spanish chinese
american british god heaven internet"""
_NOTHING = frozenset(_NOT_NAMES.split())


@cache
def _things() -> frozenset[str]:
    """Words, in singular, of what CLDR has names for."""
    phrases = (phrase for entry in cldr.entries() for phrase in (entry.name, *entry.aliases, *entry.words))
    return frozenset(stem(word) for phrase in phrases for word in phrase.split())


def may_be_name(word: str) -> bool:
    """Whether a word with a capital letter is none that is known to be something else."""
    small = word.lower()
    return not ({small, stem(small)} & (_things() | _NOTHING | FUNCTION_WORDS))


def stand_ins(text: str, other: str, tokenizer: Tokenizer) -> dict[str, str]:
    """Names of several tokens in a text -> a name of one token, which is in neither text.

    Args:
        other: what is read beside it, the topic.
    """
    taken = {word.lower() for word in re.findall(r"\w+", f"{text} {other}")}
    found: dict[str, str] = {}
    for name in _NAME.finditer(text[-2000:]):
        word, before, after = name[0], name.string[: name.start()], name.string[name.end() :]
        if word in found or len(tokenizer.encode(f" {word}")) == 1 or not may_be_name(word) or _PLACE.search(before):
            continue
        if _BEGINS.search(before) and after.strip() and not _DOES.match(after):
            continue  # a sentence's first word may be any
        hers = _HERS.search(before[-CONTEXT:] + " " + after[:CONTEXT])
        choice = (*GIRLS, *BOYS) if hers else (*BOYS, *GIRLS)
        free = (one for one in choice if one.lower() not in taken and len(tokenizer.encode(f" {one}")) == 1)
        stand_in = next(free, None)
        if stand_in is None:
            break
        taken.add(stand_in.lower())
        found[word] = stand_in
    return found


def replaced(text: str, words: dict[str, str]) -> str:
    """The text with other words in place of those."""
    if not words:
        return text
    pattern = "|".join(map(re.escape, words))
    return re.sub(rf"(?<![\w])(?:{pattern})(?!\w)", lambda found: words[found[0]], text)
