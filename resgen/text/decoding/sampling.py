"""From logits to the next token. Pure functions, called by `resgen.text.engine`."""

import math

import numpy as np
import torch
from torch import Tensor

# Guidance may not bring in tokens this many times less likely, given the topic, than the likeliest.
LEAST = 1 / 50


def guide(with_topic: Tensor, without: Tensor, guidance_scale: Tensor | float) -> Tensor:
    """Classifier-free guidance: log p(token | text) + scale * (log p(token | topic, text) - log p(token | text))
    (Ho & Salimans, arXiv:2207.12598, equation 6; for language models arXiv:2306.17806), among the tokens that make
    sense where they stand (the plausibility constraint of contrastive decoding, arXiv:2210.15097, section 3.3).

    Shapes: logits (..., V) with the topic and without, guidance_scale (..., 1) -> (..., V). Those are logits too: they
    differ from logarithms of probabilities by one number for all tokens, before the formula and after.
    """
    guided = torch.lerp(without, with_topic, guidance_scale)
    return guided.masked_fill_(with_topic < with_topic.amax(-1, keepdim=True) + math.log(LEAST), -torch.inf)


def sample(
    scores: np.ndarray, temperature: float, top_k: int, top_p: float, min_p: float, generator: torch.Generator
) -> int:
    """Draw one token.

    Only the `top_k` most likely tokens (0 = all), of these only those at least `min_p` times as likely as the likeliest
    (arXiv:2407.01082), and of these only the likeliest whose probabilities, before the last of them, sum to less than
    `top_p` (nucleus sampling, arXiv:1904.09751) can be drawn. Temperature 0 takes the most likely.

    Shapes: scores (V,), logits in fp32; generator on the CPU.

    Raises:
        FloatingPointError: the largest logit is not a finite number.
    """
    best = scores.max()  # on so few numbers PyTorch takes longer to begin than NumPy does for all of it
    if not math.isfinite(best):
        raise FloatingPointError("The network gave no finite probabilities.")
    if temperature == 0:
        return int(scores.argmax())
    temperature = max(temperature, 1e-6)
    # The unlikely ones are left out first: to sort them all would take longer than everything else here.
    ids = np.flatnonzero(scores >= best + temperature * math.log(min_p)) if min_p else np.arange(len(scores))
    # The largest exponent is 0, so that no temperature, however small, overflows.
    probabilities = np.exp((scores[ids] - best) / np.float32(temperature))
    order = np.argsort(-probabilities, kind="stable")
    ids, probabilities = ids[order], probabilities[order]
    if top_k:
        probabilities = probabilities[:top_k]
    if top_p < 1:
        total = probabilities.cumsum()
        probabilities = probabilities[total - probabilities < top_p * total[-1]]
    # Each waits for its chance, and the first is drawn: what `torch.multinomial` does, in less than half of its time.
    waits = torch.empty(len(probabilities)).exponential_(generator=generator).numpy()
    return int(ids[(probabilities / waits).argmax()])
