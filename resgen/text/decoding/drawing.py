"""Each story's next token: forbidden ones out, guidance, what makes tokens less likely, the draw, and whether the text
is over. Called by `resgen.text.batch`.
"""

import re
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from resgen.text.decoding.blocklist import SLURS, ends_in
from resgen.text.decoding.draft import Draft, at_sentence_end
from resgen.text.decoding.processors import IncoherentWords, Processor, RepeatedWords, WordTokens, repeated_sequences
from resgen.text.decoding.sampling import guide, sample
from resgen.text.prompt import ends_with_blank, ends_with_rare_name
from resgen.text.request import TextRequest
from resgen.text.tokenizer import Tokenizer

TAIL = 16  # tokens in which a slur is looked for
SENTENCE_WORDS = 50  # that many more words may come until a sentence ends
TOKENS_PER_WORD = 4  # at most: stories have 1.3


@dataclass(eq=False)
class Story:
    """One text in the making, a variant of a request."""

    request: TextRequest
    draft: Draft
    generator: torch.Generator
    pending: list[str]  # words of the topic that the text has not named often yet; guidance asks for them
    avoided: re.Pattern | None = None  # words that are not to come in it
    most: int | None = None  # tokens after which it is over, whatever is unfinished
    token: int = -1  # drawn last
    finished: bool = False
    over: bool = False


class Drawing:
    """Draws tokens; keeps nothing of a story.

    Args:
        tokenizer: the network's.
    """

    def __init__(self, tokenizer: Tokenizer):
        self.tokenizer, self.pieces = tokenizer, tokenizer.pieces()
        texts = [piece.decode("utf-8", "replace") for piece in self.pieces]
        self._in_word = [token for token, text in enumerate(texts) if text[:1].isalpha()]
        self._no_blank = [token for token, text in enumerate(texts) if text[:1] != " "]
        words = WordTokens(tokenizer)
        self.processors: list[Processor] = [RepeatedWords(words), IncoherentWords(words), repeated_sequences]
        self._never, self._end = [tokenizer.topic, tokenizer.text], tokenizer.end

    def extend(self, stories: list[Story], logits: Tensor, places: dict[Story, list[int]]) -> dict[Story, Exception]:
        """Draw the next token of each story from its rows of the logits (rows, V), and see whether the text is over.

        Args:
            places: of each story that of its row with the topic and, where guidance asks for words, of that without.

        Returns:
            what went wrong, for each story in which something did; the others are not touched by it.
        """
        # What may not come is left out before guidance, which weighs all else by the likeliest that may.
        logits[:, self._never] = -torch.inf
        for story in stories:
            if not story.draft.written:
                logits[[[place] for place in places[story]], self._never_first(story.request.prompt)] = -torch.inf
        guided = [story for story in stories if story.pending]
        scores = dict(zip(guided, self._guided(guided, logits, places), strict=True))
        errors: dict[Story, Exception] = {}
        for story in stories:
            try:
                row = scores[story] if story in scores else logits[places[story][0]].clone().numpy()
                self._draw(story, row, logits, places[story])
            except Exception as error:
                errors[story] = error
        return errors

    def _never_first(self, prompt: str) -> list[int]:
        """Tokens that may not be the first: at least one word is written, and what the prompt ended stays ended."""
        if ends_with_blank(prompt):
            return [*self._no_blank, self._end]
        return [*self._in_word, self._end] if ends_with_rare_name(prompt, self.tokenizer) else [self._end]

    @staticmethod
    def _guided(stories: list[Story], logits: Tensor, places: dict[Story, list[int]]) -> list[np.ndarray]:
        """Logits (V,) after guidance of each of those stories."""
        if not stories:
            return []
        with_topic, without_topic = (logits[[places[story][row] for story in stories]] for row in (0, 1))
        focus = torch.tensor([[story.request.focus] for story in stories])
        return list(guide(with_topic, without_topic, focus).numpy())

    def _draw(self, story: Story, scores: np.ndarray, logits: Tensor, places: list[int]) -> None:
        """The next token of a story, from its logits (V,) after guidance, which are used up; `places` are its one or
        two rows of those before."""
        request, draft = story.request, story.draft
        penalties, recent = request.penalties, draft.tokens[-TAIL:]
        tail, banned = self._spelt(recent), []
        while True:
            for processor in self.processors:
                processor(scores, draft, penalties)
            token = sample(scores, request.temperature, request.top_k, request.top_p, request.min_p, story.generator)
            spelt = self._spelt([*recent, token])
            if not any(ends_in(pattern, tail, spelt) for pattern in (SLURS, story.avoided) if pattern):
                break
            banned.append(token)
            rows = logits[places]  # a copy: variants draw from the same
            rows[:, banned] = -torch.inf
            scores = self._guided([story], rows, {story: [0, 1]})[0] if story.pending else rows[0].numpy()
        if token == self._end:
            story.finished = story.over = True
        else:
            story.token = token
            draft.append(token)
        enough = draft.words >= request.words and at_sentence_end(draft.text)
        most = request.words + SENTENCE_WORDS
        if enough or draft.words >= most or draft.written >= (story.most or TOKENS_PER_WORD * most):
            story.over = True
        if story.over:
            draft.close()

    def _spelt(self, tokens: list[int]) -> str:
        return b"".join([self.pieces[token] for token in tokens]).decode("utf-8", "replace")
