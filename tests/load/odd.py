"""Sends random and mutated inputs to an engine, and says what broke: each is served or refused in a sentence.

    python tests/load/odd.py text|image|speech [COUNT] [SEED]

A text gets 4 words, a picture 1 step, a sound its first sentence. Prints JSON: how many were served and refused, and
examples of those at which something else happened; on stderr how
many are done.
"""

import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import hypothesis
from hypothesis import strategies as st

import resgen
from resgen.engine import settings_of

# What people typed, of each kind; `tests/test_speech_odd.py` has the kinds of texts to be said.
TYPED = {
    "text": [
        "Once upon a time",
        "“TOM” SAID:  ",
        "Write a story about a brave mouse, no dogs",
        "a girl called Zara and a dog named Rex",
        "🐉, 龙, 小明",
        "请写一个关于龙的故事",
        "cat,,; the rain\n no no without",
        "Siobhan",
    ],
    "image": [
        "a photo of a cat",
        "masterpiece, best quality, 4k, cat in the style of van gogh",
        "4 dark blue owls on a car, without a hat or crown",
        "cat not dog",
        "八只没有帽子的紫色的猫",
        "👻🚀 & old man",
        "black and white and red all over",
        "8 o'clock bell with slash of of and and",
        "--no dog",
    ],
    "speech": ["Dr. Smith paid $5.20 at 7:45 pm.", "<b>Hi</b> [x](/həlˈO/) ₂ ½ −3 °C", "W-w-what? Shhh… 1,000.50", "$"],
}
SIGNS = (
    "0123456789.,:;!?-–—−+*/=<>()[]{}#@&%$€\"'`’“”~^_|\\ \t\n"
    "½²Ⅳπ°…•\u0301\u200b\u200d\ufe0f\u20e3\ue000😀🐉👨‍👩‍👧龙猫只的没有aAéжقnN"
)
SMALL: dict[str, dict] = {
    "text": {"words": 4},
    "image": {"steps": 1, "count": 1, "size": 64},
    "speech": {},
}
VALUES: list[Any] = [
    None,
    True,
    -1,
    0,
    1,
    2,
    0.5,
    1e308,
    "",
    " 1 ",
    "1e3",
    "nan",
    "x" * 30,
    10**30,
    float("nan"),
    [],
    {},
]


@st.composite
def odd_text(draw, kind: str) -> str:
    """Some of what was typed, with characters put in, taken out or doubled; or anything."""
    if draw(st.integers(0, 3)) == 0:
        return draw(st.text(max_size=60) | st.text(SIGNS, max_size=60))
    text = draw(st.sampled_from([" ", "\n", "", ", "])).join(draw(st.lists(st.sampled_from(TYPED[kind]), max_size=3)))
    for _ in range(draw(st.integers(0, 5))):
        place, length = draw(st.integers(0, len(text))), draw(st.integers(0, 5))
        text = (
            text[:place]
            + (draw(st.text(SIGNS, max_size=3)) or text[place : place + length] * 2)
            + text[place + length :]
        )
    return text[:200]


@st.composite
def odd_request(draw, kind: str, request: type) -> Any:
    """A request of odd texts, and now and then an odd setting."""
    fields = settings_of(request)
    texts = [name for name, (limits, default) in fields.items() if isinstance(default, str) and not limits.choices]
    values = {"seed": 1, next(iter(fields)): draw(odd_text(kind))}
    for name in texts[1:]:
        if draw(st.integers(0, 2)) == 0:
            values[name] = draw(odd_text(kind))
    for name in draw(st.lists(st.sampled_from(sorted(set(fields) - set(texts))), max_size=2)):
        values[name] = draw(st.sampled_from(VALUES))
    kept = {
        name: value for name, value in SMALL[kind].items() if name not in values or isinstance(values[name], int | str)
    }
    return request(**values | kept)


def served(kind: str, engine: Any, request: Any) -> bool:
    """Whether it was served, to the end or, of sound, for a sentence; False where it was refused as it should.

    Raises:
        Exception: it was neither.
    """
    try:
        for result in engine.run(request):  # noqa: B007
            if kind == "speech":
                break
        assert all(notice.endswith(".") for notice in result.notices if kind != "speech")
        return True
    except resgen.RequestError as error:
        assert str(error).strip() and len(str(error)) < 1000
        return False


def odd(kind: str, engine: Any, count: int, seed: int = 0, done: Callable[[int], None] = lambda count: None) -> dict:
    """See the module."""
    outcomes: Counter = Counter()
    broken: list[str] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    @hypothesis.given(odd_request(kind, engine.request))
    def run(request: Any) -> None:
        try:
            outcomes["served" if served(kind, engine, request) else "refused"] += 1
        except Exception as error:
            outcomes["broken"] += 1
            broken.append(f"{type(error).__name__}: {str(error)[:200]} at {request!r}"[:1500])
        done(outcomes.total())

    random.seed(seed)
    run()
    return {**outcomes, "examples": sorted(broken, key=len)[:10]}


def _tell(count: int) -> None:
    if count % 250 == 0:
        print(count, file=sys.stderr, flush=True)


if __name__ == "__main__":
    chosen, count, seed = sys.argv[1], *map(int, [*sys.argv[2:], 5000, 0][:2])
    print(json.dumps(odd(chosen, resgen.load(chosen), count, seed, _tell), indent=2, ensure_ascii=False))
