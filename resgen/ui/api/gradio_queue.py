"""What keeps Gradio's queue alive and light, and ends the process when that failed. Called by `resgen.ui.page.launch`.

The queue is one coroutine: an exception in it stops the page for everybody, while the server goes on answering
"Queue is stopped" (gradio 6.31; `docs/upstream/gradio-queue.md`). One known way to it is a message for a session that
nobody can read from any more, so such messages are dropped here. For ways that are not known, a thread looks every
second: a supervisor that starts the process anew serves better than a server without a queue.
"""

import logging
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

EXIT_CODE = 70  # EX_SOFTWARE of sysexits.h
LOG = logging.getLogger("resgen.ui")

MOST_SESSIONS = 300  # whose messages are kept for them
# What may wait for a session to read it: messages of half a minute of a story, and characters in them.
MOST_UNREAD, MOST_CHARACTERS = 600, 32_000_000


def tame(queue: Any) -> None:
    """Have a Gradio queue end an event that nobody listens to, instead of itself.

    It also keeps fewer sessions' messages, which hold whole results, and no statistics of the last 10,000 events, which
    it would sum up with pandas after each.
    """
    queue.pending_messages_per_session = _Messages(queue)
    queue.ANALYTICS_MAX_EVENTS, queue.ANAYLTICS_CACHE_FREQUENCY = 1, float("inf")
    send = queue.send_message

    def send_message(event: Any, message: Any) -> None:
        messages = queue.pending_messages_per_session
        unread = messages.get(event.session_hash)
        if unread is not None and unread.qsize() < MOST_UNREAD and _characters(unread) < MOST_CHARACTERS:
            send(event, message)
        else:
            event.alive = False

    queue.send_message = send_message


def _characters(unread: Any) -> int:
    """About how much text the messages in a queue hold: pictures and sound are addresses of many characters."""
    return sum(len(value) for message in unread._queue for value in _texts(getattr(message, "output", None), 4))


def _texts(value: Any, depth: int) -> Iterator[str]:
    """All texts in a value, as deep as that."""
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part, depth - 1)


class _Messages(OrderedDict):
    """Session -> its messages, of the last sessions and all that still have an event."""

    def __init__(self, queue: Any):
        super().__init__()
        self._queue = queue

    def __setitem__(self, session: str, messages: Any) -> None:
        super().__setitem__(session, messages)
        if len(self) > MOST_SESSIONS:
            events, alive = self._queue.pending_event_ids_session, self._queue.event_ids_to_events
            over = (old for old in self if old != session and not events.get(old, set()) & alive.keys())
            if (oldest := next(over, None)) is not None:
                del self[oldest]
                events.pop(oldest, None)


def watch(demo: Any, seconds: float = 1.0, leave=os._exit) -> threading.Thread:
    """Start the thread that ends the process once the queue of a running page has stopped.

    Args:
        leave: ends the process with an exit code.
    """

    def look() -> None:
        while demo.is_running:
            if demo._queue.stopped and demo.is_running:
                LOG.critical("Gradio's queue has stopped; the process ends with code %d to be started anew.", EXIT_CODE)
                leave(EXIT_CODE)
                return
            time.sleep(seconds)

    thread = threading.Thread(target=look, name="resgen-watchdog", daemon=True)
    thread.start()
    return thread
