"""Tests the promise that the page outlives odd requests and a crowd; `tests/load` has the long forms."""

from load.fuzz import fuzz


def test_random_and_mutated_requests_are_answered_without_a_500(served):
    answers = fuzz(served, 600, seed=7)
    assert answers["examples"] == [] and answers["alive"]
    assert len(answers["statuses"]) > 3 and "599" not in answers["statuses"]
