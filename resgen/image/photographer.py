"""The painter of small photographs: what it does otherwise than the painter of emoji. Called by
`resgen.image.engine.Painter`, for the style "photo", and by `resgen.evaluation.image.photo`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageOps

from resgen import checkpoint
from resgen.image.engine import Painter
from resgen.image.init_image import prepared
from resgen.image.model import PictureNet
from resgen.image.photo_prompt import PhotoReader
from resgen.image.pixel_fold import PixelFold
from resgen.image.prompt import Dictionary, Reading
from resgen.image.request import PHOTO, PHOTO_SIDE, PHOTO_SIZES, ImageRequest
from resgen.image.sampling import Denoise, dpm_solver_2m, timesteps
from resgen.image.whitened import whitened_steps, whitened_timesteps

# steps -> times with which the sampler keeps the contrast of photographs: `resgen.training.image.fit_timesteps`.
FITTED = {
    6: (1.0, 0.978, 0.904, 0.527, 0.135, 0.006, 0.0),
    7: (1.0, 0.985, 0.935, 0.715, 0.327, 0.097, 0.012, 0.0),
    8: (1.0, 0.988, 0.958, 0.82, 0.522, 0.211, 0.077, 0.014, 0.0),
}
# Noise over picture at the first and the last step, and the root of it in which steps are even: fewer, and more steps.
FEWER, MORE = (80, 0.2, 7), (160, 0.02, 100)


def fitted_timesteps(steps: int) -> list[float]:
    """steps + 1 times from 1 (noise) to 0 (clean), fitted or even in a root of noise over picture (Karras et al.,
    arXiv:2206.00364, eq. 5).

    Even steps of time hurry through what is decided while there is hardly anything but noise: the light and dark of the
    whole picture. With few of them pictures come out grey.
    """
    if steps in FITTED:
        return list(FITTED[steps])
    highest, lowest, root = FEWER if steps < min(FITTED) else MORE
    noise = np.linspace(highest ** (1 / root), lowest ** (1 / root), steps)[1:] ** root
    return [1.0, *(noise / (1 + noise)).tolist(), 0.0]


@dataclass(frozen=True)
class Sampler:
    """How the flow is followed.

    Fields: timesteps for a number of steps; the times within which guidance leads (arXiv:2404.07724); and the numbers
    of steps for which frequencies are followed one by one, with timesteps of their own (`resgen.image.whitened`): with
    so few no others keep the contrast.
    """

    timesteps: Callable[[int], Sequence[float]] = fitted_timesteps
    guided: tuple[float, float] = (0.0, 1.0)
    whitened: range = range(3, min(FITTED))


class Photographer(Painter):
    """Photographs of 32 x 32 pixels, painted without an autoencoder, in folded pixels, and enlarged by Lanczos.

    Args:
        network: the picture model, in evaluation mode.
        dictionary: the names it knows.
        card: its card.
        thesaurus: the names of a model that knows more, by which unknown things are taken for known ones.
        sampler: how it paints; what was measured to be best by default.
    """

    styles = (PHOTO,)
    side = PHOTO_SIDE
    sizes = PHOTO_SIZES
    departs = False  # no two photographs of a thing are alike by themselves
    part = 4

    def __init__(
        self,
        network: PictureNet,
        dictionary: Dictionary,
        card: dict,
        thesaurus: Dictionary | None = None,
        sampler: Sampler | None = None,
    ):
        self.network, self.dictionary, self.card, self.cards = network, dictionary, card, [card]
        self.network.to(memory_format=torch.channels_last)
        self.device = next(network.parameters()).device
        self.autoencoder = PixelFold()
        self.reader = PhotoReader(dictionary, thesaurus or dictionary)
        self.sampler = sampler or Sampler()

    @classmethod
    def load(cls, thesaurus: Dictionary | None, device: torch.device, model: str | None = None) -> "Photographer":
        """One with its weights: the shipped ones by default.

        Raises:
            CheckpointError: missing, damaged or mismatching files.
        """
        network, card, extras = checkpoint.load("photo", model)
        return cls(network.to(device), Dictionary(extras["dictionary"]), card, thesaurus)

    def to_cpu(self) -> None:
        """Move its network there for good; its codec has no weights."""
        self.device = torch.device("cpu")
        self.network.to(self.device)

    def completions(self) -> list[str]:
        return self.dictionary.completions()

    def painter_of(self, request: ImageRequest) -> tuple[Painter, ImageRequest]:
        return self, request

    def _read(self, text: str) -> Reading:
        return self.reader.read(text)

    def encode(self, picture: Image.Image) -> torch.Tensor:
        """Any picture's codes, (1, C, H, W), of the square middle of what is not transparent: photographs fill their
        frame, and a picture that is sent comes with empty bars."""
        picture = picture.convert("RGBA")
        picture = picture.crop(picture.getchannel("A").getbbox())
        square = ImageOps.fit(picture, (min(picture.size),) * 2)
        return self.autoencoder.encode(prepared(square, self.side).to(self.device))

    def sample(
        self,
        denoise: Denoise,
        noise: torch.Tensor,
        steps: int,
        start: torch.Tensor | None = None,
        strength: float = 1.0,
    ) -> Iterator[torch.Tensor]:
        """As `resgen.image.sampling.euler_sample`, in steps of second order."""
        if start is None and steps in self.sampler.whitened:
            return whitened_steps(denoise, noise, whitened_timesteps(steps))
        if start is None:
            return dpm_solver_2m(denoise, noise, self.sampler.timesteps(steps))
        ts = [strength * t for t in timesteps(steps, shift=1.0)]
        return dpm_solver_2m(denoise, (1 - strength) * start + strength * noise, ts)

    def guides_at(self, time: float) -> bool:
        first, last = self.sampler.guided
        return first <= time <= last

    def _away_from(
        self, avoid: tuple[str, ...], style: torch.Tensor, conditioned: Callable[[torch.Tensor], torch.Tensor]
    ) -> torch.Tensor:
        """Words to avoid, or nothing in particular: there is but one style, without which nothing was trained."""
        return self._cond_embedding([avoid] * len(style), style)

    def enlarge(self, pixels: np.ndarray, factor: int = 4) -> np.ndarray:
        """Pictures (N, H, W, 4) uint8 at so many times the width and height, by Lanczos's filter."""
        size = (factor * pixels.shape[2], factor * pixels.shape[1])
        return np.stack([np.asarray(Image.fromarray(one).resize(size, Image.Resampling.LANCZOS)) for one in pixels])
