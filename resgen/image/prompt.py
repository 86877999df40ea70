"""From what a person types to the words the picture model reads: spelling, plurals, emoji characters, Chinese.
Called by `resgen.image.engine` and by training; pure Python.

The dictionary travels inside the model's file: the names it was trained on, with the words Unicode's CLDR gives
to each, so that car, 汽车 and 🚗 all find the automobile.
"""

import difflib
import json
import math
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache, cached_property

from resgen import cldr
from resgen.image.phrases import Simplified, joined, simplified, without_frames, without_negated
from resgen.image.wordlists import ADJECTIVES, COLOURS, GREY, MEDIA_STYLES
from resgen.unicode import stream_safe

WORDS = 8  # words a prompt
LETTERS = 16  # letters a word
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
CHINESE_COUNTS = {"两": "two", "二": "two", "三": "three"}
MADE_WORDS = {*COLOURS, "two", "three", "and"}
DIGITS = {"2": "two", "3": "three"}
NEAREST = 3  # things named near a word
KIN = 6  # things of the same kind as a thing
_CHINESE_ASKING = re.compile(r"^\s*(?:请|帮我|给我|我想要?|可以|能)*画(?=.)")
_CHINESE_FRAMES = re.compile("图片|照片")


def plain(text: str) -> str:
    """Lower-case words of a-z and 0-9 separated by single spaces; accents and apostrophes are dropped."""
    decomposed = unicodedata.normalize("NFKD", stream_safe(text.casefold())).replace("'", "").replace("’", "")
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.findall("[a-z0-9]+", bare))


def _unread(text: str) -> list[str]:
    """Runs of letters, digits and pictographs of which `plain` makes nothing."""
    kinds = ((c, unicodedata.category(c)) for c in text)
    return "".join(c if (k[0] in "LMN" or k == "So") and not plain(c) else " " for c, k in kinds).split()


@cache
def _calls() -> dict[str, list[cldr.Entry]]:
    named: dict[str, list[cldr.Entry]] = {}
    for entry in cldr.entries():
        for name in {entry.thing, entry.name, *entry.aliases}:
            named.setdefault(name, []).append(entry)
    return named


