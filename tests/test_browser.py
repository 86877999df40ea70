"""The page in a real browser: a press writes, draws or speaks, Stop stops, nothing goes wrong or to another host."""

import io
import json
import os
import re
import shutil

import pytest
import soundfile
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
    page.get_by_label("number input for Length").fill("1500")
    press_and_wait(page, 60)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#download")).to_be_enabled(timeout=10_000)
    stopped = story(page)
    page.wait_for_timeout(1500)
    assert story(page) == stopped and len(stopped) > 60


def test_stop_stops_only_the_visitor_who_pressed_it_and_only_then(page, browser, served):
    other = browser.new_page()
    other.goto(served)
    page.get_by_role("button", name="Stop").click()  # nothing runs: this must not stop what comes
    page.get_by_label("number input for Length").fill("300")
    press_and_wait(page, 60)
    other.get_by_role("button", name="Stop").click()
    other.close()
    so_far = len(story(page))
    press = "n => document.querySelector('#story textarea').value.length > n + 100"
    page.wait_for_function(press, arg=so_far, timeout=30_000)


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


def test_a_story_can_be_continued(page):
    page.get_by_label("number input for Length").fill("20")
    press_and_wait(page, 20)
    expect(page.locator("#download")).to_be_enabled(timeout=60_000)
    first = story(page)
    page.locator("#continue").click()
    page.wait_for_function("n => document.querySelector('#story textarea').value.length > n + 20", arg=len(first))
    assert story(page).startswith(first)


def test_one_of_several_variants_can_be_chosen(page):
    page.get_by_label("number input for Length").fill("60")
    page.get_by_text("More settings").click()
    page.get_by_label("number input for Variants").fill("3")
    press_and_wait(page, 20)
    choices = page.locator("#variant label")
    expect(choices).to_have_count(3, timeout=30_000)
    texts = []
    for number in range(3):
        choices.nth(number).click()
        page.wait_for_timeout(400)
        texts.append(story(page))
    assert len(set(texts)) == 3
    with page.expect_download() as download:
        page.locator("#download").click()
    assert texts[2] in download.value.path().read_text()


def test_words_are_coloured_on_demand_with_what_else_was_weighed(page):
    page.locator("#weigh").click()
    expect(page.get_by_text("Nothing is written yet")).to_be_visible()
    page.get_by_label("number input for Length").fill("10")
    press_and_wait(page, 20)
    expect(page.locator("#download")).to_be_enabled(timeout=30_000)
    page.locator("#weigh").click()
    pieces = page.locator("#weighed .weighed span")
    expect(pieces.nth(5)).to_be_visible()
    assert page.locator("#weighed .weighed").text_content() == story(page)
    assert "weighed against: " in pieces.nth(5).get_attribute("data-note")
    page.get_by_role("button", name="Write a story").click()
    expect(pieces).to_have_count(0)


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


def test_two_things_are_blended_in_a_film_strip(page):
    open_drawing(page)
    page.get_by_text("Blend two things").click()
    page.locator("#blend input, #blend textarea").first.fill("owl")
    page.locator("#strip").click()
    expect(page.locator("#draw-film")).to_be_enabled(timeout=30_000)
    with page.expect_download() as download:
        page.locator("#draw-film").click()
    with Image.open(download.value.path()) as film:
        assert film.format == "WEBP" and film.n_frames == 20


def test_variations_of_a_chosen_picture_are_drawn(page):
    open_drawing(page)
    press_draw(page)
    expect(page.locator("#draw-download")).to_be_enabled(timeout=30_000)
    before = page.locator("#draw-status").inner_text()
    expect(page.locator("#vary")).to_be_disabled()
    page.locator("#pictures img").nth(2).click()
    expect(page.locator("#vary")).to_be_enabled()
    page.keyboard.press("Escape")
    page.locator("#vary").click()
    expect(page.locator("#draw-status")).not_to_have_text(before, timeout=30_000)
    expect(page.locator("#draw-status")).to_contain_text("step 20 of 20", timeout=30_000)


def test_a_picture_given_is_begun_from(page, tmp_path):
    open_drawing(page)
    page.get_by_text("Begin from a picture").click()
    Image.new("RGB", (30, 50), "orange").save(tmp_path / "own.png")
    page.locator("#given input[type=file]").set_input_files(tmp_path / "own.png")
    expect(page.locator("#given img")).to_be_visible(timeout=10_000)
    press_draw(page)
    expect(page.locator("#draw-status")).to_contain_text("step 20 of 20", timeout=30_000)


def test_a_story_is_illustrated(page):
    press_and_wait(page, 20)
    expect(page.locator("#download")).to_be_enabled(timeout=60_000)
    page.locator("#illustrate").click()
    expect(page.locator("#illustrations img").first).to_be_visible(timeout=30_000)
    expect(page.locator("#illustrations")).to_contain_text("car")


def open_speaking(page) -> None:
    page.get_by_role("tab", name="Speak").click()
    expect(page.locator("#speak-text textarea")).to_be_visible()


