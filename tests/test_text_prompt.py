"""Tests the promise that a prompt is read as people mean it, and shown as they typed it."""

import pytest

from resgen.text.decoding.draft import at_sentence_end
from resgen.text.prompt import as_read, ends_with_rare_name


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("“Hi,” said Tom. “I don’t", '"Hi," said Tom. "I don\'t'),
        ("„Hallo“ «oui»", '"Hallo" "oui"'),
        ("Cafe\u0301\u00a0Nine", "Café Nine"),
        ("TOM AND I SAW A DOG. IT RAN", "Tom and I saw a dog. It ran"),
        ("“STOP!” SAID ZOË", '"Stop!" said zoë'),
        ("HELLO", "Hello"),
        ("The TV is ON", "The TV is ON"),
        ("OK", "OK"),
        ("I", "I"),
        ("Once upon a time  ", "Once upon a time"),
        ("小明喜欢月亮", "小明喜欢月亮"),
        ("", ""),
    ],
)
def test_it_is_read_as_stories_are_spelt(typed, read):
    assert as_read(typed) == read == as_read(read)


@pytest.mark.parametrize("prompt", ["MIA SAW A CAT", "“Mia’s cat", "Cafe\u0301 ", "Mia saw "])
def test_it_is_shown_as_it_was_typed(writer, prompt):
    result = writer.write(prompt, words=6, seed=1)
    assert result.text.startswith(prompt) and result.settings["prompt"] == prompt


def test_curly_quotes_and_capitals_lead_to_the_text_of_plain_ones(writer):
    def added(prompt):
        return writer.write(prompt, words=12, seed=2).text[len(prompt) :]

    assert added("Mia’s “cat") == added("Mia's \"cat")
    assert added("MIA SAW A CAT") == added("Mia saw a cat")


@pytest.fixture
def first_drawable(writer, monkeypatch):
    """The pieces of text that may come first after a prompt."""

    def pieces(prompt: str) -> set[str]:
        seen = []
        monkeypatch.setattr(
            "resgen.text.decoding.drawing.sample", lambda scores, *_: seen.append(scores.copy()) or int(scores.argmax())
        )
        writer.write(prompt, words=1, repetition_penalty=0, dry=0, coherence=False)
        spelt = [piece.decode("utf-8", "replace") for piece in writer.tokenizer.pieces()]
        return {piece for piece, score in zip(spelt, seen[0], strict=True) if score > -1e9}

    return pieces


@pytest.mark.parametrize("prompt", ["Mia saw ", "Tom\u00a0", "The cat,  "])
def test_after_a_blank_a_word_begins(first_drawable, prompt):
    pieces = first_drawable(prompt)
    assert len(pieces) > 10 and all(piece.startswith(" ") for piece in pieces)


def test_a_rare_name_is_not_spelt_on(first_drawable):
    pieces = first_drawable("A girl named Siobhan")
    assert "." in pieces and not any(piece[:1].isalpha() for piece in pieces)
    assert any(piece[:1].isalpha() for piece in first_drawable("A girl na"))


def test_names_are_rare_if_they_take_several_tokens(tokenizer):
    assert ends_with_rare_name("A girl named Siobhan", tokenizer)
    assert not ends_with_rare_name("A girl named Siobhan said", tokenizer)
    assert not ends_with_rare_name("A siobhan", tokenizer) and not ends_with_rare_name("", tokenizer)


def test_a_speech_in_curly_quotes_is_over_when_it_is():
    assert not at_sentence_end("“I am here.") and at_sentence_end("“I am here.”") and at_sentence_end('“I am here."')
