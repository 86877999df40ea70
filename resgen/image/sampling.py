"""From noise to a clean grid by following the flow. Pure functions, called by `resgen.image.engine`."""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

Denoise = Callable[[Tensor, float], Tensor]  # (noisy grid, time) -> clean grid


def noise_for(seeds: list[int], shape: tuple[int, ...]) -> Tensor:
    """Standard normal noise (len(seeds), *shape), each picture's from its own seed, drawn on the CPU: a seed means the
    same picture whatever the batch and the device."""
    return torch.stack([torch.randn(shape, generator=torch.Generator().manual_seed(seed)) for seed in seeds])


def timesteps(steps: int, shift: float = 2.0) -> list[float]:
    """steps + 1 times from 1 (noise) to 0 (clean), denser near noise, where the picture is decided.

    shift * t / (1 + (shift - 1) * t): Esser et al., arXiv:2403.03206, eq. 23.
    """
    even = [1 - i / steps for i in range(steps + 1)]
    return [shift * t / (1 + (shift - 1) * t) for t in even]


def guided(clean: Tensor, plain: Tensor, guidance: float) -> Tensor:
    """Classifier-free guidance (Ho & Salimans, arXiv:2207.12598): from the prediction without words through that with
    them and beyond. 1 is the prediction with words."""
    return plain + guidance * (clean - plain)


def euler_sample(
    denoise: Denoise,
    noise: Tensor,
    steps: int,
    start: Tensor | None = None,
    strength: float = 1.0,
) -> Iterator[Tensor]:
    """Euler steps along the flow; yields after each step the clean grid as predicted so far, at last the result.

    Args:
        denoise: (noisy grid, time) -> clean grid.
        noise: (N, C, H, W).
        start: a clean grid to begin from, covered by noise only as far as `strength` (SDEdit, arXiv:2108.01073).
        strength: the time at which to begin, 0-1; 1 keeps nothing of the start.
    """
    x = noise if start is None else (1 - strength) * start + strength * noise
    ts = timesteps(steps)
    if start is not None:
        ts = [strength * t for t in ts]
    for t, t_next in itertools.pairwise(ts):
        clean = denoise(x, t)
        x = clean + (x - clean) * (t_next / t)  # x = (1 - t) clean + t noise, with the same noise at the next time
        yield clean


def dpm_solver_2m(denoise: Denoise, x: Tensor, ts: Sequence[float]) -> Iterator[Tensor]:
    """DPM-Solver++ (2M): steps of second order for one call of the network each (Lu et al., arXiv:2211.01095, alg. 2);
    yields after each step the clean grid as predicted so far, at last the result.

    Every step but the first and the last carries on how the prediction has just changed, in lambda = log((1 - t) / t),
    half the logarithm of the signal-to-noise ratio, over which predictions change evenly.

    Args:
        denoise: (noisy grid, time) -> clean grid.
        x: the noisy grid (N, C, H, W) at ts[0].
        ts: falling times, 1 = noise, of which only the last is 0.
    """
    before: tuple[Tensor, float] | None = None
    for t, t_next in itertools.pairwise(ts):
        clean = denoise(x, t)
        aim = clean
        if before is not None and t_next > 0:
            last, t_last = before
            ratio = (_log_snr(t_next) - _log_snr(t)) / (_log_snr(t) - _log_snr(t_last))
            aim = clean + (clean - last) * (ratio / 2)
        x = aim + (x - aim) * (t_next / t)
        before = clean, t
        yield clean


def _log_snr(t: float) -> float:
    """Half the logarithm of the signal-to-noise ratio at a time above 0."""
    return math.log(max(1e-9, 1 - t) / t)
