"""Fair turns: many requests at once on one machine. The page and its HTTP routes run every engine through one `Turns`.

An engine is a generator, so a request can be left and taken up again between any two of its results. One thread does
all the work, a result of one request at a time: next is the host that has had the least of its time, of that host the
visitor who has, of his requests the one that waits longest (start-time fair queueing; Goyal, Vin and Cheng 1996). So
nobody waits for the end of another's long request, and who asks for much gets no more than who asks for little. A step
that is long in itself calls `breathe` between its parts.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from dataclasses import dataclass, field
from typing import Any

_OVER = object()
# A generator yields it where it has nothing to show yet: its turn is over, and nobody is told.
PAUSE = object()
_DEEPEST = 8  # requests whose steps are interrupted by others' steps at the same time
_worker = threading.local()


class Busy(Exception):
    """There is no place for one more request; the message says whose limit it is.

    Args:
        message: one sentence for the visitor.
        everybody: the whole server is full, rather than this visitor's share.
        retry_after: seconds after which it is worth asking again.
    """

    def __init__(self, message: str, everybody: bool, retry_after: int):
        super().__init__(message)
        self.everybody, self.retry_after = everybody, retry_after


@dataclass(frozen=True)
class Visitor:
    """Who asks: the address that the request came from, and which of those who share it, if that is known."""

    host: str
    session: str | None


@dataclass(eq=False)
class _Job:
    """A request's generator, where its results go, and whether its consumer waits for one."""

    visitor: Visitor
    start: Callable[[], Generator]
    loop: asyncio.AbstractEventLoop
    results: Generator | None = None
    wanted: asyncio.Future | None = None
    running: bool = False
    at_work: bool = False
    closed: bool = False
    began: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class _Turn:
    """A step of a request, and since when it works without having been interrupted."""

    job: _Job
    since: float


