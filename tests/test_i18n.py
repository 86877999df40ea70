"""Tests the promise that the page says everything in both languages, with the same values."""

import re

import pytest

import resgen.ui.strings as english
import resgen.ui.strings_zh as chinese
from resgen.engine import checked
from resgen.errors import RequestError
from resgen.image.request import ImageRequest
from resgen.speech.request import SpeechRequest
from resgen.text.request import TextRequest
from resgen.ui import i18n

SAME = {"TITLE", "INTRODUCTION"}  # a name, and what an English voice says


def sentences(module) -> dict[str, str]:
    return {key: value for key, value in vars(module).items() if key.isupper() and isinstance(value, str)}


def fields(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)", sentence))


def test_every_sentence_is_there_in_both_languages_with_the_same_values():
    ours, theirs = sentences(english), sentences(chinese)
    assert ours.keys() - SAME == theirs.keys()
    for key in theirs:
        assert fields(ours[key]) == fields(theirs[key]), key
    for sentence, translation in chinese.SAID.items():
        assert fields(translation) <= fields(sentence), sentence


@pytest.mark.parametrize(
    "request_",
    [
        TextRequest(words=0),
        TextRequest(temperature=9),
        TextRequest(prompt="x" * 30_000),
        ImageRequest(style="oil"),
        ImageRequest(count=1000),
        SpeechRequest(speed=3),
        SpeechRequest(text=5),
    ],
    ids=str,
)
def test_what_engines_refuse_is_told_in_the_visitors_language(request_):
    with pytest.raises(RequestError) as error:
        checked(request_)
    with i18n.spoken("zh"):
        assert re.search("[\u4e00-\u9fff]", i18n.translated(str(error.value)))
    assert i18n.translated(str(error.value)) == str(error.value)


@pytest.mark.parametrize("odd", [None, 5, "fr", ["zh"], "x" * 1000])
def test_a_language_that_is_none_of_the_pages_is_english(odd):
    with i18n.spoken(odd):
        assert i18n.say("WRITE") == english.WRITE


def test_what_a_visitor_typed_is_text_in_either_language():
    with i18n.spoken("zh"):
        (line,) = i18n.noticed(["Left out, for it cannot be read: `{seed}` **x**."])
    assert line.startswith("`") and line.endswith("`") and line.count("`") == 2 and "{seed}" in line
