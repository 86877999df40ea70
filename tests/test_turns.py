"""Tests the promise that many requests share one machine fairly, end when nobody waits, and stay apart."""

import asyncio
import threading
import time

import pytest

from resgen.turns import PAUSE, Busy, Turns, Visitor, at_work, breathe


def visitor(name: str, host: str = "1.1.1.1") -> Visitor:
    return Visitor(host, name)


async def collect(turns: Turns, who: Visitor, steps: int, log: list, **given) -> list:
    def work():
        for step in range(steps):
            log.append(who.session)
            time.sleep(0.003)  # a step is longer than a result's way to who asked for it
            yield step

    return [result async for result in turns.stream(who, work, **given)]


def together(*requests):
    async def main():
        return await asyncio.gather(*requests)

    return asyncio.run(main())


def test_results_come_in_order_and_errors_reach_who_asked():
    turns, log = Turns(), []

    def broken():
        yield 1
        raise ValueError("no")

    async def failing():
        return [result async for result in turns.stream(visitor("b"), broken)]

    assert asyncio.run(collect(turns, visitor("a"), 3, log)) == [0, 1, 2]
    with pytest.raises(ValueError, match="no"):
        asyncio.run(failing())
    assert asyncio.run(collect(turns, visitor("a"), 2, log)) == [0, 1]
    assert turns._jobs == [] and not turns._used


def test_a_short_request_does_not_wait_for_a_long_ones_end():
    turns, log = Turns(), []
    together(collect(turns, visitor("long"), 60, log), collect(turns, visitor("short"), 3, log))
    assert max(place for place, who in enumerate(log) if who == "short") < 20


def test_turns_are_by_visitor_not_by_request():
    turns, log = Turns(running=(50, 50, 10), waiting=10), []
    many = [collect(turns, visitor("many"), 60, log) for _ in range(6)]
    together(*many, collect(turns, visitor("one"), 40, log))
    until = max(place for place, who in enumerate(log) if who == "one") + 1
    assert log[:until].count("many") < 1.5 * 40


def test_turns_are_by_host_before_visitor():
    turns, log = Turns(), []
    crowd = [collect(turns, visitor(f"v{n}", "9.9.9.9"), 30, log) for n in range(10)]
    together(*crowd, collect(turns, visitor("alone", "2.2.2.2"), 30, log))
    until = max(place for place, who in enumerate(log) if who == "alone") + 1
    assert until < 2.5 * 30


def test_all_work_is_done_by_one_thread():
    turns, threads = Turns(), set()

    def work():
        for _ in range(5):
            threads.add(threading.current_thread().name)
            yield None

    async def one(name):
        async for _ in turns.stream(visitor(name), work):
            pass

    together(one("a"), one("b"))
    assert threads == {"resgen-model"}


def test_a_visitor_has_a_share_and_the_server_an_end():
    turns = Turns(running=(3, 3, 1), waiting=1, capacity=(4, 3))
    release = threading.Event()

    def slow():
        release.wait(10)
        yield 1

    async def main():
        async def run(who):
            return [result async for result in turns.stream(who, slow)]

        own = [asyncio.create_task(run(visitor("a"))) for _ in range(2)]
        await asyncio.sleep(0.05)
        with pytest.raises(Busy, match="You have 2 requests") as busy:
            await run(visitor("a"))
        assert not busy.value.everybody
        own.append(asyncio.create_task(run(visitor("b"))))
        await asyncio.sleep(0.05)
        with pytest.raises(Busy, match="3 requests are being served") as busy:
            await run(visitor("c"))
        assert busy.value.everybody and busy.value.retry_after > 0
        own.append(asyncio.create_task(run(visitor("d", "2.2.2.2"))))
        await asyncio.sleep(0.05)
        with pytest.raises(Busy):
            await run(visitor("e", "3.3.3.3"))
        release.set()
        assert await asyncio.gather(*own) == [[1]] * 4

    asyncio.run(main())
    assert turns._jobs == []


def test_who_waits_is_told_his_place():
    turns, log = Turns(running=(1, 1, 1)), []
    told = together(
        collect(turns, visitor("a"), 50, log),
        collect(turns, visitor("b"), 2, log, waiting=lambda ahead: f"after {ahead}"),
        collect(turns, visitor("c"), 2, log, waiting=lambda ahead: f"after {ahead}"),
    )
    assert told[1] == ["after 0", 0, 1] and told[2] == ["after 1", 0, 1]


