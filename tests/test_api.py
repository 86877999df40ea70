"""Tests the promise that what a user can get wrong is told in one sentence, and that he is told before any wait."""

import os
import subprocess
import sys

import pytest
import torch
from conftest import shipped

import resgen
from resgen import device
from resgen.engine import checked
from resgen.image.request import ImageRequest
from resgen.speech.request import SpeechRequest
from resgen.text.request import TextRequest

LOAD = resgen.load


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (ImageRequest("car", style="oil"), "style must be one of fluent 3d, fluent flat, noto, twemoji, mix"),
        (ImageRequest("car", size=100), "size must be one of 32, 64, 128, 256"),
        (SpeechRequest("Hi", voice="nobody"), "voice must be one of heart, bella"),
        (SpeechRequest("Hi", blend="nobody"), "blend must be one of heart, bella"),
        (TextRequest(words=10**400), "it is a larger number"),
        (TextRequest(words={"a": [1] * 1000}), "it is a dict"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_none_of_the_choices_is_told_with_them(request_, says):
    with pytest.raises(resgen.RequestError, match=says) as error:
        checked(request_)
    assert len(str(error.value)) < 200


def test_choices_are_taken_in_any_case_and_with_blanks():
    assert checked(ImageRequest("car", style=" Fluent 3D ", size="64")).style == "fluent 3d"
    assert checked(SpeechRequest("Hi", voice="Heart")).voice == "heart"


def test_an_unknown_setting_is_told_with_the_one_that_was_meant():
    with pytest.raises(resgen.RequestError, match=r"unknown settings: temprature; did you mean temperature\?"):
        shipped("text").write("Hi", temprature=1)


def test_an_unknown_kind_of_engine_is_told():
    with pytest.raises(resgen.RequestError, match="kind must be one of text, image, speech"):
        resgen.load("music")


@pytest.mark.parametrize("error", [getattr(resgen, name) for name in resgen.__all__ if name != "load"])
def test_all_errors_are_of_one_kind(error):
    assert issubclass(error, resgen.ResgenError)


@pytest.mark.parametrize("name", ["cpu", None])
def test_the_device_can_be_chosen(name):
    assert resgen.load("text", device=name).device.type in ("cpu", "cuda", "mps")


@pytest.mark.parametrize("name", ["quantum", "cuda:99"])
def test_a_device_that_is_not_there_is_told(name, monkeypatch):
    with pytest.raises(resgen.VariableError, match=f"device is '{name}'; use cpu"):
        resgen.load("text", device=name)
    monkeypatch.setenv("RESGEN_DEVICE", name)
    with pytest.raises(resgen.VariableError, match=f"RESGEN_DEVICE is '{name}'; use cpu"):
        resgen.load("text")


@pytest.mark.parametrize(
    ("arguments", "environment", "says"),
    [
        (["write", "--words", "many"], {}, "words must be a whole number"),
        (["draw", "cat", "--style", "oil"], {}, "style must be one of"),
        (["draw", "cat", "--out", "."], {}, "out must be a file; '.' is a folder"),
        (["speak", "Hi", "--voice", "nobody"], {}, "voice must be one of"),
        (["write", "--device", "quantum"], {}, "device is 'quantum'"),
        (["write"], {"RESGEN_DEVICE": "quantum"}, "RESGEN_DEVICE is 'quantum'"),
        (["serve"], {"GRADIO_SERVER_PORT": "door"}, "GRADIO_SERVER_PORT must be a number"),
        (["serve"], {"GRADIO_TEMP_DIR": "/proc/none"}, "Results cannot be written to /proc/none"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_the_command_line_says_what_is_wrong_in_a_line_and_ends_with_2(
    command, monkeypatch, arguments, environment, says
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(resgen, "load", LOAD)  # which the variables concern
    done = command(*arguments)
    assert done.returncode == 2 and done.stdout == ""
    assert says in done.stderr and done.stderr.count("\n") == 1 and "Traceback" not in done.stderr


@pytest.mark.parametrize("room", ["write", "draw", "speak"])
def test_help_and_bad_values_need_no_pytorch(room):
    code = """
import sys
from resgen.__main__ import main
sys.argv = ["resgen", *sys.argv[1:]]
try:
    code = main()
except SystemExit as end:
    code = end.code
sys.exit(40 if "torch" in sys.modules else code)
"""
    for arguments, expected in ((["--help"], 0), (["--seed", "soon"], 2)):
        done = subprocess.run([sys.executable, "-c", code, room, *arguments], capture_output=True, text=True)
        assert done.returncode == expected, done.stderr


@pytest.mark.parametrize(
    ("environment", "count"),
    [({}, "5000"), ({"OMP_WAIT_POLICY": "active"}, None), ({"GOMP_SPINCOUNT": "100"}, "100")],
    ids=str,
)
def test_threads_hardly_spin_unless_the_user_wants_it(environment, count):
    cleared = {k: v for k, v in os.environ.items() if k not in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")}
    code = "import resgen, os; print(os.environ.get('GOMP_SPINCOUNT'))"
    done = subprocess.run([sys.executable, "-c", code], env=cleared | environment, capture_output=True, text=True)
    assert done.stdout.strip() == str(count)


@pytest.mark.parametrize(("given", "threads"), [(None, 2), ("3", 3)])
def test_loading_leaves_a_core_free_once_unless_the_user_wants_all(monkeypatch, given, threads):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if given:
        monkeypatch.setenv("OMP_NUM_THREADS", given)
    before = torch.get_num_threads()
    device.spare_a_core.cache_clear()
    try:
        torch.set_num_threads(3)
        for _ in range(2):
            device.spare_a_core()
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
