"""Units behind a number -> their names, in singular where they tell of what kind something is (a 60 watt bulb); and
what is told per something. Called by `resgen.speech.normalization`.
"""

import re

# Sign: name, and its plural where that is not the name with an s.
UNITS = {
    **{"km": "kilometer", "m": "meter", "dm": "decimeter", "cm": "centimeter", "mm": "millimeter", "μm": "micrometer"},
    **{"nm": "nanometer", "mi": "mile", "ft": "foot feet", "yd": "yard", "yds": "yard", "nmi": "nautical mile"},
    **{
        "kg": "kilogram",
        "g": "gram",
        "mg": "milligram",
        "μg": "microgram",
        "mcg": "microgram",
        "t": "ton",
        "lb": "pound",
    },
    **{"lbs": "pound", "oz": "ounce", "fl oz": "fluid ounce", "l": "liter", "L": "liter", "ml": "milliliter"},
    **{
        "mL": "milliliter",
        "cl": "centiliter",
        "dl": "deciliter",
        "hl": "hectoliter",
        "μl": "microliter",
        "gal": "gallon",
    },
    **{
        "μL": "microliter",
        "qt": "quart",
        "pt": "pint",
        "tbsp": "tablespoon",
        "Tbsp": "tablespoon",
        "tbs": "tablespoon",
    },
    **{"tsp": "teaspoon", "ha": "hectare", "s": "second", "sec": "second", "secs": "second", "ms": "millisecond"},
    **{"μs": "microsecond", "ns": "nanosecond", "min": "minute", "mins": "minute", "h": "hour", "hr": "hour"},
    **{"hrs": "hour", "wk": "week", "wks": "week", "mos": "month", "yr": "year", "yrs": "year", "V": "volt"},
    **{"mV": "millivolt", "kV": "kilovolt", "W": "watt", "mW": "milliwatt", "kW": "kilowatt", "MW": "megawatt"},
    **{"GW": "gigawatt", "A": "amp", "mA": "milliamp", "mAh": "milliamp hour", "Ah": "amp hour", "Wh": "watt hour"},
    **{"kWh": "kilowatt hour", "MWh": "megawatt hour", "Ω": "ohm", "kΩ": "kilohm", "Hz": "hertz hertz"},
    **{"kHz": "kilohertz kilohertz", "MHz": "megahertz megahertz", "GHz": "gigahertz gigahertz", "J": "joule"},
    **{"kJ": "kilojoule", "cal": "calorie", "kcal": "kilocalorie", "Pa": "pascal", "hPa": "hectopascal"},
    **{"kPa": "kilopascal", "psi": "P S I P S I", "dB": "decibel", "hp": "horsepower horsepower", "B": "byte"},
    **{"KB": "kilobyte", "kB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte", "PB": "petabyte"},
    **{
        "KiB": "kibibyte",
        "MiB": "mebibyte",
        "GiB": "gibibyte",
        "kbit": "kilobit",
        "Mbit": "megabit",
        "Gbit": "gigabit",
    },
    **{
        "kb": "kilobit",
        "Mb": "megabit",
        "Gb": "gigabit",
        "px": "pixel",
        "MP": "megapixel",
        "mol": "mole",
        "pct": "percent percent",
    },
}
# Of these, no number of them alone is meant: whole names.
RATES = {"mph": "mile per hour", "kph": "kilometer per hour", "kmh": "kilometer per hour", "fps": "frame per second"}
RATES |= {"rpm": "revolution per minute", "bpm": "beat per minute", "dpi": "dot per inch", "wpm": "word per minute"}
RATES |= {
    "kbps": "kilobit per second",
    "Mbps": "megabit per second",
    "Gbps": "gigabit per second",
    "mpg": "mile per gallon",
}
RATES |= {"ppm": "part per million"}
_PER_WORDS = """
    second minute hour day week month quarter year night person people head child student user page item piece unit
    kilo kilogram gram pound ounce ton liter litre gallon mile kilometer kilometre meter metre foot inch cup serving
    trip game class word line box bottle bag ticket room seat share barrel watt dozen
"""
PER = _PER_WORDS.split()
_LONE = {"A", "t", "s", "h", "B", "J", "L", "W", "V", "g", "l", "m"}  # letters that also are names of other things
_NUMBER = r"\d{1,3}(?:,\d{3}){1,9}(?:\.\d{1,30})?|\d{1,30}(?:\.\d{1,30})?"
_LARGE = r"(?:\s(?:hundred|thousand|million|billion|trillion))?"
_SHARE = r"(?:(?:\d{1,3} and )?(?:one|an?|\d{1,3}) (?:half|third|quarter|fifth|sixth|eighth|tenth|sixteenth)s?)"
_SIGNS = "|".join(re.escape(sign) for sign in sorted([*UNITS, *RATES], key=len, reverse=True))
_AREA = r"(?:km|cm|mm|dm|μm|m|ft|in|mi|yd)"
_KIND = r"(?:\b(?P<kind>[Aa]n?|[Tt]he|[Tt]his|[Tt]hat|[Mm]y|[Hh]is|[Hh]er|[Oo]ur|[Tt]heir|[Yy]our|[Ee]very|[Ee]ach)\s)?"
_OVER = rf"(?:\s?/\s?(?P<over>(?:{_SIGNS})(?:[²³23])?(?![\w/])|(?:{'|'.join(PER)}|yr|mo|d|wk)(?![\w/])))?"
_UNIT = re.compile(
    rf"{_KIND}(?<![\w.,:$€£¥])(?P<number>(?:{_NUMBER}){_LARGE}|{_SHARE})(?P<gap>[\s-]?)"
    rf"(?:(?P<power>sq\.?\s|cu\.?\s)?(?P<sign>{_SIGNS})(?P<raised>[²³]|(?<=m)[23](?!\d))?)(?![\w²³°'’])(?!\.\w|/\w+/){_OVER}"
)
_SQUARE = re.compile(rf"(?<![\w.])({_AREA})([²³])(?!\w)")
_PER_WORD = re.compile(rf"(?<=[a-z])\s?/\s?(?=(?:{'|'.join(PER)})\b)")
_PER_UNIT = re.compile(r"(?<=\bper )(kg|g|lb|oz|l|L|h|hr|min|sec|s|yr|mo|km|mi|m|gal|GB|MB|kWh|wk|d)(?![\w'’])")
_RATE = re.compile(rf"\d[\d.,]{{0,20}} [A-Za-z]{{2,20}}\s?/\s?(?=(?:{'|'.join(PER)})\b)")
_NEXT = re.compile(
    r"[ -](?!(?:of|and|or|to|in|on|at|by|for|from|with|than|is|are|was|were|will|per|long|wide|high|deep|tall"
    r"|thick|away|ago|later|left|more|less|as|but|that|which|when|before|after|a|an|the|old|each|every|up)\b)[a-z]{2,}"
)
_FEET = re.compile(r"(\b(?:feet|foot) \d{1,2}) in\b\.?")
_PER_MANY = re.compile(r"(?<=s)\s?/\s?(?=\d{1,4} (?:kilometers|miles|grams|kilograms)\b)")
_THING = "screen|monitor|tv|TV|display|pipe|nail|board|pan|disk|wheel|ruler|pizza|tyre|tire"
_SIZED = rf"(?:long|wide|high|tall|deep|thick|across|below|above|apart|in|by|x|of|{_THING})"
_WHAT = re.compile(rf"[ -](?:{_THING})\b")
_INCHES = re.compile(
    rf"(?<=\d)″|(?<=\d)[\"”](?=[ -]{_SIZED}\b|[x×]\d)|(?<=\d)\s?in\.(?=\s[a-z]|[,;:)])"
    r"|(?<=\d)\sin(?=\s(?:long|wide|high|tall|deep|thick)\b)"
)
_WORD_NAMES = {"yr": "year", "mo": "month", "d": "day", "wk": "week"}


