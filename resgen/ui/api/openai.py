"""The speech endpoint that clients of OpenAI's API know, `POST /v1/audio/speech`, beside the page. Added by
`resgen.ui.page.launch`.

A request is checked by the engine and served by it in turns with all others. What a client sends is data: it goes
nowhere but into the engine's request.
"""

import contextlib
import io
import uuid

import soundfile
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from resgen.engine import checked
from resgen.errors import RequestError
from resgen.turns import Busy, Turns, Visitor
from resgen.ui.api import bodies

PATH = "/v1/audio/speech"
# response_format -> (media type, format and subtype of soundfile)
FORMATS = {
    "mp3": ("audio/mpeg", "MP3", None),
    "opus": ("audio/ogg", "OGG", "OPUS"),
    "flac": ("audio/flac", "FLAC", "PCM_16"),
    "wav": ("audio/wav", "WAV", "PCM_16"),
    "pcm": ("audio/pcm", "RAW", "PCM_16"),
}
PASSED_ON = ("voice", "speed", "pitch", "liveliness", "blend", "balance", "seed")  # optional; from the third on ours


class BadParameter(ValueError):
    """What the client can mend, and which parameter it is about."""

    def __init__(self, message: str, parameter: str):
        super().__init__(message)
        self.parameter = parameter


def add_route(app, speaker, turns: Turns) -> None:
    """Add the endpoint to an app.

    Args:
        speaker: the speech engine.
        turns: whose turn it is to use it.
    """

    async def speech(http: Request) -> Response:
        try:
            settings, kind = understood(bodies.parsed(await http.body()))
            request = checked(speaker.request(**settings))
            visitor = Visitor(http.client.host if http.client else "unknown", uuid.uuid4().hex)
            async with contextlib.aclosing(turns.stream(visitor, lambda: speaker.run(request))) as results:
                async for result in results:  # noqa: B007
                    if await http.is_disconnected():
                        return Response(status_code=499)  # nobody reads it
            sound = await run_in_threadpool(converted, result.wav(), kind)
        except BadParameter as error:
            return refusal(str(error), 400, error.parameter)
        except RequestError as error:
            return refusal(str(error), 400)
        except bodies.BadBody as error:
            return refusal(str(error), error.status)
        except Busy as error:
            status = 503 if error.everybody else 429
            return refusal(str(error), status, headers={"Retry-After": str(error.retry_after)})
        return Response(sound, media_type=FORMATS[kind][0])

    app.add_api_route(PATH, speech, methods=["POST"])


def refusal(
    message: str, status: int, parameter: str | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    """An error as OpenAI's clients read it."""
    kind = "invalid_request_error" if status < 429 else "rate_limit_error" if status == 429 else "server_error"
    told = {"message": message, "type": kind, "param": parameter, "code": None}
    return JSONResponse({"error": told}, status, headers)


def understood(asked: dict) -> tuple[dict, str]:
    """A body as OpenAI's clients send it -> settings of the speech engine, and the format asked for. `model` is
    ignored, as there is one.

    Raises:
        BadParameter: no text, an unknown format, or a setting that is neither text nor a number.
    """
    if not isinstance(asked.get("input"), str):
        raise BadParameter("input must be the text to say.", "input")
    kind = asked.get("response_format", "mp3")
    if not isinstance(kind, str) or kind not in FORMATS:
        raise BadParameter(f"response_format must be one of {', '.join(FORMATS)}.", "response_format")
    settings = {name: asked[name] for name in PASSED_ON if asked.get(name) is not None}
    for name, value in settings.items():
        if not isinstance(value, str | int | float):
            raise BadParameter(f"{name} must be text or a number.", name)
    return {"text": asked["input"], **settings}, kind


def converted(wav: bytes, kind: str) -> bytes:
    """A WAV file in another format; a WAV stays as it is, with the settings inside."""
    if kind == "wav":
        return wav
    samples, rate = soundfile.read(io.BytesIO(wav), dtype="int16")
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=FORMATS[kind][1], subtype=FORMATS[kind][2])
    return file.getvalue()
