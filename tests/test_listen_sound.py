"""Tests the promise that any sound is heard, long ones piece by piece, and that what is none is said to be so."""

import io
import shutil
import subprocess

import numpy as np
import pytest
import soundfile

from resgen.errors import RequestError
from resgen.listen import sound
from resgen.listen.engine import PIECE, pieces
from resgen.listen.sound import Sound, opened

SECONDS = 1.0


def tone(rate: int = 16_000, seconds: float = SECONDS) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * 440 * np.arange(round(rate * seconds)) / rate)).astype(np.float32)


def whole(opened_sound: Sound) -> np.ndarray:
    return np.concatenate([*opened_sound.blocks])


def encoded(wave: np.ndarray, rate: int, **kind: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, wave, rate, **kind)
    return file.getvalue()


@pytest.mark.parametrize(
    ("rate", "kind"),
    [
        (16_000, {"format": "WAV", "subtype": "PCM_16"}),
        (8_000, {"format": "WAV", "subtype": "PCM_U8"}),
        (96_000, {"format": "WAV", "subtype": "PCM_24"}),
        (44_100, {"format": "FLAC"}),
        (48_000, {"format": "OGG", "subtype": "OPUS"}),
        (22_050, {"format": "OGG", "subtype": "VORBIS"}),
        (44_100, {"format": "MP3"}),
    ],
)
def test_files_of_every_common_format_are_heard(rate, kind, tmp_path):
    content = encoded(tone(rate), rate, **kind)
    for source in (content, tmp_path / "sound"):
        if not isinstance(source, bytes):
            source.write_bytes(content)
        found = opened(source)
        heard = whole(found)
        assert found.rate == rate and heard.dtype == np.float32 and heard.ndim == 1
        assert len(heard) / rate == pytest.approx(SECONDS, abs=0.1)
        assert np.sqrt(np.mean(heard**2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.1)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")
@pytest.mark.parametrize("kind", [("ipod", "aac", "m4a"), ("webm", "libopus", "webm")], ids=lambda kind: kind[2])
def test_what_soundfile_does_not_read_is_left_to_ffmpeg(kind, tmp_path):
    path = tmp_path / f"sound.{kind[2]}"
    command = ["ffmpeg", "-v", "quiet", "-f", "wav", "-i", "pipe:0", "-c:a", kind[1], "-f", kind[0], str(path)]
    subprocess.run(command, input=encoded(tone(48_000), 48_000, format="WAV"), check=True)
    for source in (path, path.read_bytes()):
        heard = whole(opened(source))
        assert len(heard) / 16_000 == pytest.approx(SECONDS, abs=0.15) and np.abs(heard).max() > 0.2
    with pytest.raises(RequestError, match="is not sound, or is damaged"):
        opened(path.read_bytes()[: len(path.read_bytes()) // 20])


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")
def test_a_play_list_opens_no_other_file(tmp_path):
    (tmp_path / "secret.wav").write_bytes(encoded(tone(), 16_000, format="WAV"))
    for content in (
        f"#EXTM3U\n#EXTINF:1,\n{tmp_path}/secret.wav\n#EXT-X-ENDLIST\n",
        f"ffconcat version 1.0\nfile {tmp_path}/secret.wav\n",
    ):
        with pytest.raises(RequestError, match="is not sound"):
            opened(content.encode())


def test_a_refused_file_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(RequestError):
        opened(b"This is a letter, and nobody can hear it." * 50)
    assert not [*tmp_path.iterdir()]


def test_without_ffmpeg_the_message_says_what_would_work(monkeypatch):
    monkeypatch.setattr(sound.shutil, "which", lambda name: None)
    with pytest.raises(RequestError, match="WAV, FLAC, Ogg and MP3 work"):
        opened(b"no sound at all")


def test_a_truncated_file_is_heard_as_far_as_it_goes():
    content = encoded(tone(seconds=2), 16_000, format="WAV")
    assert len(whole(opened(content[: len(content) // 2]))) == pytest.approx(16_000, rel=0.01)
    content = encoded(tone(44_100, 2), 44_100, format="MP3")
    assert 0 < len(whole(opened(content[: len(content) // 2]))) < 2 * 44_100


def test_samples_may_be_whole_numbers_or_stereo_or_hold_nonsense():
    wave = tone()
    for samples in ((wave * 32767).astype(np.int16), (wave * 127 + 128).astype(np.uint8), np.stack([wave, wave], 1)):
        assert np.abs(whole(opened(samples)) - wave).max() < 0.02
    odd = np.array([np.nan, np.inf, -np.inf, 0.5] * 100)
    assert np.isfinite(whole(opened(odd))).all()


@pytest.mark.parametrize(
    ("source", "rate", "says"),
    [
        (b"", 16_000, "is empty"),
        ("there/is/none.wav", 16_000, "There is no file"),
        ("a\0b", 16_000, "There is no file"),
        (np.zeros((2, 3, 4)), 16_000, "must be of shape"),
        (np.zeros((3, 1000)), 16_000, "must be of shape"),
        (np.array(["a"]), 16_000, "must be numbers"),
        (np.zeros(10), 10, "rate must be"),
        (np.zeros(10), 1.5, "rate must be"),
    ],
)
def test_what_is_no_sound_gets_one_clear_sentence(source, rate, says):
    with pytest.raises(RequestError, match=says):
        opened(source, rate)


def test_an_empty_file_and_a_folder_are_named(tmp_path):
    (tmp_path / "nothing.wav").touch()
    with pytest.raises(RequestError, match=r"'nothing\.wav' is empty"):
        opened(tmp_path / "nothing.wav")
    with pytest.raises(RequestError, match="is a folder"):
        opened(tmp_path)


def test_long_sound_is_cut_where_it_is_quiet_and_nothing_is_lost():
    rate, drawn = 1000, np.random.default_rng(0)
    wave = drawn.normal(size=70 * rate).astype(np.float32)
    for second in range(5, 70, 5):
        wave[second * rate : second * rate + rate // 4] = 0
    found = [*pieces(Sound(rate, 70, iter(np.array_split(wave, 13))))]
    assert np.array_equal(np.concatenate(found), wave)
    assert all(len(piece) <= PIECE * rate for piece in found)
    assert all(piece[-1] == 0 for piece in found[:-1])


def test_a_decoder_that_hangs_holds_nobody_up(monkeypatch, tmp_path):
    slow = tmp_path / "ffmpeg"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(sound.shutil, "which", lambda name: str(slow))
    monkeypatch.setattr(sound, "PATIENCE", 0.2)
    with pytest.raises(RequestError, match="not sound, or is damaged"):
        opened(b"no sound that soundfile reads")
