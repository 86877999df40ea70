"""Shortened words, by what stands beside them: "No. 5" and "no.", "Jan. 3" and "Jan.", "Elm Dr." and "Dr. Elm". Called
by `resgen.speech.normalization`. What ended a sentence as well keeps its dot.
"""

import re

from resgen.speech.normalization.ranges import DAYS
from resgen.speech.normalization.sentences import begins

# Before a number, in digits or Roman.
NUMBERED = {
    **{"No": "Number", "Nos": "Numbers", "Nr": "Number", "Fig": "Figure", "Figs": "Figures", "Vol": "Volume"},
    **{"Vols": "Volumes", "Ch": "Chapter", "Chap": "Chapter", "Sec": "Section", "Sect": "Section", "Art": "Article"},
    **{"P": "Page", "Pp": "Pages", "Pg": "Page", "Eq": "Equation", "Ex": "Example", "Pt": "Part", "Bk": "Book"},
    **{"Para": "Paragraph", "Tab": "Table", "App": "Appendix", "Rte": "Route", "Hwy": "Highway", "Rm": "Room"},
    **{"Apt": "Apartment", "Ste": "Suite", "Ext": "Extension", "Op": "Opus", "Ep": "Episode", "Ver": "Version"},
    **{"Ln": "Line", "Est": "Established", "Approx": "Approximately", "Ca": "About", "Max": "Maximum"},
    **{"Min": "Minimum", "Avg": "Average", "Lv": "Level", "Lvl": "Level", "Fl": "Floor", "Col": "Column"},
}
# Before a name.
TITLES = {
    **{"Rep": "Representative", "Cpl": "Corporal", "Ft": "Fort", "Gen": "General", "Gov": "Governor", "Sen": "Senator"},
    **{"Capt": "Captain", "Lt": "Lieutenant", "Col": "Colonel", "Sgt": "Sergeant", "Cmdr": "Commander", "Maj": "Major"},
    **{
        "Adm": "Admiral",
        "Fr": "Father",
        "Msgr": "Monsignor",
        "Rev": "Reverend",
        "Hon": "Honorable",
        "Pres": "President",
    },
    **{"Supt": "Superintendent", "Prof": "Professor", "Atty": "Attorney", "Pvt": "Private", "Cdr": "Commander"},
    **{"Messrs": "Messers", "Amb": "Ambassador", "Asst": "Assistant", "Insp": "Inspector", "Det": "Detective"},
    **{
        "Mt": "Mount",
        "Pt": "Point",
        "Br": "Brother",
        "Sr": "Sister",
        "Bp": "Bishop",
        "Dir": "Director",
        "Pfc": "P F C",
    },
    **{"Brig": "Brigadier", "Sec": "Secretary", "Cllr": "Councillor", "Mlle": "Mademoiselle", "Mme": "Madame"},
}
STREETS = {
    **{"St": "Street", "Dr": "Drive", "Ave": "Avenue", "Av": "Avenue", "Rd": "Road", "Blvd": "Boulevard", "Ln": "Lane"},
    **{"Ct": "Court", "Pl": "Place", "Sq": "Square", "Hwy": "Highway", "Pkwy": "Parkway", "Ter": "Terrace"},
    **{"Cir": "Circle", "Cres": "Crescent", "Trl": "Trail", "Expy": "Expressway"},
}
MONTHS = {"Feb": "February", "Apr": "April", "Aug": "August", "Sept": "September", "Sep": "September", "Oct": "October"}
MONTHS |= {"Nov": "November", "Dec": "December", "Jul": "July"}
MONTHS_OR_NAMES = {"Jan": "January", "Mar": "March", "Jun": "June"}
DAY_NAMES = {"Tue": "Tuesday", "Tues": "Tuesday", "Thu": "Thursday", "Thur": "Thursday", "Thurs": "Thursday"}
DAY_NAMES |= {"Fri": "Friday", "Mon": "Monday"}
DAYS_OR_WORDS = {"Sun": "Sunday", "Sat": "Saturday", "Wed": "Wednesday", "Weds": "Wednesday"}
ANYWHERE = {
    **{
        "approx": "approximately",
        "incl": "including",
        "excl": "excluding",
        "esp": "especially",
        "misc": "miscellaneous",
    },
    **{"dept": "department", "Dept": "Department", "govt": "government", "Govt": "Government", "Univ": "University"},
    **{"Assn": "Association", "Bldg": "Building", "Bros": "Brothers", "Corp": "Corporation", "Inc": "Incorporated"},
    **{"Ltd": "Limited", "Co": "Company", "Jr": "Junior", "Sr": "Senior", "Esq": "Esquire", "viz": "namely"},
    **{"vs": "versus", "Vs": "Versus", "avg": "average", "orig": "originally"},
}
_ROMAN = r"[IVXLC]+(?![\w'’])"
_NUMBERED = re.compile(rf"(?<![\w.])((?i:{'|'.join(NUMBERED)}))\.[ \t]{{0,2}}(?=[#]?\d|{_ROMAN})")
_LETTERED = re.compile(r"(?<![\w.])(Fig|Figs|Vol|App|Apt|Rm|Ste|Eq|Sec|Ch)\.[ \t](?=[A-Z](?![\w'’]))")
_LIVED = re.compile(r"(?<![\w.])([bdc])\.[ \t]?(?=[12]\d\d\d(?!\d))")
_PAGES = re.compile(r"(?<![\w.])(pp?)\.[ \t]?(?=\d|[ivxlc]+\b)")
_TITLE = re.compile(rf"(?<![\w.])({'|'.join(TITLES)})\.[ \t](?=[A-Z])")
_MONTH = re.compile(rf"(?<![\w.])({'|'.join(MONTHS)})\.(?!\w)")
_MONTH_OR_NAME = re.compile(
    rf"((?<![\w])(?:\d{{1,2}}|[Ii]n|[Oo]f|[Ss]ince|[Uu]ntil|[Ff]rom|[Bb]y|[Ll]ast|[Nn]ext|[Ee]arly|[Ll]ate|[Tt]his"
    rf"|[Dd]uring|[Ee]very|[Tt]o|[Mm]id)[ -])({'|'.join(MONTHS_OR_NAMES)})\.(?!\w)"
    rf"|(?<![\w.])({'|'.join(MONTHS_OR_NAMES)})\.(?=\s\d)"
)
_DAY = re.compile(rf"(?<![\w.])({'|'.join(DAY_NAMES)})\.(?!\w)")
_DAY_OR_WORD = re.compile(
    rf"((?<![\w])(?:[Oo]n|[Ee]very|[Ee]ach|[Ll]ast|[Nn]ext|[Tt]his|[Uu]ntil|[Bb]y|[Ff]rom|[Tt]o|and|or"
    rf"|{'|'.join(DAYS)}),?[ ])({'|'.join(DAYS_OR_WORDS)})\.(?!\w)"
    rf"|(?<![\w.])({'|'.join(DAYS_OR_WORDS)})\.(?=,|\s(?:\d|and\s|or\s|morning|night|after|even))"
)
_STREET_NUMBER = re.compile(
    rf"(?<![\w.])(\d{{1,6}}[A-Za-z]?(?:\s(?:[NSEW]\.?|[A-Z][a-z'’]+|\d{{1,3}}(?:st|nd|rd|th))){{1,4}}\s)({'|'.join(STREETS)})\b\.?(?!\w)"
)
_STREET = re.compile(rf"(?<![\w.’'-])([A-Z][a-z'’]+\s)({'|'.join(STREETS)})\.(?=\s[a-z]|[,;:!?)]|\s*$|\s*\n)")
_NOT_STREETS_WORDS = """
    The A My Our His Her Dear Yes No Then So And But When Call Ask Hello Hi Good See
"""
_NOT_STREETS = frozenset(_NOT_STREETS_WORDS.split())
_ANYWHERE = re.compile(rf"(?<![\w.])({'|'.join(ANYWHERE)})\.(?!\w)")


