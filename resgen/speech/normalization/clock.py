"""Times of day written with a dot or an h -> with a colon, as hibari reads them. Called by
`resgen.speech.normalization`."""

import re

_HALF = r"([AaPp])\.?\s?[Mm]\b\.?(?=\W|$)"
_DOT = re.compile(rf"(?<![\w.,:])(\d{{1,2}})[.h]([0-5]\d)\s?{_HALF}")
_FROM = re.compile(rf"(?<![\w.,:])(\d{{1,2}})\.([0-5]\d)(?=\s?[-–—]\s?\d{{1,2}}(?:[.:][0-5]\d)?\s?{_HALF})")
_AT = re.compile(
    r"(?<=\b[Aa]t )(\d{1,2})\.([0-5]\d)(?=[,;!?]|\.?\s*$|\.\s|\s(?:in the|on|and|sharp|every|each|tomorrow|today"
    r"|exactly|tonight|this|last|next|he|she|we|they|I|it|the)\b)"
    r"|(?<![\w.,:])(\d{1,2})\.([0-5]\d)(?=\s(?:in the (?:morning|afternoon|evening)|at night)\b)",
    re.MULTILINE,
)
_OF_THE_CLOCK = re.compile(r"(?<![\w.,:])(\d{1,2})\.([0-5]\d)(?=\s?(?:hrs|hours|o'clock|uhr)\b)", re.IGNORECASE)
_HOUR = re.compile(rf"(?<![\w.,:$£€])(\d{{1,2}})\s?{_HALF}")
_TWENTY_FOUR = re.compile(r"(?<![\w.,:])([01]?\d|2[0-3])h([0-5]\d)(?!\w)")


def spoken(text: str) -> str:
    """7.30pm and 7h30 -> 7:30 P.M. and 7:30; 9am -> 9 A.M."""
    text = _FROM.sub(r"\1:\2", text)
    text = _AT.sub(lambda found: f"{found[1] or found[3]}:{found[2] or found[4]}", text)
    text = _DOT.sub(lambda found: f"{found[1]}:{found[2]} {found[3].upper()}.M.", text)
    text = _OF_THE_CLOCK.sub(r"\1:\2", text)
    text = _HOUR.sub(lambda found: f"{found[1]} {found[2].upper()}.M.", text)
    return _TWENTY_FOUR.sub(r"\1:\2", text)
