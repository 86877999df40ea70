"""Tests the promise that clients of OpenAI's API get speech written down, and are told what is wrong."""

import io
import json
import urllib.error
import urllib.request

import numpy as np
import pytest
import soundfile
from conftest import randomise
from fastapi import FastAPI
from fastapi.testclient import TestClient

from resgen.checkpoint import available
from resgen.listen.engine import Ears
from resgen.listen.letters import LETTERS
from resgen.listen.model import EarsNet
from resgen.listen.words import Language
from resgen.turns import Turns
from resgen.ui import uploads
from resgen.ui.api.transcriptions import PATH, add_route

SMALL = {"early": 16, "late": 16, "early_dilations": (1,), "late_dilations": (1,)}


def sound(seconds: float = 2.0, level: float = 0.1) -> bytes:
    file = io.BytesIO()
    wave = np.random.default_rng(0).normal(0, level, round(16_000 * seconds))
    soundfile.write(file, wave, 16_000, format="WAV")
    return file.getvalue()


@pytest.fixture(scope="module")
def client():
    language = Language(json.dumps({"letters": LETTERS, "words": {}, "pairs": {}}))
    app = FastAPI()
    add_route(app, Ears(randomise(EarsNet(**SMALL)).eval(), language, {"name": "small"}), Turns())
    return TestClient(app)


def ask(client, content: bytes = b"", **fields: str):
    return client.post(PATH, files={"file": ("../../etc/passwd", content)}, data={"model": "whisper-1", **fields})


def test_every_format_tells_the_same(client):
    told = {kind: ask(client, sound(), response_format=kind) for kind in ("text", "srt", "vtt", "verbose_json")}
    assert all(response.status_code == 200 for response in told.values())
    text = ask(client, sound()).json()["text"]
    verbose = told["verbose_json"].json()
    assert text and told["text"].text == f"{text}\n" and verbose["text"] == text and verbose["duration"] == 2
    assert " ".join(word["word"] for word in verbose["words"]) == text
    assert " ".join(segment["text"] for segment in verbose["segments"]) == text
    assert "-->" in told["srt"].text and told["vtt"].text.startswith("WEBVTT")


def test_of_silence_nothing_is_made_up(client):
    response = ask(client, sound(level=0.0), response_format="verbose_json").json()
    assert response["text"] == "" and "Nothing was said" in response["notices"][0]


@pytest.mark.parametrize(
    ("content", "fields", "parameter", "says"),
    [
        (b"", {}, "file", "is empty"),
        (b"a letter, not a sound", {}, "file", "is not sound"),
        (sound(0.5), {"response_format": "doc"}, "response_format", "must be one of json"),
        (sound(0.5), {"language": "de"}, "language", "hears English"),
        (sound(0.5), {"beam": "many"}, "beam", "beam must be a whole number"),
    ],
)
def test_what_is_wrong_is_told(client, content, fields, parameter, says):
    response = ask(client, content, **fields)
    error = response.json()["error"]
    assert response.status_code == 400 and error["param"] == parameter and says in error["message"]


def test_days_of_silence_in_a_small_file_are_not_heard_to_their_end(client, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_SECONDS", 60)
    file = io.BytesIO()
    soundfile.write(file, np.zeros(16_000 * 300, np.int16), 16_000, format="FLAC")
    response = ask(client, file.getvalue())
    assert response.status_code == 400 and "may be 1 minutes long" in response.json()["error"]["message"]


def test_a_body_that_is_no_form_is_refused(client):
    for body, kind in ((b"{}", "application/json"), (b"xx", "multipart/form-data; boundary=y"), (b"", "text/plain")):
        response = client.post(PATH, content=body, headers={"Content-Type": kind})
        assert response.status_code == 400, body


@pytest.mark.skipif(bool(available("listen")), reason="weights ship")
def test_the_page_takes_a_long_sound_and_says_that_it_cannot_hear_yet(served):
    body = (
        b'--y\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n' + sound(30) + b"\r\n--y--\r\n"
    )
    request = urllib.request.Request(served + PATH[1:], body, {"Content-Type": "multipart/form-data; boundary=y"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=60)
    assert len(body) > 500_000 and refused.value.code == 503


def test_without_weights_the_server_says_so():
    app = FastAPI()
    add_route(app, None, Turns())
    response = ask(TestClient(app), sound(0.5))
    assert response.status_code == 503 and "no weights" in response.json()["error"]["message"]
