"""The Write tab in a real browser: a press writes, Stop stops, what was written can be kept, weighed, continued."""

from browsing import more_settings, one_run, press_and_wait, set_number, story
from playwright.sync_api import expect

from resgen.text.request import TextRequest
from resgen.ui.text_tab import DAYS


def test_before_there_is_a_story_nothing_is_weighed(page):
    page.locator("#weigh").click()
    expect(page.locator("main").get_by_text("Nothing is written yet")).to_be_visible()


def test_one_press_streams_a_story_that_can_be_downloaded(page, unhurried):
    set_number(page, "Length", 8)
    press_and_wait(page, 20)
    early = story(page)
    expect(page.locator("#download")).to_be_enabled()
    text = story(page)
    assert text.startswith(early[:10]) and len(text) > len(early)
    expect(page.locator("#status")).to_contain_text("tokens/s")
    with page.expect_download() as download:
        page.locator("#download").click()
    assert download.value.suggested_filename.startswith("resgen-text-")
    saved = download.value.path().read_text()
    assert saved.startswith("---\nmodel: ") and text.strip() in saved and "seed: " in saved


def test_stop_stops_and_keeps_what_was_written(page, unhurried):
    set_number(page, "Length", 200)
    with one_run(page, "write"):
        press_and_wait(page, 20)
        page.get_by_role("button", name="Stop").click()
    expect(page.locator("#download")).to_be_enabled()
    stopped = story(page)
    page.wait_for_timeout(700)  # longer than the writer rests after each result
    assert story(page) == stopped and len(stopped) > 20


def test_stop_stops_only_the_visitor_who_pressed_it_and_only_then(page, browser, served, unhurried):
    set_number(page, "Length", 200)
    other = browser.new_page()
    other.goto(served)
    others_stop = other.get_by_role("button", name="Stop")
    expect(others_stop).to_be_visible()
    page.get_by_role("button", name="Stop").click()  # nothing runs: this must not stop what comes
    press_and_wait(page, 20)
    others_stop.click()
    other.wait_for_timeout(500)
    other.close()
    so_far = len(story(page))
    longer = "n => document.querySelector('#story textarea').value.length > n + 30"
    page.wait_for_function(longer, arg=so_far)
    page.get_by_role("button", name="Stop").click()


def test_the_seed_can_be_kept(page):
    set_number(page, "Length", 20)
    press_and_wait(page, 20)
    expect(page.locator("#download")).to_be_enabled()
    first = story(page)
    more_settings(page, "Variants")
    page.locator("#keep").click()
    expect(page.locator("#seed input")).not_to_have_value("-1")
    with one_run(page, "write"):
        page.get_by_role("button", name="Write a story").click()
    assert story(page) == first
    page.locator("#seed input").fill("-1")


def test_a_story_can_be_continued(page):
    set_number(page, "Length", 20)
    press_and_wait(page, 20)
    expect(page.locator("#download")).to_be_enabled()
    first = story(page)
    page.locator("#continue").click()
    page.wait_for_function("n => document.querySelector('#story textarea').value.length > n + 20", arg=len(first))
    assert story(page).startswith(first)


def test_a_story_that_is_over_goes_on_with_another_day(page):
    set_number(page, "Length", TextRequest().words)
    press_and_wait(page, 20)
    expect(page.locator("#status")).to_contain_text("the end")
    before = story(page)
    page.locator("#continue").click()
    longer = "s => document.querySelector('#story textarea').value.startsWith(s)"
    page.wait_for_function(longer, arg=f"{before}\n{DAYS[0]} ")


def test_one_of_several_variants_can_be_chosen(page):
    set_number(page, "Length", 20)
    more_settings(page, "Variants")
    set_number(page, "Variants", 3)
    press_and_wait(page, 20)
    choices = page.locator("#variant label")
    expect(choices).to_have_count(3)
    texts = [story(page)]
    for number in (1, 2):
        choices.nth(number).click()
        page.wait_for_function("s => document.querySelector('#story textarea').value != s", arg=texts[-1])
        texts.append(story(page))
    assert len(set(texts)) == 3
    with page.expect_download() as download:
        page.locator("#download").click()
    assert texts[2] in download.value.path().read_text()
    set_number(page, "Variants", 1)


def test_words_are_coloured_on_demand_with_what_else_was_weighed(page):
    set_number(page, "Length", 10)
    press_and_wait(page, 20)
    expect(page.locator("#download")).to_be_enabled()
    page.locator("#weigh").click()
    pieces = page.locator("#weighed .weighed span")
    expect(pieces.nth(5)).to_be_visible()
    assert page.locator("#weighed .weighed").text_content() == story(page)
    assert any("weighed against: " in piece.get_attribute("data-note") for piece in pieces.all())
    page.get_by_role("button", name="Write a story").click()
    expect(page.locator("#weighed")).to_be_hidden()


def test_bad_input_is_explained_on_the_page(page):
    page.locator("#topic textarea, #topic input").first.fill("a,b,c,d,e,f,g,h,i")
    page.get_by_role("button", name="Write a story").click()
    expect(page.locator("main").get_by_text("at most 8 are possible")).to_be_visible()
