"""Tests the promise that whatever a client sends to an event of the page is data: it names no file, and what is wrong
with it is told in a sentence, without a traceback in the server's log."""

import json
import subprocess
import sys
from pathlib import Path

import gradio as gr
import pytest
from test_cli import ROOT
from test_uploads import HEIC, POSTSCRIPT, bomb, saved
from visiting import Answer, Visit, events

from resgen.ui.player import sound_file
from resgen.ui.text_tab import text_file

pytestmark = pytest.mark.slow

FILE = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
ODD = [
    None,
    True,
    -1,
    10**17,
    1e300,
    "",
    "\x00",
    "龙" * 5_000,
    "x" * 30_000,  # as often as an event has inputs, within the limit of a body
    [],
    {},
    [[1] * 9] * 9,
    {"seed": "../../x", "topic": []},
    FILE,
    [FILE],
    {"path": "app.py"},
    {"url": "data:image/png;base64,AAAA", "path": None, "meta": {"_type": "gradio.FileData"}},
    {"path": "http://127.0.0.1:22/a.png", "meta": {"_type": "gradio.FileData"}},
    [{"image": FILE, "caption": None}],
    {"__type__": "update", "value": FILE},
    {"a": {"b": {"c": {"d": {"e": {"f": [{"g": FILE}]}}}}}},
]


def fine(answer: Answer) -> bool:
    """Whether an event was refused in a sentence, or came to nothing; files are for those who were served."""
    if answer.refusal is not None:
        sentence = answer.refusal
        return 10 < len(sentence) < 500 and "root:" not in sentence and answer.status in (200, 400, 404, 413)
    return "/gradio_api/file=" not in json.dumps(answer.data)


@pytest.fixture
def log(capfd):
    """What the server has written to its log so far."""
    capfd.readouterr()

    def read() -> str:
        return "".join(capfd.readouterr())

    return read


@pytest.mark.parametrize("odd", ODD, ids=lambda value: ascii(value)[:20])
def test_odd_values_end_every_event_in_a_sentence_or_in_nothing(served, log, odd):
    for event in events(served):
        answer = Visit(served).call(event, [odd] * len(event["inputs"]), odd)
        assert fine(answer), (event, answer)
    assert "Traceback" not in log()


@pytest.mark.parametrize("odd", [None, "x" * 450_000, [], {}, FILE, -7, "seven"], ids=lambda value: ascii(value)[:20])
def test_one_odd_value_among_right_ones_does_so_too(served, log, odd):
    for event in events(served):
        for place, kind in enumerate(event["kinds"]):
            fits = (
                kind == "state"
                or (place == 0 and odd == -7)
                or (kind == "image" and odd is None)
                or (kind == "textbox" and odd in (-7, "seven"))
                or (place == 1 and event["name"].startswith("run"))  # the language: what is none is English
            )
            if event["js"] or fits:
                continue
            visit = Visit(served)
            data = visit.values(event, {})
            data[place] = odd
            answer = visit.call(event, data)
            assert fine(answer), (event, place, answer)
    assert "Traceback" not in log()


@pytest.mark.parametrize("count", [0, 1, 50])
def test_values_too_few_or_too_many_do_so_too(served, log, count):
    for event in events(served):
        if count != len(event["inputs"]):
            answer = Visit(served).call(event, [None] * count)
            assert answer.status == 400 and fine(answer), (event, answer)
    assert "Traceback" not in log()


def drawing(served: str) -> dict:
    return next(event for event in events(served) if "image" in event["kinds"])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a picture that can be read"),
        (b"Hello.", "not a picture that can be read"),
        (b"PK\x03\x04" + b"\0" * 99, "not a picture that can be read"),
        (HEIC, "not a picture that can be read"),
        (POSTSCRIPT, "not a picture that can be read"),
        (saved("PNG")[:900], "damaged or not complete"),
        (bomb(), "13,000 x 13,000 pixels"),
    ],
    ids=["empty", "text", "zip", "HEIC", "PostScript", "truncated", "bomb"],
)
@pytest.mark.parametrize("name", ["own.png", "own.svg", "own.heic"])
def test_what_is_wrong_with_a_picture_is_told_on_the_page(served, log, content, says, name):
    visit, event = Visit(served), drawing(served)
    answer = visit.call(event, visit.values(event, {"image": visit.upload(content, name)}))
    assert says in answer.refusal and "Traceback" not in log()


def test_a_visitors_mistake_leaves_none_of_his_words_in_the_log(served, log):
    visit, event = Visit(served), drawing(served)
    data = [
        "жжжпривет" if kind == "textbox" else value for kind, value in zip(event["kinds"], event["values"], strict=True)
    ]
    assert "No word of" in visit.call(event, [1, *data[1:]]).refusal
    told = log()
    assert "жжжпривет" not in told and "Traceback" not in told


