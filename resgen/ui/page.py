"""The page: a title, one tab for each room, and About. Called by `app.py`."""

import gc
import os
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

import resgen
from resgen.checkpoint import available
from resgen.device import describe
from resgen.text import comparison as compared
from resgen.turns import Turns
from resgen.ui import i18n, process, strings
from resgen.ui.api import (
    completions,
    connections,
    gradio_queue,
    health,
    images,
    metrics,
    sessions,
    speech,
    transcriptions,
)
from resgen.ui.api.guard import Guard
from resgen.ui.api.mcp_tools import ToolServer
from resgen.ui.illustrations import illustrate
from resgen.ui.image_tab import image_tab
from resgen.ui.listen_tab import listen_tab, write_about
from resgen.ui.memory import Form, remember
from resgen.ui.runs import take_turns
from resgen.ui.speech_tab import read_aloud, speech_tab
from resgen.ui.tagging import mark_words
from resgen.ui.text_tab import text_tab
from resgen.ui.theme import CSS, THEME

MOST_SESSIONS = 300  # whose last results are kept
MOST_EVENTS = 200  # that Gradio handles at the same time; those of models are limited by `Turns`


@dataclass(frozen=True)
class Page:
    """The page, and what its routes share with it."""

    demo: gr.Blocks
    engines: dict[str, Any]
    turns: Turns


def build() -> Page:
    """Load the models and put the page together."""
    began = time.perf_counter()
    engines = {kind: resgen.load(kind) for kind in resgen.ENGINES if available(kind)}
    writer, painter, speaker, tagger = (engines[kind] for kind in ("text", "image", "speech", "tagger"))
    load_seconds = time.perf_counter() - began
    device = describe(writer.device)
    with gr.Blocks(title=strings.TITLE, analytics_enabled=False, delete_cache=(3600, 3600)) as demo:
        title = i18n.composed(
            "TITLE_SHOWN", lambda: f"# {strings.TITLE}\n{i18n.say('TAGLINE', device=i18n.translated(device))}"
        )
        gr.Markdown(title, elem_id="title")
        gr.Markdown(i18n.composed("LINKS_SHOWN", links), elem_id="links")
        under_story = [partial(read_aloud, speaker), partial(illustrate, painter), partial(mark_words, tagger)]
        # Of each tab: its name in the page and in addresses, its title, what builds it and returns its form, if any.
        tabs: list[tuple[str, str, Callable[[], Form | None]]] = [
            ("write", "TEXT_TAB", partial(text_tab, writer, under_story)),
            ("draw", "IMAGE_TAB", partial(image_tab, painter)),
            ("speak", "SPEECH_TAB", partial(speech_tab, speaker)),
        ]
        if "listen" in engines:
            tabs.append(("listen", "LISTEN_TAB", partial(listening, engines["listen"], writer, painter, speaker)))
        tabs.append(("about", "ABOUT_TAB", partial(about_tab, engines, device, load_seconds)))
        forms = []
        # Short names: in a menu, where some of them stayed if the style came late, nobody would look.
        with gr.Tabs(overflow_behavior="wrap"):
            for name, title, make in tabs:
                with gr.Tab(i18n.text(title), elem_id=f"tab-{name}"):
                    forms.append(make())
        remember(demo, [form for form in forms if form is not None])
    turns = Turns()
    take_turns(demo, turns)
    # Who may ask is the guard's and the turns' affair; Gradio's own limits only have to be wide enough.
    return Page(demo.queue(max_size=None, default_concurrency_limit=None, api_open=False), engines, turns)


def links() -> str:
    """What stands on top: the models and the other language; on a Hugging Face Space its source, and how to have one's
    own."""
    shown = [i18n.say("MODEL_CARDS"), i18n.say("OTHER_LANGUAGE")]
    space = os.environ.get("SPACE_ID", "")
    if re.fullmatch(r"[\w.-]+/[\w.-]+", space):
        address = f"https://huggingface.co/spaces/{space}"
        shown = [i18n.say("SOURCE", address=address), i18n.say("DUPLICATE", address=address), *shown]
    return " · ".join(shown)


