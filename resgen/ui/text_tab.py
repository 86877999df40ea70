"""The tab that writes. Built by `resgen.ui.page` around a text engine."""

import json
from collections.abc import Callable

import gradio as gr

from resgen.ui import strings
from resgen.ui.controls import (
    MODEL_QUEUE,
    PRIVATE,
    Stop,
    checkbox,
    connect,
    endpoint,
    file_of,
    paced,
    refused,
    run_until_stopped,
    runner,
    seed_box,
    slider,
    textbox,
    told,
)
from resgen.ui.token_heatmap import coloured

SLIDERS = {
    "focus": "Topic focus",
    "temperature": "Temperature",
    "min_p": "Min-p",
    "top_p": "Top-p",
    "top_k": "Top-k",
    "repetition_penalty": "Repetition penalty",
    "dry": "Repeated sequences (DRY)",
    "variants": "Variants",
}
# How a story that has come to its end goes on.
DAYS = ["The next day,", "A few days later,", "One sunny day,", "That night,", "One morning,"]


def onward(text: str, result) -> str:
    """The beginning of what continues a text: the text, and if that is a story which is over, of another day.

    Args:
        result: the last of the writer, or None.
    """
    if result is None or (text, True) not in zip(result.texts, result.finished, strict=True):
        return text
    days = sum(text.count(f"\n{day}") for day in DAYS)
    return f"{text}\n{DAYS[days % len(DAYS)]}"


def status(result) -> str:
    """The line under the story, with what was understood otherwise than it was asked."""
    seconds = result.progress.seconds
    line = strings.STATUS.format(
        words=result.progress.done,
        seconds=seconds,
        rate=result.tokens / seconds,
        seed=result.settings["seed"],
    )
    if len(result.texts) > 1:
        line += strings.OF_VARIANTS.format(count=len(result.texts))
    line += strings.FINISHED if all(result.finished) else ""
    # Shown as code: whatever a visitor typed is text, not Markdown.
    return "  \n".join([line, *(f"`{notice.replace('`', '')}`" for notice in result.notices)])


def text_file(text: str, settings: dict):
    """The text with its settings in front, as a file to download: resgen-text-SEED.txt."""
    if not text:
        return gr.DownloadButton(interactive=False)
    header = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in settings.items())
    path = file_of(f"resgen-text-{settings['seed']}.txt", f"---\n{header}---\n\n{text}\n".encode())
    return gr.DownloadButton(value=path, interactive=True)


def text_tab(writer, under_story: list[Callable[[gr.Component, gr.Component, gr.Row, Stop], None]]) -> None:
    """Build the tab, its events and the endpoint /write, inside an open `gr.Tab`.

    Args:
        under_story: each builds something else that can be done with a story, given the component of its text, the
            state that holds the writer's last result, the row for its button, and the Stop button.
    """
    request, last = writer.request, gr.State()
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
            words = slider(request, "words", strings.WORDS)
            with gr.Row():
                go = gr.Button(strings.WRITE, variant="primary", elem_id="write")
                stop = Stop("stop")
            topics = [[words] for words in strings.TOPICS]
            gr.Examples(topics, [topic], label=strings.EXAMPLES, api_visibility="private")
            with gr.Accordion(strings.MORE, open=False):
                sliders = {name: slider(request, name, label) for name, label in SLIDERS.items()}
                coherence = checkbox(request, "coherence", "Coherence")
                seed = seed_box(request, "seed")
        with gr.Column(scale=3, min_width=300):
            variant = gr.Radio(label=strings.VARIANT, visible=False, elem_id="variant")
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
                more = gr.Button(strings.CONTINUE, size="sm", elem_id="continue")
                keep = gr.Button(strings.KEEP_SEED, size="sm", elem_id="keep")
                download = gr.DownloadButton(strings.DOWNLOAD, size="sm", interactive=False, elem_id="download")
            used = gr.JSON(show_label=False, render=False)
            buttons = gr.Row()
            for build in under_story:
                build(story, last, buttons, stop)
            with buttons:
                weigh = gr.Button(strings.WEIGH, size="sm", elem_id="weigh")
            weighed = gr.HTML(visible=False, elem_id="weighed")
            with gr.Accordion(strings.USED, open=False):
                used.render()

    controls = {"prompt": prompt, "topic": topic, "words": words, **sliders, "coherence": coherence, "seed": seed}
    outputs = [story, used, line, last, variant, weighed]

    def show(stream):
        unseen = gr.Radio(visible=False), gr.HTML(visible=False)  # what was of the text before
        for result in paced(stream):
            yield result.text, result.settings, status(result), result, *unseen
            unseen = gr.skip(), gr.skip()

    def finished(result):
        """Offers the variants and the file."""
        if not result:
            return gr.skip(), gr.skip()
        numbers = list(range(1, len(result.texts) + 1))
        return gr.Radio(numbers, value=1, visible=len(numbers) > 1), text_file(result.text, result.settings_of(0))

    def choose(result, number):
        if result is None or number not in range(1, len(result.texts) + 1):
            return (gr.skip(),) * 4
        text, settings = result.texts[int(number) - 1], result.settings_of(int(number) - 1)
        return text, settings, text_file(text, settings), gr.HTML(visible=False)

    def colour(text, result):
        if not text or result is None:
            raise refused(strings.NOTHING_WRITTEN)
        with told():
            weighed = writer.weigh(text, result.settings["topic"], result.settings["focus"])
        return gr.HTML(coloured(weighed), visible=True)

    finish = {"fn": finished, "inputs": [last], "outputs": [variant, download]}
    connect(writer, controls, show, outputs, [go.click, prompt.submit, topic.submit], stop, finish, keep, used)
    variant.input(choose, [last, variant], [story, used, download, weighed], queue=False, **PRIVATE)
    weigh.click(colour, [story, last], weighed, **PRIVATE, **MODEL_QUEUE)

    generate, inputs = runner(writer, controls | {"prompt": story}, show)

    def go_on(result, text, *values):
        yield from generate(onward(text, result), *values)

    run_until_stopped([more.click], go_on, [last, *inputs], outputs, stop, finish)
    endpoint(writer, lambda result: result.together, str, "write", "Write a story; streams (text, settings).", paced)
