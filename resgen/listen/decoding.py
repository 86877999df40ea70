"""From the network's logits to words with their times. Called by the listen engine and by its training.

Greedy, or a prefix beam search (Hannun et al., arXiv:1408.2873) with a language model of words.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from resgen.listen.letters import BETWEEN, NOTHING, Letters
from resgen.listen.words import WordModel
from resgen.turns import breathe

LEAST = -6.0  # log probability below which a class of a slot is not followed
NEVER = -math.inf


@dataclass(frozen=True)
class Placed:
    """A word, the slots where its first and its last letter begin, and how surely it was heard, 0-1."""

    word: str
    first: int
    last: int
    confidence: float


def _either(one: float, other: float) -> float:
    """The log of the sum of two probabilities, given as logs."""
    high, low = (one, other) if one > other else (other, one)
    return high if low == NEVER else high + math.log1p(math.exp(low - high))


def greedy(logits: Tensor, letters: Letters) -> str:
    """The likeliest class of each slot (SYMBOLS, slots), repeats and NOTHING left out."""
    best = logits.argmax(0).tolist()
    kept = [now for now, before in zip(best, [NOTHING, *best], strict=False) if now not in (before, NOTHING)]
    return " ".join("".join(map(letters.letter, kept)).split())


def beam_search(log_probs: np.ndarray, letters: Letters, width: int, model: WordModel) -> str:
    """The likeliest text, over all ways in which its letters may lie in the slots.

    Args:
        log_probs: (slots, SYMBOLS).
        width: how many readings are followed.
        model: judges every word, first by its beginning.
    """
    # reading -> log probability of ending in NOTHING, and in its last letter
    beam: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, NEVER)}
    # reading -> what its words that are over are worth, and all of them
    worth: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, 0.0)}

    def judged(reading: tuple[int, ...]) -> tuple[float, float]:
        """What the language model gives to the words of a reading that are over, and with the one that is not."""
        if reading not in worth:
            over, _ = judged(reading[:-1])
            words = "".join(map(letters.letter, reading)).split()
            if reading[-1] != BETWEEN:
                worth[reading] = (over, over + model.begun(words[-1]))
            else:
                # A second blank ends no word.
                over += model.score(tuple(words[:-1]), words[-1]) if words and reading[-2] != BETWEEN else 0.0
                worth[reading] = (over, over)
        return worth[reading]

    for slot in log_probs:
        breathe()
        likely = np.flatnonzero(slot > LEAST).tolist() or [int(slot.argmax())]
        found: dict[tuple[int, ...], list[float]] = defaultdict(lambda: [NEVER, NEVER])
        for reading, (nothing, letter) in beam.items():
            both = _either(nothing, letter)
            for index in likely:
                value = float(slot[index])
                if index == NOTHING:
                    found[reading][0] = _either(found[reading][0], both + value)
                    continue
                longer = (*reading, index)
                if reading and reading[-1] == index:
                    found[reading][1] = _either(found[reading][1], letter + value)
                    found[longer][1] = _either(found[longer][1], nothing + value)
                else:
                    found[longer][1] = _either(found[longer][1], both + value)
        best = sorted(found, key=lambda one: -(_either(*found[one]) + judged(one)[1]))[:width]
        beam = {reading: (found[reading][0], found[reading][1]) for reading in best}
    ended = max(beam, key=lambda one: _either(*beam[one]) + judged((*one, BETWEEN))[1])
    return " ".join("".join(map(letters.letter, ended)).split())


def placed(log_probs: np.ndarray, text: str, letters: Letters) -> list[Placed]:
    """Where the words of a text lie: the likeliest way of its letters through the slots (Viterbi).

    Args:
        log_probs: (slots, SYMBOLS).
    """
    if not text:
        return []
    path = [NOTHING]
    for index in letters.encode(text):
        path += [index, NOTHING]
    states = np.array(path)
    skips = np.array([at > 1 and path[at] != NOTHING and path[at] != path[at - 2] for at in range(len(path))])
    score = np.full(len(path), NEVER)
    score[:2] = log_probs[0, states[:2]]
    back = np.zeros((len(log_probs), len(path)), np.int8)
    for slot in range(1, len(log_probs)):
        one, two = np.r_[NEVER, score[:-1]], np.r_[NEVER, NEVER, score[:-2]]
        ways = np.stack([score, one, np.where(skips, two, NEVER)])
        back[slot] = ways.argmax(0)
        score = ways.max(0) + log_probs[slot, states]
    at = len(path) - 1 if score[-1] > score[-2] else len(path) - 2
    slots: list[list[int]] = [[] for _ in text]
    for slot in range(len(log_probs) - 1, -1, -1):
        if at % 2:
            slots[at // 2].append(slot)
        at -= int(back[slot, at])
    words, begin = [], 0
    for word in text.split():
        letter_slots = slots[begin : begin + len(word)]
        sure = [max(log_probs[slot, states[2 * (begin + i) + 1]] for slot in own) for i, own in enumerate(letter_slots)]
        words.append(Placed(word, min(letter_slots[0]), max(letter_slots[-1]), float(np.exp(np.mean(sure)))))
        begin += len(word) + 1
    return words
