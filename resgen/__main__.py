"""The command line: `resgen serve|write|draw|speak|tag|listen|evaluate|bench`, or `python -m resgen`.

Each command imports only its room. A text goes to stdout, pictures and sound into files; the JSON of all settings with
the seed used goes to stderr.
"""

import argparse
import importlib
import json
import os
import signal
import sys
from dataclasses import asdict, replace
from pathlib import Path

from resgen import RequestError, ResgenError, __version__
from resgen.cli import Parser, add_model, add_settings, check_out, deprecations_as_sentences, from_stdin, tell


def write(arguments: list[str]) -> None:
    """Write a story; the text alone on stdout, prompt included."""
    from resgen import load
    from resgen.engine import checked
    from resgen.text.request import TextRequest

    parser = Parser(prog="resgen write", description=write.__doc__)
    add_settings(parser, TextRequest, "prompt")
    add_model(parser)
    values = vars(parser.parse_args(arguments))
    model, device, shown = values.pop("model"), values.pop("device"), 0
    from_stdin(values, "prompt")
    request = checked(TextRequest(**values))  # here already, before seconds go into importing PyTorch
    for result in load("text", model, device).run(request):
        if not shown:
            tell(result.notices)
        sys.stdout.write(result.text[shown:])
        sys.stdout.flush()
        shown = len(result.text)
    print(result.together[shown:], flush=True)  # the other variants
    print(json.dumps(result.settings, ensure_ascii=False), file=sys.stderr)


def draw(arguments: list[str]) -> None:
    """Draw pictures into a PNG sheet, an animated WebP, or a NumPy file of uint8 (N, H, W, 3) on white."""
    from resgen import load
    from resgen.engine import checked
    from resgen.image.request import ImageRequest

    parser = Parser(prog="resgen draw", description=draw.__doc__)
    add_settings(parser, ImageRequest, "prompt")
    add_model(parser)
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("picture.png"),
        help=".png: a sheet; .webp: how it came out of the noise; .npy: samples, any count (picture.png)",
    )
    values = vars(parser.parse_args(arguments))
    out, model, device, picture = (values.pop(name) for name in ("out", "model", "device", "picture"))
    check_out(out, (".png", ".webp", ".npy"))
    from_stdin(values, "prompt")
    request = ImageRequest(**values)
    if out.suffix.lower() != ".npy":  # of samples there may be any number
        request = checked(request)  # here already, before seconds go into importing PyTorch
    from resgen.image.files import grid, save_animation, save_png, write_samples
    from resgen.image.init_image import to_setting

    request = replace(request, picture=to_setting(picture))  # the user's own file, or its data
    painter = load("image", model, device)
    tell(painter.reading(replace(request, count=1)).notices)
    if out.suffix.lower() == ".npy":
        settings = write_samples(painter, request, out, lambda done, total: tell([f"{done} of {total} pictures"]))
    else:
        results = list(painter.run(request))
        settings = results[-1].settings
        if out.suffix.lower() == ".webp":
            save_animation([result.pixels for result in results], out, settings)
        else:
            save_png(grid(results[-1].pixels), out, settings)
    print(json.dumps(settings, ensure_ascii=False), file=sys.stderr)


def speak(arguments: list[str]) -> None:
    """Say a text, or what is piped in, into a WAV, MP3, FLAC, Opus or AAC file."""
    from resgen import load
    from resgen.engine import checked
    from resgen.speech.files import ENDINGS, checked_format
    from resgen.speech.request import SpeechRequest

    parser = Parser(prog="resgen speak", description=speak.__doc__)
    add_settings(parser, SpeechRequest, "text")
    add_model(parser)
    parser.add_argument(
        "--out", type=Path, default=Path("speech.wav"), help=f"ends in {', '.join(ENDINGS)} (speech.wav)"
    )
    values = vars(parser.parse_args(arguments))
    out, model, device = (values.pop(name) for name in ("out", "model", "device"))
    check_out(out, tuple(ENDINGS))
    checked_format(ENDINGS[out.suffix.lower()])
    from_stdin(values, "text", piped=True)
    request = checked(SpeechRequest(**values))
    for result in load("speech", model, device).run(request):  # noqa: B007
        pass
    result.save(out)
    tell(result.notices)
    print(json.dumps(result.settings, ensure_ascii=False), file=sys.stderr)


def tag(arguments: list[str]) -> None:
    """Find the words of a text, a file or what is piped in that name people, vehicles and more."""
    from resgen import load
    from resgen.engine import checked
    from resgen.tagger.request import TagRequest, wanted

    parser = Parser(prog="resgen tag", description=tag.__doc__)
    add_settings(parser, TagRequest, "text")
    add_model(parser)
    parser.add_argument("--file", type=Path, help="a file of UTF-8 that holds the text")
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="a line a word: start, end, word, category, probability, with tabs between them; or JSON",
    )
    values = vars(parser.parse_args(arguments))
    model, device, file, form = (values.pop(name) for name in ("model", "device", "file", "format"))
    if file is not None:
        try:
            values["text"] = file.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise RequestError(f"file must be one that can be read: {error.strerror}: {str(file)!r}.") from None
    else:
        from_stdin(values, "text", piped=True)
    request = checked(TagRequest(**values))
    wanted(request.categories)  # here already, before seconds go into importing PyTorch
    for result in load("tagger", model, device).run(request):  # noqa: B007
        pass
    spans = [asdict(span) for span in result.spans]
    if form == "json":
        print(json.dumps(spans))
    else:
        for span in spans:
            print(*span.values(), sep="\t")
    print(json.dumps(result.settings), file=sys.stderr)


