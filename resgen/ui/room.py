"""A room of the page and the runs of its visitors: which are to end, and which has to wait for that. Used by
`resgen.ui.runs`."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from resgen.ui import i18n, strings
from resgen.ui.controls import PRIVATE, refused

MAIN = "main"  # the lane of a room that ends all others: what they show is of its results
STOPPED = "stopped"  # is no lane
MOST_SESSIONS = 1000  # of whom it is known when they pressed what
MOST_RUNS = 6  # of one visitor in one room, of which all but the last are about to end
# An event's inputs, the first of which becomes the time, in milliseconds.
NOW = "(...values) => [performance.now(), ...values.slice(1)]"


@dataclass(eq=False)
class _Run:
    lane: str
    gone: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class _Visit:
    """What is known of a visitor in a room: the runs going on, and of each lane the time of the visitor's clock before
    which runs were started that are to end."""

    runs: list[_Run] = field(default_factory=list)
    ended: dict[str, float] = field(default_factory=dict)


class Room:
    """A room of the page: its Stop button, and the runs of each visitor.

    Presses bear the time of the visitor's own clock, for requests may come in another order than they were sent.
    Gradio's own `cancels` (6.31) would end a run too, but its last message may reach the page before the page has let
    go of the run, and then reads as an error.

    Args:
        name: elem_id of the button that starts its main runs; that of what shows their results is NAME-result.
        stop_id: elem_id of the Stop button.
    """

    def __init__(self, name: str, stop_id: str):
        self.name = name
        self.button = gr.Button(i18n.text("STOP"), variant="stop", elem_id=stop_id)
        self.now, self.language = gr.Number(visible=False), gr.Textbox(visible=False)
        self._visits: OrderedDict[str | None, _Visit] = OrderedDict()
        # The button's first event: the page sends one after the other, each when the one before was answered.
        self.button.click(self.press, self.now, js=NOW, queue=False, show_progress="hidden", **PRIVATE)

    def _visit(self, session: str | None) -> _Visit:
        visit = self._visits.setdefault(session, _Visit())
        self._visits.move_to_end(session)
        if len(self._visits) > MOST_SESSIONS:
            oldest = next((each for each, visit in self._visits.items() if not visit.runs), None)
            self._visits.pop(oldest, None)
        return visit

    def press(self, time: float, request: gr.Request) -> None:
        """Stop was pressed: all that this visitor started before that time in this room is to end."""
        self._visit(request.session_hash).ended[STOPPED] = milliseconds(time)

    def is_replaced(self, session: str | None, lane: str, started: float) -> bool:
        """Whether a newer run took the place of one that was started at that time."""
        ended = self._visits.get(session, _Visit()).ended
        return any(started < ended.get(by, started) for by in (lane, MAIN))

    def is_over(self, session: str | None, lane: str, started: float) -> bool:
        """Whether a run that was started at that time is to end: by Stop, or because a newer one took its place."""
        stopped = self._visits.get(session, _Visit()).ended.get(STOPPED, started)
        return started < stopped or self.is_replaced(session, lane, started)

    def is_at_work(self, session: str | None, lane: str) -> bool:
        """Whether a run goes on whose result would take the place of what this lane shows."""
        return any(run.lane in (lane, MAIN) for run in self._visits.get(session, _Visit()).runs)

    @contextlib.asynccontextmanager
    async def alone(self, session: str | None, lane: str, started: float) -> AsyncIterator[None]:
        """While this is open, a visitor's run is the only one of its lane, and one of the main lane the only one of the
        room: those before it are told to end, and waited for.

        Raises:
            gr.Error: the visitor has pressed more often than anybody does.
        """
        visit, run = self._visit(session), _Run(lane)
        if len(visit.runs) >= MOST_RUNS:
            raise refused(strings.TOO_MANY_PRESSES)
        before = [other for other in visit.runs if lane in (MAIN, other.lane)]
        visit.runs.append(run)
        visit.ended[lane] = max(started, visit.ended.get(lane, started))
        try:
            for other in before:
                await other.gone.wait()
            yield
        finally:
            visit.runs.remove(run)
            run.gone.set()


def milliseconds(time: Any) -> float:
    """The time of a visitor's clock.

    Raises:
        gr.Error: it is none.
    """
    if isinstance(time, bool) or not isinstance(time, int | float):
        raise refused(strings.NO_TIME)
    return time
