"""What clients of OpenAI's images API know: `POST /v1/images/generations`. Added by `resgen.ui.page.launch`.

What is understood otherwise than it was asked is told in the header `X-Resgen-Notice`, the seed used in
`X-Resgen-Seed`. Pictures hold the settings that make each again.
"""

import base64
import io
import time
from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from resgen.engine import Setting, checked, number
from resgen.image.files import save_png
from resgen.image.request import PHOTO_SIZES, SIZES, ImageRequest, ImageResult
from resgen.turns import Turns
from resgen.ui.api import bodies
from resgen.ui.api.openai import BadParameter, last_of, model_among, noticed, refuse_unsupported, refusing, scalars

PATH = "/v1/images/generations"
# Optional, and all ours: OpenAI's style is vivid or natural.
PASSED_ON = ("style", "steps", "guidance", "blend", "balance", "avoid", "picture", "strength", "variety", "seed")
MOST_PICTURES = Setting("pictures at once, as OpenAI's", 1, 10)
FORMATS = ("b64_json", "url")
UNSUPPORTED: dict[str, tuple[tuple[Any, ...], str]] = {
    "stream": ((False,), "pictures are sent when they are finished."),
    "partial_images": ((0,), "pictures are sent when they are finished."),
    "output_format": (("png",), "pictures are PNG files."),
}


def understood(asked: dict[str, Any]) -> tuple[ImageRequest, str]:
    """A body as OpenAI's clients send it -> the engine's request, and how pictures are sent. `quality`, `background`
    (what is not drawn is transparent) and `moderation` are ignored.

    Raises:
        BadParameter, RequestError: it asks for what cannot be done here; names the parameter.
    """
    if not isinstance(asked.get("prompt"), str):
        raise BadParameter("prompt must be what to draw, a text.", "prompt")
    refuse_unsupported(asked, UNSUPPORTED)
    kind = "b64_json" if asked.get("response_format") is None else asked["response_format"]
    if kind not in FORMATS:
        raise BadParameter(f"response_format must be {' or '.join(FORMATS)}, a data: address.", "response_format")
    count = int(number("n", 1 if asked.get("n") is None else asked["n"], int, MOST_PICTURES))
    settings = scalars(asked, PASSED_ON)
    return checked(ImageRequest(asked["prompt"], count=count, size=_side(asked.get("size")), **settings)), kind


def _side(size: Any) -> int:
    """Pixels a side of a size such as 256x256."""
    if size in (None, "auto"):
        return SIZES[-1]
    side, _, other = size.partition("x") if isinstance(size, str) else ("", "", "")
    if side != other or side not in map(str, PHOTO_SIZES):
        raise BadParameter("size must be 64x64 or 256x256, or of photographs also 32x32 or 128x128.", "size")
    return int(side)


def add_route(app: Any, painter: Any, turns: Turns) -> None:
    """Add the endpoint to an app.

    Args:
        painter: the image engine.
        turns: whose turn it is to use it.
    """

    @refusing
    async def generations(http: Request) -> Response:
        body = bodies.parsed(await http.body())
        model_among(body, (painter.card["name"],))
        request, kind = understood(body)
        result = await last_of(http, turns, lambda: painter.run(request))
        pictures = await run_in_threadpool(encoded, result)
        start = "data:image/png;base64," if kind == "url" else ""
        told = {"created": int(time.time()), "data": [{kind: start + picture} for picture in pictures]}
        headers = noticed({"X-Resgen-Seed": str(result.settings["seed"])}, result.notices)
        return JSONResponse(told | {"size": f"{request.size}x{request.size}", "output_format": "png"}, headers=headers)

    app.add_api_route(PATH, generations, methods=["POST"])


def encoded(result: ImageResult) -> list[str]:
    """Each picture as a PNG in base64."""
    pictures = []
    for image, own in zip(result.images(), result.own, strict=True):
        file = io.BytesIO()
        save_png(image, file, result.settings | own)
        pictures.append(base64.b64encode(file.getvalue()).decode())
    return pictures
