"""Tests the promise that who is slow, or sends much, holds no more than a share of the server."""

import asyncio
import time

import httpx
import pytest
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from resgen.turns import Busy
from resgen.ui.api import quota
from resgen.ui.api.connections import hurry
from resgen.ui.api.quota import Quota


async def app(scope, receive, send):
    await asyncio.sleep(0.6)  # longer than the patience of the tests: work is waited for
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def served(client) -> None:
    config = uvicorn.Config(app, port=0, log_level="error", lifespan="off", http=hurry(H11Protocol, 0.3))
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        await client(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        await task


@pytest.mark.parametrize("pieces", [[], [b"GET / HTTP/1.1\r\n", *[b"X: y\r\n"] * 100]], ids=["nothing", "byte by byte"])
def test_a_connection_on_which_nothing_is_asked_is_closed(pieces):
    async def slow(port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)

        async def send():
            for piece in pieces:
                writer.write(piece)
                await asyncio.sleep(0.05)

        sending = asyncio.create_task(send())
        assert await asyncio.wait_for(reader.read(), 4) == b""
        sending.cancel()
        writer.close()

    asyncio.run(served(slow))


def test_a_request_that_takes_its_time_is_answered_and_the_next_one_too():
    async def client(port):
        async with httpx.AsyncClient() as asking:
            for _ in range(2):
                assert (await asking.get(f"http://127.0.0.1:{port}/")).text == "ok"

    asyncio.run(served(client))


def test_uploads_are_limited_for_a_host_and_for_all_as_long_as_they_lie_there():
    now = time.monotonic()
    taken = Quota(most_of_all=100, most_of_host=60, clock=lambda: now)
    taken.take("a", 60)
    with pytest.raises(Busy, match="You have uploaded"):
        taken.take("a", 1)
    taken.take("b", 40)
    with pytest.raises(Busy, match="Much has been uploaded") as busy:
        taken.take("c", 1)
    assert busy.value.everybody
    now += quota.KEPT + 1
    taken.take("a", 60)
