"""How the server's process begins and ends. Called by `resgen.ui.page.launch` and `app.py`."""

import importlib.util
import logging
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from resgen.errors import ServeError

INTERRUPTED = 130  # a shell's code for Ctrl+C
NO_MCP = "--mcp needs the package mcp. Install it: pip install 'resgen[mcp]'."
PATIENCE = 1.0  # seconds that open connections get


def check(mcp_server: bool = False) -> None:
    """See that the page can be served here, before seconds go into importing and loading.

    Args:
        mcp_server: with tools for assistants (`resgen.ui.api.mcp_tools`).

    Raises:
        ServeError: GRADIO_SERVER_PORT is no port, results cannot be written, or a package that is needed is missing.
    """
    port()
    if mcp_server and importlib.util.find_spec("mcp") is None:
        raise ServeError(NO_MCP)
    folder = Path(os.environ.get("GRADIO_TEMP_DIR") or Path(tempfile.gettempdir()) / "gradio")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"resgen")
    except OSError as error:
        raise ServeError(
            f"Results cannot be written to {folder} ({error.strerror}). Set GRADIO_TEMP_DIR to a folder with room."
        ) from None


def port() -> int | None:
    """The port that the user set, or None: the first free one from 7860 on.

    Raises:
        ServeError: it is none.
    """
    set_to = os.environ.get("GRADIO_SERVER_PORT", "")
    if not set_to:
        return None
    if not (set_to.isascii() and set_to.isdigit() and 0 < int(set_to) < 65536):
        raise ServeError(f"GRADIO_SERVER_PORT must be a number from 1 to 65535; it is {set_to!r}.")
    return int(set_to)


def launched(demo: Any, **how) -> tuple:
    """`demo.launch`, with a sentence instead of a traceback where there is no port.

    Raises:
        ServeError: the port is taken, or not to be had.
    """
    try:
        return demo.launch(server_port=port(), **how)
    except OSError:
        taken = f"Port {port()} is" if port() else "All ports that were tried are"
        raise ServeError(f"{taken} taken. Set GRADIO_SERVER_PORT to one that is free.") from None


def stay(demo: Any) -> None:
    """Serve until SIGTERM or Ctrl+C, then end the process within two seconds: with code 0 or 130.

    Work that is going on is left where it is: a thread inside PyTorch cannot be stopped, and must not be waited for.
    """
    ended, codes = threading.Event(), []

    def tell(number: int, _: Any) -> None:
        codes.append(INTERRUPTED if number == signal.SIGINT else 0)
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, tell)
    ended.wait()
    logging.disable()  # connections that are cut off are no errors now
    demo.is_running = False  # the watchdog's sign that the end is meant
    demo._queue.close()
    server = demo.server
    server.should_exit = True
    server.thread.join(PATIENCE)
    server.force_exit = True
    server.thread.join(PATIENCE / 2)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(codes[0])
