"""Tests the promise that the Listen tab shows every word that was heard, how sure it was, and opens uploads alone."""

import json
from html import escape

import gradio as gr
import numpy as np
import pytest
import soundfile

from resgen.engine import Progress
from resgen.listen.engine import Ears
from resgen.listen.letters import LETTERS
from resgen.listen.model import EarsNet
from resgen.listen.request import Heard, ListenResult
from resgen.listen.words import Language
from resgen.ui.api import values
from resgen.ui.api.bodies import BadBody
from resgen.ui.listen_tab import coloured, listen_tab, status
from tests.conftest import randomise

SMALL = {"early": 16, "late": 16, "early_dilations": (1,), "late_dilations": (1,)}


def test_every_word_tells_when_it_was_said_and_how_sure_it_was():
    words = (Heard("<i>", 0.5, 0.9, 0.99), Heard("there", 1.0, 1.25, 0.5))
    result = ListenResult(words, 2.0, ("Nothing more.",), {}, Progress(2, 2, 0.5))
    html = coloured(result)
    assert "<i>" not in html and "&lt;i&gt;" in html
    assert 'data-start="1.0"' in html and "50% sure" in html and "--surprise:0.83" in html
    assert "2 words" in status(result) and "Nothing more." in status(result)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    return tmp_path


def test_a_sound_is_taken_from_the_folder_of_uploads_alone(folder):
    with gr.Blocks():
        sound = gr.Audio()
    wave = folder / "a.wav"
    soundfile.write(wave, np.zeros(100), 16_000)
    (taken,) = values.taken([sound], [{"path": str(wave), "url": "http://127.0.0.1/"}])
    assert taken == {"path": str(wave), "meta": {"_type": "gradio.FileData"}}
    for bad in ({"path": "/etc/passwd"}, {"url": "http://127.0.0.1/"}, "a.wav", 7, []):
        with pytest.raises(BadBody):
            values.taken([sound], [bad])


def test_the_words_appear_beside_their_sound(folder):
    language = Language(json.dumps({"letters": LETTERS, "words": {}, "pairs": {}}))
    ears = Ears(randomise(EarsNet(**SMALL)).eval(), language, {"name": "small"})
    with gr.Blocks() as demo:
        listen_tab(ears, [])
    run = next(fn for fn in demo.fns.values() if hasattr(fn.fn, "lane"))
    soundfile.write(folder / "a.wav", np.random.default_rng(0).normal(0, 0.1, 32_000), 16_000)

    class Visitor:
        session_hash = "a"

    shown = [*run.fn(Visitor(), 1.0, "en", {"path": str(folder / "a.wav")}, 1)][-1]
    assert shown[1] and f">{escape(shown[1].split()[0])}</span>" in shown[0] and "2 s of sound" in shown[2]
    with pytest.raises(gr.Error, match="There is no sound yet"):
        next(run.fn(Visitor(), 1.0, "en", None, 1))
