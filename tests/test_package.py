"""Tests the promise that `pip install .` gives all commands, weights included, in any folder."""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


def pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", *arguments], check=True)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Runs the installed command in a folder of its own: arguments -> (stdout, stderr)."""
    folder = tmp_path_factory.mktemp("package")
    source = folder / "source"
    ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "examples")
    shutil.copytree(ROOT, source, ignore=ignored)
    pip("wheel", "--no-build-isolation", "--no-deps", "--no-index", "-w", str(folder / "wheel"), str(source))
    shutil.rmtree(source)
    (wheel,) = (folder / "wheel").glob("*.whl")
    pip("install", "--no-deps", "--no-index", "--target", str(folder / "site"), str(wheel))
    work = folder / "work"
    work.mkdir()
    path = os.pathsep.join([str(folder / "site"), os.environ["PYTHONPATH"]])

    def command(*arguments: str, **how):
        run = [sys.executable, str(folder / "site" / "bin" / "resgen"), *arguments]
        return subprocess.Popen(
            run, cwd=work, env=os.environ | {"PYTHONPATH": path}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how
        )

    command.folder, command.site = work, folder / "site"
    return command


def test_the_commands_work_outside_the_checkout(installed):
    import resgen

    assert installed("--version").communicate()[0].decode().strip() == f"resgen {resgen.__version__}"
    text, settings = installed("write", "Once upon a time", "--words", "5", "--seed", "1").communicate()
    assert text.decode().startswith("Once upon a time, ") and json.loads(settings)["seed"] == 1
    asked = ["draw", "red car", "--count", "1", "--steps", "1", "--size", "64", "--out", "car.png"]
    assert installed(*asked).wait() == 0 and (installed.folder / "car.png").stat().st_size > 1000
    assert installed("speak", "Hello.", "--out", "hello.wav").wait() == 0
    assert (installed.folder / "hello.wav").stat().st_size > 10_000


def test_the_page_is_served_outside_the_checkout(installed):
    server = installed("serve", bufsize=0)
    try:
        address = next(line.split()[-1].decode() for line in server.stdout if b"http" in line)
        with urllib.request.urlopen(address, timeout=60) as answer:
            assert b"resgen" in answer.read()
    finally:
        server.terminate()
        assert server.wait(30) in (0, 130)
        server.communicate()


def test_the_package_says_that_it_has_types_and_its_licence(installed):
    assert (installed.site / "resgen" / "py.typed").exists()
    (metadata,) = installed.site.glob("resgen-*.dist-info/METADATA")
    assert "License-Expression: MIT" in metadata.read_text()
    assert (installed.site / "resgen" / "assets" / "weights" / "stories.safetensors").exists()
