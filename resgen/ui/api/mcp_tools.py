"""The engines as tools for assistants: a server of the Model Context Protocol at `/gradio_api/mcp`, where clients of
Gradio's look for one. Added by `resgen.ui.page.launch` when it is asked for; needs the package `mcp`.

Gradio's own server (6.31) would hand a tool's arguments to a client of the page within the page, which uploads what
looks like a file, has all visitors share one address, and goes on when nobody listens any more. Here arguments are
checked by the engine and go nowhere else, and tools take turns with all other requests. No sessions are kept.
"""

import base64
import contextlib
import dataclasses
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route

from resgen import __version__
from resgen.engine import checked, known, settings_of
from resgen.errors import RequestError, ServeError
from resgen.speech.files import FORMATS, converted
from resgen.turns import Busy, Turns
from resgen.ui.api.images import encoded
from resgen.ui.api.openai import ClientGone, last_of
from resgen.ui.process import NO_MCP

PATH = "/gradio_api/mcp"
SOUND = "mp3"
JSON_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}


@dataclass(frozen=True)
class Tool:
    """What an assistant may call: an engine, told in a sentence or two, and what its last result is as content blocks,
    each a dict as the protocol has them."""

    name: str
    engine: Any
    description: str
    content: Callable[[Any], list[dict[str, Any]]]

    def schema(self) -> dict[str, Any]:
        """The settings as JSON Schema; all but the first have their defaults."""
        fields = settings_of(self.engine.request)
        properties = {}
        for name, (limits, default) in fields.items():
            if limits.instead:  # deprecated
                continue
            told: dict[str, Any] = {"type": JSON_TYPES[type(default)], "description": limits.help, "default": default}
            if limits.choices:
                told["enum"] = list(limits.choices)
            elif isinstance(default, str):
                told["maxLength"] = int(limits.high)
            elif not isinstance(default, bool):
                told |= {"minimum": limits.low, "maximum": limits.high}
            properties[name] = told
        return {
            "type": "object",
            "properties": properties,
            "required": [next(iter(fields))],
            "additionalProperties": False,
        }


def tools_of(engines: dict[str, Any]) -> list[Tool]:
    """One tool for each engine that makes something of words."""
    return [
        Tool(
            "write",
            engines["text"],
            "Write a short story for children in English, going on from its first words or about a topic.",
            lambda result: [_text(text) for text in result.texts],
        ),
        Tool(
            "draw",
            engines["image"],
            "Draw small pictures of a thing in the styles of emoji, or photographs of it. Unless several are wanted, "
            "set count to 1.",
            lambda result: [{"type": "image", "data": each, "mimeType": "image/png"} for each in encoded(result)],
        ),
        Tool("speak", engines["speech"], "Read an English text aloud.", _sound),
        Tool(
            "tag",
            engines["tagger"],
            "Find the words of an English text that name people, animals, vehicles and more, as JSON: where each "
            "starts and ends, its category and how sure that is.",
            lambda result: [_text(json.dumps([dataclasses.asdict(span) for span in result.spans]))],
        ),
    ]


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _sound(result: Any) -> list[dict[str, Any]]:
    if not len(result.wave):
        raise RequestError("There is nothing to say in this text.")
    sound = base64.b64encode(converted(result.wav(), SOUND)).decode()
    return [{"type": "audio", "data": sound, "mimeType": FORMATS[SOUND][0]}]


class ToolServer:
    """The server.

    Args:
        engines: by their kind.
        turns: whose turn it is to use them.

    Raises:
        ServeError: the package `mcp` is not installed.
    """

    def __init__(self, engines: dict[str, Any], turns: Turns):
        try:
            import mcp_types as types
            from mcp.server import Server
            from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
        except ImportError:
            raise ServeError(NO_MCP) from None
        self._tools, self._turns = {tool.name: tool for tool in tools_of(engines)}, turns

        async def list_tools(context: Any, params: Any) -> Any:
            listed = [
                types.Tool(
                    name=tool.name,
                    description=tool.description,
                    input_schema=tool.schema(),
                    annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
                )
                for tool in self._tools.values()
            ]
            return types.ListToolsResult(tools=listed)

        async def call_tool(context: Any, params: Any) -> Any:
            try:
                content, told = await self.call(context.request, params.name, params.arguments or {})
            except RequestError as error:
                return types.CallToolResult.model_validate({"content": [_text(str(error))], "isError": True})
            except Busy as error:
                again = f"{error} Try again in {error.retry_after} seconds."
                return types.CallToolResult.model_validate({"content": [_text(again)], "isError": True})
            except ClientGone:
                return types.CallToolResult(content=[], is_error=True)
            return types.CallToolResult.model_validate({"content": content, "structuredContent": told})

        server = Server("resgen", version=__version__, on_list_tools=list_tools, on_call_tool=call_tool)
        # Answers to requests come in a stream, in which the server notices when the client goes away.
        self._manager = StreamableHTTPSessionManager(server, stateless=True)

    async def call(self, http: Any, name: str, arguments: dict[str, Any]) -> tuple[list[dict[str, Any]], dict]:
        """What a tool makes: content, and the settings used with notices, if there are any.

        Args:
            http: the request it came in.

        Raises:
            RequestError: there is no such tool, or the engine refuses the arguments.
            Busy, ClientGone: as `resgen.ui.api.openai.results_for`.
        """
        if name not in self._tools:
            raise RequestError(f"There is no tool {name[:40]!r}; there are {', '.join(self._tools)}.")
        tool = self._tools[name]
        engine = tool.engine
        request = checked(engine.request(**known(engine.request, arguments)))
        result = await last_of(http, self._turns, lambda: engine.run(request))
        content = await run_in_threadpool(tool.content, result)
        told = {"settings": result.settings}
        if result.notices:
            told["notices"] = list(result.notices)
            content += [_text(notice) for notice in result.notices]
        return content, told

    @contextlib.asynccontextmanager
    async def lifespan(self, app: Any) -> AsyncIterator[None]:
        """What the app must hold open as long as it serves."""
        async with self._manager.run():
            yield

    def add_route(self, app: Any) -> None:
        """Add the endpoint to an app."""
        app.router.routes.append(Route(PATH, self, methods=["POST"]))

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        """A request; refused where a browser sends it for a page of another address."""
        headers = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1")
        if origin and _host_of(origin) != headers.get(b"host", b"").decode("latin-1"):
            await JSONResponse({"detail": "Pages of other addresses are not served."}, 403)(scope, receive, send)
            return
        await self._manager.handle_request(scope, receive, send)


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
