"""Tests the promise that no input, however odd, breaks an engine: it is served, or refused in a sentence. The long
form, with the shipped weights, is `tests/load/odd.py`; what is said has `tests/test_speech_odd.py`."""

from load.odd import odd


def test_no_story_that_is_asked_for_breaks_the_writer(writer, monkeypatch):
    monkeypatch.setattr("resgen.text.decoding.drawing.SENTENCE_WORDS", 0)  # random weights end no sentence
    assert odd("text", writer, 60, seed=1)["examples"] == []


def test_no_picture_that_is_asked_for_breaks_the_painter(painter):
    assert odd("image", painter, 60, seed=1)["examples"] == []
