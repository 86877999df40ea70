"""Telephone numbers and the addresses of computers, digit by digit. Called by `resgen.speech.normalization` before
numbers, dates and ranges.
"""

import re

from resgen.speech.normalization.numbers import digits

_ADDRESS = re.compile(
    r"(?<![\w.])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?::(\d{1,5}))?(?:/(\d{1,2}))?(?![\w]|\.\d)"
)
_SEP = r"[ .\u00a0-]"
_COUNTRY = re.compile(rf"(?<![\w.,+-])\+(\d{{1,3}})((?:{_SEP}?\(?\d{{1,5}}\)?){{1,6}})(?![\w]|[.,:/]\d)")
_TRUNK = re.compile(r"(?<![\w.,:/+-])(?<!\d )\(?(0\d{2,4})\)?((?:[ -]\d{3,6}){1,3})(?![\w]|[.,:/-]\d)")
_AMERICAN = re.compile(r"(?<![\w.,:/+-])(?:(1)[ .-])?\(?(\d{3})\)?[ .-]{1,2}(\d{3})[ .-](\d{4})(?![\w]|[.,:/-]\d)")
_POSTAL = re.compile(r"(?<![\w.,:/+-])(\d{5}|\d{3}-\d{2})-(\d{4})(?![\w]|[.,:/-]\d)")  # also of social security
_BOOK = re.compile(r"(\bISBN(?:-1[03])?:?\s)([\d -]{9,20}[\dXx])(?![\w-])")
_SHORT = re.compile(r"(?<![\w.,:/+-])(\d{3})-(\d{4})(?![\w]|[.,:/-]\d)")


def spoken(text: str) -> str:
    """192.168.0.1 -> 1 9 2 dot 1 6 8 dot 0 dot 1; +1 555 123 4567 -> plus 1, 5 5 5, 1 2 3, 4 5 6 7."""
    text = _ADDRESS.sub(_address, text)
    text = _BOOK.sub(lambda found: found[1] + _groups(re.split(r"[ -]", found[2])), text)
    text = _POSTAL.sub(lambda found: _groups([*found[1].split("-"), found[2]]), text)
    text = _COUNTRY.sub(_country, text)
    text = _TRUNK.sub(lambda found: _groups([found[1], *re.findall(r"\d+", found[2])]), text)
    text = _AMERICAN.sub(lambda found: _groups([group for group in found.groups() if group]), text)
    return _SHORT.sub(lambda found: _groups([found[1], found[2]]), text)


def _address(found: re.Match) -> str:
    parts = found.groups()[:4]
    if any(int(part) > 255 for part in parts):
        return found[0]
    said = " dot ".join(part if len(part) < 3 else " ".join(part) for part in parts)
    port = f" port {found[5]}" if found[5] else ""
    return said + port + (f" slash {found[6]}" if found[6] else "")


def _country(found: re.Match) -> str:
    rest = re.findall(r"\d+", found[2])
    if sum(map(len, rest)) + len(found[1]) < 7:
        return found[0]
    return f"plus {_groups([found[1], *rest])}"


def _groups(groups: list[str]) -> str:
    return ", ".join(digits(group) for group in groups)
