"""What the tagger learns from: our texts and WordNet's glosses with weak labels, without the held-out nouns. Called by
`resgen.training.tagger.train` and `resgen.evaluation.tagger.evaluate`.
"""

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from resgen.tagger.vocabulary import PAD, Vocabulary
from resgen.tagger.words import CATEGORIES, NONE
from resgen.training.tagger.labels import UNSURE, Labeller, name_shares
from resgen.training.tagger.wordnet import WordNet
from resgen.training.text.data import clean, documents

CREDITS = {
    "tinystories": "TinyStories (Eldan & Li 2023), CDLA-Sharing-1.0",
    "tinyfables": "TinyFabulist, MIT",
    "childrens_books": "children's books, public domain, derived from Project Gutenberg",
    "storybooks_ccby": "storybooks of African Storybook and Pratham Books StoryWeaver, CC BY 4.0",
    "wordnet": "WordNet 3.0, Princeton University, WordNet licence: labels and glosses",
}
# Source -> share of the batches, and how many characters of it are read.
SOURCES = {
    "tinystories": (0.25, 6_000_000),
    "tinyfables": (0.1, 3_000_000),
    "childrens_books": (0.35, 14_000_000),
    "storybooks_ccby": (0.05, 1_300_000),
    "glosses": (0.25, 0),
}
DOCUMENTS = [name for name in SOURCES if name != "glosses"]
HELD_OUT: dict[str, list[str]] = json.loads(Path(__file__).with_name("held_out.json").read_text())
_SENTENCE = re.compile(r"""(?<=[.!?])["”’')]*\s+|\n+""")
KNOWN = 8  # times that a word has a label before it has an embedding
MOST_KNOWN = 12_000
SUBSTITUTED = 0.5  # of the nouns of a category in a batch
# Of the different words of a batch: embeddings, of the rare ones, half as many of the one that is RARE-th in frequency
# (what is unknown to the network is what is rare), and spellings.
WORD_DROPPED, SPELLING_DROPPED = 0.5, 0.08
RARE = 1000


def sentences(text: str) -> list[str]:
    """A text's sentences, roughly; none is empty."""
    return [sentence for part in _SENTENCE.split(text) if (sentence := part.strip())]


def held_out_nouns(wordnet: WordNet, words: list[str]) -> list[str]:
    """Which held-out nouns, in their dictionary form, are among the words of a sentence."""
    found = []
    for word in words:
        low = word.lower()
        if low[:1].isalpha():
            found += [lemma for lemma in {low, *wordnet.lemmas(low, "n")} if lemma in _HELD]
    return found


_HELD = {noun: category for category, nouns in HELD_OUT.items() for noun in nouns}


def category_of(noun: str) -> str:
    """The category of a held-out noun."""
    return _HELD[noun]


@cache
def texts(name: str) -> list[str]:
    """The documents of a source, as far as they are read, without slurs."""
    found = documents(name, "train")
    read = itertools.accumulate(map(len, found), initial=0)
    return clean(name, [text for text, before in zip(found, read, strict=False) if before < SOURCES[name][1]])[0]


def labeller(wordnet: WordNet) -> Labeller:
    """What labels texts by WordNet, with the names of our training texts."""
    return Labeller(wordnet, name_shares(text for name in DOCUMENTS for text in texts(name)))


def glosses(wordnet: WordNet, weak: Labeller) -> Iterator[tuple[list[str], list[int]]]:
    """Words and classes of what WordNet says of its words: "noun: definition", and its examples, in which the word has
    the category of that very sense."""
    for lemmas, category, gloss in wordnet.glosses:
        own = CATEGORIES.index(category) if category else NONE
        definition, *examples = re.split(r';\s*(?=")', gloss.strip())
        name = lemmas[0].replace("_", " ")
        if category:
            words, classes = weak.label(f"{name}: {definition}.")
            stop = words.index(":")
            yield words, [own if stop == 1 or name[0].isupper() else UNSURE] * stop + classes[stop:]
        for example in examples:
            words, classes = weak.label(example.strip('" ;'))
            for at, word in enumerate(words):
                if category and set(wordnet.lemmas(word.lower(), "n")).intersection(lemmas):
                    classes[at] = own
            yield words, classes


