"""Shared by all tests: a tiny tokenizer, a tiny text network with random weights, and a writer made of both."""

import functools
import io
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import pytest
import torch

import resgen
from resgen.__main__ import main
from resgen.text.engine import Writer
from resgen.text.model import TextNet
from resgen.text.tokenizer import Tokenizer

# Networks this small gain nothing from threads, which on a busy machine mostly wait for each other.
torch.set_num_threads(1)

# No test needs a network, so none has one, nor have the processes that it starts (`tests/offline/sitecustomize.py`).
OFFLINE = Path(__file__).parent / "offline"
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(OFFLINE), os.environ.get("PYTHONPATH")]))
os.environ["HF_HUB_OFFLINE"] = "1"
sys.path.insert(0, str(OFFLINE))
import sitecustomize  # noqa: E402, F401

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60_000  # milliseconds that a page may take to show what it is to show
BLANK = 0.08  # what is added to the embeddings of blanks
ARCHITECTURE = {"channels": 16, "dilations": (1, 3), "hidden": 24, "heads": 2}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that drive a page in a browser are marked so: `-m "not slow and not browser"` is for every day."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


def make_sentences(count: int, seed: int = 0) -> list[str]:
    """Short documents of one sentence each; the same seed gives the same ones."""
    draw = random.Random(seed)
    names, verbs = ["Mia", "Tom", "Zoë", "Łukasz", "小明"], ["saw", "found", "loved", "wanted"]
    things = ["cat", "car", "cake", "boat", "moon", "tree", "frog", "ball", "hat", "bird", "crème brûlée", "🐸"]
    places = ["garden", "forest", "kitchen", "river", "café"]
    return [
        f"{draw.choice(names)} {draw.choice(verbs)} a {draw.choice(things)} in the {draw.choice(places)}."
        for _ in range(count)
    ]


def randomise(network: torch.nn.Module, seed: int = 0) -> torch.nn.Module:
    """Give every parameter random values, those that start at zero too."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.copy_(noise * 0.2 + (1.0 if parameter.ndim == 1 else 0.0))
    return network


@pytest.fixture(scope="session")
def sentences() -> list[str]:
    return make_sentences(30)


@pytest.fixture(scope="session")
def tokenizer(sentences) -> Tokenizer:
    return Tokenizer.train(sentences, vocabulary=300)


@pytest.fixture
def architecture(tokenizer) -> dict:
    return {"vocabulary": len(tokenizer), **ARCHITECTURE}


def make_network(tokenizer: Tokenizer) -> TextNet:
    """A small text network with random weights, to which blanks are likely: its words are a few tokens long."""
    network = randomise(TextNet(len(tokenizer), **ARCHITECTURE)).eval().requires_grad_(False)
    blanks = [number for number, piece in enumerate(tokenizer.pieces()) if piece.startswith(b" ")]
    network.embed.weight[blanks] += BLANK
    return network


@pytest.fixture
def network(tokenizer) -> TextNet:
    return make_network(tokenizer)


@pytest.fixture(scope="session")
def writer(tokenizer) -> Writer:
    """One for all tests, as it is one for all requests."""
    return Writer(make_network(tokenizer), tokenizer, {"name": "tiny"})


_loaded = functools.cache(resgen.load)


def shipped(kind: str, model: str | None = None, device: str | None = None):
    """As `resgen.load`, but once in a session: engines keep no state."""
    return _loaded(kind, model, device)


@pytest.fixture
def command(monkeypatch, capfd) -> Callable[..., subprocess.CompletedProcess]:
    """What the command line does, in this process, which need not import PyTorch and read weights for every command."""
    monkeypatch.setattr(resgen, "load", shipped)

    def run(*arguments: str, stdin: str | TextIO = "") -> subprocess.CompletedProcess:
        monkeypatch.setattr(sys, "argv", ["resgen", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin) if isinstance(stdin, str) else stdin)
        status = main()
        return subprocess.CompletedProcess(arguments, status, *capfd.readouterr())

    return run


@pytest.fixture(scope="session")
def speaker():
    """A small one with random weights, to which a phoneme is about 100 ms long."""
    from test_speech_model import SMALL, SMALL_VOCODER
    from test_speech_phonemes import ALPHABET

    from resgen.speech.acoustic import AcousticNet
    from resgen.speech.engine import Speaker
    from resgen.speech.vocoder import VocoderNet

    torch.manual_seed(0)
    network = randomise(AcousticNet(**SMALL, voices=3))
    with torch.no_grad():
        network.duration.project.weight.mul_(0.05)
        network.duration.project.bias.fill_(1.4)
    vocoder, card = VocoderNet(**SMALL_VOCODER), {"name": "tiny", "voices": ["heart", "michael", "emma"]}
    return Speaker(network.eval().requires_grad_(False), ALPHABET, card, vocoder.requires_grad_(False))


@pytest.fixture(scope="session")
def painter():
    """A small one with random weights; one for all tests, as it is one for all requests."""
    from pictures import make_painter

    return make_painter()


@pytest.fixture
def unhurried(monkeypatch):
    """What the page runs rests after each result: long enough for a Stop to come before the end on any machine."""
    from resgen.ui import controls

    run = controls.results

    def slowly(*arguments, **given):
        for result in run(*arguments, **given):
            yield result
            time.sleep(0.3)

    monkeypatch.setattr(controls, "results", slowly)


@pytest.fixture(scope="session")
def served():
    """The address of the app, launched once, on the shipped weights."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resgen, "load", shipped)
        import app

    yield app.serve(block=False)
    app.demo.close()


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium; without it the test is skipped, but where RESGEN_REQUIRE_BROWSER is set fails."""
    from playwright.sync_api import expect, sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None and not os.environ.get("RESGEN_REQUIRE_BROWSER"):
        pytest.skip("chromium is not installed")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium or "/usr/bin/chromium", args=CHROMIUM_FLAGS)


@pytest.fixture(scope="module")
def visit(browser, served):
    """One page for all tests of a file, which loads for seconds; in the end it must have logged no error and asked no
    other host."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    errors, requests = [], []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(served)
    yield page
    assert errors == []
    assert [url for url in requests if not url.startswith((served, "data:", "blob:"))] == []
    page.close()


@pytest.fixture
def page(visit):
    """The page, its first tab open, with what the tests before left: a test says itself what it needs."""
    visit.get_by_role("tab", name="Write").click()
    return visit
