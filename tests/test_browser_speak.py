"""The Speak tab in a real browser: a press speaks, Stop stops, voices and phonemes can be chosen."""

import io
import json
import re

import pytest
import soundfile
from browsing import one_run, open_speaking, press_and_wait, set_number
from playwright.sync_api import expect

from resgen.ui import player

HELLO = "Hello! It is me."


# Notes the words that a player shows, each only while it sounds, and the files that it offers one after the other.
WATCH = """() => {
    const sound = document.querySelector("#sound");
    window.heard = {words: "", files: []};
    const look = () => {
        heard.words += sound.textContent;
        const link = sound.querySelector("a[download]");
        if (link && heard.files.at(-1) !== link.href) heard.files.push(link.href);
    };
    new MutationObserver(look).observe(sound, {subtree: true, childList: true, characterData: true, attributes: true});
}"""


def seconds_of(page, address: str) -> float:
    """How long a WAV file is that the page offers."""
    with soundfile.SoundFile(io.BytesIO(page.request.get(address).body())) as file:
        return file.frames / file.samplerate


def sound_length(page, where: str) -> float:
    """Seconds of the sound in a player."""
    link = page.locator(f"{where} a[download]").first
    expect(link).to_have_attribute("href", re.compile("resgen-speech-.*wav"))
    return seconds_of(page, link.get_attribute("href"))


def speak(page) -> None:
    """What the box holds, to the end."""
    with one_run(page, "speak"):
        page.get_by_role("button", name="Speak", exact=True).click()


def test_one_press_speaks_and_the_sound_can_be_downloaded(page):
    open_speaking(page)
    speak(page)
    expect(page.locator("#speak-status")).to_contain_text("sentence 2 of 2")
    expect(page.locator("#speak-download")).to_be_enabled()
    expect(page.locator("#spectrogram img")).to_be_visible()
    expect(page.locator("#phonemes textarea")).to_have_value(re.compile("həlˈO!"))
    assert 2 < sound_length(page, "#sound") < 12
    with page.expect_download() as download:
        page.locator("#speak-download").click()
    with soundfile.SoundFile(download.value.path()) as file:
        settings = json.loads(file.comment)
    assert download.value.suggested_filename == f"resgen-speech-{settings['seed']}.wav"
    assert settings["text"].startswith("Hello!") and settings["voice"] == "heart"


def test_a_text_in_two_pieces_is_played_one_after_the_other_and_then_shown_whole(page, monkeypatch):
    monkeypatch.setattr(player, "PATIENCE", 0)  # the second sentence comes when the first has sounded
    open_speaking(page)
    page.locator("#speak-text textarea").fill("Supercalifragilistic sounds come first. Understandably more come then.")
    page.evaluate(WATCH)
    speak(page)
    # A busy machine may be too late to show one of the words.
    page.wait_for_function("/(Supercalifragilistic|sounds|first)[^]*(Understandably|more|then)/.test(heard.words)")
    page.wait_for_function("heard.files.length >= 3")
    expect(page.locator("#sound button[aria-label=Play]")).to_be_visible()  # it waits to be pressed
    first, second, whole = (seconds_of(page, address) for address in page.evaluate("heard.files")[-3:])
    assert whole == pytest.approx(first + second)


def test_phonemes_can_be_changed_and_said(page):
    open_speaking(page)
    page.locator("#speak-text textarea").fill(HELLO)
    speak(page)
    page.locator("#phonemes textarea").fill("həlˈO!\nɡʊdbˈI.")
    with one_run(page, "speak"):
        page.locator("#say-phonemes").click()
    expect(page.locator("#speak-status")).to_contain_text("sentence 2 of 2 · ")
    expect(page.locator("#phonemes textarea")).to_have_value("həlˈO!\nɡʊdbˈI.")


def test_stop_stops_the_speaking_and_keeps_what_was_said(page, unhurried):
    open_speaking(page)
    page.locator("#speak-text textarea").fill("The quick brown fox jumps over the lazy dog. " * 60)
    with one_run(page, "speak"):
        page.get_by_role("button", name="Speak", exact=True).click()
        expect(page.locator("#speak-status")).to_contain_text("of 60")
        page.get_by_role("button", name="Stop").locator("visible=true").click()
    expect(page.locator("#speak-download")).to_be_enabled()
    line = page.locator("#speak-status").inner_text()
    page.wait_for_timeout(700)  # longer than the speaker rests after each result
    assert page.locator("#speak-status").inner_text() == line and "sentence 60" not in line
    expect(page.locator("#sound button[aria-label=Play]")).to_be_visible()  # it is silent
    with page.expect_download() as download:
        page.locator("#speak-download").click()
    assert soundfile.info(download.value.path()).duration > 2


def test_a_voice_that_is_chosen_introduces_itself_and_then_says_the_text(page):
    open_speaking(page)
    page.locator("#speak-text textarea").fill(HELLO)
    with one_run(page, "speak"):
        page.locator("#voice label").filter(has_text="George").click()
    expect(page.locator("#phonemes textarea")).to_have_value(re.compile("^həlˈQ, .*ʤˈɔːʤ"))
    speak(page)
    expect(page.locator("#phonemes textarea")).to_have_value(re.compile("^həlˈQ!"))


def test_what_cannot_be_said_is_explained_on_the_page(page):
    open_speaking(page)
    page.locator("#speak-text textarea").fill("привет")
    page.get_by_role("button", name="Speak", exact=True).click()
    expect(page.locator("main").get_by_text("This voice reads English")).to_be_visible()
    page.locator("#phonemes textarea").fill("жжж")
    page.locator("#say-phonemes").click()
    expect(page.locator("main").get_by_text("These phonemes cannot be spoken: ж")).to_be_visible()


def test_a_story_is_read_aloud(page):
    set_number(page, "Length", 20)
    press_and_wait(page, 20)
    expect(page.locator("#download")).to_be_enabled()
    page.get_by_role("button", name="Read it aloud").click()
    assert sound_length(page, "#read-sound") > 1
