"""What goes into the painter and what comes out of it. Used by `resgen.image.engine`, the page and the command line."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from resgen.engine import Progress, seed_setting, setting
from resgen.image.prompt import Reading

MIX = "mix"
STYLES = ("fluent 3d", "fluent flat", "noto", "twemoji")
PHOTO = "photo"
MOST_COUNT = 64
SIDE = 64  # pixels of a picture as it is painted
FACTOR = 4  # by which the upscaler enlarges it
SIZES = (SIDE, SIDE * FACTOR)
PHOTO_SIDE = 32  # of a photograph
PHOTO_SIZES = (PHOTO_SIDE, 2 * PHOTO_SIDE, 4 * PHOTO_SIDE, 8 * PHOTO_SIDE)
MOST_DATA = 400_000  # characters of a picture that is sent


@dataclass(frozen=True)
class ImageRequest:
    """What to draw."""

    prompt: str = setting("", "what to draw, in a few words; empty draws things of all kinds", high=200)
    style: str = setting(
        MIX,
        f"one of {', '.join(STYLES)}, or {MIX}: one after another; or {PHOTO}: small photographs",
        high=20,
        choices=(*STYLES, MIX, PHOTO),
    )
    count: int = setting(8, "how many pictures", 1, MOST_COUNT)
    steps: int = setting(8, "steps from noise to picture: more are slower, and past four hardly better", 1, 100)
    guidance: float = setting(2.0, "how strongly to follow the words and the style; 1 = as learned", 1, 8, 0.1)
    blend: str = setting("", "a second thing, blended into the first", high=200)
    balance: float = setting(0.5, "how much of the second thing: 0 = none of it, 1 = nothing else", 0, 1, 0.05)
    avoid: str = setting("", "words to keep away from; the more, the higher the guidance", high=200)
    strength: float = setting(0.6, "of a picture that was given, how much is drawn anew; 1 = all of it", 0.05, 1, 0.05)
    size: int = setting(
        SIZES[1],
        f"pixels a side: {SIZES[0]} as painted, {SIZES[1]} enlarged; photographs: {PHOTO_SIDE} as painted, "
        f"{', '.join(map(str, PHOTO_SIZES[1:]))} enlarged",
        PHOTO_SIDE,
        SIZES[1],
        choices=PHOTO_SIZES,
    )
    seed: int = seed_setting()
    picture: str = setting("", "a picture to begin from, as a data: address; empty begins from noise", high=MOST_DATA)
    strip: bool = setting(False, "a film strip: from the prompt to `blend` in equal steps, all with the same noise")
    variety: float = setting(
        -1.0,
        "how far pictures are kept from being alike, by colour, kind and pose; 0 = not at all; -1 = the first not, the "
        "others by 1",
        -1,
        2,
        0.1,
    )


@dataclass(frozen=True)
class ImageResult:
    """The pictures so far: pixels (N, H, W, 4) uint8, straight RGBA, as painted until they are finished; `reading`
    tells how the prompt was understood; `settings` with `own[i]` over them make picture i alone."""

    pixels: np.ndarray
    reading: Reading
    settings: dict
    progress: Progress
    own: tuple[dict, ...]

    @property
    def notices(self) -> tuple[str, ...]:
        """What was understood otherwise than it was asked, in sentences."""
        return self.reading.notices

    def images(self) -> list[Image.Image]:
        return [Image.fromarray(picture) for picture in self.pixels]
