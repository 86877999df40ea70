"""What a supervisor asks: `GET /healthz`, whether the page serves, and `GET /v1/models`, what it serves. Added by
`resgen.ui.page.launch`."""

from typing import Any

from fastapi.responses import JSONResponse

from resgen.turns import Turns
from resgen.ui.api import completions, images, speech, transcriptions

ROUTES = {
    "text": [completions.PATH],
    "image": [images.PATH],
    "speech": [speech.PATH],
    "listen": [transcriptions.PATH],
}


def add_routes(app: Any, demo: Any, engines: dict[str, Any], turns: Turns) -> None:
    """Add both to an app.

    Args:
        engines: by their kind.
    """

    async def health() -> JSONResponse:
        """200 and how busy it is, or 503 once Gradio's queue has stopped."""
        stopped = demo._queue.stopped
        return JSONResponse({"status": "stopped" if stopped else "ok", **turns.load()}, 503 if stopped else 200)

    async def models() -> dict:
        """As OpenAI's clients read it, and which of the routes in OpenAI's shape take each."""
        listed = [
            {"id": engine.cards[0]["name"], "object": "model", "owned_by": "resgen", "routes": ROUTES.get(kind, [])}
            for kind, engine in engines.items()
        ]
        return {"object": "list", "data": sorted(listed, key=lambda model: model["id"])}

    app.add_api_route("/healthz", health, methods=["GET"])
    app.add_api_route("/v1/models", models, methods=["GET"])
