"""Pictures into files, with the settings that made them inside: sheets as PNG, animations as WebP, samples as .npy.
Called by the page, the command line and `resgen.evaluation.image.examples`.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from resgen.engine import MOST_SEED, checked, number, settings_of
from resgen.errors import RequestError
from resgen.image.engine import Painter
from resgen.image.pixels import over_white
from resgen.image.request import MOST_COUNT, ImageRequest

IMAGE_DESCRIPTION = 0x010E  # its EXIF tag


def grid(pixels: np.ndarray, columns: int | None = None) -> Image.Image:
    """Pictures (N, H, W, 4) side by side on white, about as wide as high."""
    count = len(pixels)
    columns = columns or int(np.ceil(np.sqrt(count)))
    rows = -(-count // columns)
    height, width = pixels.shape[1:3]
    sheet: np.ndarray = np.full((rows * columns, height, width, 3), 255, np.uint8)
    sheet[:count] = over_white(pixels)
    sheet = sheet.reshape(rows, columns, height, width, 3).swapaxes(1, 2).reshape(rows * height, columns * width, 3)
    return Image.fromarray(sheet)


def save_png(image: Image.Image, path: Path | IO[bytes], settings: dict) -> None:
    """Write a PNG with the settings as JSON in its text chunk "resgen", to a file or an open one."""
    chunk = PngInfo()
    chunk.add_itxt("resgen", json.dumps(settings, ensure_ascii=False))
    image.save(path, "PNG", pnginfo=chunk)


def used_for(path: Path | str) -> dict:
    """The settings in a PNG that `save_png` wrote."""
    with Image.open(path, formats=("PNG",)) as image:
        return json.loads(image.info["resgen"])


def save_animation(frames: list[np.ndarray], path: Path, settings: dict, milliseconds: int = 120) -> None:
    """Write sheets of pictures (N, H, W, 4) one after another as an animated WebP, the last for a while longer; the
    settings as JSON in its EXIF image description."""
    sheets = [grid(frame, columns=min(4, len(frame))) for frame in frames]
    sheets = [sheet.resize(sheets[-1].size, Image.Resampling.BICUBIC) for sheet in sheets]
    exif = Image.Exif()
    exif[IMAGE_DESCRIPTION] = json.dumps(settings)
    times = [milliseconds] * (len(sheets) - 1) + [10 * milliseconds]
    # Lossless at "quality" 0, the least effort: a third of the time for files 3 % larger.
    how: dict[str, Any] = {"save_all": True, "duration": times, "loop": 0, "lossless": True, "quality": 0, "exif": exif}
    sheets[0].save(path, append_images=sheets[1:], **how)


def write_samples(
    painter: Painter, request: ImageRequest, path: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> dict:
    """Write any number of pictures, as painted, as an .npy file of uint8 (N, 64, 64, 3) over white, of photographs
    (N, 32, 32, 3), batch by batch; returns settings.

    Picture i is that of seed + i, as in a request of at most 64, and as plain as it was learned unless `variety` says
    otherwise.

    Args:
        progress: is called with how many are drawn, and of how many, when a tenth more is.

    Raises:
        RequestError: as for a request, but that `count` may be up to a million; for a film strip.
    """
    if request.strip:
        raise RequestError("Samples are independent of each other: no film strip is possible.")
    most = settings_of(ImageRequest)["count"][0]
    count = number("count", request.count, int, replace(most, high=1_000_000))
    painter, first = painter.painter_of(checked(replace(request, count=1)))
    first = replace(first, size=painter.side, variety=max(0.0, first.variety))
    file: np.memmap | None = None
    for done in range(0, count, MOST_COUNT):
        part = replace(first, seed=(first.seed + done) % (MOST_SEED + 1), count=min(MOST_COUNT, count - done))
        *_, result = painter.run(part)
        if file is None:
            shape = (count, painter.side, painter.side, 3)
            file = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape)
            settings = result.settings
        file[done : done + len(result.pixels)] = over_white(result.pixels)
        drawn = done + len(result.pixels)
        if drawn * 10 // count > done * 10 // count:
            progress(drawn, count)
    assert file is not None  # there is one picture at least
    file.flush()
    return settings | {"count": count}
