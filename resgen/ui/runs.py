"""A room's runs: what a press starts, what ends it, and what the page shows meanwhile. Called by the tabs, and by
`resgen.ui.page`, which has all runs take turns.

What is shown belongs to what was asked last: a visitor's new run ends his old one, waits until that has ended, and
first of all clears what the old one left. (Gradio 6.31 would drop a press during a run, or show both runs' results.)
"""

import contextlib
import inspect
import logging
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr

from resgen.turns import PAUSE, Busy, Turns, Visitor
from resgen.ui import i18n, strings
from resgen.ui.controls import MODEL, MODEL_QUEUE, PRIVATE, refused, runner
from resgen.ui.room import MAIN, Room, milliseconds

LOG = logging.getLogger("resgen.ui")
FAILED = "⚠ "  # begins a status line that tells why there is no result

# An event's inputs: of a press that starts a run, `resgen.press` in page.js makes the first the time and the second the
# visitor's language, and shows that something goes on.
PRESSED = "(...values) => resgen.press(%r, values)"
DONE = "(...values) => resgen.done(%r, values)"


@dataclass
class Lane:
    """Which runs of a room an event starts, and what of before goes when one begins: for each of its outputs a value,
    or what makes it."""

    room: Room
    name: str
    cleared: tuple


def run_until_stopped(
    start: list[Callable],
    generate: Callable[..., Generator],
    inputs: list[gr.Component],
    outputs: list[gr.Component],
    room: Room,
    finish: dict | None = None,
    lane: str = MAIN,
    clear: dict[gr.Component, Any] | None = None,
    after: list[Any] | None = None,
) -> None:
    """Have a generator fill the outputs when started, until it ends or this visitor ends it; then finish.

    Args:
        finish: arguments of the event that follows, whether the run came to its end or was stopped.
        lane: which other runs of the room this one ends.
        clear: component -> what it shows when a run begins; outputs that are not among them stay.
        after: events that start it too, when they have succeeded.
    """
    clear = clear or {}
    every = [*outputs, *(component for component in clear if component not in outputs)]
    left = (gr.skip(),) * (len(every) - len(outputs))

    def run(request: gr.Request, started: float, language: str, *values):
        with contextlib.closing(generate(*values)) as stream:
            while not room.is_over(request.session_hash, lane, started):  # it may have waited for others
                with i18n.spoken(language):  # others speak between two results
                    shown = next(stream, None)
                if shown is None:
                    break
                if shown is PAUSE:
                    yield PAUSE
                    continue
                yield *(shown if isinstance(shown, tuple) else (shown,)), *left

    lasting: Any = run
    lasting.lane = Lane(room, lane, tuple(clear.get(output, gr.skip()) for output in every))
    look: dict[str, Any] = {"show_progress": "hidden", "stream_every": 0.1, "trigger_mode": "multiple"}
    given = [room.now, room.language, *inputs]
    events = [gr.on(start, run, given, every, js=PRESSED % room.name, **look, **PRIVATE, **MODEL_QUEUE)]
    events += [
        event.success(run, given, every, js=PRESSED % room.name, **look, **PRIVATE, **MODEL_QUEUE)
        for event in after or ()
    ]
    finish = finish or {"fn": lambda: None, "inputs": [], "outputs": []}

    def finished(request: gr.Request, *values):
        if room.is_at_work(request.session_hash, lane):  # what is there now is not of the run that ended
            return tuple(gr.skip() for _ in finish["outputs"]) or None
        return finish["fn"](*values)

    for event in events:
        event.then(
            finished,
            finish["inputs"],
            finish["outputs"],
            js=DONE % room.name,
            queue=False,
            show_progress="hidden",
            trigger_mode="multiple",
            **PRIVATE,
        )


