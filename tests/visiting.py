"""A visitor of the served page who speaks to it as the page does, and sends what he likes."""

import itertools
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from resgen.ui.runs import FAILED

_numbers = itertools.count()


@dataclass(frozen=True)
class Answer:
    """What came of an event: the answer's status, the sentence that refuses it, if any, and the values last sent."""

    status: int
    refusal: str | None
    data: Any


def ask(url: str, body: bytes | None = None, media: str = "application/json") -> tuple[int, bytes]:
    """Status and content of the answer, whatever it is."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": media}), timeout=120) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def events(served: str) -> list[dict]:
    """The page's events, private ones too: number, name, whether queued, kinds of their inputs and initial values."""
    config = json.loads(ask(f"{served}config")[1])
    components = {each["id"]: each for each in config["components"]}
    return [
        {
            "id": each["id"],
            "name": each["api_name"],
            "queue": each["queue"],
            "js": not each["backend_fn"],
            "inputs": each["inputs"],
            "kinds": [components[number]["type"] for number in each["inputs"]],
            "values": [components[number]["props"].get("value") for number in each["inputs"]],
        }
        for each in config["dependencies"]
    ]


class Visit:
    """A session."""

    def __init__(self, served: str):
        self.served, self.session = served, f"visit{next(_numbers)}"

    def upload(self, content: bytes, name: str = "own.png") -> dict:
        """The file as the page would send it as a value."""
        head = f'--x\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        body = f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n--x--\r\n"
        status, answer = ask(f"{self.served}gradio_api/upload", body, "multipart/form-data; boundary=x")
        assert status == 200, answer
        path = json.loads(answer)[0]
        return {
            "path": path,
            "url": f"{self.served}gradio_api/file={path}",
            "orig_name": name,
            "size": len(content),
            "meta": {"_type": "gradio.FileData"},
        }

    def values(self, event: dict, instead: dict[str, Any]) -> list:
        """Initial values of an event's inputs, with others for those of a kind; the first, a time, is 1."""
        known = [instead.get(kind, value) for kind, value in zip(event["kinds"], event["values"], strict=True)]
        return [1, *known[1:]]

    def call(self, event: dict, data: list, told: Any = None) -> Answer:
        """Run an event to its end."""
        body = {"data": data, "fn_index": event["id"], "session_hash": self.session, "event_data": told}
        path = "queue/join" if event["queue"] else "run/predict"
        status, content = ask(f"{self.served}gradio_api/{path}", json.dumps(body).encode())
        answer = json.loads(content)
        if status != 200:
            return Answer(status, answer.get("detail") or answer.get("error"), None)
        if not event["queue"]:
            return Answer(status, None, answer["data"])
        with urllib.request.urlopen(
            f"{self.served}gradio_api/queue/data?session_hash={self.session}", timeout=120
        ) as stream:
            for line in stream:
                if line.startswith(b"data:"):
                    message = json.loads(line[5:])
                    if message["msg"] == "process_completed":
                        break
        output = message["output"]
        refusal = None if message["success"] else output.get("error") or ""
        # A run that failed says so in its status line.
        lines = [value for value in output.get("data") or [] if isinstance(value, str) and value.startswith(FAILED)]
        return Answer(status, lines[0] if lines else refusal, output.get("data"))
