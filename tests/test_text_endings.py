"""Tests the promises of where the writer's texts end, and of what they never say."""

import pytest
import torch

from resgen.text.decoding.blocklist import SLURS
from resgen.text.decoding.drawing import SENTENCE_WORDS, TOKENS_PER_WORD
from resgen.text.request import TextRequest


def test_a_text_ends_with_the_end_token_but_never_at_once(writer, monkeypatch):
    end = writer.tokenizer.end
    monkeypatch.setattr(
        "resgen.text.decoding.drawing.sample", lambda scores, *_: end if scores[end] > -1e9 else int(scores.argmax())
    )
    results = list(writer.run(TextRequest("Mia ", words=10)))
    assert [result.finished for result in results] == [(False,), (True,)]
    assert results[0].text == results[1].text != "Mia "


def say(writer, monkeypatch, text: str) -> None:
    """Have the writer draw the tokens of a text, whatever the network says."""
    ids = iter(writer.tokenizer.encode(text))
    monkeypatch.setattr("resgen.text.decoding.drawing.sample", lambda *_: next(ids))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (1, "Mia saw a cat."),
        (3, "Mia saw a cat."),
        (4, 'Mia saw a cat. "It is Tom. It is mine!"'),
        (14, 'Mia saw a cat. "It is Tom. It is mine!" So she said. They went home (soon).'),
    ],
)
def test_a_text_of_enough_words_ends_with_its_sentence(writer, monkeypatch, words, expected):
    say(writer, monkeypatch, ' saw a cat. "It is Tom. It is mine!" So she said. They went home (soon). And then')
    result = writer.write("Mia", words=words)
    assert result.text == expected
    assert not result.finished[0]
    assert result.progress.total == words


def test_a_text_that_ends_no_sentence_ends_all_the_same(writer, monkeypatch):
    say(writer, monkeypatch, " and so on" * 200)
    assert len(writer.write("Mia", words=3).text.split()) == 1 + 3 + SENTENCE_WORDS


def test_a_word_without_end_ends_all_the_same(writer, monkeypatch):
    say(writer, monkeypatch, "a" * 5000)
    assert writer.write("Mia", words=1).tokens == TOKENS_PER_WORD * (1 + SENTENCE_WORDS)


@pytest.mark.parametrize("topic", ["", "moon"])
def test_what_is_all_but_certain_and_may_not_come_leaves_the_choice_to_the_rest(writer, monkeypatch, topic):
    """The end of a story that is over, where it is to be continued, and the end of a slur."""
    sure, original = [writer.tokenizer.end], writer._advance

    def advance(rows, memory):
        logits = original(rows, memory).clone()
        logits[:, sure] += 100
        return logits

    monkeypatch.setattr(writer, "_advance", advance)
    assert writer.write("Mia saw a cat.", topic=topic, seed=1).tokens == 1
    *start, last = writer.tokenizer.encode(" saw a squaw")
    sure[:] = [last]
    assert not SLURS.search(writer.write(f"Mia{writer.tokenizer.decode(start)}", topic=topic, words=3, seed=1).text)


@pytest.mark.parametrize("slur", ["squaw", "Squaws", "half-breed"])
def test_slurs_are_never_written(writer, monkeypatch, slur):
    wanted = writer.tokenizer.encode(f" saw a {slur} go")
    position = iter(range(10_000))

    def eager(scores, *_):
        """The next token of the slur while it is allowed, then the likeliest."""
        step = next(position)
        token = wanted[step] if step < len(wanted) else int(scores.argmax())
        return token if scores[token] > -torch.inf else int(scores.argmax())

    monkeypatch.setattr("resgen.text.decoding.drawing.sample", eager)
    text = writer.write("Mia", words=20).text
    assert text.startswith("Mia saw a ") and not SLURS.search(text)


def test_a_slur_in_the_prompt_is_the_visitors_own(writer):
    assert writer.write("The word squaw ", words=3, seed=1).text.startswith("The word squaw ")


def test_innocent_words_are_no_slurs():
    innocent = "The raccoon in its cocoon ate spices, darkness fell, a japes and coonskins, Nigeria, snigger, a chink."
    assert not SLURS.search(innocent)
    assert [bool(SLURS.search(word)) for word in ("Coons", "the darkies", "NEGROES", "redskin")] == [True] * 4
