"""The page for everybody, in a real browser: by keyboard, by screen reader, in both themes and both languages."""

import re

import pytest
from browsing import one_run, open_drawing, story
from playwright.sync_api import expect

ROOMS = ("Write", "Draw", "Speak", "About")
GRAVE = ("serious", "critical")


def opened(browser, served: str, address: str = ""):
    page = browser.new_page(viewport={"width": 1366, "height": 900})
    page.set_default_timeout(60_000)
    page.goto(f"{served}{address}")
    expect(page.locator("#write")).to_be_visible()
    return page


@pytest.fixture(scope="module")
def visit(browser, served):
    """One English page for all tests of this file."""
    page = opened(browser, served)
    yield page
    page.close()


@pytest.fixture
def page(visit):
    visit.get_by_role("tab", name="Write").click()
    return visit


def faults(page) -> list[tuple[str, str]]:
    """What axe-core finds serious or critical: rule, and the first element."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page).response["violations"]
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in found if each["impact"] in GRAVE]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_any_room_before_a_press_and_after(browser, served, theme):
    page = opened(browser, served, f"?__theme={theme}")
    for room in ROOMS:
        page.get_by_role("tab", name=room).click()
        page.wait_for_timeout(500)
        assert faults(page) == [], (theme, room)
    page.get_by_role("tab", name="Write").click()
    page.get_by_label("number input for Length").fill("5")
    for press in ("#write", "#weigh", "#read", "#illustrate"):
        with one_run(page, "write"):
            page.locator(press).click()
    assert faults(page) == [], theme
    for room in ("draw", "speak"):
        page.get_by_role("tab", name=room.title()).click()
        with one_run(page, room):
            page.locator(f"#{room}").click()
        assert faults(page) == [], (theme, room)
    page.close()


def test_ctrl_enter_runs_from_any_box_and_escape_stops(page, unhurried):
    page.get_by_label("number input for Length").fill("300")
    page.locator("#prompt textarea").press("Control+Enter")
    expect(page.locator("#write")).to_have_class(re.compile("running"))
    page.wait_for_function("document.querySelector('#story textarea').value.length > 20")
    page.locator("#prompt textarea").press("Escape")
    expect(page.locator("#write")).not_to_have_class(re.compile("running"), timeout=10_000)
    expect(page.locator("#download")).to_be_enabled()


def test_a_finished_story_is_spoken_and_can_be_reached(page):
    page.get_by_label("number input for Length").fill("5")
    with one_run(page, "write"):
        page.locator("#write").click()
    expect(page.locator("#announcer[role=status]")).to_contain_text(story(page)[:40])
    box = page.get_by_role("textbox", name="Story")
    expect(box).to_be_editable(editable=False)
    box.focus()
    expect(box).to_be_focused()


def test_words_are_weighed_whole_and_read_by_arrow_keys(page):
    page.get_by_label("number input for Length").fill("5")
    for press in ("#write", "#weigh"):
        with one_run(page, "write"):
            page.locator(press).click()
    words = page.locator("#weighed .weighed span")
    expect(words.nth(1)).to_be_visible()
    assert [word.strip() for word in words.all_text_contents()] == story(page).split()
    words.first.focus()
    page.keyboard.press("ArrowRight")
    expect(words.nth(1)).to_be_focused()
    expect(page.locator("#announcer")).to_contain_text(words.nth(1).get_attribute("data-note")[:20])
    assert page.locator("#weighed [tabindex='0']").count() == 1


def test_words_that_name_something_are_marked(page):
    page.get_by_label("number input for Length").fill("30")
    for press in ("#write", "#mark"):
        with one_run(page, "write"):
            page.locator(press).click()
    expect(page.locator("#marked")).to_contain_text("people")
    expect(page.locator("#marked")).to_contain_text(story(page).split()[-1].rstrip('.!?"'))


def test_choices_are_a_group_that_arrow_keys_go_through(page):
    open_drawing(page)
    group = page.get_by_role("radiogroup", name="Style")
    group.get_by_role("radio", name="noto").focus()
    page.keyboard.press("ArrowRight")
    expect(group.get_by_role("radio", name="twemoji")).to_be_checked()


def test_pictures_tell_what_was_asked_and_in_which_style(page):
    open_drawing(page)
    with one_run(page, "draw"):
        page.locator("#draw").click()
    texts = [image.get_attribute("alt") for image in page.locator("#pictures img").all()]
    assert len(texts) == 8 and all(text.startswith("red car, in the style ") for text in texts)


def test_what_has_the_focus_is_seen_and_nothing_moves_for_those_who_ask(page):
    page.emulate_media(reduced_motion="reduce")
    page.locator("#topic textarea, #topic input").first.focus()
    page.keyboard.press("Tab")
    outline = (
        "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth"
    )
    assert page.evaluate(outline) == "solid3px"
    assert page.evaluate("getComputedStyle(document.querySelector('#write')).transitionDuration") in ("0s", "1e-05s")


def test_the_page_speaks_chinese_to_who_asks_and_remembers_it(browser, served):
    page = opened(browser, served, "?lang=zh")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    for name in ("写作", "绘画", "说话", "关于"):
        expect(page.get_by_role("tab", name=name)).to_be_visible()
    expect(page.locator("#write")).to_have_text("写一个故事")
    page.locator("#topic textarea, #topic input").first.fill("a,b,c,d,e,f,g,h,i")
    with one_run(page, "write"):
        page.locator("#write").click()
    expect(page.locator("#status")).to_contain_text(re.compile("最多"))
    page.goto(served)
    expect(page.locator("#write")).to_have_text("写一个故事")
    page.get_by_role("link", name="English").click()
    expect(page.locator("#write")).to_have_text("Write a story")
    page.close()


def test_a_browser_in_chinese_gets_the_page_in_chinese(browser, served):
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(served)
    expect(page.locator("#write")).to_have_text("写一个故事")
    page.get_by_role("tab", name="绘画").click()
    page.locator("#draw-prompt input").fill("жжж")
    with one_run(page, "draw"):
        page.locator("#draw").click()
    expect(page.locator("#draw-status")).to_contain_text("里没有能画的词")
    page.close()
