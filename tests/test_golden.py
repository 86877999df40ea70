"""The shipped weights go on saying and drawing what they did: outputs recorded when they were committed.

After new weights: `PYTHONPATH=. python tests/test_golden.py` records them anew.
"""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import shipped
from PIL import Image

import resgen
from resgen.evaluation.image import sweep
from resgen.image.files import grid, save_png
from resgen.image.pixels import over_white
from resgen.image.request import PHOTO, STYLES
from resgen.packed_linear import Fp16Linear
from resgen.speech.features import mel_spectrogram
from resgen.speech.voices import VOICES

SPEECH = Path(__file__).parent / "golden" / "speech.json"
SENTENCE = "Once upon a time, a little red car drove through the rain."
GOLDEN = Path(__file__).parent / "golden" / "text.json"
PICTURES = Path(__file__).parent / "golden" / "image.png"
THINGS = ("automobile", "owl", "teapot", "elefant")  # as the network reads them, one by its letters
PHOTOS = Path(__file__).parent / "golden" / "photo.png"
PHOTOGRAPHED = ("horse", "car", "sunflower", "woman")
TOPIC = ["car", "rain"]
STORY = "Once upon a time, there was a little red car. It did not like the rain."


@pytest.fixture(scope="module")
def writer():
    return shipped("text")


def log_probabilities(writer) -> list[float]:
    """Natural logarithms of the probability of each token of STORY, behind its header."""
    tokenizer = writer.tokenizer
    before, text = [tokenizer.end, *tokenizer.header(TOPIC)], tokenizer.encode(STORY)
    tokens = torch.tensor([before + text], device=writer.device)
    logs = writer.network(tokens)[0].float().log_softmax(-1).cpu()
    return [float(logs[len(before) - 1 + i, token]) for i, token in enumerate(text)]


def test_log_probabilities_are_those_recorded(writer):
    recorded = json.loads(GOLDEN.read_text())
    assert writer.card["sha256"] == recorded["sha256"]
    assert log_probabilities(writer) == pytest.approx(recorded["log_probabilities"], abs=1e-2)


def test_text_weights_are_read_in_16_bits_where_the_cpu_can(writer):
    packed = {made.packed is not None for made in writer.network.modules() if isinstance(made, Fp16Linear)}
    assert packed == {writer.device.type == "cpu" and torch.backends.cpu.get_cpu_capability().startswith("AVX")}


def test_a_topic_makes_its_words_likelier(writer):
    word = writer.tokenizer.encode(" dragon")[0]

    def likely(words: list[str]) -> float:
        tokenizer = writer.tokenizer
        ids = [tokenizer.end, *tokenizer.header(words), *tokenizer.encode("One day, Tom met a")]
        return float(writer.network(torch.tensor([ids], device=writer.device))[0, -1].softmax(-1)[word])

    assert likely(["dragon", "cake"]) > 3 * likely([])


def test_weighing_follows_guidance_as_writing_does(writer):
    """The likeliest token was taken wherever the text was; so it weighs most, before a word was named and after."""
    topic = "pirate, treasure, map"
    text = writer.write(
        "One day,", topic=topic, words=60, temperature=0, repetition_penalty=0, dry=0, coherence=False
    ).text
    assert all(word in text for word in topic.split(", "))
    for piece in writer.weigh(text, topic, writer.request().focus)[3:]:
        assert piece.probability >= piece.alternatives[0][1], piece


@pytest.fixture(scope="module")
def painter():
    return shipped("image")


def sheet(painter) -> np.ndarray:
    """Four things in a style each, four steps, seeds 0-3: (4, H, W, 4)."""
    *_, pixels = painter.paint([(thing,) for thing in THINGS], list(STYLES), list(range(len(THINGS))), 4, 3.0)
    return pixels


def test_pictures_are_those_recorded(painter):
    recorded = Image.open(PICTURES)
    assert json.loads(recorded.text["resgen"])["sha256"] == painter.card["sha256"]
    wide = np.concatenate(list(over_white(sheet(painter))), axis=1)
    assert np.abs(np.asarray(recorded).astype(int) - wide).max() <= 2


def photo_sheet(painter) -> np.ndarray:
    """Four photographs, two steps, seeds 0-3: (4, 32, 32, 4)."""
    draw = partial(painter.draw, style=PHOTO, count=1, steps=2, size=32)
    return np.concatenate([draw(thing, seed=seed).pixels for seed, thing in enumerate(PHOTOGRAPHED)])


def test_photographs_are_those_recorded(painter):
    recorded = Image.open(PHOTOS)
    assert json.loads(recorded.text["resgen"])["sha256"] == painter.photographer.card["sha256"]
    wide = np.concatenate(list(over_white(photo_sheet(painter))), axis=1)
    assert np.abs(np.asarray(recorded).astype(int) - wide).max() <= 2


def test_words_and_styles_decide_what_is_drawn(painter):
    def mean_colour(thing: str) -> np.ndarray:
        return over_white(painter.draw(thing, count=4, steps=4, seed=0, size=64).pixels).mean((0, 1, 2))

    red, green = mean_colour("red apple"), mean_colour("green salad")
    assert red[0] - red[1] > 20 > green[0] - green[1]


@pytest.fixture(scope="module")
def speaker():
    return shipped("speech")


