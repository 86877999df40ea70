"""Visitors' sessions that keep only what is needed. Installed by `resgen.ui.page.launch`.

For each session Gradio (6.31) computes and keeps the configuration of every component, 14 ms and all values a session,
to restore it by a deep link. There are no deep links here (`resgen.ui.api.guard`), so none of it is kept. For each
output that an update leaves as it is, Gradio makes the component anew, which takes three quarters of the time of a
story's update, and keeps it for the session; here it does not.
"""

from copy import copy
from typing import Any

import gradio as gr
from gradio.components import _Keywords
from gradio.state_holder import SessionState, StateHolder


class _Session(SessionState):
    """A session without the configurations of its components."""

    def __init__(self, blocks: Any):
        self.blocks_config = copy(blocks.default_config)
        self.config_values: dict[int, Any] = {}
        self.state_data: dict[int, Any] = {}
        self._state_ttl: dict[int, Any] = {}
        self.is_closed = False
        self.STATE_TTL_WHEN_CLOSED = 3600  # seconds

    def _update_config(self, key: int) -> None:
        pass

    def _update_value_in_config(self, key: int, value: Any) -> None:
        pass


class Sessions(StateHolder):
    """The sessions of an app's visitors."""

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = _Session(self.blocks)
        return super().__getitem__(session_id)


SKIP = gr.skip()


def spare(demo: gr.Blocks) -> None:
    """Have a page pass over outputs that an update leaves as they are."""
    whole = demo.postprocess_data

    async def postprocess_data(block_fn: Any, predictions: Any, state: SessionState | None) -> list:
        outputs = block_fn.outputs
        if not isinstance(predictions, list | tuple) or len(predictions) != len(outputs) or len(outputs) < 2:
            return await whole(block_fn, predictions, state)
        same = [value == SKIP if isinstance(value, dict) else False for value in predictions]
        # Gradio passes over what is marked so, and gives None for it.
        passed = _Keywords.FINISHED_ITERATING
        marked = [passed if left else value for left, value in zip(same, predictions, strict=True)]
        processed = await whole(block_fn, marked, state)
        return [
            dict(SKIP) if left and not output.stateful else value
            for left, output, value in zip(same, outputs, processed, strict=True)
        ]

    demo.postprocess_data = postprocess_data  # type: ignore[method-assign]
