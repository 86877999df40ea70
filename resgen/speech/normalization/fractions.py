"""Parts and wholes: one and a half, five sixteenths, twenty-four seven, eight out of ten. Called by
`resgen.speech.normalization`, after dates.
"""

import re
import unicodedata

from resgen.speech.normalization.dates import MONTHS

_ORDINALS = {1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth"}
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SIGN = re.compile(r"(?:(\d{1,12})\s?)?([¼½¾⅐-⅞])")
_MIXED = re.compile(r"(?<![\w.,/:-])(\d{1,3})(?:\s|-)(\d{1,2})/(\d{1,2})(?![\w/]|[.,]\d)")
_PLAIN = re.compile(r"(?<![\w.,/:-])(\d{1,3})\s?/\s?(\d{1,4})(?![\w/]|[.,]\d)")
_STARS = re.compile(r"(?<![\w.,/:-])(\d{1,2}\.\d)\s?/\s?(5|10|20|100)(?![\w/]|[.,]\d)")
_MUSIC = re.compile(r"\s(?:time|beat|bar|meter|metre|rhythm|signature|measure)s?\b", re.IGNORECASE)
_MARK = re.compile(
    r"\b(?:give|gave|given|rate|rated|rating|score|scored|scores|got|get|gets|mark|marks|grade|graded|review|exam|test|quiz"
    r"|solid|perfect|pain)\b[^.!?\n]{0,30}$",
    re.IGNORECASE,
)
_DAY = re.compile(r"\b(?:on|due|by|until|till|since|dated|date|before|after|from|to|and)\s{1,3}$", re.IGNORECASE)
_PART = re.compile(r"\s(?:of|inch|inches|mile|miles|cup|cups|pound|pounds|teaspoon|tablespoon|tbsp|tsp|full)\b")
_PAIRS = {(24, 7), (9, 11), (20, 20), (50, 50)}
_PARTS = {2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 32, 64, 100, 1000}  # denominators that are met without a word that tells


def ordinal(number: int) -> str:
    """5 -> fifth, for 1 to 99, one hundredth and one thousandth; else 5 -> 5th."""
    if number in (100, 1000):
        return "hundredth" if number == 100 else "thousandth"
    if not 1 <= number <= 99:
        return f"{number}th"
    if number in _ORDINALS:
        return _ORDINALS[number]
    if number < 20:
        return (_ONES + _TEENS)[number] + "th"
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens - 2]}-{ordinal(ones)}" if ones else f"{_TENS[tens - 2][:-1]}ieth"


def part(above: int, below: int) -> str:
    """3/4 -> 3 quarters, 1/2 -> one half."""
    name = {2: "half", 4: "quarter"}.get(below) or ordinal(below)
    if above == 1:
        return f"one {name}"
    return f"{above} {'halves' if below == 2 else name + 's'}"


def mixed(whole: str, above: int, below: int) -> str:
    """1 1/2 -> 1 and a half, 1 3/4 -> 1 and 3 quarters."""
    share = part(above, below)
    if above == 1:
        share = share.replace("one ", "an " if share[4] == "e" else "a ", 1)
    return f"{whole} and {share}"


def spoken(text: str) -> str:
    """½, 1½, 2 1/2, 5/16 of it, 24/7, 4/4 time, 8/10."""
    text = _SIGN.sub(_sign, text)
    text = _MIXED.sub(_mixed, text)
    text = _STARS.sub(r"\1 out of \2", text)
    return _PLAIN.sub(_plain, text)


def _sign(found: re.Match) -> str:
    above, below = map(int, unicodedata.normalize("NFKC", found[2]).split("⁄"))
    after = " " if found.string[found.end() : found.end() + 1].isalnum() else ""
    if found[1]:
        return mixed(found[1], above, below) + after
    return part(above, below) + after


def _mixed(found: re.Match) -> str:
    whole, above, below = found[1], int(found[2]), int(found[3])
    return mixed(whole, above, below) if 0 < above < below else found[0]


def _plain(found: re.Match) -> str:
    above, below = int(found[1]), int(found[2])
    before = found.string[max(0, found.start() - 60) : found.start()]
    after = found.string[found.end() : found.end() + 20]
    if (above, below) in _PAIRS or above + below == 100 and above >= 50 or _MUSIC.match(after):
        return f"{above} {below}"
    if below in (5, 10, 20, 100) and (above >= below or _MARK.search(before)) and not _PART.match(after):
        return f"{above} out of {below}"
    if above > below or not below:
        return f"{above} over {below}"
    day = 1 <= above <= 12 and below <= 31 and _DAY.search(before) and not _PART.match(after)
    if above == 0 or day or below not in _PARTS and not _PART.match(after) and above <= 12 and below <= 31:
        return f"{MONTHS[above - 1]} {below}" if 1 <= above <= 12 and 1 <= below <= 31 else found[0]
    return part(above, below)
