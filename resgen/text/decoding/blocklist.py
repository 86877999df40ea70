"""Words that no story of ours contains: passages with them are not learned from, and the writer never writes them.
Used by `resgen.text.engine` and `resgen.training.text.data`.
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


def ends_in_slur(before: str, after: str) -> bool:
    """Whether what was added to `before` makes a slur of the end of it."""
    begun = before.rfind(" ") + 1  # no slur has a space
    return any(found.end() > len(before) for found in SLURS.finditer(after, begun))
