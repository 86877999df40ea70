"""Tests the promises of the speaker: same seed same bytes, speed and pitch as said, seams, stop, errors before work."""

import asyncio
import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from test_speech_phonemes import ALPHABET

from resgen.errors import RequestError
from resgen.evaluation.speech.evaluate import DECIBELS, Reading, prosody_errors
from resgen.speech.acoustic import BOUNDARIES, BOUNDARY, with_boundaries
from resgen.speech.engine import FADE, Speaker
from resgen.speech.features import FLOOR, HOP, MEL_MEAN, MEL_SPREAD, SAMPLE_RATE, UNIT, hertz_of
from resgen.speech.request import SpeechRequest
from resgen.turns import Turns, Visitor

TWO = "The red car drove home. It was late!"


def test_the_same_seed_gives_the_same_bytes(speaker):
    first, again = (speaker.speak(TWO, seed=5) for _ in range(2))
    assert first.wav() == again.wav()
    assert speaker.speak(TWO, seed=6).wav() != first.wav()


def test_minus_one_draws_a_seed_that_can_be_used_again(speaker):
    drawn = speaker.speak(TWO)
    settings = {name: value for name, value in drawn.settings.items() if name not in ("model", "text")}
    assert settings["seed"] >= 0
    assert np.array_equal(speaker.speak(TWO, **settings).wave, drawn.wave)


def test_one_result_a_sentence_and_the_last_holds_all(speaker):
    results = list(speaker.run(SpeechRequest(TWO, seed=1)))
    assert [r.progress.done for r in results] == [1, 2] and results[0].progress.total == 2
    assert np.array_equal(results[1].wave[: len(results[0].wave)], results[0].wave)
    assert len(results[1].wave) == sum(map(len, results[1].waves))


def test_a_sentence_sounds_the_same_wherever_it_stands(speaker):
    alone = speaker.speak("It was late!", seed=8)
    after = speaker.speak(TWO, seed=7)
    assert np.array_equal(after.waves[1], alone.waves[0])


def test_the_phonemes_of_a_text_say_the_same_again(speaker):
    told = speaker.speak(TWO, seed=1)
    again = speaker.speak(phonemes="\n".join(told.phonemes), seed=1)
    assert again.wave.tobytes() == told.wave.tobytes() and again.phonemes == told.phonemes
    assert [word.text for word in again.words] == " ".join(told.phonemes).split()
    changed = speaker.speak("Ignored.", phonemes=told.phonemes[0].replace("O", "A"), seed=1)
    assert len(changed.waves) == 1 and changed.wave.tobytes() != told.waves[0].tobytes()


@pytest.mark.parametrize("phonemes", ["həlˈO ж", "ˈ", "a" * 481])
def test_what_are_no_phonemes_is_refused_before_any_work(speaker, monkeypatch, phonemes):
    monkeypatch.setattr(Speaker, "say", lambda *_: pytest.fail("work began"))
    with pytest.raises(RequestError, match="honemes"):
        speaker.speak("Hello.", phonemes=phonemes)


@pytest.mark.parametrize("speed", [0.5, 0.75, 1.5, 2.0])
def test_speed_changes_duration_as_said(speaker, speed):
    text = "The friendly gang left the drug store and went home."
    normal, other = speaker.speak(text, seed=1), speaker.speak(text, seed=1, speed=speed)
    assert len(normal.wave) / len(other.wave) == pytest.approx(speed, rel=0.15)
    assert [word.text for word in other.words] == [word.text for word in normal.words]


def test_pitch_changes_pitch_and_not_duration(speaker, monkeypatch):
    heard = []
    monkeypatch.setattr(
        "resgen.speech.engine.speak",
        lambda vocoder, mel, f0, noise: heard.append(f0) or torch.zeros_like(noise),
    )
    for pitch in (0, 6, -6):
        speaker.speak("What joy there is in living.", pitch=pitch, seed=1)
    middle, high, low = heard
    assert middle.shape == high.shape == low.shape
    voiced = middle > 0
    assert voiced.any()
    assert torch.allclose(high[voiced] / middle[voiced], torch.tensor(2**0.5), atol=1e-4)
    assert torch.allclose(low[voiced] / middle[voiced], torch.tensor(0.5**0.5), atol=1e-4)


def test_every_voice_sounds_otherwise(speaker):
    assert len({speaker.speak(TWO, voice=voice, seed=1).wave.tobytes() for voice in speaker.voices}) == 3
    assert (
        speaker.speak(TWO, voice=" Michael", seed=1).wave.tobytes()
        == speaker.speak(TWO, voice="michael", seed=1).wave.tobytes()
    )


