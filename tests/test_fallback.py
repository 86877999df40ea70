"""Tests the promise that a GPU without memory makes a request slower, not an error. The GPU is a stub."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from conftest import shipped

from resgen.fallback import NOTICE, falls_back


class Engine:
    """One whose GPU is full after so many results."""

    card = {"name": "stub"}

    def __init__(self, room: int, device: str = "cuda"):
        self.room, self.device, self.moves = room, torch.device(device), 0

    def to_cpu(self):
        self.device, self.moves = torch.device("cpu"), self.moves + 1

    @falls_back(lambda result, notice: (*result, notice))
    def run(self, request):
        device = self.device.type
        for number in range(3):
            if device == "cuda" and number == self.room:
                raise torch.OutOfMemoryError("CUDA out of memory")
            if request == "broken":
                raise torch.OutOfMemoryError("out of memory")
            yield device, number


@pytest.mark.parametrize("room", [0, 2])
def test_it_begins_again_on_the_cpu_and_says_so(room, caplog):
    engine = Engine(room)
    results = list(engine.run("story"))
    assert results == [("cuda", n) for n in range(room)] + [("cpu", n, NOTICE) for n in range(3)]
    assert "goes on on the CPU" in caplog.text
    assert list(engine.run("story")) == [("cpu", n) for n in range(3)]


def test_requests_that_fail_together_move_it_once():
    engine = Engine(1)
    runs = [engine.run("story") for _ in range(3)]
    for run in runs:
        next(run)
    assert all(list(run)[-1] == ("cpu", 2, NOTICE) for run in runs) and engine.moves == 1


def test_memory_that_is_missing_on_the_cpu_is_an_error():
    with pytest.raises(torch.OutOfMemoryError):
        list(Engine(1, "cpu").run("broken"))


@pytest.mark.parametrize("kind", ["text", "image", "speech", "tagger"])
def test_every_engine_does_so(kind, monkeypatch):
    engine = shipped(kind)
    given = {"text": {"words": 3}, "image": {"steps": 1, "count": 1, "size": 64}}.get(kind, {})
    request = engine.request("car", **given | ({} if kind == "tagger" else {"seed": 1}))
    *_, expected = engine.run(request)
    inside = {"text": "_advance", "image": "paint", "speech": "mixed", "tagger": "probabilities"}[kind]
    work = getattr(engine, inside)

    def full(*arguments, **more):
        if engine.device.type != "cpu":
            raise torch.OutOfMemoryError("CUDA out of memory")
        return work(*arguments, **more)

    monkeypatch.setattr(engine, inside, full)
    monkeypatch.setattr(engine, "device", SimpleNamespace(type="cuda"))
    *_, result = engine.run(request)
    assert NOTICE in result.notices and engine.device == torch.device("cpu")
    progress = replace(expected.progress, seconds=result.progress.seconds)
    assert result.settings == expected.settings and result.progress == progress
