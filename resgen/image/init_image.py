"""A picture that a visitor gives, opened with care and made what the painter's networks take. Called by
`resgen.image.engine`.
"""

from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError

from resgen.errors import RequestError
from resgen.image.pixels import on_white

MOST_PIXELS = 25_000_000


def opened(source: Path | str) -> Image.Image:
    """A picture file as RGBA, upright; of an animation the first frame. Its size is read before its pixels are.

    Raises:
        RequestError: the file is no picture, damaged, or has too many pixels.
    """
    try:
        with Image.open(source) as image:
            if image.width * image.height > MOST_PIXELS:
                raise RequestError(
                    f"The picture has {image.width:,} x {image.height:,} pixels; at most {MOST_PIXELS:,} are possible."
                )
            # an exact copy of the first frame, turned as the camera was held
            return ImageOps.exif_transpose(image).convert("RGBA")
    except Image.DecompressionBombError:
        raise RequestError(f"The picture has too many pixels; at most {MOST_PIXELS:,} are possible.") from None
    except RequestError:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise RequestError("The file is not a picture that can be read, such as a PNG, JPEG or WebP.") from error


def prepared(image: Image.Image, size: int) -> torch.Tensor:
    """Any picture, whole and centred on a transparent square, as the autoencoder takes it: (1, 4, size, size) in
    [-1, 1], colours over white and alpha."""
    scale = size / max(image.size)
    inside = tuple(max(1, round(side * scale)) for side in image.size)
    image = image.convert("RGBA").resize(inside, Image.Resampling.LANCZOS)
    square = Image.new("RGBA", (size, size))
    square.paste(image, ((size - image.width) // 2, (size - image.height) // 2))
    rgba = np.asarray(square).astype(np.float32) / 255
    colour, alpha = rgba[..., :3], rgba[..., 3:]
    unit = np.concatenate([on_white(colour, alpha), alpha], axis=-1)
    return torch.from_numpy(unit * 2 - 1).movedim(-1, 0).unsqueeze(0)
