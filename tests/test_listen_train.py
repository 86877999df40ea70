"""Tests the promise that the recogniser learns from what it may, and from nothing that is held out."""

import hashlib
import itertools
import json
from collections import Counter

import numpy as np
import pytest
import torch

import resgen
from resgen.evaluation.listen import evaluate
from resgen.listen.decoding import greedy
from resgen.listen.features import LOWEST, MELS
from resgen.listen.letters import SYMBOLS, Letters
from resgen.listen.model import SLOTS, STRIDE, EarsNet
from resgen.training.listen import augment, data, held_out, shards, train
from resgen.training.listen.losses import ctc, loss
from resgen.training.listen.mistakes import mistakes
from resgen.training.run import data_file

SMALL = {"early": 16, "late": 16, "early_dilations": (1,), "late_dilations": (1,)}


def clip(seed: int, frames: int, text: str, told: bool = True) -> shards.Clip:
    draw = np.random.default_rng(seed)
    mel = torch.from_numpy(draw.normal(0, 2, (MELS, frames)).astype(np.float32))
    return shards.Clip.of(mel, text, draw.integers(0, 9, frames).astype(np.uint8) if told else None)


@pytest.fixture
def cached(tmp_path, monkeypatch):
    """Two shards of short and long clips of each source in a cache of their own, and the words that are expected."""
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    monkeypatch.setattr(train, "texts", lambda: ["Hello there.", "Hello there!"])
    for source in ("real", "synthetic"):
        for index in range(2):
            clips = [
                clip(100 * index + seed, frames, "hello there", source == "synthetic")
                for seed, frames in enumerate((90, 300, 700, 1500))
            ]
            shards.write(shards.folder(source) / f"{index:04}.npz", clips)


def test_lists_name_who_is_held_out_apart_from_one_another():
    tune, test = set(held_out.LISTS["tune"]), set(held_out.LISTS["test"])
    assert len(tune) == 25 and len(test) == 77 and not tune & test and {"LS-422", "LS-2902"} <= test
    assert len(held_out.LISTS["synthetic"]["kokoro"]) == 4


@pytest.mark.skipif(data_file("speech/librispeech/transcripts.tsv") is None, reason="needs the recordings")
def test_lists_follow_their_rule_and_training_has_none_of_them():
    counts = Counter(one.speaker for one in held_out.recordings("librispeech"))
    ones = [speaker for speaker, count in counts.items() if count == 1]
    ones.sort(key=lambda speaker: hashlib.sha256(speaker.encode()).hexdigest())
    assert sorted(ones[:25]) == held_out.LISTS["tune"]
    assert {*ones[25:100], "LS-422", "LS-2902"} == set(held_out.LISTS["test"])
    trained = {one.speaker for one in held_out.split("train")}
    assert not trained & {*held_out.LISTS["tune"], *held_out.LISTS["test"]}
    files = [{one.path for one in held_out.split(name)} for name in ("train", "tune", "test")]
    assert sum(map(len, files)) == len(set.union(*files)) and len(files[1]) == 25


def test_a_clip_survives_its_shard(tmp_path):
    written = [clip(0, 50, "one"), clip(1, 7, "", told=False)]
    shards.write(tmp_path / "0000.npz", written)
    for before, after in zip(written, shards.read(tmp_path / "0000.npz"), strict=True):
        assert after.text == before.text and np.array_equal(after.sounds, before.sounds)
        assert torch.equal(after.log_mel(), before.log_mel())
    draw = torch.randn(MELS, 20)
    assert (shards.Clip.of(draw, "").log_mel() - draw).abs().max() <= shards.STEP / 2 + 1e-5


