"""Tests the promise that a student learns what its teacher told, at the places where it told something, of people with
one name or another."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from resgen.text.tokenizer import Tokenizer
from resgen.training.text import soft_targets as lessons
from resgen.training.text.augment.names import BOYS, GIRLS, NameSwap
from resgen.training.text.soft_targets import TOP_K, SoftTargets, likeliest, soft_target_loss

VOCABULARY = 40


class Renamed:
    """A cast in which the last two tokens are names that change places."""

    name = np.arange(VOCABULARY) >= VOCABULARY - 2

    def changeable(self, tokens: np.ndarray) -> bool:
        return True

    def draw(self, random: np.random.Generator) -> np.ndarray:
        return np.array([*range(VOCABULARY - 2), VOCABULARY - 1, VOCABULARY - 2])


class Kept(Renamed):
    """A cast that can not be changed."""

    def changeable(self, tokens: np.ndarray) -> bool:
        return False


def some(documents: int, seed: int) -> SoftTargets:
    """Documents of three to nine tokens; the first of each is 0, and nothing is to be learned from it."""
    draw = np.random.default_rng(seed)
    sizes = draw.integers(3, 10, documents)
    starts = np.cumsum([0, *sizes[:-1]])
    tokens = draw.integers(1, VOCABULARY, sizes.sum()).astype(np.uint16)
    tokens[starts] = 0
    topk_ids, topk_probs = likeliest(torch.from_numpy(draw.normal(size=(len(tokens), VOCABULARY))).softmax(-1))
    topk_probs[starts] = 0
    return SoftTargets(tokens, starts, topk_ids, topk_probs)


def test_joined_saved_and_loaded_documents_stay_what_they_were(tmp_path):
    one, two = some(4, 1), some(3, 2)
    both = SoftTargets.join([one, two])
    both.save(tmp_path / "both.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["both.npz"]
    with np.load(tmp_path / "both.npz") as file:  # names that shards have had from the first on
        assert sorted(file) == ["chances", "guesses", "starts", "tokens"]
    again = SoftTargets.load(tmp_path / "both.npz")
    assert len(again.starts) == 7 and (again.tokens[again.starts] == 0).all()
    assert np.array_equal(again.tokens[len(one.tokens) :], two.tokens)
    assert np.array_equal(again.topk_probs[len(one.tokens) :], two.topk_probs)


def test_rows_begin_with_documents_and_come_in_the_same_order_again():
    told = some(30, 3)
    stream = told.batches(2, 12, 5, Renamed())
    first = [next(stream) for _ in range(6)]
    for batch in first:
        assert (batch["tokens"][:, 0] == 0).all()
        assert torch.equal(batch["tokens"][:, 1:], batch["following"][:, :-1])
        assert batch["topk_ids"].shape == batch["topk_probs"].shape == (2, 12, TOP_K)
    later = next(told.batches(2, 12, 5, Renamed(), start=4))
    assert all(torch.equal(later[key], first[4][key]) for key in later)
    assert not torch.equal(next(told.batches(2, 12, 6, Renamed()))["tokens"], first[0]["tokens"])


def test_names_change_in_some_documents_and_then_everywhere_in_them():
    told = some(30, 3)
    swap = torch.from_numpy(Renamed().draw(np.random.default_rng()))
    changed = documents = 0
    plain, other = told.batches(2, 12, 5, Kept()), told.batches(2, 12, 5, Renamed())
    for _ in range(20):
        old, new = next(plain), next(other)
        assert torch.equal(old["topk_probs"], new["topk_probs"])
        place = (old["tokens"] == 0).cumsum(1)  # number of the document in its row
        for row in range(2):
            for number in place[row].unique():
                here = place[row] == number
                same, swapped = (
                    all(torch.equal(table[old[key][row, here]], new[key][row, here]) for key in ("tokens", "topk_ids"))
                    for table in (torch.arange(VOCABULARY), swap)
                )
                assert same or swapped
                changed += not same
                documents += 1
        inner = (place[:, 1:] == place[:, :-1]).all(1)
        assert torch.equal(new["tokens"][inner][:, 1:], new["following"][inner][:, :-1])
    assert 0.2 < changed / documents < 0.8


def test_a_cast_changes_names_for_names_and_no_parts_of_words():
    said = [f"{who} saw {who} and {other}. Tomatoes, Tom. " for who in BOYS + GIRLS for other in ("Tom", "Mia")]
    tokenizer = Tokenizer.train(said * 20, 400)
    name_swap = NameSwap(tokenizer)
    names = {tokenizer.decode([int(token)]).strip() for token in np.flatnonzero(name_swap.name)}
    assert names <= {*BOYS, *GIRLS} and len(names) > 10
    plain, part = (np.array(tokenizer.encode(text)) for text in ("Tom saw Mia. Tom ran.", "He saw Tomatoes."))
    assert name_swap.changeable(plain)
    split = [*tokenizer.encode("Tom"), *tokenizer.encode("atoes")]
    assert not name_swap.changeable(np.array(split)) and name_swap.changeable(part) == (name_swap.name[part].sum() == 0)
    told = {tokenizer.decode(name_swap.draw(np.random.default_rng(seed))[plain].tolist()) for seed in range(30)}
    assert len(told) > 10
    for text in told:
        boy, _, girl, again, _ = text.replace(".", "").split()
        assert boy == again and boy in BOYS and girl in GIRLS and text == f"{boy} saw {girl}. {boy} ran."


def test_an_epoch_has_every_document():
    told = some(30, 3)
    told.tokens = np.arange(len(told.tokens), dtype=np.uint16)
    rows = told.rows(12, seed=0)
    seen = {int(token) for _ in range(40) for token in told.tokens[next(rows)]}
    assert set(told.starts.tolist()) <= seen


def test_the_loss_is_cross_entropy_with_the_teacher_where_it_told_something():
    batch = next(some(30, 4).batches(2, 12, 0, Kept()))
    logits = torch.randn(2, 12, VOCABULARY, generator=torch.Generator().manual_seed(0))
    topk_probs = batch["topk_probs"].float()
    target = torch.zeros(2, 12, VOCABULARY).scatter_(-1, batch["topk_ids"].long(), topk_probs)
    left = 1 - topk_probs.sum(-1, keepdim=True)
    target.scatter_add_(-1, batch["following"].long().unsqueeze(-1), left)
    learned = topk_probs.sum(-1) > 0
    assert 0 < learned.sum() < learned.numel()
    expected = F.cross_entropy(logits[learned], target[learned])
    assert torch.allclose(soft_target_loss(lambda _: logits, batch), expected, atol=1e-5)


def test_the_likeliest_are_told_with_their_chances():
    shares = torch.randn(3, VOCABULARY, generator=torch.Generator().manual_seed(1)).softmax(-1)
    topk_ids, topk_probs = likeliest(shares)
    assert topk_ids.shape == (3, TOP_K) and (topk_ids[:, 0] == shares.argmax(-1).numpy()).all()
    assert np.allclose(topk_probs, shares.gather(1, torch.from_numpy(topk_ids.astype(np.int64))), atol=1e-3)


def test_of_real_stories_the_teacher_is_not_believed_wholly(monkeypatch, tmp_path):
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"python -m resgen\.training\.text\.distil\.teacher"):
        lessons.load(("stories", "written"))
    for kind, count in (("stories", 4), ("written", 3)):
        lessons.shards(kind).mkdir(parents=True)
        some(count, count).save(lessons.shards(kind) / "00000.npz")
    (lessons.shards("written") / "00001.lock").touch()
    lessons.teacher_card().write_text('{"steps": 220}')
    found, facts = lessons.load(("stories", "written"))
    assert facts == {"stories": 4, "written": 3, "teacher": {"steps": 220}} and lessons.count("written") == 3
    real, written = some(4, 4), some(3, 3)
    assert np.allclose(found.topk_probs[: len(real.tokens)], lessons.TRUST["stories"] * real.topk_probs, atol=1e-3)
    assert np.array_equal(found.topk_probs[len(real.tokens) :], written.topk_probs)
