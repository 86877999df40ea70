"""Tests the promise that the tagger learns from weak labels, never from held-out nouns, and is measured by hand-marked
sentences."""

import gzip
import json

import pytest

from resgen import checkpoint
from resgen.errors import DataError
from resgen.evaluation.tagger import marked
from resgen.tagger.engine import Tagger
from resgen.tagger.vocabulary import Vocabulary
from resgen.tagger.words import CATEGORIES, NONE, pieces
from resgen.training.tagger import data, train
from resgen.training.tagger.labels import UNSURE, Labeller, name_shares
from resgen.training.tagger.wordnet import FILES, WordNet, folder

# file number, words, its hypernym's synset, gloss
SYNSETS = {
    1: (3, "entity", 0, "what is"),
    2: (5, "dog hound", 1, 'a barking animal; "the hound slept"'),
    3: (6, "vehicle", 1, "what carries"),
    4: (6, "truck", 3, "a large vehicle"),
    5: (6, "spoon", 1, "for soup"),
    6: (4, "jog", 1, "a slow run"),
    7: (5, "bat", 1, "it flies"),
    8: (6, "bat", 1, "to hit a ball with"),
    9: (5, "goat", 1, "a held-out animal"),
    10: (12, "rancor", 1, "a feeling"),
}
VERBS = {20: (38, "jog"), 21: (37, "marvel")}
ADJECTIVES = {30: "rancorous"}
COUNTS = ["dog%1:05:00:: 1 40", "bat%1:05:00:: 1 5", "bat%1:06:00:: 2 5", "jog%2:38:00:: 1 9", "truck%1:06:00:: 1 20"]


@pytest.fixture(scope="module")
def wordnet_folder(tmp_path_factory):
    """A WordNet of ten nouns, in its files' format."""
    path = tmp_path_factory.mktemp("wordnet")
    nouns, index = [], {}
    for synset, (number, words, above, gloss) in SYNSETS.items():
        listed = " ".join(f"{word} 0" for word in words.split())
        link = f"001 @ {above:08} n 0000" if above else "000"
        nouns.append(f"{synset:08} {number:02} n {len(words.split()):02x} {listed} {link} | {gloss}  \n")
        for word in words.split():
            index.setdefault(word, []).append(f"{synset:08}")
    files = {
        "data.noun": "  1 a licence\n" + "".join(nouns),
        "index.noun": "".join(f"{word} n {len(s)} 0 {len(s)} 0 {' '.join(s)}  \n" for word, s in index.items()),
        "data.verb": "".join(f"{s:08} {n} v 01 {word} 0 000 | to do\n" for s, (n, word) in VERBS.items()),
        "index.verb": "".join(f"{word} v 1 0 1 0 {s:08}\n" for s, (_, word) in VERBS.items()),
        "data.adj": "".join(f"{s:08} 00 a 01 {w} 0 001 + 00000010 n 0101 | so\n" for s, w in ADJECTIVES.items()),
        "index.adj": "".join(f"{word} a 1 0 1 0 {s:08}\n" for s, word in ADJECTIVES.items()),
        "cntlist.rev": "\n".join(COUNTS),
        **{"noun.exc": "", "verb.exc": "", "adj.exc": ""},
    }
    for name, content in files.items():
        (path / name).write_text(content)
    return path


@pytest.fixture(scope="module")
def wordnet(wordnet_folder):
    return WordNet(wordnet_folder)


def labelled(labeller: Labeller, text: str) -> dict[str, str]:
    names = {NONE: "none", UNSURE: "unsure"} | dict(enumerate(CATEGORIES))
    words, classes = labeller.label(text)
    return {word: names[number] for word, number in zip(words, classes, strict=True)}


def test_words_have_the_category_of_their_most_frequent_sense_where_that_is_clear(wordnet):
    weak, always = Labeller(wordnet, {"tom": 1.0}), Labeller(wordnet, {"tom": 1.0}, always=True)
    found = labelled(weak, "Tom saw two dogs and a truck by the bat, rancorous, marveling.")
    assert found["Tom"] == "people" and found["dogs"] == "animals" and found["truck"] == "vehicles"
    assert found["bat"] == "unsure" and labelled(always, "a bat")["bat"] == "animals"
    assert found["rancorous"] == "feelings" and found["saw"] == "none" and found["."] == "none"


