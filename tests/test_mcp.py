"""Tests the promise that assistants are served as anybody is, that what they send is data, and only where it is asked
for."""

import asyncio
import base64
import builtins
import io
import json
import socket
import threading
import time
from types import SimpleNamespace

import pytest
import uvicorn
from asking import ask
from fastapi import FastAPI
from PIL import Image
from starlette.middleware import Middleware

from resgen.engine import settings_of
from resgen.errors import ServeError
from resgen.image.request import ImageRequest
from resgen.speech.request import SpeechRequest
from resgen.tagger.request import Span, TagRequest
from resgen.text.request import TextRequest
from resgen.turns import Turns
from resgen.ui import process
from resgen.ui.api import mcp_tools
from resgen.ui.api.guard import Guard

mcp = pytest.importorskip("mcp")
PATH = mcp_tools.PATH
STEPS: list[int] = []  # of the slow engine


def stub(request: type, run) -> SimpleNamespace:
    return SimpleNamespace(request=request, run=run)


def spoken(request):
    wav = io.BytesIO()
    import soundfile

    soundfile.write(wav, [0.1] * 2400, 24_000, format="WAV")
    wave = [0.1] * 2400 if request.text.strip() else []
    yield SimpleNamespace(
        wave=wave, wav=wav.getvalue, settings={"text": request.text}, notices=("A sign is left out.",)
    )


def tagged(request):
    if request.text == "slow":
        for step in range(200):
            STEPS.append(step)
            time.sleep(0.05)
            yield None
    yield SimpleNamespace(spans=(Span(0, 3, "cat", "animals", 0.9),), settings={"text": request.text}, notices=())


@pytest.fixture(scope="module")
def tools(writer, painter):
    """The address of a server of small engines that offers them as tools, behind the page's guard."""
    engines = {
        "text": writer,
        "image": painter,
        "speech": stub(SpeechRequest, spoken),
        "tagger": stub(TagRequest, tagged),
    }
    turns = Turns()
    server = mcp_tools.ToolServer(engines, turns)
    guard = Middleware(Guard, demo=SimpleNamespace(fns={}), turns=turns, tools=True)
    app = FastAPI(lifespan=server.lifespan, middleware=[guard])
    server.add_route(app)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serving = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=serving.run, daemon=True)
    thread.start()
    while not serving.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    serving.should_exit = True
    thread.join(10)


def call(tools: str, name: str, **arguments):
    async def go():
        async with mcp.Client(tools + PATH) as client:
            return await client.call_tool(name, arguments)

    return asyncio.run(go())


def post(tools: str, method: str, params: object, **more) -> tuple[int, bytes]:
    """As a client of an earlier protocol sends it, without the handshake."""
    import urllib.error
    import urllib.request

    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params} | more).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    try:
        with urllib.request.urlopen(urllib.request.Request(tools + PATH, body, headers), timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_tools_are_told_with_the_settings_of_their_engines(tools):
    async def go():
        async with mcp.Client(tools + PATH) as client:
            return (await client.list_tools()).tools

    listed = {tool.name: tool for tool in asyncio.run(go())}
    assert list(listed) == ["write", "draw", "speak", "tag"] and all(tool.description for tool in listed.values())
    for name, request in (
        ("write", TextRequest),
        ("draw", ImageRequest),
        ("speak", SpeechRequest),
        ("tag", TagRequest),
    ):
        declared = {key: limits for key, (limits, _) in settings_of(request).items() if not limits.instead}
        schema = listed[name].input_schema
        assert list(schema["properties"]) == list(declared) and schema["required"] == [next(iter(declared))]
        for key, told in schema["properties"].items():
            assert told["description"] == declared[key].help and told.get("enum", []) == list(declared[key].choices)
    words = listed["write"].input_schema["properties"]["words"]
    assert (words["type"], words["minimum"], words["maximum"], words["default"]) == ("integer", 1, 1500, 300)


def test_each_tool_answers_with_what_its_engine_makes(tools, writer):
    written = call(tools, "write", prompt="Mia saw", words=4, seed=1)
    assert written.content[0].text == writer.write("Mia saw", words=4, seed=1).text
    assert written.structured_content["settings"]["seed"] == 1
    drawn = call(tools, "draw", prompt="cat", count=2, steps=1, size=64, seed=1)
    pictures = [Image.open(io.BytesIO(base64.b64decode(each.data))) for each in drawn.content]
    assert [picture.size for picture in pictures] == [(64, 64)] * 2 and drawn.content[0].mime_type == "image/png"
    said = call(tools, "speak", text="Hello.")
    assert said.content[0].mime_type == "audio/mpeg" and len(base64.b64decode(said.content[0].data)) > 100
    assert said.content[1].text == "A sign is left out." == said.structured_content["notices"][0]
    assert json.loads(call(tools, "tag", text="cat").content[0].text)[0]["category"] == "animals"


PROBE = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("draw", {"prompt": "cat", "picture": "/etc/passwd"}, "picture"),
        ("draw", {"prompt": "cat", "picture": "file:///etc/passwd"}, "picture"),
        ("draw", {"prompt": "cat", "picture": "http://127.0.0.1:1/x.png"}, "picture"),
        ("draw", {"prompt": "cat", "picture": PROBE}, "picture must be text; it is a dict"),
        ("draw", {"prompt": PROBE}, "prompt must be text; it is a dict"),
        ("speak", {"text": "Hi", "voice": PROBE}, "voice must be"),
        ("write", {"prompt": "Hi", "words": [PROBE]}, "words must be a whole number"),
        ("write", {"prompt": "Hi", "words": 10**9}, "words must be a whole number from 1 to 1500"),
        ("write", {"prompt": "Hi", "out": "/tmp/x"}, "unknown settings: out"),
        ("speak", {"text": "  "}, "nothing to say"),
        ("../../etc/passwd", {}, "There is no tool"),
    ],
    ids=str,
)
def test_arguments_are_data_and_what_is_wrong_is_told(tools, monkeypatch, name, arguments, says):
    opened = []
    really = builtins.open
    monkeypatch.setattr(
        builtins, "open", lambda file, *more, **how: opened.append(str(file)) or really(file, *more, **how)
    )
    monkeypatch.setattr(Image, "open", lambda file, *more, **how: opened.append(str(file)))
    answer = call(tools, name, **arguments)
    assert answer.is_error and says in answer.content[0].text
    assert "root:" not in answer.content[0].text and not [file for file in opened if "passwd" in file]


