"""What keeps Gradio's queue alive and light, and ends the process when that failed. Called by `resgen.ui.page.launch`.

The queue is one coroutine: an exception in it stops the page for everybody, while the server goes on answering
"Queue is stopped" (gradio 6.31; `docs/upstream/gradio-queue.md`). One known way to it is a message for a session that
nobody can read from any more, so such messages are dropped here. For ways that are not known, a thread looks every
second: a supervisor that starts the process anew serves better than a server without a queue.
"""

import logging
import os
import threading
from typing import Any

EXIT_CODE = 70  # EX_SOFTWARE of sysexits.h
LOG = logging.getLogger("resgen.ui")


def tame(queue: Any) -> None:
    """Have a Gradio queue end an event whose session is gone, instead of itself, and keep no statistics of the last
    10,000 events, which it would sum up with pandas after each."""
    queue.ANALYTICS_MAX_EVENTS, queue.ANAYLTICS_CACHE_FREQUENCY = 1, float("inf")
    send = queue.send_message

    def send_message(event: Any, message: Any) -> None:
        if event.session_hash in queue.pending_messages_per_session:
            send(event, message)
        else:
            event.alive = False

    queue.send_message = send_message


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
            closed.wait(seconds)

    closed = threading.Event()
    thread = threading.Thread(target=look, name="resgen-watchdog", daemon=True)
    thread.start()
    return thread
