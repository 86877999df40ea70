"""The launched app as an API client sees it: endpoints keep their contracts, bad input leaves it alive."""

import base64
import io
import json
import urllib.error
import urllib.request

import pytest
import soundfile
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image


def opened(address: str) -> Image.Image:
    """The picture in a data: address."""
    kind, data = address.split(",", 1)
    assert kind == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(data)))


@pytest.fixture(scope="module")
def client(served):
    return Client(served, verbose=False, analytics_enabled=False)


def test_write_gives_text_and_settings_with_only_its_first_argument(client):
    text, settings = client.predict("Once upon a time", api_name="/write")
    assert text.startswith("Once upon a time") and len(text) > 40
    assert settings["seed"] >= 0 and settings["model"] == "stories"


def test_the_settings_of_a_result_make_it_again(client):
    text, settings = client.predict("", "car, rain", 30, api_name="/write")
    settings.pop("model")
    assert client.predict(**settings, api_name="/write") == (text, {"model": "stories", **settings})


def test_write_streams_and_can_be_cancelled(client):
    job = client.submit("", "car", 1500, api_name="/write")
    for _ in job:
        if len(job.outputs()) > 2:
            break
    job.cancel()
    # The model is free again: the next visitor is served.
    assert client.predict("Hello", "", 5, api_name="/write")[0].startswith("Hello")


def test_draw_gives_pictures_and_settings_with_only_its_first_argument(client):
    pictures, settings = client.predict("red car", api_name="/draw")
    assert len(pictures) == settings["count"] and settings["seed"] >= 0 and settings["model"] == "emoji"
    image = opened(pictures[0])
    assert image.size == (256, 256) and image.mode == "RGBA"


def test_the_settings_of_pictures_make_them_again(client):
    pictures, settings = client.predict("owl", "mix", 2, 2, size=64, api_name="/draw")
    settings.pop("model")
    assert client.predict(**settings, api_name="/draw")[0] == pictures


def test_draw_begins_from_a_picture_that_is_sent_as_data_and_makes_film_strips(client):
    given, _ = client.predict("red car", "noto", 1, 1, size=64, api_name="/draw")
    drawn, settings = client.predict(
        "owl", "noto", 2, 2, blend="cat", picture=given[0], strip=True, size=64, api_name="/draw"
    )
    settings.pop("model")
    assert client.predict(**settings, api_name="/draw")[0] == drawn
    with pytest.raises(AppError, match="picture must be a data: address"):
        client.predict("owl", picture="/etc/passwd", api_name="/draw")


def test_draw_shows_every_step_and_can_be_cancelled(client):
    job = client.submit("dog", "noto", 2, 100, size=64, api_name="/draw")
    for _ in job:
        if len(job.outputs()) > 2:
            break
    job.cancel()
    assert len(client.predict("cat", "noto", 1, 1, size=64, api_name="/draw")[0]) == 1


def heard(address: str) -> tuple[int, dict]:
    """Number of samples and settings of the WAV in a data: address."""
    kind, data = address.split(",", 1)
    assert kind == "data:audio/wav;base64"
    with soundfile.SoundFile(io.BytesIO(base64.b64decode(data))) as file:
        assert file.samplerate == 24_000
        return file.frames, json.loads(file.comment)


def test_speak_gives_sound_and_settings_with_only_its_first_argument(client):
    address, settings = client.predict("Hello there.", api_name="/speak")
    samples, inside = heard(address)
    assert samples > 12_000 and inside == settings
    assert settings["seed"] >= 0 and settings["model"] == "voices"


def test_the_settings_of_sound_make_it_again(client):
    address, settings = client.predict("Hello. It is me.", "heart", 1.5, 2, api_name="/speak")
    settings.pop("model")
    assert client.predict(**settings, api_name="/speak")[0] == address


def test_speak_sends_the_first_sentence_first_and_the_whole_last(client):
    job = client.submit("One. Two. Three. Four. Five.", api_name="/speak")
    job.result()
    lengths = [heard(address)[0] for address, _ in job.outputs()]
    assert lengths == sorted(lengths) and len(lengths) >= 3 and lengths[-1] > 3 * lengths[0]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"text": ""}, "nothing to say"),
        ({"text": "a" * 20_001}, "text has 20,001 characters; at most 20,000"),
        ({"text": "\u0436"}, "This voice reads English"),
        ({"text": "Hi", "speed": 3}, "speed must be a number from 0.5 to 2.0"),
        ({"text": "Hi", "voice": "nobody"}, "voice must be one of heart"),
    ],
)
def test_what_cannot_be_said_is_explained(client, arguments, says):
    with pytest.raises(AppError, match=says):
        client.predict(**arguments, api_name="/speak")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"count": 0}, "count must be a whole number from 1 to 64"),
        ({"count": 1000}, "count must be a whole number from 1 to 64"),
        ({"style": "oil"}, "style must be one of fluent 3d, fluent flat, noto, twemoji, mix"),
        ({"prompt": "word " * 200}, "prompt has 1,000 characters; at most 200"),
        ({"prompt": "\u0436"}, "Name a thing in English or Chinese"),
    ],
)
def test_what_cannot_be_drawn_is_explained(client, arguments, says):
    with pytest.raises(AppError, match=says):
        client.predict(**{"prompt": "", **arguments}, api_name="/draw")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"words": 0}, "words must be a whole number from 1 to 1500"),
        ({"temperature": 9}, "temperature must be a number from 0 to 2"),
        ({"prompt": "a" * 100_000}, "prompt has 100,000 characters"),
        ({"topic": "a,b,c,d,e,f,g,h,i"}, "at most 8"),
    ],
)
def test_what_cannot_be_written_is_explained(client, arguments, says):
    with pytest.raises(AppError, match=says):
        client.predict(**{"prompt": "", **arguments}, api_name="/write")


@pytest.mark.parametrize(
    ("room", "bad", "good"),
    [
        ("/write", {"prompt": "", "words": 0}, {"prompt": "Yes", "words": 2}),
        ("/draw", {"prompt": "\u0436"}, {"prompt": "cat", "count": 1, "steps": 1, "size": 64}),
        ("/speak", {"text": ""}, {"text": "Hi"}),
    ],
)
def test_the_app_lives_on_after_what_is_refused(client, room, bad, good):
    for _ in range(3):
        with pytest.raises(AppError):
            client.predict(**bad, api_name=room)
    assert client.predict(**good, api_name=room)[0]


@pytest.mark.parametrize("path", ["/etc/passwd", "app.py", "https://example.org", "http://127.0.0.1:22"])
def test_no_file_or_address_is_handed_out(served, path):
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"{served}gradio_api/file={path}", timeout=10)
    assert error.value.code in (403, 404)


def test_the_queue_cannot_be_passed_by(served):
    body = json.dumps({"data": ["x"]}).encode()
    request = urllib.request.Request(f"{served}gradio_api/run/write", body, {"Content-Type": "application/json"})
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(request, timeout=10)
    assert error.value.code == 404
