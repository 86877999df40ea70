"""Entry point for `python app.py` and for a Hugging Face Space: load the models once, build the page, launch it."""

from resgen.ui.page import build, launch

demo = build()


def serve(block: bool = True) -> str:
    """Start the server and return its address; `block` keeps it running until Ctrl+C."""
    return launch(demo, block)


if __name__ == "__main__":
    serve()
