"""What goes into the recogniser and what comes out of it. Used by `resgen.listen.engine`, the page and the command
line, which need no PyTorch for it.
"""

import json
from dataclasses import asdict, dataclass

from resgen.engine import Progress, setting

FORMATS = ("txt", "srt", "vtt", "json")  # that a result can be written in
LONGEST_LINE, LONGEST_CAPTION = 42, 6.0  # letters and seconds of a subtitle
PAUSE = 0.8  # seconds of silence that end a subtitle


@dataclass(frozen=True)
class ListenRequest:
    """How to listen."""

    beam: int = setting(8, "how many readings are followed at a time; 1 takes the likeliest letter each time", 1, 64)


@dataclass(frozen=True)
class Heard:
    """A word that was heard, when (seconds from the beginning of the whole) and how surely (0-1)."""

    word: str
    start: float
    end: float
    confidence: float


@dataclass(frozen=True)
class ListenResult:
    """What was heard so far; the last result is final. Progress counts whole seconds of sound.

    Fields:
        seconds: how much sound that was.
        notices: what the listener should know, such as that nothing was said.
    """

    words: tuple[Heard, ...]
    seconds: float
    notices: tuple[str, ...]
    settings: dict
    progress: Progress

    @property
    def text(self) -> str:
        return " ".join(heard.word for heard in self.words)

    def captions(self) -> list[tuple[Heard, ...]]:
        """The words, cut into subtitles: at pauses, and where a line is full."""
        cut: list[tuple[Heard, ...]] = []
        line: tuple[Heard, ...] = ()
        for heard in self.words:
            letters = sum(len(one.word) + 1 for one in line) + len(heard.word)
            if line and (
                letters > LONGEST_LINE
                or heard.start - line[-1].end > PAUSE
                or heard.end - line[0].start > LONGEST_CAPTION
            ):
                cut.append(line)
                line = ()
            line += (heard,)
        return [*cut, line] if line else cut

    def written(self, kind: str) -> str:
        """The result as one of FORMATS, with a line break at its end."""
        if kind == "json":
            content = {
                "text": self.text,
                "words": [asdict(heard) for heard in self.words],
                "duration": round(self.seconds, 3),
                "notices": self.notices,
                "settings": self.settings,
            }
            return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        if kind == "txt":
            return self.text + "\n"
        mark = "," if kind == "srt" else "."
        blocks = [] if kind == "srt" else ["WEBVTT"]
        for number, line in enumerate(self.captions(), 1):
            times = f"{_clock(line[0].start, mark)} --> {_clock(line[-1].end, mark)}"
            said = " ".join(heard.word for heard in line)
            blocks.append(f"{number}\n{times}\n{said}" if kind == "srt" else f"{times}\n{said}")
        return "\n\n".join(blocks) + "\n"


def _clock(seconds: float, mark: str) -> str:
    """61.5 -> 00:01:01,500."""
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{mark}{thousandths:03}"
