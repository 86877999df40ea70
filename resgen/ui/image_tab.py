"""The tab that draws. Built by `resgen.ui.page` around an image engine."""

import base64
import io
import json

import gradio as gr
import numpy as np
from PIL import Image

from resgen.image.engine import MIX, STYLES, grid, save_png
from resgen.ui import strings
from resgen.ui.controls import connect, endpoint, new_folder, seed_box, slider, textbox

QUALITIES = {strings.FAST: 4, strings.FINE: 20}  # steps
SHOWN = 256  # pixels a side of a finished picture
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


def picture_files(result, scale: int) -> list[str]:
    """One PNG for each picture, with the settings that make this very picture again; their paths."""
    folder = new_folder()
    paths = []
    for index, image in enumerate(result.images()):
        # Picture i of a request is picture 0 of the same request with seed + i.
        seed = result.settings["seed"] + index
        style = result.settings["style"]
        own = {"count": 1, "seed": seed, "style": STYLES[seed % len(STYLES)] if style == MIX else style}
        path = folder / f"resgen-image-{seed}.png"
        if scale > 1:
            image = image.resize((image.width * scale, image.height * scale), Image.Resampling.LANCZOS)
        save_png(image, path, result.settings | own)
        paths.append(str(path))
    return paths


def sheet_file(gallery: list | None, settings: dict | None):
    """All pictures shown on one sheet, as a PNG file to download: resgen-image-SEED-sheet.png."""
    if not gallery or not settings:
        return gr.DownloadButton(interactive=False)
    pixels = np.stack([np.asarray(Image.open(path).convert("RGBA")) for path, _ in gallery])
    path = new_folder() / f"resgen-image-{settings['seed']}-sheet.png"
    save_png(grid(pixels, scale=1), path, settings)
    return gr.DownloadButton(value=str(path), interactive=True)


def data_addresses(result) -> list[str]:
    """Each picture as a PNG in a data: address, which needs no second request."""
    addresses = []
    for image in result.images():
        memory = io.BytesIO()
        image.save(memory, "PNG", compress_level=1)
        addresses.append("data:image/png;base64," + base64.b64encode(memory.getvalue()).decode())
    return addresses


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
                stop = gr.Button(strings.STOP, variant="stop", elem_id="draw-stop")
            samples = [[words] for words in strings.DRAW_EXAMPLES]
            gr.Examples(samples, [prompt], label=strings.DRAW_EXAMPLES_LABEL, api_visibility="private")
            with gr.Accordion(strings.MORE, open=False):
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
            with gr.Accordion(strings.USED_DRAWING, open=False):
                used = gr.JSON(show_label=False)

    def show(stream):
        last = -PREVIEW_SECONDS
        for result in stream:
            finished = result.progress.done == result.progress.total
            if finished or result.progress.seconds - last >= PREVIEW_SECONDS:
                last = result.progress.seconds
                scale = SHOWN // result.pixels.shape[1] if finished else 1
                yield picture_files(result, scale), result.settings, status(result)

    connect(
        painter,
        {"prompt": prompt, "style": style, "steps": quality, "count": count, "guidance": guidance, "seed": seed},
        show,
        [gallery, used, line],
        [go.click, prompt.submit],
        stop,
        {"fn": sheet_file, "inputs": [gallery, used], "outputs": download},
        keep,
        used,
    )
    words = json.dumps(painter.dictionary.completions())
    gr.on(None, None, js=COMPLETION % words, api_visibility="private")
    endpoint(
        painter,
        data_addresses,
        list[str],
        "draw",
        "Draw pictures; streams (PNG data addresses, settings) step by step.",
    )
