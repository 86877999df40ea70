"""The figures of the tagger's card. Called by `python -m resgen evaluate tagger`."""

import random
import re

from resgen.evaluation.tagger.marked import Places, f1_scores, paired, sentences
from resgen.tagger.words import CATEGORIES, NONE, pieces
from resgen.training.tagger import data
from resgen.training.tagger.labels import Labeller
from resgen.training.tagger.wordnet import WordNet, folder

CONTEXTS = 4  # sentences a held-out noun is seen in, at most
DOCUMENTS = {"tinystories": 60, "tinyfables": 40, "childrens_books": 8}  # of the validation texts
SEED = 29


def macro(scores: dict[str, float]) -> float:
    return sum(scores.values()) / len(scores)


def by_wordnet(labeller: Labeller, text: str) -> Places:
    """The baseline: each word's most frequent sense."""
    _, classes = labeller.label(text)
    found = zip(pieces(text), classes, strict=True)
    return {place: CATEGORIES[number] for place, number in found if 0 <= number < NONE}


def by_network(tagger, text: str) -> Places:
    return {(span.start, span.end): span.category for span in tagger.tag(text).spans}


def _forms(noun: str) -> tuple[str, ...]:
    """What a noun may look like, to find it fast; WordNet tells whether it is that."""
    return (noun, f"{noun}s", f"{noun}es", f"{noun[:-1]}ies", f"{noun[:-1]}ves", f"{noun[:-3]}men")


def contexts(wordnet: WordNet) -> dict[str, list[list[str]]]:
    """Held-out noun -> sentences of the training texts with it, which training has left out, as words."""
    forms = {form for nouns in data.HELD_OUT.values() for noun in nouns for form in _forms(noun)}
    found: dict[str, list[list[str]]] = {}
    for name in data.DOCUMENTS:
        for text in data.texts(name):
            for sentence in data.sentences(text):
                if forms.isdisjoint(re.findall("[a-z]+", sentence.lower())):
                    continue
                words = [sentence[start:end] for start, end in pieces(sentence)]
                for noun in data.held_out_nouns(wordnet, words) if 5 <= len(words) <= 60 else ():
                    found.setdefault(noun, []).append(words)
    draw = random.Random(SEED)
    return {noun: draw.sample(each, min(CONTEXTS, len(each))) for noun, each in sorted(found.items())}


def held_out_accuracy(tagger, wordnet: WordNet) -> dict[str, float | int]:
    """The share of the held-out nouns of which the mean over their sentences says what they name, the same where it is
    known that they name something, the share named right from their letters alone, and how many were found."""
    found = contexts(wordnet)
    in_context = named = alone = 0
    for nouns in data.HELD_OUT.values():
        for noun in nouns:
            truth = CATEGORIES.index(data.category_of(noun))
            alone += int(tagger.probabilities([noun])[0].argmax()) == truth
            seen = [
                tagger.probabilities(words)[at]
                for words in found.get(noun, [])
                for at, word in enumerate(words)
                if noun in data.held_out_nouns(wordnet, [word])
            ]
            if seen:
                together = sum(seen[1:], seen[0])
                in_context += int(together.argmax()) == truth
                named += int(together[:NONE].argmax()) == truth
    total = sum(map(len, data.HELD_OUT.values()))
    return {
        "held_out_nouns": total,
        "held_out_nouns_in_context": round(in_context / total, 3),
        "held_out_nouns_in_context_among_categories": round(named / total, 3),
        "held_out_nouns_alone": round(alone / total, 3),
        "held_out_nouns_with_sentences": len(found),
    }


def weak_f1(tagger, labeller: Labeller) -> dict[str, float]:
    """F1 by category against the labels that are sure, on validation documents."""
    pairs = []
    for name, count in DOCUMENTS.items():
        for document in data.documents(name, "valid")[:count]:
            found = by_network(tagger, document[:20_000])
            _, classes = labeller.label(document[:20_000])
            for place, number in zip(pieces(document[:20_000]), classes, strict=True):
                if number >= 0:
                    pairs.append((None if number == NONE else CATEGORIES[number], found.get(place)))
    return f1_scores(pairs)


def evaluate(tagger) -> dict:
    """All figures of a `resgen.tagger.engine.Tagger`, on sentences marked by hand, held-out nouns and validation texts.

    Raises:
        DataError: WordNet's files, our texts or the marked sentences are missing.
    """
    wordnet, marked = WordNet(folder()), sentences()
    weak = data.labeller(wordnet)
    always = Labeller(wordnet, weak.shares, always=True)
    scores = f1_scores(paired(marked, [by_network(tagger, text) for text, _ in marked]))
    baseline = f1_scores(paired(marked, [by_wordnet(always, text) for text, _ in marked]))
    return {
        "marked_sentences": len(marked),
        "macro_f1_marked": round(macro(scores), 3),
        "macro_f1_marked_wordnet": round(macro(baseline), 3),
        **{f"f1_marked_{name}": round(score, 3) for name, score in scores.items()},
        **{f"f1_marked_wordnet_{name}": round(score, 3) for name, score in baseline.items()},
        **held_out_accuracy(tagger, wordnet),
        "macro_f1_weak_validation": round(macro(weak_f1(tagger, weak)), 3),
    }
