"""Tests the promises of sampling: each limit narrows the draw as it says."""

import math

import numpy as np
import pytest
import torch

from resgen.text.decoding.repetition import penalize, repeated_suffixes
from resgen.text.decoding.sampling import sample

LOGITS = np.array([0.1, 2.0, -1.0, 1.9, 0.0], np.float32)
BEST = 1


def drawn(logits=LOGITS, temperature=1.0, top_k=0, top_p=1.0, min_p=0.0, times=200) -> set[int]:
    generator = torch.Generator().manual_seed(0)
    return {sample(logits, temperature, top_k, top_p, min_p, generator) for _ in range(times)}


def test_without_limits_every_token_can_be_drawn():
    assert drawn() == set(range(5))


@pytest.mark.parametrize(
    "limits", [{"top_k": 1}, {"top_p": 0.05}, {"min_p": 1.0}, {"temperature": 0}, {"temperature": 1e-5}], ids=str
)
def test_the_narrowest_limits_take_the_likeliest(limits):
    assert drawn(**limits) == {BEST}


def test_limits_keep_the_likeliest_tokens():
    assert drawn(top_k=2) == {1, 3}
    assert drawn(top_k=3) == {0, 1, 3}
    assert drawn(top_p=0.6) == {1, 3}
    assert drawn(min_p=0.5) == {1, 3} and drawn(min_p=0.14) == {0, 1, 3}  # 4 is exp(-2) = 0.135 times as likely
    assert drawn(min_p=0.14, temperature=1.5) == {0, 1, 3, 4}


def test_top_k_beyond_the_vocabulary_is_no_limit():
    assert drawn(top_k=1000) == set(range(5))


def test_forbidden_tokens_are_never_drawn():
    logits = LOGITS.copy()
    logits[[1, 3]] = -np.inf
    assert drawn(logits, temperature=2.0) == {0, 2, 4}


def test_logits_that_are_not_numbers_are_an_error():
    with pytest.raises(FloatingPointError):
        sample(np.full(5, np.nan, np.float32), 1.0, 0, 0.95, 0.1, torch.Generator())


def test_what_was_said_is_echoed_by_the_token_that_followed_it():
    said = [1, 2, 3, 4, 9, 2, 3, 4, 8, 1, 2, 3, 4]
    assert repeated_suffixes(said, 3) == {9: 4, 8: 3}
    assert repeated_suffixes(said, 4) == {9: 4}
    assert repeated_suffixes(said, 5) == {} == repeated_suffixes([1, 1], 2) == repeated_suffixes([], 2)
    assert repeated_suffixes([7] * 30, 2, 5) == {7: 5}  # no more than so many are counted


def test_what_is_lowered_by_a_penalty_is_exp_of_it_less_likely():
    logits = torch.tensor([2.0, 1.0, 0.5, -3.0])
    before = logits.softmax(0)
    penalize(logits.numpy(), [0, 3], math.log(5))
    after = logits.softmax(0)
    assert torch.allclose((before / before[1])[[0, 3]] / 5, (after / after[1])[[0, 3]])
    assert torch.allclose(before[2] / before[1], after[2] / after[1])
    for ids, penalty in (([0], 0), ([], 9)):
        unchanged = logits.clone()
        penalize(unchanged.numpy(), ids, penalty)
        assert torch.equal(unchanged, logits)