@pytest.mark.parametrize("second", ["michael", "emma"])
def test_the_ends_of_a_blend_are_the_pure_voices(speaker, second):
    def sound(voice: str, **settings) -> bytes:
        return speaker.speak("A hot car.", voice=voice, seed=1, **settings).wave.tobytes()

    first, last = sound("heart"), sound(second)
    assert sound("heart", blend=second, balance=0) == first and sound("heart", blend=second, balance=1) == last
    assert sound("heart", blend=second) not in (first, last)
    assert sound("heart", blend="heart", balance=0.3) == first


def test_a_blend_is_read_as_the_voice_that_has_most_of_it(speaker):
    def read(**settings) -> tuple[str, ...]:
        return speaker.speak("A hot car.", seed=1, **settings).phonemes

    american, british = read(voice="heart"), read(voice="emma")
    assert american != british
    assert read(voice="heart", blend="emma", balance=0.4) == american
    assert read(voice="heart", blend="emma", balance=0.6) == british


def test_liveliness_stretches_the_melody_about_its_mean(speaker, monkeypatch):
    heard = []
    monkeypatch.setattr(
        "resgen.speech.engine.speak",
        lambda vocoder, mel, f0, noise: heard.append(f0) or torch.zeros_like(noise),
    )
    for liveliness in (1, 0, 2):
        speaker.speak("What joy there is in living.", liveliness=liveliness, seed=1)
    octaves = [f0[f0 > 0].log2() for f0 in heard]
    plain, flat, lively = (o - o.mean() for o in octaves)
    assert plain.abs().max() > 0.01 and flat.abs().max() < 1e-5
    assert torch.allclose(lively, 2 * plain, atol=1e-4)
    assert torch.allclose(octaves[0].mean(), octaves[2].mean(), atol=1e-4)


def test_a_voice_that_is_as_its_teacher_has_no_errors(speaker):
    (phonemes,) = speaker.speak("What joy there is in living.", seed=0).phonemes
    tokens = ALPHABET.encode(phonemes)
    stream, logs, energy = speaker.network.encode(with_boundaries(tokens, BOUNDARY), torch.tensor([[0.0, 1.0, 0.0]]))
    units = logs[0, BOUNDARIES:-BOUNDARIES].exp().round().clamp(min=1).long()
    frames = with_boundaries((units * UNIT).tolist(), UNIT)
    _, told = speaker.network.regulate_length(stream, frames, energy, int(frames.sum()))
    f0 = hertz_of(told[:, 0], (told[:, 1] > 0).float())[0, BOUNDARIES * UNIT : -BOUNDARIES * UNIT].numpy()
    wave = np.zeros(int(frames.sum() - 2 * BOUNDARIES * UNIT) * HOP, np.float32)
    reading = Reading(tokens, units.numpy(), f0, wave)
    late, louder, apart = prosody_errors(speaker, "michael", reading)
    assert late < 12.5 and apart == pytest.approx(0, abs=0.5)  # durations are rounded to 25 ms
    silence = (math.log(FLOOR) - MEL_MEAN) / MEL_SPREAD
    assert louder == pytest.approx(
        float((energy[0, BOUNDARIES:-BOUNDARIES] - silence).abs().mean()) * DECIBELS, rel=1e-3
    )
    _, _, apart = prosody_errors(speaker, "michael", replace(reading, f0=f0 * 2))
    assert apart == pytest.approx(1200, abs=1)
    longer = replace(
        reading,
        durations=units.numpy() + 4,
        f0=np.resize(f0, len(f0) + 8 * len(units)),
        wave=np.resize(wave, len(wave) + 8 * len(units) * HOP),
    )
    later, _, _ = prosody_errors(speaker, "michael", longer)
    assert later == pytest.approx(100, abs=12.5)


