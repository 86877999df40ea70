"""Where a sentence may begin after a dot that might only shorten a word. Called by `resgen.speech.phonemes` and
`resgen.speech.normalization.abbreviations`.
"""

import re

# Words that begin sentences and, with a capital, hardly ever are part of a name.
_STARTERS_WORDS = """
    The A An This That These Those He She It We You They I I'm I'll I've I'd He's She's It's We're They're My His
    Her Its Our Your Their There Here Then Now When Where Why What Who Whose How If As At In On By For From With To
    But And Or So Yet Because Although Though While After Before Since Until Once Today Tomorrow Yesterday Tonight
    Later Soon Next Finally First Suddenly Meanwhile However Perhaps Maybe Please Do Does Did Don't Didn't Is Are
    Was Were Isn't Has Have Had Can Can't Could Will Would Should May Might Must Let Let's Yes No Not Nobody Nothing
    Everyone Everybody Everything Someone Somebody Something One Two Three Some Many Most Few All Both Each Every
    Another Other Such Just Even Only Still Also Again Never Always Often Sometimes Usually Nor Neither Either
    Instead Otherwise Therefore Thus Hence Of Under Over About Above Near Like Unlike Without Within Through During
    Despite Between Among Against Across Whatever Whenever Which
"""
STARTERS = _STARTERS_WORDS.split()
# Before a lone capital letter: what it tells apart, so that the letter may end the sentence.
_MARKED_WORDS = """
    plan point vitamin vitamins option grade class type group team section room gate exit bus line platform appendix
    exhibit figure part step level zone block building hepatitis question answer row lane door terminal hall ward
    unit drive note key letter planet side route stage category version model size choice variant list form box
    column seat shelf batch phase tier string minor major flat sharp an a the got gets page chapter key drawer bed table
    box bay pier track unit volume note grid map form paper exit side ticket wing floor
"""
MARKED = _MARKED_WORDS.split()
_NEXT = re.compile(rf"[\"'”’)\]]*(?:\s*$|\s*\n|\s+[\"'“‘(\[]*(?:{'|'.join(STARTERS)})(?![\w.]))")
_LONE = re.compile(r"(?:^|\s)[\"'“‘(\[]*(\w+)\s+[A-Z]$")


def begins(text: str, place: int) -> bool:
    """Whether there, behind a dot, a sentence certainly begins, or the text or line is over."""
    return bool(_NEXT.match(text, place))


def tells_apart(before: str) -> bool:
    """Whether the lone capital at the end of a text tells things apart, as in plan B; initials of names do not."""
    found = _LONE.search(before)
    return bool(found and found[1].lower() in MARKED and found[1].islower())
