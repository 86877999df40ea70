"""Entry point for `python app.py` and for a Hugging Face Space: load the models once, build the page, launch it."""

import sys

from resgen.errors import ServeError
from resgen.ui import process

try:
    process.check()
except ServeError as error:
    sys.exit(f"resgen: {error}")

from resgen.ui.page import build, launch

page = build()
demo = page.demo  # the name that Gradio's tools look for


def serve(block: bool = True) -> str:
    """Start the server and return its address; `block` keeps it running until it is told to end."""
    return launch(page, block)


if __name__ == "__main__":
    try:
        serve()
    except ServeError as error:
        sys.exit(f"resgen: {error}")
