"""From what a person types to the words the picture model reads: spelling, plurals, emoji characters, Chinese.
Called by `resgen.image.engine` and by training; pure Python.

The dictionary travels inside the model's file: the names it was trained on, with the words Unicode's CLDR gives
to each, so that car, 汽车 and 🚗 all find the automobile.
"""

import json
import re
import unicodedata
from dataclasses import dataclass

from resgen.unicode import stream_safe

WORDS = 8  # words a prompt
LETTERS = 16  # letters a word
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
CHINESE_COLOURS = {
    **{"红": "red", "橙": "orange", "黄": "yellow", "绿": "green", "蓝": "blue"},
    **{"紫": "purple", "棕": "brown", "黑": "black", "白": "white"},
}
CHINESE_COUNTS = {"两": "two", "二": "two", "三": "three"}
CHINESE_MEASURES = "只个朵辆艘座把条匹头棵块"
# Beside the words of names, what pictures were made for (`resgen.training.image.augment`).
COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white")
MADE_WORDS = {*COLOURS, "two", "three", "and"}
DIGITS = {"2": "two", "3": "three"}
FILLERS = {"a", "an", "the", "some", "please", "draw", "paint", "me", "my", "picture", "drawing", "emoji"}


def plain(text: str) -> str:
    """Lower-case words of a-z and 0-9 separated by single spaces; accents and apostrophes are dropped."""
    decomposed = unicodedata.normalize("NFKD", stream_safe(text.casefold())).replace("'", "").replace("’", "")
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.findall("[a-z0-9]+", bare))


def _unread(text: str) -> list[str]:
    """Runs of letters, digits and pictographs of which `plain` makes nothing."""
    kinds = ((c, unicodedata.category(c)) for c in text)
    return "".join(c if (k[0] in "LMN" or k == "So") and not plain(c) else " " for c, k in kinds).split()


@dataclass(frozen=True)
class Reading:
    """How a prompt was understood: the words to draw, those never seen in training, those left out, and (asked for,
    taken as instead) of a thing that is not known."""

    words: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    taken: tuple[tuple[str, str], ...] = ()


class Dictionary:
    """The names a model knows.

    Args:
        source: JSON: per name {"name", "emoji", "aliases": other names of this thing alone, "words": English
            keywords, "chinese": label, then keywords, "styles": those it was trained in; none for a name held out}.
    """

    def __init__(self, source: str):
        self.source = source
        self.entries = entries = json.loads(source)
        self.names = [entry["name"] for entry in entries]
        phrases = [p for e in entries if e["styles"] for p in (e["name"], *e["aliases"], *e["words"])]
        self.vocabulary = sorted({word for phrase in phrases for word in phrase.split()})
        self._index = {word: i + 1 for i, word in enumerate(self.vocabulary)}  # 0: no or an unknown word
        self._meant = {alias: e["name"].split() for e in entries if e["styles"] for alias in e["aliases"]}
        self._phrases = set(phrases)
        self._signs: dict[str, str] = {}
        for rank in range(max((len(e["chinese"]) for e in entries), default=0)):  # labels win over keywords
            for entry in entries:
                if rank < len(entry["chinese"]) and not entry["chinese"][rank].isascii():
                    self._signs.setdefault(entry["chinese"][rank], entry["name"])
        self._signs |= {entry["emoji"].replace("\ufe0f", ""): entry["name"] for entry in entries if entry["emoji"]}
        for sign, colour in CHINESE_COLOURS.items():
            self._signs |= {sign: colour, f"{sign}色": colour, f"{sign}色的": colour}
        for sign, count in CHINESE_COUNTS.items():
            self._signs |= {sign + measure: count for measure in CHINESE_MEASURES}
        self._signs |= {"和": "and", "&": "and", "+": "and"}
        longest_first = sorted(self._signs, key=lambda sign: (-len(sign), sign))
        self._sign = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")

    def completions(self) -> list[str]:
        """What a person may begin to type: every name, other name and English keyword, sorted."""
        return sorted({p for e in self.entries for p in (e["name"], *e["aliases"], *e["words"])})

    def read(self, text: str) -> Reading:
        """Understand a prompt. Nothing is refused: what cannot be read is reported as dropped."""
        text = unicodedata.normalize("NFC", stream_safe(text)).replace("\ufe0f", "")
        text = self._sign.sub(lambda found: f" {self._signs[found[0]]} ", text)
        strange = _unread(text)
        words = plain(text).split()
        if " ".join(words) not in self._phrases:
            words = [DIGITS.get(word, self._singular(word)) for word in words if word not in FILLERS]
        # "car" is a word of many names, but as a whole prompt it means one thing.
        words = self._meant.get(" ".join(words), words)
        unknown = [word for word in words if word not in self._index and word not in MADE_WORDS]
        dropped = strange
        if len(words) > WORDS:  # words it knows come first
            kept = sorted(range(len(words)), key=lambda i: (words[i] not in self._index, i))[:WORDS]
            dropped = [word for i, word in enumerate(words) if i not in kept] + dropped
            words = [words[i] for i in sorted(kept)]
        kept_unknown = dict.fromkeys(word for word in words if word in unknown)
        return Reading(tuple(words), tuple(kept_unknown), tuple(dict.fromkeys(dropped)))

    def mentioned(self, text: str, most: int) -> list[str]:
        """Things that a text names, by one of their own names, the most often named first; each as it is named."""
        named = {phrase: e["name"] for e in self.entries if e["styles"] for phrase in (*e["aliases"], e["name"])}
        words = [self._singular(word) for word in plain(text).split()]
        found: dict[str, list[str]] = {}
        start = 0
        while start < len(words):
            # the longest name wins: a fire engine is no engine
            length = next((n for n in (3, 2, 1) if " ".join(words[start : start + n]) in named), 0)
            if length:
                phrase = " ".join(words[start : start + length])
                found.setdefault(named[phrase], []).append(phrase)
            start += length or 1
        often = sorted(found.values(), key=len, reverse=True)  # stable: equally often, by first mention
        return [phrases[0] for phrases in often[:most]]

    def _singular(self, word: str) -> str:
        if word in self._index:
            return word
        stems: tuple[str, ...]
        stems = (word[:-3] + "y" if word.endswith("ies") else "", word.removesuffix("es"), word.removesuffix("s"))
        irregular = {"mice": "mouse", "knives": "knife", "leaves": "leaf", "geese": "goose", "wolves": "wolf"}
        stems = (irregular.get(word, ""), *stems)
        return next((stem for stem in stems if stem in self._index), word)

    def encode(self, words: tuple[str, ...]) -> tuple[list[int], list[list[int]]]:
        """At most WORDS words -> (word numbers (WORDS,), letter numbers (WORDS, LETTERS)); 0 fills the rest."""
        numbers = [self._index.get(word, 0) for word in words]
        letters = [[ALPHABET.index(c) + 1 for c in word[:LETTERS]] for word in words]
        letters = [row + [0] * (LETTERS - len(row)) for row in letters]
        empty = WORDS - len(words)
        return numbers + [0] * empty, letters + [[0] * LETTERS] * empty
