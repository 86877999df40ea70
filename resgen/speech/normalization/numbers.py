"""Numbers as they are written elsewhere, and digits that are said one by one. Called by `resgen.speech.normalization`:
`grouped` before money and units look for numbers, `spoken` after them.
"""

import re

MOST = 15  # digits of a number that is read as one; longer ones are said digit by digit
_SPACED = re.compile(r"(?<![\w.,:/+-])(?<!\d )([1-9]\d{0,2})((?:[ \u00a0\u2009\u202f]\d{3}){1,6})(?![\w]|[ .,:/-]\d)")
_ABOUT = re.compile(r"(?<![\w~])~\s?(?=[$£€]?\d)")
_EITHER = re.compile(r"\+\s?/?\s?[-−–]\s?(?=[$£€]?\d)")
_SCIENTIFIC = re.compile(r"(?<![\w.,])(\d{1,15}(?:\.\d{1,15})?)(?:e|E(?=[+−-]))([+−-]?)(\d{1,3})(?![\w]|[.,]\d)")
_THIN = re.compile(r"(?<=\d)[\u00a0\u2007\u2009\u202f](?=\d{3}(?!\d))")
_SWISS = re.compile(r"(?<![\w.,'])(\d{1,3})((?:'\d{3}){1,6})(?![\w'])")
_EUROPEAN = re.compile(r"(?<![\w.,])(\d{1,3}(?:\.\d{3}){1,6}),(\d{1,2})(?![\w,]|\.\d)")
_MILLIONS = re.compile(r"(?<![\w.,])([1-9]\d{0,2}(?:\.\d{3}){2,6})(?![\w,]|\.\d)")
_COMMA = re.compile(r"(?<![\w.,/-])(\d{1,12}),(\d{1,2})(?![\w]|[,./-]\d)")
_ZERO = re.compile(r"(?<![\w.,$€£¥₹:])(\d{1,3}(?:,\d{3}){1,9}|\d{1,15})\.(\d{0,29}0)(?!\w|[.:/-]\d)")
_LONG = re.compile(rf"\d{{{MOST + 1},}}|(?<![\d,])\d{{1,3}}(?:,\d{{3}}){{5,}}(?![\d,])")
_LONG_BEHIND_POINT = re.compile(rf"(?<=\d)\.(?=\d{{{MOST + 1},}})")
_LEADING = re.compile(r"(?<![\w.,:/$€£+-])(0+)([1-9]\d*)?(?![\w:/]|[.,]\d)")
# Of these, digits are said one by one.
_LABEL = r"""(?:zip(?:\scode)?|post(?:al\s?)?code|area\scode|country\scode|pin(?:\scode)?
|passcode|password|code|dial|extension|ext\.?|(?:account|serial|card|order|tracking|phone|telephone|routing|passport|license|case|ticket)\s(?:number|no\.)
|(?:telephone|phone|tel|mobile|fax)\.?|isbn|ssn|id)"""
_LABELLED = re.compile(
    rf"\b({_LABEL}(?:\s(?:is|was|number|code))?[:#]?\s{{1,2}})(\d{{3,15}})(?![\w]|[.,:/-]\d)",
    re.IGNORECASE | re.VERBOSE,
)
_EMERGENCY = re.compile(
    r"\b((?:call|calls|called|calling|dial|dialed|dialled|ring|rang|phone|phoned|text|hotline)\s)(\d11|999|112|000|988|101)(?![\w]|[.,:/-]\d|\s(?:people|men|times|of))",
    re.IGNORECASE,
)
_EMERGENCY_CALL = re.compile(r"\b(911|999|112)(?=\s(?:call|calls|operator|dispatcher|caller|emergency)\b)")


def grouped(text: str) -> str:
    """1 000 000 and 1.000.000 -> 1,000,000; 29,99 -> 29.99; ~5 -> about 5; 1.5e-6 -> 1.5 times 10^-6."""
    text = _EITHER.sub("± ", _ABOUT.sub("about ", text))
    text = _SCIENTIFIC.sub(_powered, text)
    text = _THIN.sub(",", text)
    text = _SPACED.sub(lambda found: found[1] + found[2].replace(" ", ","), text)
    text = _SWISS.sub(lambda found: found[1] + found[2].replace("'", ","), text)
    text = _EUROPEAN.sub(lambda found: f"{found[1].replace('.', ',')}.{found[2]}", text)
    text = _MILLIONS.sub(lambda found: found[1].replace(".", ","), text)
    return _COMMA.sub(r"\1.\2", text)


def spoken(text: str) -> str:
    """3.10 -> 3 point 1 0, 007 -> double oh 7, zip 90210 -> zip 9 oh 2 1 oh; 16 digits and more one by one."""
    text = _LABELLED.sub(lambda found: found[1] + digits(found[2], leading=True), text)
    text = _EMERGENCY.sub(lambda found: found[1] + digits(found[2]), text)
    text = _EMERGENCY_CALL.sub(lambda found: digits(found[1]), text)
    text = _ZERO.sub(lambda found: f"{found[1]} point {' '.join(found[2])}", text)
    text = _LEADING.sub(_leading, text)
    text = _LONG_BEHIND_POINT.sub(" point ", text)
    return _LONG.sub(lambda found: " ".join(found[0].replace(",", "")), text)


def digits(number: str, zero: str = "oh", leading: bool = False) -> str:
    """90210 -> 9 oh 2 1 oh; with `leading`, 007 -> double oh 7."""
    if leading and number.startswith("00") and len(number) == 3:
        return f"double {zero} {number[2].replace('0', zero)}"
    return " ".join(digit.replace("0", zero) for digit in number)


def _powered(found: re.Match) -> str:
    return f"{found[1]} times 10^{'-' if found[2] in ('-', '−') else ''}{int(found[3])}"


def _leading(found: re.Match) -> str:
    zeros, rest = found[1], found[2] or ""
    if zeros == "0" and not rest:
        return found[0]
    return digits(zeros + rest, leading=True)
