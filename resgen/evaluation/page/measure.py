"""`python -m resgen.evaluation.page.measure`: what a visitor of the page waits for and stumbles over, as JSON.

- seconds from a press to the first result that is seen, in each room: the median of `--presses`, after one to warm up;
- layout shift while the page loads (Cumulative Layout Shift, web.dev);
- what axe-core finds, by impact, in both themes, before and after a press, in all tabs together.
"""

import argparse
import json
import statistics
from collections import Counter

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from resgen.evaluation.page.browser import ROOMS, TABS, THEMES, chromium, made, opened, served, to_tab

SHIFTS = """window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(
    each => window.shift += each.hadRecentInput ? 0 : each.value)).observe({type: "layout-shift", buffered: true})"""
# What is there once there is a result; a press takes away what is of the last one.
RESULT = {
    "write": "document.querySelector('#story textarea').value",
    "draw": "document.querySelector('#pictures img')?.naturalWidth",
    "speak": "document.querySelector('#spectrogram img')?.naturalWidth",
}
WAIT = """([room, result]) => new Promise(done => {
    const seen = new Function(`return Boolean(${result})`);
    let gone = !seen();
    const began = performance.now();
    document.getElementById(room).click();
    const look = () => {
        gone ||= !seen();
        if (gone && seen()) done((performance.now() - began) / 1000);
        else requestAnimationFrame(look);
    };
    look();
})"""


def seconds_to_result(page: Page, room: str, presses: int) -> float:
    """Median of the seconds from a press to the first frame with a result."""
    taken = []
    if room == "write":  # its length makes no difference to when it begins
        page.get_by_label("number input for Length").fill("20")
    for _ in range(presses + 1):
        before = page.evaluate("room => resgen.ended[room] ?? 0", room)
        taken.append(page.evaluate(WAIT, [room, RESULT[room]]))
        page.wait_for_function("([room, before]) => (resgen.ended[room] ?? 0) > before", arg=[room, before])
        page.wait_for_timeout(300)
    return statistics.median(taken[1:])


def faults(page: Page, tab: str) -> Counter:
    """What axe-core finds on a tab: impact and rule -> places."""
    to_tab(page, tab)
    found = Axe().run(page).response["violations"]
    return Counter({f"{each['impact']}: {each['id']}": len(each["nodes"]) for each in found})


def accessibility(browser: Browser, address: str, theme: str) -> dict[str, dict]:
    page = opened(browser, address, 1366, theme, "en")
    before: Counter = sum((faults(page, tab) for tab in TABS), Counter())
    after: Counter = Counter()
    for room in ROOMS:
        made(page, room, "en")
        after += faults(page, room)
    page.close()
    return {"before": dict(before), "after": dict(after)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presses", type=int, default=5)
    parser.add_argument("--only", choices=("waits", "shift", "axe"), help="measure one of the three")
    asked = parser.parse_args()
    figures: dict = {}
    with served() as address, chromium() as browser:
        if asked.only in (None, "waits"):
            page = opened(browser, address, 1366, "light", "en")
            figures["seconds to the first result"] = {}
            for room in ROOMS:
                to_tab(page, room)
                waited = seconds_to_result(page, room, asked.presses)
                figures["seconds to the first result"][room] = round(waited, 2)
            page.close()
        if asked.only in (None, "shift"):
            page = opened(browser, address, 1366, "light", "en", SHIFTS)
            figures["layout shift"] = round(page.evaluate("window.shift"), 4)
            page.close()
        if asked.only in (None, "axe"):
            figures["axe"] = {theme: accessibility(browser, address, theme) for theme in THEMES}
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
