"""The writer: a request goes in, a growing text comes out, token by token. Called by `resgen.load("text")`, the
page and the command line; knows none of them.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import torch

from resgen.blocks import Memory
from resgen.engine import Progress, RequestError, checked, complete, seed_setting, setting
from resgen.text.model import TextNet
from resgen.text.sampling import guide, penalise, sample
from resgen.text.tokenizer import Tokenizer

MOST_TOPIC_WORDS = 8
RECENT = 128  # tokens the repetition penalty looks back on


@dataclass(frozen=True)
class TextRequest:
    """What to write."""

    prompt: str = setting("", "the beginning of the text; it is kept and continued", high=20_000)
    topic: str = setting("", f"key words the text is about, separated by commas, at most {MOST_TOPIC_WORDS}", high=200)
    tokens: int = setting(250, "the most tokens to write (a token is about 4 letters)", 1, 2000)
    temperature: float = setting(0.7, "0 always takes the likeliest token, 1 draws as learned", 0, 2, 0.05)
    top_k: int = setting(0, "draw among that many likeliest tokens; 0 = all", 0, 1000)
    top_p: float = setting(0.95, "draw among the likeliest tokens that hold this share of probability", 0.05, 1, 0.01)
    repetition: float = setting(1.15, "makes tokens of the recent text less likely; 1 = off", 1, 2, 0.01)
    focus: float = setting(2.5, "how strongly to follow the topic; 1 = as learned", 1, 4, 0.1)
    seed: int = seed_setting()


@dataclass(frozen=True)
class TextResult:
    """The text so far, prompt included; `finished` tells that the story came to its own end."""

    text: str
    settings: dict
    progress: Progress
    finished: bool = False


def topic_words(topic: str) -> list[str]:
    """`Cars,  the rain` -> ["cars", "the rain"]: split at commas and semicolons, lower-case, without repeats.

    Raises:
        RequestError: too many words.
    """
    words = [" ".join(_clean(part).lower().split()) for part in re.split(r"[,;，、；\n]", topic)]
    words = list(dict.fromkeys(word for word in words if word))
    if len(words) > MOST_TOPIC_WORDS:
        raise RequestError(f"topic has {len(words)} key words; at most {MOST_TOPIC_WORDS} are possible.")
    return words


def _clean(text: str) -> str:
    """Line ends as \\n; control characters, which no story has, and half surrogate pairs left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "", text)


class Writer:
    """The text engine. Keeps no state between requests, so one writer serves many, one after another.

    Args:
        network: the text model, in evaluation mode.
        tokenizer: the one it was trained with.
        card: its card.
    """

    request = TextRequest
    language = Tokenizer

    def __init__(self, network: TextNet, tokenizer: Tokenizer, card: dict):
        self.network, self.tokenizer, self.card = network, tokenizer, card
        self.device = next(network.parameters()).device

    @torch.no_grad()
    def _advance(self, rows: list[list[int]], memory: Memory) -> torch.Tensor:
        """Read tokens and return the logits (B, V) of those after the last, in fp32 on the CPU."""
        stream = self.network.stream(torch.tensor(rows, device=self.device), memory)
        return self.network.head(stream[..., -1:])[:, 0].float().cpu()

    def _begin(self, words: list[str], ids: list[int], focus: float) -> tuple[torch.Tensor, Memory]:
        """Read header and prompt: the first logits (B, V) and the memory; B is 2, with and without the header,
        where guidance needs both."""
        end, memory = self.tokenizer.end, {}
        logits = self._advance([[end, *self.tokenizer.header(words), *ids]], memory)
        if not words or focus == 1:
            return logits, memory
        plain: Memory = {}
        logits = torch.cat([logits, self._advance([[end, *ids]], plain)])
        return logits, {layer: torch.cat([past, plain[layer]]) for layer, past in memory.items()}

    def run(self, request: TextRequest) -> Iterator[TextResult]:
        """Write. Yields after every token; the last result is the whole text.

        Raises:
            RequestError: before any work, for settings outside their limits.
        """
        request = checked(request)
        words, prompt = topic_words(request.topic), _clean(request.prompt)
        if not prompt.strip():
            prompt = ""
        # A space at the end would have to begin the next token, which it cannot: hand it back after reading.
        read = prompt.rstrip(" ")
        settings = {"model": self.card["name"], **asdict(request), "prompt": prompt, "topic": ", ".join(words)}
        began = time.perf_counter()
        tokenizer = self.tokenizer
        generator = torch.Generator().manual_seed(request.seed)
        written: list[int] = []
        ids = tokenizer.encode(read)
        recent = ids[-RECENT:]
        rows, memory = self._begin(words, ids, request.focus)
        banned = [tokenizer.topic, tokenizer.text]
        for count in range(1, request.tokens + 1):
            logits = guide(rows, request.focus)
            logits[banned] = -torch.inf
            scores = penalise(logits, torch.tensor((recent + written)[-RECENT:], dtype=torch.long), request.repetition)
            if count == 1 and not prompt:
                scores[tokenizer.end] = -torch.inf  # a story has at least one word
            token = sample(scores, request.temperature, request.top_k, request.top_p, generator)
            finished = token == tokenizer.end
            if not finished:
                written.append(token)
            last = finished or count == request.tokens
            text = self._text(prompt, read, written, last)
            yield TextResult(text, settings, Progress(count, request.tokens, time.perf_counter() - began), finished)
            if last:
                return
            rows = self._advance([[token]] * len(rows), memory)

    def _text(self, prompt: str, read: str, written: list[int], last: bool) -> str:
        """Prompt and continuation; while more is to come, half a UTF-8 character at the end is held back."""
        added = self.tokenizer.decode(written)
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
