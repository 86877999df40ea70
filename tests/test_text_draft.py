"""Tests the promise that a text in the making is, after every token, what all its tokens spell."""

import random

import pytest

from resgen.text.decoding.draft import LONGEST, Draft, at_sentence_end
from resgen.text.keywords import newly_pending, pending_topic_words
from resgen.text.sentences import last_sentence


def spelt(tokenizer, prompt: str, written: list[int], last: bool) -> str:
    """The whole, from all tokens."""
    read, added = prompt.rstrip(" "), tokenizer.decode(written)
    added = added if last else added.rstrip("\ufffd")
    if not read:
        return added.lstrip(" ")
    spaces = prompt[len(read) :]
    return read + ((spaces or " ") + added[1:] if added.startswith(" ") else spaces + added)


@pytest.mark.parametrize("prompt", ["", "Mia", "Mia  ", "小明", "One. Two"])
@pytest.mark.parametrize("seed", range(5))
def test_token_by_token_it_is_the_whole(tokenizer, prompt, seed):
    draw = random.Random(seed)
    tokens = [draw.randrange(3, len(tokenizer)) for _ in range(80)]  # bytes of half characters among them
    tokens += tokenizer.encode(" Zoë ate a crème brûlée. 🐸 and")
    draft = Draft(prompt, tokenizer.encode(prompt.rstrip(" ")), tokenizer.pieces())
    before = draft.text
    for count, token in enumerate(tokens, 1):
        draft.append(token)
        assert draft.text == spelt(tokenizer, prompt, tokens[:count], False) == before + draft.grown
        assert draft.words == len(draft.text[len(prompt.rstrip(" ")) :].split())
        assert draft.sentence == last_sentence(draft.text)[-LONGEST:]
        before = draft.text
    draft.close()
    assert draft.text == spelt(tokenizer, prompt, tokens, True)


def test_pieces_are_what_tokens_spell(tokenizer):
    pieces = tokenizer.pieces()
    assert [piece.decode("utf-8", "replace") for piece in pieces] == [
        tokenizer.decode([token]) for token in range(len(tokenizer))
    ]


def test_words_that_a_text_names_are_found_as_it_grows(tokenizer):
    words, times = ["car", "puppy", "the rain", "moon"], 2
    text = (
        "A car, a carpet in the rain. The car's puppies and the puppy-care; rain. In the rain, mooncars. Moons. Moon!"
    )
    left = words
    for end in range(len(text) + 1):
        left = newly_pending(left, text[:end], times, text[end - 1 : end])
        assert left == pending_topic_words(words, text[:end], times)
    assert left == []


@pytest.mark.parametrize(
    ("text", "over"), [("So.", True), ('"So."', True), ('"So.', False), ("So.) \n", True), ("So", False), ("", False)]
)
def test_a_sentence_is_over_with_what_is_said_in_it(text, over):
    assert at_sentence_end(text) == over
