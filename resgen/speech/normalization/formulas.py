"""Formulas and codes of capitals and digits, letter by letter: CO2, C-3PO; and what x stands for between numbers.
Called by `resgen.speech.normalization`, after units.
"""

import re

_BY = re.compile(
    r"(?<![\w.,])(\d{1,5}(?:\.\d{1,4})?)\s?[xX]\s?(?=\d{1,5}(?![\d]*[a-wyzA-WYZ]{2}\d))|(?<![\w.,])(\d{1,5}(?:\.\d{1,4})?)×(?=\d)"
)
_SIZE = re.compile(r"(?<![\w.,])(\d{3,4})\s?[xX×]\s?(\d{3,4})(?![\w]|[.,]\d)")
_LENGTHS = re.compile(r"(?<=[a-z]) [xX×] (?=\d)")
_FOLD = re.compile(r"(?<![\w.,])(\d{1,5}(?:\.\d{1,4})?)[xX×](?![\w])")
_CODE = re.compile(
    r"(?<![\w.@#/-])(?=[A-Z0-9-]{0,20}[A-Z])(?=[A-Z0-9-]{0,20}\d)[A-Z0-9]{1,12}(?:-[A-Z0-9]{1,12}){0,3}(?![\w@/-])"
)
_FORMULA = re.compile(
    r"(?<![\w.@#/-])(?=(?:[A-Z][a-z]?){0,12}\d)(?:[A-Z][a-z]?\d{0,3}){2,12}(?:[+-](?!\w))?(?![\w@/-])"
)
# Salts, oxides and acids without a number: NaCl, NaOH, CaO.
_SALT = re.compile(
    r"(?<![\w.@#/-])(?=[A-Z]*[a-z])(?:Na|K|Li|Ca|Mg|Fe|Cu|Zn|Ag|Al|Ba|Pb|Hg|Ti|Si|H)(?:Cl|Br|F|I|O|S|N|C|OH)(?![\w@/-])"
)
_MILLIONS = re.compile(r"(?<![\w.,$£€])(\d{1,4}(?:\.\d{1,2})?)M(?=\s[a-z]{3,}s\b|\speople\b)")
_PARTS = re.compile(r"[A-Z]+|[a-z]|\d+|[+-]")
_WORDS = re.compile(r"[AEIOUY]")
_SUFFIX = re.compile(r"\d+(?:ST|ND|RD|TH|S|K|M|B|AM|PM)$")


def spoken(text: str) -> str:
    """CO2 -> C O 2, C-3PO -> C 3 P O, 3x faster -> 3 times faster, 2x4 -> 2 by 4."""
    text = _SIZE.sub(lambda found: f"{_pixels(found[1])} by {_pixels(found[2])}", text)
    for _ in range(2):  # 2x3x4: each second sign
        text = _BY.sub(lambda found: f"{found[1] or found[2]} by ", text)
    text = _LENGTHS.sub(" by ", text)
    text = _FOLD.sub(r"\1 times", text)
    text = _MILLIONS.sub(r"\1 million", text)
    text = _SALT.sub(lambda found: _spelled(found[0]), text)
    text = _FORMULA.sub(lambda found: _spelled(found[0]), text)
    return _CODE.sub(_code, text)


def _pixels(number: str) -> str:
    """720 -> 7 20, as one says it of screens."""
    return f"{number[0]} {number[1:]}" if len(number) == 3 and number[1:] != "00" and number[1] != "0" else number


def _code(found: re.Match) -> str:
    """Letters are spelled but in words with a number, such as COVID-19, and numbers with an ending, such as 5TH."""
    code = found[0]
    letters = re.findall(r"[A-Z]+", code)
    if _SUFFIX.match(code) or any(len(part) > 2 and _WORDS.search(part) for part in letters):
        return code
    return _spelled(code)


def _spelled(code: str) -> str:
    """Blanks between; a lone A would be read as the article, so its sound is given."""
    said = []
    for part in _PARTS.findall(code):
        if part.isdigit():
            said += [part] if part[0] != "0" or part == "0" else [part.replace("0", "oh ").strip()]
        elif part in "+-":
            said += ["plus"] if part == "+" else []
        else:
            said += ["[A](/ˈA/)" if letter == "A" else letter for letter in part.upper()]
    return " ".join(said)
