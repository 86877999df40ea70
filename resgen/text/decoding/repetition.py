"""What a text says again, and how it is kept from it. Pure functions, called by `resgen.text.decoding.processors`."""

import numpy as np


def repeated_suffixes(tokens: list[int], least: int, most: int = 20) -> dict[int, int]:
    """Tokens that would say again what was said, and how much of it: the text's last n tokens stand before an earlier
    one, `least` <= n <= `most`, the largest of them (the DRY sampler; its author's account: pull request 5677
    of oobabooga/text-generation-webui). Single words, such as names, may come again as they like.
    """
    found: dict[int, int] = {}
    place = -1
    for _ in range(tokens.count(tokens[-1]) - 1 if tokens else 0):
        place = tokens.index(tokens[-1], place + 1)
        same = 1
        while same < min(most, place + 1) and tokens[place - same] == tokens[-1 - same]:
            same += 1
        if same >= least:
            following = tokens[place + 1]
            found[following] = max(same, found.get(following, 0))
    return found


def penalize(scores: np.ndarray, ids: list[int], penalty: float) -> None:
    """Subtract a penalty from the logits of tokens, in place: they are exp(penalty) times less likely, as far as the
    others are concerned.

    Shapes: scores (V,), logits.
    """
    if ids:
        scores[ids] -= penalty
