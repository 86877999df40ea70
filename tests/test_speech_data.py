"""Tests the promises of the training data: nothing lost in shards, rows packed without overlap, pieces aligned."""

import gzip

import numpy as np
import pytest
import torch

from resgen.speech.acoustic import BOUNDARIES, BOUNDARY
from resgen.speech.features import HOP, MELS, UNIT, pulses
from resgen.training.speech import data

FIELDS = ("tokens", "durations", "f0", "shift", "mel", "wave")


def make_readings(count: int, seed: int = 0) -> list[dict[str, np.ndarray]]:
    """Sentences of 5-20 tokens; token, mel and wave values tell which sentence they are of."""
    draw = np.random.default_rng(seed)
    readings = []
    for number in range(1, count + 1):
        tokens = int(draw.integers(5, 21))
        durations = draw.integers(1, 4, tokens)
        frames = int(durations.sum()) * UNIT
        readings.append(
            {
                "tokens": np.full(tokens, number, np.uint8),
                "durations": durations.astype(np.uint8),
                "f0": draw.uniform(100, 300, frames).astype(np.float16),
                "shift": np.array([draw.choice([0, 3])], np.float32),
                "mel": np.full((frames, MELS), number, np.float16),
                "wave": np.full(frames * HOP, number, np.int16),
            }
        )
    return readings


@pytest.fixture
def speech(tmp_path) -> data.Speech:
    data.write_shard(tmp_path / "0000.npz", make_readings(12))
    return data.Speech.load([[tmp_path / "0000.npz"]], FIELDS)


def test_shards_give_back_what_was_written(speech):
    readings = make_readings(12)
    assert len(speech) == 12
    for name in FIELDS:
        for found, written in zip(getattr(speech, name), (r[name] for r in readings), strict=True):
            assert np.array_equal(found, written) and found.dtype == written.dtype


def test_only_what_is_asked_for_takes_memory(tmp_path):
    data.write_shard(tmp_path / "0000.npz", make_readings(3))
    speech = data.Speech.load([[tmp_path / "0000.npz"]], ("f0",))
    assert len(speech) == 3 and speech.wave == [] and speech.mel == []


def test_packed_rows_hold_whole_sentences_between_gaps(speech):
    batch = next(data.packed_batches(speech, 3, 80, 160, 0, 0))
    seen = set()
    for row in range(3):
        assert int(batch["durations"][row].sum()) == 160
        tokens = batch["tokens"][row]
        assert (tokens[:BOUNDARIES] == BOUNDARY).all() and tokens[-1] == BOUNDARY
        # Frame by frame: the sentence a frame's token is of is the one its mel is of.
        of_frame = tokens.repeat_interleave(batch["durations"][row])
        spoken = batch["spoken"][row] > 0
        assert torch.equal(of_frame != BOUNDARY, spoken)
        assert torch.equal(batch["mel"][row, 0][spoken], of_frame[spoken].float())
        assert torch.equal(batch["timed"][row] > 0, tokens != BOUNDARY)
        assert (batch["f0"][row][~spoken] == 0).all()
        for number in set(tokens.tolist()) - {BOUNDARY}:
            assert int((tokens == number).sum()) % len(speech.tokens[number - 1]) == 0
            seen.add(number)
    assert len(seen) >= 6


def test_a_row_has_one_voice_and_all_voices_come(tmp_path):
    """Tokens tell the sentence, of which the first ten are of the first voice."""
    readings = make_readings(16)
    for name, part in (("a", readings[:10]), ("b", readings[10:])):
        data.write_shard(tmp_path / f"{name}.npz", part)
    speech = data.Speech.load([[tmp_path / "a.npz"], [tmp_path / "b.npz"]], FIELDS)
    assert speech.voice == [0] * 10 + [1] * 6
    stream, seen = data.packed_batches(speech, 4, 80, 160, 0, 0), set()
    for batch in (next(stream) for _ in range(5)):
        for voice, tokens in zip(batch["voice"].tolist(), batch["tokens"].tolist(), strict=True):
            assert {token > 10 for token in set(tokens) - {BOUNDARY}} == {voice == 1}
            seen.add(voice)
    assert seen == {0, 1}


def test_pitch_is_as_read_and_the_shift_beside_it(speech):
    batch = next(data.packed_batches(speech, 1, 80, 160, 0, 0))
    spoken = batch["spoken"][0] > 0
    number = int(batch["tokens"][0, BOUNDARIES])
    length = len(speech.f0[number - 1])
    shift = speech.shift[number - 1][0]
    told = batch["f0"][0][spoken][:length] / 2 ** (shift / 12)
    assert torch.allclose(told, torch.from_numpy(speech.f0[number - 1].astype(np.float32)), rtol=1e-3)
    assert torch.allclose(batch["shift"][0][spoken][:length] * 12, torch.full((length,), shift), atol=1e-5)


def test_every_sentence_comes_once_an_epoch(speech):
    stream = data.packed_batches(speech, 1, 80, 160, 0, 0)
    counts = np.zeros(13)
    for _ in range(60):
        for number in set(next(stream)["tokens"][0].tolist()) - {BOUNDARY}:
            counts[number] += 1
    assert counts[1:].min() >= counts[1:].max() / 2


def test_a_sentence_longer_than_a_row_is_left_out(speech):
    batch = next(data.packed_batches(speech, 1, 30, 60, 0, 0))
    assert batch["durations"].sum() == 60


def test_cut_pieces_are_aligned_with_their_pulses(speech):
    batch = next(data.cut_batches(speech, 6, 10, 0, 0))
    for row in range(6):
        number = int(batch["mel"][row, 0, 0])
        assert torch.allclose(batch["wave"][row] * 32767, torch.full((10 * HOP,), float(number)), atol=0.01)
        whole = pulses(torch.from_numpy(speech.pitch(number - 1))[None])[0]
        pieces = whole.unfold(0, 10 * HOP, HOP)
        assert any(torch.equal(piece, batch["pulses"][row]) for piece in pieces)


@pytest.mark.parametrize("batches", [data.packed_batches, data.cut_batches])
def test_the_same_seed_gives_the_same_batches(speech, batches):
    shape = (2, 80, 160) if batches is data.packed_batches else (2, 20)
    first, again, other = (next(batches(speech, *shape, seed, 0)) for seed in (0, 0, 1))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not all(torch.equal(first[name], other[name]) for name in first)


def test_sentences_come_from_the_folder_named(monkeypatch, tmp_path):
    (tmp_path / "speech").mkdir()
    (tmp_path / "speech" / "sentences.txt.gz").write_bytes(gzip.compress(b"One.\nTwo.\n"))
    monkeypatch.setenv("RESGEN_DATA", str(tmp_path))
    assert data.sentences() == ["One.", "Two."]


def test_missing_shards_are_explained(monkeypatch, tmp_path):
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"python -m resgen\.training\.speech\.synthesise"):
        data.shards()
