"""Tests the promise that the page outlives odd requests and a crowd; `tests/load` has the long forms."""

import pytest
from load.crowd import crowd
from load.fuzz import fuzz

pytestmark = pytest.mark.slow


def test_random_and_mutated_requests_are_answered_without_a_500(served):
    answers = fuzz(served, 600, seed=7)
    assert answers["examples"] == [] and answers["alive"]
    assert len(answers["statuses"]) > 3 and "599" not in answers["statuses"]


def test_a_crowd_is_served_without_errors_and_everybody_gets_his_own(served):
    figures = crowd(served, seconds=6, visitors=20)
    assert figures["failed"] == figures["wrong"] == figures["refused"] == 0
    assert figures["served"] >= 20 and figures["fewest_of_mean"] > 0
