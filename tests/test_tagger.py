"""Tests the promise that words of a category are found where they are, in any text, however it is cut."""

import json
import subprocess
import sys

import pytest
import torch
from conftest import randomise
from hypothesis import given, settings
from hypothesis import strategies as st

from resgen.engine import checked
from resgen.errors import RequestError
from resgen.tagger import engine as engines
from resgen.tagger.engine import Tagger
from resgen.tagger.model import TaggerNet
from resgen.tagger.request import TagRequest, wanted
from resgen.tagger.vocabulary import LETTERS, Vocabulary, letters_of
from resgen.tagger.words import CATEGORIES, is_word, pieces

WORDS = ["the", "cat", "car", "sat", "in"]
SMALL = {"channels": 16, "word_channels": 8, "letter_channels": 8, "dilations": (1, 2), "letter_dilations": (1,)}


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    vocabulary = Vocabulary(json.dumps(WORDS))
    network = randomise(TaggerNet(len(vocabulary), **SMALL)).eval()
    return Tagger(network, vocabulary, {"name": "tiny"})


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=80))
def test_any_text_is_looked_at_and_spans_are_its_words(text):
    vocabulary = Vocabulary(json.dumps(WORDS))
    tagger = Tagger(randomise(TaggerNet(len(vocabulary), **SMALL)).eval(), vocabulary, {"name": "tiny"})
    result = tagger.tag(text)
    ends = [0]
    for span in result.spans:
        assert text[span.start : span.end] == span.text and is_word(span.text) and span.category in CATEGORIES
        assert ends[-1] <= span.start and 0 < span.probability <= 1
        ends.append(span.end)


def test_the_same_words_are_found_however_the_text_is_cut(tagger, monkeypatch):
    text = "The cat sat in the red car. " * 20
    whole = tagger.tag(text).spans
    monkeypatch.setattr(engines, "CHUNK", 7)
    parts = list(tagger.run(TagRequest(text)))
    assert len(parts) > 10 and len(whole) > 10
    assert [(s.start, s.category) for s in parts[-1].spans] == [(s.start, s.category) for s in whole]
    assert [s.probability for s in parts[-1].spans] == pytest.approx([s.probability for s in whole], abs=2e-4)
    assert parts[-1].progress.done == parts[-1].progress.total == len(pieces(text))


def test_only_what_is_asked_for_is_found(tagger):
    text = "The cat sat in the red car by the old house with a hat"
    everything = tagger.tag(text).spans
    for category in CATEGORIES:
        only = tagger.tag(text, category.upper()).spans
        assert only == tuple(span for span in everything if span.category == category)
    assert wanted(" Food ; vehicles, food") == ("food", "vehicles") and wanted(" , ") == CATEGORIES


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (TagRequest("x" * 20_001), "at most 20,000"),
        (TagRequest(5), "text must be text"),
        (TagRequest("A cat.", "dogs"), "one of them is 'dogs'"),
    ],
    ids=["long", "number", "category"],
)
def test_what_cannot_be_looked_at_is_refused_before_any_work(tagger, request_, says):
    with pytest.raises(RequestError, match=says):
        next(tagger.run(request_))


def test_a_word_is_spelt_in_so_many_letters_accents_aside():
    assert len(letters_of("x" * 50)) == len(letters_of("")) == LETTERS
    assert letters_of("café") == letters_of("cafe") and letters_of("Cafe") != letters_of("cafe")
    assert letters_of("a" * 20 + "ing")[-3:] == letters_of("ing")[:3]
    assert [text for s, e in pieces("Tim's café—12 cats") if (text := "Tim's café—12 cats"[s:e])] == [
        *("Tim", "'s", "café", "—", "12", "cats")
    ]


def test_no_word_far_away_has_a_say(tagger):
    before, after = ["car"] * tagger.network.reach, ["sat"] * tagger.network.reach
    near = tagger.probabilities([*before, "cat", *after])[len(before)]
    far = tagger.probabilities(["hat", *before, "cat", *after, "the"])[len(before) + 1]
    assert torch.allclose(near, far, atol=1e-5)


def test_limits_are_known_without_pytorch():
    code = "import sys; import resgen.tagger.request; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"
    assert checked(TagRequest("A cat.")).categories == ""
