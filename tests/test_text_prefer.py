"""Tests the promise that the text model learns to write rather the better of two stories than the worse."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from conftest import make_sentences, randomise

from resgen import checkpoint
from resgen.text import data, lessons, prefer
from resgen.text.critic import Read
from resgen.text.lessons import Lessons, likeliest
from resgen.text.model import TextNet
from resgen.text.prefer import Pair, choose
from resgen.text.tokenizer import Tokenizer

STORIES = make_sentences(150)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.train(STORIES, 300)


@pytest.fixture
def student(tokenizer) -> TextNet:
    return randomise(TextNet(vocabulary=len(tokenizer), channels=16, dilations=[1], hidden=16, heads=2)).eval()


def test_of_stories_of_like_length_those_that_differ_most_are_chosen():
    stories = [[0] * size for size in (3, 22, 21, 23, 60)]  # three of like length, behind a header of one
    pair = choose(stories, np.array([9.0, 1.0, 3.0, 2.0, -9.0]), begins=1)
    assert pair == Pair(stories[2], stories[1], 1)
    assert choose(stories[:2], np.array([1.0, 2.0]), begins=1) is None


def test_a_shard_has_pairs_on_the_same_words_as_the_critic_orders_them(student, tokenizer, monkeypatch):
    monkeypatch.setattr(prefer, "GROUPS", 5)
    monkeypatch.setattr(prefer, "ALIKE", 100)
    monkeypatch.setattr(prefer, "TEMPERATURE", 9.0)  # so that some come to an end
    monkeypatch.setattr(prefer, "MIN_P", 0.0)
    seen: dict[tuple, float] = {}

    def judge(critic, stories: list[Read]) -> np.ndarray:
        scores = np.array([sum(story.ids) / len(story.ids) for story in stories])
        seen.update({tuple(story.ids): score for story, score in zip(stories, scores, strict=True)})
        return scores

    monkeypatch.setattr(prefer, "judge", judge)
    pairs = prefer.compared(student, tokenizer, None, tokenizer, ["dog", "red ball", "moon"], number=3)
    assert 0 < len(pairs) <= 5
    for pair in pairs:
        assert pair.better[: pair.begins] == pair.worse[: pair.begins]
        words = tokenizer.decode(pair.better[: pair.begins]).split(",")
        score = {}
        for name in ("better", "worse"):
            text = tokenizer.decode(getattr(pair, name)[pair.begins :]).strip()
            score[name] = seen[tuple(Read.of(tokenizer, [word.strip() for word in words if word], text).ids)]
        assert score["better"] >= score["worse"]
    again = prefer.compared(student, tokenizer, None, tokenizer, ["dog", "red ball", "moon"], number=3)
    assert again == pairs


@torch.no_grad()
def test_the_likelihood_of_a_story_is_that_of_its_tokens_and_its_end(student, tokenizer):
    ids, short = [tokenizer.end, *tokenizer.encode(STORIES[0])], [tokenizer.end, *tokenizer.encode("A dog.")]
    batch = prefer.side_by_side([ids, short], [3, 1], tokenizer.end)
    assert batch["stories"].shape == batch["next"].shape and batch["stories"].shape[1] % 64 == 0
    found = prefer.likelihood(student, batch)
    for story, begins, value in zip((ids, short), (3, 1), found, strict=True):
        logs = F.log_softmax(student(torch.tensor([story])), -1)[0]
        each = [float(logs[place, token]) for place, token in enumerate([*story[1:], tokenizer.end])]
        assert float(value) == pytest.approx(sum(each[begins - 1 :]), rel=1e-4)


def some_lessons(tokenizer: Tokenizer) -> Lessons:
    parts = []
    for story in STORIES[:30]:
        ids = np.array([tokenizer.end, *tokenizer.encode(story)], np.uint16)
        following = np.append(ids[1:], tokenizer.end).astype(np.int64)
        shares = F.one_hot(torch.from_numpy(following), len(tokenizer)).float()
        parts.append(Lessons(ids, np.zeros(1, np.int64), *likeliest(shares)))
    return Lessons.join(parts)


def test_after_learning_the_better_stories_are_likelier_than_the_worse(student, tokenizer, monkeypatch, tmp_path):
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    monkeypatch.setattr(data, "documents", lambda name, split: STORIES[: 150 if split == "train" else 4])
    card = {
        "kind": "text",
        "architecture": {"vocabulary": len(tokenizer), "channels": 16, "dilations": [1], "hidden": 16, "heads": 2},
        "training": {"tokens": 5},
    }
    path = checkpoint.save(tmp_path, "student", student, card, {"tokenizer": tokenizer.serialized})
    with pytest.raises(FileNotFoundError, match=r"python -m resgen\.text\.prefer --pairs"):
        prefer.main(["--preset", "smoke", "--init", str(path)])
    pairs = [
        Pair(*([tokenizer.end, *tokenizer.encode(text)] for text in two), 1)
        for two in zip(STORIES[:8], STORIES[8:16], strict=True)
    ]
    lessons.shards("pairs").mkdir(parents=True)
    (lessons.shards("pairs") / "00000.json").write_text(json.dumps([vars(pair) for pair in pairs]))
    lessons.shards("stories").mkdir()
    some_lessons(tokenizer).save(lessons.shards("stories") / "00000.npz")
    for file in (lessons.teacher_card(), tmp_path / "runs" / "critic" / "critic.json"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text('{"steps": 3}')
    options = prefer.PRESETS["smoke"]
    fast = replace(options.schedule, steps=40, lr_kernels=3e-3, lr_embedding=3e-3, decay=0.1, ema=0.5)
    monkeypatch.setitem(prefer.PRESETS, "smoke", replace(options, schedule=fast))
    new = prefer.main(["--preset", "smoke", "--init", str(path)])
    learned, made, _ = checkpoint.load("text", str(new))
    assert made["training"]["before"] == {"tokens": 5} and made["training"]["critic"] == {"steps": 3}
    assert made["training"]["pairs"] == 8

    @torch.no_grad()
    def lead(network: TextNet) -> torch.Tensor:
        stories = [pair.better for pair in pairs] + [pair.worse for pair in pairs]
        better, worse = prefer.likelihood(network, prefer.side_by_side(stories, [1] * 16, tokenizer.end)).chunk(2)
        return better - worse

    before = checkpoint.load("text", str(path))[0]
    assert (lead(learned) > lead(before)).float().mean() > 0.8


def test_pairs_are_written_until_there_are_enough(student, tokenizer, monkeypatch, tmp_path):
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    monkeypatch.setattr(data, "documents", lambda name, split: STORIES[: 150 if split == "train" else 4])
    card = {
        "kind": "text",
        "architecture": {"vocabulary": len(tokenizer), "channels": 16, "dilations": [1], "hidden": 16, "heads": 2},
    }
    path = checkpoint.save(tmp_path, "student", student, card, {"tokenizer": tokenizer.serialized})
    monkeypatch.setattr(prefer, "load_critic", lambda path: (None, tokenizer))
    made = []

    def compared(*arguments) -> list[Pair]:
        made.append(arguments[-1])
        return [Pair([0, 5], [0, 6], 1)] * 4

    monkeypatch.setattr(prefer, "compared", compared)
    assert prefer.main(["--pairs", "10", "--init", str(path)]) is None and made == [0, 1, 2]
    assert len(prefer.pairs_there()) == 12
    assert prefer.main(["--pairs", "12", "--init", str(path)]) is None and made == [0, 1, 2]