@dataclass
class Corpus:
    """Labelled words of all sources, end to end.

    Fields: kinds: different words; tokens (N,) int32 into them; labels (N,) int8; of each source where its sentences
    begin; pools: class and whether the word ends in s -> kinds of such nouns; vocabulary: JSON of the known words.
    """

    kinds: list[str]
    tokens: np.ndarray
    labels: np.ndarray
    starts: dict[str, np.ndarray]
    pools: dict[tuple[int, bool], np.ndarray]
    vocabulary: str

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        pools = {f"pool_{number}_{int(plural)}": kinds for (number, plural), kinds in self.pools.items()}
        starts = {f"starts_{name}": places for name, places in self.starts.items()}
        strings = {"kinds": np.array("\n".join(self.kinds)), "vocabulary": np.array(self.vocabulary)}
        arrays: dict[str, Any] = {"tokens": self.tokens, "labels": self.labels, **pools, **starts, **strings}
        np.savez(path, **arrays)

    @classmethod
    def load(cls, path: Path) -> "Corpus":
        with np.load(path) as file:
            starts = {name[7:]: file[name] for name in file if name.startswith("starts_")}
            pools = {(int(n.split("_")[1]), n.endswith("1")): file[n] for n in file if n.startswith("pool_")}
            kinds = str(file["kinds"]).split("\n")
            return cls(kinds, file["tokens"], file["labels"], starts, pools, str(file["vocabulary"]))

    def batches(self, batch_size: int, length: int, seed: int, start: int) -> Iterator[dict[str, Tensor]]:
        """Endless batches from step `start` on: letters (U, L), words (U,), index (B, T), labels (B, T), int64. U is
        the same for all, batch_size * length at most.

        Each row begins with a sentence. Some nouns are others of their category, some words have no embedding, so that
        letters and context have to do, and some no letters.
        """
        letters, numbers = Vocabulary(self.vocabulary).table(self.kinds)
        names = list(self.starts)
        shares = np.array([SOURCES[name][0] for name in names])
        noun = np.zeros(len(self.kinds), bool)
        for pool in self.pools.values():
            noun[pool] = True
        plural = np.array([kind.endswith("s") for kind in self.kinds])
        step = start
        while True:
            draw = np.random.default_rng((seed, step))
            chosen = draw.choice(len(names), batch_size, p=shares / shares.sum())
            begins = np.array([draw.choice(self.starts[names[source]]) for source in chosen])
            at = np.minimum(begins, len(self.tokens) - length)[:, None] + np.arange(length)
            tokens, labels = self.tokens[at].astype(np.int64), self.labels[at].astype(np.int64)
            labels[labels < 0] = UNSURE
            change = (draw.random(tokens.shape) < SUBSTITUTED) & noun[tokens] & (labels >= 0) & (labels < NONE)
            for row, column in zip(*np.nonzero(change), strict=True):
                others = self.pools.get((int(labels[row, column]), bool(plural[tokens[row, column]])))
                if others is not None:
                    tokens[row, column] = draw.choice(others)
            kinds, index = np.unique(tokens, return_inverse=True)
            dropped = draw.random(len(kinds))
            words, spelled = numbers[kinds].copy(), letters[kinds].copy()
            words[dropped < WORD_DROPPED * words / (words + RARE)] = 0
            spelled[(dropped > 1 - SPELLING_DROPPED) & (words > 0)] = PAD
            made = {"letters": spelled, "words": words, "index": index.reshape(tokens.shape), "labels": labels}
            yield {name: torch.from_numpy(array) for name, array in made.items()}
            step += 1


def prepare(wordnet: WordNet) -> Corpus:
    """All sources, labelled; minutes."""
    weak = labeller(wordnet)
    numbers: dict[str, int] = {}
    tokens: list[np.ndarray] = []
    labels: list[np.ndarray] = []
    starts: dict[str, np.ndarray] = {}
    known: Counter[str] = Counter()
    total = 0
    for name in SOURCES:
        if name == "glosses":
            labelled = glosses(wordnet, weak)
        else:
            labelled = (weak.label(sentence) for text in texts(name) for sentence in sentences(text))
        begins = []
        for words, classes in labelled:
            if not words or held_out_nouns(wordnet, words):
                continue
            begins.append(total)
            total += len(words)
            tokens.append(np.array([numbers.setdefault(word, len(numbers)) for word in words], np.int32))
            labels.append(np.array([-1 if number == UNSURE else number for number in classes], np.int8))
            known.update(w.lower() for w, number in zip(words, classes, strict=True) if number != UNSURE)
        starts[name] = np.array(begins)
    pools = {}
    for number, category in enumerate(CATEGORIES):
        nouns = [noun for noun in wordnet.nouns(category) if noun not in _HELD]
        forms = {False: nouns, True: [f"{noun}s" for noun in nouns if not noun.endswith("s")]}
        for plural, words in forms.items():
            pool = [numbers.setdefault(word, len(numbers)) for word in words if plural == word.endswith("s")]
            if pool:
                pools[number, plural] = np.array(pool)
    vocabulary = json.dumps([word for word, count in known.most_common(MOST_KNOWN) if count >= KNOWN])
    return Corpus(list(numbers), np.concatenate(tokens), np.concatenate(labels), starts, pools, vocabulary)