def test_batches_hold_whole_clips_and_what_is_said_in_them(cached):
    letters = Letters()
    stream = data.batches(0.5, letters, 0, 0)
    shapes = set()
    for _ in range(12):
        batch = next(stream)
        rows, _, frames = batch["mel"].shape
        shapes.add(frames)
        assert 0 < rows <= dict(data.SHAPES)[frames] and batch["mel"].isfinite().all()
        assert batch["sounds"].shape == (rows, frames // 4)
        for row in range(rows):
            count = int(batch["lengths"][row])
            text = "".join(map(letters.letter, batch["letters"][row, :count].tolist()))
            assert text == " ".join(["hello there"] * ((count + 1) // 12)) and count
            assert count <= data.slots_of(frames)
    assert len(shapes) > 1


def test_a_later_batch_is_the_same_wherever_one_starts(cached):
    whole = [*itertools.islice(data.batches(0.5, Letters(), 0), 3)]
    later = next(data.batches(0.5, Letters(), 0, 2))
    assert all(torch.equal(later[name], whole[2][name]) for name in later)


def test_shards_made_meanwhile_are_read_and_those_held_are_not(cached):
    clips, draw = data.Clips("synthetic"), np.random.default_rng(0)
    seen = {clips.drawn(draw).mel.tobytes() for _ in range(30)}
    assert not seen & {one.mel.tobytes() for one in data.held_clips()["synthetic"]}
    shards.write(shards.folder("synthetic") / "0002.npz", [clip(7, 40, "new")])
    clips.read_new()
    assert "new" in {clips.drawn(draw).text for _ in range(100)}


def test_augmentation_keeps_what_is_said_in_its_place():
    """A loud moment stays where it was, whatever is done to it."""
    mel = torch.full((MELS, 400), -8.0)
    mel[10:60, 190:210] = 4.0
    for seed in range(30):
        draw = np.random.default_rng(seed)
        heard = augment.augmented(mel, draw, mel.flip(1), clean=True)
        assert heard.isfinite().all() and heard.shape[0] == MELS
        assert abs(heard.shape[1] / 400 - 1) <= augment.MOST_SPEED + 0.01 and heard.min() >= LOWEST
        loud = float(heard.mean(0).argmax()) / heard.shape[1]
        assert 0.45 < loud < 0.6


def test_a_batch_can_be_learned_by_heart():
    torch.manual_seed(0)
    letters, clips = Letters(), [clip(0, 120, "hello there"), clip(1, 100, "who is it", told=False)]
    network, batch = EarsNet(early=32, late=32), data.plain_batch(clips, letters)
    optimiser = torch.optim.AdamW(network.parameters(), 5e-3)
    first = float(loss(network, batch).detach())
    for _ in range(80):
        optimiser.zero_grad()
        value = loss(network, batch)
        value.backward()
        optimiser.step()
    assert float(value.detach()) < 0.1 * first
    assert [greedy(row, letters) for row in network(batch["mel"])] == ["hello there", "who is it"]


def test_the_loss_is_that_of_a_letter():
    logits = torch.zeros(1, SYMBOLS, 24 // STRIDE * SLOTS)
    batch = {"letters": torch.tensor([[2] * 1]), "lengths": torch.tensor([1])}
    # "a" alone lies in 1 to 9 neighbouring slots of 9: 45 ways, each as likely.
    assert float(ctc(logits, batch)) == pytest.approx(9 * np.log(SYMBOLS) - np.log(45), rel=1e-4)


@pytest.mark.parametrize(
    ("said", "heard", "count"), [("abc", "abc", 0), ("abc", "", 3), ("", "ab", 2), ("abcd", "axd", 2)]
)
def test_mistakes_are_counted(said, heard, count):
    assert mistakes(said, heard) == mistakes([*said], [*heard]) == count


def test_rates_count_words_and_letters():
    said = [evaluate.Said(np.zeros(9), "a red car"), evaluate.Said(np.zeros(9), "no")]
    heard = iter(["a bed car", ""])
    assert evaluate.rates(said, lambda wave: next(heard)) == (50.0, round(100 * 3 / 11, 1))


def test_the_recipe_runs_from_shards_to_a_model(cached, tmp_path):
    weights = train.main(["--preset", "smoke", "--steps", "2", "--out", str(tmp_path / "run"), "--name", "tiny"])
    card = json.loads(weights.with_suffix(".json").read_text())
    assert card["kind"] == "listen" and card["training"]["steps"] == 2 and card["training"]["curve"]
    ears = resgen.load("listen", str(weights), "cpu")
    assert ears.words.words == {"hello": 2, "there": 2}
    ears.listen(np.random.default_rng(0).normal(0, 0.1, 16_000))
