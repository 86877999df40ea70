"""The shipped tagger keeps its promises: in Python, on the command line and over HTTP; and its figures are its own."""

import io
import json
import sys

import pytest
from conftest import shipped
from gradio_client import Client
from gradio_client.exceptions import AppError

from resgen.__main__ import main
from resgen.evaluation.tagger.evaluate import by_network, macro
from resgen.evaluation.tagger.marked import f1_scores, paired, sentences

TEXT = "On Monday the farmer put a carrot and her hat into the truck, and a cow was happy in the garden."


@pytest.fixture(scope="module")
def tagger():
    return shipped("tagger")


@pytest.fixture
def command(monkeypatch, capfd):
    """What `resgen tag` does in this process: arguments -> (status, stdout, stderr)."""

    def run(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["resgen", "tag", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        return main(), *capfd.readouterr()

    return run


def test_words_are_found_by_what_they_name(tagger):
    result = tagger.tag(TEXT)
    assert result.words("vehicles") == ["truck"] and result.words("clothing") == ["hat"]
    assert result.words("people") == ["farmer"] and result.words("places") == ["garden"]
    assert result.words("food") == ["carrot"] and result.words("time") == ["monday"]
    assert all(TEXT[span.start : span.end] == span.text for span in result.spans)


def test_the_figure_of_the_card_is_that_of_the_marked_sentences(tagger):
    marked = sentences()
    scores = f1_scores(paired(marked, [by_network(tagger, text) for text, _ in marked]))
    assert macro(scores) == pytest.approx(tagger.card["metrics"]["macro_f1_marked"], abs=2e-3)
    assert tagger.card["parameters"] <= 2_000_000


def test_twenty_thousand_characters_are_looked_at_whatever_they_are(tagger):
    for text in (TEXT * 200, "x" * 20_000, "中文 и русский \u0301\u0301 😀\ud800 ", "e\u0301" * 10_000):
        *_, result = tagger.run(tagger.request(text[:20_000]))
        assert result.progress.done == result.progress.total > 0


def test_the_command_prints_a_line_a_word_or_json(command, tmp_path):
    status, out, errors = command(TEXT, "--categories", "vehicles, clothing")
    assert status == 0 and json.loads(errors)["categories"] == "vehicles, clothing"
    rows = [line.split("\t") for line in out.splitlines()]
    assert [row[2:4] for row in rows] == [["hat", "clothing"], ["truck", "vehicles"]]
    file = tmp_path / "text.txt"
    file.write_bytes(TEXT.encode() + b"\xff")
    for arguments, stdin in ((["--file", str(file)], ""), (["-"], TEXT)):
        status, out, _ = command(*arguments, "--format", "json", stdin=stdin)
        spans = json.loads(out)
        assert status == 0 and [s["text"] for s in spans if s["category"] == "vehicles"] == ["truck"]
        assert set(spans[0]) == {"start", "end", "text", "category", "probability"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["A cat.", "--categories", "dogs"], "categories must be some of people"),
        (["--file", "no/such/file"], "file must be one that can be read"),
        (["-"], "at most 20,000"),
    ],
)
def test_what_cannot_be_looked_at_is_told_in_a_line(command, arguments, says):
    status, out, errors = command(*arguments, stdin="x" * 20_001)
    assert status == 2 and out == "" and says in errors and errors.count("\n") == 1


def test_the_endpoint_gives_spans_and_settings(served):
    client = Client(served, verbose=False, analytics_enabled=False)
    spans, settings = client.predict(TEXT, api_name="/tag")
    assert settings == {"model": "tagger", "text": TEXT, "categories": ""}
    assert {"truck", "hat", "farmer"} <= {span["text"] for span in spans}
    assert [span["text"] for span in client.predict(TEXT, "vehicles", api_name="/tag")[0]] == ["truck"]
    with pytest.raises(AppError, match="categories must be"):
        client.predict(TEXT, "dogs", api_name="/tag")
