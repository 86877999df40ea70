"""What clients of OpenAI's speech API know, beside the page: `POST /v1/audio/speech`, and `GET /v1/audio/voices`. Added
by `resgen.ui.page.launch`.

A request is checked by the engine and served by it in turns with all others. What a client sends is data: it goes
nowhere but into the engine's request. What is done otherwise than it asked is told in headers, `X-Resgen-Voice`,
`X-Resgen-Speed` and `X-Resgen-Notice`.
"""

import contextlib
import uuid

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from resgen.engine import Setting, checked, number, settings_of
from resgen.errors import RequestError
from resgen.speech.files import FORMATS, available, converted
from resgen.speech.request import SpeechRequest
from resgen.speech.voices import OTHER_NAMES, VOICES
from resgen.turns import Busy, Turns, Visitor
from resgen.ui.api import bodies

PATH = "/v1/audio/speech"
VOICES_PATH = "/v1/audio/voices"
PASSED_ON = ("voice", "speed", "pitch", "liveliness", "blend", "balance", "seed")  # optional; from the third on ours
SPEED = Setting("as OpenAI's clients may ask for", 0.25, 4.0)
MOST_NOTICES = 1000  # characters in a header


class BadParameter(ValueError):
    """What the client can mend, and which parameter it is about."""

    def __init__(self, message: str, parameter: str):
        super().__init__(message)
        self.parameter = parameter


def add_routes(app, speaker, turns: Turns) -> None:
    """Add both to an app.

    Args:
        speaker: the speech engine.
        turns: whose turn it is to use it.
    """

    async def speech(http: Request) -> Response:
        try:
            settings, kind, headers = understood(bodies.parsed(await http.body()))
            request = checked(speaker.request(**settings))
            visitor = Visitor(http.client.host if http.client else "unknown", uuid.uuid4().hex)
            async with contextlib.aclosing(turns.stream(visitor, lambda: speaker.run(request))) as results:
                async for result in results:  # noqa: B007
                    if await http.is_disconnected():
                        return Response(status_code=499)  # nobody reads it
            if not len(result.wave):
                raise RequestError("There is nothing to say in this text.")
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
        if result.notices:
            told = " ".join(result.notices).encode("ascii", "backslashreplace").decode()
            headers["X-Resgen-Notice"] = " ".join(told.split())[:MOST_NOTICES]
        return Response(sound, media_type=FORMATS[kind][0], headers=headers)

    async def voices() -> dict:
        """Names alone, as some clients read them, and with what they are like and by which names they are known too."""
        listed = [
            {
                "id": name,
                "object": "voice",
                "name": name.title(),
                "description": VOICES[name].description,
                "also": [other for other, known in OTHER_NAMES.items() if known == name],
            }
            for name in speaker.voices
        ]
        return {"object": "list", "voices": list(speaker.voices), "data": listed}

    app.add_api_route(PATH, speech, methods=["POST"])
    app.add_api_route(VOICES_PATH, voices, methods=["GET"])


def refusal(
    message: str, status: int, parameter: str | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    """An error as OpenAI's clients read it."""
    kind = "invalid_request_error" if status < 429 else "rate_limit_error" if status == 429 else "server_error"
    told = {"message": message, "type": kind, "param": parameter, "code": None}
    return JSONResponse({"error": told}, status, headers)


def understood(asked: dict) -> tuple[dict, str, dict[str, str]]:
    """A body as OpenAI's clients send it -> settings of the speech engine, the format asked for, and headers that tell
    what is done otherwise. `model` and `instructions` are ignored: there is one, and it takes none.

    Raises:
        BadParameter: no text, a format that cannot be made here, or a setting that is neither text nor a number.
    """
    if not isinstance(asked.get("input"), str):
        raise BadParameter("input must be the text to say.", "input")
    if asked.get("stream_format") not in (None, "audio"):
        raise BadParameter("stream_format must be audio: sound is sent as it is, not in events.", "stream_format")
    kind = asked.get("response_format")
    kind = "mp3" if kind is None else kind.strip().lower() if isinstance(kind, str) else ""
    if kind not in available():
        needs = " aac needs ffmpeg, which is not installed here." if kind == "aac" else ""
        raise BadParameter(f"response_format must be one of {', '.join(available())}.{needs}", "response_format")
    settings = {name: asked[name] for name in PASSED_ON if asked.get(name) is not None}
    if isinstance(voice := settings.get("voice"), dict):  # a voice of one's own
        settings["voice"] = voice.get("id")
    for name, value in settings.items():
        if not isinstance(value, str | int | float):
            raise BadParameter(f"{name} must be text or a number.", name)
    headers: dict[str, str] = {}
    for name in ("voice", "blend"):
        if isinstance(other := settings.get(name), str) and other.strip().lower() in OTHER_NAMES:
            settings[name] = OTHER_NAMES[other.strip().lower()]
            headers["X-Resgen-Voice"] = settings["voice"] if "voice" in settings else settings[name]
    if "speed" in settings:
        speed = number("speed", settings["speed"], float, SPEED)
        limits = settings_of(SpeechRequest)["speed"][0]
        settings["speed"] = min(max(speed, limits.low), limits.high)
        if settings["speed"] != speed:
            headers["X-Resgen-Speed"] = f"{settings['speed']:g}"
    return {"text": asked["input"], **settings}, kind, headers
