"""The Draw tab in a real browser: a press draws, Stop stops, pictures are blended, varied, begun from others."""

import io
import json

from browsing import more_settings, one_run, open_drawing, press_and_wait, set_number
from PIL import Image
from playwright.sync_api import expect

from resgen.image.request import ImageRequest

STEPS = ImageRequest().steps
FINISHED = f"step {STEPS} of {STEPS}"


def press_draw(page) -> None:
    page.locator("#draw-prompt input").fill("red car")
    page.get_by_role("button", name="Draw", exact=True).click()


def draw(page) -> None:
    """Red cars to the end."""
    with one_run(page, "draw"):
        press_draw(page)
    expect(page.locator("#draw-status")).to_contain_text(FINISHED)


def test_one_press_draws_pictures_that_know_their_settings(page):
    open_drawing(page)
    draw(page)
    expect(page.locator("#pictures img")).to_have_count(8)
    source = page.locator("#pictures img").first.get_attribute("src")
    picture = Image.open(io.BytesIO(page.request.get(source).body()))
    assert picture.format == "PNG" and picture.size == (256, 256)
    settings = json.loads(picture.text["resgen"])
    assert settings["prompt"] == "red car" and settings["count"] == 1
    expect(page.locator("#draw-download")).to_be_enabled()
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
    expect(page.locator("#draw-status")).to_contain_text("Read so: elefant as elephant")
    expect(page.locator("#draw-status")).to_contain_text(FINISHED)
    prompt.fill("жжж")
    prompt.press("Enter")
    expect(page.locator("main").get_by_text("Name a thing in English or Chinese")).to_be_visible()


def test_stop_stops_the_drawing(page, unhurried):
    open_drawing(page)
    more_settings(page, "Pictures")
    set_number(page, "Pictures", 32)
    with one_run(page, "draw"):
        press_draw(page)
        expect(page.locator("#pictures img")).to_have_count(32)
        page.get_by_role("button", name="Stop").locator("visible=true").click()
    expect(page.locator("#draw-download")).to_be_enabled()
    line = page.locator("#draw-status").inner_text()
    page.wait_for_timeout(1000)  # longer than a step and the rest after it
    assert page.locator("#draw-status").inner_text() == line and FINISHED not in line
    set_number(page, "Pictures", 8)


def test_two_things_are_blended_in_a_film_strip(page):
    open_drawing(page)
    page.get_by_text("Blend two things").click()
    page.locator("#blend input, #blend textarea").first.fill("owl")
    with one_run(page, "draw"):
        page.locator("#strip").click()
    expect(page.locator("#draw-film")).to_be_enabled()
    with page.expect_download() as download:
        page.locator("#draw-film").click()
    with Image.open(download.value.path()) as film:
        assert film.format == "WEBP" and film.n_frames == STEPS
    page.locator("#blend input, #blend textarea").first.fill("")


def test_variations_of_a_chosen_picture_are_drawn(page):
    open_drawing(page)
    draw(page)
    before = page.locator("#draw-status").inner_text()
    expect(page.locator("#vary")).to_be_disabled()
    page.locator("#pictures img").nth(2).click()
    expect(page.locator("#vary")).to_be_enabled()
    page.keyboard.press("Escape")
    page.locator("#vary").click()
    expect(page.locator("#draw-status")).not_to_have_text(before)
    expect(page.locator("#draw-status")).to_contain_text(FINISHED)


def test_a_picture_given_is_begun_from(page, tmp_path):
    open_drawing(page)
    page.get_by_text("Begin from a picture").click()
    Image.new("RGB", (30, 50), "orange").save(tmp_path / "own.png")
    page.locator("#given input[type=file]").set_input_files(tmp_path / "own.png")
    expect(page.locator("#given img")).to_be_visible()
    draw(page)


def test_a_story_is_illustrated(page):
    set_number(page, "Length", 20)
    press_and_wait(page, 20)
    expect(page.locator("#download")).to_be_enabled()
    page.locator("#illustrate").click()
    expect(page.locator("#illustrate-pictures img").first).to_be_visible()
    expect(page.locator("#illustrate-pictures")).to_contain_text("car")