def listen(arguments: list[str]) -> None:
    """Write down what is said in files of sound; `-` reads one from stdin."""
    from resgen import load
    from resgen.engine import checked
    from resgen.listen.request import FORMATS, ListenRequest

    parser = Parser(prog="resgen listen", description=listen.__doc__)
    parser.add_argument("file", nargs="+", metavar="FILE", help="sound or a film; - is stdin")
    add_settings(parser, ListenRequest, "")
    add_model(parser)
    parser.add_argument("--format", choices=FORMATS, default="txt", help="what is written to stdout (txt)")
    values = vars(parser.parse_args(arguments))
    files, model, device, kind = (values.pop(name) for name in ("file", "model", "device", "format"))
    request = checked(ListenRequest(**values))  # here already, before seconds go into importing PyTorch
    ears = load("listen", model, device)
    for file in files:
        source = sys.stdin.buffer.read() if file == "-" else file
        for result in ears.run(request, source):
            if sys.stderr.isatty():
                print(f"\r{result.progress.done} s heard", end="", file=sys.stderr)
        sys.stdout.write(result.written(kind))
        sys.stdout.flush()
        tell(f"{file}: {notice}" for notice in result.notices)
        print(json.dumps(result.settings, ensure_ascii=False), file=sys.stderr)


def evaluate(arguments: list[str]) -> None:
    """Measure a model and print its figures as JSON."""
    from resgen import ENGINES, checkpoint, load

    parser = Parser(prog="resgen evaluate", description=evaluate.__doc__)
    parser.add_argument("kind", choices=sorted([*ENGINES, "photo"]))
    add_model(parser)
    parser.add_argument("--n", type=int, default=10_000, help="photographs to make (default 10000)")
    parser.add_argument("--steps", type=int, help="photographs: other steps than the page's")
    parser.add_argument("--save", action="store_true", help="write the figures into the model's card too")
    args = parser.parse_args(arguments)
    if args.kind == "photo":
        from resgen.device import choose
        from resgen.evaluation.image import photo
        from resgen.image.photographer import Photographer

        figures = photo.evaluate(Photographer.load(None, choose(args.device), args.model), args.n, args.steps)
    else:
        room = importlib.import_module(f"resgen.evaluation.{args.kind}.evaluate")
        figures = room.evaluate(load(args.kind, args.model, args.device))
    if args.save:
        checkpoint.update_metrics(checkpoint.find(args.kind, args.model)[1], figures)
    print(json.dumps(figures, indent=2))


def bench(arguments: list[str]) -> None:
    """Time what a user waits for and print it as JSON; run it with nothing else running."""
    from resgen.evaluation.bench import bench as figures_of

    parser = Parser(prog="resgen bench", description=bench.__doc__)
    parser.add_argument("--words", type=int, default=200, help="words written for the text's rate (default 200)")
    print(json.dumps(figures_of(parser.parse_args(arguments).words), indent=2))


def serve(arguments: list[str]) -> None:
    """Serve the page, until Ctrl+C; GRADIO_SERVER_PORT and GRADIO_SERVER_NAME say where."""
    from resgen.ui import process

    parser = Parser(prog="resgen serve", description=serve.__doc__)
    parser.add_argument("--mcp", action="store_true", help="offer the engines to assistants as tools of MCP too")
    mcp_server = parser.parse_args(arguments).mcp
    process.check(mcp_server)
    from resgen.ui.page import build, launch  # takes seconds

    launch(build(), mcp_server=mcp_server)


COMMANDS = {
    "serve": serve,
    "write": write,
    "draw": draw,
    "speak": speak,
    "tag": tag,
    "listen": listen,
    "evaluate": evaluate,
    "bench": bench,
}


def main() -> int:
    """Run the command that the arguments name; returns the process's exit code."""
    does = {name: (command.__doc__ or "").split(".")[0].lower() for name, command in COMMANDS.items()}
    parser = Parser(
        prog="resgen",
        description="Residual convolutional networks that write, draw, speak and listen.",
        epilog="; ".join(f"{name}: {words}" for name, words in does.items()),
    )
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="see `resgen COMMAND --help`")
    parser.add_argument("--version", action="version", version=f"resgen {__version__}")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as well as Ctrl+C does
    deprecations_as_sentences()
    try:
        COMMANDS[args.command](args.arguments)
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return 130
    except ResgenError as error:
        print(f"resgen: {error}", file=sys.stderr)
        return 2
    return 0


def run() -> None:
    """The console script."""
    sys.exit(main())


if __name__ == "__main__":
    run()
