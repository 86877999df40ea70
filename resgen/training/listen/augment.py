"""What rooms, microphones and mouths do to sound, done to log mels, where it costs next to nothing. Called by
`resgen.training.listen.data`.

All functions take and return a log mel (MELS, T) and draw from a NumPy generator.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from resgen.listen.features import FRAME_RATE, MELS, normalised

MOST_WARP = 0.12  # share by which formants move
MOST_SPEED = 0.12  # share by which a clip is faster or slower
LOUDEST_NOISE, QUIETEST_NOISE = 3.0, 40.0  # dB of speech above noise
LONGEST_ECHO = 0.6  # seconds until a room is 60 dB quieter
TEN_DB = float(np.log(10))


def warped(mel: Tensor, draw: np.random.Generator) -> Tensor:
    """Another throat and another pace: bands and frames stretched (Jaitly & Hinton 2013)."""
    high = float(draw.uniform(1 - MOST_WARP, 1 + MOST_WARP))
    bands = (torch.arange(MELS) * high).clamp(max=MELS - 1)
    low = bands.floor().long()
    share = (bands - low)[:, None]
    mel = mel[low] * (1 - share) + mel[(low + 1).clamp(max=MELS - 1)] * share
    length = max(1, round(mel.shape[1] * float(draw.uniform(1 - MOST_SPEED, 1 + MOST_SPEED))))
    return F.interpolate(mel[None], length, mode="linear")[0]


def echoing(mel: Tensor, draw: np.random.Generator) -> Tensor:
    """A room: the power of each frame dies away exponentially over those after it (Lehmann & Johansson 2010)."""
    seconds = float(draw.uniform(0.1, LONGEST_ECHO))
    decay = np.exp(-6 * TEN_DB / (seconds * FRAME_RATE))
    tail = torch.from_numpy(decay ** np.arange(1, round(seconds * FRAME_RATE * 0.6) + 1)).float()
    tail = tail * (float(10 ** draw.uniform(-1.2, 0.2)) / float(tail.sum()))
    response = torch.cat([torch.ones(1), tail]).flip(0)
    power = F.pad(mel.exp(), (len(response) - 1, 0))
    return F.conv1d(power[:, None], response[None, None])[:, 0].log()


def noisy(mel: Tensor, draw: np.random.Generator, babble: Tensor | None) -> Tensor:
    """Noise of a colour of its own, steady or swelling, or somebody else who speaks, some dB below.

    Args:
        babble: the log mel of another clip; None for made noise.
    """
    length, below = mel.shape[1], float(draw.uniform(LOUDEST_NOISE, QUIETEST_NOISE)) * TEN_DB / 10
    if babble is not None:
        noise = babble.repeat(1, -(-length // babble.shape[1]))[:, :length]
        below = max(below, TEN_DB)  # who speaks louder would be right to be written down
    else:
        knots = torch.from_numpy(draw.normal(0, 1.5, 5).astype(np.float32))
        colour = F.interpolate(knots[None, None], MELS, mode="linear", align_corners=True)[0, 0]
        colour = colour + float(draw.uniform(-3, 1)) * torch.linspace(0, 1, MELS)
        swell = torch.from_numpy(draw.normal(0, float(draw.uniform(0, 1)), length // 50 + 2).astype(np.float32))
        level = F.interpolate(swell[None, None], length, mode="linear", align_corners=True)[0, 0]
        grain = torch.from_numpy(draw.exponential(1, (MELS, length)).astype(np.float32)).clamp(min=1e-2).log()
        noise = colour[:, None] + level + 0.6 * grain
    loud = torch.logsumexp(mel.flatten(), 0) - np.log(mel.numel())
    noise = noise - (torch.logsumexp(noise.flatten(), 0) - np.log(noise.numel())) + loud - below
    return torch.logaddexp(mel, noise)


def narrow(mel: Tensor, draw: np.random.Generator) -> Tensor:
    """A telephone or a poor codec: nothing above a band, little below another."""
    mel = mel.clone()
    mel[int(draw.integers(48, MELS)) :] = float(mel.min())
    mel[: int(draw.integers(0, 8))] -= 4.0
    return mel


def masked(mel: Tensor, draw: np.random.Generator, strength: float) -> Tensor:
    """Some bands and some moments not heard, of a normalised one (SpecAugment, arXiv:1904.08779)."""
    mel = mel.clone()
    for _ in range(2):
        begin, width = int(draw.integers(0, MELS)), round(draw.integers(0, 15) * strength)
        mel[begin : begin + width] = 0
    for _ in range(1 + mel.shape[1] // 400):
        begin, width = int(draw.integers(0, mel.shape[1])), round(draw.integers(0, 16) * strength)
        mel[:, begin : begin + width] = 0
    return mel


def augmented(mel: Tensor, draw: np.random.Generator, babble: Tensor, clean: bool, strength: float = 1.0) -> Tensor:
    """A clip as it might have been heard elsewhere, normalised.

    Args:
        babble: the log mel of another clip.
        clean: made in a studio or by a machine: rooms and noise are what it lacks.
        strength: 0-1, how often and how much.
    """
    mel = warped(mel, draw)
    if draw.random() < strength * (0.6 if clean else 0.2):
        mel = echoing(mel, draw)
    if draw.random() < strength * (0.8 if clean else 0.3):
        mel = noisy(mel, draw, babble if draw.random() < 0.15 else None)
    if draw.random() < strength * 0.15:
        mel = narrow(mel, draw)
    return masked(normalised(mel), draw, strength)
