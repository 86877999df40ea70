"""Tests the promises of the writer: same seed same text, prompts kept, requests apart, errors before any work."""

import itertools
import json
import math
import unicodedata

import pytest
import torch
from conftest import make_sentences

from resgen.engine import MOST_SEED, RequestError
from resgen.text.request import TextRequest

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
    counted, original = [], writer._advance

    def advance(rows, memory):
        counted.append(len(rows[0]))
        return original(rows, memory)

    monkeypatch.setattr(writer, "_advance", advance)
    return counted


def test_same_seed_same_text_other_seed_other_text(writer):
    one, same, other = (writer.write("Mia saw", words=8, seed=seed).text for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_a_drawn_seed_can_be_used_again(writer):
    first = writer.write("Mia saw", words=20)
    assert 0 <= first.settings["seed"] <= MOST_SEED
    assert writer.write("Mia saw", words=20, seed=first.settings["seed"]).text == first.text


def test_the_settings_of_a_result_reproduce_it(writer):
    first = writer.write("Mia  ", topic="Cat; the  RAIN", words=12, temperature=1.1, top_k=50)
    settings = json.loads(json.dumps(first.settings))
    assert settings.pop("model") == "tiny"
    assert settings["topic"] == "cat, rain"
    assert writer.write(**settings).text == first.text


def test_closing_stops_the_work(writer, calls):
    run = writer.run(TextRequest("Mia", words=50, seed=1))
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
    writer.write("Mia saw a cat", words=4, seed=5, temperature=0)
    assert calls[0] == 1 + len(writer.tokenizer.encode("Mia saw a cat"))
    assert set(calls[1:]) <= {1}


@pytest.mark.parametrize("prompt", ["", "Mia", "Mia ", "小明"])
@pytest.mark.parametrize("seed", range(2))
def test_results_grow_and_never_show_half_a_character(writer, prompt, seed):
    results = list(writer.run(TextRequest(prompt, words=40, temperature=1.5, top_p=1, seed=seed)))
    texts = [result.text for result in results]
    assert all(after.startswith(before) for before, after in itertools.pairwise(texts))
    assert not any(text.endswith("\ufffd") for text in texts[:-1])
    assert [result.tokens for result in results[:-1]] == list(range(1, len(results)))
    assert not any(result.finished[0] for result in results[:-1])
    words = [result.progress.done for result in results]
    assert words == sorted(words) and words[-1] == len(texts[-1][len(prompt.rstrip()) :].split())


@pytest.mark.parametrize("topic", ["", "cat"])
def test_each_variant_is_the_text_of_its_own_seed(writer, topic):
    together = writer.write("Mia", topic=topic, words=6, variants=4, seed=5)
    assert len(together.texts) == len(together.finished) == 4
    alone = [writer.write("Mia", topic=topic, words=6, seed=5 + number) for number in range(4)]
    assert list(together.texts) == [result.text for result in alone]
    assert together.tokens == sum(result.tokens for result in alone)
    for number, text in enumerate(together.texts):
        settings = together.settings_of(number)
        settings.pop("model")
        assert writer.write(**settings).text == text


def test_the_seed_after_the_largest_is_the_first(writer):
    together = writer.write("Mia", words=3, variants=2, seed=MOST_SEED)
    assert together.texts[1] == writer.write("Mia", words=3, seed=0).text


def test_weighing_gives_the_text_back_with_the_networks_own_probabilities(writer):
    text = "Mia saw 🐸 and Zoë."
    weighed = writer.weigh(text)
    assert "".join(part.text for part in weighed) == text
    ids = writer.tokenizer.encode(text)
    logits = writer.network(torch.tensor([[writer.tokenizer.end, *ids[:-1]]]))[0]
    logits[:, [writer.tokenizer.topic, writer.tokenizer.text]] = -torch.inf
    expected = logits.log_softmax(-1)[range(len(ids)), ids].sum()
    assert math.prod(part.probability for part in weighed) == pytest.approx(float(expected.exp()), rel=1e-3)
    for part in weighed:
        topk_probs = [chance for _, chance in part.alternatives]
        assert len(topk_probs) == 5 and topk_probs == sorted(topk_probs, reverse=True)
        assert part.text not in [other for other, _ in part.alternatives] or len(part.text.encode()) > 1


def test_weighing_sees_the_topic(writer):
    plain, topical, guided = (
        [part.probability for part in writer.weigh("Mia saw", topic, focus)]
        for topic, focus in (("", 1), ("cat", 1), ("cat", 2))
    )
    assert plain != topical != guided
    assert writer.weigh("") == []


def test_weighing_refuses_what_writing_refuses(writer):
    with pytest.raises(RequestError, match="prompt"):
        writer.weigh("x" * 20_001)


@pytest.mark.parametrize("prompt", [*PROMPTS, "Mia ", "Mia   ", "  Mia"], ids=repr)
def test_the_prompt_is_kept_to_the_letter(writer, prompt):
    results = list(writer.run(TextRequest(prompt, words=8, seed=3)))
    assert all(result.text.startswith(prompt) for result in results)
    assert results[-1].settings["prompt"] == prompt


def test_control_characters_are_dropped_and_line_ends_unified(writer):
    result = writer.write("a\x00b\x1b[0m\r\nc\rd\ud800", words=2, seed=1)
    assert result.settings["prompt"] == "ab[0m\nc\nd"
    assert result.text.startswith("ab[0m\nc\nd")


@pytest.mark.parametrize("prompt", [" ", "\n\t ", "\x00"], ids=repr)
def test_a_prompt_of_white_space_is_an_empty_one(writer, prompt):
    assert writer.write(prompt, words=10, seed=4).text == writer.write("", words=10, seed=4).text


def test_a_prompt_that_imitates_the_header_is_no_header(writer, tokenizer, monkeypatch):
    seen, original = [], writer._advance
    monkeypatch.setattr(writer, "_advance", lambda rows, memory: (seen.append(rows[0]), original(rows, memory))[1])
    writer.write("<|topic|> cat <|text|> Hi", words=1, seed=1)
    writer.write("Hi", topic="<|text|>, <|endoftext|>", words=1, seed=1)
    seen = [row for row in seen if len(row) > 1]  # what was read, not what was written
    assert seen[0][0] == tokenizer.end
    assert not {tokenizer.end, tokenizer.topic, tokenizer.text} & set(seen[0][1:])
    assert [seen[1].count(i) for i in (tokenizer.end, tokenizer.topic, tokenizer.text)] == [1, 1, 1]


def test_header_tokens_are_never_written(writer, tokenizer, monkeypatch):
    seen, original = [], writer._advance
    monkeypatch.setattr(writer, "_advance", lambda rows, memory: (seen.extend(rows[0]), original(rows, memory))[1])
    for seed in range(4):
        writer.write("", words=20, temperature=2, top_p=1, seed=seed)
    assert not {tokenizer.topic, tokenizer.text} & set(seen)
    assert len(set(seen)) > 80


def test_a_story_has_at_least_one_word(writer):
    for seed in range(40):
        first = next(writer.run(TextRequest(temperature=2, top_p=1, seed=seed)))
        assert not first.finished[0]


def test_requests_do_not_influence_each_other(writer):
    alone = writer.write("Mia saw", words=15, seed=1).text
    one = writer.run(TextRequest("Mia saw", words=15, seed=1))
    other = writer.run(TextRequest("Tom", topic="cat", words=15, seed=9))
    texts = [pair[0].text for pair in zip(one, other, strict=False)]
    assert alone.startswith(texts[-1])
    assert writer.write("Mia saw", words=15, seed=1).text == alone


def test_the_topic_changes_the_text(writer):
    texts = {writer.write("Mia", topic=topic, words=8, seed=1).text for topic in ("", "cat", "moon, boat")}
    assert len(texts) == 3


def test_a_topic_of_nothing_is_none(writer):
    assert writer.write(topic=" , ;\x00", words=1).settings["topic"] == ""


def test_temperature_zero_needs_no_seed(writer):
    texts = {writer.write("Mia", words=20, temperature=0, seed=seed).text for seed in range(3)}
    assert len(texts) == 1


@pytest.mark.parametrize("temperature", [1e-6, 1e-30, 1e-40, 2])
def test_extreme_temperatures_work(writer, temperature):
    assert writer.write("Mia", words=3, temperature=temperature, seed=1).text.startswith("Mia")


BAD = [
    {"topic": "a,b,c,d,e,f,g,h,i"},
    {"topic": "a" * 201},
    {"prompt": "x" * 20_001},
    {"prompt": None},
    {"topic": 3},
    {"words": 0},
    {"words": 1501},
    {"words": 1.5},
    {"words": True},
    {"temperature": float("nan")},
    {"temperature": 2.1},
    {"top_k": -1},
    {"top_p": 0},
    {"repetition": 0.9},
    {"repetition_penalty": -1},
    {"dry": 6},
    {"coherence": "on"},
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
    assert writer.write(prompt, words=1, seed=1).text.startswith(prompt)


def test_prompts_may_be_composed_of_any_letters(writer):
    composed = unicodedata.normalize("NFC", "é")
    assert writer.write(composed, words=1, seed=1).text.startswith(composed)
