"""Connections that take their time: a client that sends a request's head byte by byte, or none, holds a socket for as
long as it likes, for uvicorn waits without end. Called by `resgen.ui.page.launch`.
"""

from asyncio import TimerHandle
from typing import Any

SECONDS = 20.0  # within which a request's head must have come; bodies: see `resgen.ui.api.bodies`


def hurry(protocol: type, seconds: float = SECONDS) -> type:
    """A class of connections that closes those on which nothing is asked.

    Args:
        protocol: uvicorn's class for HTTP, of either parser.
        seconds: how long one may be open, from its first byte and from the first byte after each answer, until there
            is a request.
    """

    class Hurried(protocol):
        _end: TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._look()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self._look()

        def on_response_complete(self) -> None:
            self._look()
            super().on_response_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            if self._end is not None:
                self._end.cancel()
            super().connection_lost(exc)

        def _look(self) -> None:
            """Let the time run while there is no request, and only then."""
            asked = self.cycle is not None and not self.cycle.response_complete
            if asked and self._end is not None:
                self._end.cancel()
                self._end = None
            elif not asked and self._end is None:
                self._end = self.loop.call_later(seconds, self._close)

        def _close(self) -> None:
            if self.cycle is None or self.cycle.response_complete:
                self.transport.close()

    return Hurried
