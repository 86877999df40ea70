"""Words that no story of ours contains: passages with them are not learned from, and the writer never writes them; and
those that one request wants to stay away. Used by `resgen.text.engine` and `resgen.training.text.data`.
"""

import re

# Insults of peoples and groups as they stand in old children's books, and a few obscenities. Words whose innocent
# meaning is the commoner one in such books ("chink", "mammy", "savage") are not among them.
WORDS = """
    blackamoors? bitch(es)? chinam[ae]n coons? coolies? cunts? dagoe?s? dark(y|ies?) faggots? fuck(er|ed|ing)?
    golliwogg?s? gooks? half-?breeds? half-?castes? honk(y|ies?) injuns? japs? kaffirs? kikes? krauts? motherfuckers?
    mulatto(es)? negro(es)? negress(es)? nigg(ers?|ah?s?|uhs?) niglets? nignogs? octoroons? pakis? pick?aninn?(y|ies?)
    quadroons? ragheads? redskins? retards? sambos? shits? sheen(y|ies?) sluts? spics? squaws? trann(y|ies) wetbacks?
    whores? wops?
"""
SLURS = re.compile(rf"\b({'|'.join(WORDS.split())})\b", re.IGNORECASE)


def words_pattern(words: list[str]) -> re.Pattern | None:
    """What finds the words, nouns in singular, and their plurals; None for no words."""
    if not words:
        return None
    forms = [f"{re.escape(word)}(?:s|es)?" + (f"|{re.escape(word[:-1])}ies" * word.endswith("y")) for word in words]
    return re.compile(rf"\b({'|'.join(forms)})\b", re.IGNORECASE)


def ends_in(pattern: re.Pattern, before: str, after: str) -> bool:
    """Whether what was added to `before` makes one of a pattern's words of the end of it."""
    begun = 0 if " " in pattern.pattern else before.rfind(" ") + 1  # words without a blank begin after the last
    return any(found.end() > len(before) for found in pattern.finditer(after, begun))
