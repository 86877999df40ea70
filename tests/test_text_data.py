"""Tests the promise that documents become the same batches for the same seed, and headers are given, not learned."""

import gzip
import itertools
import lzma
import math

import numpy as np
import pytest
import torch
from conftest import make_sentences

from resgen.text.tokenizer import END
from resgen.training.text import data
from resgen.training.text.data import Corpus, Mix
from resgen.training.text.losses import bits_per_byte
from resgen.training.text.themes import Themes, nouns

ROWS, LENGTH = 3, 16


@pytest.fixture(scope="module")
def texts():
    return [" ".join([sentence] * 3) for sentence in make_sentences(120, seed=1)]


@pytest.fixture(scope="module")
def corpus(texts, tokenizer):
    """Two thirds of the texts are "old", the rest "new"."""
    return Corpus.build({"old": texts[:80], "new": texts[80:]}, tokenizer, texts[:3])


def take(corpus, count: int, seed: int = 0, start: int = 0, mix: Mix | None = None) -> list[dict]:
    return list(itertools.islice(corpus.batches(ROWS, LENGTH, seed, start, mix), count))


def equal(one: list[dict], other: list[dict]) -> bool:
    return all(torch.equal(a[key], b[key]) for a, b in zip(one, other, strict=True) for key in ("tokens", "targets"))


def test_nouns_are_told_from_verbs_and_adjectives_by_their_neighbours():
    texts = ["A big dog ran to the boat.", "The dog was big, and it barked at my boat.", "They liked the big boat."]
    assert nouns(texts) == {"dog", "boat"}


def test_a_text_is_about_what_it_comes_back_to_until_its_end():
    known = ["A dog ran to the boat.", "The moon was big. My boat has a sail.", "Some moons, a kite, the glass."]
    themes = Themes(known)
    assert themes.nouns == {"dog", "boat", "moon", "moons", "sail", "kite", "glass"}
    about = "The boats saw a dog. A dog saw the moon, and the boat saw a kite. The dogs ran to my boat, the moon and "
    assert themes.of(about + "a moon.") == ["boat", "dog", "moon"]  # the kite comes once
    assert themes.of(about + "a boat." * 30) == ["boat"]  # the others at the beginning only
    assert themes.of("Dog dog Dog dog running") == themes.of("") == []


def test_passages_with_slurs_are_left_out_and_counted():
    book = "One.\n\nA redskin came.\n\n_Two_. [Illustration: a tree]"
    assert data.clean("childrens_books", [book, "Three."]) == (["One.\n\nTwo. ", "Three."], 1)
    assert data.clean("tinystories", [book, "Three.\n\n_Four_"]) == (["Three.\n\n_Four_"], 1)


def test_chapters_come_in_parts_of_some_paragraphs():
    paragraphs = [f"{number} " + "word " * 100 for number in range(9)]
    parts, _ = data.clean("childrens_books", ["\n\n".join(paragraphs), "Short."])
    assert parts[-1] == "Short." and "\n\n".join(parts[:-1]) == "\n\n".join(paragraphs)
    assert all(500 <= len(part) <= data.PART for part in parts[:-1]) and len(parts) == 6


def test_rows_begin_with_a_document_and_lose_nothing(corpus, tokenizer):
    _ids, _ = corpus.epoch(tokenizer, 0, 0)
    rows = list(itertools.islice(corpus.rows(0, 120, 0), 12))
    for tokens, targets in rows:
        assert tokens[0] == tokenizer.end and len(tokens) == len(targets) == 120
    learned = {tokenizer.decode(tokens.tolist()) for tokens, _ in rows}
    assert len(learned) == 12


def test_a_corpus_tells_what_it_left_out(tokenizer):
    packed = Corpus.build({"tinystories": ["A cat.", "A squaw."], "tinyfables": ["Sambo!", "A dog."]}, tokenizer)
    assert int(packed.dropped) == 2 and packed.source.tolist() == [0, 1]