def sound_length(page, player: str) -> float:
    """Seconds of the sound in a player, as the WAV file says that it offers."""
    link = page.locator(f"{player} a[download]").first
    expect(link).to_have_attribute("href", re.compile("resgen-speech-.*wav"), timeout=30_000)
    with soundfile.SoundFile(io.BytesIO(page.request.get(link.get_attribute("href")).body())) as file:
        return file.frames / file.samplerate


def test_one_press_speaks_and_the_sound_can_be_downloaded(page):
    open_speaking(page)
    page.get_by_role("button", name="Speak", exact=True).click()
    expect(page.locator("#speak-status")).to_contain_text("sentence 2 of 2", timeout=30_000)
    expect(page.locator("#speak-download")).to_be_enabled(timeout=10_000)
    expect(page.locator("#spectrogram img")).to_be_visible()
    expect(page.locator("#phonemes textarea")).to_have_value(re.compile("həlˈO!"))
    assert 2 < sound_length(page, "#sound") < 12
    with page.expect_download() as download:
        page.locator("#speak-download").click()
    with soundfile.SoundFile(download.value.path()) as file:
        settings = json.loads(file.comment)
    assert download.value.suggested_filename == f"resgen-speech-{settings['seed']}.wav"
    assert settings["text"].startswith("Hello!") and settings["voice"] == "heart"


def test_a_voice_that_is_chosen_introduces_itself_and_then_says_the_text(page):
    open_speaking(page)
    page.locator("#voice label").filter(has_text="George").click()
    expect(page.locator("#phonemes textarea")).to_have_value(re.compile("^həlˈQ, .*ʤˈɔːʤ"), timeout=30_000)
    expect(page.locator("#speak-download")).to_be_enabled(timeout=10_000)
    page.get_by_role("button", name="Speak", exact=True).click()
    expect(page.locator("#phonemes textarea")).to_have_value(re.compile("^həlˈQ!"), timeout=30_000)


def test_phonemes_can_be_changed_and_said(page):
    open_speaking(page)
    page.get_by_role("button", name="Speak", exact=True).click()
    expect(page.locator("#speak-download")).to_be_enabled(timeout=30_000)
    page.locator("#phonemes textarea").fill("həlˈO!\nɡʊdbˈI.")
    page.locator("#say-phonemes").click()
    expect(page.locator("#speak-status")).to_contain_text("sentence 2 of 2 · ", timeout=30_000)
    page.wait_for_timeout(500)
    expect(page.locator("#phonemes textarea")).to_have_value("həlˈO!\nɡʊdbˈI.")
    page.locator("#phonemes textarea").fill("жжж")
    page.locator("#say-phonemes").click()
    expect(page.get_by_text("These phonemes cannot be spoken: ж")).to_be_visible(timeout=10_000)


def test_words_are_shown_while_they_sound(page):
    open_speaking(page)
    page.locator("#speak-text textarea").fill("Supercalifragilistic words are fun.")
    page.get_by_role("button", name="Speak", exact=True).click()
    expect(page.locator("#sound")).to_contain_text("Supercalifragilistic", timeout=30_000)


def test_stop_stops_the_speaking_and_keeps_what_was_said(page):
    open_speaking(page)
    page.locator("#speak-text textarea").fill("The quick brown fox jumps over the lazy dog. " * 400)
    page.get_by_role("button", name="Speak", exact=True).click()
    expect(page.locator("#speak-status")).to_contain_text("of 400", timeout=30_000)
    page.get_by_role("button", name="Stop").locator("visible=true").click()
    expect(page.locator("#speak-download")).to_be_enabled(timeout=10_000)
    line = page.locator("#speak-status").inner_text()
    page.wait_for_timeout(1500)
    assert page.locator("#speak-status").inner_text() == line and "sentence 400" not in line
    with page.expect_download() as download:
        page.locator("#speak-download").click()
    assert soundfile.info(download.value.path()).duration > 2


def test_what_cannot_be_said_is_explained_on_the_page(page):
    open_speaking(page)
    page.locator("#speak-text textarea").fill("привет")
    page.get_by_role("button", name="Speak", exact=True).click()
    expect(page.get_by_text("This voice reads English")).to_be_visible(timeout=10_000)


def test_a_story_is_read_aloud(page):
    press_and_wait(page, 20)
    expect(page.locator("#download")).to_be_enabled(timeout=60_000)
    page.get_by_role("button", name="Read it aloud").click()
    assert sound_length(page, "#read-sound") > 1


def test_the_page_fits_a_phone_in_the_dark(browser, served):
    page = browser.new_page(viewport={"width": 375, "height": 800})
    page.goto(f"{served}?__theme=dark")
    expect(page.get_by_role("button", name="Write a story")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    for opened in (open_drawing, open_speaking):
        opened(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.get_by_role("tab", name="About").click()
    expect(page.get_by_text("How it writes")).to_be_visible()
    page.close()
