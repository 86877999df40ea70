"""The speech endpoint that clients of OpenAI's API know, `POST /v1/audio/speech`, beside the page. Added by
`resgen.ui.page.launch`.

A request goes through the page's own endpoint /speak, and so through its queue, its limits and its checks.
"""

import base64
import io
import json

import soundfile
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from gradio_client import Client
from gradio_client.exceptions import AppError

PATH = "/v1/audio/speech"
MOST_BYTES = 100_000  # of a request: 20,000 characters, however they are escaped
# response_format -> (media type, format and subtype of soundfile)
FORMATS = {
    "mp3": ("audio/mpeg", "MP3", None),
    "opus": ("audio/ogg", "OGG", "OPUS"),
    "flac": ("audio/flac", "FLAC", "PCM_16"),
    "wav": ("audio/wav", "WAV", "PCM_16"),
    "pcm": ("audio/pcm", "RAW", "PCM_16"),
}
PASSED_ON = ("voice", "speed", "pitch", "liveliness", "blend", "balance", "seed")  # optional; from the third on ours


class BadRequest(ValueError):
    """What the client can mend, and which parameter it is about."""

    def __init__(self, message: str, parameter: str | None = None, status: int = 400):
        super().__init__(message)
        self.parameter, self.status = parameter, status


def add_route(app, url: str) -> None:
    """Add the endpoint to a running app.

    Args:
        url: where the app answers on this machine.
    """
    clients: list[Client] = []

    def said(settings: dict) -> bytes:
        """The WAV file that /speak makes."""
        if not clients:
            clients.append(Client(url, verbose=False, analytics_enabled=False))
        try:
            address, _ = clients[0].predict(**settings, api_name="/speak")
        except AppError as error:
            raise BadRequest(str(error)) from None
        return base64.b64decode(address.split(",", 1)[1])

    async def speech(request: Request) -> Response:
        try:
            settings, kind = understood(await body_of(request))
            wave = await run_in_threadpool(said, settings)
        except BadRequest as error:
            told = {"message": str(error), "type": "invalid_request_error", "param": error.parameter, "code": None}
            return JSONResponse({"error": told}, error.status)
        return Response(await run_in_threadpool(converted, wave, kind), media_type=FORMATS[kind][0])

    app.add_api_route(PATH, speech, methods=["POST"])


async def body_of(request: Request) -> bytes:
    """The body, read no further than `MOST_BYTES`.

    Raises:
        BadRequest: it is longer.
    """
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise BadRequest(f"The request has more than {MOST_BYTES:,} bytes.", status=413)
    return body


def understood(body: bytes) -> tuple[dict, str]:
    """A body as OpenAI's clients send it -> arguments of /speak, and the format asked for. `model` is ignored, as
    there is one.

    Raises:
        BadRequest: it is no JSON object, has no text, or asks for an unknown format.
    """
    try:
        asked = json.loads(body)
    except ValueError:
        raise BadRequest("The body is not valid JSON.") from None
    if not isinstance(asked, dict):
        raise BadRequest('The body must be a JSON object, such as {"input": "Hello.", "voice": "heart"}.')
    if not isinstance(asked.get("input"), str):
        raise BadRequest("input must be the text to say.", "input")
    kind = asked.get("response_format", "mp3")
    if not isinstance(kind, str) or kind not in FORMATS:
        raise BadRequest(f"response_format must be one of {', '.join(FORMATS)}; it is {kind!r}.", "response_format")
    return {"text": asked["input"], **{name: asked[name] for name in PASSED_ON if asked.get(name) is not None}}, kind


def converted(wav: bytes, kind: str) -> bytes:
    """A WAV file in another format; a WAV stays as it is, with the settings inside."""
    if kind == "wav":
        return wav
    samples, rate = soundfile.read(io.BytesIO(wav), dtype="int16")
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=FORMATS[kind][1], subtype=FORMATS[kind][2])
    return file.getvalue()
