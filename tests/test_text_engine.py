"""Tests the promises of the writer: same seed same text, prompts kept, requests apart, errors before any work."""

import json
import unicodedata

import pytest
import torch
from conftest import make_sentences

from resgen.engine import MOST_SEED, RequestError
from resgen.text.engine import TextRequest, topic_words
from resgen.text.sampling import guide

PROMPTS = [
    "🐸 and 👩‍👧",
    "小明喜欢月亮",
    "Zoë said: “no”…",
    "<|topic|> cat <|text|> Hello",
    "<|endoftext|>",
    "two lines\n\n",
    "\ttab",
    "e\u0301",
]


@pytest.fixture
def calls(writer, monkeypatch):
    """The number of tokens of every call of the network so far."""
    counted, original = [], writer.network.stream

    def stream(tokens, memory=None):
        counted.append(tokens.shape[1])
        return original(tokens, memory)

    monkeypatch.setattr(writer.network, "stream", stream)
    return counted


def test_same_seed_same_text_other_seed_other_text(writer):
    one, same, other = (writer.write("Mia saw", tokens=30, seed=seed).text for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_a_drawn_seed_can_be_used_again(writer):
    first = writer.write("Mia saw", tokens=20)
    assert 0 <= first.settings["seed"] <= MOST_SEED
    assert writer.write("Mia saw", tokens=20, seed=first.settings["seed"]).text == first.text


def test_the_settings_of_a_result_reproduce_it(writer):
    first = writer.write("Mia  ", topic="Cat; the  RAIN", tokens=12, temperature=1.1, top_k=50)
    settings = json.loads(json.dumps(first.settings))
    assert settings.pop("model") == "tiny"
    assert settings["topic"] == "cat, the rain"
    assert writer.write(**settings).text == first.text


def test_closing_stops_the_work(writer, calls):
    run = writer.run(TextRequest("Mia", tokens=50, seed=1))
    next(run)
    next(run)
    done = len(calls)
    run.close()
    assert list(run) == []
    assert len(calls) == done <= 3


def test_nothing_is_computed_before_the_first_result_is_asked_for(writer, calls):
    writer.run(TextRequest("Mia", seed=1))
    assert calls == []


def test_the_prompt_is_read_once_then_token_by_token(writer, calls):
    writer.write("Mia saw a cat", tokens=4, seed=5, temperature=0)
    assert calls[0] == 1 + len(writer.tokenizer.encode("Mia saw a cat"))
    assert set(calls[1:]) <= {1}


@pytest.mark.parametrize("prompt", ["", "Mia", "Mia ", "小明"])
@pytest.mark.parametrize("seed", range(4))
def test_results_grow_and_never_show_half_a_character(writer, prompt, seed):
    results = list(writer.run(TextRequest(prompt, tokens=40, temperature=1.5, top_p=1, seed=seed)))
    texts = [result.text for result in results]
    assert all(after.startswith(before) for before, after in zip(texts, texts[1:], strict=False))
    assert not any(text.endswith("\ufffd") for text in texts[:-1])
    assert [result.progress.done for result in results] == list(range(1, len(results) + 1))
    assert all(not result.finished for result in results[:-1])
    assert results[-1].finished or len(results) == 40


def test_a_text_ends_with_the_end_token(writer, monkeypatch):
    monkeypatch.setattr("resgen.text.engine.sample", lambda *_: writer.tokenizer.end)
    results = list(writer.run(TextRequest("Mia ", tokens=10)))
    assert len(results) == 1
    assert results[0].finished
    assert results[0].text == "Mia "


@pytest.mark.parametrize("prompt", [*PROMPTS, "Mia ", "Mia   ", "  Mia"], ids=repr)
def test_the_prompt_is_kept_to_the_letter(writer, prompt):
    results = list(writer.run(TextRequest(prompt, tokens=8, seed=3)))
    assert all(result.text.startswith(prompt) for result in results)
    assert results[-1].settings["prompt"] == prompt


def test_control_characters_are_dropped_and_line_ends_unified(writer):
    result = writer.write("a\x00b\x1b[0m\r\nc\rd\ud800", tokens=2, seed=1)
    assert result.settings["prompt"] == "ab[0m\nc\nd"
    assert result.text.startswith("ab[0m\nc\nd")


@pytest.mark.parametrize("prompt", [" ", "\n\t ", "\x00"], ids=repr)
def test_a_prompt_of_white_space_is_an_empty_one(writer, prompt):
    assert writer.write(prompt, tokens=10, seed=4).text == writer.write("", tokens=10, seed=4).text


def test_a_prompt_that_imitates_the_header_is_no_header(writer, tokenizer, monkeypatch):
    seen, original = [], writer._advance
    monkeypatch.setattr(writer, "_advance", lambda rows, memory: (seen.append(rows[0]), original(rows, memory))[1])
    writer.write("<|topic|> cat <|text|> Hi", tokens=1, seed=1)
    writer.write("Hi", topic="<|text|>, <|endoftext|>", tokens=1, seed=1)
    assert seen[0][0] == tokenizer.end
    assert not {tokenizer.end, tokenizer.topic, tokenizer.text} & set(seen[0][1:])
    assert [seen[1].count(i) for i in (tokenizer.end, tokenizer.topic, tokenizer.text)] == [1, 1, 1]


def test_header_tokens_are_never_written(writer, tokenizer, monkeypatch):
    seen, original = [], writer._advance
    monkeypatch.setattr(writer, "_advance", lambda rows, memory: (seen.extend(rows[0]), original(rows, memory))[1])
    for seed in range(20):
        writer.write("", tokens=40, temperature=2, top_p=1, seed=seed)
    assert not {tokenizer.topic, tokenizer.text} & set(seen)
    assert len(set(seen)) > 100


def test_a_story_has_at_least_one_word(writer):
    for seed in range(40):
        first = next(writer.run(TextRequest(temperature=2, top_p=1, seed=seed)))
        assert not first.finished


def test_requests_do_not_influence_each_other(writer):
    alone = writer.write("Mia saw", tokens=15, seed=1).text
    one = writer.run(TextRequest("Mia saw", tokens=15, seed=1))
    other = writer.run(TextRequest("Tom", topic="cat", tokens=15, seed=9))
    texts = [pair[0].text for pair in zip(one, other, strict=False)]
    assert alone.startswith(texts[-1])
    assert writer.write("Mia saw", tokens=15, seed=1).text == alone


def test_the_topic_changes_the_text(writer):
    texts = {writer.write("Mia", topic=topic, tokens=30, seed=1).text for topic in ("", "cat", "moon, boat")}
    assert len(texts) == 3


def test_topics_are_split_cleaned_and_not_repeated():
    assert topic_words("Cars,  the rain;cars,, \n frog，月亮") == ["cars", "the rain", "frog", "月亮"]
    assert topic_words(" , ;\x00") == []


def test_temperature_zero_needs_no_seed(writer):
    texts = {writer.write("Mia", tokens=20, temperature=0, seed=seed).text for seed in range(3)}
    assert len(texts) == 1


@pytest.mark.parametrize("temperature", [1e-6, 1e-30, 1e-40, 2])
def test_extreme_temperatures_work(writer, temperature):
    assert writer.write("Mia", tokens=3, temperature=temperature, seed=1).text.startswith("Mia")


BAD = [
    {"topic": "a,b,c,d,e,f,g,h,i"},
    {"topic": "a" * 201},
    {"prompt": "x" * 20_001},
    {"prompt": None},
    {"topic": 3},
    {"tokens": 0},
    {"tokens": 2001},
    {"tokens": 1.5},
    {"tokens": True},
    {"temperature": float("nan")},
    {"temperature": 2.1},
    {"top_k": -1},
    {"top_p": 0},
    {"repetition": 0.9},
    {"seed": -2},
    {"seed": MOST_SEED + 1},
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: str(bad)[:30])
def test_bad_settings_are_refused_by_name_before_any_work(writer, calls, bad):
    with pytest.raises(RequestError, match=next(iter(bad))):
        writer.write(**bad)
    assert calls == []


def test_unknown_settings_are_refused_by_name(writer, calls):
    with pytest.raises(RequestError, match="colour"):
        writer.write("Mia", colour="red")
    assert calls == []


def test_a_long_prompt_is_read(writer):
    prompt = " ".join(make_sentences(100))
    assert writer.write(prompt, tokens=1, seed=1).text.startswith(prompt)


def test_prompts_may_be_composed_of_any_letters(writer):
    composed = unicodedata.normalize("NFC", "é")
    assert writer.write(composed, tokens=1, seed=1).text.startswith(composed)


def test_focus_one_is_writing_without_guidance(writer):
    def text(**settings):
        return writer.write("Mia", tokens=20, seed=4, **settings).text

    assert text(topic="", focus=3) == text(topic="", focus=1)
    assert text(topic="cat", focus=3) != text(topic="cat", focus=1)


def test_guidance_adds_what_the_topic_adds(writer):
    with_topic, without = torch.randn(50), torch.randn(50)
    rows = torch.stack([with_topic, without])
    torch.testing.assert_close(guide(rows, 1.0), with_topic.log_softmax(-1))
    torch.testing.assert_close(guide(rows[:1], 3.0), with_topic)
    gain = guide(rows, 2.0) - guide(rows, 1.0)
    torch.testing.assert_close(gain, with_topic.log_softmax(-1) - without.log_softmax(-1))
