"""The tab that draws, and the button that illustrates a story. Built by `resgen.ui.page` around an image engine."""

import base64
import io
import json
import os
import tempfile
import threading
from typing import IO

import gradio as gr
import numpy as np

from resgen.image.files import grid, save_animation, save_png
from resgen.image.init_image import to_setting
from resgen.image.request import MIX, PHOTO, STYLES
from resgen.turns import breathe
from resgen.ui import strings
from resgen.ui.controls import (
    PRIVATE,
    Stop,
    connect,
    endpoint,
    new_folder,
    refused,
    results,
    run_until_stopped,
    runner,
    seed_box,
    slider,
    textbox,
)
from resgen.ui.uploads import uploaded

QUALITIES = {strings.FAST: 4, strings.FINE: 8}  # steps
ILLUSTRATIONS = 4
MOST_CHARACTERS = 40_000  # of a story that are looked through for things to draw
MOST_FRAMES = 8  # of an animation
PREVIEW_SECONDS = 0.3  # at least between two previews: each is some files

# The browser's own completion: the dictionary as a <datalist>. Tabs are built when first opened, hence on focus.
COMPLETION = """() => {
  const list = document.createElement("datalist");
  list.id = "known-words";
  for (const word of %s) list.append(new Option(word, word));
  document.body.append(list);
  document.addEventListener("focusin", ({target}) => {
    if (target.closest("#draw-prompt")) target.setAttribute("list", list.id);
  });
}"""


def status(result) -> str:
    """The line under the pictures, with what was not understood."""
    progress, reading = result.progress, result.reading
    lines = [
        strings.DRAWN.format(
            count=len(result.pixels),
            done=progress.done,
            total=progress.total,
            seconds=progress.seconds,
            seed=result.settings["seed"],
        )
    ]
    if not reading.words:
        lines.append(strings.SURPRISE)
    # Shown as code: whatever a visitor typed is text, not Markdown.
    lines += [f"`{notice.replace('`', '')}`" for notice in result.notices]
    return "  \n".join(lines)


class Drawn:
    """What a run has drawn so far, kept by the server for its visitor. It changes in place, and is small: pictures are
    files, and the steps lie in a file without a name, which goes when nobody holds it."""

    _making = threading.Lock()  # files of one run at a time, for each needs room for all its pictures

    def __init__(self) -> None:
        self.paths: list[str] = []  # of the pictures shown
        self._settings: dict = {}
        self._steps: IO[bytes] | None = tempfile.TemporaryFile()  # noqa: SIM115 - outlives this method
        self._count = 0
        self._lock = threading.Lock()
        self._files: tuple[str, ...] = ()

    def add(self, result) -> None:
        """Take note of a step, as long as nobody asked for the files."""
        with self._lock:
            if self._steps is not None:
                self._settings = result.settings
                np.save(self._steps, result.pixels)
                self._count += 1

    def files(self) -> tuple[str, ...]:
        """All pictures on one sheet, resgen-image-SEED-sheet.png, and how they came out of the noise,
        resgen-image-SEED-steps.webp; their paths. Made once; nothing if that failed."""
        with self._making:
            with self._lock:
                steps, self._steps = self._steps, None
            if steps is not None:
                with steps:
                    steps.seek(0)
                    frames = [np.load(steps) for _ in range(self._count)]
                folder, name = new_folder(), f"resgen-image-{self._settings['seed']}"
                sheet, film = folder / f"{name}-sheet.png", folder / f"{name}-steps.webp"
                save_png(grid(frames[-1]), sheet, self._settings)
                save_animation(frames, film, self._settings)
                self._files = str(sheet), str(film)
            return self._files


def picture_files(result) -> list[str]:
    """One PNG for each picture, with the settings that make this very picture again; their paths."""
    folder = new_folder()
    paths = []
    for index, (image, own) in enumerate(zip(result.images(), result.own, strict=True)):
        breathe()
        path = folder / f"resgen-image-{own['seed']}.png"
        if path.exists():  # a film strip has one seed
            path = path.with_stem(f"{path.stem}-{index + 1}")
        save_png(image, path, result.settings | own)
        paths.append(str(path))
    return paths


def data_addresses(result) -> list[str]:
    """Each picture as a PNG in a data: address, which needs no second request."""
    addresses = []
    for image in result.images():
        memory = io.BytesIO()
        image.save(memory, "PNG", compress_level=1)
        addresses.append("data:image/png;base64," + base64.b64encode(memory.getvalue()).decode())
    return addresses


def begun(settings: dict) -> dict:
    """Settings whose picture is that of a file which was uploaded, as data."""
    return settings | {"picture": to_setting(uploaded(settings["picture"]))}


def varied(settings: dict) -> dict:
    """Settings whose picture is that of a file which was drawn here, as the server remembers, as data."""
    return settings | {"picture": to_setting(settings["picture"])}


def as_strip(settings: dict) -> dict:
    return settings | {"strip": True}


