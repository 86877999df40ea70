"""Many stories at once, through the page's own button: how fast does each of them come?

    python tests/load/stories.py URL [VISITORS] [SECONDS] [WORDS]

Every visitor presses "Write", reads to the end and presses again. Prints JSON: words a second of the slowest, the
median and the fastest story, from its first words to its last, of those that were written while all visitors were at
work; how many have failed; and seconds until the first words.
"""

import asyncio
import json
import statistics
import sys
import time
from typing import Any

import httpx

TOPIC = "car, rain"


class Reader:
    """What a visitor has read, and when."""

    def __init__(self, place: int):
        self.place, self.text = place, ""  # of the story among the outputs
        self.pressed = time.monotonic()
        self.read: list[tuple[float, int]] = []  # (time, words so far)
        self.failed = False

    def take(self, message: dict) -> bool:
        """A message of Gradio's queue; whether it was the last."""
        if message["msg"] not in ("process_generating", "process_completed"):
            return False
        over = message["msg"] == "process_completed"
        data = (message.get("output") or {}).get("data") or []
        if over and not message.get("success"):
            self.failed = True
        elif len(data) > self.place:
            self.text = changed(self.text, data[self.place])
        if self.text:
            self.read.append((time.monotonic(), len(self.text.split())))
        return over

    @property
    def rate(self) -> float:
        """Words a second between the first ones and the last."""
        (begun, few), (ended, all_of_them) = self.read[0], self.read[-1]
        return (all_of_them - few) / max(ended - begun, 1e-3)


def changed(text: str, value: Any) -> str:
    """The text after an update: a whole one, or, from a run's second on, a list of (what to do, where, text)."""
    if isinstance(value, list):
        for does, _, part in value:
            text = text + part if does == "append" else part
    elif isinstance(value, str):
        text = value
    return text


async def read(client: httpx.AsyncClient, config: dict, number: int, words: int, time_of_press: int) -> Reader:
    """Press "Write" and read to the end."""
    components = {component["id"]: component["props"] for component in config["components"]}
    button = next(each for each, props in components.items() if props.get("elem_id") == "write")
    event = next(event for event in config["dependencies"] if [button, "click"] in event["targets"])
    named = [components[each].get("elem_id") for each in event["outputs"]]
    given = {"topic": TOPIC, "seed": number * 100 + time_of_press}
    data = [given.get(components[each].get("elem_id"), components[each].get("value")) for each in event["inputs"]]
    data[:2] = [time_of_press, "en"]  # the time of the press, and the language
    lengths = [i for i, each in enumerate(event["inputs"]) if components[each].get("maximum") == 1500]
    data[lengths[0]] = words
    reader, session = Reader(named.index("story")), f"stories{number}"
    body = {"data": data, "fn_index": event["id"], "session_hash": session, "trigger_id": button}
    (await client.post("/gradio_api/queue/join", json=body)).raise_for_status()
    async with client.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data:") and reader.take(json.loads(line[5:])):
                return reader
    reader.failed = True
    return reader


async def stories(url: str, visitors: int, seconds: float, words: int) -> dict:
    """See the module."""
    limits = httpx.Limits(max_connections=2 * visitors)
    until = time.monotonic() + seconds
    async with httpx.AsyncClient(base_url=url.rstrip("/"), timeout=600, limits=limits) as client:
        config = (await client.get("/config")).json()

        async def visit(number: int) -> list[Reader]:
            readers: list[Reader] = []
            while time.monotonic() < until:
                readers.append(await read(client, config, number, words, len(readers) + 1))
            return readers

        visits = await asyncio.gather(*(visit(number) for number in range(visitors)))
    every = [reader for readers in visits for reader in readers]
    served = [reader for reader in every if not reader.failed and len(reader.read) > 1]
    begun, ended = max(readers[0].read[0][0] for readers in visits), min(readers[-1].read[-1][0] for readers in visits)
    among_all = [reader for reader in served if reader.read[0][0] >= begun and reader.read[-1][0] <= ended]
    rates = sorted(reader.rate for reader in among_all)
    waits = [reader.read[0][0] - reader.pressed for reader in served]
    return {
        "stories": len(served),
        "failed": len(every) - len(served),
        "while_all_were_at_work": len(among_all),
        "words_a_second": [round(rate, 1) for rate in (rates[0], statistics.median(rates), rates[-1])],
        "below_8": sum(rate < 8 for rate in rates),
        "seconds_to_first_words": [round(statistics.median(waits), 1), round(max(waits), 1)],
    }


if __name__ == "__main__":
    given = [int(value) for value in sys.argv[2:]]
    print(json.dumps(asyncio.run(stories(sys.argv[1], *[*given, *(50, 40, 300)[len(given) :]]))))
