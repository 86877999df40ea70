"""The writer: a request goes in, a growing text comes out, token by token. Called by `resgen.load("text")`, the
page and the command line; knows none of them.
"""

from bisect import bisect
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import torch

from resgen.blocks import Memory
from resgen.device import one_thread
from resgen.engine import complete
from resgen.errors import RequestError
from resgen.fallback import falls_back
from resgen.packed_linear import multiples_agree, prepare_for_decoding
from resgen.text.batch import CHUNK, MOST_ROWS, StoryBatch
from resgen.text.decoding.guided_batch import PACKED
from resgen.text.decoding.sampling import guide
from resgen.text.decoding.traced import TracedStep
from resgen.text.keywords import pending_topic_words, required_mentions
from resgen.text.model import TextNet
from resgen.text.request import TextRequest, TextResult, Weighed, understood
from resgen.text.tokenizer import Tokenizer
from resgen.turns import breathe

ALTERNATIVES = 5
MOST_WEIGHED = 3000  # tokens of a text: twice the longest story


class Writer:
    """The text engine. One writer serves many requests, together: see `resgen.text.batch`. All calls come from one
    thread at a time.

    Args:
        network: the text model, in evaluation mode; on a CPU its weights are stored anew, in the order that suits.
        tokenizer: the one it was trained with.
        card: its card.
    """

    request = TextRequest
    language = Tokenizer

    def __init__(self, network: TextNet, tokenizer: Tokenizer, card: dict):
        self.network, self.tokenizer, self.card, self.cards = network, tokenizer, card, [card]
        self._settle()

    def _settle(self) -> None:
        """Make ready for the device that the network is on, with no stories."""
        network = self.network
        self.device = next(network.parameters()).device
        self.step, self.packed = None, False
        if self.device.type == "cpu":
            self.packed = prepare_for_decoding(network) and multiples_agree(network, PACKED.rows, MOST_ROWS)
            self.step = TracedStep(network)
        self.stories = StoryBatch(self)

    def to_cpu(self) -> None:
        """Move to the CPU; stories that are being written end with an error."""
        self.network.cpu()
        self._settle()

    @torch.inference_mode()
    def _advance(self, rows: list[list[int]], memory: Memory) -> torch.Tensor:
        """Read tokens and return the logits (B, V) of those after the last, in fp32 on the CPU."""
        tokens = torch.tensor(rows, device=self.device)
        if self.step is not None and memory and tokens.shape[1] == 1:
            return self.step(tokens, memory)
        stream = self.network.stream(tokens, memory)
        return self.network.head(stream[..., -1:])[:, 0].float().cpu()

    def _logits(self, tokens: list[int]) -> torch.Tensor:
        """Logits (T, V) after each token, in fp32 on the CPU; others have their turn between pieces."""
        parts, memory = [], Memory()
        for piece in torch.tensor([tokens], device=self.device).split(CHUNK, 1):
            with one_thread():
                parts.append(self.network(piece, memory)[0].float().cpu())
            breathe()  # with all threads: what others get does not depend on who lets them in
        return torch.cat(parts)

    @falls_back(lambda result, notice: replace(result, notices=(*result.notices, notice)))
    def run(self, request: TextRequest, most: int | None = None) -> Iterator[TextResult]:
        """Write. Yields after every token while it is the only request, else the newest result whenever it is asked for
        one; the last result is the whole text, the same in any company. Closing it frees its place.

        Args:
            most: tokens of each text, after which it is over, in the middle of a sentence too.

        Raises:
            RequestError: before any work, for settings outside their limits.
        """
        stories = self.stories
        ticket = stories.add(request, most)
        try:
            while True:
                while not ticket.fresh:
                    stories.step()
                    if not ticket.fresh:  # a long prompt is being read
                        breathe()
                if ticket.error is not None:
                    raise ticket.error
                over = ticket.over
                yield ticket.take()
                if over:
                    return
        finally:
            stories.remove(ticket)

    def write(self, prompt: str = "", **settings) -> TextResult:
        """Write to the end and return the last result; settings as in `TextRequest`.

        Raises:
            RequestError: unknown settings or values outside their limits.
        """
        return complete(self, prompt, settings)

    @torch.inference_mode()
    def weigh(self, text: str, topic: str = "", focus: float = 1.0) -> list[Weighed]:
        """How likely each token of a text was, given all before it and the topic, and what else came into question.

        Probabilities are those before temperature, top-k, top-p, min-p and what keeps from repeating.

        Raises:
            RequestError: as for a prompt, a topic and a focus, and for more than `MOST_WEIGHED` tokens.
        """
        request, wish = understood(TextRequest(text, topic, focus=focus))
        tokenizer, words = self.tokenizer, wish.words
        ids = tokenizer.encode(request.prompt)
        if not ids:
            return []

        if len(ids) > MOST_WEIGHED:
            raise RequestError(f"The text has {len(ids):,} tokens; at most {MOST_WEIGHED:,} can be weighed.")

        def read(words: list[str], stop: int) -> torch.Tensor:
            header = tokenizer.header(words)
            return self._logits([tokenizer.end, *header, *ids[: stop - 1]])[len(header) :]

        logits = read(words, len(ids))
        # The places from which on one word more was named often; up to each, guidance asks for those left.
        asked, times = words if request.focus != 1 else [], required_mentions(words)

        def is_named(word: str, count: int) -> bool:
            return not pending_topic_words([word], tokenizer.decode(ids[:count]), times)

        named = [bisect(range(len(ids)), 0, key=partial(is_named, word)) for word in asked]
        start = 0
        for stop in sorted(set(named)):
            said = [word for word, place in zip(asked, named, strict=True) if place <= start]
            logits[start:stop] = guide(logits[start:stop], read(said, stop)[start:], request.focus)
            start = stop
        logits[:, [tokenizer.topic, tokenizer.text]] = -torch.inf
        probabilities = logits.softmax(-1)
        best, likeliest = probabilities.topk(ALTERNATIVES + 1)
        weighed, start = [], 0
        for stop in range(1, len(ids) + 1):
            piece = tokenizer.decode(ids[start:stop])
            if piece.endswith("\ufffd") and stop < len(ids):
                continue  # half a character
            probability = float(torch.prod(probabilities[range(start, stop), ids[start:stop]]))
            others = zip(likeliest[start].tolist(), best[start].tolist(), strict=True)
            alternatives = [(tokenizer.decode([i]), chance) for i, chance in others if i != ids[start]]
            weighed.append(Weighed(piece, probability, tuple(alternatives[:ALTERNATIVES])))
            start = stop
        return weighed
