"""Tests the promises of every engine on a GPU: `python -m pytest -m gpu`. Skipped where there is no CUDA.

They are those that hold on a CPU: results are finite, the same seed gives the same, in any company, and a GPU without
memory makes a request slower, not an error.
"""

import json

import numpy as np
import pytest
import torch

import resgen
from resgen.checkpoint import available
from resgen.fallback import NOTICE
from resgen.listen.engine import Ears
from resgen.listen.letters import LETTERS
from resgen.listen.model import EarsNet
from resgen.listen.words import Language
from resgen.text.request import TextRequest

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA"),
]

STORY = TextRequest("Once upon a time", topic="car, rain", words=40, seed=1)
SOUND = np.random.default_rng(0).normal(0, 0.1, 5 * 16_000).astype(np.float32)
# engine -> what is asked of it
ASKED = {
    "text": {"prompt": "Once upon a time", "topic": "car, rain", "words": 40, "seed": 1},
    "emoji": {"prompt": "red car", "count": 4, "steps": 4, "size": 256, "seed": 1},
    "photo": {"prompt": "horse", "style": "photo", "count": 4, "steps": 8, "size": 128, "seed": 1},
    "speech": {"text": "The red car drove home. It was late!", "seed": 1},
    "tagger": {"text": "A red car waits in the rain for Tom."},
    "listen": {"beam": 4},
}
# engine -> the method that its work goes through
INSIDE = {"text": "_advance", "emoji": "paint", "photo": "paint", "speech": "say", "tagger": "probabilities"}
INSIDE |= {"listen": "heard"}


def loaded(name: str):
    """An engine on the GPU; the listener has random weights where none ship: its architecture is tested."""
    if name == "listen" and not available("listen"):
        torch.manual_seed(0)
        language = Language(json.dumps({"letters": LETTERS, "words": {}, "pairs": {}}))
        return Ears(EarsNet().eval().requires_grad_(False).cuda(), language, {"name": "random"})
    return resgen.load({"emoji": "image", "photo": "image"}.get(name, name), device="cuda")


@pytest.fixture(scope="module")
def engines() -> dict:
    return {name: loaded(name) for name in ASKED}


def last(name: str, engine):
    """The last result of what is asked, and all that was heard, seen or read in it as one array or text."""
    source = (SOUND,) if name == "listen" else ()
    for result in engine.run(engine.request(**ASKED[name]), *source):  # noqa: B007
        pass
    made = {"text": "texts", "emoji": "pixels", "photo": "pixels", "speech": "wave", "tagger": "spans"}
    return result, getattr(result, made.get(name, "words"))


@pytest.mark.parametrize("name", ASKED)
def test_an_engine_runs_there_and_the_same_seed_gives_the_same(engines, name):
    engine = engines[name]
    assert engine.device.type == "cuda" and next(engine.network.parameters()).is_cuda
    (result, first), (_, again) = last(name, engine), last(name, engine)
    assert not result.notices or NOTICE not in result.notices
    if isinstance(first, np.ndarray):
        assert np.isfinite(first).all() and first.std() > 0 and np.array_equal(first, again)
    else:
        assert first == again and (first or name == "listen")


def test_a_story_is_the_same_in_any_company(engines):
    writer = engines["text"]
    *_, alone = writer.run(STORY)
    company = [writer.run(TextRequest("The dog", topic="dog, lake", words=60, seed=seed)) for seed in range(20)]
    for run in company:
        next(run)
    *_, together = writer.run(STORY)
    for run in company:
        run.close()
    assert together.texts == alone.texts


@pytest.mark.parametrize("name", ["text", "speech", "tagger"])
def test_it_says_nearly_what_a_cpu_does(engines, name):
    """Sums are added up in another order: a story may take another turn, but not what its first words are weighed."""
    engine, other = engines[name], resgen.load(name, device="cpu")
    if name == "text":
        text = "Once upon a time there was a red car."
        chances = [[part.probability for part in each.weigh(text)] for each in (engine, other)]
        assert np.allclose(*chances, atol=2e-2)
    elif name == "speech":
        waves = [last(name, each)[1] for each in (engine, other)]
        assert abs(len(waves[0]) - len(waves[1])) < 0.05 * len(waves[1])
    else:
        assert [span.text for span in last(name, engine)[1]] == [span.text for span in last(name, other)[1]]


@pytest.mark.parametrize("name", ASKED)
def test_without_memory_it_goes_on_on_the_cpu(name, monkeypatch):
    engine = loaded(name)
    worker = engine.photographer if name == "photo" else engine
    work = getattr(worker, INSIDE[name])

    def full(*given, **more):
        if worker.device.type == "cuda":
            raise torch.OutOfMemoryError("CUDA out of memory")
        return work(*given, **more)

    monkeypatch.setattr(worker, INSIDE[name], full)
    result, made = last(name, engine)
    assert NOTICE in result.notices and worker.device.type == "cpu" and len(made) >= (name != "listen")
    assert not any(parameter.is_cuda for parameter in worker.network.parameters())