def test_documents_end_to_end_give_the_texts_back(corpus, tokenizer, texts):
    pieces = itertools.pairwise(corpus.offsets)
    assert [tokenizer.decode(corpus.tokens[a:b].tolist()) for a, b in pieces] == texts


def test_a_corpus_comes_back_from_its_file(corpus, tmp_path):
    corpus.save(tmp_path / "sub" / "tiny.npz")
    again = Corpus.load(tmp_path / "sub" / "tiny.npz")
    assert again.tokenizer == corpus.tokenizer
    for name in ("tokens", "offsets", "words", "source", "sources", "dropped", "valid"):
        assert np.array_equal(getattr(again, name), getattr(corpus, name))
        assert getattr(again, name).dtype == getattr(corpus, name).dtype


def test_a_part_has_the_first_documents_of_one_source(corpus, tokenizer, texts):
    half = corpus.part("new", 0.5)
    pieces = itertools.pairwise(half.offsets)
    assert [tokenizer.decode(half.tokens[a:b].tolist()) for a, b in pieces] == texts[80:100]
    assert half.words.tolist() == corpus.words[80:100].tolist() and list(half.sources) == ["new"]
    assert len(take(half, 3)) == 3


@pytest.mark.parametrize(("source", "own"), [(0, slice(0, 80)), (1, slice(80, 120))])
def test_an_epoch_has_every_document_of_a_source_once_behind_its_header(corpus, tokenizer, texts, source, own):
    ids, learn = corpus.epoch(tokenizer, source, 5)
    assert ids.shape == learn.shape
    seen, headers = [], 0
    for document in np.split(ids, np.flatnonzero(ids == tokenizer.end))[1:]:
        start = 1
        if document[1] == tokenizer.topic:
            start = 1 + int(np.flatnonzero(document == tokenizer.text)[0])
            headers += 1
            words = tokenizer.decode(document[2 : start - 1].tolist()).strip().split(", ")
            assert 1 <= len(words) <= data.HEADER_WORDS
            assert all(word in tokenizer.decode(document[start:].tolist()) for word in words)
        seen.append(tokenizer.decode(document[start:].tolist()))
    assert sorted(seen) == sorted(texts[own])
    assert 0 < headers < len(seen)


def test_exactly_the_headers_are_not_learned(corpus, tokenizer):
    ids, learn = corpus.epoch(tokenizer, 0, 5)
    inside, expected = False, []
    for token in ids:
        inside = inside or token == tokenizer.topic
        expected.append(not inside)
        inside = inside and token != tokenizer.text
    assert learn.tolist() == expected
    assert not all(expected)


def test_targets_are_the_tokens_shifted_by_one(corpus, tokenizer):
    masked = 0
    for batch in take(corpus, 20):
        tokens, targets = batch["tokens"], batch["targets"]
        assert tokens.shape == targets.shape == (ROWS, LENGTH)
        known = targets[:, :-1] != -100
        assert torch.equal(targets[:, :-1][known], tokens[:, 1:][known])
        assert not torch.isin(targets, torch.tensor([tokenizer.topic, tokenizer.text])).any()
        masked += int((~known).sum())
    assert masked > 0


def test_same_seed_same_batches_other_seed_others(corpus):
    assert equal(take(corpus, 10, seed=1), take(corpus, 10, seed=1))
    assert not equal(take(corpus, 10, seed=1), take(corpus, 10, seed=2))


def test_a_later_start_continues_exactly_over_epochs(corpus, tokenizer):
    epoch = len(corpus.epoch(tokenizer, 0, 0)[0]) // (ROWS * LENGTH)
    whole = take(corpus, 2 * epoch + 5)
    for start in (1, 7, epoch + 3):
        assert equal(whole[start:], take(corpus, len(whole) - start, start=start))
    assert not equal(whole[:5], whole[epoch : epoch + 5])


