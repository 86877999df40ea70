"""What Prometheus asks: `GET /metrics`, if the variable RESGEN_METRICS is 1. Added by `resgen.ui.page.launch`; the
guard counts answers. Nothing in it is of a client: no address, no path, no text.

The format is Prometheus's text format 0.0.4, which is small enough to be written here.
"""

import os
import time
from collections import Counter
from typing import Any

from fastapi.responses import PlainTextResponse

from resgen.turns import Turns

PATH = "/metrics"
FORMAT = "text/plain; version=0.0.4; charset=utf-8"


def asked_for() -> bool:
    """Whether the user wants them."""
    return os.environ.get("RESGEN_METRICS") == "1"


def add_route(app: Any, demo: Any, writer: Any, turns: Turns, answers: Counter[int]) -> None:
    """Add the route to an app.

    Args:
        writer: the text engine, which counts its tokens.
        answers: status -> how many answers had it.
    """

    async def metrics() -> PlainTextResponse:
        load, times = turns.load(), os.times()
        told: list[tuple[str, str, str, dict[str, Any]]] = [
            ("resgen_answers_total", "counter", "Answers to HTTP requests.", codes(answers)),
            ("resgen_failures_total", "counter", "Runs that ended with a fault of the server.", {"": turns.failed}),
            ("resgen_running", "gauge", "Requests that models work at.", {"": load["running"]}),
            ("resgen_waiting", "gauge", "Requests that wait for a model.", {"": load["waiting"]}),
            ("resgen_work_seconds_total", "counter", "Time that models worked.", {"": round(turns.worked, 3)}),
            ("resgen_text_tokens_total", "counter", "Tokens of stories.", {"": writer.stories.drawn}),
            ("resgen_queue_stopped", "gauge", "1 once Gradio's queue has stopped.", {"": int(demo._queue.stopped)}),
            ("process_resident_memory_bytes", "gauge", "Memory.", {"": resident_bytes()}),
            ("process_cpu_seconds_total", "counter", "CPU time.", {"": round(times.user + times.system, 2)}),
            ("process_start_time_seconds", "gauge", "Unix time of the start.", {"": began}),
        ]
        lines = []
        for name, kind, help_, values in told:
            lines += [f"# HELP {name} {help_}", f"# TYPE {name} {kind}"]
            lines += [f"{name}{labels} {value}" for labels, value in values.items()]
        return PlainTextResponse("\n".join([*lines, ""]), media_type=FORMAT)

    began = round(time.time())
    app.add_api_route(PATH, metrics, methods=["GET"])


def codes(answers: Counter[int]) -> dict[str, int]:
    """Counts by status, labelled."""
    return {f'{{code="{status}"}}': count for status, count in sorted(answers.items())}


def resident_bytes() -> int:
    """This process's resident memory; 0 where nobody tells, as outside Linux."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