def image_tab(painter) -> None:
    """Build the tab, its events and the endpoint /draw, inside an open `gr.Tab`."""
    request = painter.request
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            prompt = textbox(
                request,
                "prompt",
                value=strings.DRAW_EXAMPLES[0],
                label=strings.DRAW_PROMPT,
                placeholder=strings.DRAW_HINT,
                max_lines=1,
                elem_id="draw-prompt",
            )
            style = gr.Radio([*STYLES, MIX, PHOTO], value=request.style, label=strings.STYLE, elem_id="style")
            quality = gr.Radio(list(QUALITIES.items()), value=request.steps, label=strings.QUALITY, elem_id="quality")
            with gr.Row():
                go = gr.Button(strings.DRAW, variant="primary", elem_id="draw")
                stop = Stop("draw-stop")
            samples = [[words] for words in strings.DRAW_EXAMPLES]
            gr.Examples(samples, [prompt], label=strings.DRAW_EXAMPLES_LABEL, api_visibility="private")
            with gr.Accordion(strings.BLENDING, open=False):
                blend = textbox(
                    request, "blend", label=strings.BLEND, placeholder=strings.BLEND_HINT, max_lines=1, elem_id="blend"
                )
                balance = slider(request, "balance", strings.BALANCE)
                strip = gr.Button(strings.STRIP, size="sm", elem_id="strip")
            with gr.Accordion(strings.BEGINNING, open=False, elem_id="beginning"):
                picture = gr.Image(
                    label=strings.GIVEN, type="filepath", sources=["upload", "clipboard"], height=180, elem_id="given"
                )
                strength = slider(request, "strength", strings.STRENGTH)
            with gr.Accordion(strings.MORE, open=False):
                avoid = textbox(request, "avoid", label=strings.AVOID, max_lines=1, elem_id="avoid")
                count = slider(request, "count", strings.COUNT)
                guidance = slider(request, "guidance", strings.GUIDANCE)
                seed = seed_box(request, "draw-seed")
        with gr.Column(scale=3, min_width=300):
            gallery = gr.Gallery(
                label=strings.PICTURES,
                show_label=False,
                format="png",
                columns=4,
                height="auto",
                object_fit="contain",
                buttons=["download", "fullscreen"],
                interactive=False,
                elem_id="pictures",
            )
            line = gr.Markdown(elem_id="draw-status", elem_classes="status")
            with gr.Row():
                keep = gr.Button(strings.KEEP_SEED, size="sm", elem_id="draw-keep")
                download = gr.DownloadButton(strings.SHEET, size="sm", interactive=False, elem_id="draw-download")
                film = gr.DownloadButton(strings.ANIMATION, size="sm", interactive=False, elem_id="draw-film")
            vary = gr.Button(strings.VARY, size="sm", interactive=False, elem_id="vary")
            with gr.Accordion(strings.USED_DRAWING, open=False):
                used = gr.JSON(show_label=False)
    kept, chosen = gr.State(), gr.State()

    def show(stream):
        drawn, last = Drawn(), -PREVIEW_SECONDS
        for result in stream:
            done, total = result.progress.done, result.progress.total
            if done == total or (done - 1) % -(-total // MOST_FRAMES) == 0:
                drawn.add(result)
            if done == total or result.progress.seconds - last >= PREVIEW_SECONDS:
                last = result.progress.seconds
                drawn.paths = picture_files(result)
                yield drawn.paths, result.settings, status(result), drawn

    def finished(drawn):
        paths = drawn.files() if drawn else ()
        paths = paths if paths and all(map(os.path.exists, paths)) else (None, None)  # the cache is emptied
        return tuple(gr.DownloadButton(value=path, interactive=path is not None) for path in paths)

    def choose(drawn, event: gr.EventData):
        if drawn is None or getattr(event, "index", None) not in range(len(drawn.paths)):
            return gr.skip(), gr.skip()
        return drawn.paths[event.index], gr.Button(interactive=True)

    settings = {"prompt": prompt, "style": style, "steps": quality, "count": count, "guidance": guidance}
    settings |= {"blend": blend, "balance": balance, "avoid": avoid, "strength": strength, "seed": seed}
    outputs = [gallery, used, line, kept]
    finish = {"fn": finished, "inputs": [kept], "outputs": [download, film]}
    beginning = settings | {"picture": picture}
    connect(painter, beginning, show, outputs, [go.click, prompt.submit], stop, finish, keep, used, begun)
    strip_run = runner(painter, settings, show, as_strip)
    run_until_stopped([strip.click, blend.submit], *strip_run, outputs, stop, finish)
    gallery.select(choose, kept, [chosen, vary], queue=False, **PRIVATE)
    vary_run = runner(painter, settings | {"picture": chosen}, show, varied)
    run_until_stopped([vary.click], *vary_run, outputs, stop, finish)
    words = json.dumps(painter.completions())
    gr.on(None, None, js=COMPLETION % words, api_visibility="private")
    endpoint(
        painter,
        data_addresses,
        list[str],
        "draw",
        "Draw pictures; streams (PNG data addresses, settings) step by step.",
    )


def illustrate(painter, story: gr.Component, written: gr.State, buttons: gr.Row, stop: Stop) -> None:
    """Build a button that draws what a story is about, and its pictures; stop ends it too.

    Args:
        written: the writer's last result, whose topic comes first.
        buttons: where the button stands; the pictures come where this is called.
    """
    with buttons:
        button = gr.Button(strings.ILLUSTRATE, size="sm", elem_id="illustrate")
    pictures = gr.Gallery(
        show_label=False,
        format="png",
        columns=4,
        height=170,
        object_fit="contain",
        interactive=False,
        visible=False,
        elem_id="illustrations",
    )

    def show(text, result):
        text = str(text or "")[:MOST_CHARACTERS]
        mentioned = painter.dictionary.mentioned
        topic = mentioned(result.settings["topic"], ILLUSTRATIONS) if result else []
        things = list(dict.fromkeys([*topic, *mentioned(text, ILLUSTRATIONS)]))[:ILLUSTRATIONS]
        if not things:
            raise refused(strings.NOTHING_TO_DRAW if text else strings.NOTHING_WRITTEN)
        drawn = []
        for thing in things:
            for result in results(painter, {"prompt": thing, "style": STYLES[0], "count": 1}):  # noqa: B007
                pass
            drawn.append((picture_files(result)[0], thing))
            yield gr.Gallery(drawn, visible=True)

    nothing = {"fn": lambda: None, "inputs": None, "outputs": None}
    run_until_stopped([button.click], show, [story, written], [pictures], stop, nothing)
