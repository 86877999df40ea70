"""The whole page in a real browser, as small and as dark as a phone shows it."""

from browsing import open_drawing, open_speaking
from playwright.sync_api import expect


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
