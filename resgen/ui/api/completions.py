"""What clients of OpenAI's completions API know: `POST /v1/completions`, whole or as server-sent events. Added by
`resgen.ui.page.launch`.

What is understood otherwise than it was asked is told in the header `X-Resgen-Notice`, the seed used, from which text i
has that + i, in `X-Resgen-Seed`.
"""

import contextlib
import json
import time
import uuid
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from resgen.engine import Setting, checked, number, settings_of
from resgen.errors import RequestError
from resgen.text.request import TextRequest, TextResult
from resgen.turns import Turns
from resgen.ui.api import bodies
from resgen.ui.api.openai import (
    BadParameter,
    ClientGone,
    error_of,
    model_among,
    noticed,
    refuse_unsupported,
    refusing,
    results_for,
    scalars,
)

PATH = "/v1/completions"
# As OpenAI's, but that temperature and top_p are ours by default; then ours alone.
PASSED_ON = ("temperature", "top_p", "seed", "topic", "top_k", "min_p", "focus", "repetition_penalty", "dry")
MOST_TOKENS = Setting("tokens of each text, where OpenAI's default is 16", 1, 1_000_000)
MOST_CHOICES = Setting("texts at once", 1, settings_of(TextRequest)["variants"][0].high)
MOST_STOPS, LONGEST_STOP = 4, 100
PENALTY = ((0,), "use repetition_penalty, from 0 to 20.")
UNSUPPORTED: dict[str, tuple[tuple[Any, ...], str]] = {
    "suffix": (("",), "texts are only continued."),
    "logprobs": ((0, False), "ask for the text alone."),
    "best_of": ((1,), "ask for n texts and choose."),
    "logit_bias": (({},), "use topic for words that are to come, and `no dogs` for those that are not."),
    "frequency_penalty": PENALTY,
    "presence_penalty": PENALTY,
}


@dataclass(frozen=True)
class Asked:
    """A body, understood: the engine's request; then what is done with its texts."""

    request: TextRequest
    most: int
    stops: tuple[str, ...]
    echo: bool
    stream: bool
    usage: bool  # whether a stream ends by telling it

    def choices(self, result: TextResult, last: bool) -> list[tuple[str, str | None]]:
        """Of each text so far what may be shown, and why it is over, if it is: "stop" at its own end or a stop,
        "length" at the limit. What may be the beginning of a stop is held back until it is known."""
        start = 0 if self.echo else len(result.settings["prompt"])
        found: list[tuple[str, str | None]] = []
        for text, finished in zip(result.texts, result.finished, strict=True):
            new = len(result.settings["prompt"])
            places = [place for stop in self.stops if (place := text.find(stop, new)) >= 0]
            if places:
                found.append((text[start : min(places)], "stop"))
            elif last:
                found.append((text[start:], "stop" if finished else "length"))
            else:
                found.append((text[start : len(text) - self._held_back(text[new:])], None))
        return found

    def _held_back(self, text: str) -> int:
        """How many characters at its end may begin a stop."""
        lengths = (length for stop in self.stops for length in range(1, len(stop)) if text.endswith(stop[:length]))
        return max(lengths, default=0)


def understood(asked: dict[str, Any]) -> Asked:
    """A body as OpenAI's clients send it.

    Raises:
        BadParameter, RequestError: it asks for what cannot be done here; names the parameter.
    """
    prompt = asked.get("prompt")
    if isinstance(prompt, list) and len(prompt) == 1:
        prompt = prompt[0]
    if not isinstance(prompt, str | None):
        raise BadParameter("prompt must be one text: neither several nor tokens.", "prompt")
    refuse_unsupported(asked, UNSUPPORTED)
    # What is asked for by nothing is what it is by default.
    most = int(number("max_tokens", _or(asked.get("max_tokens"), 16), int, MOST_TOKENS))
    count = int(number("n", _or(asked.get("n"), 1), int, MOST_CHOICES))
    stops = _or(asked.get("stop"), [])
    stops = [stops] if isinstance(stops, str) else stops
    if not isinstance(stops, list) or len(stops) > MOST_STOPS or not all(map(_is_stop, stops)):
        raise BadParameter(f"stop must be at most {MOST_STOPS} texts of 1 to {LONGEST_STOP} characters.", "stop")
    options = _or(asked.get("stream_options"), {})
    usage = options.get("include_usage") if isinstance(options, dict) else options
    for name, value in (("echo", asked.get("echo")), ("stream", asked.get("stream")), ("include_usage", usage)):
        if not isinstance(value, bool | None):
            raise BadParameter(f"{name} must be true or false.", name)
    coherence = {} if asked.get("coherence") is None else {"coherence": asked["coherence"]}
    words = min(most, int(settings_of(TextRequest)["words"][0].high))
    request = TextRequest(prompt or "", words=words, variants=count, **scalars(asked, PASSED_ON), **coherence)
    return Asked(checked(request), most, tuple(stops), bool(asked.get("echo")), bool(asked.get("stream")), bool(usage))


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value


