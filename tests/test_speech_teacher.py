"""Tests the promise that what the teacher tells of a sentence fits together, and that a shard can be made anew."""

import numpy as np
import pytest

from resgen.speech import data, teacher
from resgen.speech.features import HOP, LOWEST_F0, MELS, UNIT

SENTENCES = ["The birch canoe slid on the smooth planks.", "Hi!", "What joy there is in living?"]
FIELDS = tuple(data.Speech.__dataclass_fields__)


@pytest.fixture(scope="module")
def shards(tmp_path_factory) -> list[data.Speech]:
    """The same shard made twice."""
    folder = tmp_path_factory.mktemp("shards")
    made = []
    for name in ("a", "b"):
        (folder / name).mkdir()
        path = folder / name / "0003.npz"
        seconds = teacher.make_shard(path, SENTENCES)
        made.append(data.Speech.load([path], FIELDS))
        assert seconds == pytest.approx(made[-1].hours() * 3600)
    return made


def test_tokens_durations_pitch_mel_and_sound_have_one_length(shards):
    speech = shards[0]
    assert len(speech) == len(SENTENCES)
    for index in range(len(speech)):
        frames = int(speech.durations[index].astype(int).sum()) * UNIT
        assert len(speech.tokens[index]) == len(speech.durations[index])
        assert speech.f0[index].shape == (frames,)
        assert speech.mel[index].shape == (frames, MELS)
        assert speech.wave[index].shape == (frames * HOP,)
        voiced = speech.f0[index][speech.f0[index] > 0]
        assert len(voiced) and voiced.min() >= LOWEST_F0 and voiced.max() < 600
        assert np.abs(speech.wave[index].astype(int)).max() > 1000


def test_the_same_shard_is_the_same_again(shards):
    for name in FIELDS:
        assert all(np.array_equal(a, b) for a, b in zip(*(getattr(shard, name) for shard in shards), strict=True))


def test_some_are_read_at_another_pitch(monkeypatch, tmp_path):
    reader = teacher.teacher_with_durations(tmp_path)
    (phonemes,) = reader.phonemize(SENTENCES[0])
    monkeypatch.setattr(teacher, "SHIFTED", 0)
    plain = teacher.read(reader, phonemes, np.random.default_rng(0))
    assert plain["shift"] == 0
    monkeypatch.setattr(teacher, "SHIFTED", 1)
    shifted = teacher.read(reader, phonemes, np.random.default_rng(0))
    assert 0 < abs(shifted["shift"][0]) <= 6
    assert np.array_equal(shifted["f0"], plain["f0"]) and not np.array_equal(shifted["wave"], plain["wave"])
