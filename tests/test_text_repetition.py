"""Tests the promise that the writer hardly says again what it just said."""

import math

import numpy as np
import pytest

from resgen.text.decoding.draft import Draft
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
    request = TextRequest("The dog saw the cat and the", words=80, repetition_penalty=20, min_p=0.2, seed=3)
    for result in writer.run(request):
        if before:
            repeating = {writer.tokenizer.decode([token]) for token in repeated.tokens(before)}
            assert result.text.removeprefix(before) not in repeating
            avoided += bool(repeating)
        before = result.text
    assert avoided > 5


@pytest.mark.parametrize(("dry", "expected"), [(0, True), (5, False)])
def test_long_sequences_are_not_said_again(writer, monkeypatch, dry, expected):
    """Without randomness an untrained network soon goes round in circles."""
    tokens, original = [], writer._advance
    monkeypatch.setattr(writer, "_advance", lambda rows, memory: (tokens.extend(rows[0]), original(rows, memory))[1])
    writer.write("The dog", words=40, temperature=0, dry=dry)
    assert any(repeated_suffixes(tokens[:end], ECHO + 5) for end in range(len(tokens))) == expected


def test_what_would_say_a_word_again_are_the_word_and_its_plural(writer, repeated):
    word = next(word for word in repeated.words.whole if len(word) > 3 and word not in FUNCTION_WORDS)
    forms = {writer.tokenizer.decode([token]) for token in repeated.tokens(f"The {word} and")}
    assert f" {word}" in forms and {form.strip().lower() for form in forms} <= {word, f"{word}s"}
    assert not repeated.tokens(f"The {word}. And")


def scores_after(writer, text: str, **settings) -> np.ndarray:
    """Logits after what lowers them, of a network that finds all tokens as likely."""
    scores = np.zeros(len(writer.tokenizer), np.float32)
    draft = Draft(text, writer.tokenizer.encode(text), writer.tokenizer.pieces())
    for processor in writer.stories.drawing.processors:
        processor(scores, draft, TextRequest(**settings).penalties)
    return scores


OFF = {"repetition_penalty": 0, "dry": 0, "coherence": False}
AGAIN = " Mia saw a cat in the"


@pytest.mark.parametrize("setting", [{}, {"repetition_penalty": 3}, {"dry": 0.5}, {"coherence": True}], ids=str)
def test_each_setting_lowers_its_tokens_by_what_it_says_and_0_is_off(writer, repeated, setting):
    word = next(word for word in repeated.words.whole if len(word) > 3 and word not in FUNCTION_WORDS)
    encode, lowered = writer.tokenizer.encode, np.zeros(len(writer.tokenizer), np.float32)
    if setting == {"dry": 0.5}:
        lowered[encode(" garden")[0]] = -0.5 * (len(encode(AGAIN)) - ECHO + 1)
        assert lowered.any()
    else:
        by = {"repetition_penalty": 3, "coherence": 9.15}.get(next(iter(setting), ""), 0)
        lowered[repeated.tokens(f"The {word} and the")] = -by
    text = f"{AGAIN} garden.{AGAIN}" if "dry" in setting else f"The {word} and the"
    assert scores_after(writer, text, **OFF | setting).tolist() == lowered.tolist()


@pytest.mark.parametrize("repetition", [1, 1.02, 1.1, 2])
def test_the_old_setting_is_understood_with_a_warning_and_lowers_as_before(writer, repetition):
    with pytest.warns(DeprecationWarning, match="repetition is deprecated: use repetition_penalty, dry and coherence"):
        result = writer.write("Mia", words=3, repetition=repetition, seed=1)
    assert result.settings["repetition"] == repetition
    lowered = TextRequest(repetition=repetition).penalties
    assert lowered == pytest.approx([math.log(repetition) * power for power in (32, 8, 96)])
    if repetition == 1.1:
        assert lowered == pytest.approx(TextRequest().penalties, abs=3e-4)


def test_who_does_not_use_the_old_setting_does_not_see_it(writer, recwarn):
    assert "repetition" not in writer.write("Mia", words=2, seed=1).settings
    assert not [warning for warning in recwarn if "repetition" in str(warning.message)]
