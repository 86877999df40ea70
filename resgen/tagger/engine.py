"""The tagger: a text goes in, the words that name people, animals, vehicles and more come out. Called by
`resgen.load("tagger")`, the page and the command line; knows none of them.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict, replace

import torch

from resgen.engine import Progress, checked, complete
from resgen.fallback import falls_back
from resgen.tagger.model import TaggerNet
from resgen.tagger.request import Span, TagRequest, TagResult, wanted
from resgen.tagger.vocabulary import Vocabulary
from resgen.tagger.words import CATEGORIES, NONE, is_word, pieces

CHUNK = 512  # words and signs between two results


class Tagger:
    """The engine that finds words of a category. Keeps no state between requests.

    Args:
        network: in evaluation mode.
        vocabulary: the words it knows.
        card: its card.
    """

    request = TagRequest
    language = Vocabulary

    def __init__(self, network: TaggerNet, vocabulary: Vocabulary, card: dict):
        self.network, self.vocabulary, self.card, self.cards = network, vocabulary, card, [card]
        self.device = next(network.parameters()).device

    @torch.inference_mode()
    def probabilities(self, words: list[str]) -> torch.Tensor:
        """Of the words and signs of a text, (T, 12) in fp32 on the CPU: of each category, and last of none."""
        kinds = {word: number for number, word in enumerate(dict.fromkeys(words))}
        letters, numbers = (torch.from_numpy(table).to(self.device) for table in self.vocabulary.table(kinds))
        index = torch.tensor([[kinds[word] for word in words]], device=self.device)
        return self.network(letters, numbers, index)[0].float().softmax(-1).cpu()

    def to_cpu(self) -> None:
        """Move to the CPU."""
        self.network.cpu()
        self.device = torch.device("cpu")

    @falls_back(lambda result, notice: replace(result, notices=(*result.notices, notice)))
    def run(self, request: TagRequest) -> Iterator[TagResult]:
        """Look at every word, in a time that grows with the length of the text. Yields after each chunk; a word has the
        same probability however the text is cut, for each chunk is read with what is around it.

        Raises:
            RequestError: before any work, for settings outside their limits.
        """
        request = checked(request)
        asked = wanted(request.categories)
        began, settings = time.perf_counter(), {"model": self.card["name"], **asdict(request)}
        text, places = request.text, pieces(request.text)
        words = [text[start:end] for start, end in places]
        spans: list[Span] = []
        if not places:
            yield TagResult((), settings, Progress(0, 0, 0.0))
        for first in range(0, len(places), CHUNK):
            last, before = min(first + CHUNK, len(places)), max(0, first - self.network.reach)
            seen = self.probabilities(words[before : last + self.network.reach])[first - before : last - before]
            for at, (chance, number) in enumerate(zip(*(side.tolist() for side in seen.max(1)), strict=True), first):
                if number != NONE and is_word(words[at]) and CATEGORIES[number] in asked:
                    spans.append(Span(*places[at], words[at], CATEGORIES[number], round(chance, 4)))
            yield TagResult(tuple(spans), settings, Progress(last, len(places), time.perf_counter() - began))

    def tag(self, text: str, categories: str = "") -> TagResult:
        """Look at a whole text; arguments as in `TagRequest`.

        Raises:
            RequestError: values outside their limits.
        """
        return complete(self, text, {"categories": categories})
