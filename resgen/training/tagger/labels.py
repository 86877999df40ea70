"""Weak labels: what each word of a text names, by its most frequent sense in WordNet, where that is clear. Called by
`resgen.training.tagger.data` and, as the baseline, by `resgen.evaluation.tagger.evaluate`.

A word that is often something else has no label (`UNSURE`): the network learns from others what its place says.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from resgen.tagger.words import CATEGORIES, NONE, is_word, pieces
from resgen.training.tagger.lexicon import CLOSED, DETERMINERS, VERB_SIGNS, words_of
from resgen.training.tagger.wordnet import WordNet

UNSURE = -100
CLEAR = 0.8  # share of a word's uses from which it is labelled
_NUMBER = {name: number for number, name in enumerate(CATEGORIES)} | {"": NONE}
_TITLES = words_of("mr mrs miss ms dr sir lady lord captain uncle aunt aunty king queen prince princess professor")
_LANDS = words_of(
    "street road avenue lane river lake bay island sea park castle hill mountain county city forest bridge"
)
_MONTHS = words_of("""
    monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays
    saturdays sundays january february april june july august september october november december christmas
    easter
""")
_INTO = words_of("in at from to near of through")
_DRUNK = words_of("drink drank drinks drinking drunk glass cup bottle jug sip sips sipped gulp thirsty")


def name_shares(texts: Iterable[str]) -> dict[str, float]:
    """Word in small letters -> the share of its uses within a sentence that have a capital."""
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in texts:
        small.update(re.findall("[^\\W\\d_]+", text))
        capital.update(re.findall("(?<=[a-zA-Z,] )[A-Z][a-z]+", text))
    return {word.lower(): count / (count + small[word.lower()]) for word, count in capital.items() if count > 1}


class Labeller:
    """What words name.

    Args:
        wordnet: where it is looked up.
        shares: of capitals, as from `name_shares`: what is a name.
        always: give every word a label, its most frequent reading; this is the baseline.
    """

    def __init__(self, wordnet: WordNet, shares: dict[str, float], always: bool = False):
        self.wordnet, self.shares, self.always = wordnet, shares, always

    def label(self, text: str) -> tuple[list[str], list[int]]:
        """The pieces of a text, and the class of each: the number of its category, `NONE` or `UNSURE`."""
        words = [text[start:end] for start, end in pieces(text)]
        return words, [self._one(words, at) for at in range(len(words))]

    def _one(self, words: list[str], at: int) -> int:
        word = words[at]
        low = word.lower()
        if not is_word(word) or (low in CLOSED and (low != "may" or word == "may")):
            return NONE
        if not re.fullmatch(r"[a-zà-ÿœ]+", low):
            return NONE
        if word[0].isupper() and (named := self._name(words, at, low)) is not None:
            return named
        if self.always:
            return self._most(self.wordnet.readings(low))
        return self._clear(words, at, low)

    def _name(self, words: list[str], at: int, low: str) -> int | None:
        """The class of a word with a capital if it is a name, else None."""
        begins = at == 0 or words[at - 1] in ".!?\"“”‘':;-—*("
        share = self.shares.get(low, 0.0 if self.wordnet.readings(low) else 1.0)
        if low in _MONTHS or low == "may" and not (at + 1 < len(words) and words[at + 1][0].isupper()):
            return _NUMBER["time"]
        if low in _TITLES:
            return _NUMBER["people"]
        if words[at].isupper() and len(low) > 1 or share < 0.6 or (begins and share < 0.8):
            return None
        category = self.wordnet.name_category(low)
        readings = self.wordnet.readings(low)
        after = words[at + 1].lower() if at + 1 < len(words) else ""
        if after in _LANDS and words[at + 1][0].isupper():
            return _NUMBER["places"]
        if category == "places":
            # London, but Jack London.
            return UNSURE if at and words[at - 1][0].isupper() and not begins and not self.always else _NUMBER["places"]
        if readings.get(("n", "time"), 0) > CLEAR:
            return _NUMBER["time"]
        if sum(weight for (pos, _), weight in readings.items() if pos == "a") > 0.5 and not category:
            return NONE  # English, French
        before = words[at - 1].lower() if at else ""
        if not readings and before in _INTO and not self.always:
            return UNSURE  # a place or a person
        return _NUMBER["people"]

    def _most(self, readings: dict[tuple[str, str], float]) -> int:
        return _NUMBER[_likeliest(readings)[0]] if readings else NONE

    def _clear(self, words: list[str], at: int, low: str) -> int:
        readings = self.wordnet.readings(low)
        if not readings:
            return NONE if low.endswith(("ly", "ing", "ed")) else UNSURE
        if low == "water" and _DRUNK.intersection(word.lower() for word in words[max(0, at - 5) : at + 3]):
            return _NUMBER["food"]
        readings = self._in_place(words, at, readings)
        category, share = _likeliest(readings)
        return _NUMBER[category] if share >= CLEAR else UNSURE

    def _in_place(
        self, words: list[str], at: int, readings: dict[tuple[str, str], float]
    ) -> dict[tuple[str, str], float]:
        """The readings as nouns alone, or without them, where the words beside it say so."""
        parts = {pos for pos, _ in readings}
        if "n" not in parts or len(parts) == 1:
            return readings
        before, earlier = (words[at - back].lower() if at >= back else "" for back in (1, 2))
        after = words[at + 1].lower() if at + 1 < len(words) else "."
        described = earlier in DETERMINERS and any(pos == "a" for pos, _ in self.wordnet.readings(before))
        if before in VERB_SIGNS:
            return {reading: weight for reading, weight in readings.items() if reading[0] != "n"}
        if (before in DETERMINERS or described) and ("a" not in parts or after in _AFTER_NOUN):
            return {reading: weight for reading, weight in readings.items() if reading[0] == "n"}
        return readings


def _likeliest(readings: dict[tuple[str, str], float]) -> tuple[str, float]:
    """The category, or "", that a word has most often, as whatever part of speech, and its share of the readings."""
    totals: dict[str, float] = defaultdict(float)
    for (_, category), weight in readings.items():
        totals[category] += weight
    best = max(totals, key=lambda category: totals[category])
    return best, totals[best] / sum(totals.values())


# What follows the last noun of a phrase.
_AFTER_NOUN = words_of("""
    . , ; : ! ? " ” ) ' ’ and or but of in on at to from with for by was were is are had has have that who which
    when as into over under near up down out off would could will can did said went came then so because
""")