def chain(served: str) -> tuple[dict, dict, dict]:
    """The events that draw, finish, and choose a picture."""
    draw = drawing(served)
    config = {event["id"]: event for event in events(served)}
    from app import demo

    after = next(fn for fn in demo.fns.values() if fn.trigger_after == draw["id"])
    select = next(
        fn for fn in demo.fns.values() if any(name == "select" for _, name in fn.targets) and fn.collects_event_data
    )
    return draw, config[after._id], config[select._id]


def few(visit: Visit, draw: dict) -> list:
    """Values that draw eight pictures quickly."""
    data = visit.values(draw, {"radio": 4})
    place = draw["kinds"].index("radio")
    data[place] = "noto"
    return data


def test_sheet_and_animation_are_of_what_the_server_drew_whatever_is_sent(served):
    draw, finish, _ = chain(served)
    visit = Visit(served)
    assert visit.call(draw, few(visit, draw)).refusal is None
    sheet, film = (button["value"]["path"] for button in visit.call(finish, [FILE] * len(finish["inputs"])).data)
    assert Path(sheet).name.endswith("-sheet.png") and Path(film).name.endswith("-steps.webp")
    # Asked again it makes no more files.
    again = [button["value"]["path"] for button in visit.call(finish, [None] * len(finish["inputs"])).data]
    assert again == [sheet, film]
    # Another visitor has none.
    assert fine(Visit(served).call(finish, [[{"image": FILE}]] * len(finish["inputs"])))


@pytest.mark.parametrize(
    "told", [None, {}, {"index": "0"}, {"index": 99}, {"index": -1}, {"index": [0]}, "x", [0], FILE]
)
def test_only_a_picture_that_was_drawn_for_this_visitor_can_be_chosen(served, log, told):
    _, _, choose = chain(served)
    answer = Visit(served).call(choose, [None] * len(choose["inputs"]), told)
    assert fine(answer) and "interactive" not in json.dumps(answer.data) and "Traceback" not in log()


def test_what_is_kept_of_a_drawing_is_small(served):
    import pickle

    import numpy as np

    from app import demo
    from resgen.ui.image_tab import Drawn

    draw, finish, _ = chain(served)
    visit = Visit(served)
    visit.call(draw, few(visit, draw))
    visit.call(finish, [None] * len(finish["inputs"]))
    states = demo.app.state_holder[visit.session].state_data.values()
    drawn = next(state for state in states if isinstance(state, Drawn))
    kept = {name: value for name, value in vars(drawn).items() if name != "_lock"}
    assert len(pickle.dumps(kept)) < 10_000 and not any(isinstance(value, np.ndarray) for value in kept.values())


def test_the_same_file_asked_for_again_takes_no_more_room(monkeypatch, tmp_path):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))

    class Said:
        settings = {"seed": 3}

        def wav(self):
            return b"RIFF"

    for _ in range(5):
        sound_file(Said())
        text_file("A story.", {"seed": 3})
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["resgen-speech-3.wav", "resgen-text-3.txt"]


def test_every_event_that_takes_a_picture_gets_it_undecoded():
    from app import demo

    for event in demo.fns.values():
        if any(isinstance(component, gr.Image) for component in event.inputs):
            assert not event.preprocess


MEASURED = """
import json, sys
sys.path.insert(0, "tests")
from pathlib import Path
import app
from resgen.__main__ import main
from visiting import Visit, events

small, bomb = sys.argv[1:]

def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024

def command(path):
    sys.argv = ["resgen", "draw", "cat", "--picture", path, "--steps", "1", "--out", path + ".out.png"]
    return main()

def on_the_page(path):
    visit = Visit(served)
    return visit.call(draw, visit.values(draw, {"image": visit.upload(Path(path).read_bytes())}))

def everywhere(path):
    file = Visit(served).upload(Path(path).read_bytes())
    for value in (file, [file], [{"image": file, "caption": None}] * 64, [[file, None]] * 64):
        for event in events(served):
            Visit(served).call(event, [value] * len(event["inputs"]))

served = app.serve(block=False)
draw = next(event for event in events(served) if "image" in event["kinds"])
told = {}
for way in (command, on_the_page, everywhere):
    way(small)
    Path("/proc/self/clear_refs").write_text("5")  # the peak is what there is now
    before = peak()
    answer = way(bomb)
    told[way.__name__] = [peak() - before, str(answer)]
print("told", json.dumps(told), flush=True)
app.demo.close()
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is measured by Linux's /proc")
def test_a_picture_of_a_gigabyte_in_20_kilobytes_takes_no_memory_on_any_way(tmp_path):
    small, large = tmp_path / "small.png", tmp_path / "large.png"
    small.write_bytes(saved("PNG", (300, 300)))
    large.write_bytes(bomb())
    assert large.stat().st_size < 30_000
    command = [sys.executable, "-c", MEASURED, str(small), str(large)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.split("told ")[-1].splitlines()[0])
    assert all(megabytes < 100 for megabytes, _ in told.values()), told
    assert "2" in told["command"][1] and "169" not in told["command"][1]
    assert "13,000 x 13,000 pixels" in done.stderr and "13,000 x 13,000 pixels" in told["on_the_page"][1]
    assert "Traceback" not in done.stderr and not Path(f"{large}.out.png").exists()
