"""How likely words are, one after another: the language model of the beam search. Called by the listen engine, and
counted by `resgen.training.listen.vocabulary`.
"""

import json
import math

from resgen.listen.letters import Letters

FOLLOWS = 0.7  # share of what follows a word in what is expected; the rest is how common a word is anywhere
UNKNOWN = -13.0  # log probability of a word that was never read, and of each of its letters
UNKNOWN_LETTER = -0.5
WEIGHT = 0.6  # of the words beside the sound
WORD_BONUS = 1.5  # for each word, or readings of few words would win


class WordModel:
    """Counts of words and of pairs of words, interpolated (Jelinek & Mercer 1980).

    Args:
        words: word -> how often it was read; with none, all readings are as likely.
        pairs: word -> word after it -> how often.
    """

    def __init__(self, words: dict[str, int], pairs: dict[str, dict[str, int]]):
        self.words, self.pairs = words, pairs
        self.total = max(1, sum(words.values()))
        self.commonest: dict[str, int] = {}  # beginning of a word -> count of the commonest word with it
        for word, count in words.items():
            for end in range(1, len(word) + 1):
                self.commonest[word[:end]] = max(count, self.commonest.get(word[:end], 0))

    def begun(self, letters: str) -> float:
        """What a word of which only the beginning was heard adds to a reading, in nats: as much as the commonest that
        begins so (look-ahead, Ortmanns et al. 1996). Without it readings whose words do not end would win."""
        if not self.words or not letters:
            return 0.0
        if letters not in self.commonest:
            return self._unknown(letters)
        return WEIGHT * math.log(self.commonest[letters] / self.total) + WORD_BONUS

    def _unknown(self, letters: str) -> float:
        return WEIGHT * (UNKNOWN + UNKNOWN_LETTER * len(letters)) + WORD_BONUS

    def score(self, before: tuple[str, ...], word: str) -> float:
        """What a word adds to a reading, in nats, after the words before it."""
        if not self.words:
            return 0.0
        if word not in self.words:
            return self._unknown(word)
        likely = (1 - FOLLOWS) * self.words[word] / self.total
        if before and before[-1] in self.pairs:
            likely += FOLLOWS * self.pairs[before[-1]].get(word, 0) / self.words[before[-1]]
        return WEIGHT * math.log(likely) + WORD_BONUS


class Language:
    """What a recogniser knows of the language it hears: its letters and its words.

    Args:
        source: JSON of {"letters": in the order of their classes, "words": ..., "pairs": as `WordModel` takes them}.
    """

    def __init__(self, source: str):
        saved = json.loads(source)
        self.source = source
        self.letters = Letters(saved["letters"])
        self.words = WordModel(saved["words"], saved["pairs"])
