"""What a client may send as the values of an event's inputs. Used by the guard.

Gradio looks for files in whatever it is sent, and fetches those that are addresses. No event of the page needs more
than numbers, text and the file of a picture or a sound; what the server keeps itself is not the client's to send.
"""

from typing import Any

import gradio as gr

from resgen.errors import RequestError
from resgen.ui.api.bodies import BadBody
from resgen.ui.uploads import uploaded


def taken(components: list[gr.components.Component], values: list) -> list:
    """The values of components, as Gradio is to see them.

    Raises:
        BadBody: one of them is no value of its component's kind.
    """
    return [_value(component, value) for component, value in zip(components, values, strict=True)]


def _value(component: gr.components.Component, value: Any) -> Any:
    if component.stateful:
        return None
    if isinstance(component, gr.Image | gr.Audio):
        try:
            path = uploaded(value)
        except RequestError as error:
            raise BadBody(str(error)) from None
        return path and {"path": str(path), "meta": {"_type": "gradio.FileData"}}
    if isinstance(component, gr.Dataset) and not (isinstance(value, int) and 0 <= value < len(component.samples)):
        raise BadBody("An example is chosen by its number.")
    return scalar(value)


def scalar(value: Any) -> Any:
    """The value.

    Raises:
        BadBody: it is a list or an object.
    """
    if isinstance(value, list | dict):
        raise BadBody("A value must be a number or text, not a list or an object.")
    return value


def selection(told: Any) -> dict[str, int]:
    """Of what is told of an event beside its values, the number of what was selected, if there is one."""
    index = told.get("index") if isinstance(told, dict) else None
    return {"index": index} if isinstance(index, int) else {}
