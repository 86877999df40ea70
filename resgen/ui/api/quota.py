"""How much may be uploaded: files stay for an hour or two, so bytes are counted for as long. Used by the guard."""

import time
from collections import deque
from collections.abc import Callable

from resgen.turns import Busy

KEPT = 7200.0  # seconds that an upload may lie on the disk: see `delete_cache` in `resgen.ui.page`
MOST_OF_ALL, MOST_OF_HOST = 1_000_000_000, 100_000_000  # bytes


class Quota:
    """Bytes that came in the last two hours.

    Args:
        most_of_all, most_of_host: how many may come in that time.
        clock: seconds.
    """

    def __init__(
        self, most_of_all: int = MOST_OF_ALL, most_of_host: int = MOST_OF_HOST, clock: Callable = time.monotonic
    ):
        self._most_of_all, self._most_of_host, self._clock = most_of_all, most_of_host, clock
        self._came: deque[tuple[float, str, int]] = deque()

    def take(self, host: str, size: int) -> None:
        """Count an upload.

        Raises:
            Busy: it would be too much; it is not counted.
        """
        now = self._clock()
        while self._came and self._came[0][0] < now - KEPT:
            self._came.popleft()
        of_host = size + sum(bytes_ for _, whose, bytes_ in self._came if whose == host)
        of_all = size + sum(bytes_ for _, _, bytes_ in self._came)
        if of_host > self._most_of_host:
            raise Busy("You have uploaded much in the last two hours; try again later.", False, 600)
        if of_all > self._most_of_all:
            raise Busy("Much has been uploaded here in the last two hours; try again later.", True, 600)
        self._came.append((now, host, size))
