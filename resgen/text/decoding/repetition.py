"""What a text says again, and how it is kept from it. Pure functions, called by `resgen.text.engine`."""

import math

from torch import Tensor


def repeated_suffixes(tokens: list[int], least: int, most: int = 20) -> dict[int, int]:
    """Tokens that would say again what was said, and how much of it: the text's last n tokens stand before an earlier
    one, `least` <= n <= `most`, the largest of them (the DRY sampler; its author's account: pull request 5677
    of oobabooga/text-generation-webui). Single words, such as names, may come again as they like.
    """
    found: dict[int, int] = {}
    for place in [place for place, token in enumerate(tokens[:-1]) if token == tokens[-1]]:
        same = 1
        while same < min(most, place + 1) and tokens[place - same] == tokens[-1 - same]:
            same += 1
        if same >= least:
            following = tokens[place + 1]
            found[following] = max(same, found.get(following, 0))
    return found


def penalize(logits: Tensor, ids: list[int], times: float) -> Tensor:
    """Make tokens that many times less likely, as far as the others are concerned.

    Shapes: logits (V,).
    """
    if times == 1 or not ids:
        return logits
    logits = logits.clone()
    logits.numpy()[ids] -= math.log(times)  # PyTorch's indices would take four times as long
    return logits
