"""Tests the promise that a coloured text is the text, whatever characters it has, and tells what was weighed."""

import html
import re

from resgen.text.request import Weighed
from resgen.ui.token_heatmap import coloured


def weighed(text: str, probability: float = 0.5, *alternatives) -> Weighed:
    return Weighed(text, probability, alternatives)


def test_the_text_is_kept_and_escaped():
    parts = [weighed("<b>"), weighed(' "x" & y'), weighed("\n"), weighed("🐸")]
    found = re.findall(r"<span[^>]*>(.*?)</span>", coloured(parts), re.DOTALL)
    assert [html.unescape(text) for text in found] == ["<b>", ' "x" & y', "\n", "🐸"]
    assert "<b>" not in coloured(parts)


def test_a_surprise_is_darker_than_what_was_expected():
    strengths = re.findall(r"--surprise:([0-9.]+)", coloured([weighed(" a", p) for p in (1.0, 0.5, 0.05, 0.0)]))
    assert strengths == ["0.00", "0.17", "0.72", "1.00"]


def test_alternatives_are_told_with_signs_for_what_cannot_be_seen():
    page = coloured([weighed(" cat", 0.25, (" dog", 0.5), ("\n", 0.125), (" ", 0.1), ("", 0.02))])
    note = html.unescape(re.search(r'data-note="([^"]*)"', page)[1])
    assert note == "“cat” 25.0%, weighed against: dog 50% · ⏎ 12% · (space) 10% · (the end) 2%"


def test_a_word_of_several_tokens_is_one_piece_with_their_common_probability():
    page = coloured([weighed(" El", 0.5, (" A", 0.25)), weighed("ara", 0.5), weighed(" ran", 1.0)])
    assert re.findall(r"<span[^>]*>(.*?)</span>", page) == [" Elara", " ran"]
    assert "“Elara” 25.0%, weighed against: A 25%" in html.unescape(page)
