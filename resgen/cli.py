"""What the commands of the command line share: options out of a request's settings, stdin, files to write, notices."""

import argparse
import difflib
import os
import stat
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path

from resgen.errors import RequestError


class Parser(argparse.ArgumentParser):
    """A parser that says which option or command was meant."""

    def error(self, message: str):
        options = [option for action in self._actions for option in action.option_strings]
        commands = [name for action in self._actions for name in action.choices or ()]
        typed = message.partition(": ")[2].replace("'", "").replace(",", " ").split()
        wrong = next((word.partition("=")[0] for word in typed if word.startswith("--")), "")
        if "invalid choice" in message:
            wrong = message.partition("invalid choice: ")[2].split("'")[1]
        near = difflib.get_close_matches(wrong, options + commands, 1)
        super().error(f"{message}; did you mean {near[0]}?" if near and near[0] != wrong else message)


def add_settings(parser: argparse.ArgumentParser, request: type, positional: str) -> None:
    """One option for each setting of a request; the first is the positional argument."""
    from resgen.engine import settings_of

    for name, (limits, default) in settings_of(request).items():
        if name == positional:
            wanted = f"{limits.help}; - reads it from stdin"
            parser.add_argument(name, nargs="?", default=None, metavar=name.upper(), help=wanted)
        else:
            # Values are checked by the engine, which knows the limits.
            shown = "" if default == "" or default is False else f" (default {'on' if default is True else default})"
            shown_help = argparse.SUPPRESS if limits.instead else (limits.help + shown).replace("%", "%%")
            action = argparse.BooleanOptionalAction if isinstance(default, bool) else "store"
            parser.add_argument(f"--{name.replace('_', '-')}", default=default, help=shown_help, action=action)


def add_model(parser: argparse.ArgumentParser) -> None:
    """The options that say which model computes, and where."""
    parser.add_argument("--model", help="a shipped model, a .safetensors file or a Hub repository OWNER/NAME")
    parser.add_argument("--device", help="cpu, cuda, cuda:N or mps; default: RESGEN_DEVICE, else the best there is")


def from_stdin(values: dict, name: str, piped: bool = False) -> None:
    """Replace a text that is "-" by what stdin holds, and one that was not given by nothing, or if `piped` by what is
    piped in or comes from a file.

    Raises:
        RequestError: stdin is no UTF-8.
    """
    if values[name] is None and piped and _is_piped():
        values[name] = "-"
    if values[name] != "-":
        values[name] = values[name] or ""
        return
    try:
        buffer = getattr(sys.stdin, "buffer", None)
        values[name] = sys.stdin.read() if buffer is None else buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RequestError(
            f"stdin must be text in UTF-8; byte {error.start + 1} is none. Convert it: iconv -f latin1 -t utf-8"
        ) from None


def _is_piped() -> bool:
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (AttributeError, OSError, ValueError):  # there is no stdin
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode)


def check_out(out: Path, endings: tuple[str, ...]) -> None:
    """Raises RequestError unless a file with one of the endings can be written there."""
    if out.is_dir():
        raise RequestError(f"out must be a file; {str(out)!r} is a folder.")
    if out.suffix.lower() not in endings:
        raise RequestError(f"out must end in {' or '.join(endings)}; it is {str(out)!r}.")
    if not out.parent.is_dir():
        raise RequestError(f"out must be in an existing folder; there is no {str(out.parent)!r}.")


def tell(notices: Iterable[str]) -> None:
    """What was understood otherwise than it was asked."""
    for notice in notices:
        print(f"resgen: {notice}", file=sys.stderr, flush=True)


def deprecations_as_sentences() -> None:
    """Have the process say on stderr, once each, which settings of its own are deprecated."""
    show, shown = warnings.showwarning, set()

    def showwarning(message, category, *where, **more) -> None:
        if not issubclass(category, DeprecationWarning):
            show(message, category, *where, **more)
        elif str(message) not in shown:  # Python's own count begins anew whenever an import changes the filters
            shown.add(str(message))
            print(f"resgen: {message}", file=sys.stderr)

    warnings.filterwarnings("always", r"\w+ is deprecated: use", DeprecationWarning)
    warnings.showwarning = showwarning
