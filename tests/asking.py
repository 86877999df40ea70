"""What is asked of the served app as any client may ask it, and the answers."""

import dataclasses
import json
import urllib.error
import urllib.parse
import urllib.request
from email.message import Message

from resgen.text.request import TextRequest


def ask(served: str, path: str, body: bytes | None = None) -> tuple[int, bytes, Message]:
    """Status, content and headers of the answer, whatever it is."""
    request = urllib.request.Request(f"{served.rstrip('/')}{path}", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def event(served: str, name: str) -> int:
    """The number of a public event."""
    config = json.loads(ask(served, "/config")[1])
    return next(each["id"] for each in config["dependencies"] if each["api_name"] == name)


def writing(prompt: str, topic: str, words: int) -> list:
    """All values of /write."""
    given = {"prompt": prompt, "topic": topic, "words": words}
    return [given.get(field.name, field.default) for field in dataclasses.fields(TextRequest)]


def written(served: str, word: str, **given) -> bool:
    """Whether a request of somebody is served."""
    body = json.dumps({"data": writing(word, "", 1), **given}).encode()
    status, answer, _ = ask(served, "/gradio_api/call/write", body)
    assert status == 200
    _, stream, _ = ask(served, f"/gradio_api/call/write/{json.loads(answer)['event_id']}")
    return b"event: complete" in stream and word.encode() in stream
