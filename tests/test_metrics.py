"""Tests the promise that a supervisor who asks for figures gets them, that nobody else does, and that none is of a
client."""

import re
from collections import Counter
from types import SimpleNamespace

from asking import ask
from fastapi import FastAPI
from fastapi.testclient import TestClient

from resgen.turns import Turns
from resgen.ui.api import metrics
from resgen.ui.api.guard import Guard

SECRET = "a-secret-of-a-client"


def served_with(answers: Counter | None) -> TestClient:
    app, demo = FastAPI(), SimpleNamespace(_queue=SimpleNamespace(stopped=False), fns={})
    if answers is not None:
        metrics.add_route(app, demo, SimpleNamespace(stories=SimpleNamespace(drawn=7)), Turns(), answers)
    return TestClient(Guard(app, demo, Turns(), answers=answers))


def test_figures_are_in_prometheus_format_and_hold_nothing_of_a_client():
    client = served_with(Counter())
    for path in (f"/{SECRET}", f"/gradio_api/file={SECRET}", f"/?{SECRET}"):
        client.get(path, headers={"User-Agent": SECRET, "X-Forwarded-For": SECRET})
    client.post("/v1/audio/speech", content=b"{" + SECRET.encode())
    answer = client.get("/metrics")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert all(re.fullmatch(r'# (HELP|TYPE) \w+ .+|\w+(\{code="\d{3}"\})? [\d.e+]+', line) for line in lines)
    assert answer.text.endswith("\n") and SECRET not in answer.text
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert int(values['resgen_answers_total{code="404"}']) >= 2 and values["resgen_text_tokens_total"] == "7"
    assert int(values["process_resident_memory_bytes"]) > 10_000_000 and values["resgen_running"] == "0"


def test_without_being_asked_for_there_are_none(served, monkeypatch):
    assert ask(served, "/metrics")[0] == 404 and served_with(None).get("/metrics").status_code == 404
    monkeypatch.setenv("RESGEN_METRICS", "0")
    assert not metrics.asked_for()
    monkeypatch.setenv("RESGEN_METRICS", "1")
    assert metrics.asked_for()