# "They said no. 5 men left": who says so, or what is counted after it, shows that the word itself was meant.
_SAID_NO = re.compile(
    r"""\b(?:say|says|said|saying|answers?|answered|answer\ (?:is|was)|replied|reply|replies|shouted|shout|cried|yelled
    |whispered|screamed|muttered|sighed|thought|meant|means?|wrote|voted?|voting
    |(?:tell|told)\ (?:him|her|them|me|us|you)
    |still|always|just|is|was|and|or|but|oh|a|the|(?:firm|clear|big|loud|flat))
    [,:]?\ ["“‘']?$""",
    re.IGNORECASE | re.VERBOSE,
)
_COUNTED = re.compile(
    r"""\d[\d,]*\ (?:(?:big|small|little|old|young|new|more|other|brave|tired|long)\ )?
    (?:men|women|people|children|mice|geese|feet|more|others|of\ (?:them|us|the)|[a-z]{2,}(?:[^s\W]s|[sx]es))\b
    (?!\ (?:the|a|an|that|how|what|us|you|it)\b)""",
    re.VERBOSE,
)
_HAD = re.compile(
    r"""\b(?:an?|my|his|her|your|our|their|any|some|one|another|every|each|likes?|loves?|loved|liked|ripe|of|hate
    |wait\ a)\ $""",
    re.IGNORECASE | re.VERBOSE,
)
_WORDS_TOO = {
    *("fig", "figs", "art", "app", "tab", "ex", "sec", "op", "col", "para", "apt", "min", "max", "ver", "ext", "fl"),
}


