"""Tests the promise that nobody takes more than a share, and that a supervisor sees whether the app serves."""

import json
import time
from types import SimpleNamespace

from asking import ask, event, writing, written
from fastapi import FastAPI
from fastapi.testclient import TestClient

from resgen.turns import Turns
from resgen.ui.api import health


def test_a_visitor_past_his_share_is_refused_with_a_time_to_come_again(served):
    number, answers = event(served, "write"), []
    body = json.dumps({"data": writing("", "car", 1500), "fn_index": number, "session_hash": "greedy"}).encode()
    try:
        for _ in range(12):
            answers.append(ask(served, "/gradio_api/queue/join", body))
            time.sleep(0.05)
        refused = [(json.loads(content)["detail"], headers) for status, content, headers in answers if status == 429]
        assert 200 in {status for status, _, _ in answers} and refused
        assert "You have 6 requests here" in refused[0][0] and int(refused[0][1]["Retry-After"]) > 0
        assert written(served, "Hello")  # somebody else is served meanwhile
    finally:
        for status, content, _ in answers:
            if status == 200:
                gone = {"session_hash": "greedy", "fn_index": number, "event_id": json.loads(content)["event_id"]}
                ask(served, "/gradio_api/cancel", json.dumps(gone).encode())


def test_a_full_server_says_so_in_openais_form(served):
    import app

    turns = app.page.turns
    whole, turns.most_of_all = turns.most_of_all, 0
    try:
        status, content, headers = ask(served, "/v1/audio/speech", b'{"input": "Hi"}')
    finally:
        turns.most_of_all = whole
    assert status == 503 and int(headers["Retry-After"]) > 0
    assert json.loads(content)["error"]["type"] == "server_error"


def test_a_supervisor_is_told_whether_the_page_serves(served):
    status, content, _ = ask(served, "/healthz")
    assert status == 200 and json.loads(content)["status"] == "ok"


def test_a_supervisor_is_told_that_the_queue_has_stopped():
    app, demo = FastAPI(), SimpleNamespace(_queue=SimpleNamespace(stopped=True))
    health.add_routes(app, demo, {}, Turns())
    answer = TestClient(app).get("/healthz")
    assert answer.status_code == 503 and answer.json()["status"] == "stopped"


def test_models_are_listed_as_openai_lists_them(served):
    status, content, _ = ask(served, "/v1/models")
    assert status == 200 and {"stories", "emoji", "voices", "tagger"} == {
        each["id"] for each in json.loads(content)["data"]
    }
