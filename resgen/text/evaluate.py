"""The figures of the text model's card. Called by `python -m resgen evaluate text`."""

import math
import re

import torch
import torch.nn.functional as F

from resgen.text import data
from resgen.text.keywords import names
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


# Fixed before the weights they measure. Settings were chosen on the topics of `resgen.text.examples`.
TOPIC_SETS = """
    car · car, rain, friend · truck, mud · bus, school · train, snow · boat, storm · bike, hill
    plane, cloud · ship, island · tractor, farm · rocket, moon · van, park · dog, ball · cat, window
    dragon, cake · robot, garden · owl, night · princess, frog · bear, honey · kite, wind · fish, river
    king, crown · doctor, medicine · tree, bird · apple, market · rabbit, carrot · mouse, cheese
    fox, forest · lion, jungle · monkey, banana · duck, pond · pig, farmer · cow, grass · horse, race
    elephant, water · turtle, beach · bee, flower · spider, web · sled, snow · book, library · drum, music
    hat, wind · soup, kitchen · cookie, jar · bread, butter · pirate, treasure, map · magic, wand
    clown, circus · doll, dress · castle, knight, horse
"""
SEEDS = 4


def topic_words(writer, with_topic: bool) -> tuple[float, float]:
    """Of `SEEDS` free stories for each of `TOPIC_SETS`, default settings: the share of topic words that occur, and
    the share of stories in which all do. Without the topic it is the control."""
    found = []
    sets = [part.strip() for part in re.split("[·\n]", TOPIC_SETS) if part.strip()]
    for number, topic in enumerate(sets):
        texts = writer.write(topic=topic if with_topic else "", variants=SEEDS, seed=1_000 + SEEDS * number).texts
        found += [[names(text, word) for word in topic.split(", ")] for text in texts]
    hits = [hit for story in found for hit in story]
    return sum(hits) / len(hits), sum(map(all, found)) / len(found)


def evaluate(writer) -> dict:
    """All figures of a `resgen.text.engine.Writer`, on the 640 validation stories and 136 fables."""
    figures = {}
    for name in ("tinystories", "tinyfables"):
        texts = data.documents(name, "valid")
        value = bits_per_byte(writer.network, writer.tokenizer, texts)
        figures[f"bits_per_byte_{name}_valid"] = round(value, 4)
        figures[f"documents_{name}_valid"] = len(texts)
    words, stories = topic_words(writer, True)
    control, _ = topic_words(writer, False)
    figures["topic_words_that_occur"] = round(words, 3)
    figures["stories_with_all_topic_words"] = round(stories, 3)
    figures["topic_words_without_header"] = round(control, 3)
    return figures
