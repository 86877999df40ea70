"""Tests the promises of the sounds that are saved: plain files, that know their settings, whole or in pieces."""

import io
import json
import wave as wavefile

import numpy as np
import pytest
import soundfile

from resgen.speech.features import SAMPLE_RATE
from resgen.speech.request import wav_bytes


def test_the_wav_is_plain_and_knows_its_settings(speaker, tmp_path):
    result = speaker.speak("Say [né](/nˈA/) & “hi”.", seed=3)
    path = tmp_path / "a.wav"
    result.save(path)
    with wavefile.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (SAMPLE_RATE, 1, 2)
        assert file.getnframes() == len(result.wave)
    samples, rate = soundfile.read(path, dtype="float32")
    assert rate == SAMPLE_RATE and np.abs(samples - result.wave).max() < 1e-4
    with soundfile.SoundFile(path) as file:
        assert json.loads(file.comment) == result.settings
    assert result.settings["text"] == "Say [né](/nˈA/) & “hi”." and result.settings["seed"] == 3


@pytest.mark.parametrize("text", ["a", "ab", "é😀" * 10_000])
def test_settings_of_any_length_leave_the_sound_readable(text):
    wave = np.linspace(-1, 1, 1001, dtype=np.float32)
    samples, _ = soundfile.read(io.BytesIO(wav_bytes([wave], {"text": text})), dtype="float32")
    assert np.abs(samples - wave).max() < 1e-4


def test_what_is_too_loud_is_cut_and_not_wrapped():
    samples, _ = soundfile.read(io.BytesIO(wav_bytes([np.array([2.0, -3.0, 0.5])], {})))
    assert samples.tolist() == pytest.approx([1, -1, 0.5], abs=1e-4)


def test_a_file_is_the_same_in_pieces(speaker):
    result = speaker.speak("The red car drove home. It was late!", seed=1)
    assert len(result.waves) == 2 and wav_bytes(result.waves, {}) == wav_bytes([result.wave], {})
