"""Tests the promise that the page is shown what it can follow, and in the end everything."""

from resgen.ui import controls
from resgen.ui.controls import PACE, paced


def test_fast_results_are_shown_now_and_then_and_the_last_always(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(controls.time, "monotonic", lambda: now[0])

    def results(count, seconds):
        for number in range(count):
            now[0] += seconds
            yield number

    assert list(paced(results(11, PACE / 4))) == [0, 4, 8, 10]
    assert list(paced(results(9, PACE / 4))) == [0, 4, 8]  # none twice
    assert list(paced(results(4, PACE * 2))) == [0, 1, 2, 3]
    assert list(paced(iter([]))) == []
