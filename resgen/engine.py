"""What every room's engine shares: settings with their limits, requests, results, seeds. Called by the engines,
and by the page and the command line, which read the same limits.

An engine has `run(request)`, a generator of results; closing it stops the work. A request is a frozen dataclass
whose fields are made by `setting`, so that validation, sliders, command-line options and the JSON of settings
all come from one declaration.
"""

import dataclasses
import difflib
import math
import random
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from resgen.errors import RequestError

MOST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Setting:
    """One thing a user may set: its limits (numbers: value, strings: length) or its choices, and what it means.
    A deprecated one is a number, or None where it is not used; `instead` names what to use."""

    help: str
    low: float = -math.inf
    high: float = math.inf
    step: float = 1
    choices: tuple = ()
    instead: str = ""


def setting(
    default: Any, help: str, low: float = -math.inf, high: float = math.inf, step: float = 1, *, choices: tuple = ()
) -> Any:
    """A field of a request. For strings `high` is the largest number of characters; with `choices` nothing else is
    taken."""
    return dataclasses.field(default=default, metadata={"setting": Setting(help, low, high, step, choices)})


def seed_setting():
    return setting(-1, "the same seed gives the same result; -1 draws one", -1, MOST_SEED)


def deprecated_setting(low: float, high: float, instead: str) -> Any:
    """A number that older requests set, until v1.0."""
    limits = Setting(f"deprecated: use {instead}", low, high, instead=instead)
    return dataclasses.field(default=None, metadata={"setting": limits})


def settings_of(request: type) -> dict[str, tuple[Setting, Any]]:
    """name -> (setting, default) of a request class, in order."""
    return {f.name: (f.metadata["setting"], f.default) for f in dataclasses.fields(request)}


Number = TypeVar("Number", int, float)


def number(name: str, value: Any, kind: type[Number], limits: Setting) -> Number:
    """The value as an int or float within the limits.

    Raises:
        RequestError: it is none; names the setting and the limits.
    """
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    whole = kind is float or number.is_integer()
    if isinstance(value, bool) or not whole or not limits.low <= number <= limits.high:
        what = "a number" if kind is float else "a whole number"
        raise RequestError(f"{name} must be {what} from {limits.low} to {limits.high}; it is {_shown(value)}.")
    return kind(number)


def _shown(value: Any) -> str:
    """A value in an error message: of text and numbers the beginning, of anything else only its type."""
    if not isinstance(value, str | int | float):
        return f"a {type(value).__name__}"
    if isinstance(value, int) and value.bit_length() > 64:
        return "a larger number"
    return repr(value) if len(repr(value)) <= 40 else f"{repr(value)[:40]}…"


def chosen(name: str, value: Any, choices: tuple) -> Any:
    """The one of the choices that the value is; texts in any case, with blanks around them.

    Raises:
        RequestError: it is none of them; names the setting and the choices.
    """
    wanted = value.strip().casefold() if isinstance(value, str) else value
    if wanted not in choices:
        listed = ", ".join(str(choice) for choice in choices if choice != "")
        raise RequestError(f"{name} must be one of {listed}; it is {_shown(value)}.")
    return wanted


def switch(name: str, value: Any) -> bool:
    """The value, of a setting that is on or off.

    Raises:
        RequestError: it is neither True nor False.
    """
    if not isinstance(value, bool):
        raise RequestError(f"{name} must be true or false; it is {_shown(value)}.")
    return value


def checked(request: Any) -> Any:
    """The request with every number in its type and the seed drawn.

    Warns:
        DeprecationWarning: a setting is used that will go.

    Raises:
        RequestError: a value of the wrong type or outside its limits; names the setting and the limits.
    """
    values = {}
    for name, (limits, default) in settings_of(type(request)).items():
        value = getattr(request, name)
        if limits.instead:
            if value is None:
                continue
            warnings.warn(f"{name} is deprecated: use {limits.instead}.", DeprecationWarning, stacklevel=1)
            value = number(name, value, float, limits)
        elif isinstance(default, bool):
            value = switch(name, value)
        elif isinstance(default, str):
            if not isinstance(value, str):
                raise RequestError(f"{name} must be text; it is {_shown(value)}.")
            if len(value) > limits.high:
                raise RequestError(f"{name} has {len(value):,} characters; at most {limits.high:,} are possible.")
        else:
            value = number(name, value, type(default), limits)
        values[name] = chosen(name, value, limits.choices) if limits.choices else value
    if values.get("seed") == -1:
        values["seed"] = random.SystemRandom().randint(0, MOST_SEED)
    return dataclasses.replace(request, **values)


def settings_used(model: str, request: Any) -> dict[str, Any]:
    """What makes a result again, as JSON holds it: the model's name and the settings of a checked request."""
    used = dataclasses.asdict(request)
    return {"model": model} | {
        name: used[name] for name, (limits, _) in settings_of(type(request)).items() if not limits.instead or used[name]
    }


class Engine(Protocol):
    """What every room's engine is.

    Fields:
        request: the class of its requests.
        cards: those of all its networks, its own first.
    """

    request: type
    cards: list[dict]

    def run(self, request: Any) -> Iterator[Any]:
        """Results, the last of them whole. Closing it stops the work.

        Raises:
            RequestError: before any work, for a request that cannot be served.
        """
        ...


def known(request: type, settings: dict) -> dict:
    """The settings, all of which that class of requests has.

    Raises:
        RequestError: it has not; names the nearest.
    """
    names = settings_of(request)
    unknown = sorted(set(settings) - set(names))
    if unknown:
        near = difflib.get_close_matches(unknown[0], names, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}."
        raise RequestError(f"unknown settings: {', '.join(unknown)}; {hint}")
    return settings


def complete(engine: Any, prompt: str, settings: dict) -> Any:
    """Run an engine to the end and return its last result.

    Raises:
        RequestError: unknown settings or values outside their limits.
    """
    for result in engine.run(engine.request(prompt, **known(engine.request, settings))):  # noqa: B007
        pass
    return result


@dataclass(frozen=True)
class Progress:
    """How far a request is: `done` of at most `total` units, after `seconds`."""

    done: int
    total: int
    seconds: float

    @property
    def rate(self) -> float:
        """Units a second, 0 before the first."""
        return self.done / self.seconds if self.seconds > 0 else 0.0