@dataclass(frozen=True)
class Reading:
    """How a prompt was understood: the words to draw, those never seen in training, those left out, the words to keep
    away from, the style that it names, what else is to be told, in sentences, and whether it is grey."""

    words: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    style: str = ""
    told: tuple[str, ...] = ()
    grey: bool = False

    def with_notice(self, notice: str) -> "Reading":
        """The same, with one more sentence to be told."""
        return replace(self, told=(*self.told, notice))

    @property
    def notices(self) -> tuple[str, ...]:
        """All that a person should know before it is drawn, in sentences."""
        said = [*self.told]
        if self.avoid:
            said.append(f"Kept away from: {' '.join(self.avoid)}.")
        if self.unknown:
            said.append(f"Never seen in training, read by its letters: {', '.join(self.unknown)}.")
        if self.dropped:
            said.append(f"Left out, for it cannot be read: {', '.join(self.dropped)}.")
        return tuple(said)


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
        self._drawn = {entry["name"] for entry in entries if entry["styles"]}
        self._things = {p for e in entries for p in (e["name"], *(e["aliases"] if e["styles"] else ()))}
        self._signs: dict[str, str] = {}
        for rank in range(max((len(e["chinese"]) for e in entries), default=0)):  # labels win over keywords
            for entry in entries:
                if rank < len(entry["chinese"]) and not entry["chinese"][rank].isascii():
                    self._signs.setdefault(entry["chinese"][rank], entry["name"])
        self._signs |= {entry["emoji"].replace("\ufe0f", ""): entry["name"] for entry in entries if entry["emoji"]}
        for sign, colour in cldr.CHINESE_COLOURS.items():
            self._signs |= {sign: colour, f"{sign}色": colour, f"{sign}色的": colour}
        for sign, count in CHINESE_COUNTS.items():
            self._signs |= {sign + measure: count for measure in cldr.CHINESE_MEASURES}
        self._signs |= {"和": "and", "&": "and", "+": "and"}
        longest_first = sorted(self._signs, key=lambda sign: (-len(sign), sign))
        self._sign = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")

    def completions(self) -> list[str]:
        """What a person may begin to type: every name, other name and English keyword, sorted."""
        return sorted({p for e in self.entries for p in (e["name"], *e["aliases"], *e["words"])})

    def read(self, text: str) -> Reading:
        """Understand a prompt. Nothing is refused: what cannot be read is reported as dropped, what is read otherwise
        than it stands is told."""
        text = unicodedata.normalize("NFC", stream_safe(text)).replace("\ufe0f", "")
        text = _CHINESE_ASKING.sub("", text)
        text = self._sign.sub(lambda found: f" {self._signs[found[0]]} ", text)
        text = _CHINESE_FRAMES.sub(" ", cldr.in_english(text))
        strange = _unread(text)
        if plain(text) in self._things:
            wanted, unwanted = text, ""
        else:
            wanted, unwanted = without_negated(text.casefold().replace("’", "'"), self.is_thing)
        done, medium = self._understood(wanted)
        avoid = self._understood(unwanted)[0].words[:WORDS]
        # "car" is a word of many names, but as a whole prompt it means one thing.
        words = self._meant.get(" ".join(done.words), done.words)
        unknown = [word for word in words if word not in self._index and word not in MADE_WORDS]
        dropped = strange
        if len(words) > WORDS:  # words it knows come first
            kept = sorted(range(len(words)), key=lambda i: (words[i] not in self._index, i))[:WORDS]
            dropped = [word for i, word in enumerate(words) if i not in kept] + dropped
            words = [words[i] for i in sorted(kept)]
        unknown = list(dict.fromkeys(word for word in words if word in unknown))
        alike = {word: names for word in unknown if word not in done.near and (names := self._spelt_alike(word))}
        return Reading(
            tuple(words),
            tuple(unknown),
            tuple(dict.fromkeys(dropped)),
            tuple(avoid),
            MEDIA_STYLES.get(medium, ""),
            (*done.notices(), *(f"Spelt much as {word} are: {', '.join(names)}." for word, names in alike.items())),
            done.grey,
        )

    def _understood(self, text: str) -> tuple[Simplified, str]:
        """A text without negations as words that the painter knows, and the medium that it names."""
        whole = plain(text).split()
        if " ".join(whole) in self._things:
            return Simplified(whole), ""
        if " ".join(whole) in self._phrases:  # a keyword, though it may be a frame elsewhere: photo
            return simplified(whole, self), ""
        media, parts = [], []
        for part in re.split(r"[,;:!?\n()\[\]{}|]|\.(?!\d)", text):
            words, medium = without_frames(plain(part).split(), self._things.__contains__)
            media.append(medium)
            if words:
                parts.append(simplified([DIGITS.get(word, word) for word in words], self))
        together, named = Simplified(), False
        for done in parts:
            names = self._names_thing(done.words)
            together.words += ["and", *done.words] if named and names else done.words
            named |= names
            together.read_as |= done.read_as
            together.near |= done.near
            together.kinds |= done.kinds
            together.left_out += done.left_out
            together.counted |= done.counted
            together.beside |= done.beside
        if GREY in together.words:
            self._make_grey(together)
        words = joined(together.words)
        together.left_out += [word for word in COLOURS if words.count(word) < together.words.count(word)]
        together.words = words
        return together, next(filter(None, media), "")

    def _make_grey(self, done: Simplified) -> None:
        """A single thing that is grey is drawn without colours; among others, or without a thing, grey is black."""
        others = [word for word in done.words if word != GREY]
        done.grey = self._names_thing(others) and not {"and", *COLOURS} & {*joined(others)}
        if done.grey:
            done.words = others
        else:
            done.words = ["black" if word == GREY else word for word in done.words]
            done.read_as[GREY] = "black"

    def _names_thing(self, words: list[str]) -> bool:
        return any(word in self._heads for word in words)

    def is_thing(self, phrase: str) -> bool:
        """Whether it is a name, or another name, of one thing."""
        return phrase in self._things

    def is_drawn(self, name: str) -> bool:
        """Whether it is a name that was trained on."""
        return name in self._drawn

    def knows(self, word: str) -> bool:
        """Whether the network has read the word."""
        return word in self._index or word in MADE_WORDS

    @cached_property
    def _heads(self) -> dict[str, None]:
        """Words that say what a thing is: moon of the full moon, glass of a glass of milk."""
        names = (
            re.split(r" (?:of|with|in|on|at|behind|over|and|without) ", thing)[0] for thing in sorted(self._things)
        )
        return dict.fromkeys(name.split()[-1] for name in names if name)

    def like(self, word: str) -> str:
        """The thing that a misspelt word is meant to be; "" if none is near enough."""
        if len(word) < 5 or word in self._english:
            return ""
        singles = [
            known
            for known in self._heads
            if known[:1] == word[:1] and abs(len(known) - len(word)) < 2 and known in self._index
        ]
        swapped = [known for known in singles if sorted(known) == sorted(word)]  # bottel
        close = difflib.get_close_matches(word, singles, 1, 0.8 if len(word) > 6 else 0.87)
        return next(iter([*swapped, *close]), "")

    def _spelt_alike(self, word: str) -> list[str]:
        """Things whose names are spelt much as a word that was never read."""
        single = [thing for thing in sorted(self._drawn) if " " not in thing]
        return difflib.get_close_matches(word, single, NEAREST, 0.7)

    @cached_property
    def _english(self) -> frozenset[str]:
        """Words that are spelt right, though not the painter's."""
        return frozenset(word for e in cldr.entries() for p in (e.name, *e.aliases, *e.words) for word in p.split())

    def things_of(self, keyword: str) -> list[str]:
        """Of a word that is no name, the things that it is a keyword of, those with fewer keywords first; of one that
        was never read, those that share keywords with what CLDR calls so."""
        if keyword in self._heads or keyword in MADE_WORDS:
            return []
        whose = self._keywords.get(keyword, [])
        if whose or keyword in self._index:
            return whose[:NEAREST]
        others = _calls().get(keyword, [])
        shared = {word for e in others for word in e.words} - {"face", "person", "people", "animal"}
        scores: dict[str, float] = {}
        for word in sorted(shared):
            for name in self._keywords.get(word, []):  # a rare keyword says more
                scores[name] = scores.get(name, 0.0) + 1 / len(self._keywords[word])
        ranked = sorted(scores, key=lambda name: (-scores[name], name))
        return [name for name in ranked[:NEAREST] if scores[name] > 0.2]

    def kin(self, name: str) -> tuple[str, ...]:
        """Names trained on that share the most keywords with one of them, the most first; none of what is no name."""
        if name not in self._kin:
            own = next((entry for entry in self.entries if entry["name"] == name), None)
            words = {*own["words"], *name.split()} if own else set()
            scores = {
                entry["name"]: len(words & {*entry["words"], *entry["name"].split()})
                / math.sqrt(len(entry["words"]) + 1)
                for entry in self.entries
                if words and entry["styles"] and entry["name"] != name
            }
            ranked = sorted((name for name in scores if scores[name]), key=lambda other: (-scores[other], other))
            self._kin[name] = tuple(ranked[:KIN])
        return self._kin[name]

    @cached_property
    def _kin(self) -> dict[str, tuple[str, ...]]:
        return {}

    @cached_property
    def _keywords(self) -> dict[str, list[str]]:
        """Keyword, or word of a name -> the names trained on that have it, those with fewer keywords first."""
        named: dict[str, list[str]] = {}
        for entry in sorted((e for e in self.entries if e["styles"]), key=lambda e: len(e["words"])):
            for word in dict.fromkeys([*entry["words"], *entry["name"].split()]):
                named.setdefault(word, []).append(entry["name"])
        return named

    def mentioned(self, text: str, most: int) -> list[str]:
        """Things that a text names, by one of their own names, the most often named first; each as it is named."""
        named = {phrase: e["name"] for e in self.entries if e["styles"] for phrase in (*e["aliases"], e["name"])}
        words = [self.singular(word) for word in plain(text).split()]
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

    def singular(self, word: str) -> str:
        """A word without a plural's ending, if that is one that the network has read; or with one, of a thing of which
        it has read of several only: pancake, cherry."""
        if word in self._things:
            return word
        plurals = (word + "s", word.removesuffix("y") + "ies")
        if word not in ADJECTIVES and (several := next((form for form in plurals if form in self._things), "")):
            return several
        stems: tuple[str, ...]
        stems = (word[:-3] + "y" if word.endswith("ies") else "", word.removesuffix("es"), word.removesuffix("s"))
        irregular = {"mice": "mouse", "knives": "knife", "leaves": "leaf", "geese": "goose", "wolves": "wolf"}
        stems = (irregular.get(word, ""), *stems)
        if thing := next((stem for stem in stems if stem in self._things), ""):
            return thing
        return word if word in self._index else next((stem for stem in stems if stem in self._index), word)

    def encode(self, words: tuple[str, ...]) -> tuple[list[int], list[list[int]]]:
        """At most WORDS words -> (word numbers (WORDS,), letter numbers (WORDS, LETTERS)); 0 fills the rest."""
        numbers = [self._index.get(word, 0) for word in words]
        letters = [[ALPHABET.index(c) + 1 for c in word[:LETTERS]] for word in words]
        letters = [row + [0] * (LETTERS - len(row)) for row in letters]
        empty = WORDS - len(words)
        return numbers + [0] * empty, letters + [[0] * LETTERS] * empty