def connect(
    engine,
    controls: Mapping[str, gr.Component],
    show: Callable[[Iterator], Iterator],
    outputs: list[gr.Component],
    start: list[Callable],
    room: Room,
    finish: dict,
    keep: gr.Button,
    used: gr.JSON,
    prepare: Callable[[dict], dict] = dict,
    **how,
) -> None:
    """Wire a room: start runs the engine with the controls' values, Stop ends it, keep takes over the seed used.

    Args:
        controls: setting's name -> component.
        show: results of the engine -> values for the outputs.
        start: triggers, such as a button's click.
        used: shows the settings of the last result.
        prepare: as in `runner`.
        how: as in `run_until_stopped`.
    """
    run_until_stopped(start, *runner(engine, controls, show, prepare), outputs, room, finish, **how)
    seed = controls["seed"]
    keep.click(None, [used, seed], seed, js="(last, now) => last ? last.seed : now", **PRIVATE)


def take_turns(demo: gr.Blocks, turns: Turns) -> None:
    """Have all events of a page that use a model take turns with those of other visitors, each result in a turn of its
    own; as long as one waits, its status line says so."""
    for event in demo.fns.values():
        if event.concurrency_id == MODEL:
            event.fn = _in_turns(event, turns)


def _in_turns(event, turns: Turns) -> Callable:
    """An event's function as a coroutine or an asynchronous generator."""
    work = event.fn
    lane: Lane | None = getattr(work, "lane", None)
    line = next((i for i, each in enumerate(event.outputs) if "status" in (each.elem_classes or [])), None)

    def in_line(sentence: Any) -> tuple:
        return tuple(sentence if i == line else gr.skip() for i in range(len(event.outputs)))

    def waiting(language: Any, ahead: int) -> tuple:
        with i18n.spoken(language):
            return in_line(i18n.say("WAITING", ahead=ahead))

    if inspect.isgeneratorfunction(work):
        make, told = work, line is not None
    else:

        def make(*values):
            yield work(*values)

        told = False

    def stream(visitor: gr.Request, values: tuple):
        host = visitor.client.host if visitor.client else "unknown"
        line = partial(waiting, values[2]) if told else None  # of a run: request, time, language
        return turns.stream(Visitor(host, visitor.session_hash), lambda: make(*values), line)

    async def run(visitor: gr.Request, *values):
        try:
            async with contextlib.aclosing(stream(visitor, values)) as results:
                async for result in results:
                    yield result
        except Busy as error:
            raise refused(str(error)) from None
        except gr.Error:
            raise
        except OSError:
            turns.failed += 1
            LOG.exception("A result could not be written.")
            raise refused(strings.NO_ROOM) from None
        except Exception:
            turns.failed += 1
            raise

    async def once(visitor: gr.Request, *values):
        async with contextlib.aclosing(run(visitor, *values)) as results:
            return await anext(results)

    async def in_lane(visitor: gr.Request, request: gr.Request, started: Any, language: Any, *values):
        """What cannot be done is told in the status line of what it belongs to."""
        assert lane is not None
        room, session = lane.room, visitor.session_hash
        try:
            async with room.alone(session, lane.name, milliseconds(started)):
                if not room.is_over(session, lane.name, started):
                    with i18n.spoken(language):
                        cleared = tuple(each() if callable(each) else each for each in lane.cleared)
                    yield cleared
                    async with contextlib.aclosing(run(visitor, request, started, language, *values)) as results:
                        async for result in results:
                            if room.is_replaced(session, lane.name, started):
                                break
                            yield result
                # Gradio sends the last result once more. Where a newer run waits, it is to be nothing; else it has to
                # come twice, for a component that is seen for the first time may miss it while its script loads.
                if room.is_replaced(session, lane.name, started):
                    yield in_line(gr.skip())
        except gr.Error as error:
            with i18n.spoken(language):
                failed = FAILED + i18n.translated(str(error.message))
            yield in_line(failed)

    taking_turns: Any = in_lane if lane else run if inspect.isgeneratorfunction(work) else once
    # Gradio reads from the signature what a function wants beside its inputs.
    own = inspect.signature(work)
    first = inspect.Parameter("visitor", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=gr.Request)
    taking_turns.__signature__ = own.replace(parameters=[first, *own.parameters.values()])
    taking_turns.__annotations__ = {"visitor": gr.Request, **getattr(work, "__annotations__", {})}
    return taking_turns
