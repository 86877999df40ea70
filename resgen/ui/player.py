"""A player that sounds before all is said. Built by `resgen.ui.speech_tab` for its own tab and for stories read aloud.

A text that is soon said comes in one piece. Of a longer one the player gets what is there after `PATIENCE` seconds of
work, and each time its sound ends, all that has been said since: the seams lie between sentences, where a voice pauses,
and as speaking is far quicker than listening, the second piece is mostly the last. When the last has sounded the player
shows the whole, to be played again. (Gradio's streamed player, which needs ffmpeg, would show neither wave nor words;
and a player that is given a longer sound while it plays begins it anew, wherever it is told to go on, Gradio 6.31.)
"""

from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr

from resgen.ui.controls import PRIVATE, new_folder
from resgen.ui.theme import ACCENT

PATIENCE = 0.4  # seconds of work


def sound_file(result) -> str:
    """A result as a WAV file, resgen-speech-SEED.wav; its path."""
    path = new_folder() / f"resgen-speech-{result.settings['seed']}.wav"
    result.save(path)
    return str(path)


def sound(result, autoplay: bool = True):
    """An update of the player: a result's sound and its words."""
    words = [{"text": word.text, "timestamp": [word.start, word.end]} for word in result.words]
    return gr.Audio(value=sound_file(result), subtitles=words, autoplay=autoplay, visible=True)


@dataclass
class Playing:
    """A run and how much of it a player has got. It changes in place: the run tells what is said, the player's events
    what has sounded.

    Fields:
        last: what was said so far.
        begun: sentences before the piece in the player.
        given: sentences that it got, those of this piece among them.
        waiting: nothing sounds.
    """

    last: object
    begun: int = 0
    given: int = 0
    waiting: bool = True

    def more(self):
        """An update of the player: what it has not got yet."""
        self.begun, self.given, self.waiting = self.given, self.last.progress.done, False
        return sound(self.last.since(self.begun))

    def whole(self):
        """An update of the player: all there is, silent until someone plays it."""
        self.begun, self.given, self.waiting = 0, self.last.progress.done, False
        return sound(self.last, autoplay=False)

    def over(self) -> bool:
        return self.last.progress.done == self.last.progress.total


def heard(stream: Iterator) -> Iterator[tuple]:
    """Results -> (player, `Playing`, result)."""
    playing = None
    for result in stream:
        playing, update = playing or Playing(result), gr.skip()
        playing.last = result
        if playing.waiting and (playing.given or playing.over() or result.progress.seconds >= PATIENCE):
            update = playing.more()
        yield update, playing, result


def ended(playing: Playing | None):
    """What the player becomes when its sound has come to its end."""
    if playing is None:
        return gr.skip()
    if playing.given < playing.last.progress.done:
        return playing.more()
    if not playing.over():
        playing.waiting = True
        return gr.skip()
    return playing.whole() if playing.begun else gr.skip()


def finished(playing: Playing | None):
    """What the player and the download become when all is said, or Stop was pressed, which silences it."""
    if playing is None:
        return gr.skip(), gr.DownloadButton(interactive=False)
    download = gr.DownloadButton(value=sound_file(playing.last), interactive=True)
    if not playing.over():
        return playing.whole(), download
    return playing.more() if playing.waiting else gr.skip(), download


def player(playing: gr.State, **look) -> gr.Audio:
    """The player of what stands in `playing`."""
    audio = gr.Audio(
        show_label=False,
        autoplay=True,
        interactive=False,
        type="filepath",
        buttons=["download"],
        waveform_options=gr.WaveformOptions(waveform_progress_color=ACCENT),
        **look,
    )
    audio.stop(ended, [playing], [audio], queue=False, show_progress="hidden", **PRIVATE)
    return audio
