"""Tests the promise that a critic learns to tell stories apart by what it may read of them."""

import json

import numpy as np
import pytest
import torch
from conftest import make_sentences, randomise

from resgen import checkpoint
from resgen.text import critic, data, smollm
from resgen.text.critic import Critic, Read, judge, together
from resgen.text.model import TextNet
from resgen.text.smollm import SmolLM
from resgen.text.tokenizer import Tokenizer

STORIES = make_sentences(150)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    for name, size in {"WIDTH": 24, "DEPTH": 3, "HEADS": 6, "GROUPS": 2, "SIZE": 4, "HIDDEN": 16}.items():
        monkeypatch.setattr(smollm, name, size)
    monkeypatch.setattr(critic, "WIDTH", 24)
    monkeypatch.setattr(critic, "DEPTH", 2)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.train(STORIES, 300)


def read(tokenizer: Tokenizer, text: str, words: tuple[str, ...] = ()) -> Read:
    return Read.of(tokenizer, list(words), text)


def test_it_reads_header_and_end_as_far_as_it_can(tokenizer, monkeypatch):
    story = read(tokenizer, "A dog ran.", ("dog",))
    header = [tokenizer.end, *tokenizer.header(["dog"])]
    assert story.ids == [*header, *tokenizer.encode("A dog ran."), tokenizer.end] and story.begins == len(header)
    monkeypatch.setattr(critic, "LONGEST", 7)
    assert read(tokenizer, "A dog ran.", ("dog",)).ids == story.ids[:7]


def test_what_nobody_can_know_yet_counts_little_and_the_whole_much(tokenizer):
    long, short = read(tokenizer, " ".join(STORIES[:9]), ("dog",)), read(tokenizer, "A dog ran.")
    tokens, counts = together([long, short])
    assert tokens.shape == counts.shape == (2, len(long.ids))
    assert tokens[1, : len(short.ids)].tolist() == short.ids and not tokens[1, len(short.ids) :].any()
    assert not counts[0, : long.begins + 1].any() and (counts[0, long.begins : -1].diff() >= 0).all()
    assert counts[0, -1] == counts[0].max() > critic.LAST
    assert not counts[1, len(short.ids) :].any()


def test_it_learns_which_stories_are_given(tokenizer):
    torch.manual_seed(0)
    network = randomise(Critic(SmolLM(len(tokenizer))))
    given, own = ([read(tokenizer, text) for text in STORIES[:40] if ("cat" in text) == kind] for kind in (True, False))
    stream = critic.batches(given, own, rows=6, seed=0)
    optimiser = torch.optim.Adam(network.parameters(), 0.01)
    for _ in range(60):
        loss = critic.critic_loss(network, next(stream))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    ended = [float(network(torch.tensor([story.ids]))[0, -1]) for story in given + own]
    right = [(value > 0) == (place < len(given)) for place, value in enumerate(ended)]
    assert np.mean(right) > 0.9


def test_epochs_have_every_story_and_come_again(tokenizer):
    given, own = ([read(tokenizer, text) for text in part] for part in (STORIES[:10], STORIES[20:34]))
    stream = critic.batches(given, own, rows=4, seed=1)
    epoch = [next(stream) for _ in range(6)]
    seen = {
        tuple(row[: int(np.flatnonzero(count)[-1]) + 1])
        for b in epoch
        for row, count in zip(b["tokens"].tolist(), b["counts"].tolist(), strict=True)
    }
    assert seen == {tuple(story.ids) for story in given + own}
    assert sum(float(batch["given"].sum()) for batch in epoch) == 10
    later = next(critic.batches(given, own, rows=4, seed=1, start=3))
    assert all(torch.equal(later[key], epoch[3][key]) for key in later)
    with pytest.raises(ValueError, match="24 stories"):
        next(critic.batches(given, own, rows=30, seed=1))


def test_a_judgement_does_not_depend_on_the_company(tokenizer):
    network = randomise(Critic(SmolLM(len(tokenizer)))).eval()
    stories = [read(tokenizer, " ".join(STORIES[at : at + 1 + at % 4])) for at in range(12)]
    together_, alone = judge(network, stories, rows=5), [judge(network, [story])[0] for story in stories]
    assert np.std(alone) > 0.01 and np.allclose(together_, alone, atol=1e-4)


def test_it_is_trained_on_the_students_stories_and_found_again(tokenizer, monkeypatch, tmp_path):
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    monkeypatch.setattr(data, "documents", lambda name, split: STORIES[: 150 if split == "train" else 4])
    monkeypatch.setattr(critic, "load", lambda folder, _: (randomise(SmolLM(len(tokenizer))), tokenizer))
    architecture = {"vocabulary": len(tokenizer), "channels": 16, "dilations": [1], "hidden": 16, "heads": 2}
    student = randomise(TextNet(**architecture))
    card = {"kind": "text", "architecture": architecture}
    path = checkpoint.save(tmp_path, "student", student, card, {"tokenizer": tokenizer.serialized})
    with pytest.raises(FileNotFoundError, match=r"python -m resgen\.text\.critic"):
        critic.load_critic(tmp_path / "runs" / "critic" / "critic.pt")
    critic.main(["--preset", "smoke", "--init", str(path)])
    made = json.loads((tmp_path / "runs" / "critic" / "critic.json").read_text())
    assert made["steps"] == 2 and "resgen.text.critic" in made["command"]
    judging, spelt = critic.load_critic(tmp_path / "runs" / "critic" / "critic.pt")
    assert spelt is tokenizer and judging.head.weight.dtype == torch.bfloat16
