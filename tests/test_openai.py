"""Tests the promise that clients of OpenAI's speech API are served within the page's limits, and told what is wrong."""

import io
import json
import urllib.error
import urllib.request

import pytest
import soundfile

from resgen.speech import files
from resgen.speech.files import FORMATS
from resgen.speech.voices import OTHER_NAMES, VOICES


def post(served: str, body: bytes) -> tuple[str, bytes]:
    """Media type and content of the answer."""
    headers = {"Content-Type": "application/json", "Authorization": "Bearer anything"}
    request = urllib.request.Request(f"{served}v1/audio/speech", body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.headers["Content-Type"], answer.read()


def answer_to(served: str, **body) -> tuple[dict, bytes]:
    """Headers and content of the answer."""
    asked = json.dumps({"input": "Hello there.", **body}).encode()
    request = urllib.request.Request(f"{served}v1/audio/speech", asked, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return dict(answer.headers), answer.read()


def say(served: str, **body) -> tuple[str, bytes]:
    return post(served, json.dumps({"model": "tts-1", "voice": "heart", "input": "Hello there.", **body}).encode())


@pytest.mark.parametrize("kind", sorted(FORMATS.keys() - {"pcm", "aac"}))
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
        (b'{"input": "Hi", "speed": 9}', 400, "speed must be a number from 0.25 to 4.0"),
        (b'{"input": "Hi", "response_format": "m4b"}', 400, "must be one of mp3, opus, flac, wav, pcm"),
        (b'{"input": "Hi", "stream_format": "sse"}', 400, "stream_format must be audio"),
        (b'{"input": "Hi", "voice": {"id": "nobody"}}', 400, "voice must be one of heart"),
        (b'{"input": "Hi", "voice": {"name": "heart"}}', 400, "voice must be text"),
        (b'{"input": "Hi", "speed": 0.2}', 400, "speed must be a number from 0.25 to 4.0"),
        (b'{"input": "Hi", "speed": "fast"}', 400, "speed must be a number from 0.25 to 4.0"),
        (b'{"input": " \\n "}', 400, "nothing to say"),
        (b'{"input": "Hi", "response_format": ["mp3"]}', 400, "must be one of mp3"),
        (json.dumps({"input": "a" * 20_001}).encode(), 400, "text has 20,001 characters"),
        (json.dumps({"input": "a" * 600_000}).encode(), 413, "more than 500,000 bytes"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_is_told_as_openai_tells_it(served, body, status, says):
    with pytest.raises(urllib.error.HTTPError) as error:
        post(served, body)
    assert error.value.code == status
    told = json.loads(error.value.read())["error"]
    assert says in told["message"] and told["type"] == "invalid_request_error"


def test_the_app_lives_on_after_what_is_wrong(served):
    for body in (b"\xff\xfe", b'{"input": ""}', json.dumps({"input": "a" * 600_000}).encode()):
        with pytest.raises(urllib.error.HTTPError):
            post(served, body)
    assert len(say(served, response_format="wav")[1]) > 10_000


def settings_in(wav: bytes) -> dict:
    with soundfile.SoundFile(io.BytesIO(wav)) as file:
        return json.loads(file.comment)


def test_voices_are_listed_with_all_their_names(served):
    with urllib.request.urlopen(f"{served}v1/audio/voices", timeout=60) as answer:
        listed = json.load(answer)
    assert listed["voices"] == list(VOICES) == [voice["id"] for voice in listed["data"]]
    assert {other for voice in listed["data"] for other in voice["also"]} == set(OTHER_NAMES)


@pytest.mark.parametrize(("asked", "voice"), [("alloy", "heart"), ("Onyx", "fenrir"), ("bf_emma", "emma")])
def test_a_voice_by_another_name_is_served_and_told(served, asked, voice):
    headers, wav = answer_to(served, voice=asked, response_format="wav")
    assert headers["x-resgen-voice"] == settings_in(wav)["voice"] == voice


def test_a_voice_may_be_an_object_or_nothing_and_one_of_ours_is_not_told(served):
    headers, wav = answer_to(served, voice={"id": "emma"}, response_format="wav")
    assert settings_in(wav)["voice"] == "emma" and "x-resgen-voice" not in headers
    assert settings_in(answer_to(served, voice=None, response_format="wav")[1])["voice"] == "heart"


@pytest.mark.parametrize(("asked", "used"), [(0.25, 0.5), (4, 2.0), (1.5, None), ("3", 2.0)])
def test_a_speed_of_openais_range_is_served_as_near_as_possible_and_told(served, asked, used):
    headers, wav = answer_to(served, speed=asked, response_format="wav")
    assert headers.get("x-resgen-speed") == (None if used is None else f"{used:g}")
    assert settings_in(wav)["speed"] == (used or asked)


@pytest.mark.parametrize("kind", [None, "MP3", " mp3 "])
def test_a_format_is_taken_however_it_is_written(served, kind):
    headers, content = answer_to(served, response_format=kind)
    assert headers["content-type"] == "audio/mpeg" and len(content) > 1000


def test_what_is_left_out_of_a_text_is_told(served):
    headers, _ = answer_to(served, input="Hello \U0001f600 there.")
    assert "1f600" in headers["x-resgen-notice"]


@pytest.mark.skipif("aac" not in files.available(), reason="ffmpeg is not installed")
def test_aac_is_made_by_ffmpeg(served):
    headers, content = answer_to(served, response_format="aac")
    assert (
        headers["content-type"] == "audio/aac" and content[0] == 0xFF and content[1] >> 4 == 0xF and len(content) > 1000
    )


def test_without_ffmpeg_aac_is_refused_with_what_works(served, monkeypatch):
    monkeypatch.setattr(files.shutil, "which", lambda name: None)
    with pytest.raises(urllib.error.HTTPError) as error:
        answer_to(served, response_format="aac")
    told = json.loads(error.value.read())["error"]["message"]
    assert error.value.code == 400 and "mp3, opus, flac, wav, pcm." in told and "needs ffmpeg" in told


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "v1/audio/speech"), ("POST", "v1/audio/voices"), ("GET", "v1/audio"), ("POST", "v1/chat/completions")],
)
def test_only_the_routes_that_are_listed_exist(served, method, path):
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(urllib.request.Request(f"{served}{path}", method=method), timeout=60)
    assert error.value.code == 404 and "error" in json.loads(error.value.read())


def test_the_client_of_openai_is_served(served, tmp_path):
    openai = pytest.importorskip("openai")
    client = openai.OpenAI(base_url=f"{served}v1", api_key="none", max_retries=0)
    assert {model.id for model in client.models.list()} == {"stories", "emoji", "voices", "tagger"}
    ask = {"model": "tts-1", "voice": "alloy", "input": "Hello there."}
    with client.audio.speech.with_streaming_response.create(**ask, speed=4, instructions="Cheerfully.") as answer:
        assert answer.headers["x-resgen-voice"] == "heart" and answer.headers["x-resgen-speed"] == "2"
        answer.stream_to_file(tmp_path / "hello.mp3")
    assert 0.2 < soundfile.info(tmp_path / "hello.mp3").duration < 3
    assert len(client.audio.speech.create(**ask, response_format="pcm").content) > 10_000
    with pytest.raises(openai.BadRequestError, match="voice must be one of heart"):
        client.audio.speech.create(model="tts-1", voice="nobody", input="Hello there.")