def test_closing_ends_the_generator_within_a_step_and_frees_the_place():
    turns, ended, steps = Turns(), threading.Event(), []

    def endless():
        try:
            while True:
                steps.append(1)
                yield len(steps)
        finally:
            ended.set()

    async def main():
        stream = turns.stream(visitor("a"), endless)
        assert await anext(stream) == 1
        await stream.aclose()
        assert await asyncio.to_thread(ended.wait, 10)

    asyncio.run(main())
    assert len(steps) == 1


def test_cancelling_who_waits_ends_the_work():
    turns, ended, inside = Turns(), threading.Event(), threading.Event()

    def slow():
        try:
            inside.set()
            threading.Event().wait(0.2)
            yield 1
            threading.Event().wait(0.2)
            yield 2
        finally:
            ended.set()

    async def main():
        async def run():
            return [result async for result in turns.stream(visitor("a"), slow)]

        task = asyncio.create_task(run())
        await asyncio.to_thread(inside.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(ended.wait, 10)

    asyncio.run(main())
    assert turns._jobs == []


def test_a_long_step_lets_others_have_their_turn():
    turns, log = Turns(), []

    def long_step():
        for _ in range(20):
            log.append("part")
            breathe()
            threading.Event().wait(0.005)
        yield "done"

    async def one():
        return [result async for result in turns.stream(visitor("long"), long_step)]

    results = together(one(), collect(turns, visitor("short"), 5, log))
    assert results == [["done"], [0, 1, 2, 3, 4]]
    assert log.index("part") < max(i for i, who in enumerate(log) if who == "short") < len(log) - 3


def test_breathing_without_turns_does_nothing():
    breathe()


def test_places_are_kept_for_other_hosts():
    turns, log = Turns(running=(3, 2, 2)), []
    release, ended = threading.Event(), []

    def slow():
        while not release.is_set():
            time.sleep(0.01)
            yield 1

    async def main():
        async def run(name):
            async for _ in turns.stream(visitor(name, "9.9.9.9"), slow):
                pass
            ended.append(name)

        crowd = [asyncio.create_task(run(f"v{number}")) for number in range(5)]
        await asyncio.sleep(0.1)
        assert turns.load() == {"running": 2, "waiting": 3}
        # Somebody from elsewhere is served while the crowd still runs.
        assert await collect(turns, visitor("alone", "2.2.2.2"), 3, log) == [0, 1, 2]
        assert ended == []
        release.set()
        await asyncio.gather(*crowd)

    asyncio.run(main())


def test_who_is_interrupted_is_not_left_behind_by_those_who_keep_coming():
    turns, done = Turns(), dict.fromkeys(range(20), 0)

    def step():
        for _ in range(3):
            time.sleep(0.001)
            breathe()
        yield "done"

    async def main():
        async def keep_asking(who):
            while sum(done.values()) < 300:
                # As over HTTP, where each request of a client may be a session of its own.
                async for _ in turns.stream(visitor(f"{who}, {done[who]}"), step):
                    done[who] += 1

        await asyncio.gather(*(keep_asking(who) for who in done))

    asyncio.run(main())
    assert min(done.values()) >= 300 / 20 / 2


def test_who_pauses_lets_others_go_on_and_tells_nobody():
    turns, order = Turns(), []

    def pausing():
        for number in range(20):
            order.append("pausing")
            time.sleep(0.003)
            yield PAUSE if number % 5 else number

    async def run():
        return [result async for result in turns.stream(visitor("a"), pausing)]

    results, _ = together(run(), collect(turns, visitor("b"), 15, order))
    assert results == [0, 5, 10, 15]
    until = max(place for place, who in enumerate(order) if who == "b") + 1
    assert order[:until].count("pausing") >= 10 and turns._jobs == []


def test_who_goes_away_in_a_pause_leaves_nothing_behind():
    turns, ended = Turns(), threading.Event()

    def endless():
        try:
            while True:
                time.sleep(0.001)
                yield PAUSE
        finally:
            ended.set()

    async def leave():
        stream = turns.stream(visitor("a"), endless)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(stream), 0.1)

    asyncio.run(leave())
    assert ended.wait(5)


def test_a_generator_can_know_how_many_are_at_work():
    turns, counts = Turns(), []

    def counting():
        for _ in range(10):
            counts.append(at_work())
            time.sleep(0.002)
            yield None

    async def run(name):
        return [result async for result in turns.stream(visitor(name), counting)]

    together(run("a"), run("b"), run("c"))
    assert max(counts) == 3 and at_work() == 1
