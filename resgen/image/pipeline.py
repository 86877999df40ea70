"""The networks of the painter at work: from names, styles and seeds to pictures, step by step. Called by
`resgen.image.engine`, which knows what a request says.
"""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from PIL import Image

from resgen.image.autoencoder import Codec
from resgen.image.init_image import prepared
from resgen.image.model import PictureNet
from resgen.image.pixels import over_white_with_alpha, straight
from resgen.image.prompt import Dictionary
from resgen.image.request import FACTOR, SIDE, STYLES
from resgen.image.sampling import euler_sample, guided, noise_for
from resgen.image.variety import TOWARDS_COLOUR, TOWARDS_KIN, akin, posed, tinted
from resgen.turns import breathe

# Guidance leads away from a mixture of nothing and, by this share, the same words without a style, so that it asks for
# the style more than for the words: the network heeds it less by itself.
UNSTYLED = 0.5


class Pipeline:
    """Paints with the networks that a subclass, an engine, gives it. Keeps no state between pictures."""

    styles: tuple[str, ...] = STYLES
    side = SIDE  # pixels of a picture as painted
    departs = True  # whether `variety` means something to it
    part = 8  # rows of a batch at a time: a twentieth of a second of one CPU
    network: PictureNet
    dictionary: Dictionary
    autoencoder: Codec
    upscaler: torch.nn.Module
    device: torch.device

    def to_cpu(self) -> None:
        """Move to the CPU."""
        for network in (self.network, self.autoencoder, self.upscaler):
            network.to(torch.device("cpu"))
        self.device = torch.device("cpu")

    @torch.no_grad()
    def encode(self, picture: Image.Image) -> torch.Tensor:
        """Any picture's codes, (1, C, H, W)."""
        return self.autoencoder.encode(prepared(picture, SIDE).to(self.device))

    @torch.no_grad()
    def paint(
        self,
        names: list[tuple[str, ...]],
        styles: list[str],
        seeds: list[int],
        steps: int,
        guidance: float,
        *,
        blend: tuple[tuple[str, ...], list[float]] | None = None,
        avoid: tuple[str, ...] = (),
        start: torch.Tensor | None = None,
        strength: float = 1.0,
        variety: list[float] | None = None,
    ) -> Iterator[np.ndarray]:
        """Yields after each step the pictures (N, H, W, 4) uint8; one name (its words), style and seed a picture.

        Args:
            blend: words of a second thing, and how much of it each picture has, 0-1.
            avoid: words from which guidance leads away, instead of from nothing in particular; and always from the
                same words without a style.
            start, strength: codes to begin from, and how far to cover them with noise (`sampling.euler_sample`).
            variety: how far each picture departs from the plainest (`resgen.image.variety`); not at all by default. One
                that begins from another keeps its pose.
        """
        varied = variety if variety and any(variety) else None
        network = self.network
        style = torch.tensor([self.styles.index(name) for name in styles], device=self.device)

        def conditioned(style: torch.Tensor) -> torch.Tensor:
            cond = self._cond_embedding(names, style)
            if blend is not None:
                second, balance = blend
                other = self._cond_embedding([second] * len(seeds), style)
                cond = torch.lerp(cond, other, torch.tensor(balance, device=self.device).unsqueeze(1))
            return cond if varied is None else self._shifted(cond, names, style, seeds, varied)

        cond = conditioned(style)
        if guidance != 1:
            cond = torch.cat([cond, self._away_from(avoid, style, conditioned)])

        def denoise(noisy: torch.Tensor, time: float) -> torch.Tensor:
            wanted = cond if self.guides_at(time) else cond[: len(noisy)]
            repeat = len(wanted) // len(noisy)
            rows = noisy.repeat(repeat, 1, 1, 1), noisy.new_full((len(wanted),), time), wanted
            clean = torch.cat(list(in_parts(network.clean, *rows, rows_a_part=self.part)))
            if repeat == 1:
                return clean
            worded, plain = clean.chunk(2)
            return guided(worded, plain, guidance)

        noise = noise_for(seeds, network.codes).to(self.device)
        for codes in self.sample(denoise, noise, steps, start, strength):
            decoded = in_parts(self.autoencoder.decode, codes, rows_a_part=self.part)
            pixels = np.concatenate([straight(part) for part in decoded])
            yield pixels if varied is None or start is not None else posed(pixels, names, seeds, varied)

    def _shifted(
        self,
        cond: torch.Tensor,
        names: list[tuple[str, ...]],
        style: torch.Tensor,
        seeds: list[int],
        variety: list[float],
    ) -> torch.Tensor:
        """What is asked for (B, M), shifted towards a colour and a thing of the same kind."""
        amount = torch.tensor(variety, device=self.device).unsqueeze(1)
        for share, words in (
            (TOWARDS_COLOUR, [tinted(name, seed) for name, seed in zip(names, seeds, strict=True)]),
            (TOWARDS_KIN, [akin(name, seed, self.dictionary) for name, seed in zip(names, seeds, strict=True)]),
        ):
            cond = torch.lerp(cond, self._cond_embedding(words, style), share * amount)
        return cond

    sample = staticmethod(euler_sample)

    def guides_at(self, time: float) -> bool:
        """Whether guidance leads at a time, 1 = noise."""
        return True

    def _away_from(
        self, avoid: tuple[str, ...], style: torch.Tensor, conditioned: Callable[[torch.Tensor], torch.Tensor]
    ) -> torch.Tensor:
        """What guidance leads away from (B, M): words to avoid, or nothing in particular, and the words without style.

        Args:
            conditioned: styles (B,) -> (B, M) of what is asked for.
        """
        none = torch.full_like(style, self.network.no_style)
        return torch.lerp(self._cond_embedding([avoid] * len(style), none), conditioned(none), UNSTYLED)

    @torch.no_grad()
    def enlarge(self, pixels: np.ndarray, factor: int = FACTOR) -> np.ndarray:
        """Pictures (N, H, W, 4) uint8, straight RGBA, at four times the width and height: the upscaler knows no other
        factor."""
        unit = over_white_with_alpha(pixels).astype(np.float32) / 127.5 - 1
        # One at a time: a picture does not depend on how many are drawn with it, and memory stays small.
        rows = torch.from_numpy(unit).movedim(-1, 1).to(self.device)
        return np.concatenate([straight(part) for part in in_parts(self.upscaler, rows, rows_a_part=1)])

    def _cond_embedding(self, names: list[tuple[str, ...]], style: torch.Tensor) -> torch.Tensor:
        """Words and styles (B,) -> (B, M); no words mean nothing in particular."""
        words, letters = zip(*map(self.dictionary.encode, names), strict=True)
        breathe()  # of 64 it takes a thirtieth of a second, and there are three
        return self.network.cond_embedding(
            torch.tensor(words, device=self.device), torch.tensor(letters, device=self.device), style
        )


def in_parts(network: Callable[..., torch.Tensor], *rows: torch.Tensor, rows_a_part: int) -> Iterator[torch.Tensor]:
    """What a network makes of rows, a part of them at a time; between the parts others have their turn."""
    for number, part in enumerate(zip(*(tensor.split(rows_a_part) for tensor in rows), strict=True)):
        if number:
            breathe()
        yield network(*part)
