"""The one door to the server: an ASGI middleware around Gradio and the routes of `resgen.ui.api`. Installed by
`resgen.ui.page.launch`.

Gradio serves more than the page needs, and trusts what comes in. Here only routes that are listed exist, bodies have
limits, and a request to a model is taken only if its visitor and the server have room for it.
"""

import json
import re
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from fastapi.responses import JSONResponse

from resgen.turns import Busy, Turns, Visitor
from resgen.ui import document
from resgen.ui.api import bodies, completions, images, mcp_tools, metrics, speech, transcriptions, values
from resgen.ui.api.openai import refusal
from resgen.ui.api.quota import Quota
from resgen.ui.controls import MODEL

MOST_JSON = 500_000  # bytes: a story of 20,000 characters, however they are escaped, and all other values
MOST_UPLOAD = 6_000_000
SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NAME = r"[A-Za-z0-9_-]{1,64}"
_GRADIO = r"/gradio_api"
# What the page, its clients and a supervisor need; all else is not there.
OPEN = {
    "GET": re.compile(
        r"/|/config/?|/theme\.css|/favicon\.ico|/manifest\.json|/robots\.txt|/pwa_icon(/\d+)?"
        r"|/(static|assets|svelte)/[^\\]+|/healthz|/v1/models|/v1/audio/voices"
        rf"|{_GRADIO}/(info/?|openapi\.json|theme\.css|app_id|startup-events|login_check/?|user/?|token/?"
        rf"|queue/data|upload_progress|heartbeat/{_NAME}|call/{_NAME}/{_NAME}"
        r"|file=(?!\s*[A-Za-z][A-Za-z0-9+.-]*:).+)"  # a file, never an address
    ),
    "POST": re.compile(
        rf"{speech.PATH}|{transcriptions.PATH}|{completions.PATH}|{images.PATH}"
        rf"|{_GRADIO}/(queue/join|run/predict|call/{_NAME}/?|cancel|reset/?|upload)"
    ),
}
OPEN["HEAD"] = OPEN["GET"]
_AT_ONCE = f"{_GRADIO}/run/predict"  # the page's small events, without a queue
_JOIN = re.compile(rf"{_GRADIO}/(?:queue/join|run/predict|call/(?P<name>{_NAME})/?)")
# What a proxy says of where a request came from, which Gradio puts into addresses.
_FORWARDED = re.compile(rb"[A-Za-z0-9.,: _-]*")


