"""Tests the promise that what an update leaves as it is costs nothing, and is left as it is."""

import asyncio

import gradio as gr
from gradio.state_holder import StateHolder

from resgen.ui.api import sessions


def test_outputs_that_stay_are_neither_made_anew_nor_changed(monkeypatch):
    with gr.Blocks() as demo:
        kept, shown, line, pressed = gr.State("kept"), gr.Textbox("old"), gr.Markdown(), gr.Button()
        pressed.click(lambda: None, None, [shown, kept, line])
    event, holder = next(iter(demo.fns.values())), StateHolder()
    holder.set_blocks(demo)
    state = holder["visitor"]

    def updates():
        return [gr.skip(), gr.skip(), "new"], [gr.update(value="more"), "changed", gr.skip()]

    expected = [asyncio.run(demo.postprocess_data(event, each, holder["other"])) for each in updates()]
    sessions.spare(demo)
    monkeypatch.setattr(gr.Textbox, "__init__", None)
    assert asyncio.run(demo.postprocess_data(event, updates()[0], state)) == expected[0]
    assert state[kept._id] == "kept"
    monkeypatch.undo()
    assert asyncio.run(demo.postprocess_data(event, updates()[1], state)) == expected[1]
    assert state[kept._id] == "changed"
