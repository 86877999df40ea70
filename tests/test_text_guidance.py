"""Tests the promises of guidance: off at 1, among likely tokens, for words not named often yet, then over."""

import pytest
import torch

from resgen.text.decoding.sampling import LEAST, guide


def test_focus_one_is_writing_without_guidance(writer):
    def text(**settings):
        return writer.write("Mia", words=8, seed=4, **settings).text

    assert text(topic="", focus=3) == text(topic="", focus=1)
    assert text(topic="cat", focus=3) != text(topic="cat", focus=1)


def test_guidance_adds_what_the_topic_adds():
    with_topic, without = 2 * torch.randn(2, 50, generator=torch.Generator().manual_seed(0))
    likely = with_topic.softmax(-1) >= LEAST * with_topic.softmax(-1).max()
    assert 1 < likely.sum() < 50
    torch.testing.assert_close(guide(with_topic, without, 1.0)[likely], with_topic[likely])
    gain = guide(with_topic, without, 2.0) - guide(with_topic, without, 1.0)
    torch.testing.assert_close(gain[likely], (with_topic - without)[likely])
    assert (guide(with_topic, without, 8.0)[~likely] == -torch.inf).all()


@pytest.fixture
def headers(writer, monkeypatch):
    """The words of every header read so far."""
    read, original = [], writer.tokenizer.header
    monkeypatch.setattr(writer.tokenizer, "header", lambda words: read.append(list(words)) or original(words))
    return read


def test_guidance_asks_only_for_words_not_named_often_yet(writer, headers):
    def text(focus):
        prompt = "Cats, cats, cats. Mia"
        return writer.write(prompt, topic="cat, dog", words=8, seed=7, focus=focus, min_p=0).text

    assert text(4) != text(1)
    assert headers == [["cat", "dog"], ["cat"], ["cat", "dog"]]


def test_guidance_ends_when_all_words_were_named_often(writer, headers):
    def text(focus):
        return writer.write("The cats saw a dog. " * 3 + "Mia", topic="cat, dog", words=8, seed=4, focus=focus).text

    assert text(4) == text(1)
    assert headers == [["cat", "dog"]] * 2