def test_old_clients_are_served_too(tools):
    status, content = post(
        tools, "tools/call", {"name": "write", "arguments": {"prompt": "Mia", "words": 1, "seed": 1}}
    )
    assert status == 200 and b'"text":"Mia' in content.replace(b'": "', b'":"')


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'{"jsonrpc": "2.0", "id": NaN}', b'{"a": ' + b"[" * 50 + b"]" * 50 + b"}", rb'{"id": "\ud800"}'],
    ids=lambda body: str(body)[:20],
)
def test_a_body_that_is_no_message_is_refused(tools, body):
    status, content, _ = ask(tools, PATH, body)
    assert status == 400 and b"Traceback" not in content


def test_odd_messages_are_answered_and_the_server_lives_on(tools):
    odd = [None, 1, "x", [], {}, {"name": 5}, {"name": "write", "arguments": [1]}, {"name": "write", "arguments": "x"}]
    odd += [
        {"uri": "file:///etc/passwd"},
        {"name": "draw", "arguments": {"prompt": None}, "_meta": {"progressToken": {}}},
    ]
    for method in ("tools/call", "tools/list", "resources/read", "prompts/get", "initialize", "no/such", ""):
        for params in odd:
            status, content = post(tools, method, params)
            assert status < 500 and b"root:" not in content, (method, params, content)
    assert not call(tools, "tag", text="cat").is_error


def test_a_page_of_another_address_is_refused(tools):
    import urllib.error
    import urllib.request

    asked = urllib.request.Request(
        tools + PATH, b"{}", {"Origin": "http://evil.test", "Content-Type": "application/json"}
    )
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(asked, timeout=60)
    assert error.value.code == 403


def test_a_request_that_waits_for_messages_is_told_that_none_come(tools):
    assert ask(tools, PATH)[0] == 405


@pytest.mark.parametrize("modern", [True, False], ids=["today's protocol", "an earlier one"])
def test_work_ends_when_the_client_goes(tools, modern):
    params: dict = {"name": "tag", "arguments": {"text": "slow"}}
    headers = "Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n"
    if modern:
        version = mcp.types.LATEST_PROTOCOL_VERSION
        meta = "io.modelcontextprotocol/"
        params["_meta"] = {f"{meta}protocolVersion": version, f"{meta}clientCapabilities": {}}
        headers += f"Mcp-Protocol-Version: {version}\r\nMcp-Method: tools/call\r\nMcp-Name: tag\r\n"
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
    port = int(tools.rpartition(":")[2])
    STEPS.clear()
    with socket.create_connection(("127.0.0.1", port)) as client:
        head = f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
        client.sendall((head + body).encode())
        while not STEPS:
            time.sleep(0.01)
    done = -1
    while done != len(STEPS):  # until no more steps are made
        done = len(STEPS)
        time.sleep(1)
    assert done < 200


def test_without_the_package_it_is_told_how_to_get_it(monkeypatch):
    monkeypatch.setattr(process.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ServeError, match=r"pip install 'resgen\[mcp\]'"):
        process.check(mcp_server=True)


@pytest.mark.parametrize(
    "path", ["/gradio_api/mcp", "/gradio_api/mcp/", "/gradio_api/mcp/sse", "/gradio_api/mcp/schema"]
)
def test_there_are_no_tools_unless_they_are_asked_for(served, path):
    assert ask(served, path, b"{}")[0] == ask(served, path)[0] == 404
