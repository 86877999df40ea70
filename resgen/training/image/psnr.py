"""How near pictures come to what they should be: peak signal-to-noise ratio (PSNR). Called by the training scripts of
this folder, for their logs and cards.
"""

import numpy as np
import torch

from resgen.training.image import data


def decibels(found: np.ndarray, wanted: np.ndarray) -> float:
    """Peak signal-to-noise ratio of uint8 pictures (N, C, H, W), averaged over them."""
    error = np.square(found.astype(np.float32) - wanted).mean((1, 2, 3))
    return float((10 * np.log10(255**2 / np.maximum(error, 1e-3))).mean())


@torch.no_grad()
def returned(network: torch.nn.Module, pixels: np.ndarray) -> np.ndarray:
    """Pictures (N, 4, 64, 64) uint8 as they come back from their codes."""
    where = next(network.parameters()).device
    parts = torch.from_numpy(pixels).split(256)
    return torch.cat([data.to_bytes(network(data.to_float(part.to(where)), 0.0)).cpu() for part in parts]).numpy()


def held_out_psnr(network: torch.nn.Module) -> dict:
    """How near the held-out pairs come back from their codes, in decibels; as figures for a card."""
    everything = data.things(data.emoji())
    unseen = everything.select(data.held_out(everything)[0]).pixels
    return {
        "held_out_pairs_psnr": round(decibels(returned(network, unseen), unseen), 3),
        "held_out_pairs_pictures": len(unseen),
    }
