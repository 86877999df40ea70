"""From an engine's settings to controls and endpoints, the same way for every tab."""

import contextlib
import dataclasses
import hashlib
import inspect
import json
import os
import tempfile
import time
import types
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from resgen.engine import settings_of
from resgen.errors import RequestError
from resgen.turns import PAUSE, at_work, breathe
from resgen.ui import i18n

# Events that use a model; `take_turns` says whose turn it is, so Gradio's queue holds none of them back.
MODEL = "model"
MODEL_QUEUE: dict[str, Any] = {"concurrency_id": MODEL, "concurrency_limit": None}
# The page's own events. Their values come as the client sends them, and engines check them: Gradio's own checks fail
# with a bare "Error" at a value of another type, and decode a picture whatever its size.
PRIVATE: dict[str, Any] = {"api_visibility": "private", "preprocess": False}
# An update costs Gradio and the browser more time than the writer takes for a token, so a reader gets one in so many
# seconds; of a crowd each gets fewer, or all the time would go into updates.
PACE, PACE_OF_CROWD = 0.05, 0.005  # the latter for each request at work


def slider(request: type, name: str, label: Any) -> gr.Slider:
    """A slider with the limits, step, default and help of a setting."""
    limits, default = settings_of(request)[name]
    return gr.Slider(
        limits.low, limits.high, value=default, step=limits.step, label=label, info=i18n.help_of(request, name)
    )


def checkbox(request: type, name: str, label: Any) -> gr.Checkbox:
    """What turns a setting on and off."""
    _, default = settings_of(request)[name]
    return gr.Checkbox(default, label=label, info=i18n.help_of(request, name))


def textbox(request: type, name: str, **look) -> gr.Textbox:
    """A text box that takes as many characters as the setting; it begins with the default, or the value in `look`."""
    limits, default = settings_of(request)[name]
    # Without a value, a box that was never shown would give None.
    return gr.Textbox(**{"value": default, "max_length": int(limits.high), **look})


def seed_box(request: type, elem_id: str) -> gr.Number:
    """The seed; below it a button that has a new one drawn every time."""
    _, default = settings_of(request)["seed"]
    seed = gr.Number(default, label=i18n.text("SEED"), info=i18n.help_of(request, "seed"), precision=0, elem_id=elem_id)
    fresh = gr.Button(i18n.text("NEW_SEED"), size="sm")
    fresh.click(None, None, seed, js=f"() => {default}", **PRIVATE)
    return seed


def surprise(surprises: dict[str, list], boxes: list[gr.Component], elem_id: str) -> Any:
    """A button that fills the boxes with one of some texts; its event, after which a run may follow.

    Args:
        surprises: language -> a value for the boxes, or a list of one for each.
    """
    button = gr.Button(i18n.text("SURPRISE_ME"), size="sm", elem_id=elem_id)
    js = f"() => resgen.any({json.dumps(surprises, ensure_ascii=False)})"
    return button.click(None, None, boxes, js=js, api_visibility="private")


def runner(
    engine, controls: Mapping, show: Callable, prepare: Callable[[dict], dict] = dict
) -> tuple[Callable[..., Generator], list[gr.Component]]:
    """A generator function that shows what the engine makes of its inputs, and these: the controls.

    Args:
        prepare: values of the controls -> settings; it may raise a RequestError.
    """

    def generate(*values):
        with told():
            settings = prepare(dict(zip(controls, values, strict=True)))
        yield from show(results(engine, settings))

    return generate, list(controls.values())


def new_folder() -> Path:
    """An empty folder in Gradio's own cache, which it empties as time goes by."""
    parent = Path(gr.utils.get_upload_folder())
    parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(dir=parent))


def file_of(name: str, content: bytes) -> str:
    """A file in Gradio's own cache; its path. The same name and content is the same file, so that who asks for it a
    thousand times does not fill the disk."""
    folder = Path(gr.utils.get_upload_folder()) / hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as part:
        part.write(content)
    os.replace(part.name, folder / name)  # at once, for it may be being read
    return str(folder / name)


def refused(message: str) -> gr.Error:
    """What tells a visitor that he cannot be served as he asked; his words do not come into the server's log."""
    return gr.Error(message, print_exception=False)


@contextlib.contextmanager
def told() -> Iterator[None]:
    """What an engine refuses becomes a message on the page and to API clients.

    Raises:
        gr.Error: with the engine's explanation.
    """
    try:
        yield
    except RequestError as error:
        raise refused(str(error)) from None


def results(engine, values: dict, *source) -> Iterator:
    """Run an engine.

    Args:
        values: settings of the request.
        source: what it is run on, for an engine that takes something beside settings.

    Raises:
        gr.Error: it refuses the request.
    """
    with told():
        yield from engine.run(engine.request(**values), *source)


def last_of(stream: Iterator) -> Any:
    """The last of some results, made within one turn: others have theirs between."""
    for result in stream:  # noqa: B007
        breathe()
    return result


def doubled(stream: Iterator) -> Iterator:
    """The 1st, 2nd, 4th, 8th, ... result and the last, of such as hold all before them: so what is sent grows with what
    is made, not with its square."""
    left = []
    for number, result in enumerate(stream, 1):
        left = [result]
        if number & (number - 1) == 0:
            yield left.pop()
        else:
            breathe()
    yield from left


def paced(stream: Iterator) -> Iterator:
    """Of results that come faster than a page can show them, one every `PACE` seconds, and the last; else PAUSE."""
    due, left = 0.0, []
    for result in stream:
        left = [result]
        if time.monotonic() >= due:
            yield left.pop()
            due = time.monotonic() + max(PACE, PACE_OF_CROWD * at_work())
        else:
            yield PAUSE
    yield from left


def each(stream: Iterator, show: Callable[[Any], Any]) -> Iterator:
    """What is shown of each result; PAUSE stays what it is."""
    for result in stream:
        yield PAUSE if result is PAUSE else show(result)


def endpoint(
    engine, output: Callable, kind: type, api_name: str, description: str, select: Callable[[Iterator], Iterator] = iter
) -> None:
    """Publish an engine as an API endpoint that streams (result, settings); beside the settings `notices`, if any.

    Its arguments are the request's settings; all but the first have their defaults.

    Args:
        output: engine result -> the first output.
        kind: type of the first output.
        select: which of the results to send.
    """
    fields = dataclasses.fields(engine.request)
    types_of = {f.name: float | None if f.default is None else type(f.default) for f in fields}

    def sent(result):
        told = {"notices": list(result.notices)} if result.notices else {}
        return output(result), result.settings | told

    def call(*values):
        yield from each(select(results(engine, dict(zip((f.name for f in fields), values, strict=False)))), sent)

    parameters = [
        inspect.Parameter(
            f.name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=f.default if i else inspect.Parameter.empty,
            annotation=types_of[f.name],
        )
        for i, f in enumerate(fields)
    ]
    published: Any = call
    returned = types.GenericAlias(tuple, (kind, dict))
    published.__signature__ = inspect.Signature(parameters, return_annotation=returned)
    published.__annotations__ = types_of | {"return": returned}
    published.__name__ = api_name
    gr.api(published, api_name=api_name, api_description=description, **MODEL_QUEUE)
