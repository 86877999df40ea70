"""The tab that speaks, and the button that reads a story aloud. Built by `resgen.ui.page` around a speech engine."""

import base64
from functools import partial
from typing import Any

import gradio as gr

from resgen.engine import checked
from resgen.speech.features import SAMPLE_RATE
from resgen.speech.phonemes import clean
from resgen.speech.request import SpeechRequest
from resgen.speech.spectrogram import spectrogram
from resgen.turns import breathe
from resgen.ui import i18n, strings, surprises
from resgen.ui.controls import doubled, endpoint, refused, results, runner, seed_box, slider, surprise, textbox
from resgen.ui.hints import hint_line, tell_while_typing
from resgen.ui.memory import Form, copy_link
from resgen.ui.player import finished, heard, player, silent, sound_file
from resgen.ui.runs import Room, connect, run_until_stopped

PICTURED = 10  # seconds shown as a spectrogram, at most: more would be too fine to see
WIDTH = 1000  # pixels of it
PIECE = 3 << 20  # bytes at once of what may be the sound of half an hour; three make four characters


def status(result) -> str:
    """The line under the sound, with what was left out."""
    progress = result.progress
    seconds = sum(map(len, result.waves)) / SAMPLE_RATE
    line = i18n.say(
        "SPOKEN",
        done=progress.done,
        total=progress.total,
        audio=seconds,
        seconds=progress.seconds,
        seed=result.settings["seed"],
    )
    return "  \n".join([line, *i18n.noticed(result.notices)])


def foreseen(text: Any) -> list[str]:
    """What is to be told of a text before anything is said.

    Raises:
        RequestError: what cannot be said.
    """
    return clean(checked(SpeechRequest(text)).text)[1]


def speech_tab(speaker) -> Form:
    """Build the tab, its events and the endpoint /speak, inside an open `gr.Tab`; returns its form."""
    request, said = speaker.request, gr.State()
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            text = textbox(
                request,
                "text",
                value=next(iter(strings.SPEAK_EXAMPLES.values())),
                label=i18n.text("SPEAK_TEXT"),
                placeholder=i18n.text("SPEAK_HINT"),
                lines=5,
                max_lines=12,
                elem_id="speak-text",
                elem_classes="asks-speak",
            )
            hinted = hint_line("speak")
            with gr.Row():
                go = gr.Button(i18n.text("SPEAK"), variant="primary", elem_id="speak")
                room = Room("speak", "speak-stop")
            line = gr.Markdown(elem_id="speak-status", elem_classes="status")
            dice = surprise(surprises.SPEAK, [text], "speak-surprise")
            examples = gr.Examples(
                [[words] for words in strings.SPEAK_EXAMPLES.values()],
                [text],
                label=i18n.text("SPEAK_EXAMPLES_LABEL"),
                example_labels=[i18n.say(name) for name in strings.SPEAK_EXAMPLES],  # accessible.js translates them
                api_visibility="private",
            )
            names = [(str(i18n.text(f"VOICE_{name.upper()}")), name) for name in speaker.voices]
            voice = gr.Radio(
                names, value=speaker.voices[0], label=i18n.text("VOICE"), info=i18n.text("VOICE_HINT"), elem_id="voice"
            )
            speed = slider(request, "speed", i18n.text("SPEED"))
            pitch = slider(request, "pitch", i18n.text("PITCH"))
            with gr.Accordion(i18n.text("MORE"), open=False):
                liveliness = slider(request, "liveliness", i18n.text("LIVELINESS"))
                blend = gr.Dropdown(
                    [(str(i18n.text("NO_SECOND_VOICE")), request.blend), *names],
                    value=request.blend,
                    label=i18n.text("SECOND_VOICE"),
                    elem_id="second-voice",
                )
                balance = slider(request, "balance", i18n.text("VOICE_BALANCE"))
                seed = seed_box(request, "speak-seed")
        with gr.Column(scale=3, min_width=300, elem_id="speak-result"):
            both = player(said, room, "sound")
            picture = gr.Image(
                label=i18n.text("SPECTROGRAM"),
                format="png",
                interactive=False,
                buttons=["download", "fullscreen"],
                elem_id="spectrogram",
            )
            phonemes = textbox(
                request,
                "phonemes",
                label=i18n.text("PHONEMES"),
                info=i18n.text("PHONEMES_HINT"),
                lines=2,
                max_lines=6,
                interactive=True,
                buttons=["copy"],
                elem_id="phonemes",
            )
            again = gr.Button(i18n.text("SAY_PHONEMES"), size="sm", elem_id="say-phonemes")
            with gr.Row(elem_classes="tools"):
                keep = gr.Button(i18n.text("KEEP_SEED"), size="sm", elem_id="speak-keep")
                download = gr.DownloadButton(
                    i18n.text("DOWNLOAD"), size="sm", interactive=False, elem_id="speak-download"
                )
                used = gr.JSON(show_label=False, render=False)
                copy_link(room, speaker, used)
            with gr.Accordion(i18n.text("USED_SPEAKING"), open=False):
                used.render()

    def show(stream):
        pictured = 0.0  # seconds in the picture so far
        for update, playing, result in heard(stream):
            image = gr.skip()
            if pictured < PICTURED:
                wave = result.wave[: PICTURED * SAMPLE_RATE]
                pictured, image = len(wave) / SAMPLE_RATE, spectrogram(wave, WIDTH)
            yield *update, playing, status(result), image, "\n".join(result.phonemes), result.settings

    def introduce(name):
        said = strings.INTRODUCTION.format(name=str(name)[:40].title())
        yield from show(results(speaker, {"text": said, "voice": name}))

    controls = {"text": text, "voice": voice, "speed": speed, "pitch": pitch, "liveliness": liveliness}
    controls |= {"blend": blend, "balance": balance, "seed": seed}
    outputs = [*both, said, line, picture, phonemes, used]

    def finish_up(playing):
        path = gr.DownloadButton(value=playing and sound_file(playing.last), interactive=playing is not None)
        return *finished(playing), path

    clear: dict[gr.Component, Any] = dict(zip(both, silent(), strict=True))
    clear |= {hinted: "", said: None, line: partial(i18n.say, "SPEAKING"), picture: None, used: None}
    clear |= {download: gr.update(value=None, interactive=False)}
    all_gone = clear | {phonemes: ""}
    finish = {"fn": finish_up, "inputs": [said], "outputs": [*both, download]}
    how: dict[str, Any] = {"clear": all_gone, "after": [examples.load_input_event, dice]}
    connect(speaker, controls, show, outputs, [go.click], room, finish, keep, used, **how)
    edited = controls | {"phonemes": phonemes}
    run_until_stopped([again.click], *runner(speaker, edited, show), outputs, room, finish, clear=clear)
    run_until_stopped([voice.input], introduce, [voice], outputs, room, finish, clear=all_gone)
    endpoint(
        speaker,
        data_address,
        str,
        "speak",
        "Say a text; streams (WAV data address, settings) with more and more of its sentences.",
        doubled,
    )
    tell_while_typing("speak", hinted, [text], foreseen)
    return Form(room, speaker, edited, line, used)


