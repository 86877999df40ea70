"""The endpoint for writing down speech that clients of OpenAI's API know, `POST /v1/audio/transcriptions`. Added by
`resgen.ui.page.launch`.

A sound is heard in turns with all other requests, and nothing of it is kept. What a client sends is data: its file's
name is never looked at.
"""

import contextlib
import json
import uuid
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from resgen.engine import checked
from resgen.errors import RequestError
from resgen.listen.request import ListenResult
from resgen.turns import Busy, Turns, Visitor
from resgen.ui.api.openai import BadParameter, refusal
from resgen.ui.uploads import within_an_hour

PATH = "/v1/audio/transcriptions"
FORMATS = ("json", "text", "srt", "vtt", "verbose_json")
ENGLISH = ("", "en", "eng", "english")
MOST_FIELDS = 20
NOT_YET = "This server has no recogniser: no weights of one ship yet."


def add_route(app: Any, ears: Any, turns: Turns) -> None:
    """Add the endpoint to an app.

    Args:
        ears: the listen engine; None where there is none: then every request is told so.
        turns: whose turn it is to use it.
    """

    async def transcriptions(http: Request) -> Response:
        if ears is None:
            return refusal(NOT_YET, 503)
        try:
            async with http.form(max_files=1, max_fields=MOST_FIELDS) as form:
                kind, settings = understood(form)
                file = form["file"]
                content = await file.read() if isinstance(file, UploadFile) else b""
            try:
                request = checked(ears.request(**settings))
            except RequestError as error:
                raise BadParameter(str(error), "beam") from None
            visitor = Visitor(http.client.host if http.client else "unknown", uuid.uuid4().hex)

            def heard():
                return within_an_hour(ears.run(request, content))

            async with contextlib.aclosing(turns.stream(visitor, heard)) as results:
                async for result in results:  # noqa: B007
                    if await http.is_disconnected():
                        return Response(status_code=499)  # nobody reads it
        except BadParameter as error:
            return refusal(str(error), 400, error.parameter)
        except RequestError as error:
            return refusal(str(error), 400, "file")
        except HTTPException:  # at what is no form
            return refusal("The body must be a form (multipart/form-data) with a file.", 400)
        except Busy as error:
            status = 503 if error.everybody else 429
            return refusal(str(error), status, headers={"Retry-After": str(error.retry_after)})
        return answer(result, kind)

    app.add_api_route(PATH, transcriptions, methods=["POST"])


def understood(form: FormData) -> tuple[str, dict]:
    """A form as OpenAI's clients send it -> the format asked for and settings of the listen engine. `model`,
    `temperature`, `prompt` and `timestamp_granularities` are ignored.

    Raises:
        BadParameter: no file, an unknown format or another language.
    """
    if not isinstance(form.get("file"), UploadFile):
        raise BadParameter("file must be the sound to write down.", "file")
    kind = form.get("response_format", "json")
    if kind not in FORMATS:
        raise BadParameter(f"response_format must be one of {', '.join(FORMATS)}.", "response_format")
    language = form.get("language", "")
    if not isinstance(language, str) or language.strip().casefold() not in ENGLISH:
        raise BadParameter("language must be en: this recogniser hears English.", "language")
    return str(kind), {"beam": form["beam"]} if "beam" in form else {}


def answer(result: ListenResult, kind: str) -> Response:
    """What was heard in one of FORMATS, as OpenAI's clients read it."""
    if kind == "json":
        return JSONResponse({"text": result.text})
    if kind != "verbose_json":
        return PlainTextResponse(result.written("txt" if kind == "text" else kind))
    segments = [
        {"id": number, "start": line[0].start, "end": line[-1].end, "text": " ".join(heard.word for heard in line)}
        for number, line in enumerate(result.captions())
    ]
    told = json.loads(result.written("json"))
    return JSONResponse({"task": "transcribe", "language": "english", **told, "segments": segments})
