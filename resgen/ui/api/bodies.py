"""The body of a request, read and understood within limits. Used by the guard and by the routes in OpenAI's shape."""

import asyncio
import json
import math
from collections.abc import Awaitable, Callable
from typing import Any

MOST_DEPTH = 32  # of lists and objects in one another
PATIENT = 4  # times the limit are read, and thrown away: who is still sending hears no answer
SECONDS = 20.0  # within which a body must have come


class BadBody(ValueError):
    """A body that is not taken; the message says why, `status` is the answer's."""

    def __init__(self, message: str, status: int = 400):
        super().__init__(message)
        self.status = status


async def read(receive: Callable[[], Awaitable[dict]], most: int, seconds: float = SECONDS) -> bytes:
    """A whole body of an ASGI request.

    Raises:
        BadBody: it has more than `most` bytes (413), or comes too slowly (408).
        ConnectionError: the client has gone.
    """
    parts: list[bytes] = []
    length, more = 0, True
    try:
        async with asyncio.timeout(seconds):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ConnectionError("the client has gone")
                length += len(message.get("body", b""))
                more = message.get("more_body", False)
                if length <= most:
                    parts.append(message.get("body", b""))
                elif not more or length > PATIENT * most:
                    raise BadBody(f"The request has more than {most:,} bytes.", 413)
    except TimeoutError:
        raise BadBody(f"The request did not come within {seconds:g} seconds.", 408) from None
    return b"".join(parts)


def parsed(body: bytes) -> dict[str, Any]:
    """A JSON object with text that is text and numbers that are numbers.

    Raises:
        BadBody: no JSON, no object, nested too deeply, NaN or Infinity, a number without end, half a character.
    """
    try:
        value = json.loads(body, parse_constant=_refuse, parse_float=_finite, parse_int=_whole)
    except BadBody:
        raise
    except (ValueError, RecursionError):
        raise BadBody("The body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise BadBody('The body must be a JSON object, such as {"input": "Hello."}.')
    _look_through(value, MOST_DEPTH)
    return value


def _refuse(name: str) -> None:
    raise BadBody(f"{name} is no number that can be used.")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise BadBody(f"{digits[:20]} is too large a number.")
    return number


def _whole(digits: str) -> int:
    if len(digits) > 18:  # Gradio's JSON holds 64 bits
        raise BadBody(f"{digits[:20]} is too large a number.")
    return int(digits)


def _look_through(value: Any, depth: int) -> None:
    """Raise BadBody where text holds half a character, or what holds it is nested too deeply."""
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise BadBody("A text holds half a character (a lone surrogate); send it as UTF-8.")
    elif isinstance(value, dict | list):
        if depth == 0:
            raise BadBody(f"The body is nested more than {MOST_DEPTH} deep.")
        if isinstance(value, dict):
            for key in value:
                _look_through(key, depth)
        for item in value.values() if isinstance(value, dict) else value:
            _look_through(item, depth - 1)
