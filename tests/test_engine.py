"""Tests the promise that every setting is checked before any work, with a message that names the limits."""

import math
from dataclasses import dataclass

import pytest

from resgen.engine import MOST_SEED, Progress, checked, seed_setting, setting, settings_of
from resgen.errors import RequestError


@dataclass(frozen=True)
class Request:
    words: str = setting("", "some text", high=5)
    count: int = setting(10, "a whole number", 1, 2000)
    share: float = setting(0.5, "a number", 0, 2, 0.1)
    seed: int = seed_setting()


@pytest.mark.parametrize("value", [None, "abc", math.nan, math.inf, -math.inf, True, 1.5, 0, 2001, [], {}], ids=repr)
def test_bad_whole_numbers_are_refused_by_name_and_limits(value):
    with pytest.raises(RequestError, match=r"count must be a whole number from 1 to 2000"):
        checked(Request(count=value))


@pytest.mark.parametrize("value", [None, "abc", math.nan, math.inf, -0.01, 2.01, False, [1]], ids=repr)
def test_bad_numbers_are_refused_by_name_and_limits(value):
    with pytest.raises(RequestError, match=r"share must be a number from 0 to 2"):
        checked(Request(share=value))


def test_a_number_too_large_for_floats_is_refused():
    with pytest.raises(RequestError, match="count must be"):
        checked(Request(count=10**400))


@pytest.mark.parametrize("value", [None, 3, ["a"], b"a"], ids=repr)
def test_text_must_be_text(value):
    with pytest.raises(RequestError, match="words must be text"):
        checked(Request(words=value))


def test_text_that_is_too_long_is_refused_with_its_length():
    assert checked(Request(words="12345")).words == "12345"
    with pytest.raises(RequestError, match="words has 6 characters; at most 5"):
        checked(Request(words="123456"))


@pytest.mark.parametrize("value", [200.0, 200, "200"], ids=repr)
def test_whole_numbers_come_out_as_int(value):
    count = checked(Request(count=value)).count
    assert count == 200
    assert type(count) is int


def test_numbers_come_out_as_float():
    share = checked(Request(share=1)).share
    assert share == 1.0
    assert type(share) is float


@pytest.mark.parametrize(("name", "value"), [("count", 1), ("count", 2000), ("share", 0), ("share", 2), ("seed", 0)])
def test_the_limits_themselves_are_allowed(name, value):
    assert getattr(checked(Request(**{name: value})), name) == value


def test_minus_one_draws_a_seed_in_range():
    seeds = {checked(Request()).seed for _ in range(20)}
    assert all(type(seed) is int and 0 <= seed <= MOST_SEED for seed in seeds)
    assert len(seeds) > 1
    assert checked(Request(seed=7)).seed == 7


def test_seeds_outside_their_limits_are_refused():
    for seed in (-2, MOST_SEED + 1):
        with pytest.raises(RequestError, match="seed must be"):
            checked(Request(seed=seed))


def test_settings_are_listed_in_order_with_help_and_default():
    found = settings_of(Request)
    assert list(found) == ["words", "count", "share", "seed"]
    limits, default = found["share"]
    assert (limits.help, limits.low, limits.high, limits.step, default) == ("a number", 0, 2, 0.1, 0.5)


def test_the_rate_is_units_a_second():
    assert Progress(10, 20, 4.0).rate == 2.5
    assert Progress(0, 20, 0.0).rate == 0.0
