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
QUALITY = 35  # of WebP: small, and still readable
HIGHEST = 2600  # pixels that are kept of a long page


def shoot(page: Page, folder: Path, name: str) -> None:
    """The page as it is now, in all widths."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(300)
        picture = Image.open(io.BytesIO(page.screenshot(full_page=True, animations="disabled"))).convert("RGB")
        picture = picture.crop((0, 0, width, min(picture.height, HIGHEST)))
        picture.save(folder / f"{name}-{width}.webp", quality=QUALITY, method=6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("assets/screenshots"))
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    with served() as address, chromium() as browser:
        for language, theme in itertools.product(ASKED, THEMES):
            page = opened(browser, address, WIDTHS[-1], theme, language)
            for tab in TABS:
                to_tab(page, tab)
                shoot(page, folder, f"{tab}-before-{language}-{theme}")
                if tab in ROOMS:
                    made(page, tab, language)
                    shoot(page, folder, f"{tab}-after-{language}-{theme}")
            page.close()
            print(f"{language} {theme}")


if __name__ == "__main__":
    main()