def test_what_stands_before_a_word_tells_a_noun_from_a_verb(wordnet):
    weak = Labeller(wordnet, {})
    assert labelled(weak, "They jog.")["jog"] == labelled(weak, "The jog.")["jog"] == "none"


def test_names_have_capitals_within_sentences():
    shares = name_shares(["I saw Lily and Lily saw me. We like Lily."] * 2 + ["a lily here, The End"])
    assert shares["lily"] > 0.8 and "the" not in shares


def test_missing_files_of_wordnet_are_told_with_the_remedy(tmp_path, monkeypatch, wordnet_folder):
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    monkeypatch.delenv("RESGEN_DATA", raising=False)
    monkeypatch.setattr("resgen.training.tagger.wordnet.DEBIAN", tmp_path)
    with pytest.raises(DataError, match="wordnet-base"):
        folder()
    assert folder(wordnet_folder) == wordnet_folder and all((wordnet_folder / name).exists() for name in FILES)


@pytest.fixture
def texts(tmp_path, monkeypatch):
    """Short texts in place of all sources."""
    (tmp_path / "text").mkdir()
    stories = ["The dog saw a truck. The goat ate a spoon. Tom sat by the truck.", "A dog sat. Dogs sat by Tom."] * 5
    for name in data.DOCUMENTS:
        packed = gzip.compress("\n<|endoftext|>\n".join(stories).encode())
        (tmp_path / "text" / f"{name}_train.txt.gz").write_bytes(packed)
    monkeypatch.setenv("RESGEN_DATA", str(tmp_path))
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path / "cache"))
    data.texts.cache_clear()


def test_no_held_out_noun_is_learned(texts, wordnet):
    corpus = data.prepare(wordnet)
    assert "dog" in corpus.kinds and "truck" in corpus.kinds
    assert not {"goat", "goats"}.intersection(corpus.kinds) and "goat" not in json.loads(corpus.vocabulary)
    batch = next(corpus.batches(4, 8, seed=1, start=0))
    assert batch["index"].shape == batch["labels"].shape == (4, 8)
    assert len(batch["letters"]) == len(batch["words"]) == int(batch["index"].max()) + 1
    again = next(corpus.batches(4, 8, seed=1, start=0))
    assert all(batch[name].equal(again[name]) for name in batch)


def test_smoke_trains_a_tagger_that_tags(texts, wordnet_folder, tmp_path):
    weights = train.main(["--preset", "smoke", "--wordnet", str(wordnet_folder), "--out", str(tmp_path / "run")])
    network, card, extras = checkpoint.load("tagger", str(weights))
    assert card["training"]["steps"] == 10 and "wordnet" in card["data"] and card["parameters"] <= 2_000_000
    tagger = Tagger(network, Vocabulary(extras["vocabulary"]), card)
    assert tagger.tag("The dog saw a truck.").progress.done == 6


def test_two_hundred_sentences_are_marked_at_words_and_hold_every_category():
    sentences = marked.sentences()
    assert len(sentences) == 200
    marks = [category for _, places in sentences for category in places.values()]
    assert all(place in pieces(text) for text, places in sentences for place in places)
    assert all(marks.count(category) >= 20 for category in CATEGORIES)
    assert all("/" not in text for text, _ in sentences)


def test_held_out_nouns_are_three_hundred_and_in_no_marked_sentence():
    nouns = [noun for listed in data.HELD_OUT.values() for noun in listed]
    assert len(nouns) == len(set(nouns)) == 300 and set(data.HELD_OUT) == set(CATEGORIES)
    words = {text[start:end].lower() for text, _ in marked.sentences() for start, end in pieces(text)}
    assert not words.intersection(nouns)


def test_f1_counts_what_is_marked_and_what_is_found():
    line = "A cat/animals saw the car/vehicles."
    text, places = marked.unmarked(line)
    assert text == "A cat saw the car." and [text[s:e] for s, e in places] == ["cat", "car"]
    found = {(2, 5): "animals", (6, 9): "things", (14, 17): "animals"}
    scores = marked.f1_scores(marked.paired([(text, places)], [found]))
    assert scores == {"animals": pytest.approx(2 / 3), "vehicles": 0.0, "things": 0.0}
