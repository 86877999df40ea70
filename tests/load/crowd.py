"""Many visitors at once: each asks for a story, a picture or a sentence, waits for it, and asks again.

    python tests/load/crowd.py URL [SECONDS] [VISITORS] [PID]

Prints JSON: how many were served, refused and failed, seconds to the first output and to the last, results that were
somebody else's, and with the server's PID its memory in MB: at first, at most, at last.
"""

import asyncio
import collections
import contextlib
import json
import random
import sys
import time
from pathlib import Path

import httpx

PATIENCE = 180  # seconds


class Crowd:
    """The visitors and what happened to them."""

    def __init__(self, url: str, seconds: float, visitors: int, pid: int | None = None):
        self.url, self.seconds, self.visitors, self.pid = url.rstrip("/"), seconds, visitors, pid
        self.counts: collections.Counter[str] = collections.Counter()
        self.served: collections.Counter[int] = collections.Counter()  # by visitor
        self.first: list[float] = []
        self.total: list[float] = []
        self.memory: list[int] = []
        self.wrong = 0

    def values(self, endpoint: str, **given) -> list:
        """All values of an endpoint."""
        parameters = self.endpoints[f"/{endpoint}"]["parameters"]
        return [given.get(p["parameter_name"], p.get("parameter_default")) for p in parameters]

    async def ask(self, client: httpx.AsyncClient, visitor: int, number: int, draw: random.Random) -> None:
        """One request, from the press to the last output; the answer must name its own seed and prompt."""
        seed, sign = visitor * 1000 + number + 1, f"v{visitor}n{number}"
        kind, values = draw.choice(
            [
                ("write", {"prompt": f"{sign} said", "topic": "car", "words": 8, "seed": seed}),
                ("draw", {"prompt": "car", "style": "noto", "count": 1, "steps": 2, "size": 64, "seed": seed}),
                ("speak", {"text": f"Hello {seed}.", "seed": seed}),
            ]
        )
        began = time.monotonic()
        answer = await client.post(f"{self.url}/gradio_api/call/{kind}", json={"data": self.values(kind, **values)})
        if answer.status_code != 200:
            self.counts[f"{kind} refused {answer.status_code}"] += 1
            await asyncio.sleep(0.5 + draw.random())
            return
        event, first, outputs = None, None, []
        address = f"{self.url}/gradio_api/call/{kind}/{answer.json()['event_id']}"
        async with client.stream("GET", address) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("event: "):
                    event = line.removeprefix("event: ")
                elif line.startswith("data: ") and event in ("generating", "complete"):
                    first = first or time.monotonic() - began
                    outputs.append(line)
        if event != "complete":
            self.counts[f"{kind} failed"] += 1
            return
        self.counts[f"{kind} served"] += 1
        self.served[visitor] += 1
        self.first.append(first)
        self.total.append(time.monotonic() - began)
        text = " ".join(outputs)
        self.wrong += str(seed) not in text or (kind == "write" and sign not in text)

    async def visit(self, client: httpx.AsyncClient, visitor: int, until: float) -> None:
        draw, number = random.Random(visitor), 0
        await asyncio.sleep(draw.random() * min(3, self.seconds / 10))
        while time.monotonic() < until:
            try:
                await self.ask(client, visitor, number, draw)
            except (httpx.HTTPError, ValueError) as error:
                self.counts[f"failed {type(error).__name__}"] += 1
            number += 1

    async def watch(self) -> None:
        """The server's resident memory, in MB, every second."""
        while self.pid:
            lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
            self.memory.append(next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024)
            await asyncio.sleep(1)

    async def come(self) -> dict:
        """Let all come and ask for so many seconds; the figures."""
        limits = httpx.Limits(max_connections=4 * self.visitors)
        async with httpx.AsyncClient(timeout=PATIENCE, limits=limits) as client:
            self.endpoints = (await client.get(f"{self.url}/gradio_api/info")).json()["named_endpoints"]
            until, watching = time.monotonic() + self.seconds, asyncio.create_task(self.watch())
            await asyncio.gather(*(self.visit(client, visitor, until) for visitor in range(self.visitors)))
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
        return self.figures()

    def figures(self) -> dict:
        kinds = dict(sorted(self.counts.items()))
        done = sum(self.served.values())
        refused = sum(number for kind, number in kinds.items() if "refused" in kind)
        return {
            "served": done,
            "refused": refused,
            "failed": sum(kinds.values()) - done - refused,
            "wrong": self.wrong,
            "first_median": quantile(self.first, 0.5),
            "first_p95": quantile(self.first, 0.95),
            "total_p95": quantile(self.total, 0.95),
            "fewest_of_mean": round(
                min(self.served[v] for v in range(self.visitors)) * self.visitors / max(1, done), 2
            ),
            "memory": [self.memory[0], max(self.memory), self.memory[-1]] if self.memory else None,
            "kinds": kinds,
        }


def quantile(values: list[float], share: float) -> float | None:
    return round(sorted(values)[int(share * (len(values) - 1))], 2) if values else None


def crowd(url: str, seconds: float = 90, visitors: int = 50, pid: int | None = None) -> dict:
    """See the module."""
    return asyncio.run(Crowd(url, seconds, visitors, pid).come())


if __name__ == "__main__":
    print(json.dumps(crowd(sys.argv[1], *map(int, sys.argv[2:])), indent=2))
