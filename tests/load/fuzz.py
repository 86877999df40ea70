"""Sends random and mutated requests to every route of a running page, and says what came back.

    python tests/load/fuzz.py URL [COUNT] [SEED]

Prints JSON: how many answers had which status, examples of those from 500 on, and whether the queue still serves.
"""

import collections
import concurrent.futures
import json
import random
import sys
import urllib.error
import urllib.request

ODD = [
    None,
    True,
    -1,
    0,
    10**30,
    1e308,
    -0.5,
    "",
    " ",
    "a" * 3000,
    "\u202e",
    "龙",
    "\x00",
    "/etc/passwd",
    "../x",
    [],
    {},
]
ODD += [[[]], {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, ["x"] * 50, {"__type__": "update"}]
RAW = [b"NaN", b"Infinity", b"1e400", rb'"\ud800"', b"[" * 2000, b'"unfinished', b"\xff\xfe", b"{}", b"[]", b""]
PATHS = ["/", "/config", "/gradio_api/info", "/gradio_api/heartbeat/abc", "/gradio_api/queue/data", "/theme.css"]
PATHS += [
    "/gradio_api/file=",
    "/static/",
    "/assets/",
    "/v1/audio/speech",
    "/v1/completions",
    "/v1/images/generations",
    "/v1/models",
    "/gradio_api/mcp",
    "/v1/audio/voices",
    "/v1/audio/transcriptions",
    "/healthz",
    "/metrics",
    "/gradio_api/upload",
]
TYPES = ["application/json", "text/plain", "multipart/form-data; boundary=x", "multipart/form-data", "\u00e9", ""]


ROUTES: list[tuple[str, dict]] = [
    ("/v1/audio/speech", {"input": "Hi", "voice": "heart", "speed": 1, "seed": 1, "response_format": "wav"}),
    (
        "/v1/completions",
        {"model": "stories", "prompt": "Hi", "max_tokens": 2, "n": 1, "stop": ["."], "temperature": 1, "stream": False},
    ),
    ("/v1/completions", {"prompt": ["Hi"], "max_tokens": 2, "stream": True, "stream_options": {"include_usage": True}}),
    (
        "/v1/images/generations",
        {"model": "emoji", "prompt": "cat", "n": 1, "size": "64x64", "steps": 1, "style": "noto", "picture": ""},
    ),
    # Where tools are offered (`resgen serve --mcp`), else it is not there.
    (
        "/gradio_api/mcp",
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "tag", "arguments": {"text": "A cat."}}},
    ),
    ("/gradio_api/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}),
]


LANGUAGES = ["?lang=zh", "?lang=%3Cscript%3E", "?lang[]=../x"]
FORM = "multipart/form-data; boundary=x"
FIELDS = ["file", "files", "model", "language", "response_format", "beam", "timestamp_granularities[]", "../x"]
# What a form's file may hold: heads of sound that say more than there is, of films, of play lists.
FILES = [
    b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x40\0\x00\xdc\x05\0\0\0\0\x7f\x02\0\x10\0data\xff\xff\xff\x7f",
    b"fLaC\0\0\0\x22" + b"\xff" * 34,
    b"OggS\0\x02" + b"\0" * 40,
    b"\0\0\0\x20ftypM4A " + b"\xff" * 40,
    b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
    b"ffconcat version 1.0\nfile /etc/passwd\n",
    b"\x1aE\xdf\xa3" + b"\xff" * 40,
    b"",
]


def form(draw: random.Random) -> bytes:
    """A form of odd fields and files, whole or not."""
    parts = []
    for _ in range(draw.randint(0, 4)):
        name, value = draw.choice(FIELDS), draw.choice([*FILES, b"json", b"vtt", b"en", b"1e9", b"\xff", b"64"])
        file = b'; filename="../../etc/passwd"' if draw.random() < 0.6 else b""
        head = b'Content-Disposition: form-data; name="' + name.encode() + b'"' + file
        parts.append(b"--x\r\n" + head + b"\r\n\r\n" + value + b"\r\n")
    body = b"".join(parts) + b"--x--\r\n"
    return body[: draw.randint(0, len(body))] if draw.random() < 0.2 else body


