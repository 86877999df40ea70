"""The writer: a request goes in, a growing text comes out, token by token. Called by `resgen.load("text")`, the
page and the command line; knows none of them.
"""

import re
import time
from bisect import bisect
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace

import torch

from resgen.blocks import Memory
from resgen.engine import Progress, checked, complete
from resgen.packed_linear import prepare_for_decoding
from resgen.text.decoding.blocklist import ends_in_slur
from resgen.text.decoding.coherence import implausible_next_words
from resgen.text.decoding.repetition import penalize, repeated_suffixes
from resgen.text.decoding.sampling import guide, sample
from resgen.text.decoding.traced import TracedStep
from resgen.text.keywords import difference, pending_topic_words, required_mentions, topic_words
from resgen.text.model import TextNet
from resgen.text.request import TextRequest, TextResult, Weighed, seed_of
from resgen.text.sentences import current_sentence_words, stem
from resgen.text.tokenizer import Tokenizer

RECENT = 512  # tokens in which a sequence said before is looked for
# What would go on with n >= ECHO tokens said before is repetition**(STRENGTH * (n - ECHO + 1)) times less likely.
ECHO, STRENGTH = 5, 8
WITHIN = 32  # a content word of the sentence so far is repetition**WITHIN times less likely
MISPLACED = 96  # and what `resgen.text.decoding.coherence` finds out of place
SHORT = 4  # characters of a token, with its space, that may begin many words
SENTENCE_WORDS = 50  # that many more words may come until a sentence ends
TOKENS_PER_WORD = 4  # at most: stories have 1.3
ALTERNATIVES = 5


@dataclass
class _Variant:
    """One text in the making."""

    generator: torch.Generator
    context: list[int]  # tokens of the prompt that are looked back on
    pending: list[str]  # words of the topic that the text has not named often yet; guidance asks for them
    text: str = ""
    written: list[int] = field(default_factory=list)
    finished: bool = False
    over: bool = False


