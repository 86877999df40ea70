"""Pictures as pixels: what the networks make, straight RGBA, and over white. Called by the engine, by
files and by training.
"""

import numpy as np
import torch


def straight(decoded: torch.Tensor) -> np.ndarray:
    """Decoded pictures (N, 4, H, W) in about [-1, 1], colours over white and alpha -> straight RGBA (N, H, W, 4) uint8.

    Over white, the pictures look as decoded, wherever alpha allows it.
    """
    unit = ((decoded.float() + 1) / 2).clamp(0, 1).movedim(1, -1).cpu()
    colour, alpha = unit[..., :3], unit[..., 3:]
    # Less alpha than the darkest channel's distance from white could not show that colour.
    alpha = torch.maximum(alpha, (1 - colour).amax(-1, keepdim=True))
    colour = torch.where(alpha > 0, 1 - (1 - colour) / alpha.clamp(min=1e-6), 1)
    return (torch.cat([colour, alpha], -1) * 255).round().to(torch.uint8).numpy()


def on_white(colour: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Straight colours and alpha, both in 0-1, of shapes that go together -> the colours over white."""
    return 1 - (1 - colour) * alpha


def over_white(pixels: np.ndarray) -> np.ndarray:
    """Straight RGBA (..., 4) uint8 -> RGB over white (..., 3) uint8."""
    unit = pixels.astype(np.float32) / 255
    return (on_white(unit[..., :3], unit[..., 3:]) * 255).round().astype(np.uint8)


def over_white_with_alpha(pixels: np.ndarray) -> np.ndarray:
    """Straight RGBA (..., 4) uint8 -> RGB over white, then alpha (..., 4) uint8: what the networks see."""
    return np.concatenate([over_white(pixels), pixels[..., 3:]], -1)


def without_colours(pixels: np.ndarray) -> np.ndarray:
    """Straight RGBA (..., 4) uint8 -> the same in shades of grey, as bright (luma of ITU-R BT.601)."""
    luma = (pixels[..., :3] @ np.array([0.299, 0.587, 0.114], np.float32)).round().astype(np.uint8)
    return np.concatenate([np.repeat(luma[..., None], 3, -1), pixels[..., 3:]], -1)