def test_a_mix_goes_straight_from_its_first_shares_to_its_last():
    mix = Mix({"old": 1.0}, {"new": 3.0, "old": 1.0}, steps=10)
    assert mix.shares(["old", "new"], 0).tolist() == [1, 0]
    assert mix.shares(["old", "new"], 10).tolist() == mix.shares(["old", "new"], 99).tolist() == [0.25, 0.75]
    assert mix.shares(["new", "old"], 5) == pytest.approx([0.6, 0.4])


def test_a_mix_of_unknown_sources_is_refused_by_name(corpus):
    with pytest.raises(ValueError, match="news"):
        take(corpus, 1, mix=Mix({"old": 1.0}, {"news": 1.0}, steps=1))


def test_a_mix_decides_where_rows_come_from(tokenizer):
    packed = Corpus.build({"old": ["aaaa"] * 60, "new": ["bbbb"] * 60}, tokenizer)
    batches = take(packed, 40, mix=Mix({"old": 1.0}, {"new": 1.0}, steps=20))
    letters = [tokenizer.decode(batch["tokens"].flatten().tolist()) for batch in batches]
    assert "b" not in letters[0] and not any("a" in text for text in letters[20:])
    assert any("a" in text and "b" in text for text in letters[1:20])
    assert equal(batches[13:], take(packed, 27, start=13, mix=Mix({"old": 1.0}, {"new": 1.0}, steps=20)))


def test_too_little_text_is_refused_by_name(tokenizer):
    packed = Corpus.build({"old": ["aaaa"] * 60, "tiny": ["b"]}, tokenizer)
    with pytest.raises(ValueError, match="tiny"):
        take(packed, 1)


def test_documents_are_read_from_the_folder_named(tmp_path, monkeypatch):
    monkeypatch.setenv("RESGEN_DATA", str(tmp_path))
    (tmp_path / "text").mkdir()
    packed = gzip.compress(f" One 🐸.\n{END}\n\n{END}\nTwo.\n".encode())
    (tmp_path / "text" / "own_train.txt.gz").write_bytes(packed)
    assert data.documents("own", "train") == ["One 🐸.", "Two."]


def test_documents_of_the_other_packing_are_read_alike(tmp_path, monkeypatch):
    monkeypatch.setenv("RESGEN_DATA", str(tmp_path))
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "own_0.txt.xz").write_bytes(lzma.compress(f"One 🐸.\n{END}\nTwo.".encode()))
    assert data.documents("own", "0") == ["One 🐸.", "Two."]


def test_no_text_is_kept_twice_or_shares_a_long_passage_with_one_held_out():
    words = [f"{first}{second}" for first in "abcdefgh" for second in "klmnopqr"]
    held, short = " ".join(words[:40]), "A cat sat."
    passage, shorter = " ".join(["Then", *words[5:30], "then."]), " ".join(["Then", *words[5:29], "then."])
    other = " ".join(words[40:])
    texts = [passage, shorter, other, other.replace(" ", "\n"), "A cat sat!", "A cat sat down."]
    kept = data.apart(texts, [held, short])
    assert [" ".join(text.split()) for text in kept] == [shorter, other, "A cat sat down."]


def test_documents_without_a_source_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("RESGEN_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"nowhere_train\.txt\.gz"):
        data.documents("nowhere", "train")


def test_bits_per_byte_of_even_guesses_are_known(network, tokenizer, texts):
    network.embed.weight.zero_()
    tokens = sum(len(ids) + 1 for ids in tokenizer.encode_batch(texts))
    expected = tokens * math.log2(len(tokenizer)) / sum(len(text.encode()) for text in texts)
    assert bits_per_byte(network, tokenizer, texts) == pytest.approx(expected, rel=1e-4)


def test_bits_per_byte_do_not_depend_on_the_batch(network, tokenizer, texts):
    one, other = (bits_per_byte(network, tokenizer, texts[:20], batch_size=rows) for rows in (1, 7))
    assert one == pytest.approx(other, rel=1e-4)
