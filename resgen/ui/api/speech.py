"""What clients of OpenAI's speech API know, beside the page: `POST /v1/audio/speech`, and `GET /v1/audio/voices`. Added
by `resgen.ui.page.launch`.

What is done otherwise than a client asked is told in headers, `X-Resgen-Voice`, `X-Resgen-Speed` and `X-Resgen-Notice`.
"""

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from resgen.engine import Setting, checked, number, settings_of
from resgen.errors import RequestError
from resgen.speech.files import FORMATS, available, converted
from resgen.speech.request import SpeechRequest
from resgen.speech.voices import OTHER_NAMES, VOICES
from resgen.turns import Turns
from resgen.ui.api import bodies
from resgen.ui.api.openai import BadParameter, last_of, noticed, refusing, scalars

PATH = "/v1/audio/speech"
VOICES_PATH = "/v1/audio/voices"
PASSED_ON = ("voice", "speed", "pitch", "liveliness", "blend", "balance", "seed")  # optional; from the third on ours
SPEED = Setting("as OpenAI's clients may ask for", 0.25, 4.0)


def add_routes(app, speaker, turns: Turns) -> None:
    """Add both to an app.

    Args:
        speaker: the speech engine.
        turns: whose turn it is to use it.
    """

    @refusing
    async def speech(http: Request) -> Response:
        settings, kind, headers = understood(bodies.parsed(await http.body()))
        request = checked(speaker.request(**settings))
        result = await last_of(http, turns, lambda: speaker.run(request))
        if not len(result.wave):
            raise RequestError("There is nothing to say in this text.")
        sound = await run_in_threadpool(converted, result.wav(), kind)
        return Response(sound, media_type=FORMATS[kind][0], headers=noticed(headers, result.notices))

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
    if isinstance(voice := asked.get("voice"), dict):  # a voice of one's own
        asked = asked | {"voice": voice.get("id") or {}}
    settings = scalars(asked, PASSED_ON)
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
