"""The figures of the text model's card. Called by `python -m resgen evaluate text`."""

import math
import re

import torch
import torch.nn.functional as F

from resgen.text import data
from resgen.text.examples import TOPICS
from resgen.text.model import TextNet
from resgen.text.tokenizer import Tokenizer


@torch.inference_mode()
def bits_per_byte(network: TextNet, tokenizer: Tokenizer, texts: list[str], rows: int = 16) -> float:
    """Sum of -log2 p over all tokens and each document's end token, divided by the UTF-8 bytes of the documents.

    No header; the state is reset for each document. Documents of like length go through together.
    """
    device = next(network.parameters()).device
    encoded = sorted(tokenizer.encode_batch(texts), key=len)
    nats = 0.0
    for start in range(0, len(encoded), rows):
        group = [[tokenizer.end, *ids, tokenizer.end] for ids in encoded[start : start + rows]]
        longest = max(map(len, group))
        inputs = torch.tensor([ids + [tokenizer.end] * (longest - len(ids)) for ids in group], device=device)
        targets = inputs[:, 1:].clone()
        for row, ids in enumerate(group):
            targets[row, len(ids) - 1 :] = -100
        logits = network(inputs[:, :-1]).float()
        nats += float(F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum"))
    return nats / math.log(2) / sum(len(text.encode()) for text in texts)


def topic_share(writer, with_topic: bool) -> float:
    """The share of topic words that occur in free stories, plurals and other longer forms included: three stories
    for each pair of `resgen.text.examples.TOPICS`, default settings, seeds other than those of the examples.
    Without the topic it is the control."""
    found = total = 0
    for number, words in enumerate(TOPICS):
        for seed in (100, 101, 102):
            topic = ", ".join(words) if with_topic else ""
            text = writer.write(topic=topic, seed=seed * 100 + number).text.lower()
            found += sum(bool(re.search(rf"\b{word}", text)) for word in words)
            total += len(words)
    return found / total


def evaluate(writer) -> dict:
    """All figures of a `resgen.text.engine.Writer`, on the 640 validation stories and 136 fables."""
    figures = {}
    for name in ("tinystories", "tinyfables"):
        texts = data.documents(name, "valid")
        value = bits_per_byte(writer.network, writer.tokenizer, texts)
        figures[f"bits_per_byte_{name}_valid"] = round(value, 4)
        figures[f"documents_{name}_valid"] = len(texts)
    figures["topic_words_in_60_stories"] = round(topic_share(writer, True), 3)
    figures["topic_words_without_header"] = round(topic_share(writer, False), 3)
    return figures
