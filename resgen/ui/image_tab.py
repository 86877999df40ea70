"""The tab that draws. Built by `resgen.ui.page` around an image engine."""

import base64
import io
import json
import os
import tempfile
import threading
from functools import partial
from typing import IO, Any

import gradio as gr
import numpy as np

from resgen.image.files import grid, save_animation, save_png, used_for
from resgen.image.init_image import from_setting, to_setting
from resgen.image.request import MIX, PHOTO, STYLES
from resgen.turns import breathe
from resgen.ui import i18n, strings, surprises
from resgen.ui.controls import PRIVATE, endpoint, file_of, new_folder, runner, seed_box, slider, surprise, textbox
from resgen.ui.hints import hint_line, tell_while_typing
from resgen.ui.memory import Form, copy_link
from resgen.ui.runs import Room, connect, run_until_stopped
from resgen.ui.uploads import uploaded

QUALITIES = (("FAST", 4), ("FINE", 8))  # steps
VARIED = 1.5  # how far variations of a picture depart from it
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
        i18n.say(
            "DRAWN",
            count=len(result.pixels),
            done=progress.done,
            total=progress.total,
            seconds=progress.seconds,
            seed=result.settings["seed"],
        )
    ]
    if not reading.words:
        lines.append(i18n.say("SURPRISE"))
    lines += i18n.noticed(result.notices)
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


def captioned(paths: list[str], result) -> list[tuple[str, str]]:
    """The pictures with what is told of them where they cannot be seen."""
    prompt = result.settings["prompt"].strip() or i18n.say("SURPRISE_ALT")
    return [
        (path, i18n.say("PICTURE_ALT", prompt=prompt, style=own["style"]))
        for path, own in zip(paths, result.own, strict=True)
    ]


def data_addresses(result) -> list[str]:
    """Each picture as a PNG in a data: address, which needs no second request."""
    addresses = []
    for image in result.images():
        breathe()
        memory = io.BytesIO()
        image.save(memory, "PNG", compress_level=1)
        addresses.append("data:image/png;base64," + base64.b64encode(memory.getvalue()).decode())
    return addresses


def begun(settings: dict) -> dict:
    """Settings whose picture is that of a file which was uploaded, as data."""
    return settings | {"picture": to_setting(uploaded(settings["picture"]))}


def varied(settings: dict) -> dict:
    """Settings whose picture is that of a file which was drawn here, as the server remembers, as data; in the style of
    that one, and so that all differ from it."""
    picture = to_setting(settings["picture"])
    style = used_for(settings["picture"])["style"] if picture else settings["style"]
    return settings | {"picture": picture, "style": style, "variety": VARIED}


def begun_from(picture: str) -> str | None:
    """A file of a picture that is data; None of none.

    Raises:
        RequestError: it cannot be read.
    """
    image = from_setting(picture)
    if image is None:
        return None
    memory = io.BytesIO()
    image.save(memory, "PNG")
    return file_of("resgen-picture.png", memory.getvalue())


def foreseen(painter, *values: Any) -> tuple[str, ...]:
    """What is to be told of prompt, style, blend, what to avoid and guidance before anything is drawn.

    Raises:
        RequestError: what cannot be drawn.
    """
    names = ("prompt", "style", "blend", "avoid", "guidance")
    return painter.reading(painter.request(**dict(zip(names, values, strict=True)))).notices


def as_strip(settings: dict) -> dict:
    return settings | {"strip": True}