def _is_stop(stop: Any) -> bool:
    return isinstance(stop, str) and 0 < len(stop) <= LONGEST_STOP


def add_route(app: Any, writer: Any, turns: Turns) -> None:
    """Add the endpoint to an app.

    Args:
        writer: the text engine.
        turns: whose turn it is to use it.
    """
    model = writer.card["name"]

    @refusing
    async def completions(http: Request) -> Response:
        body = bodies.parsed(await http.body())
        model_among(body, (model,))
        asked = understood(body)
        results = results_for(http, turns, lambda: writer.run(asked.request, asked.most))
        reply = {"id": f"cmpl-{uuid.uuid4().hex}", "object": "text_completion", "created": int(time.time())}
        reply |= {"model": model, "system_fingerprint": str(writer.card.get("sha256", ""))[:16]}
        try:
            first = await anext(results)  # what is refused is refused before the stream begins
            headers = noticed({"X-Resgen-Seed": str(first.settings["seed"])}, first.notices)
            if asked.stream:
                events = _events(asked, first, results, reply, writer)
                return StreamingResponse(events, media_type="text/event-stream", headers=headers)
            result, choices = first, asked.choices(first, False)
            async for result in results:
                choices = asked.choices(result, False)
                if all(reason for _, reason in choices):
                    break
            choices = asked.choices(result, True)
        except BaseException:
            await results.aclose()
            raise
        await results.aclose()
        listed = [_choice(number, text, reason) for number, (text, reason) in enumerate(choices)]
        return JSONResponse(reply | {"choices": listed, "usage": _usage(writer, result)}, headers=headers)

    app.add_api_route(PATH, completions, methods=["POST"])


def _choice(number: int, text: str, reason: str | None) -> dict[str, Any]:
    return {"index": number, "text": text, "logprobs": None, "finish_reason": reason}


def _usage(writer: Any, result: TextResult) -> dict[str, int]:
    read = len(writer.tokenizer.encode(result.settings["prompt"]))
    return {"prompt_tokens": read, "completion_tokens": result.tokens, "total_tokens": read + result.tokens}


async def _events(
    asked: Asked, first: TextResult, results: AsyncGenerator[TextResult], reply: dict[str, Any], writer: Any
) -> AsyncGenerator[str]:
    """What each result adds to each text, as server-sent events."""
    shown, over = [""] * len(first.texts), [False] * len(first.texts)

    def added(result: TextResult, last: bool) -> list[dict[str, Any]]:
        choices = []
        for place, (text, reason) in enumerate(asked.choices(result, last)):
            if not over[place] and (reason or len(text) > len(shown[place])):
                choices.append(_choice(place, text[len(shown[place]) :], reason))
                shown[place], over[place] = text, reason is not None
        return choices

    def event(told: dict[str, Any]) -> str:
        return f"data: {json.dumps(told, ensure_ascii=False)}\n\n"

    plain = reply | ({"usage": None} if asked.usage else {})
    async with contextlib.aclosing(results):
        try:
            result = first
            for choice in added(result, False):
                yield event(plain | {"choices": [choice]})
            if not all(over):
                async for result in results:
                    for choice in added(result, False):
                        yield event(plain | {"choices": [choice]})
                    if all(over):
                        break
            for choice in added(result, True):
                yield event(plain | {"choices": [choice]})
            if asked.usage:
                yield event(reply | {"choices": [], "usage": _usage(writer, result)})
            yield "data: [DONE]\n\n"
        except ClientGone:
            return
        except RequestError as error:  # it has begun, so its status is told
            yield event({"error": error_of(str(error), 400)})
