"""What all routes in OpenAI's shape share: who asks, whose turn it is, and how it is told what is wrong. Used by
`resgen.ui.api.speech`, `completions`, `images` and `transcriptions`, and by the guard.

A request is checked by the engine and served by it in turns with all others. What a client sends is data: it goes
nowhere but into the engine's request. What is done otherwise than it asked is told in headers.
"""

import contextlib
import functools
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from resgen.errors import RequestError
from resgen.turns import Busy, Turns, Visitor
from resgen.ui.api import bodies

MOST_NOTICES = 1000  # characters in a header
LEFT = 499  # the status that is logged where nobody reads the answer any more


class BadParameter(ValueError):
    """What the client can mend, which parameter it is about, and OpenAI's code for it, if there is one."""

    def __init__(self, message: str, parameter: str, status: int = 400, code: str | None = None):
        super().__init__(message)
        self.parameter, self.status, self.code = parameter, status, code


class ClientGone(ConnectionError):
    """Nobody reads the answer any more."""


def refusal(
    message: str,
    status: int,
    parameter: str | None = None,
    headers: dict[str, str] | None = None,
    code: str | None = None,
) -> JSONResponse:
    """An error as OpenAI's clients read it."""
    return JSONResponse({"error": error_of(message, status, parameter, code)}, status, headers)


def error_of(message: str, status: int, parameter: str | None = None, code: str | None = None) -> dict[str, Any]:
    """What is within such an answer, and, in a stream, an event."""
    kind = "invalid_request_error" if status < 429 else "rate_limit_error" if status == 429 else "server_error"
    return {"message": message, "type": kind, "param": parameter, "code": code}


def refusing(serve: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """A route whose errors are answers in OpenAI's form."""

    @functools.wraps(serve)
    async def served(http: Request) -> Response:
        try:
            return await serve(http)
        except BadParameter as error:
            return refusal(str(error), error.status, error.parameter, code=error.code)
        except RequestError as error:
            return refusal(str(error), 400)
        except bodies.BadBody as error:
            return refusal(str(error), error.status)
        except Busy as error:
            status = 503 if error.everybody else 429
            return refusal(str(error), status, headers={"Retry-After": str(error.retry_after)})
        except ClientGone:
            return Response(status_code=LEFT)

    return served


def visitor_of(http: Request) -> Visitor:
    """Who asks: routes know no sessions, so each request is a visitor of its host's own."""
    return Visitor(http.client.host if http.client else "unknown", uuid.uuid4().hex)


async def results_for(http: Request, turns: Turns, start: Callable[[], Generator]) -> AsyncGenerator[Any]:
    """The results of a request in turns with others'. Work ends with the step in which the client goes away.

    Raises:
        Busy: there is no room for it.
        ClientGone: nobody reads the answer.
        Exception: whatever the generator raises.
    """
    async with contextlib.aclosing(turns.stream(visitor_of(http), start)) as results:
        async for result in results:
            if await http.is_disconnected():
                raise ClientGone
            yield result


async def last_of(http: Request, turns: Turns, start: Callable[[], Generator]) -> Any:
    """The last of them. Raises as `results_for`."""
    async with contextlib.aclosing(results_for(http, turns, start)) as results:
        async for result in results:  # noqa: B007
            pass
    return result


def noticed(headers: dict[str, str], notices: tuple[str, ...]) -> dict[str, str]:
    """The headers, with what was understood otherwise than it was asked, if anything was."""
    if not notices:
        return headers
    told = " ".join(notices).encode("ascii", "backslashreplace").decode()
    return headers | {"X-Resgen-Notice": " ".join(told.split())[:MOST_NOTICES]}


def scalars(asked: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Of a body the settings of those names that are given.

    Raises:
        BadParameter: one is neither text nor a number.
    """
    settings = {name: asked[name] for name in names if asked.get(name) is not None}
    for name, value in settings.items():
        if not isinstance(value, str | int | float):
            raise BadParameter(f"{name} must be text or a number.", name)
    return settings


def refuse_unsupported(asked: dict[str, Any], supported: dict[str, tuple[tuple[Any, ...], str]]) -> None:
    """See that what cannot be served as it would be meant is not asked for.

    Args:
        supported: parameter -> (values that ask for nothing, what is to be done instead).

    Raises:
        BadParameter: it is.
    """
    for name, (plain, instead) in supported.items():
        if asked.get(name) is not None and asked[name] not in plain:
            raise BadParameter(f"{name} is not supported here: {instead}", name)


def model_among(asked: dict[str, Any], names: tuple[str, ...]) -> str:
    """The model asked for, by default the first.

    Raises:
        BadParameter: it is none of those.
    """
    model = asked.get("model")
    if model is None:
        return names[0]
    if model not in names:
        listed = " or ".join(names)
        raise BadParameter(f"model must be {listed}; see /v1/models.", "model", 404, "model_not_found")
    return model
