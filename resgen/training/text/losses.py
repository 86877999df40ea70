"""What the text network is trained to make small, and the same as a figure. Called by training and by evaluation."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resgen.text.tokenizer import Tokenizer


@torch.inference_mode()
def bits_per_byte(network: nn.Module, tokenizer: Tokenizer, texts: list[str], batch_size: int = 16) -> float:
    """Sum of -log2 p over all tokens and each document's end token, divided by the UTF-8 bytes of the documents.

    The network is any that makes logits of tokens, (B, T) -> (B, T, vocabulary). No header; the state is reset for each
    document. Documents of like length go through together.
    """
    device = next(network.parameters()).device
    encoded = sorted(tokenizer.encode_batch(texts), key=len)
    nats = 0.0
    for start in range(0, len(encoded), batch_size):
        group = [[tokenizer.end, *ids, tokenizer.end] for ids in encoded[start : start + batch_size]]
        longest = max(map(len, group))
        inputs = torch.tensor([ids + [tokenizer.end] * (longest - len(ids)) for ids in group], device=device)
        targets = inputs[:, 1:].clone()
        for row, ids in enumerate(group):
            targets[row, len(ids) - 1 :] = -100
        logits = network(inputs[:, :-1]).float()
        nats += float(F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum"))
    return nats / math.log(2) / sum(len(text.encode()) for text in texts)


def next_token_loss(network: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Cross-entropy in nats a token; batch as of `Corpus.batches`."""
    logits = network(batch["tokens"])
    return F.cross_entropy(logits.flatten(0, 1).float(), batch["targets"].flatten())
