"""The command line keeps its contract: the result alone on stdout, the settings as JSON on stderr."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def resgen(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "resgen", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_write_prints_the_text_and_only_the_text():
    first = resgen("write", "A small boat", "--topic", "boat, sea", "--tokens", "20", "--seed", "3")
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("A small boat")
    settings = json.loads(first.stderr.splitlines()[-1])
    assert settings["seed"] == 3 and settings["tokens"] == 20 and settings["topic"] == "boat, sea"
    again = resgen("write", "A small boat", "--topic", "boat, sea", "--tokens", "20", "--seed", "3")
    assert again.stdout == first.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["write", "--tokens", "99999"], "tokens must be a whole number from 1 to 2000"),
        (["write", "--temperature", "warm"], "temperature must be a number from 0 to 2"),
        (["write", "--model", "no-such-model"], "Shipped: stories"),
    ],
)
def test_what_cannot_be_served_is_explained_without_a_traceback(arguments, says):
    outcome = resgen(*arguments)
    assert outcome.returncode == 2
    assert says in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert outcome.stdout == ""


def test_help_needs_no_model():
    outcome = resgen("--help")
    assert outcome.returncode == 0 and "write" in outcome.stdout