class Turns:
    """Who may work, and in which order.

    Args:
        running: requests at work at the same time, of all, of one host and of one visitor; each holds the memory of
            its state.
        waiting: requests of one visitor beyond those at work.
        capacity: requests, at work or waiting, of all and of one host.
    """

    def __init__(
        self, running: tuple[int, int, int] = (56, 50, 2), waiting: int = 4, capacity: tuple[int, int] = (80, 60)
    ):
        self.most_running, self.most_running_of_host, self.most_of_one = running
        self.most_waiting = waiting
        self.most_of_all, self.most_of_host = capacity
        self._jobs: list[_Job] = []  # in the order of their arrival
        # Seconds of work for each host and each visitor with a request here. Who comes begins with what the one had
        # whose turn came last: so nobody lives on time that he did not use, and newcomers do not go first for ever.
        self._used: dict[str | Visitor, float] = {}
        self._reached: dict[str, float] = {}  # what that one had, among hosts ("") and among the visitors of each host
        self.worked, self.failed = 0.0, 0  # seconds of work, and runs that ended with a fault, since the beginning
        self._change = threading.Condition(threading.Lock())
        self._thread: threading.Thread | None = None

    def admit(self, visitor: Visitor) -> None:
        """Refuse a request that would be more than its visitor's share, or more than the server holds.

        Raises:
            Busy: says which of both.
        """
        with self._change:
            own = sum(job.visitor == visitor for job in self._jobs)
            neighbours = sum(job.visitor.host == visitor.host for job in self._jobs)
            everybody = len(self._jobs)
        most = self.most_of_one + self.most_waiting
        if own >= most:
            raise Busy(f"You have {own} requests here already; wait for one of them, or stop it.", False, 5)
        if neighbours >= self.most_of_host or everybody >= self.most_of_all:
            raise Busy(f"{everybody} requests are being served; try again in a moment.", True, 10)

    def load(self) -> dict[str, int]:
        """How many requests are at work, and how many wait."""
        with self._change:
            at_work = sum(job.running for job in self._jobs)
            return {"running": at_work, "waiting": len(self._jobs) - at_work}

    def ahead(self, job: Any) -> int:
        """How many requests begin before a waiting one, at most."""
        with self._change:
            return sum(not other.running for other in self._jobs[: self._jobs.index(job)]) if job in self._jobs else 0

    async def stream(
        self, visitor: Visitor, start: Callable[[], Generator], waiting: Callable[[int], Any] | None = None
    ) -> AsyncGenerator[Any]:
        """The results of a request, each made in a turn of its own, when it is asked for.

        Closing it, or cancelling who waits for it, closes the generator after the step that it is in.

        Args:
            start: makes the generator; called at the first turn, on the thread that works.
            waiting: how many begin before -> what to yield as long as the request has not begun.

        Raises:
            Busy: see `admit`.
            Exception: whatever the generator raises.
        """
        self.admit(visitor)
        job = _Job(visitor, start, asyncio.get_running_loop())
        with self._change:
            self._used.setdefault(visitor.host, self._reached.get("", 0.0))
            self._used.setdefault(visitor, self._reached.get(visitor.host, 0.0))
            self._jobs.append(job)
            self._begin()
        try:
            while not job.running and waiting is not None:
                yield waiting(self.ahead(job))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(job.began.wait(), 1.0)
            await job.began.wait()
            while True:
                wanted = job.loop.create_future()
                with self._change:
                    job.wanted = wanted  # and gone again as soon as the result is there
                    self._change.notify()
                result = await wanted
                if result is _OVER:
                    return
                yield result
        finally:
            with self._change:
                job.closed, job.wanted = True, None
                if not job.at_work and job.results is None:  # not begun, or over
                    self._leave(job)
                self._change.notify()

    def _begin(self) -> None:
        """Let waiting requests begin as far as there is room, those of who has the fewest at work first. With the lock
        held."""
        while True:
            at_work = [job.visitor for job in self._jobs if job.running]
            hosts = [visitor.host for visitor in at_work]
            free = [
                job
                for job in self._jobs
                if not job.running
                and at_work.count(job.visitor) < self.most_of_one
                and hosts.count(job.visitor.host) < self.most_running_of_host
            ]
            if not free or len(at_work) >= self.most_running:
                break
            job = min(free, key=lambda job: (hosts.count(job.visitor.host), at_work.count(job.visitor)))
            job.running = True
            with contextlib.suppress(RuntimeError):  # its loop is closed: nobody waits for it
                job.loop.call_soon_threadsafe(job.began.set)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="resgen-model", daemon=True)
            self._thread.start()

    def _leave(self, job: _Job) -> None:
        """Forget a request, if that was not done yet, and let others begin. With the lock held."""
        if job not in self._jobs:
            return
        self._jobs.remove(job)
        if all(other.visitor != job.visitor for other in self._jobs):
            del self._used[job.visitor]
        if all(other.visitor.host != job.visitor.host for other in self._jobs):
            del self._used[job.visitor.host]
            self._reached.pop(job.visitor.host, None)
        if not self._jobs:
            self._reached.clear()
        self._begin()

    def _tag(self, job: _Job) -> tuple[float, float]:
        """What a request's host and its visitor have had; who has the least is next."""
        return self._used[job.visitor.host], self._used[job.visitor]

    def _next(self) -> _Job | None:
        """Whose turn it is, if it is not that of one who is interrupted; marks it as at work. With the lock held."""
        ready = [
            job for job in self._jobs if job.running and not job.at_work and (job.closed or job.wanted is not None)
        ]
        if not ready:
            return None
        job = min(ready, key=self._tag)
        # Those who are interrupted come first as soon as nobody has had less than they.
        if any(self._tag(turn.job) <= self._tag(job) for turn in _worker.stack):
            return None
        self._reached[""], self._reached[job.visitor.host] = self._tag(job)
        # The next request of the same visitor comes before this one.
        self._jobs.remove(job)
        self._jobs.append(job)
        job.at_work = True
        return job

    def _work(self) -> None:
        _worker.turns, _worker.stack = self, []
        while True:
            with self._change:
                while (job := self._next()) is None:
                    self._change.wait()
            self._turn(job)

    def _charge(self, turn: _Turn) -> None:
        """Count the work that a turn did since it began or went on. With the lock held."""
        now = time.perf_counter()
        self._used[turn.job.visitor.host] += now - turn.since
        self._used[turn.job.visitor] += now - turn.since
        self.worked += now - turn.since
        turn.since = now

    def _turn(self, job: _Job) -> None:
        """One result of a request, or its end."""
        result, error = _OVER, None
        turn = _Turn(job, time.perf_counter())
        _worker.stack.append(turn)
        try:
            if job.closed:
                if job.results is not None:
                    job.results.close()
            else:
                if job.results is None:
                    job.results = job.start()
                result = next(job.results, _OVER)
        except BaseException as raised:  # also of a generator that exits: the thread serves the others
            error = raised
        _worker.stack.pop()
        with self._change:
            self._charge(turn)
            job.at_work = False
            if result is PAUSE and error is None:
                return
            wanted, job.wanted = job.wanted, None
            if result is _OVER:
                job.results = None
                self._leave(job)
        if wanted is not None:
            with contextlib.suppress(RuntimeError):
                job.loop.call_soon_threadsafe(_deliver, wanted, result, error)


def _deliver(wanted: asyncio.Future, result: Any, error: BaseException | None) -> None:
    if wanted.done():  # whoever waited has gone
        return
    if error is not None:
        wanted.set_exception(error)
    else:
        wanted.set_result(result)


def at_work() -> int:
    """How many requests share the thread that this is called on; 1 elsewhere."""
    turns = getattr(_worker, "turns", None)
    return 1 if turns is None else turns.load()["running"]


def breathe_after(modules: Iterable[Any]) -> None:
    """Have others' turns after each pass of these parts of a network whose whole pass is long in itself. What comes out
    stays the same, bit by bit.

    Args:
        modules: of PyTorch.
    """
    for module in modules:
        module.register_forward_hook(_breathed)


def _breathed(*_: Any) -> None:
    breathe()


def breathe() -> None:
    """Within a long step: those who have had less than it, and wait, have their turns. Elsewhere it does nothing."""
    turns = getattr(_worker, "turns", None)
    if turns is None or len(_worker.stack) > _DEEPEST:
        return
    with turns._change:
        turns._charge(_worker.stack[-1])
    while True:
        with turns._change:
            job = turns._next()
        if job is None:
            break
        turns._turn(job)
    _worker.stack[-1].since = time.perf_counter()
