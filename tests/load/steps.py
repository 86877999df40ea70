"""How long nobody else gets a turn: the longest requests of every kind at once, in a page of this process.

    python tests/load/steps.py [SECONDS] [KIND ...]

Prints JSON: of each kind how many stretches of work there were without a moment at which another request could go on,
their median, 95th percentile and longest in milliseconds, the most of the CPU's time that one took, and the share of
their time that lay in those over 100 ms; where the longest ended; and how late the server's own loop was, which serves
all connections. The first third of the time does not count: a process's first request of a kind takes longer.
"""

import collections
import io
import json
import os
import sys
import threading
import time
import traceback
import urllib.request
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

LONG = 0.1  # seconds
SENTENCE = "Tom and his dog went to the lake in the rain, and the old car would not start. "
ENDLESS = "word and " * 2200  # no sentence ends in it
WRITE = {"topic": "car, rain", "seed": 1}
DRAW = {"prompt": "red car", "seed": 1, "count": 64, "steps": 4, "size": 256}
# Requests of the endpoints, each as much as a visitor can ask for in one way or another.
ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "write": ("write", WRITE | {"prompt": "Once", "words": 300}),
    "write 8 variants": ("write", WRITE | {"prompt": "Once", "words": 1500, "variants": 8}),
    "write on from 20,000 characters": ("write", WRITE | {"prompt": (SENTENCE * 300)[:20_000], "words": 20}),
    "draw 64": ("draw", DRAW | {"style": "mix"}),
    "draw from a picture": ("draw", DRAW | {"style": "noto", "count": 1}),
    "draw 64 photographs": ("draw", DRAW | {"prompt": "car", "style": "photo"}),
    "speak a sentence": ("speak", {"text": SENTENCE, "seed": 1}),
    "speak without a full stop": ("speak", {"text": ENDLESS[:2000], "seed": 1, "speed": 0.5}),
    "speak 20,000 characters": ("speak", {"text": (SENTENCE * 300)[:20_000], "seed": 1}),
    "tag 20,000 characters": ("tag", {"text": (SENTENCE * 300)[:20_000]}),
    "tag 20,000 words": ("tag", {"text": " ".join("abcdefghij"[i % 10] for i in range(10_000))}),
}
# Presses of the page: the button, and values of other components, by their `elem_id`.
PRESSED: dict[str, tuple[str, dict[str, Any]]] = {
    "page: write": ("write", {"topic": "car, rain", "prompt": "Once"}),
    "page: draw": ("draw", {"draw-prompt": "red car"}),
    "page: speak": ("speak", {"speak-text": SENTENCE * 20}),
    "page: mark": ("mark-own", {"mark-text": (SENTENCE * 300)[:20_000]}),
    "page: read aloud": ("read", {"story": SENTENCE * 20}),
    "page: illustrate": ("illustrate", {"story": SENTENCE * 20}),
}


def picture() -> str:
    """One to begin from, as a data: address."""
    import base64

    from PIL import Image

    memory = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(memory, "PNG")
    return "data:image/png;base64," + base64.b64encode(memory.getvalue()).decode()


