"""The tab that listens: a microphone or a file, the words as they are heard, and what can be done with them. Built by
`resgen.ui.page` around a listen engine, if weights of one ship."""

from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

import gradio as gr

from resgen.engine import settings_of
from resgen.ui import i18n
from resgen.ui.controls import each, file_of, paced, refused, results, slider, told
from resgen.ui.runs import Room, run_until_stopped
from resgen.ui.uploads import uploaded, within_an_hour

UNSURE = 0.4  # confidence of a word in the strongest colour
STORY_WORDS = 120  # of a story about what was heard


def coloured(result) -> str:
    """What was heard as HTML: the less sure a word, the stronger its colour. One that is pressed is played (page.js);
    one that is pointed at or focused tells when it was said and how sure it is."""
    spans: list[str] = []
    for heard in result.words:
        doubt = min(1.0, (1 - heard.confidence) / (1 - UNSURE))
        note = i18n.say("HEARD_WORD", text=heard.word, start=heard.start, chance=heard.confidence)
        spans.append(
            f'<span tabindex="{-1 if spans else 0}" role="button" aria-label="{escape(note)}" '
            f'style="--surprise:{doubt:.2f}" data-start="{heard.start}" data-note="{escape(note)}">'
            f"{escape(heard.word)}</span>"
        )
    return f'<p class="weighed-help">{i18n.say("HEARD_HELP")}</p><div class="weighed">{" ".join(spans)}</div>'


def status(result) -> str:
    """The line under the button."""
    line = i18n.say("LISTENED", words=len(result.words), audio=result.progress.done, seconds=result.progress.seconds)
    return "  \n".join([line, *i18n.noticed(result.notices)])


def listen_tab(ears, with_text: list[Callable[..., dict[gr.Component, Any]]]) -> None:
    """Build the tab and its events, inside an open `gr.Tab`.

    Args:
        with_text: each builds something that can be done with what was heard, as in `resgen.ui.text_tab`.
    """
    request, last = ears.request, gr.State()
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            sound = gr.Audio(
                sources=["microphone", "upload"],
                type="filepath",
                format="wav",
                label=i18n.text("LISTEN_SOUND"),
                elem_id="listen-sound",
            )
            with gr.Row():
                go = gr.Button(i18n.text("LISTEN"), variant="primary", elem_id="listen")
                room = Room("listen", "listen-stop")
            line = gr.Markdown(elem_id="listen-status", elem_classes="status")
            gr.Markdown(i18n.text("LISTEN_PRIVACY"))
            with gr.Accordion(i18n.text("MORE"), open=False):
                beam = slider(request, "beam", i18n.text("BEAM"))
        with gr.Column(scale=3, min_width=300, elem_id="listen-result"):
            heard = gr.HTML(elem_id="heard-words")
            text = gr.Textbox(
                label=i18n.text("HEARD"),
                placeholder=i18n.text("HEARD_HINT"),
                lines=4,
                max_lines=16,
                buttons=["copy"],
                interactive=True,
                elem_id="heard",
            )
            buttons = gr.Row(elem_classes="tools")
            note = gr.Markdown(elem_id="heard-note", elem_classes="status", render=False)
            clear: dict[gr.Component, Any] = {}
            for build in with_text:
                clear |= build(text, last, buttons, room, note)
            with buttons:
                download = gr.DownloadButton(
                    i18n.text("SUBTITLE_FILE"), size="sm", interactive=False, elem_id="heard-download"
                )
            note.render()

    def run(given, width):
        with told():
            path = uploaded(given)
        if path is None:
            raise refused(i18n.say("NO_SOUND"))
        hearing = paced(within_an_hour(results(ears, {"beam": width}, path)))
        with told():
            yield from each(hearing, lambda result: (coloured(result), result.text, status(result), result))

    def finished(result):
        """Offers the file."""
        if result is None or not result.words:
            return gr.skip()
        return gr.DownloadButton(value=file_of("resgen-listen.srt", result.written("srt").encode()), interactive=True)

    clear |= {line: partial(i18n.say, "LISTENING"), heard: "", text: "", last: None, note: ""}
    clear |= {download: gr.update(value=None, interactive=False)}
    finish = {"fn": finished, "inputs": [last], "outputs": [download]}
    start = [go.click, sound.stop_recording, sound.upload]
    run_until_stopped(start, run, [sound, beam], [heard, text, line, last], room, finish, clear=clear)


def write_about(
    writer, text: gr.Component, _: gr.State, buttons: gr.Row, room: Room, note: gr.Component
) -> dict[gr.Component, Any]:
    """Build a button that writes a story about what was heard, and its box; the room's Stop ends it too.

    Args:
        buttons: where the button stands; the story comes where this is called.
        note: tells why there is none.

    Returns:
        What goes when something else is heard.
    """
    with buttons:
        button = gr.Button(i18n.text("WRITE_ABOUT"), size="sm", elem_id="write-about")
    story = gr.Textbox(
        label=i18n.text("STORY"), lines=6, max_lines=16, buttons=["copy"], visible="hidden", elem_id="heard-story"
    )

    def show(words):
        if not words:
            raise refused(i18n.say("NOTHING_HEARD"))
        topic = str(words)[: int(settings_of(writer.request)["topic"][0].high)]
        written = paced(results(writer, {"topic": topic, "words": STORY_WORDS}))
        yield from each(written, lambda result: (gr.Textbox(result.text, visible=True), gr.skip()))

    gone: dict[gr.Component, Any] = {story: gr.update(value="", visible="hidden")}
    only: dict[str, Any] = {"lane": "about", "clear": gone | {note: ""}}
    run_until_stopped([button.click], show, [text], [story, note], room, **only)
    return gone