def listening(listener, writer, painter, speaker) -> None:
    """Build the tab that listens, and what can be done with what it heard, inside an open `gr.Tab`."""
    drawn = partial(illustrate, painter, name="draw-heard", label="DRAW_HEARD")
    said = partial(read_aloud, speaker, name="say-heard", label="SAY_HEARD", voice=speaker.voices[-1])
    listen_tab(listener, [partial(write_about, writer), drawn, said])


def about_tab(engines: dict[str, Any], device: str, load_seconds: float) -> None:
    """Build the tab that tells what the page is, inside an open `gr.Tab`."""
    gr.Markdown(i18n.composed("ABOUT_SHOWN", partial(about, device)))
    gr.Markdown(i18n.composed("MODELS_SHOWN", partial(about_models, engines, load_seconds)), elem_id="models")
    gr.Markdown(i18n.text("CODE"))


def about(device: str) -> str:
    """What the page is, in the language spoken."""
    measured = compared.figures()
    levers = "\n\n".join(
        i18n.table(shown) for shown in (compared.depth_table(measured), compared.levers_table(measured))
    )
    return i18n.say(
        "ABOUT", device=i18n.translated(device), kinds=i18n.table(compared.kinds_table(measured)), levers=levers
    )


def about_models(engines: dict[str, Any], load_seconds: float) -> str:
    """What the cards of all networks tell, in the language spoken."""
    models = "\n".join(
        i18n.say(
            "MODEL",
            name=card["name"],
            parameters=card["parameters"],
            megabytes=card["bytes"] / 1e6,
            data="; ".join(map(i18n.cell, card["data"].values())),
        )
        for engine in engines.values()
        for card in engine.cards
    )
    return i18n.say("MODELS", models=models, load_seconds=load_seconds)


def launch(page: Page, block: bool = True, mcp_server: bool = False) -> str:
    """Serve the page and the routes of `resgen.ui.api`, closed to everything they do not need; returns the address.

    Args:
        block: stay until the process is told to end, and end it.
        mcp_server: offer the engines as tools too (`resgen.ui.api.mcp_tools`).

    Raises:
        resgen.ServeError: the port is taken, files cannot be written, or a package that is needed is not installed.
    """
    demo = page.demo
    tools = ToolServer(page.engines, page.turns) if mcp_server else None
    gradio_queue.tame(demo._queue)
    sessions.spare(demo)
    answers: Counter[int] | None = Counter() if metrics.asked_for() else None
    app, url, _ = process.launched(
        demo,
        prevent_thread_lock=True,
        theme=THEME,
        css=CSS,
        i18n=i18n.I18N,
        max_file_size="5mb",
        show_error=False,
        allowed_paths=[],
        footer_links=["api", "settings"],
        run_history=False,
        ssr_mode=False,
        max_threads=MOST_EVENTS,
        state_session_capacity=MOST_SESSIONS,
        mcp_server=False,  # Gradio's own, whatever its environment variable says
        app_kwargs={
            "middleware": [
                Middleware(Guard, demo=demo, turns=page.turns, tools=tools is not None, answers=answers),
            ],
            "lifespan": tools and tools.lifespan,
        },
    )
    app.state_holder = sessions.Sessions()
    app.state_holder.set_blocks(demo)
    health.add_routes(app, demo, page.engines, page.turns)
    completions.add_route(app, page.engines["text"], page.turns)
    images.add_route(app, page.engines["image"], page.turns)
    speech.add_routes(app, page.engines["speech"], page.turns)
    transcriptions.add_route(app, page.engines.get("listen"), page.turns)
    if tools is not None:
        tools.add_route(app)
    if answers is not None:
        metrics.add_route(app, demo, page.engines["text"], page.turns, answers)
    # What is here now stays: Python need not go through a million objects, for 0.3 s, each time it looks for garbage.
    gc.collect()
    gc.freeze()
    gradio_queue.watch(demo)
    server: Any = demo.server
    server.config.http_protocol_class = connections.hurry(server.config.http_protocol_class)
    if block:
        process.stay(demo)
    return url
