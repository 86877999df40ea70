"""Tests the promise that only what the page needs is open, and that only names and events that are known get in."""

import json
import urllib.error
import urllib.parse
import urllib.request
from types import SimpleNamespace

import pytest
from asking import ask, event, writing, written

from resgen.turns import Turns, Visitor
from resgen.ui.api import guard


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=app.py",
        "/gradio_api/file=../../etc/passwd",
        "/gradio_api/file=https://example.com/",
        "/gradio_api/file=HTTPS:%2F%2Fexample.com/",
        "/gradio_api/file=%20ftp://example.com/",
        "/gradio_api/call/v2/write/abc",
        "/gradio_api/file=http://127.0.0.1:22",
        "/gradio_api/proxy=http://127.0.0.1:22",
        "/gradio_api/deep_link?session_hash=a",
        "/gradio_api/dev/reload",
        "/gradio_api/runs",
        "/gradio_api/run-history/records",
        "/gradio_api/vibe-code",
        "/gradio_api/stream/a/0/1/playlist.m3u8",
        "/gradio_api/custom_component/a/client/component/x.js",
        "/monitoring",
        "/monitoring/summary",
        "/docs",
        "/openapi.json",
        "/static/../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/etc/passwd",
    ],
)
def test_routes_that_the_page_does_not_need_are_closed(served, path):
    status, content, _ = ask(served, path)
    assert status in (403, 404) and b"root:" not in content


@pytest.mark.parametrize("path", ["run/write", "api/write", "call/v2/write", "process_recording", "component_server"])
def test_nothing_is_run_outside_the_queue(served, path):
    assert ask(served, f"/gradio_api/{path}", b'{"data": []}')[0] == 404


@pytest.mark.parametrize("session", ["", "a b", "../x", "x" * 65, 5, [], {}, True, None, "ü"], ids=repr)
def test_a_session_that_is_no_name_never_reaches_the_queue(served, session):
    number = event(served, "write")
    body = {"data": writing("", "car", 3), "fn_index": number, "session_hash": session}
    for _ in range(3):  # one that runs and two that wait would end Gradio's queue
        assert ask(served, "/gradio_api/queue/join", json.dumps(body).encode())[0] == 400
    if isinstance(session, str):
        query = urllib.parse.urlencode({"session_hash": session})
        assert ask(served, f"/gradio_api/queue/data?{query}")[0] == 400
    assert written(served, "Hello", session_hash="alive")


@pytest.mark.parametrize(
    "body",
    [
        {"data": [], "fn_index": 10**9, "session_hash": "a"},
        {"data": [], "fn_index": "write", "session_hash": "a"},
        {"data": [], "fn_index": True, "session_hash": "a"},
        {"data": {}, "fn_index": 0, "session_hash": "a"},
        {"fn_index": 0, "session_hash": "a"},
        {"data": [], "session_hash": "a"},
        {"data": [1, 2, 3], "fn_index": 0, "session_hash": "a"},
        {"data": [], "fn_index": 0},
        {"data": [], "fn_index": 0, "session_hash": "a", "trigger_id": {}},
    ],
    ids=str,
)
def test_a_request_for_no_event_is_refused(served, body):
    assert ask(served, "/gradio_api/queue/join", json.dumps(body).encode())[0] == 400


def test_an_event_of_a_model_cannot_pass_by_the_queue(served):
    body = {"data": writing("", "car", 3), "fn_index": event(served, "write"), "session_hash": "a"}
    assert ask(served, "/gradio_api/run/predict", json.dumps(body).encode())[0] == 404
    assert ask(served, "/gradio_api/run/write", json.dumps(body).encode())[0] == 404


def test_private_events_have_no_name_to_call(served):
    assert ask(served, "/gradio_api/call/generate", b'{"data": []}')[0] == 404


def test_who_asks_without_a_session_is_a_visitor_of_his_own():
    demo = SimpleNamespace(
        fns={3: SimpleNamespace(api_name="write", api_visibility="public", concurrency_id="model", inputs=[])}
    )
    turns, admitted = Turns(), []
    turns.admit = admitted.append
    door = guard.Guard(None, demo, turns)
    join = guard._JOIN.fullmatch("/gradio_api/call/write")
    for _ in range(2):
        door._join({"client": ("1.2.3.4", 5)}, join, {"data": []})
    assert admitted[0] != admitted[1] and {type(each) for each in admitted} == {Visitor}


@pytest.mark.parametrize("name", ["X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For"])
def test_odd_forwarded_headers_are_dropped(served, name):
    for value in ("[::1", "evil.test/<script>", "\u00ff[", "a b;c"):
        request = urllib.request.Request(f"{served}config", headers={name: value})
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 200 and b"<script>" not in answer.read()


@pytest.mark.parametrize("session", ["session_hash=a&session_hash=%F0%9F", "session%5Fhash=%00x", "session_hash="])
def test_a_session_in_an_address_is_a_name_however_it_is_spelt(served, session):
    assert ask(served, f"/gradio_api/queue/data?{session}")[0] == 400
