"""The tab that draws, and the button that illustrates a story. Built by `resgen.ui.page` around an image engine."""

import base64
import io
import json

import gradio as gr
import numpy as np
from PIL import Image

from resgen.image.files import grid, save_animation, save_png
from resgen.image.request import MIX, STYLES
from resgen.ui import strings
from resgen.ui.controls import (
    PRIVATE,
    Stop,
    connect,
    endpoint,
    new_folder,
    results,
    run_until_stopped,
    runner,
    seed_box,
    slider,
    textbox,
)

QUALITIES = {strings.FAST: 4, strings.FINE: 8}  # steps
ILLUSTRATIONS = 4
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
    if reading.unknown:
        lines.append(strings.UNKNOWN.format(words=", ".join(reading.unknown)))
    if reading.dropped:
        # Shown as code: whatever a visitor typed is text, not Markdown.
        dropped = ", ".join(f"`{word.replace('`', '')}`" for word in reading.dropped)
        lines.append(strings.DROPPED.format(words=dropped))
    return "  \n".join(lines)


def picture_files(result) -> list[str]:
    """One PNG for each picture, with the settings that make this very picture again; their paths."""
    folder = new_folder()
    paths = []
    for index, (image, own) in enumerate(zip(result.images(), result.own, strict=True)):
        path = folder / f"resgen-image-{own['seed']}.png"
        if path.exists():  # a film strip has one seed
            path = path.with_stem(f"{path.stem}-{index + 1}")
        save_png(image, path, result.settings | own)
        paths.append(str(path))
    return paths


def sheet_file(gallery: list | None, settings: dict | None):
    """All pictures shown on one sheet, as a PNG file to download: resgen-image-SEED-sheet.png."""
    if not gallery or not settings:
        return gr.DownloadButton(interactive=False)
    pixels = np.stack([np.asarray(Image.open(path).convert("RGBA")) for path, _ in gallery])
    path = new_folder() / f"resgen-image-{settings['seed']}-sheet.png"
    save_png(grid(pixels), path, settings)
    return gr.DownloadButton(value=str(path), interactive=True)


def data_addresses(result) -> list[str]:
    """Each picture as a PNG in a data: address, which needs no second request."""
    addresses = []
    for image in result.images():
        memory = io.BytesIO()
        image.save(memory, "PNG", compress_level=1)
        addresses.append("data:image/png;base64," + base64.b64encode(memory.getvalue()).decode())
    return addresses


def animation_file(frames: list | None, settings: dict | None):
    """How the pictures came out of the noise, as a WebP file to download: resgen-image-SEED-steps.webp."""
    if not frames or not settings:
        return gr.DownloadButton(interactive=False)
    path = new_folder() / f"resgen-image-{settings['seed']}-steps.webp"
    save_animation(frames, path, settings)
    return gr.DownloadButton(value=str(path), interactive=True)


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
            style = gr.Radio([*STYLES, MIX], value=request.style, label=strings.STYLE, elem_id="style")
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
    frames, chosen = gr.State(), gr.State()

    def show(stream):
        seen, last = [], -PREVIEW_SECONDS
        for result in stream:
            seen.append(result.pixels)
            finished = result.progress.done == result.progress.total
            if finished or result.progress.seconds - last >= PREVIEW_SECONDS:
                last = result.progress.seconds
                yield picture_files(result), result.settings, status(result), seen

    def finished(pictures, seen, settings):
        return sheet_file(pictures, settings), animation_file(seen, settings)

    def choose(pictures, event: gr.SelectData):
        return pictures[event.index][0], gr.Button(interactive=True)

    settings = {"prompt": prompt, "style": style, "steps": quality, "count": count, "guidance": guidance}
    settings |= {"blend": blend, "balance": balance, "avoid": avoid, "strength": strength, "seed": seed}
    outputs = [gallery, used, line, frames]
    finish = {"fn": finished, "inputs": [gallery, frames, used], "outputs": [download, film]}
    connect(painter, settings, show, outputs, [go.click, prompt.submit], stop, finish, keep, used, {"picture": picture})
    strip_run = runner(painter, settings, show, strip=True)
    run_until_stopped([strip.click, blend.submit], *strip_run, outputs, stop, finish)
    gallery.select(choose, gallery, [chosen, vary], queue=False, **PRIVATE)
    run_until_stopped([vary.click], *runner(painter, settings, show, {"picture": chosen}), outputs, stop, finish)
    words = json.dumps(painter.dictionary.completions())
    gr.on(None, None, js=COMPLETION % words, api_visibility="private")
    endpoint(
        painter,
        data_addresses,
        list[str],
        "draw",
        "Draw pictures; streams (PNG data addresses, settings) step by step.",
    )


def illustrate(painter, story: gr.Component, used: gr.Component, buttons: gr.Row, stop: Stop) -> None:
    """Build a button that draws what a story is about, and its pictures; stop ends it too.

    Args:
        used: the settings of the story, whose topic comes first.
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

    def show(text, settings):
        mentioned = painter.dictionary.mentioned
        topic = mentioned((settings or {}).get("topic", ""), ILLUSTRATIONS)
        things = list(dict.fromkeys([*topic, *mentioned(text, ILLUSTRATIONS)]))[:ILLUSTRATIONS]
        if not things:
            raise gr.Error(strings.NOTHING_TO_DRAW if text else strings.NOTHING_WRITTEN)
        drawn = []
        for thing in things:
            for result in results(painter, {"prompt": thing, "style": STYLES[0], "count": 1}):  # noqa: B007
                pass
            drawn.append((picture_files(result)[0], thing))
            yield gr.Gallery(drawn, visible=True)

    nothing = {"fn": lambda: None, "inputs": None, "outputs": None}
    run_until_stopped([button.click], show, [story, used], [pictures], stop, nothing)
