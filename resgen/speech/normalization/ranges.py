"""From - to: a hyphen or dash between two numbers, times, days or months. Called by `resgen.speech.normalization`."""

import re

from resgen.speech.normalization.dates import MONTHS

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
NAMES = {name[:3]: name for name in [*DAYS, *MONTHS]} | {name: name for name in [*DAYS, *MONTHS]}
NAMES |= {"Tues": "Tuesday", "Weds": "Wednesday", "Thur": "Thursday", "Thurs": "Thursday", "Sept": "September"}
_NAME = "|".join(sorted(NAMES, key=len, reverse=True))
_NAMED = re.compile(rf"\b({_NAME})\.?\s?[-–—]\s?({_NAME})\b(\.?)")
_MONTH = "|".join(sorted({name[:3] for name in MONTHS} | {"Sept", *MONTHS}, key=len, reverse=True))
_DAYS_OF_MONTH = re.compile(rf"\b((?:{_MONTH})\.?\s\d{{1,2}})\s?[-–—]\s?(\d{{1,2}})(?![\w:/-]|[.,]\d)")
_TO = r"\s?[-–—]\s?"
_NUMBER = r"\d{1,12}(?:,\d{3}){0,5}(?:\.\d{1,12})?"
_BEFORE, _AFTER = r"(?<![\w.,/:-])(?<!\d[-–—])", r"(?![\w/:–—-]|[.,]\d)"
_MONEY = re.compile(
    rf"(?<![\w.,/-])([$£€¥₹])({_NUMBER})(?P<many>[kKmMbB]?){_TO}\1?({_NUMBER})(?=[kKmMbB]?n?(?![\w/-]|[.,]\d))"
)
_SIGNED = re.compile(rf"{_BEFORE}({_NUMBER})\s?([%€£°‰]C?F?)?{_TO}({_NUMBER})(?=\s?[%€£°‰])")
_TIME = re.compile(rf"(?<![\w.,/-])(\d{{1,2}}(?::\d\d)?(?:\s?[AP]\.M\.)?){_TO}(?=\d{{1,2}}(?::\d\d|\s?[AP]\.M\.))")
_PLAIN = re.compile(rf"{_BEFORE}({_NUMBER}){_TO}({_NUMBER}){_AFTER}")
_YEARS = re.compile(r"(?<![\w.,/-])((?:1[5-9]|20)\d\d)\s?[-–—]\s?((?:1[5-9]|20)?\d\d)(?![\w/-]|[.,]\d)")
_DAY = "|".join(sorted({name[:3] for name in DAYS} | {"Tues", "Weds", "Thur", "Thurs"}, key=len, reverse=True))
_DAY_LIST = re.compile(rf"\b(?:(?:{_DAY})(?:,? (?:and|or|&) |, ?|/))+(?:{_DAY}|{'|'.join(DAYS)})\b")
_DECADES = re.compile(r"(?<![\w.,/-])((?:1[5-9]|20)\d0s)\s?[-–—]\s?(?=(?:(?:1[5-9]|20)?\d0s)(?![\w-]))")
_LETTERS = re.compile(r"(?<![\w.’'-])([A-Z])[–](?=[A-Z](?![\w.’'-]))|(?<![\w.’'-])(A)-(?=Z(?![\w-]))")


def spoken(text: str) -> str:
    """10-15% -> 10 to 15%, $5-$10 -> 5 to $10, 9 A.M.–5 P.M. -> 9 A.M. to 5 P.M., Mon-Fri -> Monday to Friday."""
    text = _DAYS_OF_MONTH.sub(_days, text)
    text = _NAMED.sub(_named, text)
    text = _DAY_LIST.sub(lambda found: re.sub(rf"\b(?:{_DAY})\b", lambda day: NAMES[day[0]], found[0]), text)
    text = _MONEY.sub(_money, text)
    text = _SIGNED.sub(r"\1 to \3", text)
    text = _TIME.sub(r"\1 to ", text)
    text = _YEARS.sub(r"\1 to \2", text)
    text = _DECADES.sub(r"\1 to ", text)
    text = _LETTERS.sub(lambda found: f"{found[1] or found[2]} to ", text)
    return _PLAIN.sub(_numbers, text)


def _money(found: re.Match) -> str:
    """$5-$10 -> 5 to $10; of pounds and pence both are said whole."""
    sign, low, many, high = found.groups()
    return f"{sign if '.' in low or many else ''}{low}{many} to {sign}{high}"


def _days(found: re.Match) -> str:
    """May 3-5 -> May 3 to 5th, which hibari reads as third to fifth."""
    day = int(found[2])
    ending = "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{found[1]} to {day}{ending}"


def _named(found: re.Match) -> str:
    end = "." if found[3] and re.match(r"\s*(?:$|[A-Z“\"])", found.string[found.end() : found.end() + 9]) else ""
    return f"{NAMES[found[1]]} to {NAMES[found[2]]}{end}"


def _numbers(found: re.Match) -> str:
    """3-2 -> 3 to 2; but a 50-50 chance."""
    return f"{found[1]} {'' if found[1] == found[2] else 'to '}{found[2]}"
