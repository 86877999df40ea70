"""Tests the promise that a text sounds while the rest of it is being said, with seams only between sentences."""

from dataclasses import dataclass, replace

import pytest

from resgen.engine import Progress
from resgen.ui import player


@dataclass(frozen=True)
class Said:
    """As much of a `SpeechResult` as the player needs: the numbers of the sentences said."""

    sentences: tuple[int, ...]
    progress: Progress

    def since(self, sentence: int) -> "Said":
        return replace(self, sentences=self.sentences[sentence:])


def run(sentences: int, seconds: float):
    """Results of a run in which each sentence takes so many seconds of work."""
    for done in range(1, sentences + 1):
        yield Said(tuple(range(done)), Progress(done, sentences, done * seconds))


@pytest.fixture(autouse=True)
def updates(monkeypatch) -> list[tuple[list[int], bool]]:
    """What the player got: sentences, and whether they sound at once."""
    given = []
    monkeypatch.setattr(player, "sound", lambda result, at_once=True: given.append((list(result.sentences), at_once)))
    monkeypatch.setattr(player, "sound_file", lambda result: "sound.wav")
    return given


def test_a_text_that_is_soon_said_comes_in_one_piece(updates):
    *_, (_, playing, _) = player.heard(run(3, player.PATIENCE / 4))
    player.finished(playing)
    player.ended(playing)
    assert updates == [([0, 1, 2], True)]


def test_of_a_long_text_the_player_gets_the_rest_when_its_sound_ends_and_at_last_the_whole(updates):
    results = list(player.heard(run(40, player.PATIENCE / 4)))
    playing = results[-1][1]
    assert updates == [([0, 1, 2, 3], True)]  # as soon as it has waited enough
    player.finished(playing)
    assert len(updates) == 1  # what sounds is not disturbed
    player.ended(playing)
    player.ended(playing)
    player.ended(playing)  # the whole was played again
    assert updates[1:] == [(list(range(4, 40)), True), (list(range(40)), False)]


def test_on_a_slow_machine_each_sentence_sounds_as_soon_as_it_is_there(updates):
    for _, playing, _ in player.heard(run(4, 5.0)):
        player.ended(playing)  # before the next is there
    player.ended(playing)
    assert updates == [([0], True), ([1], True), ([2], True), ([3], True), ([0, 1, 2, 3], False)]


def test_stop_silences_the_player_and_leaves_it_what_was_said(updates):
    stream = player.heard(run(40, player.PATIENCE))
    for _ in range(3):
        _, playing, _ = next(stream)
    player.silenced(playing)
    next(stream)  # it was being said
    player.finished(playing)
    assert updates[1:] == [([0, 1, 2], False), ([0, 1, 2, 3], False)]
    player.ended(playing)  # it was played
    assert len(updates) == 3


def test_stop_silences_what_sounds_when_all_is_said(updates):
    *_, (_, playing, _) = player.heard(run(40, player.PATIENCE))
    player.finished(playing)
    player.ended(playing)
    player.silenced(playing)
    assert updates[2:] == [(list(range(40)), False)]


def test_the_end_of_a_sound_without_a_run_changes_nothing(updates):
    player.ended(None)
    player.silenced(None)
    player.finished(None)
    assert updates == []
