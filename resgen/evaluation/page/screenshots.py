"""`python -m resgen.evaluation.page.screenshots`: every tab, light and dark, on a phone and a laptop, in both
languages, before and after a press, as assets/screenshots/TAB-WHEN-LANGUAGE-THEME-WIDTH.webp.
"""

import argparse
import io
import itertools
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from resgen.evaluation.page.browser import ASKED, ROOMS, TABS, THEMES, chromium, made, opened, served, to_tab

WIDTHS = (375, 1366)
QUALITY = 50  # of WebP: small, and still readable


def shoot(page: Page, path: Path) -> None:
    """The whole page as it is now."""
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True, animations="disabled")))
    picture.convert("RGB").save(path, quality=QUALITY, method=6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("assets/screenshots"))
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    with served() as address, chromium() as browser:
        for language, theme, width in itertools.product(ASKED, THEMES, WIDTHS):
            page = opened(browser, address, width, theme, language)
            for tab in TABS:
                to_tab(page, tab)
                shoot(page, folder / f"{tab}-before-{language}-{theme}-{width}.webp")
                if tab in ROOMS:
                    made(page, tab, language)
                    shoot(page, folder / f"{tab}-after-{language}-{theme}-{width}.webp")
            page.close()
            print(f"{language} {theme} {width}")


if __name__ == "__main__":
    main()
