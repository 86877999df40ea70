"""Files that visitors uploaded. Used by the guard of all routes and by the events that take one."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from resgen.errors import RequestError

MOST_SECONDS = 3600  # of a sound: a small file of silence may hold days


def uploaded(value: Any) -> Path | None:
    """The file that a client names as the value of a component for files; nothing of it is read.

    Args:
        value: an object with a `path`, as the server answered to the upload, or None.

    Raises:
        RequestError: it names anything else than a file in the folder of uploads.
    """
    if value is None:
        return None
    named: Any = value.get("path") if isinstance(value, dict) else None
    try:
        path = Path(named).resolve()
        if path.is_relative_to(Path(gr.utils.get_upload_folder()).resolve()) and path.is_file():
            return path
    except (TypeError, ValueError, OSError):  # no text, not a name, too long a name
        pass
    raise RequestError("A file must be one that was uploaded here; it may have been deleted since: upload it again.")


def within_an_hour(stream: Iterator) -> Generator:
    """What is heard of a sound, result by result.

    Raises:
        RequestError: it goes on for more than an hour.
    """
    for result in stream:
        if result.seconds > MOST_SECONDS:
            raise RequestError(f"A sound may be {MOST_SECONDS // 60} minutes long; this one is longer.")
        yield result
