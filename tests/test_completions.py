"""Tests the promise that clients of OpenAI's completions API get texts as they ask for them, whole or in events."""

import asyncio
import json
import threading
from types import SimpleNamespace

import pytest
from asking import ask
from fastapi import FastAPI
from fastapi.testclient import TestClient

from resgen.text.request import TextRequest
from resgen.turns import Turns
from resgen.ui.api import completions

PATH = completions.PATH


@pytest.fixture
def client(writer) -> TestClient:
    """A server of the tiny writer."""
    app = FastAPI()
    completions.add_route(app, writer, Turns())
    return TestClient(app)


def complete(client: TestClient, **body) -> dict:
    answer = client.post(PATH, json={"prompt": "Mia saw", "seed": 1, "max_tokens": 12, **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def streamed(client: TestClient, **body) -> tuple[list[dict], str]:
    """Events, and what ends them."""
    answer = client.post(PATH, json={"prompt": "Mia saw", "seed": 1, "max_tokens": 12, "stream": True, **body})
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream")
    lines = [line.removeprefix("data: ") for line in answer.text.split("\n\n") if line]
    return [json.loads(line) for line in lines[:-1]], lines[-1]


def test_a_text_goes_on_for_so_many_tokens_and_more_go_on_from_there(client, writer):
    short, long = complete(client, max_tokens=5), complete(client, max_tokens=12)
    assert short["usage"]["completion_tokens"] == 5 and long["usage"]["completion_tokens"] <= 12
    assert short["choices"][0]["finish_reason"] == "length"
    assert (
        long["choices"][0]["text"].startswith(short["choices"][0]["text"].rstrip("\ufffd"))
        and short["choices"][0]["text"]
    )
    *_, whole = writer.run(TextRequest("Mia saw", seed=1), 12)
    assert whole.text == "Mia saw" + long["choices"][0]["text"]


def test_sixteen_tokens_is_the_default_as_openais(client):
    assert client.post(PATH, json={"prompt": "Mia", "seed": 1}).json()["usage"]["completion_tokens"] <= 16


@pytest.mark.parametrize(
    "more", [{}, {"n": 3}, {"echo": True}, {"stop": "e"}, {"stop": ["no such", "a"], "n": 2}], ids=str
)
def test_a_stream_makes_the_same_texts(client, more):
    whole, (events, end) = complete(client, **more), streamed(client, **more)
    texts = [""] * len(whole["choices"])
    reasons = [None] * len(texts)
    for event in events:
        for choice in event["choices"]:
            assert reasons[choice["index"]] is None  # nothing comes after the end
            texts[choice["index"]] += choice["text"]
            reasons[choice["index"]] = choice["finish_reason"]
    assert texts == [choice["text"] for choice in whole["choices"]]
    assert reasons == [choice["finish_reason"] for choice in whole["choices"]] and None not in reasons
    assert end == "[DONE]"


def test_a_stop_and_what_follows_is_left_out(client):
    text = complete(client)["choices"][0]["text"]
    stop = text[4:7]
    choice = complete(client, stop=stop)["choices"][0]
    assert choice["text"] == text[: text.index(stop)] and choice["finish_reason"] == "stop"


def test_echo_begins_with_the_prompt_and_a_stop_in_it_stops_nothing(client):
    plain, echo = complete(client), complete(client, echo=True, stop="Mia")
    assert echo["choices"][0]["text"].startswith("Mia saw")
    assert echo["choices"][0]["text"] == "Mia saw" + plain["choices"][0]["text"]


def test_several_texts_have_the_seeds_that_follow(client):
    both = complete(client, n=2)["choices"]
    assert [choice["text"] for choice in both] == [complete(client, seed=seed)["choices"][0]["text"] for seed in (1, 2)]


def test_usage_ends_a_stream_that_asks_for_it(client):
    events, _ = streamed(client, stream_options={"include_usage": True})
    assert events[-1]["choices"] == [] and events[-1]["usage"] == complete(client)["usage"]
    assert all(event["usage"] is None for event in events[:-1])


def test_the_seed_that_was_drawn_is_told(client):
    answer = client.post(PATH, json={"prompt": "Mia saw"})
    again = client.post(PATH, json={"prompt": "Mia saw", "seed": int(answer.headers["x-resgen-seed"])})
    assert again.json()["choices"] == answer.json()["choices"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"prompt": ["one", "two"]}, "prompt must be one text"),
        ({"prompt": [[1, 2]]}, "prompt must be one text"),
        ({"prompt": {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}}, "prompt must be one text"),
        ({"max_tokens": 0}, "max_tokens must be a whole number from 1"),
        ({"max_tokens": True}, "max_tokens must be a whole number from 1"),
        ({"n": 9}, "n must be a whole number from 1 to 8"),
        ({"n": [1]}, "it is a list"),
        ({"stop": ["a"] * 5}, "stop must be at most 4 texts"),
        ({"stop": ""}, "stop must be at most 4 texts"),
        ({"stop": {"path": "/etc/passwd"}}, "stop must be at most 4 texts"),
        ({"temperature": {"a": 1}}, "temperature must be text or a number"),
        ({"temperature": 3}, "temperature must be a number from 0 to 2"),
        ({"topic": ["/etc/passwd"]}, "topic must be text or a number"),
        ({"coherence": [1]}, "coherence must be true or false"),
        ({"stream": "yes"}, "stream must be true or false"),
        ({"stream": True, "temperature": 3}, "temperature must be a number from 0 to 2"),
        ({"stream_options": [1], "stream": True}, "include_usage must be true or false"),
        ({"suffix": "the end"}, "suffix is not supported here"),
        ({"logprobs": 3}, "logprobs is not supported here"),
        ({"presence_penalty": 1}, "presence_penalty is not supported here: use repetition_penalty"),
    ],
    ids=str,
)
def test_what_is_wrong_is_refused_in_openais_form(client, body, says):
    answer = client.post(PATH, json=body)
    assert answer.status_code == 400
    told = answer.json()["error"]
    assert says in told["message"] and told["type"] == "invalid_request_error"
    assert "/etc" not in answer.text