def test_words_come_one_after_another_within_the_sound(speaker):
    result = speaker.speak(TWO, seed=1)
    assert [word.text for word in result.words] == TWO.split()
    times = [time for word in result.words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert times[0] >= 0 and times[-1] <= len(result.wave) / SAMPLE_RATE
    # The second sentence's words lie in the second wave.
    assert result.words[5].start >= len(result.waves[0]) / SAMPLE_RATE
    assert all(word.end > word.start for word in result.words)


def test_the_rest_of_what_was_said_counts_its_own_time(speaker):
    whole = speaker.speak(TWO, seed=1)
    rest, first = whole.since(1), len(whole.waves[0])
    assert np.array_equal(rest.wave, whole.wave[first:]) and rest.phonemes == whole.phonemes[1:]
    assert [word.text for word in rest.words] == TWO.split()[5:]
    assert rest.words[0].start == pytest.approx(whole.words[5].start - first / SAMPLE_RATE)
    assert whole.since(0).words == whole.words


def test_seams_cannot_click(speaker):
    result = speaker.speak("One. Two. Three. Four.", seed=1)
    for wave in result.waves:
        assert wave[0] == wave[-1] == 0
        assert np.abs(wave[:3]).max() <= 4 / FADE and np.abs(wave[-3:]).max() <= 4 / FADE


def test_closing_the_generator_stops_the_work(speaker, monkeypatch):
    said = []
    say = Speaker.say
    monkeypatch.setattr(Speaker, "say", lambda self, *inputs: said.append(1) or say(self, *inputs))
    stream = speaker.run(SpeechRequest("One. " * 100, seed=1))
    next(stream)
    next(stream)
    stream.close()
    assert len(said) == 2


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        ({"text": ""}, "nothing to say"),
        ({"text": "?!…"}, "nothing to say"),
        ({"text": "x" * 20_001}, "text has 20,001 characters; at most 20,000"),
        ({"text": "مرحبا"}, "it cannot read"),
        ({"text": "Hi", "speed": 0.4}, "speed must be a number from 0.5 to 2.0"),
        ({"text": "Hi", "speed": "fast"}, "speed must be a number"),
        ({"text": "Hi", "pitch": 7}, "pitch must be a number from -6.0 to 6.0"),
        ({"text": "Hi", "seed": -2}, "seed must be a whole number"),
        (
            {"text": "Hi", "voice": "nobody"},
            "voice must be one of heart, bella",
        ),
        (
            {"text": "Hi", "voice": "george"},
            "voice must be one of heart, michael, emma; it is",
        ),
        ({"text": "Hi", "blend": "nobody"}, "blend must be one of heart"),
        ({"text": "Hi", "balance": 1.5}, "balance must be a number from 0.0 to 1.0"),
        ({"text": "Hi", "liveliness": 3}, "liveliness must be a number from 0.0 to 2.0"),
        ({"text": None}, "text must be text"),
    ],
)
def test_errors_come_before_any_work(speaker, monkeypatch, request_, says):
    monkeypatch.setattr(Speaker, "say", lambda *_: pytest.fail("worked on a bad request"))
    with pytest.raises(RequestError, match=says):
        next(speaker.run(SpeechRequest(**request_)))


def test_unknown_settings_are_named(speaker):
    with pytest.raises(RequestError, match="unknown settings: loudness"):
        speaker.speak("Hi", loudness=3)


def test_a_very_long_text_comes_sentence_by_sentence(speaker):
    text = ("The quick brown fox jumps over the lazy dog, " * 3 + "and so on. ") * 136
    assert 19_000 < len(text) <= 20_000
    first = list(itertools.islice(speaker.run(SpeechRequest(text, seed=1)), 2))
    assert first[0].progress.total == 136 and len(first[1].waves) == 2


def test_one_letter_makes_a_sound(speaker):
    assert len(speaker.speak("A", seed=1).wave) > 1000


def test_notices_tell_what_was_left_out(speaker):
    assert "😀" in speaker.speak("Hello 😀.", seed=1).notices[0]


def test_others_have_their_turn_within_a_long_sentence_and_it_stays_the_same(speaker):
    text = "It went on " + "and on " * 20
    expected, turns, order = speaker.speak(text, seed=1), Turns(), []

    def long():
        order.append("begun")
        yield from speaker.run(SpeechRequest(text, seed=1))
        order.append("over")

    def short():
        for _ in range(30):
            order.append("short")
            yield

    async def run(who, start):
        return [result async for result in turns.stream(Visitor(who, who), start)]

    async def both():
        return await asyncio.gather(run("long", long), run("short", short))

    (*_, result), _ = asyncio.run(both())
    assert np.array_equal(result.wave, expected.wave) and len(result.waves) == 1
    assert order[order.index("begun") : order.index("over")].count("short") >= 5


def test_sound_that_would_last_for_hours_ends_and_says_so(speaker, monkeypatch):
    monkeypatch.setattr("resgen.speech.engine.MOST_SECONDS", 2)
    *_, result = speaker.run(SpeechRequest("The red car drove home. " * 20, seed=1))
    assert 2 < len(result.wave) / SAMPLE_RATE < 8 and result.progress.done == result.progress.total < 20
    assert "Left out, for sound lasts" in result.notices[-1]
    whole = speaker.speak("Home.", seed=1)
    assert not whole.notices
