"""Visitors' sessions that keep only what is needed. Installed by `resgen.ui.page.launch`.

For each session Gradio (6.31) computes and keeps the configuration of every component, 14 ms and all values a session,
to restore it by a deep link. There are no deep links here (`resgen.ui.api.guard`), so none of it is kept.
"""

from copy import copy
from typing import Any

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
