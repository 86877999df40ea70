"""What the page's document has in its head before Gradio builds the page in it. Used by the guard, which puts it there:
what Gradio (6.31) is given as `head` comes only with the page, too late to choose its language or its look.
"""

import re
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path

from resgen.ui import i18n

SCRIPTS = ("page.js", "accessible.js", "memory.js", "files.js", "results.js", "typing.js")
# The sentences that they say.
SAID = re.findall(
    r"\w+",
    """
    STORY SPECTROGRAM_ALT ENLARGE SUBTITLES HELLO A_STORY NUMBERS TONGUE_TWISTER OWN_SOUND SURPRISE_ALT NO_SUCH_TAB
    NOTHING_YET LINK_COPIED LINK_WITHOUT_PICTURE LINK_NOT_COPIED LINK_TOO_LONG FILE_HELP FILE_CHOOSE FILE_RESTORED
    FILE_WITHOUT HISTORY HISTORY_HELP HISTORY_CLEAR
""",
)
# The page is seen once it is put together, rather than while its parts still push each other about.
_HIDDEN = """gradio-app, gradio-app * { visibility: hidden !important; }
body::before { content: "resgen …"; position: fixed; inset: 0; display: grid; place-items: center; color: gray;
  font: 1.2rem system-ui, sans-serif; }"""


@cache
def head() -> bytes:
    """Style and script, as HTML."""
    scripts = [Path(__file__).with_name(name).read_text(encoding="utf-8") for name in SCRIPTS]
    said = i18n.for_browser(*SAID).replace("<", "\\u003c")
    return f'<style id="unready">{_HIDDEN}</style><script>const WORDS = {said};{"".join(scripts)}</script>'.encode()


def with_head(scope: dict, send: Callable) -> Callable[[dict], Awaitable[None]]:
    """Sends a document with `head` in it. The request must not ask for a compressed one."""
    scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
    start: dict = {}
    parts: list[bytes] = []

    async def sent(message: dict) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
            return
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            body = b"".join(parts).replace(b"<head>", b"<head>" + head(), 1)
            kept = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
            await send(start | {"headers": [*kept, (b"content-length", str(len(body)).encode())]})
            await send(message | {"body": body})

    return sent
