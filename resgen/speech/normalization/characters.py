"""Characters that stand for others: compatibility forms, other apostrophes, hyphens and digits; and which of the rest
an English voice can read. Called by `resgen.speech.phonemes.clean`.
"""

import re
import unicodedata

from resgen.speech.normalization.roman import value
from resgen.speech.normalization.symbols import GREEK, NAMES

APOSTROPHES = "`´ʼ′’ʹ＇ʻꞌ‘‵‛"
SAME = {
    **{"\u2010": "-", "\u2011": "-", "\u00ad": "", "\ufe63": "-", "\uff0d": "-", "\u2043": "-"},
    **{"\u00b5": "μ", "\u2126": "Ω", "\u2044": "/", "\u2215": "/", "\u2236": ":", "\u2217": "*", "\u22c5": "·"},
    **{
        "№": "No. ",
        "℡": "Tel. ",
        "℠": "",
        "℅": "care of",
        "⁓": "~",
        "‚": ",",
        "„": "“",
        "«": "“",
        "»": "”",
        "‹": "“",
        "›": "”",
    },
}
# Small raised and lowered digits and signs, as a number that is raised or one that is just said.
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-", strict=True))
KEPT = set("°©®™−ªº½¼¾⅓⅔⅛⅜⅝⅞⅕⅖⅗⅘⅙⅚…µ²³¹") | set(RAISED) | set(LOWERED) | set(NAMES)
_LOWERED = str.maketrans(LOWERED)
_PHONETIC = "ƒơưǎǐǒǔǚșțɑɒɓəɛʃ"  # and others that hibari's network for unknown words has seen
_BETWEEN = re.compile(rf"(?<=[^\W\d_])[{APOSTROPHES}](?=[^\W\d_])")
_POWER = re.compile(f"(?<=[0-9)a-zA-Z])[{''.join(RAISED)}]+")
_RAISED_ALONE = re.compile("(?<![0-9)a-zA-Z])[¹²³]")
_ROMAN = re.compile("[\u2160-\u217f]{1,20}")


def plain(text: str) -> str:
    """The text with characters that mean the same as commoner ones replaced: ’ ´ ʼ between letters, full-width and
    mathematical letters, Roman numerals and units of one character, digits of any script, small digits."""
    text = _BETWEEN.sub("'", text)
    text = text.translate(_LOWERED)
    text = _POWER.sub(_raised, text)
    text = _RAISED_ALONE.sub(lambda found: RAISED[found[0]], text)
    text = _ROMAN.sub(_numeral, text)
    return "".join(_plain(letter) for letter in text)


def _raised(found: re.Match) -> str:
    """10⁶ -> 10^6; m² and x³ keep their sign, which units and formulas look for."""
    power = found[0]
    if power[-1] in "⁺⁻":  # of an ion
        return f" {''.join(RAISED[sign] for sign in power[:-1])} {'plus' if power[-1] == '⁺' else 'minus'}"
    if power in ("²", "³"):
        return power
    return f"^{''.join(RAISED[sign] for sign in power)}" if power != "ⁿ" else "^n"


def _numeral(found: re.Match) -> str:
    """Part Ⅲ -> Part III, but ⅩⅡ alone -> 12."""
    letters = unicodedata.normalize("NFKC", found[0]).upper()
    named = re.search(r"[A-Za-z]{2}\s$", found.string[max(0, found.start() - 3) : found.start()])
    return letters if named else str(value(letters))


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter
    if letter in SAME:
        return SAME[letter]
    if letter in RAISED and letter not in "²³¹":
        return RAISED[letter]
    if letter in KEPT:
        return letter
    if unicodedata.category(letter) == "Nd":
        return str(unicodedata.decimal(letter))
    if "LATIN" in unicodedata.name(letter, "") and not latin(letter):
        bare = [part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part)]
        return "".join(bare)  # without the accents of Vietnam or of transcriptions
    same = unicodedata.normalize("NFKC", letter)
    if unicodedata.category(letter) == "No" and same.isdecimal():
        return f" {same} "  # in a circle
    if same != letter and all(sign.isascii() or latin(sign) or sign in "°μ⁄" for sign in same) and same.strip() == same:
        return same.replace("⁄", "/")
    return letter


def latin(letter: str) -> bool:
    """Whether an English voice has a reading of a letter or number: Latin as it is written in Europe, a few letters of
    phonetics, fractions, small digits."""
    name = unicodedata.name(letter, "")
    known = "LATIN" in name and letter < "\u0180" or letter in _PHONETIC
    return known or letter in KEPT or "MODIFIER LETTER" in name


def without_foreign(text: str) -> tuple[str, list[str]]:
    """The text without the words of other scripts, and those words. A Greek letter that stands alone has a name."""
    kept, found, word = [], [], ""
    for letter in [*text, " "]:
        kind = unicodedata.category(letter)[0]
        if kind in "LN" and not letter.isascii() and not latin(letter) or word and kind == "M":
            word += letter
            continue
        if word:
            kept.append(word if word in GREEK else " ")
            found += [] if word in GREEK else [word]
            word = ""
        kept.append(letter)
    return "".join(kept[:-1]), found
