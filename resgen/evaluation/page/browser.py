"""The page, served by a process of its own, in Debian's Chromium. Used by `resgen.evaluation.page.screenshots` and
`resgen.evaluation.page.measure`; needs requirements-dev.txt.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, sync_playwright

ROOMS = ("write", "draw", "speak")
TABS = (*ROOMS, "about")
THEMES = ("light", "dark")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PATIENCE = 120_000  # milliseconds that anything may take
# What is asked for, of each language; the same seed shows the same.
ASKED: dict[str, dict[str, dict]] = {
    "en": {
        "write": {"topic": "car, rain, friend", "words": 60, "seed": 3},
        "draw": {"prompt": "red car", "seed": 3},
        "speak": {"text": "Hello! I am a small residual network, and I have just learned to speak.", "seed": 3},
    },
    "zh": {
        "write": {"topic": "汽车，雨，朋友", "words": 60, "seed": 3},
        "draw": {"prompt": "紫色的猫", "seed": 3},
        "speak": {"text": "Hello! I am a small residual network, and I have just learned to speak.", "seed": 3},
    },
}


@contextlib.contextmanager
def served() -> Iterator[str]:
    """While this is open, `resgen serve` runs; its address."""
    with tempfile.TemporaryDirectory() as folder:
        variables = os.environ | {"GRADIO_TEMP_DIR": folder, "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "resgen", "serve"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=variables)
        try:
            assert server.stdout is not None
            address = next((line.split()[-1] for line in server.stdout if "http" in line), None)
            if address is None:
                raise SystemExit("The page could not be served.")
            yield address
        finally:
            server.terminate()
            server.wait(30)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """While this is open, a browser runs."""
    path = shutil.which("chromium")
    if path is None:
        raise SystemExit("chromium is not installed.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def opened(browser: Browser, address: str, width: int, theme: str, language: str, script: str = "") -> Page:
    """The page, ready, as a new visitor sees it.

    Args:
        width: of the window, in pixels.
        script: runs before the page does.
    """
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_default_timeout(PATIENCE)
    if script:
        page.add_init_script(script)
    page.goto(f"{address}?lang={language}&__theme={theme}")
    page.wait_for_function("document.getElementById('write') && !document.getElementById('unready')")
    page.wait_for_timeout(1000)
    return page


def to_tab(page: Page, tab: str) -> None:
    page.locator(f"#tab-{tab}-button").click()
    page.locator(f"#{tab}" if tab in ROOMS else "#models").wait_for()
    page.wait_for_timeout(500)


def made(page: Page, room: str, language: str) -> None:
    """Has a room make what is asked for, to its end."""
    before = page.evaluate("room => resgen.ended[room] ?? 0", room)
    page.evaluate("([room, asked]) => resgen.restore(room, asked, {run: true})", [room, ASKED[language][room]])
    page.wait_for_function("([room, before]) => (resgen.ended[room] ?? 0) > before", arg=[room, before])
    page.wait_for_timeout(700)
