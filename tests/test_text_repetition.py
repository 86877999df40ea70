"""Tests the promise that the writer hardly says again what it just said."""

import pytest

from resgen.text.decoding.processors import ECHO, RepeatedWords, WordTokens
from resgen.text.decoding.repetition import repeated_suffixes
from resgen.text.request import TextRequest
from resgen.text.sentences import FUNCTION_WORDS


@pytest.fixture
def repeated(tokenizer) -> RepeatedWords:
    return RepeatedWords(WordTokens(tokenizer))


def test_a_content_word_is_hardly_said_twice_in_a_sentence(writer, repeated):
    """With a penalty as high as it goes, never; how often there was one to avoid is counted, so that this can fail."""
    avoided, before = 0, ""
    request = TextRequest("The dog saw the cat and the", words=80, repetition=2, min_p=0.2, seed=3)
    for result in writer.run(request):
        if before:
            repeating = {writer.tokenizer.decode([token]) for token in repeated.tokens(before)}
            assert result.text.removeprefix(before) not in repeating
            avoided += bool(repeating)
        before = result.text
    assert avoided > 5


@pytest.mark.parametrize("repetition, expected", [(1, True), (2, False)])
def test_long_sequences_are_not_said_again(writer, monkeypatch, repetition, expected):
    """Without randomness an untrained network soon goes round in circles."""
    tokens, original = [], writer._advance
    monkeypatch.setattr(writer, "_advance", lambda rows, memory: (tokens.extend(rows[0]), original(rows, memory))[1])
    writer.write("The dog", words=40, temperature=0, repetition=repetition)
    assert any(repeated_suffixes(tokens[:end], ECHO + 5) for end in range(len(tokens))) == expected


def test_what_would_say_a_word_again_are_the_word_and_its_plural(writer, repeated):
    word = next(word for word in repeated.words.whole if len(word) > 3 and word not in FUNCTION_WORDS)
    forms = {writer.tokenizer.decode([token]) for token in repeated.tokens(f"The {word} and")}
    assert f" {word}" in forms and {form.strip().lower() for form in forms} <= {word, f"{word}s"}
    assert not repeated.tokens(f"The {word}. And")
