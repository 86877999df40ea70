"""From an engine's settings to controls and endpoints, the same way for every tab."""

import contextlib
import dataclasses
import hashlib
import inspect
import logging
import os
import tempfile
import time
import types
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from resgen.engine import settings_of
from resgen.errors import RequestError
from resgen.turns import Busy, Turns, Visitor
from resgen.ui import strings

# Events that use a model; `take_turns` says whose turn it is, so Gradio's queue holds none of them back.
MODEL = "model"
MODEL_QUEUE: dict[str, Any] = {"concurrency_id": MODEL, "concurrency_limit": None}
LOG = logging.getLogger("resgen.ui")
# The page's own events. Their values come as the client sends them, and engines check them: Gradio's own checks fail
# with a bare "Error" at a value of another type, and decode a picture whatever its size.
PRIVATE: dict[str, Any] = {"api_visibility": "private", "preprocess": False}
MOST_SESSIONS = 1000  # of whom it is known when they pressed Stop
PACE = 0.05  # an update costs Gradio and the browser more time than the writer takes for a token
# An event's inputs, so many, the first of which becomes the time, in milliseconds.
NOW = "(...values) => [performance.now(), ...values.slice(1, %d)]"


def slider(request: type, name: str, label: str) -> gr.Slider:
    """A slider with the limits, step, default and help of a setting."""
    limits, default = settings_of(request)[name]
    return gr.Slider(limits.low, limits.high, value=default, step=limits.step, label=label, info=limits.help)


def checkbox(request: type, name: str, label: str) -> gr.Checkbox:
    """What turns a setting on and off."""
    limits, default = settings_of(request)[name]
    return gr.Checkbox(default, label=label, info=limits.help)


def textbox(request: type, name: str, **look) -> gr.Textbox:
    """A text box that takes as many characters as the setting; it begins with the default, or the value in `look`."""
    limits, default = settings_of(request)[name]
    # Without a value, a box that was never shown would give None.
    return gr.Textbox(**{"value": default, "max_length": int(limits.high), **look})


def seed_box(request: type, elem_id: str) -> gr.Number:
    """The seed; below it a button that has a new one drawn every time."""
    limits, default = settings_of(request)["seed"]
    seed = gr.Number(default, label="Seed", info=limits.help, precision=0, elem_id=elem_id)
    fresh = gr.Button(strings.NEW_SEED, size="sm")
    fresh.click(None, None, seed, js=f"() => {default}", **PRIVATE)
    return seed


class Stop:
    """A Stop button, and when each visitor pressed it last: what was started before is to end.

    Presses bear the time of the visitor's own clock, for requests may come in another order than they were sent.
    Gradio's own `cancels` (6.31) would end a run too, but its last message may reach the page before the page has let
    go of the run, and then reads as an error.
    """

    def __init__(self, elem_id: str):
        self.button = gr.Button(strings.STOP, variant="stop", elem_id=elem_id)
        self.now = gr.Number(visible=False)
        self.pressed: OrderedDict[str | None, float] = OrderedDict()  # session -> milliseconds, of the last who pressed
        # The button's first event: the page sends one after the other, each when the one before was answered.
        self.button.click(self.press, self.now, js=NOW % 1, queue=False, show_progress="hidden", **PRIVATE)

    def press(self, time: float, request: gr.Request) -> None:
        self.pressed[request.session_hash] = milliseconds(time)
        self.pressed.move_to_end(request.session_hash)
        if len(self.pressed) > MOST_SESSIONS:
            self.pressed.popitem(last=False)

    def since(self, time: float, request: gr.Request) -> bool:
        """Whether this visitor has pressed it after that time."""
        time = milliseconds(time)
        return self.pressed.get(request.session_hash, time) > time


def milliseconds(time: Any) -> float:
    """The time of a visitor's clock.

    Raises:
        gr.Error: it is none.
    """
    if not isinstance(time, int | float):
        raise refused(strings.NO_TIME)
    return time


def connect(
    engine,
    controls: Mapping[str, gr.Component],
    show: Callable[[Iterator], Iterator],
    outputs: list[gr.Component],
    start: list[Callable],
    stop: Stop,
    finish: dict,
    keep: gr.Button,
    used: gr.JSON,
    prepare: Callable[[dict], dict] = dict,
) -> None:
    """Wire a room: start runs the engine with the controls' values, stop ends it, keep takes over the seed used.

    Args:
        controls: setting's name -> component.
        show: results of the engine -> values for the outputs.
        start: triggers, such as a button's click.
        finish: arguments of the event that follows, whether the run came to its end or was stopped.
        used: shows the settings of the last result.
        prepare: as in `runner`.
    """
    run_until_stopped(start, *runner(engine, controls, show, prepare), outputs, stop, finish)
    seed = controls["seed"]
    keep.click(None, [used, seed], seed, js="(last, now) => last ? last.seed : now", **PRIVATE)


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


