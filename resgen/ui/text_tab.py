"""The tab that writes. Built by `resgen.ui.page` around a text engine."""

import json
from collections.abc import Callable

import gradio as gr

from resgen.ui import strings
from resgen.ui.controls import connect, endpoint, new_folder, seed_box, slider, textbox

SLIDERS = {
    "focus": "Topic focus",
    "tokens": "Length",
    "temperature": "Temperature",
    "top_p": "Top-p",
    "top_k": "Top-k",
    "repetition": "Repetition penalty",
}


def status(result) -> str:
    """The line under the story."""
    progress = result.progress
    line = strings.STATUS.format(
        done=progress.done,
        total=progress.total,
        seconds=progress.seconds,
        rate=progress.rate,
        seed=result.settings["seed"],
    )
    return line + (strings.FINISHED if result.finished else "")


def text_file(text: str, settings: dict | None):
    """The text with its settings in front, as a file to download: resgen-text-SEED.txt."""
    if not text or not settings:
        return gr.DownloadButton(interactive=False)
    path = new_folder() / f"resgen-text-{settings['seed']}.txt"
    header = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in settings.items())
    path.write_text(f"---\n{header}---\n\n{text}\n", encoding="utf-8")
    return gr.DownloadButton(value=str(path), interactive=True)


def text_tab(writer, under_story: Callable[[gr.Component, gr.Button], None]) -> None:
    """Build the tab, its events and the endpoint /write, inside an open `gr.Tab`.

    Args:
        under_story: builds what else can be done with a story, given its text box and the Stop button.
    """
    request = writer.request
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            topic = textbox(
                request,
                "topic",
                value=strings.TOPICS[0],
                label=strings.TOPIC,
                placeholder=strings.TOPIC_HINT,
                elem_id="topic",
            )
            prompt = textbox(
                request, "prompt", label=strings.PROMPT, placeholder=strings.PROMPT_HINT, lines=2, elem_id="prompt"
            )
            with gr.Row():
                go = gr.Button(strings.WRITE, variant="primary", elem_id="write")
                stop = gr.Button(strings.STOP, variant="stop", elem_id="stop")
            topics = [[words] for words in strings.TOPICS]
            gr.Examples(topics, [topic], label=strings.EXAMPLES, api_visibility="private")
            with gr.Accordion(strings.MORE, open=False):
                sliders = {name: slider(request, name, label) for name, label in SLIDERS.items()}
                seed = seed_box(request, "seed")
        with gr.Column(scale=3, min_width=300):
            story = gr.Textbox(
                label=strings.STORY,
                placeholder=strings.STORY_HINT,
                lines=14,
                max_lines=24,
                buttons=["copy"],
                interactive=False,
                elem_id="story",
            )
            line = gr.Markdown(elem_id="status", elem_classes="status")
            with gr.Row():
                keep = gr.Button(strings.KEEP_SEED, size="sm", elem_id="keep")
                download = gr.DownloadButton(strings.DOWNLOAD, size="sm", interactive=False, elem_id="download")
            under_story(story, stop)
            with gr.Accordion(strings.USED, open=False):
                used = gr.JSON(show_label=False)

    controls = {"prompt": prompt, "topic": topic, **sliders, "seed": seed}

    def show(stream):
        for result in stream:
            yield result.text, result.settings, status(result)

    connect(
        writer,
        controls,
        show,
        [story, used, line],
        [go.click, prompt.submit, topic.submit],
        stop,
        {"fn": text_file, "inputs": [story, used], "outputs": download},
        keep,
        used,
    )
    endpoint(writer, lambda result: result.text, str, "write", "Write a story; streams (text, settings).")
