"""Which words of a story, or of a text of the visitor's own, name people, vehicles and more. Built by `resgen.ui.page`
under the story, around a tagger."""

from dataclasses import asdict

import gradio as gr

from resgen.tagger.words import CATEGORIES
from resgen.ui import strings
from resgen.ui.controls import Stop, endpoint, refused, results, run_until_stopped, textbox

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


def mark_words(tagger, story: gr.Component, _: gr.Component, buttons: gr.Row, stop: Stop) -> None:
    """Build a button that marks the words of a story, a box for other texts, and the endpoint /tag.

    Args:
        buttons: where the button stands; the marked text comes where this is called.
    """
    limits = tagger.request
    with buttons:
        button = gr.Button(strings.MARK, size="sm", elem_id="mark")
    with gr.Accordion(strings.MARK_OTHERS, open=False):
        wanted = gr.Dropdown(["", *CATEGORIES], value="", label=strings.MARK_WHICH, elem_id="mark-which")
        own = textbox(limits, "text", label=strings.MARK_OWN, lines=3, elem_id="mark-text")
        go = gr.Button(strings.MARK_GO, size="sm", elem_id="mark-own")
    marked = gr.HighlightedText(
        label=strings.MARKED, color_map=COLOURS, show_legend=True, visible=False, elem_id="marked", interactive=False
    )

    def show(text, categories):
        if not text:
            raise refused(strings.NOTHING_TO_MARK)
        for result in results(tagger, {"text": text, "categories": categories or ""}):  # noqa: B007
            pass
        yield gr.HighlightedText(entities(text, result), visible=True)

    nothing = {"fn": lambda: None, "inputs": None, "outputs": None}
    run_until_stopped([button.click], show, [story, wanted], [marked], stop, nothing)
    run_until_stopped([go.click], show, [own, wanted], [marked], stop, nothing)
    description = "Find the words that name people, vehicles and more; streams (spans, settings)."
    endpoint(tagger, lambda result: [asdict(span) for span in result.spans], list, "tag", description)
