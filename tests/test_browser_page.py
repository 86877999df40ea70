"""The whole page in a real browser: nothing cut off, nothing of before, nothing that jumps, in all rooms and widths."""

import re

import pytest
from browsing import one_run, open_drawing, open_speaking, story
from playwright.sync_api import expect

SHIFTS = """window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(
    each => window.shift += each.hadRecentInput ? 0 : each.value)).observe({type: "layout-shift", buffered: true})"""
WIDTHS = (360, 375, 768, 1366, 1920)


@pytest.fixture(scope="module")
def visit(browser, served):
    """One page for all tests of this file; it must log no error."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.set_default_timeout(60_000)
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(SHIFTS)
    page.goto(served)
    expect(page.get_by_role("button", name="Write a story")).to_be_visible()
    page.wait_for_timeout(1000)
    yield page
    page.close()
    assert errors == []


@pytest.fixture
def page(visit):
    """The page as a laptop shows it, with the first tab open."""
    visit.set_viewport_size({"width": 1366, "height": 768})
    visit.get_by_role("tab", name="Write").click()
    return visit


def is_whole(page, images: str) -> bool:
    """Whether all pictures lie within all that could cut them off."""
    return page.evaluate(
        """images => [...document.querySelectorAll(images)].every(image => {
            const inner = image.getBoundingClientRect();
            for (let box = image.parentElement; box; box = box.parentElement) {
                const outer = box.getBoundingClientRect(), style = getComputedStyle(box);
                const cuts = style.overflowX !== "visible" || style.overflowY !== "visible";
                if (cuts && (inner.bottom > outer.bottom + 1 || inner.right > outer.right + 1)) return false;
            }
            return inner.height > 20;
        })""",
        images,
    )


def set_words(page, words: int) -> None:
    page.get_by_label("number input for Length").fill(str(words))


def write(page, topic: str, words: int) -> None:
    """A story to its end."""
    page.locator("#topic textarea, #topic input").first.fill(topic)
    set_words(page, words)
    with one_run(page, "write"):
        page.locator("#write").click()


def test_what_loads_does_not_push_other_things_about(page):
    assert page.evaluate("window.shift") <= 0.1


def test_all_rooms_have_one_width_and_none_is_wider_than_the_screen(page):
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 768})
        widths = set()
        for name in ("Write", "Draw", "Speak", "About"):
            page.get_by_role("tab", name=name).click()
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
            widths.add(page.evaluate("document.querySelector('main').getBoundingClientRect().width"))
        assert len(widths) == 1, width


def test_pictures_are_shown_whole_at_every_width(page):
    write(page, "car, owl", 10)
    page.locator("#illustrate").click()
    expect(page.locator("#illustrate-pictures img").nth(1)).to_be_visible()
    open_drawing(page)
    page.locator("#draw").click()
    expect(page.locator("#pictures img")).to_have_count(8)
    expect(page.locator("#draw-download")).to_be_enabled()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 768})
        for room, images in (("Write", "#illustrate-pictures img"), ("Draw", "#pictures img")):
            page.get_by_role("tab", name=room).click()
            page.wait_for_timeout(200)
            assert is_whole(page, images), (images, width)


def test_a_press_during_a_run_starts_the_new_one_and_shows_only_its_results(page, unhurried):
    open_drawing(page)
    for prompt in ("owl", "teapot"):
        page.locator("#draw-prompt input").fill(prompt)
        page.locator("#draw").click()
        expect(page.locator("#pictures img").first).to_be_visible()
    page.locator("#draw-prompt input").fill("red car")
    page.locator("#draw").click()  # at once
    expect(page.locator("#draw-download")).to_be_enabled()
    with page.expect_download() as download:
        page.locator("#draw-download").click()
    assert '"prompt": "red car"' in download.value.path().read_bytes().decode("latin-1")
    assert "red car" in page.locator("#pictures").inner_html() or page.locator("#pictures img").count() == 8


def test_a_story_begun_during_another_takes_its_place(page, unhurried):
    for beginning in ("Once there was an owl", "A robot sat"):
        page.locator("#prompt textarea").fill(beginning)
        set_words(page, 15)
        page.locator("#write").click()
        page.wait_for_function("s => document.querySelector('#story textarea').value.startsWith(s)", arg=beginning)
    expect(page.locator("#download")).to_be_enabled()
    assert story(page).startswith("A robot sat")
    page.locator("#prompt textarea").fill("")


def test_what_is_of_the_last_story_goes_when_another_begins(page, unhurried):
    write(page, "car", 5)
    page.locator("#weigh").click()
    expect(page.locator("#weighed .weighed")).to_be_visible()
    page.locator("#illustrate").click()
    expect(page.locator("#illustrate-pictures img")).to_have_count(1)
    page.get_by_role("button", name="Read it aloud").click()
    expect(page.locator("#read-sound a[download]").first).to_be_attached()
    set_words(page, 200)
    page.locator("#write").click()
    expect(page.locator("#write")).to_have_class(re.compile("running"))
    for gone in ("#weighed", "#illustrate-pictures"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator("#read-sound a[download]")).to_have_count(0)
    expect(page.locator("#download")).to_be_disabled()
    page.locator("#stop").click()
    expect(page.locator("#download")).to_be_enabled()


def test_what_is_of_the_last_pictures_and_the_last_sound_goes_too(page, unhurried):
    open_drawing(page)
    page.locator("#draw").click()
    expect(page.locator("#draw-film")).to_be_enabled()
    page.locator("#draw").click()
    for file in ("#draw-download", "#draw-film", "#vary"):
        expect(page.locator(file)).to_be_disabled()
    page.locator("#draw-stop").click()
    open_speaking(page)
    page.locator("#speak").click()
    expect(page.locator("#speak-download")).to_be_enabled()
    page.locator("#speak-text textarea").fill("The quick brown fox jumps over the lazy dog. " * 50)
    page.locator("#speak").click()
    expect(page.locator("#speak-download")).to_be_disabled()
    page.locator("#speak-stop").click()
    expect(page.locator("#speak-download")).to_be_enabled()


@pytest.mark.parametrize("room", ["Write", "Draw", "Speak"])
def test_on_a_phone_a_press_shows_its_result_and_its_progress(page, room):
    page.set_viewport_size({"width": 375, "height": 700})
    page.get_by_role("tab", name=room).click()
    name = room.lower()
    with one_run(page, name):
        page.locator(f"#{name}").click()
        expect(page.locator(f"#{name}-result")).to_be_in_viewport()
    expect(page.locator(f"#{name}-result")).to_be_in_viewport()


def test_on_a_phone_the_buttons_under_a_story_are_two_rows(page):
    page.set_viewport_size({"width": 375, "height": 700})
    tops = {
        round(page.locator(f"#{name}").bounding_box()["y"])
        for name in ("continue", "keep", "download", "read", "illustrate", "weigh")
    }
    assert len(tops) == 2


def test_an_error_is_told_once_beside_the_button_and_leaves_no_old_result(page):
    write(page, "car", 5)
    page.locator("#topic textarea, #topic input").first.fill("a,b,c,d,e,f,g,h,i")
    page.locator("#write").click()
    expect(page.locator("#status")).to_contain_text("at most 8 are possible")
    expect(page.locator("main").get_by_text("at most 8 are possible")).to_have_count(1)
    assert story(page) == "" and page.get_by_text("Error").count() == 0
    page.locator("#topic textarea, #topic input").first.fill("car")


def test_a_click_on_an_example_acts_at_once(page):
    page.get_by_role("button", name="owl, moon").click()
    expect(page.locator("#download")).to_be_enabled()
    assert "owl" in story(page) or "moon" in story(page)
    open_drawing(page)
    page.get_by_role("button", name="black rose").click()
    expect(page.locator("#draw-download")).to_be_enabled()
    open_speaking(page)
    page.get_by_role("button", name="Numbers").click()
    expect(page.locator("#speak-status")).to_contain_text("of 1 ·")


def test_an_upload_that_is_no_picture_is_told_what_would_be_readable(page, tmp_path):
    open_drawing(page)
    page.get_by_text("Begin from a picture").click()
    (tmp_path / "own.png").write_text("Hello.")
    page.locator("#given input[type=file]").set_input_files(tmp_path / "own.png")
    page.wait_for_timeout(500)
    page.locator("#draw").click()
    expect(page.locator("#draw-status")).to_contain_text("PNG, JPEG, WebP, GIF and BMP can be read")
    assert page.get_by_text("Error").count() == 0