def spoken(speaker) -> dict:
    """Phonemes, word ends and the mean of each mel band of SENTENCE."""
    result = speaker.speak(SENTENCE, seed=0)
    bands = mel_spectrogram(torch.from_numpy(result.wave)[None])[0].mean(-1)
    return {
        "phonemes": list(result.phonemes),
        "ends": [round(word.end, 3) for word in result.words],
        "bands": [round(float(band), 3) for band in bands],
    }


def test_speech_is_as_recorded(speaker):
    recorded, said = json.loads(SPEECH.read_text()), spoken(speaker)
    assert recorded["sha256"] == [card["sha256"] for card in speaker.cards]
    assert said["phonemes"] == recorded["phonemes"]
    assert said["ends"] == pytest.approx(recorded["ends"], abs=0.05)
    assert said["bands"] == pytest.approx(recorded["bands"], abs=0.15)


def fundamental(wave: np.ndarray) -> float:
    """Median F0 in Hz of the loud frames: the shortest period that fits nearly as well as the best."""
    window = np.hanning(1200)

    def likeness(frame: np.ndarray) -> np.ndarray:
        return np.fft.irfft(np.abs(np.fft.rfft(frame, 4096)) ** 2)[:330]

    found = []
    for start in range(0, len(wave) - 1200, 600):
        frame = wave[start : start + 1200] * window
        if np.abs(frame).max() > 0.1:
            fit = likeness(frame) / likeness(window)  # without the window's own decline
            lag = 50 + int(np.flatnonzero(fit[50:] > 0.85 * fit[50:].max())[0])
            while lag < 329 and fit[lag + 1] > fit[lag]:
                lag += 1
            found.append(24_000 / lag)
    return float(np.median(found))


def test_an_enlarged_picture_shows_the_same_with_sharper_edges(painter):
    small = over_white(sheet(painter)).astype(float)
    large = over_white(painter.enlarge(sheet(painter))).astype(float)
    count, side, *_ = small.shape
    again = large.reshape(count, side, 4, side, 4, 3).mean((2, 4))
    assert np.abs(again - small).mean() < 3
    smooth = np.zeros_like(large)
    for picture, wide in zip(small.astype(np.uint8), smooth, strict=True):
        wide[:] = Image.fromarray(picture).resize((4 * side, 4 * side))
    steepest = [np.sort(np.abs(np.diff(picture, axis=2)), axis=None)[-10_000:].mean() for picture in (large, smooth)]
    assert steepest[0] > 1.2 * steepest[1]


def test_a_higher_pitch_is_heard_as_higher(speaker):
    low, high = (fundamental(speaker.speak("What joy there is in living.", pitch=p, seed=0).wave) for p in (-3, 3))
    assert high > 1.15 * low


def test_men_speak_lower_than_women_and_each_in_its_accent(speaker):
    said = {voice: speaker.speak("What joy there is in living.", voice=voice, seed=0) for voice in speaker.voices}
    pitch = {voice: fundamental(result.wave) for voice, result in said.items()}
    women = [voice for voice in said if "female" in VOICES[voice].description]
    assert 0 < len(women) < len(said)
    assert min(pitch[voice] for voice in women) > 1.1 * max(pitch[voice] for voice in said if voice not in women)
    accents = {VOICES[voice].british: result.phonemes for voice, result in said.items()}
    assert len(accents) == 2 and accents[True] != accents[False]
    assert all(result.phonemes == accents[VOICES[voice].british] for voice, result in said.items())


def test_cards_and_docs_agree(writer, painter, speaker):
    root = Path(__file__).parents[1]
    readme, evaluation, image, speech, training = (
        (root / name).read_text()
        for name in ("README.md", "docs/evaluation.md", "docs/image.md", "docs/speech.md", "docs/training.md")
    )
    for page in (readme, evaluation):
        assert f"{writer.card['metrics']['bits_per_byte_tinystories_valid']:.4f}" in page
        assert f"{painter.card['metrics']['seen_top5']:.1f} %" in page
    for voice, figures in speaker.card["metrics"]["voices"].items():
        heard = f"{figures['word_error_rate']:.1f} % | {figures['dnsmos_overall']:.2f}"
        assert f"| {voice} | {VOICES[voice].description} | {heard} |" in speech
    assert sweep.table(json.loads(sweep.FIGURES.read_text())) in image
    for card in (card for card in painter.cards if "held_out_pairs_psnr" in card["metrics"]):
        assert f"{card['metrics']['held_out_pairs_psnr']:.1f} dB" in image
    for engine in (writer, painter, speaker):
        for card in engine.cards:
            assert f"{card['parameters']:,}" in readme and f"{card['parameters']:,}" in training


if __name__ == "__main__":
    artist = resgen.load("image")
    save_png(grid(sheet(artist), columns=len(THINGS)), PICTURES, {"sha256": artist.card["sha256"]})
    taken = {"sha256": artist.photographer.card["sha256"]}
    save_png(grid(photo_sheet(artist), columns=len(PHOTOGRAPHED)), PHOTOS, taken)
    talker = resgen.load("speech")
    sums = [card["sha256"] for card in talker.cards]
    SPEECH.write_text(json.dumps({"sha256": sums, **spoken(talker)}, indent=1, ensure_ascii=False) + "\n")
    shipped = resgen.load("text")
    values = [round(value, 4) for value in log_probabilities(shipped)]
    GOLDEN.write_text(json.dumps({"sha256": shipped.card["sha256"], "log_probabilities": values}, indent=1) + "\n")
