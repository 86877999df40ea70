"""From a file, its bytes or an array to sound that can be heard, block by block, so that an hour takes no more memory
than a minute. Called by the listen engine.

soundfile reads WAV, FLAC, Ogg and MP3; anything else (m4a, webm, a film) is left to ffmpeg where it is installed, which
may open nothing but the file itself, and read no format that names other files.
"""

import io
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from resgen.errors import RequestError
from resgen.listen.features import SAMPLE_RATE

BLOCK = 5  # seconds
LOWEST_RATE, HIGHEST_RATE = 4_000, 384_000
MOST_CHANNELS = 64
PATIENCE = 10.0  # seconds that ffmpeg gets for a block: others wait meanwhile
WHAT_WORKS = "WAV, FLAC, Ogg and MP3 work everywhere, m4a and webm where ffmpeg is installed"
# Demuxers of ffmpeg that read sound and films and open nothing else; no play lists.
DEMUXERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,aac,mp3,ogg,flac,wav,w64,aiff,amr,asf,avi,caf,au,ac3,mpegts,mpeg"


@dataclass(frozen=True)
class Sound:
    """Sound as it comes.

    Fields:
        rate: samples a second.
        seconds: how long it is; 0 if nobody knows before it has ended.
        blocks: mono float32 (N,), finite, one after another.
    """

    rate: int
    seconds: float
    blocks: Iterator[np.ndarray]


def opened(source: str | Path | bytes | np.ndarray, rate: int = SAMPLE_RATE) -> Sound:
    """The sound of a file, of a file's bytes, or of samples: (N,) or (N, channels), floats in -1..1 or whole numbers.

    Args:
        rate: of the samples of an array; files tell theirs.

    Raises:
        RequestError: there is no such file, it is empty or no sound, or the array is none.
    """
    if isinstance(source, np.ndarray):
        return _of_array(source, rate)
    if isinstance(source, bytes):
        if not source:
            raise RequestError("The file is empty: it has no bytes.")
        return _of_file(io.BytesIO(source))
    path = Path(source)
    try:
        folder, size = path.is_dir(), path.stat().st_size
    except (OSError, ValueError):  # the latter at names that no file can have
        raise RequestError(f"There is no file {str(source)[:200]!r} that can be read.") from None
    if folder:
        raise RequestError(f"{path.name!r} is a folder, not a file.")
    if not size:
        raise RequestError(f"{path.name!r} is empty: it has no bytes.")
    return _of_file(path)


def _of_array(samples: np.ndarray, rate: int) -> Sound:
    if samples.ndim == 2 and samples.shape[1] <= MOST_CHANNELS:
        channels = samples.shape[1]
    elif samples.ndim == 1:
        channels = 1
    else:
        raise RequestError(f"Samples must be of shape (N,) or (N, channels); they are {samples.shape}.")
    if not channels or samples.dtype.kind not in "fiu":
        raise RequestError(f"Samples must be numbers, floats in -1..1 or whole ones; they are {samples.dtype}.")
    if isinstance(rate, bool) or not isinstance(rate, int) or not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise RequestError(f"rate must be a whole number from {LOWEST_RATE} to {HIGHEST_RATE}; it is {str(rate)[:40]}.")
    if samples.dtype.kind != "f":
        limits = np.iinfo(samples.dtype)
        middle = (limits.max + 1) // 2 if samples.dtype.kind == "u" else 0
        samples = (samples.astype(np.float64) - middle) / (limits.max - middle)
    blocks = (samples[start : start + BLOCK * rate] for start in range(0, len(samples), BLOCK * rate))
    return Sound(rate, len(samples) / rate, map(_mono, blocks))


def _mono(block: np.ndarray) -> np.ndarray:
    block = np.nan_to_num(block.astype(np.float32), nan=0.0, posinf=1.0, neginf=-1.0).clip(-8, 8)
    return block.mean(1) if block.ndim == 2 else block


def _of_file(file: Path | io.BytesIO) -> Sound:
    try:
        reader = soundfile.SoundFile(file)
    except (soundfile.LibsndfileError, TypeError):  # the latter at endings such as .raw, which tell no format
        return _by_ffmpeg(file)
    if not LOWEST_RATE <= reader.samplerate <= HIGHEST_RATE or reader.channels > MOST_CHANNELS:
        raise RequestError(
            f"Sound of {reader.samplerate:,} samples a second in {reader.channels} channels cannot be heard; from "
            f"{LOWEST_RATE:,} to {HIGHEST_RATE:,} in at most {MOST_CHANNELS} are possible."
        )

    def blocks() -> Iterator[np.ndarray]:
        # A truncated file ends early; what it holds is heard.
        with reader, suppress(soundfile.LibsndfileError):
            while len(block := reader.read(BLOCK * reader.samplerate, dtype="float32", always_2d=True)):
                yield _mono(block)

    return Sound(reader.samplerate, max(0, reader.frames) / reader.samplerate, blocks())


def _by_ffmpeg(file: Path | io.BytesIO) -> Sound:
    """What soundfile does not read.

    Raises:
        RequestError: nor does ffmpeg, or it is not installed.
    """
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise RequestError(f"The file is not sound that can be read here: {WHAT_WORKS}; ffmpeg is not installed.")
    kept = None
    if isinstance(file, io.BytesIO):
        kept = tempfile.NamedTemporaryFile(prefix="resgen-")  # noqa: SIM115
        kept.write(file.getbuffer())
        kept.flush()
        file = Path(kept.name)
    # An absolute path behind "file:" can be no option and no other protocol.
    name = f"file:{file.resolve()}"
    limits = ["-protocol_whitelist", "file,pipe", "-format_whitelist", DEMUXERS]
    wanted = ["-map", "0:a:0", "-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "f32le", "pipe:1"]
    process = subprocess.Popen(
        [ffmpeg, "-nostdin", "-v", "quiet", "-threads", "1", *limits, "-i", name, *wanted],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    size = BLOCK * SAMPLE_RATE * 4
    first = _read(process, size)
    if not first:
        _ended(process, kept)
        raise RequestError(f"The file is not sound, or is damaged: {WHAT_WORKS}.")

    def blocks() -> Iterator[np.ndarray]:
        assert process.stdout is not None
        try:
            block = first
            while block:
                yield _mono(np.frombuffer(block[: len(block) // 4 * 4], np.float32))
                block = _read(process, size)
        finally:
            _ended(process, kept)

    return Sound(SAMPLE_RATE, 0.0, blocks())


def _read(process: subprocess.Popen, size: int) -> bytes:
    """So many bytes of what a process writes; fewer at its end, which comes when it takes too long."""
    assert process.stdout is not None
    late = threading.Timer(PATIENCE, process.kill)
    late.start()
    try:
        return process.stdout.read(size)
    finally:
        late.cancel()


def _ended(process: subprocess.Popen, kept) -> None:
    """Leave no process and no file behind."""
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
    if kept is not None:
        kept.close()
