"""Tests the promises that Stop ends what was started before it was pressed, and nothing else, and that a new run of a
visitor ends his old one, waits for its end, and ends nobody else's."""

import asyncio
from types import SimpleNamespace

import gradio as gr
import pytest

from resgen.ui.room import MAIN, MOST_RUNS, Room


@pytest.fixture
def room():
    with gr.Blocks():
        return Room("write", "stop")


def test_a_stop_is_for_what_this_visitor_started_before_it_whichever_request_arrives_first(room):
    visitor = SimpleNamespace(session_hash="a")
    assert not room.is_over("a", MAIN, 5.0)
    room.press(10.0, visitor)
    assert room.is_over("a", MAIN, 5.0) and room.is_over("a", "read", 5.0)
    assert not room.is_replaced("a", MAIN, 5.0)  # what it has made is still shown
    assert not room.is_over("a", MAIN, 20.0)
    assert not room.is_over("b", MAIN, 5.0)


def order_of(room, *runs: tuple[str, str, float]) -> list[str]:
    """What happens when visitors start runs (session, lane, time) one after the other, each of which goes on until it
    is over."""
    told = []

    async def work(session: str, lane: str, started: float) -> None:
        async with room.alone(session, lane, started):
            told.append(f"{lane} {started} begins")
            for _ in range(20):
                if room.is_over(session, lane, started):
                    break
                await asyncio.sleep(0.001)
            told.append(f"{lane} {started} ends")

    async def together() -> None:
        tasks = []
        for run in runs:
            tasks.append(asyncio.create_task(work(*run)))
            await asyncio.sleep(0.003)
        await asyncio.gather(*tasks)

    asyncio.run(together())
    return told


def test_a_new_run_begins_when_the_old_one_has_ended(room):
    assert order_of(room, ("a", MAIN, 1), ("a", MAIN, 2)) == [
        f"main {n} {what}" for n in (1, 2) for what in ("begins", "ends")
    ]
    assert room.is_replaced("a", MAIN, 1) and not room.is_replaced("a", MAIN, 2)


def test_a_main_run_ends_all_others_of_its_room_which_leave_it_and_each_other_alone(room):
    told = order_of(room, ("a", "read", 1), ("a", "illustrate", 2), ("a", MAIN, 3), ("a", "read", 4))
    assert told.index("read 1 ends") < told.index("main 3 begins") > told.index("illustrate 2 ends")
    assert told.index("illustrate 2 begins") < told.index("read 1 ends")
    assert told.index("read 4 begins") < told.index("main 3 ends")


def test_what_one_visitor_starts_ends_nothing_of_another(room):
    told = order_of(room, ("a", MAIN, 1), ("b", MAIN, 2))
    assert told.index("main 2 begins") < told.index("main 1 ends")


def test_nobody_can_wait_with_more_runs_than_one_presses(room):
    async def press() -> int:
        waiting = [asyncio.create_task(anext(_entered(room, number))) for number in range(MOST_RUNS)]
        await asyncio.sleep(0)
        with pytest.raises(gr.Error, match="several times"):
            await anext(_entered(room, MOST_RUNS))
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return len(room._visit("a").runs)

    assert asyncio.run(press()) <= 1


async def _entered(room, started: float):
    async with room.alone("a", MAIN, started):
        yield await asyncio.sleep(1)
