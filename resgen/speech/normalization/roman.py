"""Roman numerals that hibari does not know by the word before them. Called by `resgen.speech.normalization`."""

import re

from resgen.speech.normalization.fractions import ordinal

_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_NUMERAL = r"(?=[IVXLCDM])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
# What is counted in Roman numerals, beside what hibari has; the names of rulers with ordinals are hibari's.
COUNTED = """Volume Number Figure Table Appendix Chapter Part Act Scene Section Book Canto Psalm Verse
Unit Lesson Sonnet Title Division Group Version Step Annex Item Line Lecture Module Rule Law Series Season Episode 
Symphony Sonata Opus Movement War Olympiad Bowl Saturn Mark Type Level Stage Class Grade Phase Round Plate Exhibit
Proposition Theorem Article Amendment Chamber Tier Quadrant Zone Region District Corps Legion Squadron
volume number figure table chapter part act scene section book verse lesson step type level stage class phase article"""
_COUNT = re.compile(rf"\b((?:{'|'.join(COUNTED.split())})\s)({_NUMERAL})(?![\w'’]|\.\w)")
_SMALL = re.compile(
    r"\b((?i:chapter|scene|act|part|section|page|pages|volume|verse|canto|figure|table|step|item|book)\s)"
    r"(?=[ivxl]{2,8}(?![\w'’]))(x{0,3}(?:ix|iv|v?i{0,3})|x?l?x{0,3}(?:ix|iv|v?i{0,3}))(?![\w'’-]|\.\w)"
)
_BEFORE_I_WORDS = """
    Chapter Part Act Scene Section Book Volume Canto Appendix Figure Table War Elizabeth
"""
_BEFORE_I = _BEFORE_I_WORDS.split()
_LONE = {"C": "sˈi", "D": "dˈi", "L": "ˈɛl", "M": "ˈɛm"}  # of what is told apart by letters: class C
_RULER = re.compile(
    rf"\b((?:Pope|King|Queen|Emperor|Empress|Tsar|Czar|Kaiser|Prince|Sultan|Shah)(?:\s[A-Z][a-z]{{1,20}}){{1,2}})\s"
    rf"({_NUMERAL})(?![\w'’]|\.\w)"
)
_CENTURY = re.compile(
    rf"(?<![\w.'’-])({_NUMERAL})(?:-?th)?(?=(?:\s|-)(?:century|centuries|cent\.|dynasty|Dynasty|Century|Olympiad|Congress)(?!\w))"
)
_JOINED = re.compile(
    rf"(?<![\w.'’-])({_NUMERAL})(?=(?:\sand\s|\sor\s|\sto\s|-|–)({_NUMERAL})(?:-?th)?\s(?:century|centuries))"
)
_YEAR = re.compile(
    rf"(?<![\w.'’-])(?=[IVXLCDM]{{4,15}}(?![\w'’-]))(M{{1,3}}{_NUMERAL[len('(?=[IVXLCDM])M{0,3}') :]})(?![\w'’-]|\.\w)"
)


def value(numeral: str) -> int:
    """MCMLXXIV -> 1974."""
    numbers = [_VALUES[letter] for letter in numeral]
    return sum(-one if one < after else one for one, after in zip(numbers, [*numbers[1:], 0], strict=True))


def spoken(text: str) -> str:
    """the XX century -> the twentieth century, Volume II -> Volume 2, MCMLXXIV -> 1974."""
    text = _JOINED.sub(lambda found: ordinal(value(found[1])), text)
    text = _CENTURY.sub(lambda found: ordinal(value(found[1])), text)
    text = _RULER.sub(lambda found: f"{found[1]} the {ordinal(value(found[2]))}", text)
    text = _SMALL.sub(lambda found: f"{found[1]}{value(found[2].upper())}", text)
    text = _COUNT.sub(_count, text)
    return _YEAR.sub(lambda found: str(value(found[1])), text)


def _count(found: re.Match) -> str:
    word, numeral = found[1], found[2]
    if len(numeral) == 1 and word.lower().startswith("number"):
        return found[0]  # of an account, a revolver
    if numeral in _LONE:
        return f"{word}[{numeral}](/{_LONE[numeral]}/)"
    if (
        numeral == "I"
        and word.strip() not in _BEFORE_I
        and re.match(r"\s[a-z]", found.string[found.end() : found.end() + 2])
    ):
        return f"{word}[I](/ˌI/)"  # the part I liked
    return f"{word}{value(numeral)}"
