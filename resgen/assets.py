"""Where the files that ship beside the code are: weights and the figures that the page shows. Read by `checkpoint`, by
the page and by what measures."""

from pathlib import Path

_PACKAGED = Path(__file__).parent / "assets"  # in an installed package
ASSETS = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).parent.parent / "assets"  # in a checkout
