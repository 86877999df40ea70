"""Augmentation: other things in a story. A network that has memorised stories knows what is in them, header or not;
when dogs become bears and cars become trains, only the header says so beforehand. Nouns are substituted in the text,
not in its tokens as names are (`resgen.training.text.augment.names`), for plurals take other tokens, and other nouns
other articles. Called by `resgen.training.text.augment.build`.
"""

import re

import numpy as np

# Classes of nouns, of which one can mostly stand for another without making nonsense.
NOUN_CLASSES = [
    kind.split()
    for kind in (
        "dog cat bear rabbit fox lion tiger pig cow horse elephant monkey squirrel goat wolf mouse kitten puppy bunny "
        "frog turtle dragon",
        "bird duck owl parrot bee butterfly",
        "car truck bus train",
        "boat ship",
        "plane rocket helicopter",
        "doll teddy robot puppet",
        "hat scarf coat dress shirt",
        "ring necklace crown bracelet",
        "rock stone shell stick leaf feather",
        "cup bowl plate jar",
        "apple banana pear peach carrot tomato",
        "cake cookie pie sandwich pizza muffin cupcake",
        "park garden forest beach zoo farm field yard",
        "house castle barn cabin",
        "river lake pond",
        "doctor teacher farmer nurse",
        "red blue green yellow purple pink brown white black",
    )
]
CHANGED = 0.6  # of the stories
_IRREGULAR = {"wolf": "wolves", "mouse": "mice", "leaf": "leaves"}


def plural(noun: str) -> str:
    """The plural of a noun of `NOUN_CLASSES`."""
    if re.search("[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return _IRREGULAR.get(noun) or noun + ("es" if re.search("(s|x|ch|sh)$", noun) else "s")


_FORMS = [[[*kind], [plural(noun) for noun in kind]] for kind in NOUN_CLASSES]  # kind, number, noun
_PLACES = {
    noun: (kind, number, place)
    for kind, forms in enumerate(_FORMS)
    for number, nouns in enumerate(forms)
    for place, noun in enumerate(nouns)
}
_NOUN = re.compile(rf"\b(?:([Aa])n? )?({'|'.join(sorted(_PLACES, key=len, reverse=True))})\b", re.IGNORECASE)


def substitute_nouns(text: str, draw: np.random.Generator) -> str:
    """The text with other things in it, each everywhere the same other, or, in some texts, as it is."""
    if draw.random() >= CHANGED:
        return text
    orders = [draw.permutation(len(kind)) for kind in NOUN_CLASSES]

    def other(found: re.Match) -> str:
        article, noun = found.groups()
        kind, number, place = _PLACES[noun.lower()]
        new = _FORMS[kind][number][orders[kind][place]]
        an = f"{article}{'n' * (new[0] in 'aeiou')} " if article else ""
        return an + (new.capitalize() if noun[0].isupper() else new)

    return _NOUN.sub(other, text)
