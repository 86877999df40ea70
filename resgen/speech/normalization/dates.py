"""Dates in digits -> month, day and year, as hibari reads them. Called by `resgen.speech.normalization`."""

import re

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_YEAR = r"(?:1[0-9]|20|21)\d\d"
_DAY_FIRST = re.compile(rf"(?<![\w.,/-])(\d{{1,2}})([./-])(\d{{1,2}})\2({_YEAR})(?![\w/-]|\.\d)")
_YEAR_FIRST = re.compile(rf"(?<![\w.,/-])({_YEAR})([./-])(\d{{1,2}})\2(\d{{1,2}})(?![\w/-]|\.\d)")
_MONTH = re.compile(rf"(?<![\w.,/-])({_YEAR})-(0[1-9]|1[0-2])(?![\w/-]|\.\d)")
_MONTH_YEAR = re.compile(rf"(?<![\w.,/-])(0?[1-9]|1[0-2])/({_YEAR})(?![\w/-]|\.\d)")


def spoken(text: str) -> str:
    """25.12.2024, 12-25-2024, 2024/12/25 -> December 25, 2024; 2020-12 -> December 2020."""
    text = _YEAR_FIRST.sub(lambda found: _date(found, found[1], found[3], found[4]), text)
    text = _DAY_FIRST.sub(_by_order, text)
    text = _MONTH.sub(lambda found: f"{MONTHS[int(found[2]) - 1]} {found[1]}", text)
    return _MONTH_YEAR.sub(lambda found: f"{MONTHS[int(found[1]) - 1]} {found[2]}", text)


def _by_order(found: re.Match) -> str:
    """With dots the day comes first, as in Europe; with hyphens and slashes the month, as in America, if it can."""
    first, sign, second, year = found.groups()
    month, day = (second, first) if sign == "." or int(first) > 12 else (first, second)
    return _date(found, year, month, day)


def _date(found: re.Match, year: str, month: str, day: str) -> str:
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return found[0]
    return f"{MONTHS[int(month) - 1]} {int(day)}, {year}"
