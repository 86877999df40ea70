"""What the recogniser is trained by. Called by `resgen.training.listen.train`."""

import torch.nn.functional as F
from torch import Tensor

from resgen.listen.letters import NOTHING
from resgen.listen.model import EarsNet
from resgen.training.listen.data import NO_SOUND

SOUNDS_WEIGHT = 1.0


def ctc(logits: Tensor, batch: dict[str, Tensor]) -> Tensor:
    """The mean over all letters of minus their log probability, whenever they are said (Graves et al. 2006)."""
    slots = logits.float().log_softmax(1).permute(2, 0, 1)
    lengths = batch["lengths"]
    heard = lengths.new_full(lengths.shape, slots.shape[0])
    total = F.ctc_loss(slots, batch["letters"], heard, lengths, NOTHING, reduction="sum", zero_infinity=True)
    return total / lengths.sum()


def loss(network: EarsNet, batch: dict[str, Tensor]) -> Tensor:
    """CTC of the letters, and the cross-entropy of the phonemes where they are known: with those the network finds its
    way from the first steps on."""
    logits, sounds = network.with_sounds(batch["mel"])
    value = ctc(logits, batch)
    if (batch["sounds"] != NO_SOUND).any():
        value = value + SOUNDS_WEIGHT * F.cross_entropy(sounds.float(), batch["sounds"], ignore_index=NO_SOUND)
    return value