def data_address(result) -> str:
    """What was said so far as a WAV file in a data: address, which needs no second request."""
    wav, parts = result.wav(), []
    for start in range(0, len(wav), PIECE):
        breathe()
        parts.append(base64.b64encode(wav[start : start + PIECE]))
    return "data:audio/wav;base64," + b"".join(parts).decode()


def read_aloud(
    speaker,
    story: gr.Component,
    _: gr.Component,
    buttons: gr.Row,
    room: Room,
    note: gr.Component,
    name: str = "read",
    label: str = "READ_ALOUD",
    voice: str | None = None,
) -> dict[gr.Component, Any]:
    """Build a button that reads what stands in a text box, and its player; the room's Stop ends it too.

    Args:
        buttons: where the button stands; the player comes where this is called.
        note: tells why there is nothing to hear.
        name, label: elem_id and text of the button.
        voice: that reads; the first, if None.

    Returns:
        What goes when another story begins.
    """
    with buttons:
        read = gr.Button(i18n.text(label), size="sm", elem_id=name)
    said = gr.State()
    both = player(said, room, f"{name}-sound", visible=False)

    def show(text):
        if not text:
            raise refused(i18n.say("NOTHING_WRITTEN"))
        for update, playing, _ in heard(results(speaker, {"text": text, "voice": voice or speaker.voices[0]})):
            yield *update, playing

    gone: dict[gr.Component, Any] = {**dict(zip(both, silent(visible=False), strict=True)), said: None}
    finish = {"fn": finished, "inputs": [said], "outputs": both}
    only: dict[str, Any] = {"lane": "read", "clear": gone | {note: ""}}
    run_until_stopped([read.click], show, [story], [*both, said], room, finish, **only)
    return gone
