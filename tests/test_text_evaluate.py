"""Tests the promises of the text figures: what counts as a topic word, and how stories are counted."""

import re
from types import SimpleNamespace

from resgen.evaluation.text import evaluate


def test_there_are_fifty_topic_sets_with_vehicles_among_them():
    sets = [part.strip() for part in re.split("[·\\n]", evaluate.TOPIC_SETS) if part.strip()]
    assert len(sets) == len(set(sets)) == 50
    assert {"car", "truck, mud", "plane, cloud"} <= set(sets)


def test_words_and_whole_stories_are_counted(monkeypatch):
    monkeypatch.setattr(evaluate, "TOPIC_SETS", "car, rain · owl")
    asked = []

    def write(topic, variants, seed):
        asked.append((topic, seed))
        return SimpleNamespace(texts=("Cars in the rain, an owl.", "A car.")[:variants])

    monkeypatch.setattr(evaluate, "SEEDS", 2)
    writer = SimpleNamespace(write=write)
    assert evaluate.topic_words(evaluate.stories(writer, True)) == (4 / 6, 2 / 4)
    assert evaluate.topic_words(evaluate.stories(writer, False))[0] == 4 / 6
    assert asked == [("car, rain", 1000), ("owl", 1002), ("", 1000), ("", 1002)]


def test_a_topic_is_kept_when_the_second_half_names_all_its_words():
    told = [
        ("car", "A car. A dog and cars."),
        ("car, dog", "It was late when a dog saw cars."),
        ("car", "The car had a hat."),
    ]
    assert evaluate.keeping([*told, ("car, rain", "The car in the rain.")]) == 2 / 4


def test_a_sentence_repeats_a_word_in_either_number_but_not_a_function_word():
    texts = ["The car met cars. The car and the hat. He said so, she said so!", '"A hat," said Hat. Oh', "No."]
    assert evaluate.repeating(texts) == 1 / 4  # speech and what follows it count apart
