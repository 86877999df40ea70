"""Tests the promise that the server ends well, and says in a sentence why it cannot begin."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from asking import writing

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
PATIENCE = 120  # seconds that a loaded machine may need


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def started(port: int, **environment: str) -> subprocess.Popen:
    environment = os.environ | {"GRADIO_SERVER_PORT": str(port)} | environment
    return subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def call(port: int, path: str, body: dict | None = None) -> bytes:
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
        return answer.read() if body is not None or path == "/config" else answer.readline()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)], ids=["SIGTERM", "Ctrl+C"])
def test_a_server_ends_while_it_generates(number, code):
    port = free_port()
    server = started(port)
    try:
        for _ in range(PATIENCE):
            try:
                config = json.loads(call(port, "/config"))
                break
            except OSError:
                assert server.poll() is None, server.stderr.read()
                time.sleep(1)
        event = next(each for each in config["dependencies"] if each["api_name"] == "write")
        values = json.loads(call(port, "/gradio_api/call/write", {"data": writing("", "car", 1500)}))
        stream = urllib.request.urlopen(f"http://127.0.0.1:{port}/gradio_api/call/write/{values['event_id']}")
        assert event and stream.readline()  # it writes
        server.send_signal(number)
        assert server.wait(PATIENCE) == code
        assert "Traceback" not in server.stderr.read() and "terminate" not in server.stderr.read()
    finally:
        server.kill()
        server.communicate()


def test_a_taken_port_is_told_in_a_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = started(taken.getsockname()[1])
        _, errors = server.communicate(timeout=PATIENCE)
    assert server.returncode == 1 and "Traceback" not in errors
    assert "resgen: " in errors and "GRADIO_SERVER_PORT" in errors


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    server = started(free_port(), GRADIO_TEMP_DIR=str(tmp_path / "file"))
    _, errors = server.communicate(timeout=PATIENCE)
    assert server.returncode == 1 and "Traceback" not in errors
    assert "resgen: Results cannot be written" in errors and "GRADIO_TEMP_DIR" in errors
