"""What writing has and speech has not, put into words: addresses, list signs, headings, emphasis, abbreviations.

Called by `resgen.speech.phonemes` on a whole text before it is cut into sentences. Numbers, dates, money and units are
left to `hibari.g2p`, which reads them sentence by sentence.
"""

import re

SIGNS = {".": "dot", "/": "slash", "-": "dash", "_": "underscore", "@": "at", "?": "question mark", "=": "equals"}
SIGNS |= {"&": "and", "#": "hash", "%": "percent", "+": "plus", ":": "colon", "~": "tilde"}
SHORT = {"e.g.": "for example", "i.e.": "that is", "etc.": "et cetera", "cf.": "compare", "ca.": "about"}
SHORT |= {"a.k.a.": "also known as", "w.r.t.": "with regard to"}

_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+(.*)$", re.MULTILINE)
_BULLET = re.compile(r"^[ \t]*[-*+•‣–]\s+(?=\S)(.*)$", re.MULTILINE)
_NUMBERED = re.compile(r"^[ \t]*(\d{1,3})[.)]\s+(?=\S)(.*)$", re.MULTILINE)
_RULE = re.compile(r"^[ \t]*([-*_=~][ \t]*){3,}$", re.MULTILINE)
_QUOTED_LINE = re.compile(r"^[ \t]*>+[ \t]?", re.MULTILINE)
_EMPHASIS = re.compile(r"(?<![\w*_`])(\*\*\*|\*\*|\*|__|_|`)(?=\S)([^*_`\n]+?)(?<=\S)\1(?![\w*_`])")
_NAMED_LINK = re.compile(r"\[([^\[\]\n]+)\]\((?!/[^()/]*/\))[^()\s]*\)")  # of Markdown; not phonemes
# Parts of addresses have at most 63 characters (RFC 1035, RFC 5321: 64); without a limit, each dot or hyphen of a long
# run would begin a search to its end.
_ADDRESS = re.compile(
    r"\b(?:(?:https?|ftp)://|www\.)[^\s<>\"“”()]+"  # a web address
    r"|\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}"  # e-mail
    r"|\b[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,9}\.(?:com|org|net|edu|gov|info|io|ai|app|dev|co|uk|de|fr|eu|us)\b(?:/[^\s<>\"“”()]*)?",
    re.IGNORECASE,
)
_FILE = re.compile(r"\b([A-Za-z_][\w-]{0,99})\.([a-z][a-z0-9]{1,4})\b(?!\.\w)")
_HEIGHT = re.compile(r"\b(\d)['′]\s?(\d{1,2})[\"″]")
_HOUR = re.compile(r"\b(\d{1,2})\s?([ap])\.?m\.?(?=\W|$)", re.IGNORECASE)
_SHORT = re.compile(rf"\b(?:{'|'.join(map(re.escape, SHORT))})", re.IGNORECASE)
_NEW_SENTENCE = re.compile(r"\s*(?:$|\n|\s[A-Z“\"])")
_VERSION = re.compile(r"\b(?:(v(?:ersion)?[ .]?)(\d+(?:\.\d+)+)|(\d+(?:\.\d+){2,}))\b", re.IGNORECASE)
_AREA = re.compile(r"\((\d{3})\)\s?(?=\d{3}[ -.]\d{4}\b)")  # of a telephone number
_TIMES = re.compile(r"(?<=\d)\s*\*\s*(?=\d)")
_SHARP = re.compile(r"\b([A-G])#(?!\w)")
_LOUD_WORD = r"[A-Z]++(?:['’][A-Z]++)*+"  # possessive: what it took it never gives back letter by letter
_LOUD = re.compile(rf"(?<![\w.'’]){_LOUD_WORD}(?:[ ,;:-]++{_LOUD_WORD}){{2,}}(?![\w.'’]*\w)")
_LOUD_LINE = re.compile(rf"^[^\w\n]*+{_LOUD_WORD}(?:[^\w\n]++{_LOUD_WORD})++[^\w\n]*+$", re.MULTILINE)
_TAG = re.compile(r"(?<!\S)#(?=[A-Za-z])")


def spell_out(text: str) -> str:
    """A text as one would read it to somebody; lines and paragraphs stay as they are."""
    text = _RULE.sub("", text)
    text = _QUOTED_LINE.sub("", text)
    text = _HEADING.sub(lambda found: _closed(found[1].rstrip("# \t")), text)
    text = _NUMBERED.sub(lambda found: f"{found[1]}: {_closed(found[2])}", text)
    text = _BULLET.sub(lambda found: _closed(found[1]), text)
    text = _NAMED_LINK.sub(r"\1", text)
    for _ in range(2):  # bold within italics
        text = _EMPHASIS.sub(r"\2", text)
    text = _ADDRESS.sub(lambda found: _spelled(found[0]), text)
    text = _SHORT.sub(_long, text)
    text = _HEIGHT.sub(r"\1 foot \2", text)
    text = _HOUR.sub(lambda found: f"{found[1]} {found[2].upper()}.M.", text)
    text = _FILE.sub(r"\1 dot \2", text)
    text = _VERSION.sub(_numbered, text)
    text = _AREA.sub(lambda found: f"{' '.join(found[1])}, ", text)
    text = _TIMES.sub(" times ", text)
    text = _SHARP.sub(r"\1 sharp", text)
    for loud in (_LOUD_LINE, _LOUD):
        text = loud.sub(_quiet, text)
    return _TAG.sub("hashtag ", text)


def _closed(line: str) -> str:
    """A heading or an item of a list, with a full stop where it has no end, so that it is followed by a pause."""
    return line if re.search(r"[.!?:;,…][\"'”’)\]*_`]*$", line) else f"{line}."


def _spelled(address: str) -> str:
    """www.example.com/a_b -> w w w dot example dot com slash a underscore b; what ends the sentence stays behind."""
    body = address.rstrip(".,;:!?'’")
    end = address[len(body) :]
    address = re.sub(r"^\w+://", "", body).rstrip("/")
    address = re.sub(r"^www\.", "W W W.", address, flags=re.IGNORECASE)
    words = re.sub(r"[^\w\s]|_", lambda sign: f" {SIGNS.get(sign[0], ' ')} ", address)
    return " ".join(words.split()) + end


def _numbered(found: re.Match) -> str:
    """v2.0.1 -> version 2 point 0 point 1; a date such as 24.11.2026 stays."""
    parts = (found[2] or found[3]).split(".")
    date = len(parts) == 3 and 4 in (len(parts[0]), len(parts[-1]))
    if not found[1] and (date or len(parts) == 4 or all(len(part) == 3 for part in parts[1:])):
        return found[0]  # so does the address of a computer, and 1.000.000
    return ("version " if found[1] else "") + " point ".join(parts)


def _quiet(found: re.Match) -> str:
    """Shouted words in small letters, or "SO" would be spelled; what nobody could pronounce, such as NYC, stays."""

    def word(loud: re.Match) -> str:
        return loud[0].lower() if loud[0] != "I" and re.search("[AEIOU]|Y$", loud[0]) else loud[0]

    if max(map(len, re.findall(_LOUD_WORD, found[0]))) < 3:
        return found[0]  # initials and the like
    return re.sub(_LOUD_WORD, word, found[0])


def _long(found: re.Match) -> str:
    """Before a capital letter or the end, the dot of an abbreviation ends the sentence as well."""
    word = SHORT[found[0].lower()]
    ends = found[0].lower() == "etc." and _NEW_SENTENCE.match(found.string, found.end())
    return word + ("." if ends else "")
