"""The command line keeps its contract: the result alone on stdout, the settings as JSON on stderr."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

ROOT = Path(__file__).parents[1]


def process(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "resgen", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


WRITE = ("write", "A small boat", "--topic", "boat, sea", "--words", "20", "--seed", "3")


def test_write_prints_the_text_and_only_the_text(command):
    outcome = command(*WRITE)
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.startswith("A small boat")
    settings = json.loads(outcome.stderr.splitlines()[-1])
    assert settings["seed"] == 3 and settings["words"] == 20 and settings["topic"] == "boat, sea"


@pytest.mark.slow
def test_another_process_writes_the_same(command):
    assert process(*WRITE).stdout == command(*WRITE).stdout


def test_an_old_setting_is_taken_with_a_sentence(command):
    outcome = command("write", "A boat", "--words", "2", "--repetition", "1.2", "--no-coherence")
    assert outcome.returncode == 0 and outcome.stderr.count("\n") == 2
    assert outcome.stderr.startswith("resgen: repetition is deprecated: use repetition_penalty, dry and coherence.\n")


def test_draw_writes_a_sheet_that_knows_its_settings(command, tmp_path):
    out = tmp_path / "grid.png"
    options = ("--style", "noto", "--count", "5", "--steps", "2", "--seed", "1", "--size", "64", "--model", "emoji")
    outcome = command("draw", "red apple", *options, "--out", str(out))
    assert outcome.returncode == 0, outcome.stderr
    settings = json.loads(outcome.stderr.splitlines()[-1])
    assert settings["seed"] == 1 and settings["count"] == 5 and settings["prompt"] == "red apple"
    image = Image.open(out)
    assert image.size == (3 * 64, 2 * 64)
    assert json.loads(image.text["resgen"]) == settings


@pytest.mark.slow
def test_draw_writes_any_number_of_samples(command, tmp_path):
    out = tmp_path / "samples.npy"
    outcome = command("draw", "--count", "66", "--steps", "1", "--seed", "7", "--out", str(out))
    assert outcome.returncode == 0, outcome.stderr
    samples = np.load(out)
    assert samples.shape == (66, 64, 64, 3) and samples.dtype == np.uint8
    assert "resgen: 64 of 66 pictures" in outcome.stderr
    # No prompt: all kinds of things.
    assert len({sample.tobytes() for sample in samples}) == 66


def test_draw_blends_begins_from_a_picture_and_animates(command, tmp_path):
    strip, film = tmp_path / "strip.png", tmp_path / "film.webp"
    common = ("--count", "2", "--steps", "2", "--seed", "1", "--size", "64", "--style", "noto")
    command("draw", "cat", "--blend", "owl", "--strip", *common, "--out", str(strip))
    settings = json.loads(
        command("draw", "owl", "--picture", str(strip), *common, "--out", str(film)).stderr.splitlines()[-1]
    )
    assert settings["strength"] == 0.6
    with Image.open(strip) as sheet, Image.open(film) as steps:
        assert sheet.text["resgen"] and steps.n_frames == 2


def test_speak_writes_a_wav_that_knows_its_settings(command, tmp_path):
    out = tmp_path / "hello.wav"
    options = ("--voice", "heart", "--speed", "1.25", "--seed", "1", "--out", str(out))
    outcome = command("speak", "Hello there.", *options)
    assert outcome.returncode == 0, outcome.stderr
    settings = json.loads(outcome.stderr.splitlines()[-1])
    assert settings["text"] == "Hello there." and settings["speed"] == 1.25 and settings["seed"] == 1
    with soundfile.SoundFile(out) as file:
        assert json.loads(file.comment) == settings
        assert 0.5 < file.frames / file.samplerate < 4
    assert outcome.stdout == ""


def test_speak_reads_stdin(command, tmp_path):
    out = tmp_path / "hello.wav"
    outcome = command("speak", "-", "--out", str(out), stdin="One two three 😀.\n\nFour.\n")
    assert outcome.returncode == 0, outcome.stderr
    notice, settings = outcome.stderr.splitlines()[-2:]
    assert "😀" in notice and json.loads(settings)["text"].startswith("One two three")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["speak", "Hi", "--speed", "9"], "speed must be a number from 0.5 to 2.0"),
        (["speak", ""], "nothing to say"),
        (["speak", "привет"], "This voice reads English"),
        (["speak", "Hi", "--out", "hi.m4b"], "out must end in .wav or .mp3"),
        (["speak", "Hi", "--model", "vocoder"], "a model of kind 'vocoder', not 'speech'"),
        (["write", "--words", "99999"], "words must be a whole number from 1 to 1500"),
        (["write", "--temperature", "warm"], "temperature must be a number from 0 to 2"),
        (["write", "--model", "no-such-model"], "Shipped: stories"),
        (["draw", "--model", "stories"], "a model of kind 'text', not 'image'"),
        (["draw", "car", "--count", "1000"], "count must be a whole number from 1 to 64"),
        (["draw", "car", "--out", "picture.gif"], "out must end in .png or .webp or .npy"),
        (["draw", "car", "--out", "no/such/folder/a.png"], "out must be in an existing folder"),
        (["draw", "--out", "a.npy", "--count", "0"], "count must be a whole number from 1 to 1000000"),
    ],
)
def test_what_cannot_be_served_is_explained(command, arguments, says):
    outcome = command(*arguments)
    assert outcome.returncode == 2 and says in outcome.stderr and outcome.stdout == ""


def test_an_error_is_a_line_and_a_status_and_comes_before_pytorch():
    outcome = process("write", "--words", "99999")
    assert outcome.returncode == 2 and outcome.stdout == ""
    assert outcome.stderr.startswith("resgen: words must be") and outcome.stderr.count("\n") == 1
    code = "import sys; sys.argv = ['resgen', 'write', '--words', '0']; from resgen.__main__ import main; main(); "
    done = subprocess.run([sys.executable, "-c", code + "print('torch' in sys.modules)"], cwd=ROOT, capture_output=True)
    assert done.stdout.strip() == b"False"


def test_draw_tells_what_it_does_not_know_before_it_draws(command, tmp_path):
    options = ("--count", "1", "--steps", "1", "--size", "64", "--out", str(tmp_path / "X.PNG"))
    told = command("draw", "4 ghosts without a navy zorbl", *options).stderr
    assert "near to it are: jack o lantern" in told and "It counts to three" in told and "Kept away from: blue" in told
    assert json.loads(told.splitlines()[-1])["prompt"] == "4 ghosts without a navy zorbl"


def test_write_takes_a_request_for_a_story_as_its_topic(command):
    outcome = command("write", "Write a story about a brave mouse", "--words", "5", "--seed", "1")
    assert "Taken as what it is to be about: brave, mouse." in outcome.stderr and "Write" not in outcome.stdout
    assert json.loads(outcome.stderr.splitlines()[-1])["topic"] == "brave, mouse"


@pytest.mark.parametrize("ending", ["WAV", "mp3", "flac"])
def test_speak_writes_the_format_that_the_ending_names(command, tmp_path, ending):
    out = tmp_path / f"x.{ending}"
    assert command("speak", "Hello there.", "--out", str(out)).returncode == 0
    assert 0.3 < soundfile.info(out).duration < 3


def test_what_comes_from_a_file_is_said_without_a_text(command, monkeypatch, tmp_path):
    (tmp_path / "hello.txt").write_bytes("\ufeffHello there.".encode())
    with (tmp_path / "hello.txt").open() as file:
        outcome = command("speak", "--out", str(tmp_path / "hello.wav"), stdin=file)
    assert outcome.returncode == 0 and json.loads(outcome.stderr.splitlines()[-1])["text"] == "Hello there."


@pytest.mark.parametrize("name", ["speak", "write", "draw"])
def test_latin_1_on_stdin_is_told(command, name):
    outcome = command(name, "-", stdin=io.TextIOWrapper(io.BytesIO("Ein Käfer".encode("latin-1"))))
    assert outcome.returncode == 2 and outcome.stdout == ""
    assert outcome.stderr.startswith("resgen: stdin must be text in UTF-8; byte 6 is none")
    assert outcome.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["write", "--temprature", "1"], "--temperature"),
        (["draw", "cat", "--guidence=3"], "--guidance"),
        (["speak", "Hi", "--voise", "emma"], "--voice"),
        (["drow", "cat"], "draw"),
    ],
)
def test_what_was_meant_is_told(command, capfd, arguments, meant):
    with pytest.raises(SystemExit) as end:
        command(*arguments)
    assert end.value.code == 2 and f"did you mean {meant}?" in capfd.readouterr().err


def test_help_needs_no_model():
    outcome = process("--help")
    assert outcome.returncode == 0 and "write" in outcome.stdout