def spoken(text: str) -> str:
    """2 tbsp -> 2 tablespoons, 10 m² -> 10 square meters, 5 MB/s -> 5 megabytes per second, a 60 W bulb -> a 60 watt
    bulb, 10 litres/day -> 10 litres per day."""
    text = _INCHES.sub(_inches, text)
    text = _UNIT.sub(_unit, text)
    text = _FEET.sub(r"\1 inches", text)
    text = _PER_MANY.sub(" per ", text)
    text = _SQUARE.sub(_square, text)
    text = _RATE.sub(lambda found: found[0].rstrip(" /") + " per ", text)
    return _PER_UNIT.sub(lambda found: _WORD_NAMES.get(found[0]) or _name(found[0], True), text)


def _inches(found: re.Match) -> str:
    """5 in. long -> 5 inches long; 1 inch; a 24 inch screen."""
    one = re.search(r"(?<![\d.])1\s?$", found.string[max(0, found.start() - 3) : found.start()])
    return " inch" if one or _WHAT.match(found.string, found.end()) else " inches"


def _name(sign: str, one: bool) -> str:
    if sign in RATES:
        first, _, rest = RATES[sign].partition(" ")
        return RATES[sign] if one else f"{first}s {rest}"
    name = UNITS[sign]
    if sign == "psi":
        return "P S I"
    if sign in ("ft", "Hz", "kHz", "MHz", "GHz", "hp", "pct"):
        return name.split()[0 if one else 1]
    return name if one else f"{name}s"


