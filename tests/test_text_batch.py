"""Tests the promises of stories together: the same text in any company, bit by bit, places freed, nobody held up."""

import random

import pytest
import torch
from conftest import shipped

from resgen.errors import RequestError
from resgen.text.batch import CHUNK, MOST_ROWS, StoryBatch
from resgen.text.decoding.guided_batch import PACKED, UNPACKED, GuidedBatch
from resgen.text.request import TextRequest

REQUESTS = [
    TextRequest("Mia saw", words=6, seed=1),
    TextRequest("Tom", topic="cat, moon", words=8, seed=2),
    TextRequest("The frog.", topic="frog", focus=4, words=5, seed=3, variants=3),
    TextRequest("", words=7, seed=4, temperature=0),
    TextRequest(
        "Mia saw a cat in the garden. " * 40, words=3, seed=5, repetition_penalty=0, dry=0, coherence=False, min_p=0
    ),
]


def last(results) -> tuple[str, ...]:
    *_, result = results
    return result.texts


@pytest.fixture
def batch(writer) -> StoryBatch:
    """What `writer.run` uses; it is left empty."""
    yield writer.stories
    assert len(writer.stories) == 0 and not writer.stories._readings and not writer.stories._groups


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2, 3))])
def test_a_text_is_the_same_alone_and_among_others_that_come_and_go(writer, batch, seed):
    alone = [last(writer.run(request)) for request in REQUESTS]
    draw = random.Random(seed)
    coming = [number for number in range(len(REQUESTS)) for _ in range(3)]
    draw.shuffle(coming)
    here, ended = [], 0
    while coming or here:
        if coming and draw.random() < 0.4:
            number = coming.pop()
            leaves_after = draw.randrange(1, 20) if draw.random() < 0.3 else 10_000
            here.append([number, writer.run(REQUESTS[number]), leaves_after, ()])
        for entry in draw.sample(here, len(here)):
            number, run, leaves_after, texts = entry
            result = next(run, None)
            if result is not None and leaves_after:
                entry[2:] = leaves_after - 1, result.texts
                continue
            if result is None:
                assert texts == alone[number]
                ended += 1
            run.close()
            here.remove(entry)
    assert ended >= 5


def test_who_asks_seldom_misses_results_but_not_the_text(writer, batch):
    alone = list(writer.run(REQUESTS[0]))
    slow, busy = writer.run(REQUESTS[0]), writer.run(TextRequest("Tom", words=40, seed=9))
    results = []
    while (result := next(slow, None)) is not None:
        results.append(result)
        for _ in range(3):
            next(busy, None)
    assert 1 < len(results) < len(alone)
    assert results[-1].texts == alone[-1].texts
    busy.close()


