"""A picture that a visitor gives, opened with care and made what the painter's networks take. In a request it is data,
never the name of a file. Called by `resgen.image.engine`, and by the command line and the page for the files of users.
"""

import base64
import re
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from PIL import ExifTags, Image

from resgen.errors import RequestError
from resgen.image.pixels import on_white
from resgen.image.request import SIDE

MOST_PIXELS = 25_000_000
# All that is ever opened: among Pillow's other formats are some that run programs, such as Ghostscript.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
READABLE = "PNG, JPEG, WebP, GIF and BMP can be read"
ENOUGH = 512  # pixels a side that a JPEG is decoded at, which can be done at 1/2, 1/4 and 1/8 of its size
UPRIGHT = {  # EXIF's orientation -> what turns the picture upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def opened(source: Path | str | BinaryIO) -> Image.Image:
    """A picture file as RGBA, upright; of an animation the first frame. Its size is read before its pixels are.

    Raises:
        RequestError: the file is missing, empty, damaged, no picture of `FORMATS`, or has too many pixels.
    """
    try:
        with Image.open(source, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise RequestError(
                    f"The picture has {image.width:,} x {image.height:,} pixels; at most {MOST_PIXELS:,} are possible."
                )
            return _upright(image)
    except RequestError:
        raise
    except Image.DecompressionBombError:
        raise RequestError(f"The picture has too many pixels; at most {MOST_PIXELS:,} are possible.") from None
    except FileNotFoundError:
        raise RequestError(f"There is no such picture file. {READABLE}.") from None
    except Exception:  # whatever a decoder makes of foreign bytes
        raise RequestError(f"The file is not a picture that can be read. {READABLE}.") from None


def _upright(image: Image.Image) -> Image.Image:
    """An opened picture's pixels as RGBA, turned as the camera was held.

    Raises:
        RequestError: they are damaged or end too early.
    """
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # damaged: the picture is shown as it lies, as browsers do
        orientation = None
    try:
        image.draft(None, (ENOUGH, ENOUGH))
        pixels = image.convert("RGBA")
    except Exception:
        raise RequestError(f"The picture is damaged or not complete. {READABLE}.") from None
    return pixels.transpose(UPRIGHT[orientation]) if orientation in UPRIGHT else pixels


_ADDRESS = re.compile(r"data:image/[\w.+-]+;base64,")


def from_setting(picture: str) -> Image.Image | None:
    """The picture in a data: address, the setting of a request; None if that is empty.

    Raises:
        RequestError: it is no such address, or as in `opened`.
    """
    if not picture:
        return None
    head = _ADDRESS.match(picture)
    if head is None:
        raise RequestError("picture must be a data: address, such as data:image/png;base64,iVBORw0...")
    try:
        content = base64.b64decode(picture[head.end() :], validate=True)
    except ValueError:
        raise RequestError(
            "picture must be a data: address in base64; it has other characters or ends early."
        ) from None
    return opened(BytesIO(content))


def to_setting(picture: Image.Image | Path | str | None) -> str:
    """A picture as the setting of a request: a data: address of as many pixels as count, a PNG. An image, a file, or
    such an address, which is left as it is.

    Raises:
        RequestError: as in `opened`.
    """
    if not picture or isinstance(picture, str) and picture.startswith("data:"):
        return str(picture or "")
    image = picture if isinstance(picture, Image.Image) else opened(picture)
    memory = BytesIO()
    fitted(image, SIDE).save(memory, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(memory.getvalue()).decode()


def fitted(image: Image.Image, size: int) -> Image.Image:
    """Any picture as RGBA, whole and centred on a transparent square; one of this size stays as it is."""
    scale = size / max(image.size)
    inside = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    image = image.convert("RGBA").resize(inside, Image.Resampling.LANCZOS)
    square = Image.new("RGBA", (size, size))
    square.paste(image, ((size - image.width) // 2, (size - image.height) // 2))
    return square


def prepared(image: Image.Image, size: int) -> torch.Tensor:
    """Any picture, fitted, as the autoencoder takes it: (1, 4, size, size) in [-1, 1], colours over white and alpha."""
    rgba = np.asarray(fitted(image, size)).astype(np.float32) / 255
    colour, alpha = rgba[..., :3], rgba[..., 3:]
    unit = np.concatenate([on_white(colour, alpha), alpha], axis=-1)
    return torch.from_numpy(unit * 2 - 1).movedim(-1, 0).unsqueeze(0)
