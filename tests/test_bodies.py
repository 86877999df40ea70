"""Tests the promise that a body is data, and taken within limits of size, depth and time: it names no file."""

import asyncio
import json
import urllib.error
import urllib.parse
import urllib.request

import pytest
from asking import ask

from resgen.ui.api import bodies

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