@pytest.mark.parametrize("tile", [PACKED, UNPACKED], ids=["packed", "unpacked"])
@torch.inference_mode()
def test_logits_do_not_depend_on_the_other_rows_bit_by_bit(tokenizer, network, tile):
    """Of a network of packed products, of which any number go in one pass, and of any other."""
    from resgen.packed_linear import prepare_for_decoding
    from resgen.text.decoding.traced import TracedStep

    if tile is PACKED:
        for weight in network.parameters():
            weight.copy_(weight.half())
        if not prepare_for_decoding(network):
            pytest.skip("this CPU has no products of 16 bits")
    step = TracedStep(network)
    memories = {}
    for story in range(30):
        memory = {}
        network(torch.tensor([[story + 3, *range(3, 6 + story)]]), memory)
        memories[story] = memory

    def advance(rows, memory):
        return step(torch.tensor(rows), memory)

    def logits(stories: list[int], leaving: list[int]) -> dict[int, torch.Tensor]:
        batch = GuidedBatch(advance, tile)
        for story in stories:
            batch.join(story, [{layer: past.clone() for layer, past in memories[story].items()}])
        for story in leaving:
            batch.leave(story)
        for token in (7, 8):
            found, places = batch.advance({story: token + story for story in batch.stories()})
        return {story: found[place] for story, (place,) in places.items()}

    alone = {story: logits([story], [])[story] for story in memories}
    for count in (2, 3, 5, 7, 13, 30):
        draw = random.Random(count)
        stories = draw.sample(range(30), count)
        leaving = draw.sample(stories, count // 3)
        together = logits(stories, leaving)
        assert set(together) == set(stories) - set(leaving)
        assert all(torch.equal(row, alone[story]) for story, row in together.items())


def test_closing_frees_the_rows_at_once(writer, batch):
    run = writer.run(TextRequest("Mia", topic="cat", words=50, variants=4, seed=1))
    next(run)
    other = writer.run(TextRequest("Tom", words=50, seed=2))
    next(other)
    assert sum(len(group) for group, _ in batch._groups) == 9
    run.close()
    assert sum(len(group) for group, _ in batch._groups) == len(batch) == 1
    other.close()


def test_a_ticket_may_be_removed_in_the_middle_of_a_step(writer, batch, monkeypatch):
    gone, stays = batch.add(REQUESTS[1]), batch.add(REQUESTS[0])
    while not (gone.fresh and stays.fresh):
        batch.step()
    original = writer._advance
    monkeypatch.setattr(writer, "_advance", lambda *given: (batch.remove(gone), original(*given))[1])
    while not stays.over:
        batch.step()
    assert stays.take().texts == last(writer.run(REQUESTS[0]))
    assert len(batch) == 1
    batch.remove(stays)


def test_a_long_prompt_holds_others_up_by_a_chunk_at_most(writer, batch, monkeypatch):
    run = writer.run(TextRequest("Tom", words=50, seed=2))
    next(run)
    read, original = [], writer._advance
    monkeypatch.setattr(writer, "_advance", lambda rows, memory: (read.append(len(rows[0])), original(rows, memory))[1])
    long = batch.add(TextRequest("Mia saw a cat in the garden. " * 60, words=1, seed=3))
    chunks = 0
    while not long.fresh:
        read.clear()
        next(run)
        assert read[0] == 1 and sum(read[1:]) <= CHUNK
        chunks += 1
    assert chunks > 3
    batch.remove(long)
    run.close()


def test_what_guidance_reads_anew_is_read_in_chunks_too(writer, batch, monkeypatch):
    """Two of three times that a word is to be named stand in the prompt; the third makes guidance ask for the other."""
    prompt = "Mia saw a cat in the garden. " * 30 + "Dogs, dog. A"
    said = iter(writer.tokenizer.encode(" dog. And so."))
    monkeypatch.setattr("resgen.text.decoding.drawing.sample", lambda *_: next(said))
    read, original = [], writer._advance
    monkeypatch.setattr(writer, "_advance", lambda rows, memory: (read.append(len(rows[0])), original(rows, memory))[1])
    ticket = batch.add(TextRequest(prompt, "dog, moon", words=3, seed=3))
    total = 0
    while not ticket.over:
        assert ticket.error is None
        read.clear()
        batch.step()
        assert sum(read) <= CHUNK + 1
        total += sum(read)
    assert total > 3 * len(writer.tokenizer.encode(prompt))  # with the topic, without, and anew
    batch.remove(ticket)


def test_more_stories_than_one_pass_holds_are_advanced_in_turn(writer, batch, monkeypatch):
    tickets = [batch.add(TextRequest("Mia", words=30, seed=seed, variants=8)) for seed in range(0, 80, 8)]
    while not all(ticket.fresh for ticket in tickets):
        batch.step()
    widths, original = [], writer._advance
    monkeypatch.setattr(writer, "_advance", lambda rows, memory: (widths.append(len(rows)), original(rows, memory))[1])
    before = [ticket.take().tokens for ticket in tickets]
    for _ in range(len(batch._groups) * 3):
        batch.step()
    assert max(widths) <= MOST_ROWS and len(batch._groups) == 2
    assert all(ticket.take().tokens >= tokens + 3 * 8 for ticket, tokens in zip(tickets, before, strict=True))
    for ticket in tickets:
        batch.remove(ticket)


def test_a_request_that_is_refused_leaves_nothing(batch):
    with pytest.raises(RequestError, match="words"):
        batch.add(TextRequest(words=0))


def test_an_error_of_one_request_does_not_touch_others(writer, batch, monkeypatch):
    expected = last(writer.run(REQUESTS[0]))
    broken = REQUESTS[1]

    def fails(scores, draft, penalty):
        if draft.text.startswith("Tom") and draft.written == 3:
            raise ZeroDivisionError("broken")

    monkeypatch.setattr(batch.drawing, "processors", [*batch.drawing.processors, fails])
    one, other = writer.run(broken), writer.run(REQUESTS[0])
    texts = ()
    with pytest.raises(ZeroDivisionError):
        while True:
            next(one)
            texts = next(other).texts
    *_, result = other
    assert result.texts == expected and texts


def test_an_error_of_the_network_ends_the_requests_in_that_pass_and_no_others(writer, batch, monkeypatch):
    run = writer.run(REQUESTS[0])
    next(run)
    with monkeypatch.context() as broken:
        broken.setattr(writer, "_advance", lambda rows, memory: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            next(run)
    assert last(writer.run(REQUESTS[0]))


@pytest.mark.slow
def test_the_shipped_writer_writes_the_same_in_any_company():
    writer = shipped("text")
    requests = [
        TextRequest("", "car, rain, friend", words=12, seed=1),
        TextRequest("The cat", words=12, temperature=0),
        TextRequest("Tom said", "cake", focus=4, words=12, seed=3),
    ]
    alone = [last(writer.run(request)) for request in requests]
    company = [writer.run(TextRequest("Mia", "owl", words=60, variants=8, seed=8 * n)) for n in range(3)]
    for run in company:
        next(run)
    assert [last(writer.run(request)) for request in requests] == alone
    for run in company:
        next(run)
        run.close()
