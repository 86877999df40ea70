"""Tests the promise that Continue goes on with what is on the page, and with another day where that was over."""

from types import SimpleNamespace

from resgen.ui.text_tab import DAYS, onward


def test_what_was_not_over_goes_on_where_it_stopped():
    result = SimpleNamespace(texts=("A cat.", "A dog"), finished=(True, False))
    assert onward("A dog", result) == "A dog"
    assert onward("", None) == ""


def test_what_was_over_goes_on_with_one_day_after_the_other():
    text, days = "One sunny day, a cat ran.", []
    for _ in range(len(DAYS) + 1):
        beginning = onward(text, SimpleNamespace(texts=("", text), finished=(False, True)))
        assert beginning.startswith(f"{text}\n")
        days.append(beginning[len(text) + 1 :])
        text = f"{beginning} it ran."
    assert days == [*DAYS, DAYS[0]]
