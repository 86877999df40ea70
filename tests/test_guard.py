"""Tests the promise that what a client sends is data: it reads no file, stops no queue, takes no more than a share."""

import asyncio
import dataclasses
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from email.message import Message
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from resgen.text.request import TextRequest
from resgen.turns import Turns, Visitor
from resgen.ui.api import bodies, gradio_queue, guard, health


def ask(served: str, path: str, body: bytes | None = None) -> tuple[int, bytes, Message]:
    """Status, content and headers of the answer, whatever it is."""
    request = urllib.request.Request(f"{served.rstrip('/')}{path}", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def event(served: str, name: str) -> int:
    """The number of a public event."""
    config = json.loads(ask(served, "/config")[1])
    return next(each["id"] for each in config["dependencies"] if each["api_name"] == name)


def writing(prompt: str, topic: str, words: int) -> list:
    """All values of /write."""
    given = {"prompt": prompt, "topic": topic, "words": words}
    return [given.get(field.name, field.default) for field in dataclasses.fields(TextRequest)]


def written(served: str, word: str, **given) -> bool:
    """Whether a request of somebody is served."""
    body = json.dumps({"data": writing(word, "", 1), **given}).encode()
    status, answer, _ = ask(served, "/gradio_api/call/write", body)
    assert status == 200
    _, stream, _ = ask(served, f"/gradio_api/call/write/{json.loads(answer)['event_id']}")
    return b"event: complete" in stream and word.encode() in stream


FILE = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}


@pytest.mark.parametrize("field", ["input", "voice", "speed", "pitch", "liveliness", "blend", "balance", "seed"])
@pytest.mark.parametrize("value", [FILE, [FILE], {"path": "app.py"}], ids=["file", "list", "path"])
def test_no_field_of_a_speech_request_names_a_file(served, field, value):
    status, content, _ = ask(served, "/v1/audio/speech", json.dumps({"input": "Hi", field: value}).encode())
    assert status == 400
    assert b"passwd" not in content and b"gradio" not in content and b"app.py" not in content


@pytest.mark.parametrize("field", ["voice", "response_format", "seed"])
def test_only_scalars_are_echoed_and_only_their_beginning(served, field):
    for value in ("v" * 9000, ["v"], {"v": 1}, 10**400):
        status, content, _ = ask(served, "/v1/audio/speech", json.dumps({"input": "Hi", field: value}).encode())
        assert status == 400 and len(content) < 500


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"input": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"a": ' * 50 + b"1" + b"}" * 50,
        b'{"input": "Hi", "speed": NaN}',
        b'{"input": "Hi", "speed": Infinity}',
        b'{"input": "Hi", "speed": 1e400}',
        b'{"input": "Hi", "seed": ' + b"9" * 5000 + b"}",
        rb'{"input": "\ud800"}',
        rb'{"\udfff": 1, "input": "Hi"}',
        rb'{"input": "Hi", "voice": "\ud800"}',
        b'{"input": "Hi", "speed": true}',
        b'{"input": "Hi", "speed": "fast"}',
        b"\x00",
        b"",
    ],
    ids=lambda body: body[:24],
)
def test_odd_json_is_refused_in_openais_form(served, body):
    status, content, _ = ask(served, "/v1/audio/speech", body)
    told = json.loads(content)["error"]
    assert status == 400 and told["message"] and told["type"] == "invalid_request_error"


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


def test_a_slow_sender_is_not_waited_for():
    async def receive():
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    with pytest.raises(bodies.BadBody) as error:
        asyncio.run(bodies.read(receive, 10_000, seconds=0.2))
    assert error.value.status == 408


def test_a_body_that_never_ends_is_read_no_further_than_four_times_its_limit():
    received = []

    async def receive():
        received.append(1)
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    with pytest.raises(bodies.BadBody) as error:
        asyncio.run(bodies.read(receive, 10_000))
    assert error.value.status == 413 and len(received) == 41


def a_queue(send_message):
    """What `tame` knows of Gradio's queue."""
    return SimpleNamespace(send_message=send_message, pending_event_ids_session={}, event_ids_to_events={})


