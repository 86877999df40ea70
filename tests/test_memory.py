"""Tests the promise that settings that come back from anywhere are checked one by one, told, and never an error; and
that a room tells what it does not know before it is asked."""

import json

import gradio as gr
import pytest
from PIL import Image

from resgen.errors import RequestError
from resgen.image.init_image import to_setting
from resgen.image.request import ImageRequest
from resgen.text.familiar import FamiliarWords
from resgen.text.request import TextRequest
from resgen.ui import i18n, memory, page
from resgen.ui.image_tab import begun_from
from resgen.ui.memory import Form
from resgen.ui.speech_tab import foreseen as foreseen_to_say
from resgen.ui.text_tab import foreseen as foreseen_to_write


class Engine:
    cards = ({"name": "tiny"},)

    def __init__(self, request):
        self.request = request


def form(request, *names, **shown) -> Form:
    with gr.Blocks():
        controls = {name: gr.Textbox() for name in names}
        return Form(None, Engine(request), controls, gr.Markdown(), gr.JSON(), shown)


def test_sound_settings_come_back_in_their_types_and_the_seed_as_it_was():
    writing = form(TextRequest, "topic", "words", "coherence", "seed")
    given = {"model": "tiny", "topic": "owl", "words": "40", "coherence": "false", "seed": "7", "top_k": 0}
    assert writing.taken(given) == ({"topic": "owl", "words": 40, "coherence": False, "seed": 7}, [])
    assert writing.taken({"seed": -1}) == ({"seed": -1}, [])


def test_what_is_wrong_is_told_and_costs_only_itself():
    writing = form(TextRequest, "topic", "words")
    values, told = writing.taken({"words": 9999, "topic": "owl", "color": "x" * 999, "model": ["a"], "top_k": 5})
    assert values == {"topic": "owl"}
    said = " ".join(told)
    assert "words must be" in said and "another model" in said and "no place for these" in said and "top_k" in said
    assert "no such settings" in said and len(said) < 400
    with i18n.spoken("zh"):
        assert not any(sentence.isascii() for sentence in writing.taken({"words": 9999, "color": 1})[1])


@pytest.mark.parametrize(
    "odd", [None, 5, "", "nonsense", "[" * 100_000, "[1]", "NaN", '"a"', "x" * 600_000, "{}", "null"]
)
def test_settings_that_cannot_be_read_are_none(odd):
    values, told = form(TextRequest, "topic").taken(memory.read(odd))
    assert values == {} and len(told) <= 1


@pytest.mark.parametrize("value", [None, [], {}, True, 1e999, -5, "x", "x" * 30_000, {"a": [{}]}])
def test_no_value_of_any_setting_is_an_error(value):
    for request in (TextRequest, ImageRequest):
        names = list(request.__dataclass_fields__)
        values, told = form(request, *names, picture=begun_from).taken(dict.fromkeys(names, value))
        assert len(values) + len(told) <= len(names) + 1


def test_a_picture_that_was_begun_from_comes_back_as_a_file(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    drawing = form(ImageRequest, "picture", picture=begun_from)
    data = to_setting(Image.new("RGB", (9, 9), "orange"))
    values, told = drawing.taken({"picture": data})
    assert told == [] and Image.open(values["picture"]).size == (64, 64)
    assert drawing.taken({"picture": "http://127.0.0.1/x.png"})[1] and drawing.taken({"picture": "/etc/passwd"})[1]


def test_stories_know_common_words_and_name_what_is_near_others(tokenizer):
    familiar = FamiliarWords(tokenizer)
    assert familiar.notices(["cars", "elephant", "lighthouse", "a red rose", "42"]) == ()
    (said,) = familiar.notices(["elefant"])
    assert "elephant" in said
    assert familiar.notices(["xqzvbl"]) == ("Stories seldom or never say xqzvbl.",)


@pytest.mark.parametrize("odd", [None, 5, True, "x" * 30_000, "", "a,b,c,d,e,f,g,h,i", "жжж", "\ud800", "🐉" * 100])
def test_whatever_stands_in_a_box_is_told_in_sentences_or_refused_in_one(odd, tokenizer):
    asked = (lambda: foreseen_to_write(FamiliarWords(tokenizer), odd, odd), lambda: foreseen_to_say(odd))
    for ask in asked:
        try:
            assert all(isinstance(sentence, str) for sentence in ask())
        except RequestError as error:
            assert str(error)


def test_a_space_names_its_source_and_how_to_duplicate_it(monkeypatch):
    monkeypatch.delenv("SPACE_ID", raising=False)
    assert "huggingface" not in page.links()
    monkeypatch.setenv("SPACE_ID", "someone/resgen")
    assert page.links().count("https://huggingface.co/spaces/someone/resgen") == 2
    monkeypatch.setenv("SPACE_ID", "x) [evil](http://e")
    assert "evil" not in page.links()


def test_cards_and_tables_of_about_are_there_in_chinese():
    from resgen.assets import ASSETS
    from resgen.text import comparison

    cards = [json.loads(path.read_text()) for path in (ASSETS / "weights").glob("*.json")]
    data = {each for card in cards for each in card.get("data", {}).values()}
    with i18n.spoken("zh"):
        assert [each for each in data if i18n.cell(each).isascii()] == []
        measured = comparison.figures()
        tables = (comparison.kinds_table, comparison.depth_table, comparison.levers_table)
        heads = "".join(i18n.table(make(measured)) for make in tables)
    assert "residual" not in heads and "bits per byte" not in heads and "optimiser" not in heads
