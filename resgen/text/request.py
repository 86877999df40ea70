"""What goes into the writer and what comes out of it. Used by `resgen.text.engine`, the page and the command line."""

import math
import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from resgen.engine import MOST_SEED, Progress, checked, deprecated_setting, seed_setting, setting
from resgen.text import wish as wishes
from resgen.text.keywords import MOST_TOPIC_WORDS
from resgen.text.wish import Wish

INCOHERENCE = 9.15  # what is subtracted from the logit of a word out of place: it is 9,400 times less likely


class Penalties(NamedTuple):
    """What is subtracted from the logits of tokens."""

    word: float  # that say a content word of the sentence again
    sequence: float  # that would say a sequence again: for each of its tokens after the first five
    incoherence: float  # that are out of place


@dataclass(frozen=True)
class TextRequest:
    """What to write."""

    prompt: str = setting(
        "",
        "the beginning of the text; it is kept and continued, unless it asks for a story about something",
        high=20_000,
    )
    topic: str = setting(
        "", f"key words the text is about, at most {MOST_TOPIC_WORDS}; `no dogs` keeps dogs away", high=200
    )
    words: int = setting(300, "after so many new words it ends with the sentence, if it has not ended before", 1, 1500)
    temperature: float = setting(0.7, "0 always takes the likeliest token, 1 draws as learned", 0, 2, 0.05)
    top_k: int = setting(0, "draw among that many likeliest tokens; 0 = all", 0, 1000)
    top_p: float = setting(1.0, "draw among the likeliest tokens that hold this share of probability", 0.05, 1, 0.01)
    min_p: float = setting(0.4, "draw among tokens at least this many times as likely as the likeliest", 0, 1, 0.01)
    repetition: float | None = deprecated_setting(1, 2, "repetition_penalty, dry and coherence")
    focus: float = setting(
        2.0, "how strongly to ask for key words until each was named often; 1 = as learned", 1, 8, 0.1
    )
    variants: int = setting(1, "so many texts at once; each has the seed after the one before", 1, 8)
    seed: int = seed_setting()
    repetition_penalty: float = setting(
        3.05, "what the logit of a content word that the sentence has already is lowered by; 0 = off", 0, 20, 0.05
    )
    dry: float = setting(
        0.7625,
        "what the logit of a token that would say a sequence again is lowered by, for each token of it after the first "
        "five; 0 = off",
        0,
        5,
        0.0125,
    )
    coherence: bool = setting(
        True, "keeps from words that are out of place: who answers or meets himself, a sentence said twice running"
    )

    @property
    def penalties(self) -> Penalties:
        if self.repetition is not None:  # one number in place of three: each was a power of it
            return Penalties(*(math.log(self.repetition**power) for power in (32, 8, 96)))
        return Penalties(self.repetition_penalty, self.dry, INCOHERENCE if self.coherence else 0.0)


@dataclass(frozen=True)
class TextResult:
    """The texts so far, prompt included: `text` is the first of `texts`, one a variant.

    `finished` tells of each whether the story came to its own end, `tokens` how many were written in all;
    `progress` counts the new words of the longest; `notices` say what was understood otherwise than it was asked.
    """

    texts: tuple[str, ...]
    settings: dict
    progress: Progress
    finished: tuple[bool, ...]
    tokens: int
    notices: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.texts[0]

    @property
    def together(self) -> str:
        """All texts, a line of hyphens between them."""
        return f"\n\n{'-' * 40}\n\n".join(self.texts)

    def settings_of(self, variant: int) -> dict:
        """Settings that make one of the variants alone."""
        return self.settings | {"variants": 1, "seed": seed_of(self.settings["seed"], variant)}


@dataclass(frozen=True)
class Weighed:
    """A token (or several that make one character) of a text, its probability, and what was likeliest instead."""

    text: str
    probability: float
    alternatives: tuple[tuple[str, float], ...]


def seed_of(seed: int, variant: int) -> int:
    """The seed of a variant, 0 for the first, of a request with that seed."""
    return (seed + variant) % (MOST_SEED + 1)


def _clean(text: str) -> str:
    """Line ends as \\n; control characters, which no story has, and half surrogate pairs left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "", text)


def understood(request: TextRequest) -> tuple[TextRequest, Wish]:
    """The request, checked, with prompt and topic cleaned and as they are understood; and how that is.

    Raises:
        RequestError: settings outside their limits.
    """
    request = checked(request)
    wish = wishes.understood(_clean(request.prompt), _clean(request.topic))
    return replace(request, prompt=wish.prompt if wish.prompt.strip() else "", topic=wish.topic), wish
