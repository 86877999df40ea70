"""The tab that writes. Built by `resgen.ui.page` around a text engine."""

import json
import tempfile
from pathlib import Path

import gradio as gr

from resgen.engine import settings_of
from resgen.ui import strings
from resgen.ui.controls import MODEL_QUEUE, endpoint, results, slider, textbox

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
    # In Gradio's own cache, which it empties as time goes by.
    folder = Path(tempfile.mkdtemp(dir=_cache()))
    path = folder / f"resgen-text-{settings['seed']}.txt"
    header = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in settings.items())
    path.write_text(f"---\n{header}---\n\n{text}\n", encoding="utf-8")
    return gr.DownloadButton(value=str(path), interactive=True)


def _cache() -> Path:
    folder = Path(gr.utils.get_upload_folder())
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def text_tab(writer) -> None:
    """Build the tab, its events and the endpoint /write, inside an open `gr.Tab`."""
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
                limits, default = settings_of(request)["seed"]
                seed = gr.Number(default, label="Seed", info=limits.help, precision=0, elem_id="seed")
                fresh = gr.Button(strings.NEW_SEED, size="sm")
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
            line = gr.Markdown(elem_id="status")
            with gr.Row():
                keep = gr.Button(strings.KEEP_SEED, size="sm", elem_id="keep")
                download = gr.DownloadButton(strings.DOWNLOAD, size="sm", interactive=False, elem_id="download")
            with gr.Accordion(strings.USED, open=False):
                used = gr.JSON(show_label=False)

    controls = {"prompt": prompt, "topic": topic, **sliders, "seed": seed}

    def generate(*values):
        for result in results(writer, dict(zip(controls, values, strict=True))):
            yield result.text, result.settings, status(result)

    event = gr.on(
        [go.click, prompt.submit, topic.submit],
        generate,
        list(controls.values()),
        [story, used, line],
        api_visibility="private",
        show_progress="minimal",
        stream_every=0.1,
        **MODEL_QUEUE,
    )
    file = {"fn": text_file, "inputs": [story, used], "outputs": download, "api_visibility": "private", "queue": False}
    event.success(**file)
    stop.click(None, cancels=[event], api_visibility="private").then(**file)
    keep.click(
        lambda settings, now: settings["seed"] if settings else now,
        [used, seed],
        seed,
        api_visibility="private",
        queue=False,
    )
    fresh.click(lambda: -1, None, seed, api_visibility="private", queue=False)
    endpoint(writer, lambda result: result.text, str, "write", "Write a story; streams (text, settings).")
