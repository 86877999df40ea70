"""What the browser tests do over and over."""

import contextlib
import re

from playwright.sync_api import expect


def story(page) -> str:
    return page.locator("#story textarea").input_value()


def set_number(page, name: str, value: int) -> None:
    page.get_by_label(f"number input for {name}").locator("visible=true").fill(str(value))


def more_settings(page, name: str) -> None:
    """Show the settings among which is a number of that name, if they are not shown."""
    if not page.get_by_label(f"number input for {name}").locator("visible=true").count():
        page.get_by_text("More settings").locator("visible=true").click()


def press_and_wait(page, characters: int) -> None:
    """Begins a story; ends when that many characters of it are shown."""
    before = story(page)
    page.get_by_role("button", name="Write a story").click()
    page.wait_for_function(
        """([before, n]) => {
            const text = document.querySelector("#story textarea").value;
            return text !== before && text.length > n;
        }""",
        arg=[before, characters],
    )


def open_drawing(page) -> None:
    page.get_by_role("tab", name="Draw").click()
    expect(page.locator("#draw-prompt input")).to_be_visible()


def open_speaking(page) -> None:
    page.get_by_role("tab", name="Speak").click()
    expect(page.locator("#speak-text textarea")).to_be_visible()


@contextlib.contextmanager
def one_run(page, room: str):
    """Begins before a press that starts a run of a room, ends when that run, the room's last, has ended."""
    before = page.evaluate("room => resgen.ended[room] ?? 0", room)
    yield
    page.wait_for_function("([room, before]) => (resgen.ended[room] ?? 0) > before", arg=[room, before])
    expect(page.locator(f"#{room}")).not_to_have_class(re.compile("running"))