def templates(config: dict) -> list[tuple[str, dict]]:
    """Requests that are right, or nearly: for each event and each route one."""
    right = list(ROUTES)
    for event in config["dependencies"]:
        body = {"data": [None] * len(event["inputs"]), "fn_index": event["id"], "session_hash": "fuzz", "trigger_id": 1}
        right.append(("/gradio_api/queue/join", body))
        right.append(("/gradio_api/run/predict", body))
        if event.get("api_name"):
            right.append((f"/gradio_api/call/{event['api_name']}", {"data": body["data"]}))
    right.append(("/gradio_api/cancel", {"session_hash": "fuzz", "fn_index": 1, "event_id": "x"}))
    right.append(("/gradio_api/reset", {"event_id": "x"}))
    return right


def mutated(value, draw: random.Random):
    """The value with one of its parts left out, doubled or replaced by something odd."""
    if isinstance(value, dict) and value and draw.random() < 0.8:
        key = draw.choice(list(value))
        if draw.random() < 0.2:
            return {k: v for k, v in value.items() if k != key}
        return value | {key: mutated(value[key], draw)}
    if isinstance(value, list) and value and draw.random() < 0.8:
        place = draw.randrange(len(value))
        return [*value[:place], mutated(value[place], draw), *value[place + draw.randint(0, 1) :]]
    return draw.choice(ODD)


def request(draw: random.Random, right: list[tuple[str, dict]]) -> tuple[str, str, bytes | None, str]:
    """Method, path, body and media type."""
    if draw.random() < 0.1:
        tail = "".join(draw.choice("abc/.%25=~0") for _ in range(draw.randint(0, 20)))
        query = draw.choice(["", "?session_hash=", "?session_hash=a%20b", "?__theme=x", "?" + "a" * 2000, *LANGUAGES])
        return draw.choice(["GET", "HEAD", "PUT", "DELETE", "POST"]), draw.choice(PATHS) + tail + query, None, ""
    if draw.random() < 0.1:
        return "POST", draw.choice(["/v1/audio/transcriptions", "/gradio_api/upload"]), form(draw), FORM
    path, body = draw.choice(right)
    for _ in range(draw.randint(0, 3)):
        body = mutated(body, draw)
    raw = json.dumps(body).encode()
    if draw.random() < 0.2:
        place = draw.randrange(len(raw))
        raw = raw[:place] + draw.choice(RAW) + raw[place + draw.randint(0, 5) :]
    if draw.random() < 0.05:
        path = draw.choice(right)[0]
    return "POST", path, raw, draw.choice(TYPES) if draw.random() < 0.1 else TYPES[0]


def status(url: str, method: str, path: str, body: bytes | None, media: str) -> int:
    """Of the answer; 599 where there was none."""
    headers = {"Content-Type": media.encode("utf-8").decode("latin-1"), "Accept": "application/json, text/event-stream"}
    asked = urllib.request.Request(url.rstrip("/") + path, body, headers, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            answer.read(1000)
            return answer.status
    except urllib.error.HTTPError as error:
        error.read()
        return error.code
    except (OSError, ValueError):
        return 599


def alive(url: str) -> bool:
    """Whether a right request is served to its end."""
    with urllib.request.urlopen(f"{url.rstrip('/')}/gradio_api/info", timeout=60) as answer:
        parameters = json.load(answer)["named_endpoints"]["/write"]["parameters"]
    data = [p.get("parameter_default") for p in parameters]
    data[0], data[2] = "Hello", 1
    body, headers = json.dumps({"data": data}).encode(), {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"{url.rstrip('/')}/gradio_api/call/write", body, headers)
    with urllib.request.urlopen(asked, timeout=60) as answer:
        event = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{url.rstrip('/')}/gradio_api/call/write/{event}", timeout=120) as answer:
        return b"event: complete" in answer.read()


def fuzz(url: str, count: int = 5000, seed: int = 0) -> dict:
    """See the module."""
    with urllib.request.urlopen(f"{url.rstrip('/')}/config", timeout=60) as answer:
        right = templates(json.load(answer))
    draw = random.Random(seed)
    requests = [request(draw, right) for _ in range(count)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda asked: status(url, *asked), requests))
    bad = [(code, *asked) for code, asked in zip(statuses, requests, strict=True) if code >= 500 and code != 503]
    examples = [f"{code} {method} {path} {(body or b'')[:200]!r}" for code, method, path, body, _ in bad[:10]]
    counts = {str(code): number for code, number in sorted(collections.Counter(statuses).items())}
    return {"statuses": counts, "examples": examples, "alive": alive(url)}


if __name__ == "__main__":
    print(json.dumps(fuzz(sys.argv[1], *map(int, sys.argv[2:])), indent=2))
