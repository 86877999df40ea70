"""Sound in the formats that people ask for. Called by `SpeechResult.save`, the command line and the route in OpenAI's
shape.
"""

import io
import shutil
import subprocess

from resgen.errors import RequestError

# name -> (media type, format and subtype of soundfile; none: ffmpeg makes it)
FORMATS: dict[str, tuple[str, str | None, str | None]] = {
    "mp3": ("audio/mpeg", "MP3", None),
    "opus": ("audio/ogg", "OGG", "OPUS"),
    "flac": ("audio/flac", "FLAC", "PCM_16"),
    "wav": ("audio/wav", "WAV", "PCM_16"),
    "pcm": ("audio/pcm", "RAW", "PCM_16"),
    "aac": ("audio/aac", None, None),
}
ENDINGS = {".wav": "wav", ".mp3": "mp3", ".flac": "flac", ".opus": "opus", ".ogg": "opus", ".aac": "aac"}
SECONDS = 60  # that ffmpeg may take


def available() -> tuple[str, ...]:
    """The formats that can be made here: aac only where ffmpeg is installed."""
    return tuple(name for name, (_, kind, _) in FORMATS.items() if kind or shutil.which("ffmpeg"))


def checked_format(name: str) -> str:
    """The name, if that format can be made here.

    Raises:
        RequestError: it cannot; names those that can.
    """
    if name not in available():
        needs = " aac needs ffmpeg, which is not installed here." if name == "aac" else ""
        raise RequestError(f"The format must be one of {', '.join(available())}.{needs}")
    return name


def converted(wav: bytes, name: str) -> bytes:
    """A WAV file in another format; a WAV stays as it is, with the settings inside.

    Raises:
        RequestError: the format cannot be made here.
    """
    _, kind, subtype = FORMATS[checked_format(name)]
    if name == "wav":
        return wav
    if kind is None:
        return _by_ffmpeg(wav)
    import soundfile

    samples, rate = soundfile.read(io.BytesIO(wav), dtype="int16")
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=kind, subtype=subtype)
    return file.getvalue()


def _by_ffmpeg(wav: bytes) -> bytes:
    """AAC in ADTS frames. What a client sent is in no argument."""
    command = ["ffmpeg", "-v", "error", "-f", "wav", "-i", "pipe:0", "-c:a", "aac", "-f", "adts", "pipe:1"]
    try:
        done = subprocess.run(command, input=wav, capture_output=True, timeout=SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        raise RequestError("ffmpeg could not make aac of this; ask for another format, such as mp3.") from None
    return done.stdout
