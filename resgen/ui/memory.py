"""What brings settings back into the forms of the page: the form as the visitor left it, links, his own results, files
that were downloaded. Built by `resgen.ui.page`, with memory.js, results.js and files.js in the browser.

The server keeps nothing of it. Whatever comes back, wherever it was, is checked as any request: each setting alone, so
that one that is wrong costs only itself.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from resgen.engine import checked, settings_of
from resgen.errors import RequestError
from resgen.ui import i18n
from resgen.ui.controls import PRIVATE
from resgen.ui.room import Room

MOST = 480_000  # characters of settings: those of a picture begun from another
MOST_NAMED = 5  # unknown settings that are named
MOST_NAME = 40  # characters of one
AT_ONCE: dict[str, Any] = {"queue": False, "show_progress": "hidden", **PRIVATE}
# The value of a gr.BrowserState is enciphered; this is no secret, but it has to stay the same.
KEPT: dict[str, Any] = {"storage_key": "resgen-form", "secret": "resgen-form"}


@dataclass(frozen=True)
class Form:
    """A room's form.

    Fields:
        engine: whose requests it asks for.
        controls: setting -> component.
        line: tells what could not be brought back.
        used: shows the settings of the last result.
        shown: setting -> what makes a component's value of it, where that is another; it may raise a RequestError.
    """

    room: Room
    engine: Any
    controls: Mapping[str, gr.Component]
    line: gr.Component
    used: gr.JSON
    shown: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)

    def taken(self, settings: Any) -> tuple[dict[str, Any], list[str]]:
        """Of settings from anywhere those that are sound, as values of their components; and what is to be told."""
        request = self.engine.request
        if not isinstance(settings, dict):
            return {}, [i18n.say("SETTINGS_UNREADABLE")]
        values, told, unknown, absent = {}, [], [], []
        for name, value in settings.items():
            if name == "model":
                if not isinstance(value, str) or value not in {card["name"] for card in self.engine.cards}:
                    told.append(i18n.say("OTHER_MODEL", name=str(value)[:MOST_NAME]))
            elif name not in settings_of(request):
                unknown.append(name[:MOST_NAME])
            else:
                try:
                    sound = _checked(request, name, value)
                    if name in self.controls:
                        values[name] = self.shown.get(name, lambda same: same)(sound)
                    elif sound != settings_of(request)[name][1]:
                        absent.append(name)
                except RequestError as error:
                    told.append(i18n.translated(str(error)))
        if unknown:
            told.append(i18n.say("UNKNOWN_SETTINGS", names=", ".join(unknown[:MOST_NAMED])))
        if absent:
            told.append(i18n.say("SETTINGS_NOT_HERE", names=", ".join(absent)))
        return values, told

    def updates(self, values: Mapping[str, Any]) -> list:
        """What the components become."""
        return [gr.update(value=values[name]) if name in values else gr.skip() for name in self.controls]


def _checked(request: type, name: str, value: Any) -> Any:
    """A setting's value within its limits, in its type, whether it comes as such or as the text of an address.

    Raises:
        RequestError: it is none.
    """
    default = settings_of(request)[name][1]
    if isinstance(default, bool) and isinstance(value, str):
        value = {"true": True, "false": False}.get(value.lower(), value)
    sound = getattr(checked(dataclasses.replace(request(), **{name: value})), name)
    return -1 if name == "seed" and str(value).strip() == "-1" else sound  # a check draws one


def read(text: Any) -> Any:
    """What a JSON text holds; None if it is none, or too long."""
    if not isinstance(text, str) or len(text) > MOST:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def copy_link(room: Room, engine: Any, used: gr.JSON) -> None:
    """A button that copies the address of the last result."""
    defaults = {name: default for name, (_, default) in settings_of(engine.request).items()}
    link = gr.Button(i18n.text("COPY_LINK"), size="sm", elem_id=f"{room.name}-link")
    js = f"(used) => {{ resgen.link({json.dumps(room.name)}, used, {json.dumps(defaults)}); return []; }}"
    link.click(None, used, None, js=js, api_visibility="private")


def remember(demo: gr.Blocks, forms: list[Form]) -> None:
    """Build what brings settings back, and the place of the visitor's results, inside the page, which is open."""
    kept = gr.BrowserState("", **KEPT)
    gr.HTML(elem_id="history")
    box, language = gr.Textbox(visible=False), gr.Textbox(visible=False)
    for form in forms:
        _bring_back(form, box, language)
        names = [name for name in form.controls if name not in form.shown]
        controls = [form.controls[name] for name in names]
        js = f"(kept, ...values) => resgen.form(kept, {json.dumps(form.room.name)}, {json.dumps(names)}, values)"
        changes: list[Any] = [getattr(control, "change") for control in controls]  # noqa: B009 - each has it, unlike others
        gr.on(changes, None, [kept, *controls], kept, js=js, show_progress="hidden", api_visibility="private")

    def as_left(text):
        rooms = read(text)
        rooms = rooms if isinstance(rooms, dict) else {}
        return [update for form in forms for update in form.updates(form.taken(rooms.get(form.room.name))[0])]

    everything = [control for form in forms for control in form.controls.values()]
    load = demo.load(as_left, kept, everything, **AT_ONCE)
    load.then(None, None, None, js="() => { resgen.arrived(); return []; }", api_visibility="private")


def _bring_back(form: Form, box: gr.Textbox, language: gr.Textbox) -> None:
    """What memory.js presses to have settings checked and put into a form, and results.js to have those of a result."""
    name = json.dumps(form.room.name)
    button = gr.Button(visible="hidden", elem_id=f"{form.room.name}-restore")
    told_of = gr.Textbox(visible=False)

    def restore(text, language):
        with i18n.spoken(language):
            values, told = form.taken(read(text))
            line = "  \n".join([i18n.say("RESTORED"), *i18n.noticed(told)])
        return *form.updates(values), line, " ".join(told)

    event = button.click(
        restore,
        [box, language],
        [*form.controls.values(), form.line, told_of],
        js="() => resgen.restoring()",
        **AT_ONCE,
    )
    js = f"(told) => {{ resgen.restored({name}, told); return []; }}"
    event.then(None, told_of, None, js=js, api_visibility="private")
    result = gr.Button(visible="hidden", elem_id=f"{form.room.name}-remember")
    js = f"(used) => {{ resgen.remember({name}, used); return []; }}"
    result.click(None, form.used, None, js=js, api_visibility="private")
