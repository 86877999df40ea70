"""The painter: a request goes in, pictures come out of the noise step by step. Called by `resgen.load("image")`, the
page and the command line; knows none of them.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import torch
from PIL import Image

from resgen import checkpoint
from resgen.engine import Progress, checked, complete, settings_used
from resgen.errors import RequestError
from resgen.fallback import falls_back
from resgen.image.autoencoder import Autoencoder, Codec
from resgen.image.init_image import from_setting, to_setting
from resgen.image.model import PictureNet
from resgen.image.photo_prompt import photo_of
from resgen.image.pipeline import Pipeline
from resgen.image.pixels import without_colours
from resgen.image.prompt import WORDS, Dictionary, Reading, plain
from resgen.image.request import MIX, PHOTO, SIZES, ImageRequest, ImageResult
from resgen.image.variety import amounts

WORDED = ("prompt", "blend", "avoid")  # settings that hold words


def autoencoder_of(card: dict) -> tuple[Autoencoder, dict]:
    """The autoencoder in whose codes a picture model paints, which its card names, and that one's own card.

    Raises:
        CheckpointError: it is missing, or its codes are not those that the model was trained in: those of the
            autoencoder it was then, or of one whose decoder alone has been trained on.
    """
    named = card.get("autoencoder", {})
    network, codec, _ = checkpoint.load("autoencoder", named.get("name"))
    if codec.get("codes_of", codec["sha256"]) != named.get("sha256"):
        raise checkpoint.CheckpointError(
            f"{card['name']} paints in the codes of another autoencoder than {codec['name']} is now. Restore that one, "
            "or train the model anew: python -m resgen.training.image.train."
        )
    return network, codec


class Painter(Pipeline):
    """The image engine. Keeps no state between requests. What photographs do otherwise: `resgen.image.photographer`.

    Args:
        network: the picture model, in evaluation mode.
        dictionary: the names it knows.
        card: its card.
        autoencoder: in whose codes it paints; that of the card by default.
        upscaler: enlarges finished pictures; the shipped one by default.
        photographer: makes what is asked for in the style "photo"; the shipped one by default.
    """

    request = ImageRequest
    language = Dictionary
    sizes: tuple[int, ...] = SIZES

    def __init__(
        self,
        network: PictureNet,
        dictionary: Dictionary,
        card: dict,
        autoencoder: Codec | None = None,
        upscaler: torch.nn.Module | None = None,
        photographer: "Painter | None" = None,
    ):
        self.network, self.dictionary, self.card = network, dictionary, card
        self.cards = [card]  # of all its networks
        self.device = next(network.parameters()).device
        if autoencoder is None:
            autoencoder, codec = autoencoder_of(card)
            self.cards.append(codec)
        self.autoencoder = autoencoder.to(self.device)
        if upscaler is None:
            upscaler, enlarging, _ = checkpoint.load("upscaler")
            self.cards.append(enlarging)
        # Channels last takes a CPU half the time.
        self.upscaler = upscaler.to(self.device).to(memory_format=torch.channels_last)
        if photographer is None:
            from resgen.image.photographer import Photographer  # which is made of this class

            photographer = Photographer.load(dictionary, self.device)
            self.cards += photographer.cards
        self.photographer = photographer

    def completions(self) -> list[str]:
        """What a person may begin to type: what the dictionary knows, and "photo of" what the photographer's does."""
        photographs = [f"photo of {words}" for words in self.photographer.completions()]
        return sorted([*self.dictionary.completions(), *photographs])

    def painter_of(self, request: ImageRequest) -> "tuple[Painter, ImageRequest]":
        """Who paints what a request asks for, and the request, checked, with the style that its words ask for; that is
        not heeded for a thing of which no photograph can be made.

        Raises:
            RequestError: settings outside their limits.
        """
        request = checked(request)
        if request.style != PHOTO:
            if not self._asks_for_photograph(request.prompt):
                return self, request
            try:
                self.photographer._read(request.prompt)
            except RequestError:
                return self, request
        return self.photographer, replace(request, style=PHOTO)

    def _asks_for_photograph(self, prompt: str) -> bool:
        return photo_of(prompt) is not None or self.dictionary.read(prompt).style == PHOTO

    @falls_back(lambda result, notice: replace(result, reading=result.reading.with_notice(notice)))
    def run(self, request: ImageRequest) -> Iterator[ImageResult]:
        """Draw. Yields after every step the pictures as predicted so far; the last result is final.

        Picture i of a request has noise of its own, that of picture 0 of a request with seed + i, and, if it is not the
        first, departs from the plainest picture by `resgen.image.variety`. Of a picture given to begin from, the forms
        stay as far as `strength` lets them; words and style say what it becomes.

        Raises:
            RequestError: before any work, for settings outside their limits, a prompt without a readable word or a
                `picture` that is none.
        """
        painter, request = self.painter_of(request)
        if painter is not self:
            yield from painter.run(request)
            return
        request, reading, second = self._understood(request)
        if request.size not in self.sizes:
            sizes = ", ".join(map(str, self.sizes))
            raise RequestError(f"size must be one of {sizes} in the style {request.style}; it is {request.size}.")
        first, avoid, strip = reading.words, reading.avoid, request.strip
        if strip and not second:
            raise RequestError("blend must name the second thing, towards which the strip goes.")
        picture = from_setting(request.picture)
        request = replace(request, picture=to_setting(picture))
        settings = settings_used(self.card["name"], request)
        began = time.perf_counter()
        seeds = [request.seed + (0 if strip else i) for i in range(request.count)]
        names = [first] * request.count if first else [self.surprise(seed, avoid) for seed in seeds]
        styles = [self.styles[seed % 4] if request.style == MIX else request.style for seed in seeds]
        if strip:
            balance = [i / max(1, request.count - 1) for i in range(request.count)]
        else:
            balance = [request.balance] * request.count
        alike = first and self.departs and not strip  # things of all kinds are not
        variety = amounts(request.variety if alike else 0.0, request.count)
        own = tuple(
            {"count": 1, "seed": seed, "style": style, "balance": share, "variety": amount, "strip": False}
            for seed, style, share, amount in zip(seeds, styles, balance, variety, strict=True)
        )
        drawing = self.paint(
            names,
            styles,
            seeds,
            request.steps,
            request.guidance,
            blend=(second, balance) if second else None,
            avoid=avoid,
            start=None if picture is None else self.encode(picture),
            strength=request.strength,
            variety=variety,
        )
        for done, pixels in enumerate(drawing, 1):
            if done == request.steps and request.size != self.side:
                pixels = self.enlarge(pixels, request.size // self.side)
            pixels = without_colours(pixels) if reading.grey else pixels
            progress = Progress(done, request.steps, time.perf_counter() - began)
            yield ImageResult(pixels, reading, settings, progress, own)

    def reading(self, request: ImageRequest) -> Reading:
        """How all that a request says is understood, before any work; `notices` are for whoever asked.

        Raises:
            RequestError: as in `run`.
        """
        painter, request = self.painter_of(request)
        return painter._understood(request)[1]

    def _understood(self, request: ImageRequest) -> tuple[ImageRequest, Reading, tuple[str, ...]]:
        """The request, checked; how it is understood; and the words of what is blended in."""
        request = checked(request)
        texts = {name: getattr(request, name).encode("utf-8", "ignore").decode() for name in WORDED}
        readings = [self._read(text) for text in texts.values()]
        asked = readings[2].words + tuple(word for reading in readings for word in reading.avoid)
        avoid = tuple(dict.fromkeys(word for word in asked if word != "and"))[:WORDS]
        unknown, dropped, told = (
            tuple(dict.fromkeys(word for reading in readings for word in getattr(reading, kind)))
            for kind in ("unknown", "dropped", "told")
        )
        if PHOTO not in self.styles and self._asks_for_photograph(request.prompt):
            told = (*told, "No photograph can be made of it, so it is drawn.")
        if readings[1].grey and not readings[0].grey:
            told = (*told, "Grey is left out of what is blended in: a picture is grey as a whole or not at all.")
        if avoid and request.guidance == 1:
            told = (*told, "To keep away from something needs a guidance above 1.")
        reading = Reading(readings[0].words, unknown, dropped, avoid, told=told, grey=readings[0].grey)
        return replace(request, **texts), reading, readings[1].words

    def _read(self, text: str) -> Reading:
        """What a text names.

        Raises:
            RequestError: there is text, but not a readable word.
        """
        reading = self.dictionary.read(text)
        if not text.strip() or reading.words or reading.avoid:
            return reading
        if reading.dropped or not plain(text):
            raise RequestError(
                f"No word of {text.strip()!r} can be drawn. Name a thing in English or Chinese, or by its emoji, such "
                "as: red car."
            )
        return reading.with_notice("It names no thing, so it may become anything.")

    def surprise(self, seed: int, avoid: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The words of one of the names it was trained on; as many seeds in a row as there are names give each once.

        Args:
            avoid: words that none of the names has, if there are others.
        """
        known = [entry["name"] for entry in self.dictionary.entries if entry["styles"]]
        known = [name for name in known if not set(name.split()) & set(avoid)] or known
        # A stride without a common divisor goes through all names before any comes again.
        stride = next(step for step in (619, 617, 613) if len(known) % step)
        return tuple(known[seed * stride % len(known)].split())

    def draw(self, prompt: str = "", *, picture: Image.Image | Path | str | None = None, **settings) -> ImageResult:
        """Draw to the end and return the last result; settings as in `ImageRequest`.

        Args:
            picture: an image or a file to begin from, or what `ImageRequest` takes.

        Raises:
            RequestError: as in `run`, and for unknown settings.
        """
        return complete(self, prompt, settings | {"picture": to_setting(picture)})
