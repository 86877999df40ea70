"""A player that sounds before all is said. Built by `resgen.ui.speech_tab` for its own tab and for stories read aloud.

A text that is soon said comes in one piece. Of a longer one the player gets what is there after `PATIENCE` seconds of
work, and each time its sound ends, all that has been said since: the seams lie between sentences, where a voice pauses,
and as speaking is far quicker than listening, the second piece is mostly the last. When the last has sounded, the whole
is there to be played again. (Gradio's streamed player, which needs ffmpeg, would show neither wave nor words; and a
player that is given a longer sound while it plays begins it anew, wherever it is told to go on, Gradio 6.31.)
"""

from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr

from resgen.speech.request import SpeechResult
from resgen.ui.controls import PRIVATE, file_of
from resgen.ui.runs import Room
from resgen.ui.theme import ACCENT

PATIENCE = 0.4  # seconds of work

# The player is two, of which one is seen: one that begins at once and one that waits to be pressed, for Gradio looks at
# `autoplay` only when a player appears. An update is a pair.
Update = tuple
SAME: Update = (gr.skip(), gr.skip())


def sound_file(result) -> str:
    """A result as a WAV file, resgen-speech-SEED.wav; its path."""
    return file_of(f"resgen-speech-{result.settings['seed']}.wav", result.wav())


def sound(result, at_once: bool = True) -> Update:
    """A result's sound and its words in the player that begins at once, or in the other."""
    words = [{"text": word.text, "timestamp": [word.start, word.end]} for word in result.words]
    seen, unseen = (
        gr.Audio(value=sound_file(result), subtitles=words, visible=True),
        gr.Audio(value=None, subtitles=None, visible=False),
    )
    return (seen, unseen) if at_once else (unseen, seen)


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

    last: SpeechResult
    begun: int = 0
    given: int = 0
    waiting: bool = True

    def more(self) -> Update:
        """What the player has not got yet."""
        self.begun, self.given, self.waiting = self.given, self.last.progress.done, False
        return sound(self.last.since(self.begun))

    def whole(self) -> Update:
        """All there is, silent until someone plays it."""
        self.begun, self.given, self.waiting = 0, self.last.progress.done, False
        return sound(self.last, at_once=False)

    def over(self) -> bool:
        return self.last.progress.done == self.last.progress.total


def heard(stream: Iterator) -> Iterator[tuple]:
    """Results -> (update, `Playing`, result)."""
    playing = None
    for result in stream:
        playing, update = playing or Playing(result), SAME
        playing.last = result
        if playing.waiting and (playing.given or playing.over() or result.progress.seconds >= PATIENCE):
            update = playing.more()
        yield update, playing, result


def ended(playing: Playing | None) -> Update:
    """What the player becomes when its sound has come to its end."""
    if playing is None:
        return SAME
    if playing.given < playing.last.progress.done:
        return playing.more()
    if not playing.over():
        playing.waiting = True
        return SAME
    return playing.whole() if playing.begun else SAME


def silenced(playing: Playing | None) -> Update:
    """What the player becomes when Stop is pressed, whether all is said or not."""
    return playing.whole() if playing else SAME


def finished(playing: Playing | None) -> Update:
    """What the player becomes when the run is over."""
    if playing is None:
        return SAME
    if not playing.over():  # it was stopped
        return playing.whole()
    return playing.more() if playing.waiting else SAME


def silent(visible: bool = True) -> Update:
    """A player without a sound."""
    return gr.update(value=None, subtitles=None, visible=visible), gr.update(value=None, subtitles=None, visible=False)


def player(playing: gr.State, room: Room, elem_id: str, visible: bool = True) -> list[gr.Audio]:
    """The player of what stands in `playing`, which the room's Stop silences."""
    with gr.Column(elem_id=elem_id):
        both = [
            gr.Audio(
                show_label=False,
                autoplay=at_once,
                interactive=False,
                type="filepath",
                buttons=["download"],
                waveform_options=gr.WaveformOptions(waveform_progress_color=ACCENT),
                visible=visible and at_once,
            )
            for at_once in (True, False)
        ]
    for event, update in ((both[0].stop, ended), (room.button.click, silenced)):
        event(update, [playing], both, queue=False, show_progress="hidden", **PRIVATE)
    return both
