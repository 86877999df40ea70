"""What a room says, while somebody types, of what it does not know and what near to it it does. Built by the tabs, with
typing.js, which asks when nobody has typed for a moment. No network works for it.
"""

from collections.abc import Callable, Iterable
from typing import Any

import gradio as gr

from resgen.errors import RequestError
from resgen.ui import i18n
from resgen.ui.controls import PRIVATE

# Makes the first input the visitor's language.
ASKED = "(language, ...values) => [resgen.language, ...values]"


def hint_line(name: str) -> gr.Markdown:
    """The line that tells it, of the room of that name, under what it is about."""
    return gr.Markdown(elem_id=f"{name}-hint", elem_classes="hint")


def tell_while_typing(
    name: str, line: gr.Markdown, boxes: list[gr.Component], notices: Callable[..., Iterable[str]]
) -> None:
    """Fill a room's line.

    Args:
        boxes: what is asked; those that are typed in bear the class asks-NAME.
        notices: their values, which may be anything -> sentences; it may raise a RequestError.
    """
    language = gr.Textbox(visible=False)
    look = gr.Button(visible="hidden", elem_id=f"{name}-look")

    def tell(language, *values):
        with i18n.spoken(language):
            try:
                said = notices(*values)
            except RequestError as error:
                said = [str(error)]
            return "  \n".join(i18n.noticed(said))

    how: dict[str, Any] = {"queue": False, "show_progress": "hidden", "trigger_mode": "always_last", **PRIVATE}
    look.click(tell, [language, *boxes], line, js=ASKED, **how)
