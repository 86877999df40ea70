"""The languages of the page, English and Chinese. Used by the tabs, which name every sentence by its key: what never
changes is translated in the browser (`text`), what holds values is put together here in the visitor's language (`say`).

The engines speak English; what they say of a request is found again by the sentences of `resgen.ui.strings_zh`.
"""

import contextlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from functools import cache
from typing import Any

import gradio as gr

from resgen.engine import settings_of
from resgen.ui import cards_zh, strings, strings_zh

LANGUAGES = ("en", "zh")
_spoken: ContextVar[str] = ContextVar("language", default="en")


def _sentences(module: Any) -> dict[str, str]:
    return {key: value for key, value in vars(module).items() if key.isupper() and isinstance(value, str)}


ENGLISH = _sentences(strings)
CHINESE = {**ENGLISH, **_sentences(strings_zh), **strings_zh.HELP}
# By the names that Gradio has for them.
I18N = gr.I18n(**{"en": ENGLISH, "zh-CN": CHINESE})


def text(key: str) -> Any:
    """A sentence that the browser shows in the visitor's language."""
    return I18N(key)


def help_of(request: type, name: str) -> Any:
    """What a setting means, likewise."""
    key = f"{request.__name__}_{name}"
    ENGLISH[key] = settings_of(request)[name][0].help
    CHINESE.setdefault(key, ENGLISH[key])
    return text(key)


def composed(key: str, make: Callable[[], str]) -> Any:
    """A sentence that is put together once for all visitors, likewise; `make` says it in the language spoken."""
    for language, sentences in zip(LANGUAGES, (ENGLISH, CHINESE), strict=True):
        with spoken(language):
            sentences[key] = make()
    return text(key)


def for_browser(*keys: str) -> str:
    """Some sentences of each language as JSON, for scripts."""
    by_language = {"en": ENGLISH, "zh": CHINESE}
    return json.dumps({name: {key: each[key] for key in keys} for name, each in by_language.items()})


@contextlib.contextmanager
def spoken(language: Any) -> Iterator[None]:
    """While this is open, `say` speaks that language; English, if it is none of the page's."""
    token = _spoken.set(language if isinstance(language, str) and language in LANGUAGES else "en")
    try:
        yield
    finally:
        _spoken.reset(token)


def say(key: str, **values: Any) -> str:
    """A sentence with values, in the visitor's language."""
    return (CHINESE if _spoken.get() == "zh" else ENGLISH)[key].format(**values)


@cache
def _said() -> list[tuple[re.Pattern, str]]:
    """What finds a sentence of an engine and its values, and the sentence in Chinese."""
    patterns = []
    for english, chinese in strings_zh.SAID.items():
        parts = re.split(r"\{(\w+)\}", english)
        found = "".join(f"(?P<{part}>.+?)" if i % 2 else re.escape(part) for i, part in enumerate(parts))
        patterns.append((re.compile(found, re.DOTALL), chinese))
    return patterns


def translated(sentence: str) -> str:
    """What an engine said, in the visitor's language; as it was, where nobody has translated it."""
    if _spoken.get() == "zh":
        for key, english in ENGLISH.items():
            if sentence == english:
                return CHINESE[key]
        for pattern, chinese in _said():
            if found := pattern.fullmatch(sentence):
                return chinese.format(**found.groupdict())
    return sentence


def cell(words: str) -> str:
    """What stands in a table or on a model's card, in the visitor's language; as it was, where nobody has translated
    it."""
    return cards_zh.SAID.get(words, words) if _spoken.get() == "zh" else words


def table(markdown: str) -> str:
    """A table with its cells in the visitor's language."""
    rows = (row.strip("|").split("|") for row in markdown.splitlines())
    return "\n".join("|" + "|".join(f" {cell(each.strip())} " for each in row) + "|" for row in rows)


def noticed(notices: Iterable[str]) -> list[str]:
    """What engines tell beside a result, as Markdown in which whatever a visitor typed is text."""
    return [f"`{translated(notice).replace('`', '')}`" for notice in notices]
