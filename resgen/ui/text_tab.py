"""The tab that writes. Built by `resgen.ui.page` around a text engine."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import gradio as gr

from resgen.text.familiar import FamiliarWords
from resgen.text.request import TextRequest, understood
from resgen.ui import i18n, strings, surprises
from resgen.ui.controls import (
    PRIVATE,
    checkbox,
    each,
    endpoint,
    file_of,
    paced,
    refused,
    runner,
    seed_box,
    slider,
    surprise,
    textbox,
    told,
)
from resgen.ui.hints import hint_line, tell_while_typing
from resgen.ui.memory import Form, copy_link
from resgen.ui.runs import Room, connect, run_until_stopped
from resgen.ui.token_heatmap import coloured

SLIDERS = ("focus", "temperature", "min_p", "top_p", "top_k", "repetition_penalty", "dry", "variants")
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
    """The line under the button, with what was understood otherwise than it was asked."""
    seconds = result.progress.seconds
    line = i18n.say(
        "STATUS",
        words=result.progress.done,
        seconds=seconds,
        rate=result.tokens / seconds,
        seed=result.settings["seed"],
    )
    if len(result.texts) > 1:
        line += i18n.say("OF_VARIANTS", count=len(result.texts))
    line += i18n.say("FINISHED") if all(result.finished) else ""
    return "  \n".join([line, *i18n.noticed(result.notices)])


def text_file(text: str, settings: dict):
    """The text with its settings in front, as a file to download: resgen-text-SEED.txt."""
    if not text:
        return gr.DownloadButton(interactive=False)
    header = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in settings.items())
    path = file_of(f"resgen-text-{settings['seed']}.txt", f"---\n{header}---\n\n{text}\n".encode())
    return gr.DownloadButton(value=path, interactive=True)


def foreseen(familiar: FamiliarWords, topic: Any, prompt: Any) -> list[str]:
    """What is to be told of a topic and a beginning before anything is written.

    Raises:
        RequestError: what cannot be written.
    """
    wish = understood(TextRequest(prompt, topic))[1]
    return [*wish.notices, *familiar.notices(wish.words)]


def text_tab(writer, under_story: Sequence[Callable[..., dict[gr.Component, Any]]]) -> Form:
    """Build the tab, its events and the endpoint /write, inside an open `gr.Tab`; returns its form.

    Args:
        under_story: each builds something else that can be done with a story, given the component of its text, the
            state that holds the writer's last result, the row for its button, the room and the line for what it has to
            say; and tells what goes when another story begins.
    """
    request, last = writer.request, gr.State()
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            topic = textbox(
                request,
                "topic",
                value=strings.TOPICS[0],
                label=i18n.text("TOPIC"),
                placeholder=i18n.text("TOPIC_HINT"),
                elem_id="topic",
                elem_classes="asks-write",
            )
            prompt = textbox(
                request,
                "prompt",
                label=i18n.text("PROMPT"),
                placeholder=i18n.text("PROMPT_HINT"),
                lines=2,
                elem_id="prompt",
                elem_classes="asks-write",
            )
            hinted = hint_line("write")
            words = slider(request, "words", i18n.text("WORDS"))
            with gr.Row():
                go = gr.Button(i18n.text("WRITE"), variant="primary", elem_id="write")
                room = Room("write", "stop")
            line = gr.Markdown(elem_id="status", elem_classes="status")
            topics = [[words] for words in strings.TOPICS]
            dice = surprise(surprises.WRITE, [topic, prompt], "write-surprise")
            examples = gr.Examples(topics, [topic], label=i18n.text("EXAMPLES"), api_visibility="private")
            with gr.Accordion(i18n.text("MORE"), open=False):
                sliders = {name: slider(request, name, i18n.text(name.upper())) for name in SLIDERS}
                coherence = checkbox(request, "coherence", i18n.text("COHERENCE"))
                seed = seed_box(request, "seed")
        with gr.Column(scale=3, min_width=300, elem_id="write-result"):
            variant = gr.Radio(label=i18n.text("VARIANT"), visible=False, elem_id="variant")
            story = gr.Textbox(
                label=i18n.text("STORY"),
                placeholder=i18n.text("STORY_HINT"),
                lines=14,
                max_lines=24,
                buttons=["copy"],
                interactive=False,
                elem_id="story",
            )
            with gr.Row(elem_classes="tools"):
                more = gr.Button(i18n.text("CONTINUE"), size="sm", elem_id="continue")
                keep = gr.Button(i18n.text("KEEP_SEED"), size="sm", elem_id="keep")
                download = gr.DownloadButton(i18n.text("DOWNLOAD"), size="sm", interactive=False, elem_id="download")
                used = gr.JSON(show_label=False, render=False)
                copy_link(room, writer, used)
            buttons = gr.Row(elem_classes="tools")
            note = gr.Markdown(elem_id="story-note", elem_classes="status", render=False)
            clear: dict[gr.Component, Any] = {}
            for build in under_story:
                clear |= build(story, last, buttons, room, note)
            with buttons:
                weigh = gr.Button(i18n.text("WEIGH"), size="sm", elem_id="weigh")
            note.render()
            weighed = gr.HTML(visible="hidden", elem_id="weighed")
            with gr.Accordion(i18n.text("USED"), open=False):
                used.render()

    controls = {"prompt": prompt, "topic": topic, "words": words, **sliders, "coherence": coherence, "seed": seed}
    outputs = [story, used, line, last]

    def show(stream):
        yield from each(paced(stream), lambda result: (result.text, result.settings, status(result), result))

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
        return text, settings, text_file(text, settings), gr.HTML(visible="hidden")

    def colour(text, result):
        if not text or result is None:
            raise refused(i18n.say("NOTHING_WRITTEN"))
        with told():
            weighed = writer.weigh(text, result.settings["topic"], result.settings["focus"])
        yield gr.HTML(coloured(weighed), visible=True), ""

    clear |= {line: partial(i18n.say, "WRITING"), hinted: "", last: None, note: "", used: None}
    clear |= {variant: gr.update(visible=False), weighed: gr.update(visible="hidden")}
    clear |= {download: gr.update(value=None, interactive=False)}
    finish = {"fn": finished, "inputs": [last], "outputs": [variant, download]}
    tell_while_typing("write", hinted, [topic, prompt], partial(foreseen, FamiliarWords(writer.tokenizer)))
    how: dict[str, Any] = {"clear": clear | {story: ""}, "after": [examples.load_input_event, dice]}
    connect(writer, controls, show, outputs, [go.click, prompt.submit, topic.submit], room, finish, keep, used, **how)
    variant.input(choose, [last, variant], [story, used, download, weighed], queue=False, **PRIVATE)
    only: dict[str, Any] = {"lane": "weigh", "clear": {note: "", weighed: gr.update(visible="hidden")}}
    run_until_stopped([weigh.click], colour, [story, last], [weighed, note], room, **only)

    generate, inputs = runner(writer, controls | {"prompt": story}, show)

    def go_on(result, text, *values):
        yield from generate(onward(text, result), *values)

    run_until_stopped([more.click], go_on, [last, *inputs], outputs, room, finish, clear=clear)
    endpoint(writer, lambda result: result.together, str, "write", "Write a story; streams (text, settings).", paced)
    return Form(room, writer, controls, line, used)
