"""What an engine does when its GPU has no memory left: it goes on on the CPU, slower, and says so. Used by the engines
of all rooms.
"""

import functools
import logging
from collections.abc import Callable, Iterator
from typing import Any

import torch

LOG = logging.getLogger("resgen")
NOTICE = "The GPU is out of memory: this was made on the CPU, which takes longer."


def falls_back(noticed: Callable[[Any, str], Any]) -> Callable:
    """Have an engine's `run` begin again on the CPU when the GPU runs out of memory; the engine stays there.

    The engine has `device`, and `to_cpu()`, which moves its networks.

    Args:
        noticed: a result and a sentence -> the result with that sentence among its notices.
    """

    def decorated(run: Callable[..., Iterator]) -> Callable[..., Iterator]:
        @functools.wraps(run)
        def begun(engine: Any, request: Any, *given: Any) -> Iterator:
            on_cpu = engine.device.type == "cpu"
            try:
                yield from run(engine, request, *given)
                return
            except torch.OutOfMemoryError:
                if on_cpu:
                    raise
            if engine.device.type != "cpu":  # else another request that failed has moved it
                LOG.warning("The GPU is out of memory; %s goes on on the CPU.", engine.card["name"])
                engine.to_cpu()
            for result in run(engine, request, *given):
                yield noticed(result, NOTICE)

        return begun

    return decorated
