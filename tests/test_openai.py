"""Tests the promise that clients of OpenAI's speech API are served within the page's limits, and told what is wrong."""

import io
import json
import urllib.error
import urllib.request

import pytest
import soundfile

from resgen.ui.api.openai import FORMATS


def post(served: str, body: bytes) -> tuple[str, bytes]:
    """Media type and content of the answer."""
    headers = {"Content-Type": "application/json", "Authorization": "Bearer anything"}
    request = urllib.request.Request(f"{served}v1/audio/speech", body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.headers["Content-Type"], answer.read()


def say(served: str, **body) -> tuple[str, bytes]:
    return post(served, json.dumps({"model": "tts-1", "voice": "heart", "input": "Hello there.", **body}).encode())


@pytest.mark.parametrize("kind", sorted(FORMATS.keys() - {"pcm"}))
def test_every_format_holds_the_sound(served, kind):
    media, content = say(served, response_format=kind)
    assert media == FORMATS[kind][0]
    samples, rate = soundfile.read(io.BytesIO(content))
    assert rate == 24_000 and 0.4 < len(samples) / rate < 3 and abs(samples).max() > 0.1


def test_pcm_is_the_samples_alone(served):
    _, wav = say(served, response_format="wav", seed=1)
    _, pcm = say(served, response_format="pcm", seed=1)
    assert soundfile.read(io.BytesIO(wav), dtype="int16")[0].tobytes() == pcm


def test_mp3_is_the_default_and_settings_are_passed_on(served):
    assert say(served)[0] == "audio/mpeg"
    _, wav = say(served, response_format="wav", speed=1.5, pitch=2, seed=7)
    with soundfile.SoundFile(io.BytesIO(wav)) as file:
        settings = json.loads(file.comment)
    assert (settings["speed"], settings["pitch"], settings["seed"]) == (1.5, 2, 7)


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"{", 400, "not valid JSON"),
        (b"\xff\xfe", 400, "not valid JSON"),
        (b"[1]", 400, "must be a JSON object"),
        (b"{}", 400, "input must be the text to say"),
        (b'{"input": 5}', 400, "input must be the text to say"),
        (b'{"input": ""}', 400, "nothing to say"),
        (b'{"input": "Hi", "voice": "nobody"}', 400, "voice must be one of heart"),
        (b'{"input": "Hi", "voice": 3}', 400, "voice must be text"),
        (b'{"input": "Hi", "speed": 9}', 400, "speed must be a number from 0.5 to 2.0"),
        (b'{"input": "Hi", "response_format": "aac"}', 400, "must be one of mp3, opus, flac, wav, pcm"),
        (b'{"input": "Hi", "response_format": ["mp3"]}', 400, "must be one of mp3"),
        (json.dumps({"input": "a" * 20_001}).encode(), 400, "text has 20,001 characters"),
        (json.dumps({"input": "a" * 600_000}).encode(), 413, "more than 500,000 bytes"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_is_told_as_openai_tells_it_and_the_app_lives_on(served, body, status, says):
    with pytest.raises(urllib.error.HTTPError) as error:
        post(served, body)
    assert error.value.code == status
    told = json.loads(error.value.read())["error"]
    assert says in told["message"] and told["type"] == "invalid_request_error"
    assert len(say(served, response_format="wav")[1]) > 10_000
