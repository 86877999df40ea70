"""Signs that have a name, and Greek letters. Called by `resgen.speech.normalization`."""

import re

NAMES = {
    **{"≤": "less than or equal to", "⩽": "less than or equal to", "≦": "less than or equal to"},
    **{"≥": "greater than or equal to", "⩾": "greater than or equal to", "≧": "greater than or equal to"},
    **{"≪": "much less than", "≫": "much greater than", "≠": "not equal to", "≡": "equivalent to"},
    **{"≈": "approximately", "≅": "approximately equal to", "≃": "approximately", "∼": "approximately"},
    **{"∝": "proportional to", "√": "the square root of", "∛": "the cube root of", "∜": "the fourth root of"},
    **{"∞": "infinity", "‰": "per mille", "‱": "per ten thousand", "∑": "the sum of", "∏": "the product of"},
    **{"∫": "the integral of", "∂": "partial", "∇": "nabla", "∆": "delta", "∈": "in", "∉": "not in"},
    **{"∪": "union", "∩": "intersection", "⊂": "a subset of", "⊆": "a subset of", "∅": "the empty set"},
    **{"∀": "for all", "∃": "there exists", "¬": "not", "∧": "and", "∨": "or", "⊕": "plus", "⊗": "times"},
    **{"∴": "therefore", "∵": "because", "∠": "angle", "⊥": "perpendicular to", "∥": "parallel to"},
    **{"⇒": "implies", "⟹": "implies", "⇔": "if and only if", "↔": "to and from", "→": "to", "⟶": "to", "➔": "to"},
    **{"±": "plus or minus", "∓": "minus or plus", "×": "times", "✕": "times", "÷": "divided by"},
    **{"§": "section", "¶": "paragraph", "†": "dagger", "‡": "double dagger", "′": "prime", "″": "double prime"},
    **{"℗": "published", "℞": "recipe"},
    **{"♯": "sharp", "♭": "flat"},
}
MONEY = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "₹": "rupee", "₩": "won", "₽": "ruble", "₿": "bitcoin"}
MONEY |= {"¢": "cent", "₺": "lira", "₴": "hryvnia", "₫": "dong", "₱": "peso", "₪": "shekel", "฿": "baht", "₦": "naira"}
_GREEK = """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon
phi chi psi omega"""
GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _GREEK.split(), strict=True)) | {"ς": "sigma", "ϕ": "phi", "ϑ": "theta"}
GREEK |= {letter.upper(): name for letter, name in GREEK.items() if len(letter.upper()) == 1}
_GREEK_LETTER = re.compile(f"(?<![\u0370-\u03ff\u1f00-\u1fff])[{''.join(GREEK)}](?![\u0370-\u03ff\u1f00-\u1fff])")
_NAMED = re.compile(f"[{re.escape(''.join(NAMES))}]")
_NUMBER = r"\d{1,30}(?:[.,]\d{1,30})?"
_SUM = re.compile(rf"(?<![\w.,]){_NUMBER}(?: ?[-–+*/×÷] ?{_NUMBER}){{1,9}} ?=")
_DOWN = re.compile(rf"(?<![\w.,-])({_NUMBER}) [-–] ({_NUMBER})(?![\w-])")
_TIGHT = re.compile(r"(?<![^\s(\[“\"'=<>≤≥≈/])[-–](?=[$£€¥]?\.?\d)")
_LONE_MONEY = re.compile(r"(?<![\w.,])([$€£¥₹₩₽₿¢₺₴₫₱₪฿₦])(?![\w.,]*\d)")


def minus(text: str) -> str:
    """A minus where one is meant: −5, -5 and -$5 at the beginning of a word, 9 - 4 = 5, 9 - 4; but 4 - 9 is a range."""
    text = _SUM.sub(lambda found: re.sub(r" ?[-–] ?", " minus ", found[0]), text)
    text = _DOWN.sub(_down, text)
    text = _TIGHT.sub("minus ", text)
    return re.sub(r"[ \t]?−[ \t]?", " minus ", text)


def _down(found: re.Match) -> str:
    larger, smaller = (float(number.replace(",", "")) for number in found.groups())
    return f"{found[1]} minus {found[2]}" if larger > smaller else found[0]


_AND = re.compile(r"(?<=\w)(?: ['‘’][nN]['‘’]? | [nN]['‘’] |['‘’][nN]['‘’])(?=[A-Za-z])")
TYPED = {"!=": "not equal to", "<=": "≤", ">=": "≥", "->": "→", "=>": "⇒", "==": "equals", "=/=": "not equal to"}
_TYPED = re.compile(r"(?<=[\w\s)])\s?(=/=|!=|<=|>=|->|=>|==)\s?(?=[\w\s(-])")
_DOT = re.compile(r"(?<![^\s(])\.(?=[A-Za-z]{2})")


def letters(text: str) -> str:
    """rock 'n' roll -> rock and roll; .NET -> dot NET."""
    text = _TYPED.sub(lambda found: f" {TYPED[found[1]]} ", text)
    return _DOT.sub("dot ", _AND.sub(" and ", text))


def named(text: str) -> str:
    """Signs as words, with blanks around them; Greek letters that stand alone by their names."""
    text = _NAMED.sub(lambda found: f" {NAMES[found[0]]} ", text)
    text = _GREEK_LETTER.sub(lambda found: f" {GREEK[found[0]]} ", text)
    text = _LONE_MONEY.sub(lambda found: f" {MONEY[found[1]]} ", text)
    return re.sub(r" {2,}", " ", text)  # a blank before a full stop is taken out by hibari
