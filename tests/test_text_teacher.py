"""Tests the promise that what a teacher tells of a story is what it thinks of it, and that it can be told anew."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import make_sentences, randomise
from tokenizers import pre_tokenizers

from resgen.text.tokenizer import END, SPECIAL, Tokenizer
from resgen.training.text import data, themes, train
from resgen.training.text import soft_targets as lessons
from resgen.training.text.distil import smollm, teacher
from resgen.training.text.distil.align import Alignment
from resgen.training.text.distil.filters import QualityFilter
from resgen.training.text.distil.smollm import Cache, SmolLM
from resgen.training.text.soft_targets import SoftTargets, likeliest
from resgen.training.text.themes import Themes

STORIES = make_sentences(150)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    for name, size in {"WIDTH": 24, "DEPTH": 2, "HEADS": 6, "GROUPS": 2, "SIZE": 4, "HIDDEN": 16}.items():
        monkeypatch.setattr(smollm, name, size)
    for module in (smollm, teacher):
        monkeypatch.setattr(module, "LONGEST", 48)
    monkeypatch.setattr(themes, "NAMED", 1)  # these stories are one sentence
    monkeypatch.setattr(themes, "LATE", 0.0)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.train(STORIES, 300)


@pytest.fixture(scope="module")
def alignment(tokenizer) -> Alignment:
    return Alignment(tokenizer, Tokenizer.train(STORIES, 280))


@pytest.fixture
def network(tokenizer) -> SmolLM:
    torch.manual_seed(0)
    return randomise(SmolLM(len(tokenizer))).bfloat16().eval()


@torch.inference_mode()
def test_one_token_at_a_time_is_what_all_at_once_are(network, tokenizer):
    tokens = torch.tensor([tokenizer.encode("A dog ran to the red ball.")])
    cache = Cache(1, network.token_embd.weight)
    steps = torch.cat([network(tokens[:, at : at + 1], cache) for at in range(tokens.shape[1])], dim=1)
    whole = network(tokens)
    assert whole.float().std() > 0.3
    assert torch.allclose(steps.float(), whole.float(), atol=0.1 * float(whole.float().std()))


@torch.inference_mode()
def test_it_is_causal(network, tokenizer):
    one = torch.tensor([tokenizer.encode("A dog ran to the red ball.")])
    other = one.clone()
    other[0, -1] = 5
    assert torch.equal(network(one)[:, :-1], network(other)[:, :-1])


def begun(tokenizer: Tokenizer, count: int = 12) -> list[list[int]]:
    return [[tokenizer.end, *tokenizer.header(["dog", "red ball"][: n % 3])] for n in range(count)]


def test_written_stories_keep_their_beginnings_and_come_again_from_their_seed(network, tokenizer):
    beginnings = begun(tokenizer)
    tokens, sizes, topk_ids, topk_probs = teacher.write(network, beginnings, tokenizer.end, seed=3)
    for row, first in zip(tokens, beginnings, strict=True):
        assert row[: len(first)].tolist() == first
    for row, size in zip(tokens, sizes, strict=True):
        assert size == 0 or (row[size] == tokenizer.end and not (row[1:size] == tokenizer.end).any())
    again = teacher.write(network, beginnings, tokenizer.end, seed=3)
    assert all(np.array_equal(a, b) for a, b in zip((tokens, sizes, topk_ids, topk_probs), again, strict=True))
    assert not np.array_equal(tokens, teacher.write(network, beginnings, tokenizer.end, seed=4)[0])


def test_what_is_told_while_writing_is_what_it_thinks_of_the_whole(network, tokenizer, monkeypatch):
    monkeypatch.setattr(teacher, "MIN_P", 0.0)
    with torch.no_grad():
        network.token_embd.weight[tokenizer.end] *= 2  # so that some end early and the others move up
    tokens, sizes, _topk_ids, topk_probs = teacher.write(network, begun(tokenizer, 40), tokenizer.end, seed=1)
    ended = np.flatnonzero(sizes)
    assert len(ended) > 5
    with torch.inference_mode():
        for story in ended[-5:]:
            logits = network(torch.from_numpy(tokens[story : story + 1, : sizes[story]]))[0].float()
            _, expected = likeliest((logits / teacher.TEMPERATURE).softmax(-1))
            assert np.allclose(topk_probs[story, : sizes[story]], expected, atol=0.05)


def test_tokens_are_drawn_as_often_as_their_shares_say_and_never_without_one():
    shares = torch.tensor([[0.0, 0.25, 0.0, 0.75, 0.0]]).expand(4000, 5)
    drawn = teacher.drawn_from(shares, torch.Generator().manual_seed(0))
    assert drawn.shape == (4000,) and set(drawn.tolist()) == {1, 3}
    assert abs(float((drawn == 3).float().mean()) - 0.75) < 0.03


def documents(told: SoftTargets, student: Tokenizer):
    """The parts of each: ids of its header, of its text, and whether each place is taught."""
    for start, stop in zip(told.starts, [*told.starts[1:], len(told.tokens)], strict=True):
        ids = told.tokens[start:stop].tolist()
        header = ids.index(student.text) + 1 if ids[1:2] == [student.topic] else 1
        yield ids[:header], ids[header:], told.topk_probs[start:stop].sum(-1) > 0


def test_of_a_given_story_every_place_after_its_header_is_told(network, alignment):
    corpus = data.Corpus.build({"tinystories": STORIES}, alignment.teacher)
    told = teacher.score_corpus(network, alignment, corpus, range(20))
    student = alignment.student
    assert len(told.starts) == 20 and (told.tokens[told.starts] == student.end).all()
    for story, (header, ids, taught) in zip(STORIES, documents(told, student), strict=False):
        assert ids == student.encode(story)
        assert not taught[: len(header) - 1].any() and taught[len(header) - 1 :].all()


def test_a_given_story_that_is_too_long_is_told_as_far_as_it_fits(network, alignment, monkeypatch):
    monkeypatch.setattr(teacher, "LONGEST", 12)
    corpus = data.Corpus.build({"tinystories": STORIES}, alignment.teacher)
    told = teacher.score_corpus(network, alignment, corpus, range(20))
    assert len(told.starts) > 10  # those that are not cut within a character
    for header, ids, taught in documents(told, alignment.student):
        text = alignment.student.decode(ids)
        assert any(story.startswith(text) and len(text) < len(story) for story in STORIES)
        assert taught[len(header) - 1 : -1].all() and not taught[-1]


def test_a_shard_of_written_stories_has_only_those_to_learn_from(network, alignment, monkeypatch):
    with torch.no_grad():
        network.token_embd.weight[alignment.teacher.end] *= 2
    monkeypatch.setattr(QualityFilter, "reasons", lambda self, story: len(story) % 2)
    monkeypatch.setattr(Themes, "of", lambda self, story: ["cat", "moon"])

    def written() -> SoftTargets:
        return teacher.written(network, alignment, ["dog", "ball"], QualityFilter([]), Themes([]), 7, at_once=40)

    told = written()
    assert isinstance(told, SoftTargets) and 0 < len(told.starts) < 40
    headed = 0
    for header, ids, taught in documents(told, alignment.student):
        assert len(alignment.student.decode(ids).strip()) % 2 == 0
        words = alignment.student.decode(header[2:-1]).split(",")
        assert len(header) == 1 or {word.strip() for word in words} <= {"cat", "moon"}  # what it is about
        headed += len(header) > 1
        assert not taught[: len(header) - 1].any() and taught[len(header) - 1 :].all()
    assert headed and np.array_equal(told.tokens, written().tokens)
    monkeypatch.setattr(QualityFilter, "reasons", lambda self, story: ["short"])
    with pytest.raises(RuntimeError, match="for longer"):
        written()


def test_it_keeps_the_tokens_that_the_stories_need_as_they_were(tmp_path):
    gguf = pytest.importorskip("gguf")
    pieces = [END, *sorted(pre_tokenizers.ByteLevel.alphabet()), "in", "Ġin", "ing", "he"]
    model = SmolLM(len(pieces))
    path = tmp_path / smollm.FILE.split("/")[1]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_token_list(pieces)
    writer.add_token_merges(["i n", "Ġ in", "in g", "h e"])
    for name, value in model.state_dict().items():
        writer.add_tensor(name, value.numpy())
    for part in (writer.write_header_to_file, writer.write_kv_data_to_file, writer.write_tensors_to_file, writer.close):
        part()
    loaded, tokenizer = smollm.load(tmp_path, ["A ring in 12 springs."])
    assert torch.equal(loaded.blk[1].ffn_up.weight, model.blk[1].ffn_up.weight)
    kept = tokenizer.tokens()
    # "in" is no token of the text, but two are made from it; "he" stands nowhere.
    assert kept[:3] == list(SPECIAL) and {"in", "Ġin", "ing"} <= set(kept) and "he" not in kept
    published = model.token_embd.weight
    for number in [0, *range(3, len(kept))]:
        assert torch.equal(loaded.token_embd.weight[number], published[pieces.index(kept[number])])
    said = [kept[number] for number in tokenizer.encode("A ring in 12")]
    assert said == ["A", "Ġ", "r", "ing", "Ġin", "Ġ", "1", "2"]
    assert tokenizer.decode(tokenizer.encode("the <|topic|> of 小明")) == "the <|topic|> of 小明"
    # In another's tokens: those there are as they were, the others the mean of what spells them.
    student = Tokenizer.train(["he rings in the ring"] * 3, 270)
    taken, same = smollm.load(tmp_path, [], student)
    assert same is student and torch.equal(taken.blk[1].ffn_up.weight, model.blk[1].ffn_up.weight)
    spelt = {"ing": ["ing"], "he": ["he"], "Ġin": ["Ġin"], "Ġring": ["Ġ", "r", "ing"], "Ġthe": ["Ġ", "t", "he"]}
    seen = [token for token in student.tokens() if token in spelt]
    assert len(seen) > 2 and any(len(spelt[token]) > 1 for token in seen)
    for token in seen:
        expected = published[[pieces.index(piece) for piece in spelt[token]]].mean(0)
        assert torch.allclose(taken.token_embd.weight[student.tokens().index(token)], expected)


def test_it_is_taught_first_then_tells_and_writes(monkeypatch, tmp_path, tokenizer):
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    monkeypatch.setattr(data, "documents", lambda name, split: STORIES[: 150 if split == "train" else 4])
    monkeypatch.setattr(teacher, "load", lambda folder, _: (randomise(SmolLM(len(tokenizer))), tokenizer))
    options = teacher.PRESETS["smoke"]
    monkeypatch.setitem(teacher.PRESETS, "smoke", replace(options, length=16, at_once=60))
    teacher.main(["--preset", "smoke"])
    card = json.loads(lessons.teacher_card().read_text())
    assert card["steps"] == options.schedule.steps and card["before"] is None
    taught = tmp_path / "runs" / "teacher" / "teacher.pt"
    teacher.main(["--preset", "smoke", "--init", str(taught), "--name", "more"])
    assert json.loads(lessons.teacher_card().read_text())["before"] == card
    old, new = (torch.load(path, weights_only=True) for path in (taught, tmp_path / "runs" / "more" / "more.pt"))
    assert old["tokenizer"] == new["tokenizer"] == tokenizer.serialized
    changed = {
        name: float((new["weights"][name].float() - value.float()).abs().max())
        for name, value in old["weights"].items()
    }
    assert 0 < max(changed.values()) < 0.02  # two steps from those weights, not from the published ones
    with pytest.raises(FileNotFoundError):
        lessons.load(train.TAUGHT)
    monkeypatch.setattr(teacher, "SHARD", 100)
    monkeypatch.setattr(QualityFilter, "reasons", lambda self, story: [])
    monkeypatch.setattr(smollm, "LONGEST", 200)
    monkeypatch.setattr(teacher, "LONGEST", 200)
    monkeypatch.setattr(teacher, "TEMPERATURE", 9.0)  # so that some come to an end
    monkeypatch.setattr(teacher, "MIN_P", 0.0)
    teacher.main(["--preset", "smoke", "--stories", "1"])
    told, about = lessons.load(train.TAUGHT)
    assert about["stories"] == 150 and about["written"] >= 1 and len(told.starts) == 150 + about["written"]
