"""From an engine's settings to controls and endpoints, the same way for every tab."""

import dataclasses
import inspect
from collections.abc import Callable, Iterator

import gradio as gr

from resgen.engine import RequestError, settings_of

# One queue for all models: at most one of them works at a time, whoever asked.
MODEL_QUEUE = {"concurrency_id": "model", "concurrency_limit": 1}


def slider(request: type, name: str, label: str) -> gr.Slider:
    """A slider with the limits, step, default and help of a setting."""
    limits, default = settings_of(request)[name]
    return gr.Slider(limits.low, limits.high, value=default, step=limits.step, label=label, info=limits.help)


def textbox(request: type, name: str, **look) -> gr.Textbox:
    """A text box that takes as many characters as the setting."""
    return gr.Textbox(max_length=int(settings_of(request)[name][0].high), **look)


def results(engine, values: dict) -> Iterator:
    """Run an engine; a request it refuses becomes a message on the page and to API clients.

    Raises:
        gr.Error: with the engine's explanation.
    """
    try:
        yield from engine.run(engine.request(**values))
    except RequestError as error:
        raise gr.Error(str(error)) from None


def endpoint(engine, output: Callable, kind: type, api_name: str, description: str) -> None:
    """Publish an engine as an API endpoint that streams (result, settings).

    Its arguments are the request's settings; all but the first have their defaults.

    Args:
        output: engine result -> the first output.
        kind: type of the first output.
    """
    fields = dataclasses.fields(engine.request)

    def call(*values):
        for result in results(engine, dict(zip((f.name for f in fields), values, strict=False))):
            yield output(result), result.settings

    parameters = [
        inspect.Parameter(
            f.name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=f.default if i else inspect.Parameter.empty,
            annotation=type(f.default),
        )
        for i, f in enumerate(fields)
    ]
    call.__signature__ = inspect.Signature(parameters, return_annotation=tuple[kind, dict])
    call.__annotations__ = {f.name: type(f.default) for f in fields} | {"return": tuple[kind, dict]}
    call.__name__ = api_name
    gr.api(call, api_name=api_name, api_description=description, **MODEL_QUEUE)