def test_another_model_is_refused_with_the_one_there_is(client):
    answer = client.post(PATH, json={"model": "gpt-3.5-turbo-instruct", "prompt": "Mia"})
    assert answer.status_code == 404 and answer.json()["error"]["code"] == "model_not_found"
    assert "model must be tiny" in answer.json()["error"]["message"]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_work_ends_with_the_step_in_which_the_client_goes(writer, stream):
    """The route itself, for a client that asks and leaves at once."""
    app, steps, ended = FastAPI(), [], threading.Event()

    def run(request, most):
        try:
            for result in writer.run(request, most):
                steps.append(result)
                yield result
        finally:
            ended.set()

    stub = SimpleNamespace(run=run, card=writer.card, tokenizer=writer.tokenizer)
    completions.add_route(app, stub, Turns())
    body = json.dumps({"prompt": "Mia", "max_tokens": 1000, "stop": "no such word", "stream": stream}).encode()
    sent = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict:
        return sent.pop() if sent else {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        pass

    scope = {"type": "http", "method": "POST", "path": PATH, "query_string": b"", "headers": [], "client": ("a", 1)}
    asyncio.run(asyncio.wait_for(app(scope, receive, send), 60))
    assert ended.wait(60) and 1 <= len(steps) <= 3  # the thread that works closes it


def test_the_client_of_openai_is_served(served):
    openai = pytest.importorskip("openai")
    client = openai.OpenAI(base_url=f"{served}v1", api_key="none", max_retries=0)
    how = {"model": "stories", "prompt": "Once upon a time", "max_tokens": 12, "seed": 1}
    whole = client.completions.create(**how)
    assert whole.choices[0].finish_reason == "length" and whole.usage.completion_tokens == 12
    pieces = list(client.completions.create(**how, stream=True))
    assert len(pieces) > 2 and "".join(piece.choices[0].text for piece in pieces) == whole.choices[0].text
    about = client.completions.create(**how | {"max_tokens": 3, "n": 2}, extra_body={"topic": "car, rain"})
    assert [choice.index for choice in about.choices] == [0, 1]
    with pytest.raises(openai.NotFoundError, match="model must be stories"):
        client.completions.create(**how | {"model": "emoji"})
    with pytest.raises(openai.BadRequestError, match="temperature must be a number"):
        client.completions.create(**how, temperature=9, stream=True)


def test_a_body_that_is_none_is_refused_in_openais_form(served):
    for body in (b"{", b"[1]", b'{"temperature": NaN}', b'{"seed": 1e400}', rb'{"prompt": "\ud800"}', b"[" * 90):
        status, content, _ = ask(served, PATH, body)
        assert status == 400 and json.loads(content)["error"]["type"] == "invalid_request_error"
