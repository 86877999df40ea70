"""What the page remembers and foresees, in a real browser: hints while typing, the form after a reload, links, the
visitor's own results, and files that bring their settings back."""

import json
import re

import numpy as np
import pytest
from browsing import one_run, open_drawing, story
from PIL import Image
from playwright.sync_api import expect

from resgen.image.files import save_animation, save_png
from resgen.speech.request import wav_bytes

TOPIC = "#topic textarea, #topic input"


@pytest.fixture(scope="module")
def visit(browser, served):
    """One page for all tests of this file; it must log no error and ask no other host."""
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(60_000)
    errors, requests = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(served)
    expect(page.locator("#write")).to_be_visible()
    yield page
    assert errors == []
    assert [url for url in requests if not url.startswith((served, "data:", "blob:"))] == []
    context.close()


def typed(page, box: str, text: str) -> None:
    page.locator(box).first.fill(text)


def test_boxes_tell_before_a_run_what_they_do_not_know(visit):
    typed(visit, TOPIC, "elefant, 汽车, жжж")
    hint = visit.locator("#write-hint[role=status]")
    expect(hint).to_contain_text("Left out, for no story has read such words: жжж")
    expect(hint).to_contain_text("seldom or never say elefant; near to it: elephant")
    typed(visit, TOPIC, "owl, moon")
    expect(hint).to_have_text("")
    open_drawing(visit)
    typed(visit, "#draw-prompt input", "жжж")
    expect(visit.locator("#draw-hint")).to_contain_text("Name a thing in English or Chinese")
    visit.get_by_role("tab", name="Speak").click()
    typed(visit, "#speak-text textarea", "Hello 你好 world")
    expect(visit.locator("#speak-hint")).to_contain_text("this voice reads English: 你好")


def test_the_form_is_kept_and_a_result_comes_back_by_a_click_and_by_its_link(visit, served):
    visit.get_by_role("tab", name="Write").click()
    typed(visit, TOPIC, "owl, moon")
    visit.get_by_label("number input for Length").fill("8")
    with one_run(visit, "write"):
        visit.locator("#write").click()
    first, used = story(visit), visit.locator("#status").inner_text()
    visit.locator("#write-link").click()
    expect(visit.locator("#note")).to_contain_text("is copied")
    link = visit.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{served}?tab=write&topic=owl%2C+moon") and "words=8" in link and "seed=" in link

    visit.reload()
    expect(visit.locator(TOPIC).first).to_have_value("owl, moon")
    expect(visit.get_by_label("number input for Length")).to_have_value("8")
    typed(visit, TOPIC, "car")
    visit.locator("#history summary").click()
    expect(visit.locator("#history li")).to_have_count(1)
    visit.locator("#history li button").click()
    visit.wait_for_function("s => document.querySelector('#story textarea')?.value === s", arg=first)
    expect(visit.locator(TOPIC).first).to_have_value("owl, moon")

    visit.goto(link)
    visit.wait_for_function("s => document.querySelector('#story textarea')?.value === s", arg=first)
    assert visit.url == served and re.search("seed [0-9]+", used)[0] in visit.locator("#status").inner_text()
    visit.locator("#history summary").click()
    visit.locator("#history-clear").click()
    expect(visit.locator("#history li")).to_have_count(0)
    assert visit.evaluate("localStorage.getItem('resgen-history')") is None


def test_what_is_wrong_in_a_link_is_told_and_nothing_is_made(visit, served):
    visit.goto(f"{served}?tab=draw&prompt=blue+owl&steps=many&wings=2")
    expect(visit.locator("#draw-status")).to_contain_text("steps must be a whole number")
    expect(visit.locator("#draw-status")).to_contain_text("There are no such settings, so they are left out: wings")
    expect(visit.locator("#draw-prompt input")).to_have_value("blue owl")
    visit.goto(f"{served}?tab=../../etc&x=1")
    expect(visit.locator("#note")).to_contain_text("does not have")


def test_files_bring_their_settings_back(visit, tmp_path):
    settings = {"prompt": "two 紫色 owls", "seed": 11, "count": 2}
    pixels = np.zeros((2, 64, 64, 4), np.uint8)
    save_png(Image.new("RGB", (9, 9)), tmp_path / "a.png", settings)
    save_animation([pixels, pixels], tmp_path / "b.webp", settings | {"prompt": "绿色 tree"})
    (tmp_path / "c.wav").write_bytes(wav_bytes(np.zeros(99, np.float32), {"text": "Good “night”.", "voice": "emma"}))
    front = "".join(f"{name}: {json.dumps(value)}\n" for name, value in {"topic": "fox: den", "words": 9}.items())
    (tmp_path / "d.txt").write_text(f"---\n{front}---\n\nOnce.\n")
    for name, box, value in (
        ("a.png", "#draw-prompt input", "two 紫色 owls"),
        ("b.webp", "#draw-prompt input", "绿色 tree"),
        ("c.wav", "#speak-text textarea", "Good “night”."),
        ("d.txt", TOPIC, "fox: den"),
    ):
        visit.locator("#own-file").set_input_files(tmp_path / name)
        expect(visit.locator(box).first).to_have_value(value)
        expect(visit.locator("#note")).to_contain_text("The settings of this file")
    Image.new("RGB", (9, 9)).save(tmp_path / "e.png")
    drop = """async bytes => {
        const held = new DataTransfer();
        held.items.add(new File([new Uint8Array(bytes)], "e.png"));
        document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: held, bubbles: true, cancelable: true}));
    }"""
    visit.evaluate(drop, list((tmp_path / "e.png").read_bytes()))
    expect(visit.locator("#note")).to_contain_text("There are no settings in this file")


def test_a_surprise_fills_the_box_and_acts(visit):
    open_drawing(visit)
    before = visit.locator("#draw-prompt input").input_value()
    with one_run(visit, "draw"):
        visit.locator("#draw-surprise").click()
    assert visit.locator("#draw-prompt input").input_value() != before
    expect(visit.locator("#pictures img").first).to_be_visible()
