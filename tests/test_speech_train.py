"""Tests the promise that one command each trains the two networks, which together speak; and the figures' counting."""

import json

import pytest
from test_speech_data import make_readings
from test_speech_model import SMALL, SMALL_VOCODER
from test_speech_phonemes import ALPHABET

from resgen import checkpoint
from resgen.speech import data, evaluate, train
from resgen.speech.acoustic import AcousticNet
from resgen.speech.engine import Speaker
from resgen.speech.phonemes import Alphabet
from resgen.speech.vocoder import VocoderNet


@pytest.fixture
def small_world(monkeypatch, tmp_path):
    """Two shards, the last held out, and small networks in place of the real ones."""
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    data.folder().mkdir(parents=True)
    for index in range(2):
        data.write_shard(data.folder() / f"{index:04}.npz", make_readings(40, index))
    data.alphabet_path().write_text(ALPHABET.source)

    class SmallAcoustic(AcousticNet):
        def __init__(self, **architecture):
            super().__init__(**SMALL, **architecture)

    class SmallVocoder(VocoderNet):
        def __init__(self, **architecture):
            super().__init__(**SMALL_VOCODER, **architecture)

    for part, network in (("acoustic", SmallAcoustic), ("vocoder", SmallVocoder), ("tune", SmallVocoder)):
        monkeypatch.setitem(train.PARTS, part, train.replace(train.PARTS[part], network=network))
    monkeypatch.setattr("resgen.speech.acoustic.AcousticNet", SmallAcoustic)
    monkeypatch.setattr("resgen.speech.vocoder.VocoderNet", SmallVocoder)


def test_smoke_trains_both_networks_and_they_speak(small_world, tmp_path):
    paths = {}
    for part in train.PARTS:
        out = tmp_path / part
        more = ["--init", str(paths["vocoder"]), "--acoustic", str(paths["acoustic"])] if part == "tune" else []
        paths[part] = train.main(["--part", part, "--preset", "smoke", "--name", part, "--out", str(out), *more])
        losses = [entry for entry in map(json.loads, (out / "log.jsonl").open()) if "held_out_loss" in entry]
        assert losses
    network, card, extras = checkpoint.load("speech", str(paths["acoustic"]))
    assert card["training"]["steps"] == 20 and card["training"]["sentences"] == 40
    assert "hibari" in card["data"]["teacher"]
    vocoder, later, _ = checkpoint.load("vocoder", str(paths["tune"]))
    assert later["training"]["before"]["steps"] == 20
    speaker = Speaker(network, Alphabet(extras["alphabet"]), card, vocoder)
    assert len(speaker.speak("It was late!", seed=1).wave) > 0


def test_tuning_needs_a_vocoder_to_begin_with(small_world):
    with pytest.raises(SystemExit, match="--init"):
        train.main(["--part", "tune", "--preset", "smoke"])


def test_half_of_the_mels_are_foretold_at_the_same_length(small_world):
    speech = data.Speech.load(data.shards()[:1], train.PARTS["tune"].fields)
    told = train.foretold(speech, AcousticNet(**SMALL))
    assert [len(mel) for mel in told.mel] == [len(mel) for mel in speech.mel]
    changed = [not (a == b).all() for a, b in zip(told.mel, speech.mel, strict=True)]
    assert changed == [index % 2 == 0 for index in range(len(speech))]


@pytest.mark.parametrize(
    ("text", "words"),
    [("It's EASY, to tell!", "it's easy to tell"), ("well-known…  yes", "well known yes"), ("7 books.", "7 books")],
)
def test_words_are_counted_without_case_and_punctuation(text, words):
    assert evaluate.words_of(text) == words


def test_the_fifty_sentences_are_fifty():
    sentences = evaluate.HARVARD.read_text().splitlines()
    assert len(sentences) == len(set(sentences)) == 50
    assert all(sentence.endswith(".") for sentence in sentences)
