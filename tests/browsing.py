"""What the browser tests do over and over."""

import contextlib
import re

from playwright.sync_api import expect


def story(page) -> str:
    return page.locator("#story textarea").input_value()


def press_and_wait(page, characters: int) -> None:
    page.get_by_role("button", name="Write a story").click()
    page.wait_for_function("n => document.querySelector('#story textarea').value.length > n", arg=characters)


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
