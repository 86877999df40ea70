"""The page in a real browser: a press writes or draws, Stop stops, nothing goes wrong or to another host."""

import io
import json
import os
import shutil

import pytest
from PIL import Image

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

if CHROMIUM is None and not os.environ.get("RESGEN_REQUIRE_BROWSER"):
    pytest.skip("chromium is not installed", allow_module_level=True)

from playwright.sync_api import expect, sync_playwright  # noqa: E402


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM or "/usr/bin/chromium", args=FLAGS)


@pytest.fixture
def page(browser, served):
    """A fresh page; in the end it must have logged no error and asked no other host."""
    page = browser.new_page()
    errors, requests = [], []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(served)
    yield page
    assert errors == []
    assert [url for url in requests if not url.startswith((served, "data:", "blob:"))] == []
    page.close()


def story(page) -> str:
    return page.locator("#story textarea").input_value()


def press_and_wait(page, characters: int) -> None:
    page.get_by_role("button", name="Write a story").click()
    page.wait_for_function(
        "n => document.querySelector('#story textarea').value.length > n", arg=characters, timeout=30_000
    )


def test_one_press_streams_a_story_that_can_be_downloaded(page):
    press_and_wait(page, 20)
    early = story(page)
    expect(page.locator("#download")).to_be_enabled(timeout=60_000)
    text = story(page)
    assert text.startswith(early[:10]) and len(text) > len(early)
    expect(page.locator("#status")).to_contain_text("tokens/s")
    with page.expect_download() as download:
        page.locator("#download").click()
    assert download.value.suggested_filename.startswith("resgen-text-")
    saved = download.value.path().read_text()
    assert saved.startswith("---\nmodel: ") and text.strip() in saved and "seed: " in saved


def test_stop_stops_and_keeps_what_was_written(page):
    page.get_by_text("More settings").click()
    page.get_by_label("number input for Length").fill("2000")
    press_and_wait(page, 60)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#download")).to_be_enabled(timeout=10_000)
    stopped = story(page)
    page.wait_for_timeout(1500)
    assert story(page) == stopped and len(stopped) > 60


def test_the_seed_can_be_kept(page):
    press_and_wait(page, 20)
    expect(page.locator("#download")).to_be_enabled(timeout=60_000)
    first = story(page)
    page.get_by_text("More settings").click()
    page.locator("#keep").click()
    expect(page.locator("#seed input")).not_to_have_value("-1")
    page.get_by_role("button", name="Write a story").click()
    page.wait_for_timeout(500)
    expect(page.locator("#status")).to_contain_text("tokens/s")
    page.wait_for_function("s => document.querySelector('#story textarea').value == s", arg=first, timeout=60_000)


def test_bad_input_is_explained_on_the_page(page):
    page.locator("#topic textarea, #topic input").first.fill("a,b,c,d,e,f,g,h,i")
    page.get_by_role("button", name="Write a story").click()
    expect(page.get_by_text("at most 8 are possible")).to_be_visible(timeout=10_000)


def open_drawing(page) -> None:
    page.get_by_role("tab", name="Draw").click()
    expect(page.locator("#draw-prompt input")).to_be_visible()


def press_draw(page) -> None:
    page.get_by_role("button", name="Draw", exact=True).click()


def test_one_press_draws_pictures_that_know_their_settings(page):
    open_drawing(page)
    press_draw(page)
    expect(page.locator("#draw-status")).to_contain_text("step 20 of 20", timeout=30_000)
    expect(page.locator("#pictures img")).to_have_count(8)
    source = page.locator("#pictures img").first.get_attribute("src")
    picture = Image.open(io.BytesIO(page.request.get(source).body()))
    assert picture.format == "PNG" and picture.size == (256, 256)
    settings = json.loads(picture.text["resgen"])
    assert settings["prompt"] == "red car" and settings["count"] == 1
    expect(page.locator("#draw-download")).to_be_enabled(timeout=10_000)
    with page.expect_download() as download:
        page.locator("#draw-download").click()
    assert download.value.suggested_filename == f"resgen-image-{settings['seed']}-sheet.png"
    assert json.loads(Image.open(download.value.path()).text["resgen"])["count"] == 8


def test_known_words_complete_and_unknown_ones_are_named(page):
    open_drawing(page)
    prompt = page.locator("#draw-prompt input")
    prompt.fill("")
    prompt.click()
    known = page.evaluate("[...document.querySelector('#draw-prompt input').list.options].map(o => o.value)")
    assert "red apple" in known and "car" in known and known == sorted(known)
    prompt.fill("elefant")
    prompt.press("Enter")
    expect(page.locator("#draw-status")).to_contain_text("Never seen in training, read by its letters: elefant")
    expect(page.locator("#draw-status")).to_contain_text("step 20 of 20", timeout=30_000)
    prompt.fill("жжж")
    prompt.press("Enter")
    expect(page.get_by_text("Name a thing in English or Chinese")).to_be_visible(timeout=10_000)


def test_stop_stops_the_drawing(page):
    open_drawing(page)
    page.get_by_text("More settings").locator("visible=true").click()
    page.get_by_label("number input for Pictures").fill("64")
    press_draw(page)
    expect(page.locator("#pictures img")).to_have_count(64, timeout=30_000)
    page.get_by_role("button", name="Stop").locator("visible=true").click()
    expect(page.locator("#draw-download")).to_be_enabled(timeout=10_000)
    line = page.locator("#draw-status").inner_text()
    page.wait_for_timeout(1500)
    assert page.locator("#draw-status").inner_text() == line and "step 20 of" not in line


def test_the_page_fits_a_phone_in_the_dark(browser, served):
    page = browser.new_page(viewport={"width": 375, "height": 800})
    page.goto(f"{served}?__theme=dark")
    expect(page.get_by_role("button", name="Write a story")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    open_drawing(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.get_by_role("tab", name="About").click()
    expect(page.get_by_text("How it writes")).to_be_visible()
    page.close()
