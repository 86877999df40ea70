"""Tests the promise that clients of OpenAI's images API get pictures as they ask for them."""

import base64
import io
import json

import numpy as np
import pytest
from asking import ask
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image

from resgen.turns import Turns
from resgen.ui.api import images

PATH = images.PATH


@pytest.fixture
def client(painter) -> TestClient:
    """A server of the tiny painter."""
    app = FastAPI()
    images.add_route(app, painter, Turns())
    return TestClient(app)


def generate(client: TestClient, **body) -> dict:
    answer = client.post(PATH, json={"prompt": "cat", "seed": 1, "steps": 2, "size": "64x64", **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def opened(content: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(content)))


def test_pictures_are_those_of_the_engine_with_their_settings_inside(client, painter):
    told = generate(client, n=3, style="noto")
    whole = painter.draw("cat", style="noto", count=3, steps=2, size=64, seed=1)
    assert (told["size"], told["output_format"], len(told["data"])) == ("64x64", "png", 3)
    for each, pixels in zip(told["data"], whole.pixels, strict=True):
        assert np.array_equal(np.asarray(opened(each["b64_json"])), pixels)
    assert json.loads(opened(told["data"][2]["b64_json"]).text["resgen"])["seed"] == 3


def test_one_of_256_pixels_is_the_default_and_its_seed_is_told(client):
    answer = client.post(PATH, json={"prompt": "cat", "steps": 1, "size": "auto"})
    assert opened(answer.json()["data"][0]["b64_json"]).size == (256, 256) and len(answer.json()["data"]) == 1
    again = generate(client, steps=1, size="256x256", seed=int(answer.headers["x-resgen-seed"]))
    assert again["data"] == answer.json()["data"]


def test_an_address_is_the_picture_itself(client):
    plain, address = generate(client), generate(client, response_format="url")
    assert address["data"][0]["url"] == "data:image/png;base64," + plain["data"][0]["b64_json"]


def test_what_is_understood_otherwise_is_told(client):
    answer = client.post(PATH, json={"prompt": "cat zzyzx", "steps": 1, "size": "64x64"})
    assert "zzyzx" in answer.headers["x-resgen-notice"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"prompt": None}, "prompt must be what to draw"),
        ({"prompt": {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}}, "prompt must be what to draw"),
        ({"n": 11}, "n must be a whole number from 1 to 10"),
        ({"n": True}, "n must be a whole number from 1 to 10"),
        ({"size": "1024x1024"}, "size must be 64x64 or 256x256"),
        ({"size": "32x32"}, "size must be one of 64, 256"),
        ({"size": "64x256"}, "size must be 64x64 or 256x256"),
        ({"size": ["64x64"]}, "size must be 64x64 or 256x256"),
        ({"response_format": "file"}, "response_format must be b64_json or url"),
        ({"response_format": {}}, "response_format must be b64_json or url"),
        ({"style": "vivid"}, "style must be one of"),
        ({"style": ["noto"]}, "style must be text or a number"),
        ({"picture": "/etc/passwd"}, "picture"),
        ({"picture": "http://127.0.0.1/x.png"}, "picture"),
        ({"picture": {"path": "/etc/passwd"}}, "picture must be text or a number"),
        ({"stream": True}, "stream is not supported here"),
        ({"output_format": "webp"}, "output_format is not supported here"),
    ],
    ids=str,
)
def test_what_is_wrong_is_refused_in_openais_form_and_no_file_is_opened(client, body, says):
    answer = client.post(PATH, json={"prompt": "cat", "steps": 1, **body})
    assert answer.status_code == 400, answer.text[:200]
    told = answer.json()["error"]
    assert says in told["message"] and told["type"] == "invalid_request_error" and "root:" not in answer.text


def test_another_model_is_refused_with_the_one_there_is(client):
    answer = client.post(PATH, json={"model": "dall-e-3", "prompt": "cat"})
    assert answer.status_code == 404 and answer.json()["error"]["code"] == "model_not_found"


def test_the_client_of_openai_is_served(served):
    openai = pytest.importorskip("openai")
    client = openai.OpenAI(base_url=f"{served}v1", api_key="none", max_retries=0)
    how = {"model": "emoji", "prompt": "red car", "size": "64x64", "response_format": "b64_json"}
    made = client.images.generate(**how, n=2, extra_body={"style": "noto", "seed": 1, "steps": 1})
    assert [opened(each.b64_json).size for each in made.data] == [(64, 64)] * 2
    with pytest.raises(openai.BadRequestError, match="size must be 64x64 or 256x256"):
        client.images.generate(**how | {"size": "512x512"})
    models = {model.id: model.routes for model in client.models.list()}
    assert models["emoji"] == [PATH] and models["stories"] == ["/v1/completions"] and models["tagger"] == []


def test_a_body_that_is_none_is_refused_in_openais_form(served):
    for body in (b"", b"[]", b'{"n": Infinity}', b'{"prompt": ' + b"[" * 50):
        status, content, _ = ask(served, PATH, body)
        assert status == 400 and json.loads(content)["error"]["type"] == "invalid_request_error"
