"""Money: the sign before the number, as hibari reads it. Called by `resgen.speech.normalization`."""

import re

CODES = {"EUR": "€", "USD": "$", "GBP": "£", "INR": "₹", "JPY": "¥"}
# Dollars of others, and what hibari has no name for: one, several.
NAMED = {
    **{"US$": ("U.S. dollar", "U.S. dollars"), "A$": ("Australian dollar", "Australian dollars")},
    **{"AU$": ("Australian dollar", "Australian dollars"), "C$": ("Canadian dollar", "Canadian dollars")},
    **{"CA$": ("Canadian dollar", "Canadian dollars"), "NZ$": ("New Zealand dollar", "New Zealand dollars")},
    **{"HK$": ("Hong Kong dollar", "Hong Kong dollars"), "S$": ("Singapore dollar", "Singapore dollars")},
    **{"R$": ("real", "reais"), "MX$": ("Mexican peso", "Mexican pesos"), "₽": ("ruble", "rubles")},
    **{"₿": ("bitcoin", "bitcoins"), "₺": ("lira", "lira"), "₴": ("hryvnia", "hryvnias"), "₫": ("dong", "dong")},
    **{"₱": ("peso", "pesos"), "₪": ("shekel", "shekels"), "฿": ("baht", "baht"), "₦": ("naira", "naira")},
    **{"CHF": ("Swiss franc", "Swiss francs"), "kr": ("krona", "kronor"), "zł": ("zloty", "zlotys")},
    **{"AUD": ("Australian dollar", "Australian dollars"), "CAD": ("Canadian dollar", "Canadian dollars")},
    **{
        "CNY": ("yuan", "yuan"),
        "RMB": ("yuan", "yuan"),
        "RUB": ("ruble", "rubles"),
        "NZD": ("New Zealand dollar",) * 2,
    },
    **{"₩": ("won", "won"), "SEK": ("krona", "kronor"), "PLN": ("zloty", "zlotys"), "BTC": ("bitcoin", "bitcoins")},
}
_AMOUNT = r"\d{1,3}(?:,\d{3}){1,9}(?:\.\d{1,30})?|\d{1,60}(?:\.\d{1,30})?|\.\d{1,30}"
_LARGE = r"(?:\s(?:hundred|thousand|million|billion|trillion)|(?:k|K|m|M|b|bn|B|tn)(?!\w)|\s(?:bn|tn)(?!\w))"
_SIGNS, _CODES = "".join("$€£¥₹"), "|".join(CODES)
_NAMES = "|".join(map(re.escape, sorted(NAMED, key=len, reverse=True)))
_RUPEES = re.compile(r"(?<!\w)Rs\.?\s?(?=\d)")
_EURO_THOUSANDS = re.compile(r"(?<=€)\s?\d{1,3}(?:\.\d{3})+(?![\d.])|(?<![\d.,])\d{1,3}(?:\.\d{3})+(?=\s?(?:€|EUR\b))")
_MINUS = re.compile(r"([$€£¥₹])\s?[-−–]\s?(?=\d)")
_BEHIND = re.compile(rf"(?<![\w.,$€£¥₹])({_AMOUNT})({_LARGE})?\s?(?:([{_SIGNS}])(?!\w)|({_CODES})(?!\w))(?!\s?\d)")
_CODE_BEFORE = re.compile(rf"(?<!\w)({_CODES})\s?(?=\d)")
_APART = re.compile(r"(?<![\w$])([$€£¥₹])\s(?=\d)")
_OTHER = re.compile(rf"(?<![\w$])({_NAMES})\s?({_AMOUNT})({_LARGE})?(?![\w])")
_OTHER_BEHIND = re.compile(rf"(?<![\w.,$€£¥₹])({_AMOUNT})({_LARGE})?\s?({_NAMES})(?![\w])")
_SHORT = {"k": " thousand", "K": " thousand", "m": " million", "M": " million"}
_SHORT |= {"b": " billion", "bn": " billion", "B": " billion", "tn": " trillion"}
_BILLION = re.compile(rf"([$€£¥₹])({_AMOUNT})\s?(bn|tn)(?!\w)")
_PENCE = re.compile(r"(?<![\w.,$€£])(\d{1,2})p(?!\w)")
_EACH = re.compile(rf"([$€£¥₹](?:{_AMOUNT})(?:{_LARGE})?)\s?/\s?(?=[A-Za-z])")
_LONG = re.compile(r"([$€£])(\d{16,}|\d{1,3}(?:,\d{3}){5,})(?:\.(\d{1,30}))?(?![\d,])")
_PLURAL = {"$": "dollars", "€": "euros", "£": "pounds"}
_BILL = re.compile(
    r"\b([Aa]|[Tt]he|[Tt]his|[Oo]ne|[Mm]y|[Hh]is|[Hh]er)\s([$€£])(\d{1,6})"
    r"(?=[ -](?:bill|note|coin|fine|ticket|gift|tip|check|prize|book)\b)"
)
_ONE = {"$": "dollar", "€": "euro", "£": "pound"}


def spoken(text: str) -> str:
    """5€ and 20 EUR -> €5 and €20; US$20 -> 20 U.S. dollars; $-5 -> minus $5; $5/month -> $5 per month."""
    text = _RUPEES.sub("₹", text)
    text = _EURO_THOUSANDS.sub(lambda found: found[0].replace(".", ","), text)
    text = _MINUS.sub(r"minus \1", text)
    text = _OTHER.sub(lambda found: _named(found[2], found[3], found[1]), text)
    text = _OTHER_BEHIND.sub(lambda found: _named(found[1], found[2], found[3]), text)
    text = _BEHIND.sub(lambda found: f"{found[3] or CODES[found[4]]}{found[1]}{found[2] or ''}", text)
    text = _CODE_BEFORE.sub(lambda found: CODES[found[1]], text)
    text = _APART.sub(r"\1", text)
    text = _BILLION.sub(lambda found: f"{found[1]}{found[2]}{_SHORT[found[3]]}", text)
    text = _PENCE.sub(lambda found: f"{found[1]} {'penny' if found[1] == '1' else 'pence'}", text)
    text = _LONG.sub(_long, text)
    text = _BILL.sub(lambda found: f"{found[1]} {found[3]} {_ONE[found[2]]}", text)
    return _EACH.sub(r"\1 per ", text)


def _named(amount: str, large: str | None, name: str) -> str:
    one, several = NAMED[name]
    return f"{amount}{_SHORT.get(large or '', large or '')} {one if amount == '1' and not large else several}"


def _long(found: re.Match) -> str:
    cents = f" point {' '.join(found[3])}" if found[3] else ""
    return f"{' '.join(found[2].replace(',', ''))}{cents} {_PLURAL[found[1]]}"