def _unit(found: re.Match) -> str:
    sign, gap, after = found["sign"], found["gap"], found.string[found.end() : found.end() + 20]
    if sign in _LONE and _other(found, after):
        return found[0]
    one = (
        found["number"] == "1"
        or found["number"][-1].isalpha()
        and " and " not in found["number"]
        or gap == "-"
        or bool(found["kind"] and not found["over"] and _NEXT.match(after))
    )
    if found["kind"] and found["kind"].lower() in ("every", "each") and not _NEXT.match(after):
        one = found["number"] == "1"
    power = {"²": "square ", "2": "square ", "³": "cubic ", "3": "cubic "}.get(found["raised"] or "", "")
    if found["power"]:
        power = "square " if found["power"].startswith("sq") else "cubic "
    said = f"{found['number']} {power}{_name(sign, one)}"
    if found["over"]:
        said += f" per {_over(found['over'])}"
    return f"{found['kind']} {said}" if found["kind"] else said


def _other(found: re.Match, after: str) -> bool:
    """Whether a letter behind a number is no unit: 5 A.M., 3 A team, 20s; a version such as 2B."""
    sign, gap = found["sign"], found["gap"]
    if gap == "" and (sign in ("s", "A", "B", "L", "J", "t", "m") and not (sign == "m" and not after[:1].isalpha())):
        return not found["raised"] and not found["over"] and sign != "m"
    if sign in ("A", "B", "J", "L") and re.match(r"\.?\s?[A-Z]", after):
        return True
    return gap == "-" and sign not in ("V", "W", "m", "g", "h")


def _over(sign: str) -> str:
    power = {"²": "square ", "2": "square ", "³": "cubic ", "3": "cubic "}.get(sign[-1], "")
    bare = sign.rstrip("²³23")
    if bare in PER:
        return bare
    if power == "square " and bare in ("s", "sec", "h", "min"):
        return f"{_name(bare, True)} squared"
    return _WORD_NAMES.get(bare) or power + _name(bare, True)


def _square(found: re.Match) -> str:
    one = re.search(r"(?:\bper|\ba|\beach|/)\s?$", found.string[max(0, found.start() - 6) : found.start()])
    name = {"in": "inch" if one else "inches"}.get(found[1]) or _name(found[1], bool(one))
    return f"{'square' if found[2] == '²' else 'cubic'} {name}"
