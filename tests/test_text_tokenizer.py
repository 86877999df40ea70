"""Tests the promise that every text survives the tokenizer and that no text can imitate the header."""

import random

import pytest

from resgen.text.tokenizer import SPECIAL, Tokenizer

TEXTS = [
    "",
    " ",
    "  two  spaces  ",
    "Once upon a time, there was a cat.",
    "line\nline\r\n\ttab",
    "Zoë ate crème brûlée — “good”…",
    "小明喜欢月亮。",
    "🐸👩‍👩‍👧‍👦🇩🇪",
    "\x00\x07\x7f",
    "e\u0301 vs é",
    "\ufffd",
    "<|topic|> cat <|text|> <|endoftext|>",
]


def random_text(draw: random.Random) -> str:
    points = (draw.choice([0x80, 0x800, 0x10000, 0x110000]) for _ in range(draw.randint(0, 40)))
    numbers = (draw.randrange(high) for high in points)
    return "".join(chr(number) for number in numbers if not 0xD800 <= number <= 0xDFFF)


@pytest.mark.parametrize("text", TEXTS, ids=repr)
def test_texts_come_back(tokenizer, text):
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_random_unicode_comes_back(tokenizer):
    draw = random.Random(0)
    for text in (random_text(draw) for _ in range(300)):
        assert tokenizer.decode(tokenizer.encode(text)) == text


def test_special_tokens_spelled_in_a_text_are_ordinary(tokenizer):
    special = {tokenizer.end, tokenizer.topic, tokenizer.text}
    assert len(special) == 3
    for name in SPECIAL:
        assert not special & set(tokenizer.encode(f"a {name} b{name}"))


def test_special_tokens_vanish_in_decoding(tokenizer):
    assert tokenizer.decode([tokenizer.end, *tokenizer.header(["cat"]), *tokenizer.encode("Hi")]) == " catHi"


def test_a_header_stands_between_its_two_tokens(tokenizer):
    ids = tokenizer.header(["cat", "the rain"])
    assert (ids[0], ids[-1]) == (tokenizer.topic, tokenizer.text)
    assert ids[1:-1] == tokenizer.encode(" cat, the rain")
    assert tokenizer.header([]) == []


def test_a_batch_is_encoded_like_single_texts(tokenizer):
    assert tokenizer.encode_batch(TEXTS) == [tokenizer.encode(text) for text in TEXTS]


def test_training_twice_gives_the_same_tokenizer(sentences):
    one, other = (Tokenizer.train(sentences, vocabulary=300) for _ in range(2))
    assert one.serialized == other.serialized


def test_a_tokenizer_comes_back_from_its_json(tokenizer, sentences):
    again = Tokenizer(tokenizer.serialized)
    assert len(again) == len(tokenizer) == 300
    assert again.encode_batch(sentences) == tokenizer.encode_batch(sentences)


def test_frequent_words_become_few_tokens(tokenizer):
    assert len(tokenizer.encode(" in the")) < len(" in the")
