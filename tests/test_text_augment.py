"""Tests the promise that stories are told again, as they are or, behind a header of what they are about, with other
things in them."""

import gzip
import lzma

import numpy as np

from resgen.training.text import data
from resgen.training.text import soft_targets as lessons
from resgen.training.text.augment import build as build
from resgen.training.text.augment.build import one_hot_targets
from resgen.training.text.soft_targets import SoftTargets


def test_all_that_comes_after_a_header_is_sure():
    told = one_hot_targets([7, 8, 9], [1, 2, 3], 7)
    assert told.tokens.tolist() == [7, 8, 9, 1, 2, 3] and told.starts.tolist() == [0]
    assert told.topk_ids[:, 0].tolist() == [0, 0, 1, 2, 3, 7]
    assert told.topk_probs.sum(-1).tolist() == [0, 0, 1, 1, 1, 1]


def test_stories_of_both_kinds_come_behind_their_themes(monkeypatch, tmp_path, tokenizer, network, caplog):
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    monkeypatch.delenv("RESGEN_DATA", raising=False)
    given = [f"The dog saw a ball. The dog took the ball. A dog has a ball. The bear. {n}." for n in range(20)]
    monkeypatch.setattr(data, "documents", lambda name, split: given if split == "train" else ["Held."])
    monkeypatch.setattr(build.checkpoint, "load", lambda kind: (network, {}, {"tokenizer": tokenizer.serialized}))
    monkeypatch.setattr(build, "substitute_nouns", lambda text, draw: text.replace("dog", "bear"))
    lessons.shards("written").mkdir(parents=True)
    heads = [tokenizer.end, *tokenizer.header(["cat"])]
    SoftTargets.join(
        [
            one_hot_targets(heads, tokenizer.encode("A cat sat."), tokenizer.end),
            one_hot_targets(heads[:1], [40, 41], tokenizer.end),
        ]
    ).save(lessons.shards("written") / "00000.npz")
    caplog.set_level("INFO", "resgen")
    build.main([])
    assert "22 stories" in caplog.text
    told, facts = lessons.load(["retold"])
    assert facts == {"retold": 22, "retold_of": {"stories": 20, "further": 0, "written": 2}}  # no teacher is needed
    texts = told.texts(tokenizer)
    assert sorted(texts[20:]) == sorted(["A cat sat.", tokenizer.decode([40, 41])])
    headers = []
    for ids in np.split(told.tokens, told.starts[1:]):
        close = np.flatnonzero(ids == tokenizer.text)
        header = tokenizer.decode(ids[2 : close[0]].tolist()) if len(close) else ""
        headers.append(sorted(word.strip() for word in header.split(",")))
    assert {*map(tuple, headers[:20])} == {("",), ("ball",), ("bear",), ("ball", "bear")}
    assert headers[20:] == [[""], [""]]
    # Where no header tells of it beforehand, nothing is other.
    for text, old, header in zip(texts, given, headers, strict=False):
        assert text == (old if header == [""] else old.replace("dog", "bear"))


def test_all_real_stories_are_told_but_those_like_held_out_ones_and_so_many_written_ones(
    monkeypatch, tmp_path, tokenizer, network, caplog
):
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("RESGEN_DATA", str(tmp_path))
    monkeypatch.setattr(build.checkpoint, "load", lambda kind: (network, {}, {"tokenizer": tokenizer.serialized}))
    (tmp_path / "text").mkdir()
    files = {"train": ["A cat.", "A hat."], "valid": ["A bat."], "more": ["A rat.", "A cat."], "recased": ["A bat."]}
    for split, stories in files.items():
        packed = gzip.compress("<|endoftext|>".join(stories).encode())
        (tmp_path / "text" / f"tinystories_{split}.txt.gz").write_bytes(packed)
    for number in range(2):
        packed = lzma.compress(f"A dog {number}.<|endoftext|>A pig {number}. Go.<|endoftext|>A bat.".encode())
        (tmp_path / "text" / f"written_{number}.txt.xz").write_bytes(packed)
    monkeypatch.setattr(data, "GRAM", 2)
    caplog.set_level("INFO", "resgen")
    for asked, expected in ([], 7), (["--written", "3"], 6), (["--written", "0"], 3):
        caplog.clear()
        build.main(asked)
        assert f"{expected} stories" in caplog.text
    told, facts = lessons.load(["retold"])
    assert told.texts(tokenizer) == ["A cat.", "A hat.", "A rat."]
    assert facts["retold_of"] == {"stories": 2, "further": 1, "written": 0}
