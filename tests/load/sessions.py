"""Many sessions, one after the other, each with one result: what do they leave behind?

    python tests/load/sessions.py URL PID [SESSIONS]

Prints JSON: megabytes, threads, open files and sockets of the server, and files of results, before, after each fifth of
the sessions, and half a minute after the last. Results and uploads lie on the disk for one to two hours.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import httpx


def stays(pid: int) -> dict[str, int]:
    """What the server holds now."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    handles = [os.readlink(handle) for handle in Path(f"/proc/{pid}/fd").iterdir() if handle.is_symlink()]
    folder = Path(os.environ.get("GRADIO_TEMP_DIR") or Path(tempfile.gettempdir()) / "gradio")
    return {
        "megabytes": int(status["VmRSS"].split()[0]) // 1024,
        "threads": int(status["Threads"]),
        "files": sum(not handle.startswith("socket:") for handle in handles),
        "sockets": sum(handle.startswith("socket:") for handle in handles),
        "results": sum(path.is_file() for path in folder.rglob("*")),
    }


def session(client: httpx.Client, url: str, kind: str, values: list, number: int) -> None:
    """What a visitor does: ask, read to the end, leave."""
    address = f"{url}/gradio_api/call/{kind}"
    joined = client.post(address, json={"data": values, "session_hash": f"session{number}"})
    joined.raise_for_status()
    with client.stream("GET", f"{address}/{joined.json()['event_id']}") as stream:
        if "event: complete" not in list(stream.iter_lines()):
            raise RuntimeError(f"{kind} was not served")


def main(url: str, pid: int, sessions: int = 500) -> None:
    """Print what stays."""
    with httpx.Client(timeout=120) as client:
        endpoints = client.get(f"{url}/gradio_api/info").json()["named_endpoints"]
        given = {
            "draw": {"prompt": "car", "style": "noto", "count": 1, "steps": 2, "size": 64},
            "speak": {"text": "Hello."},
            "write": {"prompt": "Tom said", "topic": "car", "words": 8},
        }
        events = [
            (kind, [given[kind].get(p["parameter_name"], p.get("parameter_default")) for p in parameters])
            for kind, parameters in ((kind, endpoints[f"/{kind}"]["parameters"]) for kind in given)
        ]
        for number in range(6):  # what is loaded on first use
            session(client, url, *events[number % 3], number)
        held = [stays(pid)]
        for number in range(sessions):
            session(client, url, *events[number % 3], number + 6)
            if (number + 1) % max(1, sessions // 5) == 0:
                held.append(stays(pid))
    time.sleep(30)
    held.append(stays(pid))
    print(json.dumps(held, indent=1))


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), *(int(value) for value in sys.argv[2:]))