class Seen:
    """Stretches of work of one kind of request: seconds, of the clock and of the CPU, and where the longest ended."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.busy: list[float] = []
        self.longest, self.where = 0.0, ""

    def add(self, seconds: float, busy: float) -> None:
        self.seconds.append(seconds)
        self.busy.append(busy)
        if busy > max(LONG / 4, self.longest):
            frames = [
                f"{Path(f.filename).name}:{f.lineno}" for f in traceback.extract_stack() if "resgen" in f.filename
            ]
            self.longest, self.where = busy, " ".join(frames[-6:])

    def figures(self) -> dict:
        told = figures(self.seconds) | {"cpu": round(1000 * max(self.busy), 1)}
        return told | ({"where": self.where} if max(self.busy) > LONG else {})


def recording(page) -> dict[str, Seen]:
    """Have the turns of a page write down how long each stretch of work was, by the session it was for."""
    seen: dict[str, Seen] = collections.defaultdict(Seen)
    turned = [0.0]  # when the CPU's clock of the thread that works was last looked at

    class Recorded(type(page.turns)):
        def _charge(self, turn):
            now = time.thread_time()
            seen[str(turn.job.visitor.session)].add(time.perf_counter() - turn.since, now - turned[0])
            turned[0] = now
            super()._charge(turn)

    page.turns.__class__ = Recorded
    return seen


def post(url: str, body: dict) -> dict:
    asked = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=600) as answer:
        return json.load(answer)


class Page:
    """The page as a client sees it."""

    def __init__(self, url: str):
        self.url = url.rstrip("/")
        self.config = self._get("/config")
        self.endpoints = self._get("/gradio_api/info")["named_endpoints"]
        self.components = {component["id"]: component["props"] for component in self.config["components"]}

    def _get(self, path: str) -> dict:
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            return json.load(answer)

    def call(self, session: str, name: str, given: dict) -> None:
        """An endpoint, to its end."""
        parameters = self.endpoints[f"/{name}"]["parameters"]
        data = [given.get(p["parameter_name"], p.get("parameter_default")) for p in parameters]
        event = post(f"{self.url}/gradio_api/call/{name}", {"data": data, "session_hash": session})["event_id"]
        with urllib.request.urlopen(f"{self.url}/gradio_api/call/{name}/{event}", timeout=600) as answer:
            while answer.read(1 << 16):
                pass

    def press(self, session: str, button: str, given: dict) -> None:
        """A button, to the end of what it starts."""
        number = next(i for i, props in self.components.items() if props.get("elem_id") == button)
        event = next(e for e in self.config["dependencies"] if [number, "click"] in e["targets"] and e["queue"])
        data = []
        for place, each in enumerate(event["inputs"]):
            props = self.components[each]
            default = time.time() * 1000 if place == 0 else "en" if place == 1 else props.get("value")
            data.append(given.get(props.get("elem_id"), default))
        post(
            f"{self.url}/gradio_api/queue/join",
            {"data": data, "fn_index": event["id"], "session_hash": session, "trigger_id": number},
        )
        with urllib.request.urlopen(f"{self.url}/gradio_api/queue/data?session_hash={session}", timeout=600) as answer:
            for line in answer:
                if b'"process_completed"' in line[:200] or b'"close_stream"' in line[:200]:
                    return


def figures(stretches: list[float]) -> dict:
    ordered, total = sorted(stretches), sum(stretches)

    def at(share: float) -> float:
        return round(1000 * ordered[int(share * (len(ordered) - 1))], 1)

    over = sum(each for each in ordered if each > LONG)
    return {"n": len(ordered), "median": at(0.5), "p95": at(0.95), "longest": at(1), "over": round(over / total, 3)}


def steps(seconds: float, kinds: list[str]) -> dict:
    """See the module."""
    from resgen.ui.page import build, launch

    page = build()
    seen = recording(page)
    client = Page(launch(page, block=False))
    ASKED["draw from a picture"][1]["picture"] = picture()
    every: dict[str, Any] = {kind: (client.call, *asked) for kind, asked in ASKED.items()}
    every |= {kind: (client.press, *pressed) for kind, pressed in PRESSED.items()}
    until, failed = time.monotonic() + seconds, collections.Counter()

    def visit(kind: str) -> None:
        does, name, given = every[kind]
        session = "".join(letter if letter.isalnum() else "-" for letter in kind)
        while time.monotonic() < until:
            try:
                does(session, name, given)
            except (OSError, ValueError, StopIteration) as error:
                failed[f"{kind}: {error!r}"] += 1
                time.sleep(0.5)

    chosen = kinds or list(every)
    threads = [threading.Thread(target=visit, args=(kind,), daemon=True) for kind in chosen]
    for thread in threads:
        thread.start()
    late: list[float] = []
    began: float | None = time.monotonic()
    while (now := time.monotonic()) < until:
        if began is not None and now > began + seconds / 3:
            began = None
            seen.clear()
            late.clear()
        with urllib.request.urlopen(f"{client.url}/healthz", timeout=600) as answer:
            answer.read()
        late.append(time.monotonic() - now)
        time.sleep(0.05)
    told = {kind: stretches.figures() for kind, stretches in sorted(seen.items())}
    every_stretch = [each for stretches in seen.values() for each in stretches.seconds]
    return {**told, "all": figures(every_stretch), "loop": figures(late), "failed": dict(failed)}


if __name__ == "__main__":
    print(json.dumps(steps(float((sys.argv[1:] or [60])[0]), sys.argv[2:]), indent=1), flush=True)
    os._exit(0)
