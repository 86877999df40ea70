"""Tests the promise that Gradio's queue neither stops nor fills the memory, whatever becomes of those it serves."""

import asyncio
import threading
from types import SimpleNamespace

import pytest

from resgen.ui.api import gradio_queue


def a_queue(send_message):
    """What `tame` knows of Gradio's queue."""
    return SimpleNamespace(send_message=send_message, pending_event_ids_session={}, event_ids_to_events={})


def test_an_event_whose_messages_nobody_reads_ends():
    queue = a_queue(lambda event, message: queue.pending_messages_per_session[event.session_hash].put_nowait(message))
    gradio_queue.tame(queue)
    queue.pending_messages_per_session["a"], event = asyncio.Queue(), SimpleNamespace(session_hash="a", alive=True)
    for number in range(gradio_queue.MOST_UNREAD + 5):
        queue.send_message(event, number)
    assert not event.alive and queue.pending_messages_per_session["a"].qsize() == gradio_queue.MOST_UNREAD


def test_messages_of_old_sessions_are_forgotten_but_not_of_those_still_served():
    queue = a_queue(None)
    gradio_queue.tame(queue)
    queue.event_ids_to_events["e0"] = "still served"
    for number in range(2 * gradio_queue.MOST_SESSIONS):
        queue.pending_event_ids_session[str(number)] = {f"e{number}"}
        queue.pending_messages_per_session[str(number)] = asyncio.Queue()
    assert len(queue.pending_messages_per_session) == gradio_queue.MOST_SESSIONS
    assert queue.pending_messages_per_session.keys() == queue.pending_event_ids_session.keys()
    assert "0" in queue.pending_messages_per_session and "1" not in queue.pending_messages_per_session


def test_a_message_to_a_session_that_is_gone_ends_its_event_and_not_the_queue():
    sent, queue = [], a_queue(lambda *given: sent.append(given))
    gradio_queue.tame(queue)
    queue.pending_messages_per_session["here"] = asyncio.Queue()
    here, gone = SimpleNamespace(session_hash="here", alive=True), SimpleNamespace(session_hash="gone", alive=True)
    queue.send_message(here, "a")
    queue.send_message(gone, "b")
    assert sent == [(here, "a")] and here.alive and not gone.alive


def test_the_watchdog_ends_a_process_whose_queue_has_stopped(caplog):
    demo, left = SimpleNamespace(is_running=True, _queue=SimpleNamespace(stopped=False)), threading.Event()
    codes = []

    def leave(code):
        codes.append(code)
        left.set()

    gradio_queue.watch(demo, seconds=0.01, leave=leave)
    demo._queue.stopped = True
    assert left.wait(10) and codes == [gradio_queue.EXIT_CODE] and "queue has stopped" in caplog.text


def test_the_watchdog_leaves_a_page_that_was_closed_alone():
    demo = SimpleNamespace(is_running=False, _queue=SimpleNamespace(stopped=True))
    thread = gradio_queue.watch(demo, leave=pytest.fail)
    thread.join(10)
    assert not thread.is_alive()


def test_pictures_that_nobody_fetches_do_not_fill_the_memory():
    queue = a_queue(lambda event, message: queue.pending_messages_per_session[event.session_hash].put_nowait(message))
    gradio_queue.tame(queue)
    queue.pending_messages_per_session["a"], event = asyncio.Queue(), SimpleNamespace(session_hash="a", alive=True)
    for _ in range(20):
        queue.send_message(event, SimpleNamespace(output={"data": [["x" * 10_000_000], {}]}))
    assert not event.alive and queue.pending_messages_per_session["a"].qsize() == 4