def image_tab(painter) -> Form:
    """Build the tab, its events and the endpoint /draw, inside an open `gr.Tab`; returns its form."""
    request = painter.request
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            prompt = textbox(
                request,
                "prompt",
                value=strings.DRAW_EXAMPLES[0],
                label=i18n.text("DRAW_PROMPT"),
                placeholder=i18n.text("DRAW_HINT"),
                max_lines=1,
                elem_id="draw-prompt",
                elem_classes="asks-draw",
            )
            hinted = hint_line("draw")
            style = gr.Radio(
                [*STYLES, *((str(i18n.text(name.upper())), name) for name in (MIX, PHOTO))],
                value=request.style,
                label=i18n.text("STYLE"),
                elem_id="style",
            )
            quality = gr.Radio(
                [(str(i18n.text(key)), steps) for key, steps in QUALITIES],
                value=request.steps,
                label=i18n.text("QUALITY"),
                elem_id="quality",
            )
            with gr.Row():
                go = gr.Button(i18n.text("DRAW"), variant="primary", elem_id="draw")
                room = Room("draw", "draw-stop")
            line = gr.Markdown(elem_id="draw-status", elem_classes="status")
            dice = surprise(surprises.DRAW, [prompt], "draw-surprise")
            samples = [[words] for words in strings.DRAW_EXAMPLES]
            examples = gr.Examples(samples, [prompt], label=i18n.text("DRAW_EXAMPLES_LABEL"), api_visibility="private")
            with gr.Accordion(i18n.text("BLENDING"), open=False):
                blend = textbox(
                    request,
                    "blend",
                    label=i18n.text("BLEND"),
                    placeholder=i18n.text("BLEND_HINT"),
                    max_lines=1,
                    elem_id="blend",
                    elem_classes="asks-draw",
                )
                balance = slider(request, "balance", i18n.text("BALANCE"))
                strip = gr.Button(i18n.text("STRIP"), size="sm", elem_id="strip")
            with gr.Accordion(i18n.text("BEGINNING"), open=False, elem_id="beginning"):
                picture = gr.Image(
                    label=i18n.text("GIVEN"),
                    type="filepath",
                    sources=["upload", "clipboard"],
                    height=180,
                    elem_id="given",
                )
                strength = slider(request, "strength", i18n.text("STRENGTH"))
            with gr.Accordion(i18n.text("MORE"), open=False):
                avoid = textbox(
                    request,
                    "avoid",
                    label=i18n.text("AVOID"),
                    max_lines=1,
                    elem_id="avoid",
                    elem_classes="asks-draw",
                )
                count = slider(request, "count", i18n.text("COUNT"))
                guidance = slider(request, "guidance", i18n.text("GUIDANCE"))
                variety = slider(request, "variety", i18n.text("VARIETY"))
                seed = seed_box(request, "draw-seed")
        with gr.Column(scale=3, min_width=300, elem_id="draw-result"):
            gallery = gr.Gallery(
                label=i18n.text("PICTURES"),
                show_label=False,
                format="png",
                columns=4,
                height="auto",
                object_fit="contain",
                buttons=["download", "fullscreen"],
                interactive=False,
                elem_id="pictures",
                elem_classes="gallery",
            )
            with gr.Row(elem_classes="tools"):
                keep = gr.Button(i18n.text("KEEP_SEED"), size="sm", elem_id="draw-keep")
                download = gr.DownloadButton(i18n.text("SHEET"), size="sm", interactive=False, elem_id="draw-download")
                film = gr.DownloadButton(i18n.text("ANIMATION"), size="sm", interactive=False, elem_id="draw-film")
                used = gr.JSON(show_label=False, render=False)
                copy_link(room, painter, used)
            vary = gr.Button(i18n.text("VARY"), size="sm", interactive=False, elem_id="vary")
            with gr.Accordion(i18n.text("USED_DRAWING"), open=False):
                used.render()
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
                yield captioned(drawn.paths, result), result.settings, status(result), drawn

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
    settings |= {"variety": variety}
    outputs = [gallery, used, line, kept]
    none = gr.update(value=None, interactive=False)
    clear: dict[gr.Component, Any] = {
        gallery: [],
        used: None,
        line: partial(i18n.say, "DRAWING"),
        kept: None,
        download: none,
        film: none,
    }
    clear |= {hinted: "", chosen: None, vary: gr.update(interactive=False)}
    finish = {"fn": finished, "inputs": [kept], "outputs": [download, film]}
    how: dict[str, Any] = {"prepare": begun, "clear": clear, "after": [examples.load_input_event, dice]}
    beginning = settings | {"picture": picture}
    connect(painter, beginning, show, outputs, [go.click, prompt.submit], room, finish, keep, used, **how)
    strip_run = runner(painter, settings, show, as_strip)
    run_until_stopped([strip.click, blend.submit], *strip_run, outputs, room, finish, clear=clear)
    gallery.select(choose, kept, [chosen, vary], queue=False, **PRIVATE)
    varying = {name: control for name, control in settings.items() if name != "variety"}
    vary_run = runner(painter, varying | {"picture": chosen}, show, varied)
    run_until_stopped([vary.click], *vary_run, outputs, room, finish, clear=clear)
    words = json.dumps(painter.completions())
    gr.on(None, None, js=COMPLETION % words, api_visibility="private")
    endpoint(
        painter,
        data_addresses,
        list[str],
        "draw",
        "Draw pictures; streams (PNG data addresses, settings) step by step.",
    )
    tell_while_typing("draw", hinted, [prompt, style, blend, avoid, guidance], partial(foreseen, painter))
    return Form(room, painter, beginning, line, used, {"picture": begun_from})