def test_an_event_whose_messages_nobody_reads_ends():
    queue = a_queue(lambda event, message: queue.pending_messages_per_session[event.session_hash].put_nowait(message))
    gradio_queue.tame(queue)
    queue.pending_messages_per_session["a"], event = asyncio.Queue(), SimpleNamespace(session_hash="a", alive=True)
    for number in range(gradio_queue.MOST_UNREAD + 5):
        queue.send_message(event, number)
    assert not event.alive and queue.pending_messages_per_session["a"].qsize() == gradio_queue.MOST_UNREAD


def test_messages_of_old_sessions_are_forgotten_but_not_of_those_still_served():
    queue = a_queue(None)
    gradio_queue.tame(queue)
    queue.event_ids_to_events["e0"] = "still served"
    for number in range(2 * gradio_queue.MOST_SESSIONS):
        queue.pending_event_ids_session[str(number)] = {f"e{number}"}
        queue.pending_messages_per_session[str(number)] = asyncio.Queue()
    assert len(queue.pending_messages_per_session) == gradio_queue.MOST_SESSIONS
    assert queue.pending_messages_per_session.keys() == queue.pending_event_ids_session.keys()
    assert "0" in queue.pending_messages_per_session and "1" not in queue.pending_messages_per_session


def test_a_message_to_a_session_that_is_gone_ends_its_event_and_not_the_queue():
    sent, queue = [], a_queue(lambda *given: sent.append(given))
    gradio_queue.tame(queue)
    queue.pending_messages_per_session["here"] = asyncio.Queue()
    here, gone = SimpleNamespace(session_hash="here", alive=True), SimpleNamespace(session_hash="gone", alive=True)
    queue.send_message(here, "a")
    queue.send_message(gone, "b")
    assert sent == [(here, "a")] and here.alive and not gone.alive


def test_the_watchdog_ends_a_process_whose_queue_has_stopped(caplog):
    demo, left = SimpleNamespace(is_running=True, _queue=SimpleNamespace(stopped=False)), threading.Event()
    codes = []

    def leave(code):
        codes.append(code)
        left.set()

    gradio_queue.watch(demo, seconds=0.01, leave=leave)
    demo._queue.stopped = True
    assert left.wait(10) and codes == [gradio_queue.EXIT_CODE] and "queue has stopped" in caplog.text


def test_the_watchdog_leaves_a_page_that_was_closed_alone():
    demo = SimpleNamespace(is_running=False, _queue=SimpleNamespace(stopped=True))
    thread = gradio_queue.watch(demo, leave=pytest.fail)
    thread.join(10)
    assert not thread.is_alive()


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
    assert status == 200 and {"stories", "emoji", "voices"} == {each["id"] for each in json.loads(content)["data"]}


@pytest.mark.parametrize("name", ["X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For"])
def test_odd_forwarded_headers_are_dropped(served, name):
    for value in ("[::1", "evil.test/<script>", "\u00ff[", "a b;c"):
        request = urllib.request.Request(f"{served}config", headers={name: value})
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 200 and b"<script>" not in answer.read()


@pytest.mark.parametrize("session", ["session_hash=a&session_hash=%F0%9F", "session%5Fhash=%00x", "session_hash="])
def test_a_session_in_an_address_is_a_name_however_it_is_spelt(served, session):
    assert ask(served, f"/gradio_api/queue/data?{session}")[0] == 400


@pytest.mark.parametrize(
    "part",
    [
        b'Content-Disposition: form-data; name="files"; filename=""\r\n\r\nx',
        b'Content-Disposition: form-data; name="files"\r\n\r\nx',
        b"\r\nx",
        b"",
    ],
    ids=["no filename", "a field", "no header", "nothing"],
)
def test_an_odd_upload_makes_no_500(served, part):
    body = b"--x\r\n" + part + b"\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    request = urllib.request.Request(f"{served}gradio_api/upload", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            status = answer.status
    except urllib.error.HTTPError as error:
        status = error.code
    assert status in (200, 400, 422)


def test_pictures_that_nobody_fetches_do_not_fill_the_memory():
    queue = a_queue(lambda event, message: queue.pending_messages_per_session[event.session_hash].put_nowait(message))
    gradio_queue.tame(queue)
    queue.pending_messages_per_session["a"], event = asyncio.Queue(), SimpleNamespace(session_hash="a", alive=True)
    for _ in range(20):
        queue.send_message(event, SimpleNamespace(output={"data": [["x" * 10_000_000], {}]}))
    assert not event.alive and queue.pending_messages_per_session["a"].qsize() == 4