def _is_a_word(word: str, before: str, after: str) -> bool:
    """Whether what could be shortened for a number is a word that ends a sentence, before a number that begins one."""
    counted = bool(_COUNTED.match(after))
    if word == "no":
        return bool(_SAID_NO.search(before)) and (counted or not re.search(r"\b(?:is|was|the|and|or|a)\s$", before))
    if word == "Max":
        return counted and bool(re.search(r"[a-z,]\s$", before))
    return word in _WORDS_TOO and counted and bool(_HAD.search(before))


def spoken(text: str) -> str:
    """No. 5 -> Number 5, Rep. Hill -> Representative Hill, Feb. 3 -> February 3, 12 Elm Dr. -> 12 Elm Drive."""
    text = _NUMBERED.sub(_numbered, text)
    text = _LETTERED.sub(lambda found: f"{NUMBERED[found[1]]} ", text)
    text = _LIVED.sub(lambda found: {"b": "born ", "d": "died ", "c": "circa "}[found[1]], text)
    text = _PAGES.sub(lambda found: "page " if found[1] == "p" else "pages ", text)
    text = _STREET_NUMBER.sub(lambda found: found[1] + _long(found, STREETS[found[2]], found[0].endswith(".")), text)
    text = _STREET.sub(_street, text)
    text = _TITLE.sub(lambda found: f"{TITLES[found[1]]} ", text)
    text = _MONTH.sub(lambda found: _long(found, MONTHS[found[1]]), text)
    text = _MONTH_OR_NAME.sub(
        lambda found: (found[1] or "") + _long(found, MONTHS_OR_NAMES[found[2] or found[3]]), text
    )
    text = _DAY.sub(lambda found: _long(found, DAY_NAMES[found[1]]), text)
    text = _DAY_OR_WORD.sub(lambda found: (found[1] or "") + _long(found, DAYS_OR_WORDS[found[2] or found[3]]), text)
    return _ANYWHERE.sub(lambda found: _long(found, ANYWHERE[found[1]]), text)


def _long(found: re.Match, word: str, dot: bool = True) -> str:
    """The word, with a full stop if the dot ended the sentence as well."""
    return word + ("." if dot and begins(found.string, found.end()) else "")


def _numbered(found: re.Match) -> str:
    word = found[1]
    if (
        word in ("Col", "Sec", "Pt", "Ex", "Art", "art", "tab", "app", "op", "ex", "min", "max", "col", "fl")
        and not found.string[found.end()].isdigit()
    ):
        return found[0]
    if _is_a_word(word, found.string[max(0, found.start() - 30) : found.start()], found.string[found.end() :][:60]):
        return found[0]
    long = NUMBERED[word.capitalize()]
    return f"{long if word[0].isupper() else long.lower()} "


def _street(found: re.Match) -> str:
    """Lake Dr. is quiet; but: the Dr. is in, and: Hello Dr."""
    if found[1].strip() in _NOT_STREETS:
        return found[0]
    return found[1] + _long(found, STREETS[found[2]])
