"""Tests the promise that Stop ends what was started before it was pressed, and nothing else."""

from types import SimpleNamespace

import gradio as gr

from resgen.ui.controls import Stop


def test_a_stop_is_for_what_this_visitor_started_before_it_whichever_request_arrives_first():
    with gr.Blocks():
        stop = Stop("stop")
    visitor, other = SimpleNamespace(session_hash="a"), SimpleNamespace(session_hash="b")
    assert not stop.since(5.0, visitor)
    stop.press(10.0, visitor)
    assert stop.since(5.0, visitor)
    assert not stop.since(20.0, visitor)
    assert not stop.since(5.0, other)
