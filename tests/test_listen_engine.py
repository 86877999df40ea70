"""Tests the promise that the listener writes down what its network hears, word by word, and makes up nothing."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from conftest import randomise

import resgen
from resgen import checkpoint
from resgen.__main__ import main
from resgen.engine import Progress
from resgen.errors import CheckpointError, RequestError
from resgen.fallback import NOTICE
from resgen.listen import decoding
from resgen.listen.engine import PIECE, Ears, near
from resgen.listen.features import MELS, log_mel, normalised
from resgen.listen.letters import LETTERS, NOTHING, SYMBOLS, Letters, plain
from resgen.listen.model import EARLY, SLOTS, SOUNDS, STRIDE, EarsNet
from resgen.listen.request import Heard, ListenResult
from resgen.listen.words import Language, WordModel
from resgen.training.listen.vocabulary import counted

SMALL = {"early": 16, "late": 16, "early_dilations": (1,), "late_dilations": (1, 2)}
SOURCE = json.dumps({"letters": LETTERS, "words": {}, "pairs": {}})
NOISE = np.random.default_rng(0).normal(0, 0.1, 3 * 16_000).astype(np.float32)


@pytest.fixture(scope="module")
def letters():
    return Letters()


@pytest.fixture(scope="module")
def ears():
    return Ears(randomise(EarsNet(**SMALL)).eval(), Language(SOURCE), {"name": "small"})


def logits_of(text: str, letters: Letters, sure: float = 8.0) -> torch.Tensor:
    """(SYMBOLS, slots) of a network that hears a letter every third slot."""
    slots = torch.zeros(SYMBOLS, 3 * len(text) + 6)
    slots[NOTHING] = sure / 2
    for at, index in enumerate(letters.encode(text)):
        slots[index, 3 * at + 3] = sure
    return slots


def test_the_network_says_three_slots_for_every_eight_frames_and_a_phoneme_for_every_four():
    slots, sounds = EarsNet(**SMALL).with_sounds(torch.randn(2, MELS, 80))
    assert slots.shape == (2, SYMBOLS, 80 // STRIDE * SLOTS) and sounds.shape == (2, SOUNDS, 80 // EARLY)


def test_the_slots_of_a_position_follow_one_another():
    network = EarsNet(**SMALL)
    with torch.no_grad():
        network.head.weight.zero_()
        network.head.bias.copy_(torch.arange(SLOTS * SYMBOLS) % SLOTS)
    assert network(torch.randn(1, MELS, 16))[0, 5].tolist() == [0, 1, 2, 0, 1, 2]


def test_how_loud_and_through_what_a_voice_is_heard_does_not_matter():
    wave = torch.from_numpy(NOISE) * torch.linspace(0, 1, len(NOISE))
    mel = normalised(log_mel(wave))
    assert torch.allclose(mel, normalised(log_mel(wave * 0.01 + 0.001)), atol=1e-2)
    assert torch.allclose(mel, normalised(log_mel(wave) + torch.randn(MELS, 1)), atol=1e-4)


@pytest.mark.parametrize("text", ["hello there", "a", "all well too", "don't"])
def test_greedy_and_beam_read_what_is_written_and_place_it(text, letters):
    logits = logits_of(text, letters)
    log_probs = logits.log_softmax(0).T.numpy()
    assert decoding.greedy(logits, letters) == text
    assert decoding.beam_search(log_probs, letters, 4, WordModel({}, {})) == text
    placed = decoding.placed(log_probs, text, letters)
    assert [word.word for word in placed] == text.split()
    begin = 0
    for word in placed:
        assert (word.first, word.last) == (3 * begin + 3, 3 * (begin + len(word.word) - 1) + 3)
        assert word.confidence > 0.8
        begin += len(word.word) + 1


def test_the_beam_adds_up_the_ways_to_say_the_same(letters):
    """Of two slots NOTHING is the likeliest twice (0.36), but all ways that give "a" together are likelier (0.64)."""
    log_probs = np.full((2, SYMBOLS), -30.0)
    log_probs[:, NOTHING], log_probs[:, letters.classes["a"]] = np.log(0.6), np.log(0.4)
    assert decoding.greedy(torch.from_numpy(log_probs.T), letters) == ""
    assert decoding.beam_search(log_probs, letters, 4, WordModel({"a": 1}, {})) == "a"


def test_a_language_model_decides_between_what_sounds_alike(letters):
    logits = logits_of("no the way", letters)
    logits[letters.classes["k"], 2] = 3.9  # a little less likely than nothing before the "no"
    logits[letters.classes["k"], 2 + 1] = 0
    log_probs = logits.log_softmax(0).T.numpy()

    knows = {"no": WordModel({"no": 9, "the": 9, "way": 9}, {}), "kno": WordModel({"kno": 9, "the": 9, "way": 9}, {})}
    for word, model in knows.items():
        assert decoding.beam_search(log_probs, letters, 8, model) == f"{word} the way"


def test_a_language_model_finds_the_blanks_that_were_not_heard(letters):
    logits = logits_of("a red car", letters)
    logits[letters.classes[" "]] = 1.0  # nowhere as likely as NOTHING
    log_probs = logits.log_softmax(0).T.numpy()
    model = WordModel({"a": 9, "red": 9, "car": 9}, {})
    assert decoding.beam_search(log_probs, letters, 8, WordModel({}, {})) != "a red car"
    assert decoding.beam_search(log_probs, letters, 8, model) == "a red car"
    assert model.begun("re") == model.begun("r") > model.begun("rx") and model.begun("") == 0


def test_a_word_is_likelier_where_it_was_read_before():
    model = WordModel({"red": 10, "car": 10, "cat": 10}, {"red": {"car": 9}})
    assert model.score(("red",), "car") > model.score(("red",), "cat") > model.score((), "cta")
    assert model.score(("red",), "cat") == model.score((), "cat")


def test_the_words_of_texts_are_counted():
    told = json.loads(counted(["A red car.", "The red car!", "a red cat", "In 1887"], most_words=3))
    assert told["words"] == {"red": 3, "a": 2, "car": 2} and told["pairs"] == {"a": {"red": 2}, "red": {"car": 2}}
    assert Language(json.dumps(told)).words.words == told["words"]


def test_words_come_with_times_in_order_and_within_the_sound(ears):
    for beam in (1, 3):
        result = ears.listen(NOISE, beam=beam)
        times = [time for heard in result.words for time in (heard.start, heard.end)]
        assert result.words and times == sorted(times) and times[0] >= 0 and times[-1] <= 3
        assert all(0 <= heard.confidence <= 1 for heard in result.words)
        assert result.text == " ".join(heard.word for heard in result.words)
        assert result.settings == {"model": "small", "beam": beam} and result.seconds == pytest.approx(3)
        assert result == ears.listen(NOISE, beam=beam) or result.words == ears.listen(NOISE, beam=beam).words


def test_a_long_sound_is_heard_in_pieces(ears):
    wave = np.tile(NOISE, 15)
    results = [*ears.run(ears.request(beam=1), wave)]
    assert len(results) >= 3 and results[-1].seconds == pytest.approx(45)
    assert [len(result.words) for result in results] == sorted(len(result.words) for result in results)
    assert results[-1].words[-1].start > PIECE


@pytest.mark.parametrize("wave", [np.zeros(16_000), np.zeros(0), NOISE[:16], np.full(16_000, 1e-5)])
def test_where_nothing_is_said_no_word_is_made_up(ears, wave):
    result = ears.listen(wave)
    assert not result.words and result.text == "" and "Nothing was said" in result.notices[0]


def test_settings_are_checked_before_any_work(ears):
    with pytest.raises(RequestError, match="beam must be a whole number from 1 to 64"):
        ears.listen(NOISE, beam=0)
    with pytest.raises(RequestError, match="did you mean beam"):
        ears.listen(NOISE, beem=2)


def test_a_result_can_be_written_as_text_subtitles_and_json():
    words = (Heard("hello", 0.5, 0.9, 0.9), Heard("there", 1.0, 1.25, 0.8), Heard("again", 3661.5, 3662.0, 0.7))
    result = ListenResult(words, 3670.0, (), {"beam": 1}, Progress(3670, 3670, 1.0))
    assert result.written("txt") == "hello there again\n"
    assert result.written("srt") == (
        "1\n00:00:00,500 --> 00:00:01,250\nhello there\n\n2\n01:01:01,500 --> 01:01:02,000\nagain\n"
    )
    assert result.written("vtt").startswith("WEBVTT\n\n00:00:00.500 --> 00:00:01.250\nhello there\n\n")
    told = json.loads(result.written("json"))
    assert told["text"] == result.text and told["words"][0]["word"] == "hello" and told["duration"] == 3670


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Mr. Brown's dog—didn't bark!", "mister brown's dog didn't bark"),
        ("“’Tis a café,” he said.", "tis a cafe he said"),
        ("CHAPTER NINETY NINE", "chapter ninety nine"),
        ("In 1887", ""),
        ("…", ""),
    ],
)
def test_transcripts_become_plain_letters(text, said):
    assert plain(text) == said


def test_a_model_is_loaded_from_a_file_and_listens_from_the_command_line(ears, tmp_path, monkeypatch, capfd):
    card = {"kind": "listen", "architecture": SMALL, "data": {}, "metrics": {}}
    weights = checkpoint.save(tmp_path, "small", ears.network, card, {"language": SOURCE})
    loaded = resgen.load("listen", str(weights), "cpu")
    assert loaded.listen(NOISE).text
    resgen.load("speech", device="cpu").speak("Hello.", seed=1).save(tmp_path / "hello.wav")
    for kind, says in (("txt", ""), ("srt", "-->"), ("vtt", "WEBVTT"), ("json", '"words"')):
        argv = ["resgen", "listen", str(tmp_path / "hello.wav"), "--model", str(weights), "--format", kind]
        monkeypatch.setattr("sys.argv", argv)
        assert main() == 0
        out, err = capfd.readouterr()
        assert says in out and json.loads(err.splitlines()[-1])["beam"] == 8


@pytest.mark.skipif(bool(checkpoint.available("listen")), reason="weights ship")
def test_without_weights_one_sentence_says_so(monkeypatch, capfd):
    with pytest.raises(CheckpointError, match="No weights for listen ship yet"):
        resgen.load("listen")
    monkeypatch.setattr("sys.argv", ["resgen", "listen", "any.wav"])
    assert main() == 2
    assert capfd.readouterr().err.startswith("resgen: No weights for listen ship yet")


@pytest.mark.parametrize("rate", [44_101, 4_001, 383_999, 11_025, 48_000])
def test_a_sound_of_any_rate_takes_a_filter_that_memory_holds(ears, rate):
    old, new = near(rate)
    assert old * new * max(1, old / new) < 30_000_000 and old / new == pytest.approx(rate / 16_000, rel=1e-3)
    result = ears.listen(np.resize(NOISE, rate), rate=rate, beam=1)
    assert result.seconds == pytest.approx(1) and result.words


def test_usual_rates_are_taken_as_they_are():
    usual = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000]
    assert all(near(rate)[0] * 16_000 == rate * near(rate)[1] for rate in usual)


def test_others_have_their_turn_while_a_beam_is_wide(ears, monkeypatch):
    breaths = []
    monkeypatch.setattr(decoding, "breathe", lambda: breaths.append(1))
    ears.listen(NOISE, beam=4)
    assert len(breaths) > 80


def test_a_gpu_without_memory_makes_it_slower_not_an_error(monkeypatch):
    ears = Ears(randomise(EarsNet(**SMALL)).eval(), Language(SOURCE), {"name": "small"})
    expected = ears.listen(NOISE, beam=1)
    work = ears.heard

    def full(*given):
        if ears.device.type != "cpu":
            raise torch.OutOfMemoryError("CUDA out of memory")
        return work(*given)

    monkeypatch.setattr(ears, "heard", full)
    monkeypatch.setattr(ears, "device", SimpleNamespace(type="cuda"))
    result = ears.listen(NOISE, beam=1)
    assert NOTICE in result.notices and result.words == expected.words
