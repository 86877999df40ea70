"""Tests the promise that what a teacher would go on with reaches a student that spells otherwise."""

import numpy as np
import pytest
from conftest import make_sentences

from resgen.text.tokenizer import Tokenizer
from resgen.training.text.distil.align import Alignment
from resgen.training.text.soft_targets import TOP_K, SoftTargets

SENTENCES = make_sentences(150)


@pytest.fixture(scope="module")
def alignment() -> Alignment:
    return Alignment(Tokenizer.train([*SENTENCES, "butterfly " * 200], 400), Tokenizer.train(SENTENCES, 280))


def told(alignment: Alignment, text: str, chance: float = 0.7, ended: bool = True) -> SoftTargets | None:
    """A teacher that knows what comes next, that surely."""
    tokens = np.array(alignment.teacher.encode(text))
    topk_ids = np.zeros((len(tokens) + 1, TOP_K), np.uint16)
    topk_probs = np.zeros(topk_ids.shape, np.float16)
    topk_ids[:, 0], topk_probs[:, 0] = [*tokens, alignment.teacher.end], chance
    return alignment.soft_targets(["dog"], tokens, topk_ids, topk_probs, ended)


@pytest.mark.parametrize("ended", [True, False])
def test_who_knows_what_comes_next_tells_the_students_next_token_everywhere(alignment, ended):
    text = SENTENCES[0] + " A butterfly saw the dog."
    found = told(alignment, text, ended=ended)
    student = alignment.student
    header = [student.end, *student.header(["dog"])]
    assert found.tokens.tolist() == header + student.encode(text)
    rows = slice(len(header) - 1, len(found.tokens) if ended else len(found.tokens) - 1)
    assert (found.topk_ids[rows, 0] == [*found.tokens, student.end][rows.start + 1 : rows.stop + 1]).all()
    assert found.topk_probs[: rows.start].sum() == found.topk_probs[rows.stop :].sum() == 0
    # As sure as it was where a token of both begins, and quite sure of the rest of a word that it took for one.
    surely = found.topk_probs[rows].sum(-1)
    assert set(np.round(surely.astype(float), 2)) == {0.7, 1.0}


def test_a_word_that_the_student_spells_in_parts_goes_on_as_the_likely_words_do(alignment):
    teacher, student = alignment.teacher, alignment.student
    parts = student.encode(" butterfly")
    (word,) = teacher.encode(" butterfly")
    other = teacher.encode(" b")[0]
    assert len(parts) > 2 and student.encode(" b")[0] == parts[0]
    tokens = np.array([*teacher.encode("A"), word])
    topk_ids = np.zeros((3, TOP_K), np.uint16)
    topk_probs = np.zeros(topk_ids.shape, np.float16)
    topk_ids[1, :3], topk_probs[1, :3] = [word, other, teacher.encode(" the")[0]], [0.5, 0.25, 0.125]
    topk_ids[2, 0], topk_probs[2, 0] = teacher.end, 1.0
    found = alignment.soft_targets([], tokens, topk_ids, topk_probs, True)
    place = len(found.tokens) - len(parts) - 1  # before the word
    assert found.tokens[place + 1 :].tolist() == parts
    # Both words begin with that part; of them the longer has two thirds.
    assert dict(zip(found.topk_ids[place].tolist(), found.topk_probs[place].tolist(), strict=True))[parts[0]] == 0.75
    assert found.topk_ids[place + 1, 0] == parts[1] and found.topk_probs[place + 1].sum() == pytest.approx(
        2 / 3, abs=1e-3
    )
    assert (found.topk_ids[-1, 0], found.topk_probs[-1, 0]) == (student.end, 1.0)


def test_a_longer_token_of_the_student_is_what_the_drawn_one_was_the_beginning_of(alignment):
    swapped = Alignment(alignment.student, alignment.teacher)
    found = told(swapped, "A butterfly")
    place = len(found.tokens) - 2
    assert found.tokens[-1] == swapped.student.encode(" butterfly")[0] == found.topk_ids[place, 0]
    assert found.topk_probs[place].sum() == pytest.approx(0.7, abs=1e-3)


def test_a_place_of_which_nothing_is_known_has_the_token_that_follows(alignment):
    found = told(alignment, "A dog ran.", chance=0.0)
    start = found.tokens.tolist().index(alignment.student.text)
    assert (found.topk_probs[start:, 0] == 1).all()
    assert found.topk_ids[start:, 0].tolist() == [*found.tokens[start + 1 :], alignment.student.end]


def test_a_text_cut_within_a_character_is_no_lesson(alignment):
    tokens = np.array(alignment.teacher.encode("A dog 猫"))[:-1]
    nothing = np.zeros((len(tokens) + 1, TOP_K))
    assert alignment.soft_targets([], tokens, nothing.astype(np.uint16), nothing.astype(np.float16), True) is None
