"""What makes tokens less likely where they stand, one class each: logits processors. Called by
`resgen.text.decoding.drawing`.

A processor is called with the logits of the next token (V,), which it changes in place, the draft that they continue,
and what the request has subtracted from logits. What is to be lowered by nothing is not looked for.
"""

from collections.abc import Callable

import numpy as np

from resgen.text.decoding.coherence import implausible_next_words
from resgen.text.decoding.draft import Draft
from resgen.text.decoding.repetition import penalize, repeated_suffixes
from resgen.text.request import Penalties
from resgen.text.sentences import current_sentence_words, stem
from resgen.text.tokenizer import Tokenizer

RECENT = 512  # tokens in which a sequence said before is looked for
ECHO = 5  # tokens that may be said again before those that follow are less likely
SHORT = 4  # characters of a token, with its space, that may begin many words
MOST_WORDS = 10_000  # whose tokens are remembered

Processor = Callable[[np.ndarray, Draft, Penalties], None]


class WordTokens:
    """Which tokens say a word, or begin to."""

    def __init__(self, tokenizer: Tokenizer):
        self.tokenizer = tokenizer
        self.whole: dict[str, list[int]] = {}  # stem of a word -> tokens that are the word or its plural
        for token, text in enumerate(tokenizer.decode([token]) for token in range(len(tokenizer))):
            if text.startswith(" ") and text[1:].isalpha():
                self.whole.setdefault(stem(text[1:]), []).append(token)
        self._known: dict[str, list[int]] = {}

    def beginning(self, word: str) -> list[int]:
        """Tokens that are a word, or of one that takes several the first, unless many words begin so."""
        tokens = self._known.get(word)
        if tokens is None:
            if len(self._known) >= MOST_WORDS:
                self._known.clear()
            tokens = self._known[word] = self.whole.get(stem(word)) or self._first(word)
        return tokens

    def _first(self, word: str) -> list[int]:
        first = self.tokenizer.encode(f" {word}")[:1]
        return first if len(self.tokenizer.decode(first)) > SHORT else []


class RepeatedWords:
    """Tokens that say a content word of the text's last sentence again, or begin to."""

    def __init__(self, words: WordTokens):
        self.words = words

    def tokens(self, sentence: str) -> list[int]:
        return [token for word in set(current_sentence_words(sentence)) for token in self.words.beginning(word)]

    def __call__(self, scores: np.ndarray, draft: Draft, penalties: Penalties) -> None:
        if penalties.word:
            penalize(scores, self.tokens(draft.sentence), penalties.word)


class IncoherentWords:
    """Tokens that say, or begin to, what is out of place after the text."""

    def __init__(self, words: WordTokens):
        self.words = words

    def tokens(self, text: str) -> list[int]:
        words = implausible_next_words(text)
        tokens = [token for word in words for token in self.words.beginning(word)]
        if text.endswith('"'):  # a speech begins without a space
            spelt = (self.words.tokenizer.encode(word.capitalize()) for word in words)
            tokens += [ids[0] for ids in spelt if len(ids) == 1]
        return tokens

    def __call__(self, scores: np.ndarray, draft: Draft, penalties: Penalties) -> None:
        if penalties.incoherence:
            penalize(scores, self.tokens(draft.text), penalties.incoherence)


def repeated_sequences(scores: np.ndarray, draft: Draft, penalties: Penalties) -> None:
    """Tokens that would say a sequence again."""
    if penalties.sequence:
        for token, length in repeated_suffixes(draft.tokens[-RECENT:], ECHO).items():
            penalize(scores, [token], penalties.sequence * (length - ECHO + 1))
