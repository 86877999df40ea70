"""Tests the promise that the page is shown what it can follow, and in the end everything."""

from resgen.turns import PAUSE
from resgen.ui import controls
from resgen.ui.controls import PACE, doubled, paced


def test_fast_results_are_shown_now_and_then_and_the_last_always(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(controls.time, "monotonic", lambda: now[0])

    def results(count, seconds):
        for number in range(count):
            now[0] += seconds
            yield number

    def shown(stream):
        return [result for result in paced(stream) if result is not PAUSE]

    assert list(paced(results(4, PACE / 2))) == [0, PAUSE, 2, PAUSE, 3]  # others have a turn after each
    assert shown(results(11, PACE / 4)) == [0, 4, 8, 10]
    assert shown(results(9, PACE / 4)) == [0, 4, 8]  # none twice
    assert shown(results(4, PACE * 2)) == [0, 1, 2, 3]
    assert list(paced(iter([]))) == []


def test_a_crowd_is_shown_less_often(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(controls.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(controls, "at_work", lambda: 40)

    def results():
        for number in range(9):
            now[0] += PACE
            yield number

    assert [result for result in paced(results()) if result is not PAUSE] == [0, 5, 8]


def test_of_results_that_hold_all_before_them_few_are_sent_and_the_last():
    assert list(doubled(iter(range(1, 12)))) == [1, 2, 4, 8, 11]
    assert list(doubled(iter(range(1, 5)))) == [1, 2, 4] and list(doubled(iter([]))) == []