def run_until_stopped(
    start: list[Callable],
    generate: Callable[..., Generator],
    inputs: list[gr.Component],
    outputs: list[gr.Component],
    stop: Stop,
    finish: dict,
) -> None:
    """Have a generator fill the outputs when started, until it ends or this visitor presses stop; then finish."""

    def run(request: gr.Request, started: float, *values):
        if not stop.since(started, request):  # it may have waited for others
            with contextlib.closing(generate(*values)) as stream:
                for shown in stream:
                    yield shown
                    if stop.since(started, request):
                        break

    inputs = [stop.now, *inputs]
    look: dict[str, Any] = {"show_progress": "minimal", "stream_every": 0.1}
    event = gr.on(start, run, inputs, outputs, js=NOW % len(inputs), **look, **PRIVATE, **MODEL_QUEUE)
    event.success(**finish, **PRIVATE, queue=False)


def take_turns(demo: gr.Blocks, turns: Turns) -> None:
    """Have all events of a page that use a model take turns with those of other visitors, each result in a turn of its
    own; as long as one waits, its status line says so."""
    for event in demo.fns.values():
        if event.concurrency_id == MODEL:
            event.fn = _in_turns(event, turns)


def _in_turns(event, turns: Turns) -> Callable:
    """An event's function as a coroutine or an asynchronous generator."""
    work = event.fn

    lines = ["status" in (getattr(output, "elem_classes", None) or []) for output in event.outputs]

    def waiting(ahead: int):
        return tuple(strings.WAITING.format(ahead=ahead) if line else gr.skip() for line in lines)

    if inspect.isgeneratorfunction(work):
        make, told = work, waiting if any(lines) else None
    else:

        def make(*values):
            yield work(*values)

        told = None

    def stream(visitor: gr.Request, values: tuple):
        host = visitor.client.host if visitor.client else "unknown"
        return turns.stream(Visitor(host, visitor.session_hash), lambda: make(*values), told)

    async def run(visitor: gr.Request, *values):
        try:
            async with contextlib.aclosing(stream(visitor, values)) as results:
                async for result in results:
                    yield result
        except Busy as error:
            raise refused(str(error)) from None
        except OSError:
            LOG.exception("A result could not be written.")
            raise refused(strings.NO_ROOM) from None

    async def once(visitor: gr.Request, *values):
        async with contextlib.aclosing(run(visitor, *values)) as results:
            return await anext(results)

    taking_turns: Any = run if inspect.isgeneratorfunction(work) else once
    # Gradio reads from the signature what a function wants beside its inputs.
    own = inspect.signature(work)
    first = inspect.Parameter("visitor", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=gr.Request)
    taking_turns.__signature__ = own.replace(parameters=[first, *own.parameters.values()])
    taking_turns.__annotations__ = {"visitor": gr.Request, **getattr(work, "__annotations__", {})}
    return taking_turns


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


def results(engine, values: dict) -> Iterator:
    """Run an engine.

    Args:
        values: settings of the request.

    Raises:
        gr.Error: it refuses the request.
    """
    with told():
        yield from engine.run(engine.request(**values))


def paced(stream: Iterator) -> Iterator:
    """Of results that come faster than a page can show them, one every `PACE` seconds, and the last."""
    due, left = 0.0, []
    for result in stream:
        left = [result]
        if time.monotonic() >= due:
            yield left.pop()
            due = time.monotonic() + PACE
    yield from left


def endpoint(
    engine, output: Callable, kind: type, api_name: str, description: str, select: Callable[[Iterator], Iterator] = iter
) -> None:
    """Publish an engine as an API endpoint that streams (result, settings); beside the settings stand `notices`.

    Its arguments are the request's settings; all but the first have their defaults.

    Args:
        output: engine result -> the first output.
        kind: type of the first output.
        select: which of the results to send.
    """
    fields = dataclasses.fields(engine.request)
    types_of = {f.name: float | None if f.default is None else type(f.default) for f in fields}

    def call(*values):
        for result in select(results(engine, dict(zip((f.name for f in fields), values, strict=False)))):
            told = {"notices": list(result.notices)} if result.notices else {}
            yield output(result), result.settings | told

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
