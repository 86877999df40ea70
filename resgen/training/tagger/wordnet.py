"""WordNet 3.0 (Princeton University) as a source of weak labels: which categories a word may name, and how often it
does. Called by `resgen.training.tagger.labels` and the baseline of `resgen.evaluation.tagger`; never by the running
app, and nothing of WordNet is in the repository.

A category is a lexicographer file (noun.animal, noun.food, ...); vehicles, clothing and places are those of
noun.artifact below some synsets. How often a word has a sense is what was counted in tagged texts, which comes with it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from resgen.errors import DataError
from resgen.training.run import cache, data_file
from resgen.training.tagger.lexicon import FEELING_ADJECTIVES, FEELING_VERBS, NO_FEELING, NOUNS

DEBIAN = Path("/usr/share/wordnet")
FILES = (
    "data.noun",
    "index.noun",
    "noun.exc",
    "data.verb",
    "index.verb",
    "verb.exc",
    "data.adj",
    "index.adj",
    "adj.exc",
)

# Lexicographer file (wndb(5WN)) -> category, where it is the same for all its synsets.
_LEXICOGRAPHER = {
    **{5: "animals", 6: "things", 8: "body", 12: "feelings", 13: "food", 15: "places", 17: "things"},
    **{18: "people", 20: "plants", 27: "things", 28: "time"},
}
# Lexicographer files -> (roots, category): a synset of them below one of these roots has that category. The first that
# fits counts.
_BELOW: list[tuple[set[int], str, str]] = [
    ({6}, "vehicle public_transport", "vehicles"),
    ({6}, "clothing footwear* headdress garment", "clothing"),
    ({6}, "obstruction supporting_structure door window support surface", "things"),
    ({6}, "building structure room way facility area establishment", "places"),
    ({17}, "geological_formation body_of_water land location", "places"),
    ({14}, "animal_group", "animals"),
    ({14}, "vegetation", "plants"),
    ({14}, "forest", "places"),
    ({14}, "people social_group gathering", "people"),
    ({21}, "coin", "things"),
    ({10}, "legendary_creature", "animals"),
    ({9}, "mythical_being imaginary_being spiritual_being", "people"),
]
# Synsets of noun.Tops and others, by their first word.
_TOPS = {
    **{"person": "people", "animal": "animals", "plant": "plants", "food": "food", "time": "time"},
    **{"feeling": "feelings", "location": "places", "object": "things", "substance": "things", "artifact": "things"},
}
_VERB_EMOTION = 37
_SUFFIXES = {
    "n": [
        ("s", ""),
        ("ses", "s"),
        ("xes", "x"),
        ("zes", "z"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("men", "man"),
        ("ies", "y"),
    ],
    "v": [("s", ""), ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", "")],
    "a": [("er", ""), ("est", ""), ("er", "e"), ("est", "e")],
}
_POS = {"n": "noun", "v": "verb", "a": "adj"}


def folder(given: Path | None = None) -> Path:
    """Where WordNet's files are: the folder given, or `wordnet` in RESGEN_DATA or RESGEN_CACHE, or Debian's.

    Raises:
        DataError: there are none.
    """
    for path in (given, data_file("wordnet"), cache() / "wordnet", DEBIAN):
        if path is not None and all((path / name).is_file() for name in FILES):
            return path
    raise DataError(
        f"WordNet's files ({FILES[0]} and others) are missing. Install Debian's package wordnet-base, or unpack it and "
        "put its files into RESGEN_DATA/wordnet."
    )


class WordNet:
    """Words, their parts of speech and categories.

    Args:
        path: the folder of its files; see `folder`.
    """

    def __init__(self, path: Path):
        self._category: dict[str, dict[int, str]] = {"n": {}, "v": {}, "a": {}}  # synset -> category
        self._senses: dict[str, dict[str, list[int]]] = {}  # lemma -> synsets, the most frequent first
        self._irregular: dict[str, dict[str, list[str]]] = {}
        # Of every synset its words, its category or "" and its gloss: a definition, then examples in quotation marks.
        self.glosses: list[tuple[list[str], str, str]] = []
        self.instances: set[int] = set()  # synsets that are single persons or places
        for pos, name in _POS.items():
            self._senses[pos] = _index(path / f"index.{name}")
            self._irregular[pos] = _exceptions(path / f"{name}.exc")
        self._counts = _counts(path / "cntlist.rev")
        self._nouns(path / "data.noun")
        self._emotions(path)

    def _nouns(self, path: Path) -> None:
        above: dict[int, list[int]] = {}
        file_of: dict[int, int] = {}
        first: dict[int, str] = {}
        said = []
        for line in _lines(path):
            fields, _, gloss = line.partition(" | ")
            parts = fields.split()
            synset, file_of[synset], words = int(parts[0]), int(parts[1]), int(parts[3], 16)
            lemmas = parts[4 : 4 + 2 * words : 2]
            first[synset] = lemmas[0].lower()
            said.append((synset, lemmas, gloss))
            pointers = parts[5 + 2 * words :]
            above[synset] = [int(to) for kind, to in zip(pointers[::4], pointers[1::4], strict=False) if kind[0] == "@"]
            if any(kind == "@i" for kind in pointers[::4]):
                self.instances.add(synset)
        ancestors: dict[int, frozenset[int]] = {}

        def all_above(synset: int) -> frozenset[int]:
            if synset not in ancestors:
                ancestors[synset] = frozenset({synset}).union(*map(all_above, above[synset]))
            return ancestors[synset]

        rules = [
            (files, {root for name in names.split() for root in self._roots(name, files, file_of)}, to)
            for files, names, to in _BELOW
        ]
        for synset, file in file_of.items():
            category = _LEXICOGRAPHER.get(file) or (_TOPS.get(first[synset]) if file == 3 else None)
            for files, roots, to in rules:
                if file in files and all_above(synset) & roots:
                    category = to
                    break
            if category:
                self._category["n"][synset] = category
        for synset, lemmas, gloss in said:
            category = self._category["n"].get(synset, "")
            corrected = {_plain(NOUNS.get(lemma, category)) for lemma in lemmas}
            if corrected == {category}:
                self.glosses.append((lemmas, category, gloss))

    def _roots(self, name: str, files: set[int], file_of: dict[int, int]) -> list[int]:
        """The first sense of a word that is in one of these files, or all of them for a name that ends in *; else its
        first sense of all."""
        senses = self._senses["n"].get(name.rstrip("*"), [])
        fit = [sense for sense in senses if file_of.get(sense) in files] or senses
        return fit if name.endswith("*") else fit[:1]

    def _emotions(self, path: Path) -> None:
        for line in _lines(path / "data.verb"):
            parts = line.split()
            if int(parts[1]) == _VERB_EMOTION:
                self._category["v"][int(parts[0])] = "feelings"
        feelings = {s for s, category in self._category["n"].items() if category == "feelings"}
        similar: dict[int, list[int]] = {}
        found = set()
        for line in _lines(path / "data.adj"):
            parts = line.partition(" | ")[0].split()
            synset, words = int(parts[0]), int(parts[3], 16)
            pointers = parts[5 + 2 * words :]
            links = list(zip(pointers[::4], pointers[1::4], pointers[2::4], strict=False))
            if any(kind in "+=" and pos == "n" and int(to) in feelings for kind, to, pos in links):
                found.add(synset)
            similar[synset] = [int(to) for kind, to, _ in links if kind == "&"] if parts[2] == "s" else []
        for synset, heads in similar.items():
            if synset in found or found.intersection(heads):
                self._category["a"][synset] = "feelings"

    def lemmas(self, word: str, pos: str) -> list[str]:
        """Dictionary forms of a word in small letters as a noun (n), verb (v) or adjective (a)."""
        known, found = self._senses[pos], [word]
        found += self._irregular[pos].get(word, [])
        if len(found) == 1:
            found += [
                word[: -len(end)] + new
                for end, new in _SUFFIXES[pos]
                if word.endswith(end) and len(word) > len(end) + 1
            ]
        return list(dict.fromkeys(lemma for lemma in found if lemma in known))

    @lru_cache(200_000)  # noqa: B019
    def readings(self, word: str) -> dict[tuple[str, str], float]:
        """(part of speech, category or "") -> how often a word, in small letters, is that; a share of all, 0-1.

        Where a sense was never counted it has half a count, and later ones less.
        """
        weights: dict[tuple[str, str], float] = defaultdict(float)
        for pos in _POS:
            lemmas = [word] if pos == "n" and word in NOUNS else self.lemmas(word, pos)
            for lemma in lemmas:
                for rank, synset in enumerate(self._senses[pos].get(lemma, [0])):
                    category = self._category[pos].get(synset, "")
                    if pos == "n":
                        category = _plain(NOUNS.get(lemma, category))
                    elif lemma in NO_FEELING:
                        category = ""
                    elif lemma in (FEELING_VERBS if pos == "v" else FEELING_ADJECTIVES):
                        category = "feelings"
                    weights[pos, category] += self._counts.get((lemma, pos, rank + 1), 0) + 0.5 / (1 + rank) ** 2
        _merge(weights)
        total = sum(weights.values())
        return {reading: weight / total for reading, weight in weights.items()}

    def nouns(self, category: str) -> list[str]:
        """Nouns of one word in small letters, nearly all of whose senses are of that category, and no verbs."""
        found = []
        for lemma, synsets in self._senses["n"].items():
            if not re.fullmatch("[a-z]{3,}", lemma) or set(synsets) <= self.instances:
                continue
            if self.readings(lemma).get(("n", category), 0) > 0.85:
                found.append(lemma)
        return found

    def name_category(self, word: str) -> str:
        """What a proper noun, in small letters, names: "places", "people", another category, or "" where unknown."""
        for synset in self._senses["n"].get(word, []):
            if synset in self.instances:
                return self._category["n"].get(synset, "")
        return ""


# (category, another, how many times as often at least): what a word names as a plant, as food and as wood, or as an
# animal and as its meat, is one category here.
_MERGED = (("food", "plants", 0.0), ("plants", "things", 1.0), ("animals", "food", 0.3))


def _merge(weights: dict[tuple[str, str], float]) -> None:
    for winner, other, least in _MERGED:
        won, lost = weights.get(("n", winner), 0.0), weights.get(("n", other), 0.0)
        if min(won, lost) > 0.1 and won > least * lost:
            weights["n", winner] += weights.pop(("n", other))


def _plain(category: str) -> str:
    return "" if category == "none" else category


def _lines(path: Path) -> Iterator[str]:
    with open(path, encoding="utf-8") as file:
        yield from (line for line in file if not line.startswith("  "))


def _index(path: Path) -> dict[str, list[int]]:
    """Lemma -> synsets in the order of their frequency."""
    senses = {}
    for line in _lines(path):
        parts = line.split()
        senses[parts[0]] = [int(synset) for synset in parts[-int(parts[2]) :]]
    return senses


def _exceptions(path: Path) -> dict[str, list[str]]:
    return {parts[0]: parts[1:] for line in _lines(path) if (parts := line.split())}


def _counts(path: Path) -> dict[tuple[str, str, int], int]:
    """(lemma, part of speech, number of the sense) -> how often it was tagged."""
    kinds = {"1": "n", "2": "v", "3": "a", "5": "a"}
    counts = {}
    for line in _lines(path):
        key, number, count = line.split()
        lemma, _, rest = key.partition("%")
        if rest[0] in kinds:
            counts[lemma, kinds[rest[0]], int(number)] = int(count)
    return counts
