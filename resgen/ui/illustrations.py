"""The button that illustrates a story. Built by `resgen.ui.page` around an image engine, under the story."""

from typing import Any

import gradio as gr

from resgen.image.request import STYLES
from resgen.ui import i18n
from resgen.ui.controls import last_of, refused, results
from resgen.ui.image_tab import picture_files
from resgen.ui.runs import Room, run_until_stopped

ILLUSTRATIONS = 4
MOST_CHARACTERS = 40_000  # of a story that are looked through for things to draw


def illustrate(
    painter,
    story: gr.Component,
    written: gr.State,
    buttons: gr.Row,
    room: Room,
    note: gr.Component,
    name: str = "illustrate",
    label: str = "ILLUSTRATE",
) -> dict[gr.Component, Any]:
    """Build a button that draws what a story is about, and its pictures; the room's Stop ends it too.

    Args:
        written: the last result in the room, whose topic comes first if it has one.
        buttons: where the button stands; the pictures come where this is called.
        note: tells why there are none.
        name, label: elem_id and text of the button.

    Returns:
        What goes when another story begins.
    """
    with buttons:
        button = gr.Button(i18n.text(label), size="sm", elem_id=name)
    pictures = gr.Gallery(
        show_label=False,
        format="png",
        columns=4,
        height="auto",
        object_fit="contain",
        interactive=False,
        visible="hidden",
        elem_id=f"{name}-pictures",
        elem_classes="gallery",
    )

    def show(text, result):
        text = str(text or "")[:MOST_CHARACTERS]
        mentioned = painter.dictionary.mentioned
        topic = mentioned(result.settings.get("topic", ""), ILLUSTRATIONS) if result else []
        things = list(dict.fromkeys([*topic, *mentioned(text, ILLUSTRATIONS)]))[:ILLUSTRATIONS]
        if not things:
            raise refused(i18n.say("NOTHING_TO_DRAW") if text else i18n.say("NOTHING_WRITTEN"))
        drawn = []
        for thing in things:
            result = last_of(results(painter, {"prompt": thing, "style": STYLES[0], "count": 1}))
            drawn.append((picture_files(result)[0], thing))
            yield gr.Gallery(drawn, visible=True), gr.skip()

    gone: dict[gr.Component, Any] = {pictures: gr.update(value=[], visible="hidden")}
    only: dict[str, Any] = {"lane": "illustrate", "clear": gone | {note: ""}}
    run_until_stopped([button.click], show, [story, written], [pictures, note], room, **only)
    return gone
