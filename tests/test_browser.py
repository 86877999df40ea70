"""The page in a real browser: a press writes a story, Stop stops, nothing goes wrong or to another host."""

import os
import shutil

import pytest

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


def test_the_page_fits_a_phone_in_the_dark(browser, served):
    page = browser.new_page(viewport={"width": 375, "height": 800})
    page.goto(f"{served}?__theme=dark")
    expect(page.get_by_role("button", name="Write a story")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.get_by_role("tab", name="About").click()
    expect(page.get_by_text("How it writes")).to_be_visible()
    page.close()
