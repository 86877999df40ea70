"""Tests the promise that one command trains a text model that loads and writes, and goes on from older weights."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import ARCHITECTURE, make_sentences

from resgen import checkpoint
from resgen.text.engine import Writer
from resgen.text.model import TextNet
from resgen.text.tokenizer import Tokenizer
from resgen.training.text import data, train
from resgen.training.text import soft_targets as lessons
from resgen.training.text.data import Corpus


@pytest.fixture
def small_world(monkeypatch, tmp_path):
    """A few sentences in place of every source, and a small network."""
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(
        data, "documents", lambda name, split: make_sentences(150 if split == "train" else 4, len(name))
    )

    class SmallNet(TextNet):
        def __init__(self, **architecture):
            super().__init__(**ARCHITECTURE | architecture)

    monkeypatch.setattr(train, "TextNet", SmallNet)
    monkeypatch.setattr("resgen.text.model.TextNet", SmallNet)
    options = train.PRESETS["smoke"]
    short = replace(options, batch_size=2, length=16, schedule=replace(options.schedule, steps=3, warmup=1))
    monkeypatch.setitem(train.PRESETS, "smoke", short)


def run(*arguments: str):
    return train.main(["--preset", "smoke", *arguments])


def test_a_run_gives_weights_that_write_and_a_card_that_tells_how(small_world, tmp_path):
    weights = run("--name", "tiny", "--out", str(tmp_path))
    network, card, extras = checkpoint.load("text", str(weights))
    assert set(card["data"]) == set(data.CREDITS) and card["passages_dropped_for_slurs"] == 0
    told = card["training"]
    assert told["tokens"] == 3 * 2 * 16 and told["dropout"] == 0.3 and told["before"] is None
    assert told["curve"] == [[3, told["valid"]]]
    tokenizer = Tokenizer(extras["tokenizer"])
    assert tuple(network.topic.special_ids) == (tokenizer.end, tokenizer.topic, tokenizer.text)
    assert len(Writer(network, tokenizer, card).write("Mia", topic="cat", words=3, seed=1).text) > 3


def test_a_run_goes_on_from_weights_and_remembers_theirs(small_world, tmp_path):
    first = run("--name", "one", "--out", str(tmp_path))
    second = run("--name", "two", "--out", str(tmp_path / "two"), "--init", str(first))
    _, card, extras = checkpoint.load("text", str(second))
    assert card["training"]["init"] == str(first)
    assert card["training"]["before"]["tokens"] == 96
    assert extras["tokenizer"] == checkpoint.load("text", str(first))[2]["tokenizer"]


def test_a_second_run_may_learn_in_another_order(small_world, tmp_path):
    begun = run("--name", "begun", "--out", str(tmp_path))

    def weights(name: str, *arguments: str) -> torch.Tensor:
        made = run("--out", str(tmp_path / name), "--init", str(begun), *arguments)
        return checkpoint.load("text", str(made))[0].embed.weight

    first = weights("first")
    assert torch.equal(first, weights("again")) and not torch.equal(first, weights("other", "--seed", "1"))


def test_older_weights_without_a_topic_in_view_are_taken_as_they_are(small_world, tmp_path, monkeypatch):
    run("--name", "one", "--out", str(tmp_path))
    network, card, extras = checkpoint.load("text", str(tmp_path / "one.safetensors"))
    card["architecture"].pop("special_ids")
    network.topic = None
    older = checkpoint.save(tmp_path, "older", network, card, extras)
    started = {}

    def untrained(network, *_):
        started.update(network.state_dict())
        return network, {"steps": 0, "processes": 1, "hours": 0.0, "loss": 0.0}

    monkeypatch.setattr(train, "train", untrained)
    run("--name", "two", "--out", str(tmp_path / "two"), "--init", str(older))
    assert torch.equal(started["embed.weight"], checkpoint.load("text", str(older))[0].embed.weight)
    assert not started["topic.map.weight"].any()


def test_it_learns_from_what_a_teacher_has_told(small_world, tmp_path, monkeypatch):
    first = run("--name", "first", "--out", str(tmp_path / "first"))
    go_on = "--init", str(first), "--name", "one", "--out", str(tmp_path)
    monkeypatch.setitem(train.PRESETS, "smoke", replace(train.PRESETS["smoke"], soft_targets=train.TAUGHT))
    with pytest.raises(FileNotFoundError, match="teacher"):
        run(*go_on)
    draw = np.random.default_rng(0)
    topk_probs = np.full((90, lessons.TOP_K), 1 / lessons.TOP_K, np.float16)
    topk_ids = draw.integers(0, 256, topk_probs.shape).astype(np.uint16)
    told = lessons.SoftTargets(draw.integers(3, 200, 90).astype(np.uint16), np.arange(0, 90, 30), topk_ids, topk_probs)
    lessons.shards("written").mkdir(parents=True)
    told.save(lessons.shards("written") / "00000.npz")
    lessons.teacher_card().write_text('{"steps": 220}')
    _, card, _ = checkpoint.load("text", str(run(*go_on)))
    _, before, _ = checkpoint.load("text", str(first))
    assert card["passages_dropped_for_slurs"] == before["passages_dropped_for_slurs"]
    assert "SmolLM2" in card["data"]["teacher"] and "Apache-2.0" in card["data"]["teacher"]
    assert card["training"]["lessons"] == {"stories": 0, "written": 3, "teacher": {"steps": 220}}
    assert "valid" in card["training"]
    monkeypatch.setitem(train.PRESETS, "smoke", replace(train.PRESETS["smoke"], choose=False))
    _, card, _ = checkpoint.load("text", str(run(*go_on[:2], "--name", "two", "--out", str(tmp_path / "two"))))
    assert "valid" not in card["training"]  # the last weights, whatever the validation stories say
    lessons.teacher_card().unlink()
    _, card, _ = checkpoint.load("text", str(run(*go_on[:2], "--name", "three", "--out", str(tmp_path / "three"))))
    assert "teacher" not in card["training"]["lessons"] and "teacher" not in card["data"]
    taught = str(tmp_path / "two" / "two.safetensors")
    _, card, _ = checkpoint.load("text", str(run("--init", taught, "--name", "four", "--out", str(tmp_path / "four"))))
    assert "SmolLM2" in card["data"]["teacher"]  # of what it went on from


def test_a_card_credits_the_further_stories_that_were_retold(small_world, tmp_path, monkeypatch):
    first = run("--name", "first", "--out", str(tmp_path / "first"))
    told = lessons.SoftTargets(
        np.arange(3, 93, dtype=np.uint16),
        np.arange(0, 90, 30),
        np.ones((90, lessons.TOP_K), np.uint16),
        np.full((90, lessons.TOP_K), 1 / lessons.TOP_K, np.float16),
    )
    lessons.shards("retold").mkdir(parents=True)
    told.save(lessons.shards("retold") / "00000.npz")
    monkeypatch.setitem(train.PRESETS, "smoke", replace(train.PRESETS["smoke"], soft_targets=("retold",)))
    for further in (0, 5):
        lessons.retold_card().write_text(f'{{"stories": 2, "further": {further}}}')
        made = run("--init", str(first), "--name", "one", "--out", str(tmp_path / str(further)))
        _, card, _ = checkpoint.load("text", str(made))
        assert ("tinystories_further" in card["data"]) == (further > 0)
        assert card["training"]["lessons"]["retold_of"]["further"] == further


def test_lessons_are_for_weights_in_whose_tokens_they_are(small_world, tmp_path, capsys):
    with pytest.raises(SystemExit):
        train.main(["--preset", "taught", "--out", str(tmp_path)])
    assert "--init stories" in capsys.readouterr().err


def test_a_corpus_travels_as_one_file(small_world, tmp_path):
    packed = run("--pack", str(tmp_path / "pack" / "text.npz"))
    assert set(Corpus.load(packed).sources) == set(data.CREDITS)
    run("--name", "tiny", "--out", str(tmp_path), "--corpus", str(packed))


def test_a_corpus_of_another_tokenizer_is_refused(small_world, tmp_path):
    first = run("--name", "one", "--out", str(tmp_path))
    texts = {name: make_sentences(150, seed=99) for name in data.CREDITS}
    Corpus.build(texts, Tokenizer.train(texts["tinystories"], 280)).save(tmp_path / "other.npz")
    with pytest.raises(SystemExit, match="another tokenizer"):
        run("--init", str(first), "--corpus", str(tmp_path / "other.npz"))
