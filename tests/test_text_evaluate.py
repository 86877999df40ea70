"""Tests the promises of the text figures: what counts as a topic word, and how stories are counted."""

import re
from types import SimpleNamespace

from resgen.text import evaluate


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
    assert evaluate.topic_words(writer, True) == (4 / 6, 2 / 4)
    assert evaluate.topic_words(writer, False)[0] == 4 / 6
    assert asked == [("car, rain", 1000), ("owl", 1002), ("", 1000), ("", 1002)]
