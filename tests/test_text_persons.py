"""Tests the promise that nobody in a story answers himself, meets himself, or shares his name with somebody new."""

import pytest

from resgen.text import request
from resgen.text.decoding import processors
from resgen.text.decoding.coherence import SPEAKS, implausible_next_words
from resgen.text.decoding.processors import WordTokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('Sue came. Tim said, "Thank you,', {"tim"}),  # he calls somebody else
        ('The bear asked his mom, "', {"bear"}),
        ('The bear asked his mom, "I am hungry. Hi', {"bear"}),
        ('Tim said, "I am', set()),  # he may tell his name
        ('Tim said, "Thank you." Sue was happy,', set()),
        ('They ran and said, "Yes,', set()),
        ('Tim said, "Hello." Tim', set(SPEAKS)),  # another may speak
        ('The cat said, "Hello." The cat', set(SPEAKS)),
        ('The cat said, "Hello." The dog', set()),
        ("The End. Tim met Max. Then he saw a dog named", {"end", "tim", "max"}),
        ("The fox and the", {"fox"}),
        ("The fox ran and the", {"ran"}),
        ("Sue hugged", {"sue"}),
        ("Sue and", {"sue"}),
        ("He waited and", set()),
        ("I am a bear. I am a", {"bear"}),
        ("I am a bear. I am", set()),
        ("I am a bear. I am not a", set()),
        ("", set()),
    ],
)
def test_it_knows_who_is_who(text, words):
    assert implausible_next_words(text) == words


def test_a_long_text_is_read_from_its_end_only():
    assert implausible_next_words("Tim said, " + '"yes, ' * 50_000 + "no,") == set()


@pytest.mark.parametrize("coherence", [True, False])
def test_what_is_out_of_place_is_not_said_unless_coherence_is_off(writer, monkeypatch, coherence):
    words = {word for word in WordTokens(writer.tokenizer).whole if len(word) > 3}
    monkeypatch.setattr(request, "INCOHERENCE", 50)  # an untrained network's logits lie far apart
    monkeypatch.setattr(processors, "implausible_next_words", lambda text: words)
    settings = {"words": 60, "temperature": 1, "min_p": 0, "seed": 1}
    text = writer.write("The dog", coherence=coherence, **settings).text.lower()
    assert any(f" {word}" in text for word in words) != coherence


def test_a_speech_does_not_begin_with_its_speaker_either(writer, monkeypatch):
    monkeypatch.setattr(processors, "implausible_next_words", lambda text: {"a"})
    capital = writer.tokenizer.encode("A")
    misplaced = processors.IncoherentWords(WordTokens(writer.tokenizer)).tokens
    assert misplaced('A said, "')[-1:] == capital and capital[0] not in misplaced("A said")
