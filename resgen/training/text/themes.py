"""What a text is about: its recurring nouns. They become the headers behind which texts are learned. Called by
`resgen.training.text.data` and by what augments and distils.
"""

import re
from collections import Counter

from resgen.text.keywords import NAMED
from resgen.text.sentences import FUNCTION_WORDS, stem

LATE = 0.55  # of a text is over when it names for the last time what it is about
DETERMINED = re.compile(r"\b(?i:a|an|the|his|her|its|their|my|your|our|this|that|some) ([a-z]{3,})\b(?: ([a-z]+))?")


def nouns(texts: list[str]) -> set[str]:
    """The lower-case words of three letters and more that behave as nouns: they often follow a determiner, and the noun
    phrase then ends with them ("the car stopped" and "the car.", but "the red car")."""
    counts = Counter(word for text in texts for word in re.findall(r"\b[a-z]{3,}\b", text))
    determined: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    for text in texts:
        for word, follower in DETERMINED.findall(text):
            determined[word] += 1
            # What follows a noun is punctuation or a function word more often than not, as most verbs are not.
            ends[word] += len(follower) <= 2 or follower in FUNCTION_WORDS
    return {
        word
        for word, n in counts.items()
        if determined[word] >= 0.15 * n and ends[word] >= 0.5 * determined[word] and word not in FUNCTION_WORDS
    }


class Themes:
    """What a text is about: the nouns that it names `NAMED` times and more, at last when `LATE` of it is over. A
    network whose headers name such nouns learns to keep to them; of the nouns with the highest tf-idf, four in ten
    occur once.

    Args:
        texts: from which it is learned what a noun is.
    """

    def __init__(self, texts: list[str]):
        self.nouns = nouns(texts)

    def of(self, text: str) -> list[str]:
        """Those nouns, in singular where that is one as well, in the order in which they are first named. Words written
        with a capital (names, sentence starts) do not count."""
        places: dict[str, list[int]] = {}
        for found in re.finditer(r"\b[a-z]{3,}\b", text):
            word = found.group()
            single = stem(word) if stem(word) in self.nouns else word
            if single in self.nouns:
                places.setdefault(single, []).append(found.start())
        return [word for word, at in places.items() if len(at) >= NAMED and at[-1] > LATE * len(text)]
