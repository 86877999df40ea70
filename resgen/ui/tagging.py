"""Which words of a story, or of a text of the visitor's own, name people, vehicles and more. Built by `resgen.ui.page`
under the story, around a tagger."""

from typing import Any

import gradio as gr

from resgen.tagger.words import CATEGORIES
from resgen.ui import i18n
from resgen.ui.controls import doubled, endpoint, last_of, refused, results, textbox
from resgen.ui.runs import Room, run_until_stopped

COLOURS = dict(
    zip(
        CATEGORIES,
        ["#2563eb", "#b45309", "#dc2626", "#ea580c", "#16a34a", "#0d9488", "#db2777", "#9333ea", "#64748b"]
        + ["#ca8a04", "#e11d48"],
        strict=True,
    )
)


def entities(text: str, result) -> dict:
    """What `gr.HighlightedText` shows of a tagger's result."""
    return {
        "text": text,
        "entities": [{"entity": span.category, "start": span.start, "end": span.end} for span in result.spans],
    }


def mark_words(
    tagger, story: gr.Component, _: gr.Component, buttons: gr.Row, room: Room, note: gr.Component
) -> dict[gr.Component, Any]:
    """Build a button that marks the words of a story, a box for other texts, and the endpoint /tag.

    Args:
        buttons: where the button stands; the marked text comes where this is called.
        note: tells why nothing is marked.

    Returns:
        What goes when another story begins.
    """
    with buttons:
        button = gr.Button(i18n.text("MARK"), size="sm", elem_id="mark")
    with gr.Accordion(i18n.text("MARK_OTHERS"), open=False):
        every = (str(i18n.text("MARK_ALL")), "")
        names = [(str(i18n.text(f"CATEGORY_{name.upper()}")), name) for name in CATEGORIES]
        wanted = gr.Dropdown([every, *names], value="", label=i18n.text("MARK_WHICH"), elem_id="mark-which")
        own = textbox(tagger.request, "text", label=i18n.text("MARK_OWN"), lines=3, elem_id="mark-text")
        go = gr.Button(i18n.text("MARK_GO"), size="sm", elem_id="mark-own")
    marked = gr.HighlightedText(
        [],
        label=i18n.text("MARKED"),
        color_map=COLOURS,
        show_legend=True,
        visible="hidden",
        elem_id="marked",
        interactive=False,
    )

    def show(text, categories):
        if not text:
            raise refused(i18n.say("NOTHING_TO_MARK"))
        result = last_of(results(tagger, {"text": text, "categories": categories or ""}))
        yield gr.HighlightedText(entities(text, result), visible=True), gr.skip()

    gone: dict[gr.Component, Any] = {marked: gr.update(value=[], visible="hidden")}
    only: dict[str, Any] = {"lane": "mark", "clear": gone | {note: ""}}
    run_until_stopped([button.click], show, [story, wanted], [marked, note], room, **only)
    run_until_stopped([go.click], show, [own, wanted], [marked, note], room, **only)
    description = "Find the words that name people, vehicles and more; streams (spans, settings)."
    endpoint(tagger, lambda result: [dict(vars(span)) for span in result.spans], list, "tag", description, doubled)
    return gone
