"""The figures of the text model's card. Called by `python -m resgen evaluate text`."""

import re

from resgen.text.keywords import mentions
from resgen.text.sentences import sentences
from resgen.training.text import data
from resgen.training.text.losses import bits_per_byte

# Fixed before the weights they measure. Settings were chosen on the topics of `resgen.evaluation.text.examples`.
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


def stories(writer, with_topic: bool) -> list[tuple[str, str]]:
    """`SEEDS` free stories for each of `TOPIC_SETS`, default settings: topics and texts. Without the topic it is the
    control."""
    sets = [part.strip() for part in re.split("[·\n]", TOPIC_SETS) if part.strip()]
    written = []
    for number, topic in enumerate(sets):
        texts = writer.write(topic=topic if with_topic else "", variants=SEEDS, seed=1_000 + SEEDS * number).texts
        written += [(topic, text) for text in texts]
    return written


def topic_words(written: list[tuple[str, str]]) -> tuple[float, float]:
    """Of topics and stories: the share of topic words that occur, and the share of stories in which all do."""
    found = [[mentions(text, word) > 0 for word in topic.split(", ")] for topic, text in written]
    hits = [hit for story in found for hit in story]
    return sum(hits) / len(hits), sum(map(all, found)) / len(found)


def keeping(written: list[tuple[str, str]]) -> float:
    """The share of stories that name each of their topic words in their second half."""
    halves = [(topic.split(", "), text[len(text) // 2 :]) for topic, text in written]
    return sum(all(mentions(half, word) for word in words) for words, half in halves) / len(written)


def repeating(texts: list[str]) -> float:
    """The share of sentences with content words in which one comes twice."""
    said = [words for text in texts for words in sentences(text) if words]
    return sum(len(set(words)) < len(words) for words in said) / len(said)


def evaluate(writer) -> dict:
    """All figures of a `resgen.text.engine.Writer`, on the 640 validation stories and 136 fables."""
    figures = {}
    for name in ("tinystories", "tinyfables"):
        texts = data.documents(name, "valid")
        value = bits_per_byte(writer.network, writer.tokenizer, texts)
        figures[f"bits_per_byte_{name}_valid"] = round(value, 4)
        figures[f"documents_{name}_valid"] = len(texts)
    written = stories(writer, True)
    words, complete = topic_words(written)
    control, _ = topic_words(stories(writer, False))
    figures["topic_words_that_occur"] = round(words, 3)
    figures["stories_with_all_topic_words"] = round(complete, 3)
    figures["stories_that_keep_their_topic"] = round(keeping(written), 3)
    figures["topic_words_without_header"] = round(control, 3)
    figures["sentences_that_repeat_a_word"] = round(repeating([text for _, text in written]), 4)
    figures["validation_sentences_that_repeat_a_word"] = round(repeating(data.documents("tinystories", "valid")), 4)
    return figures
