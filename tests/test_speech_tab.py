"""Tests the promise that a long text goes on sounding while the rest of it is being said."""

from dataclasses import dataclass

import numpy as np
import pytest

from resgen.engine import Progress
from resgen.speech.features import SAMPLE_RATE
from resgen.ui import speech_tab


@dataclass(frozen=True)
class Said:
    """As much of a `SpeechResult` as the player needs."""

    waves: tuple
    progress: Progress


def stream(sentences: int, seconds_of_work: float, seconds_of_sound: float):
    wave = np.zeros(round(seconds_of_sound * SAMPLE_RATE), np.float32)
    for done in range(1, sentences + 1):
        yield Said((wave,) * done, Progress(done, sentences, done * seconds_of_work))


@pytest.fixture
def updates(monkeypatch) -> list[tuple[float, float]]:
    """What the player gets: seconds of sound, and from where on it plays them."""
    given = []
    monkeypatch.setattr(
        speech_tab,
        "sound",
        lambda result, since=0.0: given.append((sum(map(len, result.waves)) / SAMPLE_RATE, since)),
    )
    return given


def test_the_player_gets_more_before_what_it_has_ends(updates):
    said = list(speech_tab.heard(stream(400, 0.06, 3.0)))
    assert len(said) == 400 and said[-1][1][1].progress.done == 400
    assert updates[0] == (3.0, 0.0)
    for (has, _), (_, since) in zip(updates, updates[1:], strict=False):
        assert has - speech_tab.IN_TIME <= since < has  # in time, and not before
    assert len(updates) == 2  # the second holds more than the work still takes


def test_a_short_text_is_not_interrupted(updates):
    list(speech_tab.heard(stream(3, 0.06, 3.0)))
    assert updates == [(3.0, 0.0)]


def test_on_a_slow_machine_the_player_gets_each_sentence_as_it_comes(updates, monkeypatch):
    *_, (_, said, _) = speech_tab.heard(stream(4, 5.0, 2.0))
    assert updates == [(2.0, 0.0), (4.0, 2.0), (6.0, 4.0), (8.0, 6.0)]  # and goes on where it had to wait
    monkeypatch.setattr(speech_tab, "sound_file", lambda result: "sound.wav")
    speech_tab.whole(said)
    assert updates[-1] == (8.0, 6.0)
