"""The page: a title, one tab for each room, and About. Called by `app.py`."""

import time
from functools import partial

import gradio as gr

import resgen
from resgen.device import describe
from resgen.text import compared
from resgen.ui import strings
from resgen.ui.image_tab import illustrate, image_tab
from resgen.ui.openai import add_route
from resgen.ui.speech_tab import read_aloud, speech_tab
from resgen.ui.text_tab import text_tab
from resgen.ui.theme import CSS, THEME


def build() -> gr.Blocks:
    """Load the models and put the page together."""
    began = time.perf_counter()
    writer, painter, speaker = resgen.load("text"), resgen.load("image"), resgen.load("speech")
    load_seconds = time.perf_counter() - began
    device = describe(writer.device)
    with gr.Blocks(title=strings.TITLE, analytics_enabled=False, delete_cache=(3600, 3600)) as demo:
        gr.Markdown(f"# {strings.TITLE}\n{strings.TAGLINE.format(device=device)}", elem_id="title")
        # Four short names: in a menu, where some of them stayed if the style came late, nobody would look.
        with gr.Tabs(overflow_behavior="wrap"):
            with gr.Tab(strings.TEXT_TAB):
                text_tab(writer, [partial(read_aloud, speaker), partial(illustrate, painter)])
            with gr.Tab(strings.IMAGE_TAB):
                image_tab(painter)
            with gr.Tab(strings.SPEECH_TAB):
                speech_tab(speaker)
            with gr.Tab(strings.ABOUT_TAB):
                models = "\n".join(
                    strings.MODEL.format(
                        name=card["name"],
                        parameters=card["parameters"],
                        megabytes=card["bytes"] / 1e6,
                        data="; ".join(card["data"].values()),
                    )
                    for card in (writer.card, *painter.cards, speaker.card, speaker.vocoder_card)
                )
                measured = compared.figures()
                levers = "\n\n".join([compared.depth_table(measured), compared.levers_table(measured)])
                gr.Markdown(
                    strings.ABOUT.format(
                        device=device,
                        models=models,
                        load_seconds=load_seconds,
                        kinds=compared.kinds_table(measured),
                        levers=levers,
                    )
                )
    return demo.queue(max_size=16, default_concurrency_limit=1, api_open=False)


def launch(demo: gr.Blocks, block: bool = True) -> str:
    """Serve the page and `resgen.ui.openai`'s endpoint, closed to everything they do not need; returns the address."""
    app, url, _ = demo.launch(
        prevent_thread_lock=True,
        theme=THEME,
        css=CSS,
        max_file_size="5mb",
        show_error=False,
        allowed_paths=[],
        footer_links=["api", "settings"],
        run_history=False,
        ssr_mode=False,
    )
    add_route(app, url)
    if block:
        demo.block_thread()
    return url