def _clean(text: str) -> str:
    """Line ends as \\n; control characters, which no story has, and half surrogate pairs left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "", text)


def at_sentence_end(text: str) -> bool:
    """Whether a sentence, and what is said in it, is over."""
    return bool(re.search(r"[.!?…。！？]['\"’”)]*$", text.rstrip())) and text.count('"') % 2 == 0


class Writer:
    """The text engine. Keeps no state between requests, so one writer serves many, one after another.

    Args:
        network: the text model, in evaluation mode; on a CPU its weights are stored anew, in the order that suits.
        tokenizer: the one it was trained with.
        card: its card.
    """

    request = TextRequest
    language = Tokenizer

    def __init__(self, network: TextNet, tokenizer: Tokenizer, card: dict):
        self.network, self.tokenizer, self.card, self.cards = network, tokenizer, card, [card]
        self.device = next(network.parameters()).device
        self.step = None
        if self.device.type == "cpu":
            prepare_for_decoding(network)
            self.step = TracedStep(network)
        self.words: dict[str, list[int]] = {}  # stem of a word -> tokens that are the word or its plural
        for token, text in enumerate(tokenizer.decode([token]) for token in range(len(tokenizer))):
            if text.startswith(" ") and text[1:].isalpha():
                self.words.setdefault(stem(text[1:]), []).append(token)

    @torch.inference_mode()
    def _advance(self, rows: list[list[int]], memory: Memory) -> torch.Tensor:
        """Read tokens and return the logits (B, V) of those after the last, in fp32 on the CPU."""
        tokens = torch.tensor(rows, device=self.device)
        if self.step is not None and memory and tokens.shape[1] == 1:
            return self.step(tokens, memory)
        stream = self.network.stream(tokens, memory)
        return self.network.head(stream[..., -1:])[:, 0].float().cpu()

    def _read(self, words: list[str], ids: list[int]) -> tuple[torch.Tensor, Memory]:
        """Read a document from its beginning, behind a header of those words: logits (1, V) and the memory."""
        memory: Memory = {}
        return self._advance([[self.tokenizer.end, *self.tokenizer.header(words), *ids]], memory), memory

    def run(self, request: TextRequest) -> Iterator[TextResult]:
        """Write. Yields after every token; the last result is the whole text.

        Raises:
            RequestError: before any work, for settings outside their limits.
        """
        request, words = _understood(request)
        settings = {"model": self.card["name"], **asdict(request)}
        began = time.perf_counter()
        ids = self.tokenizer.encode(_readable(request.prompt))
        # All go on from the one prompt: a row each with the header, then, for guidance, a row each whose header has
        # only the words that were named often already. So guidance asks for the others, and ends when all were.
        asked, times = words if request.focus != 1 else [], required_mentions(words)
        left = pending_topic_words(asked, request.prompt, times)
        read = [self._read(header, ids) for header in ([words, difference(asked, left)] if left else [words])]
        variants = [
            _Variant(torch.Generator().manual_seed(seed_of(request.seed, n)), ids[-RECENT:], left, request.prompt)
            for n in range(request.variants)
        ]
        active, copies = variants, [row for row in range(len(read)) for _ in variants]
        logits = torch.cat([logits for logits, _ in read])[copies]
        memory = {layer: torch.cat([past[layer] for _, past in read])[copies] for layer in read[0][1]}
        while True:
            for number, variant in enumerate(active):
                rows = logits[number :: len(active)]
                self._extend(variant, rows if variant.pending else rows[:1], request)
            yield TextResult(
                tuple(variant.text for variant in variants),
                settings,
                Progress(max(_new_words(v, request) for v in variants), request.words, time.perf_counter() - began),
                tuple(variant.finished for variant in variants),
                sum(len(variant.written) for variant in variants),
            )
            going = [number for number, variant in enumerate(active) if not variant.over]
            if not going:
                return
            guided = 1 + any(active[number].pending for number in going)
            if len(going) < len(active) or guided * len(active) < len(logits):
                memory = _pick(memory, [row * len(active) + number for row in range(guided) for number in going])
                active = [active[number] for number in going]
            logits = self._advance([[variant.written[-1]] for variant in active] * guided, memory)
            for number, variant in enumerate(active):
                left = pending_topic_words(variant.pending, variant.text, times)
                if left and left != variant.pending:
                    anew = self._read(difference(words, left), [*ids, *variant.written])
                    logits, memory = _replace((logits, memory), len(active) + number, anew)
                variant.pending = left

    def _extend(self, variant: _Variant, rows: torch.Tensor, request: TextRequest) -> None:
        """Draw the next token of a variant from its logits (1 or 2, V), and see whether the text is over."""
        tokenizer, written = self.tokenizer, variant.written
        rows = rows.clone()
        # What may not come is left out before guidance, which weighs all else by the likeliest that may.
        never = [tokenizer.topic, tokenizer.text]
        rows[:, never if written else [*never, tokenizer.end]] = -torch.inf  # at least one word is written
        before = (variant.context + written)[-RECENT:]
        tail = tokenizer.decode(before[-16:])
        while True:
            scores = self._penalized(guide(rows, request.focus), variant.text, before, request.repetition)
            token = sample(scores, request.temperature, request.top_k, request.top_p, request.min_p, variant.generator)
            if not ends_in_slur(tail, tokenizer.decode([*before[-16:], token])):
                break
            rows[:, token] = -torch.inf
        if token == tokenizer.end:
            variant.finished = variant.over = True
        else:
            written.append(token)
        variant.text = self._text(request.prompt, written, variant.finished)
        words = _new_words(variant, request)
        most = request.words + SENTENCE_WORDS
        enough = words >= request.words and at_sentence_end(variant.text)
        if enough or words >= most or len(written) >= TOKENS_PER_WORD * most:
            variant.over = True
        if variant.over:
            variant.text = self._text(request.prompt, written, True)

    def _penalized(self, logits: torch.Tensor, text: str, tokens: list[int], repetition: float) -> torch.Tensor:
        """Logits (V,) of what comes after a text, less for what it repeats and what is out of place there."""
        scores = penalize(logits, self._repeating(text), repetition**WITHIN)
        scores = penalize(scores, self._misplaced(text), repetition**MISPLACED)
        for token, length in repeated_suffixes(tokens, ECHO).items():
            scores = penalize(scores, [token], repetition ** (STRENGTH * (length - ECHO + 1)))
        return scores

    def _repeating(self, text: str) -> list[int]:
        """Tokens that say a content word of the text's last sentence again, or begin to."""
        return [token for word in set(current_sentence_words(text)) for token in self._beginning(word)]

    def _misplaced(self, text: str) -> list[int]:
        """Tokens that say, or begin to, what is out of place after that text."""
        words = implausible_next_words(text)
        tokens = [token for word in words for token in self._beginning(word)]
        if text.endswith('"'):  # a speech begins without a space
            spelt = (self.tokenizer.encode(word.capitalize()) for word in words)
            tokens += [ids[0] for ids in spelt if len(ids) == 1]
        return tokens

    def _beginning(self, word: str) -> list[int]:
        """Tokens that are a word, or of one that takes several the first, unless many words begin so."""
        if known := self.words.get(stem(word)):
            return known
        first = self.tokenizer.encode(f" {word}")[:1]
        return first if len(self.tokenizer.decode(first)) > SHORT else []

    def _text(self, prompt: str, written: list[int], last: bool) -> str:
        """Prompt and continuation; while more is to come, half a UTF-8 character at the end is held back."""
        read, added = _readable(prompt), self.tokenizer.decode(written)
        if not last:
            added = added.rstrip("\ufffd")
        spaces = prompt[len(read) :]
        if added.startswith(" "):
            added = added[1:]
            spaces = spaces or " "
        return read + spaces + added if read else added.lstrip(" ")

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
            RequestError: as for a prompt, a topic and a focus.
        """
        request, words = _understood(TextRequest(text, topic, focus=focus))
        tokenizer = self.tokenizer
        ids = tokenizer.encode(request.prompt)
        if not ids:
            return []

        def read(words: list[str]) -> torch.Tensor:
            header = tokenizer.header(words)
            tokens = torch.tensor([[tokenizer.end, *header, *ids[:-1]]], device=self.device)
            return self.network(tokens)[0, len(header) :].float().cpu()

        logits = read(words)
        # The places from which on one word more was named often; up to each, guidance asks for those left.
        asked, times = words if request.focus != 1 else [], required_mentions(words)
        named = [
            bisect(
                range(len(ids)), 0, key=lambda n, w=word: not pending_topic_words([w], tokenizer.decode(ids[:n]), times)
            )
            for word in asked
        ]
        start = 0
        for stop in sorted(set(named)):
            said = [word for word, place in zip(asked, named, strict=True) if place <= start]
            logits[start:stop] = guide(torch.stack([logits[start:stop], read(said)[start:stop]]), request.focus)
            start = stop
        logits[:, [tokenizer.topic, tokenizer.text]] = -torch.inf
        chances = logits.softmax(-1)
        best, likeliest = chances.topk(ALTERNATIVES + 1)
        weighed, start = [], 0
        for stop in range(1, len(ids) + 1):
            piece = tokenizer.decode(ids[start:stop])
            if piece.endswith("\ufffd") and stop < len(ids):
                continue  # half a character
            probability = float(torch.prod(chances[range(start, stop), ids[start:stop]]))
            others = zip(likeliest[start].tolist(), best[start].tolist(), strict=True)
            alternatives = [(tokenizer.decode([i]), chance) for i, chance in others if i != ids[start]]
            weighed.append(Weighed(piece, probability, tuple(alternatives[:ALTERNATIVES])))
            start = stop
        return weighed


def _understood(request: TextRequest) -> tuple[TextRequest, list[str]]:
    """The request, checked and with prompt and topic cleaned, and the topic's words."""
    request = checked(request)
    words, prompt = topic_words(_clean(request.topic)), _clean(request.prompt)
    return replace(request, prompt=prompt if prompt.strip() else "", topic=", ".join(words)), words


def _replace(
    batch: tuple[torch.Tensor, Memory], row: int, anew: tuple[torch.Tensor, Memory]
) -> tuple[torch.Tensor, Memory]:
    """Logits and memory of a batch, with that row from a batch of one."""

    def put(whole: torch.Tensor, one: torch.Tensor) -> torch.Tensor:
        return torch.cat([whole[:row], one, whole[row + 1 :]])

    return put(batch[0], anew[0]), {layer: put(past, anew[1][layer]) for layer, past in batch[1].items()}


def _pick(memory: Memory, rows: list[int]) -> Memory:
    """The memory of those rows of a batch, in that order."""
    return {layer: past[rows] for layer, past in memory.items()}


def _readable(prompt: str) -> str:
    """What the network reads of a prompt. A space at the end would have to begin the next token, which it cannot."""
    return prompt.rstrip(" ")


def _new_words(variant: _Variant, request: TextRequest) -> int:
    return len(variant.text[len(_readable(request.prompt)) :].split())