class Guard:
    """The middleware.

    Args:
        app: what it guards.
        demo: the page, whose events a request may name.
        turns: who may use the models.
        tools: whether the route of `resgen.ui.api.mcp_tools` exists.
        answers: counts them by their status, where somebody wants to know.
    """

    def __init__(
        self, app: Callable, demo: Any, turns: Turns, tools: bool = False, answers: Counter[int] | None = None
    ):
        self.app, self.demo, self.turns, self.quota = app, demo, turns, Quota()
        self._tools = mcp_tools.PATH if tools else None
        self.answers = answers

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        if scope["type"] != "http":
            # There are no WebSockets here; the lifespan is the app's own.
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        method, path = scope["method"], scope["path"]
        if self.answers is not None:
            send = _counted(send, self.answers)
        if not self._exists(method, path):
            return await _answer(send, path, 404, "There is nothing here.")
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        if not all(SESSION.fullmatch(session) for session in asked.get("session_hash", [])):
            return await _answer(send, path, 400, "session_hash must be letters and digits.")
        scope["headers"] = [
            (name, value)
            for name, value in scope["headers"]
            if not name.startswith(b"x-forwarded") or _FORWARDED.fullmatch(value)
        ]
        try:
            if method == "POST":
                receive = await self._taken(scope, path, receive)
            if path == _AT_ONCE or path.endswith("/upload"):
                send = _as_refusals(send)
            if path == "/" and method == "GET":
                send = document.with_head(scope, send)
            await self.app(scope, receive, send)
        except bodies.BadBody as error:
            await _answer(send, path, error.status, str(error))
        except Busy as error:
            await _answer(send, path, 503 if error.everybody else 429, str(error), error.retry_after)
        except ConnectionError:
            return
        except (AssertionError, TypeError):  # at parts of an upload that are no files
            if not path.endswith("/upload"):
                raise
            await _answer(send, path, 400, "The upload could not be read.")

    def _exists(self, method: str, path: str) -> bool:
        if path == self._tools:
            return method in ("GET", "POST")  # to GET, which asks for a stream of its own, the route answers 405
        if path == metrics.PATH:
            return method == "GET" and self.answers is not None
        return method in OPEN and OPEN[method].fullmatch(path) is not None

    async def _taken(self, scope: dict, path: str, receive: Callable) -> Callable[[], Awaitable[dict]]:
        """What the app receives instead of what came.

        Raises:
            BadBody, Busy: it is not taken.
        """
        most = MOST_UPLOAD if path.endswith(("/upload", transcriptions.PATH)) else MOST_JSON
        # Uploads are small enough to be read whole too, so that a slow sender holds no worker.
        body = await bodies.read(receive, most)
        if path.endswith("/upload"):
            self.quota.take(_host(scope), len(body))
        if path == self._tools:
            bodies.parsed(body)
        elif join := _JOIN.fullmatch(path):
            body = self._join(scope, join, bodies.parsed(body))
        elif path.startswith(_GRADIO) and not path.endswith("/upload"):
            _session_of(bodies.parsed(body))
        return _replayed(scope, body, receive)

    def _join(self, scope: dict, join: re.Match, asked: dict) -> bytes:
        """The body of a request for an event, as Gradio is to see it.

        Gradio's queue ends for everybody if an event's session is not one that a string can name, hence the check.
        """
        name = join["name"]
        if name is None:
            fn = asked.get("fn_index")
            if isinstance(fn, bool) or not isinstance(fn, int) or fn not in self.demo.fns:
                raise bodies.BadBody("fn_index must be the number of an event.")
            if "session_hash" not in asked:
                raise bodies.BadBody("session_hash is missing.")
            event = self.demo.fns[fn]
            if event.fn is None:
                raise bodies.BadBody("This event is the page's own.")
            if event.queue and scope["path"] == _AT_ONCE:
                raise bodies.BadBody("This event must join the queue.", 404)
        else:
            event = next((fn for fn in self.demo.fns.values() if fn.api_name == name), None)
            if event is None or event.api_visibility == "private":
                raise bodies.BadBody(f"There is no endpoint {name!r}.", 404)
        if not isinstance(asked.get("data"), list):
            raise bodies.BadBody("data must be a list: one value for each parameter.")
        counts = {len(event.inputs)}
        if name is not None:
            counts.add(sum(not component.skip_api for component in event.inputs))
        if len(asked["data"]) not in counts:
            raise bodies.BadBody(f"data must have {min(counts)} values; /gradio_api/info tells which.")
        inputs = event.inputs
        if len(asked["data"]) != len(inputs):
            inputs = [component for component in inputs if not component.skip_api]
        asked["data"] = values.taken(inputs, asked["data"])
        known = ("data", "fn_index", "session_hash", "trigger_id", "event_data")
        asked = {key: asked[key] for key in known if key in asked}
        if not isinstance(asked.get("trigger_id"), int | None):
            raise bodies.BadBody("trigger_id must be a whole number.")
        asked["event_data"] = values.selection(asked.get("event_data"))
        session = _session_of(asked)
        if event.concurrency_id == MODEL:
            self.turns.admit(Visitor(_host(scope), session or uuid.uuid4().hex))
        return json.dumps(asked).encode()


def _host(scope: dict) -> str:
    return (scope.get("client") or ("unknown",))[0]


def _session_of(asked: dict) -> str | None:
    session = asked.get("session_hash")
    if session is not None and not (isinstance(session, str) and SESSION.fullmatch(session)):
        raise bodies.BadBody("session_hash must be letters and digits, 64 at most.")
    return session


def _counted(send: Callable, answers: Counter[int]) -> Callable[[dict], Awaitable[None]]:
    async def sent(message: dict) -> None:
        if message["type"] == "http.response.start":
            answers[message["status"]] += 1
        await send(message)

    return sent


def _as_refusals(send: Callable) -> Callable[[dict], Awaitable[None]]:
    """Gradio answers 500 to any error of an event without a queue; these events err at nothing but their input."""

    async def sent(message: dict) -> None:
        await send(message | {"status": 400} if message.get("status") == 500 else message)

    return sent


def _replayed(scope: dict, body: bytes, receive: Callable) -> Callable[[], Awaitable[dict]]:
    """Gives the body in one piece, then whatever comes: the client's leaving."""
    headers = [
        (name, value) for name, value in scope["headers"] if name not in (b"content-length", b"transfer-encoding")
    ]
    scope["headers"] = [*headers, (b"content-length", str(len(body)).encode())]
    given = False

    async def replay() -> dict:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _answer(send: Callable, path: str, status: int, message: str, retry_after: int | None = None) -> None:
    """A refusal, as the clients of that path read it."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if path.startswith("/v1/"):
        response = refusal(message, status, headers=headers)
    else:
        response = JSONResponse({"detail": message}, status, headers)
    await response({"type": "http"}, _unread, send)


async def _unread() -> dict:
    """What a refusal would receive, if it read the request."""
    return {"type": "http.disconnect"}
