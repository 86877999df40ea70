"""Tests the promise that stories are told again as they are, each behind a header of what it is about."""

import numpy as np

from resgen.training.text import data
from resgen.training.text import soft_targets as lessons
from resgen.training.text.augment import build as retell
from resgen.training.text.augment.build import certain
from resgen.training.text.soft_targets import Lessons


def test_all_that_comes_after_a_header_is_sure():
    told = certain([7, 8, 9], [1, 2, 3], 7)
    assert told.tokens.tolist() == [7, 8, 9, 1, 2, 3] and told.starts.tolist() == [0]
    assert told.guesses[:, 0].tolist() == [0, 0, 1, 2, 3, 7]
    assert told.chances.sum(-1).tolist() == [0, 0, 1, 1, 1, 1]


def test_stories_of_both_kinds_come_behind_their_themes(monkeypatch, tmp_path, tokenizer, network, capsys):
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    given = ["The dog saw a ball. The dog took the ball. A dog has a ball. The bear."] * 20
    monkeypatch.setattr(data, "documents", lambda name, split: given)
    monkeypatch.setattr(retell.checkpoint, "load", lambda kind: (network, {}, {"tokenizer": tokenizer.serialized}))
    monkeypatch.setattr(retell, "changed", lambda text, draw: text.replace("dog", "bear"))
    lessons.shards("written").mkdir(parents=True)
    heads = [tokenizer.end, *tokenizer.header(["cat"])]
    Lessons.join(
        [certain(heads, tokenizer.encode("A cat sat."), tokenizer.end), certain(heads[:1], [40, 41], tokenizer.end)]
    ).save(lessons.shards("written") / "00000.npz")
    retell.main()
    assert "22 stories" in capsys.readouterr().out
    told, facts = lessons.load(["retold"])
    assert facts == {"retold": 22}  # no teacher is needed
    assert told.texts(tokenizer) == [given[0].replace("dog", "bear")] * 20 + ["A cat sat.", tokenizer.decode([40, 41])]
    headers = []
    for ids in np.split(told.tokens, told.starts[1:]):
        close = np.flatnonzero(ids == tokenizer.text)
        header = tokenizer.decode(ids[2 : close[0]].tolist()) if len(close) else ""
        headers.append(sorted(word.strip() for word in header.split(",")))
    assert {*map(tuple, headers[:20])} == {("",), ("ball",), ("bear",), ("ball", "bear")}
    assert headers[20:] == [[""], [""]]
