"""Timesteps fitted to photographs: `python -m resgen.training.image.fit_timesteps`, some seconds of CPU.

How much of a picture each frequency holds, known from the training pictures, tells how fast it comes out of the noise:
for Gaussian pictures the best prediction is known without a network (Wiener's filter). So the sampler can be run for
all frequencies at once, and the times chosen with which it keeps their contrast. Prints what even times keep, those
that `resgen.image.photographer` holds, found by such a search and then tried on the network, and those found now.
"""

import math

import numpy as np
import torch
from torch import Tensor

from resgen.image.photographer import FITTED
from resgen.image.sampling import dpm_solver_2m, timesteps
from resgen.training.image.photos import SIDE, photos

SEEN = 8000  # pictures whose spectrum is taken
EVERY = 6  # one frequency in so many is fitted
ROUNDS, TRIES = 10, 400  # of the random search; after each round its steps are smaller


def spectrum(pixels: np.ndarray) -> Tensor:
    """Standard deviations (3072,), largest first, of the cosine transform of pictures (N, 3, 32, 32) uint8 in [-1, 1],
    with colours turned to their principal axes."""
    x = pixels.astype(np.float64) / 127.5 - 1
    axes, *_ = np.linalg.svd(np.cov(x.transpose(1, 0, 2, 3).reshape(3, -1)))
    place = np.arange(SIDE)
    waves = np.cos(math.pi * (place + 0.5) * place[:, None] / SIDE) * math.sqrt(2 / SIDE)
    waves[0] /= math.sqrt(2)
    found = np.einsum("ci,ncxy->nixy", axes, x)
    found = waves @ found @ waves.T
    return torch.from_numpy(np.sort(found.std(0).ravel())[::-1].copy())


def contrast(spread: Tensor, ts: list[float]) -> Tensor:
    """What the sampler makes of each frequency (K,) with these times: a standard deviation, where `spread` is right."""

    def denoise(x: Tensor, t: float) -> Tensor:
        return x * (1 - t) * spread**2 / ((1 - t) ** 2 * spread**2 + t**2)

    *_, end = dpm_solver_2m(denoise, torch.ones_like(spread), ts)
    return end.abs()


def misfit(spread: Tensor, ts: list[float], power: float) -> float:
    """The mean squared error of the contrast, each weighed by spread^-power: 0 for that of pixels, 2 for shares."""
    error = (contrast(spread, ts) - spread).square() / spread**power
    return float(error.sum() / (spread ** (2 - power)).sum())


def fit(spread: Tensor, steps: int, power: float = 0.0, seed: int = 0) -> list[float]:
    """steps + 1 times from 1 to 0 with the least misfit that a random search from even ones finds."""
    random = np.random.default_rng(seed)
    spread = spread[::EVERY]

    def times(logits: np.ndarray) -> list[float]:
        return [1.0, *sorted((1 / (1 + np.exp(-logits))).tolist(), reverse=True), 0.0]

    found = np.array([math.log(t / (1 - t)) for t in timesteps(steps, 1.0)[1:-1]])
    least, reach = misfit(spread, times(found), power), 0.5
    for _ in range(ROUNDS):
        for _ in range(TRIES):
            tried = found + random.normal(size=steps - 1) * reach * (random.random(steps - 1) < 0.5)
            error = misfit(spread, times(tried), power)
            if error < least:
                least, found = error, tried
        reach *= 0.7
    return times(found)


def main() -> None:
    found = photos()
    keep = np.flatnonzero((found.source == 0) & ~found.test)[:SEEN]
    spread = spectrum(found.pixels[keep])
    whole = float(spread.square().sum().sqrt())
    for steps in FITTED:
        for name, ts in (
            ("even", timesteps(steps, 1.0)),
            ("held", list(FITTED[steps])),
            ("found", fit(spread, steps)),
        ):
            share = float(contrast(spread, ts).square().sum().sqrt()) / whole
            print(f"{steps} steps, {name}: {[round(t, 3) for t in ts]}, {share:.2f} of the contrast")


if __name__ == "__main__":
    main()
