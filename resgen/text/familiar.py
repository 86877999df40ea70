"""Which words of a topic the stories hardly know, and what near to them they know well. Called by the page while
somebody types; pure Python.
"""

import difflib
from collections.abc import Iterable

from resgen import cldr
from resgen.text.tokenizer import Tokenizer

NEAREST = 2  # words named near one
SHORTEST = 4  # letters of a word that may be misspelt: of shorter ones too many are alike
ALIKE = 0.8  # of the letters, in their order (`difflib`)
# What makes another form of a word.
ENDINGS = (("ies", "y"), ("es", ""), ("s", ""), ("'s", ""), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"))


class FamiliarWords:
    """The words that are tokens of their own, as often as stories say them, and those by which CLDR calls things.

    Args:
        tokenizer: the writer's.
    """

    def __init__(self, tokenizer: Tokenizer):
        spelt = (piece[1:].decode("utf-8", "ignore") for piece in tokenizer.pieces() if piece.startswith(b" "))
        self.frequent = {word.lower() for word in spelt if len(word) > 2 and word.isalpha()}
        named = (text for entry in cldr.entries() for text in (entry.name, *entry.aliases, *entry.words))
        self.known = self.frequent | {word for text in named for word in text.split() if word.isalpha()}

    def knows(self, word: str) -> bool:
        """Whether the word, a shorter form of it, or each half of it is one of them: lighthouse; numbers are."""
        if len(word) < SHORTEST or word in self.known or not word.isalpha():
            return True
        forms = (word.removesuffix(ending) + instead for ending, instead in ENDINGS if word.endswith(ending))
        halves = ((word[:cut], word[cut:]) for cut in range(SHORTEST, len(word) - SHORTEST + 1))
        return any(form in self.known for form in forms) or any(self.known.issuperset(both) for both in halves)

    def near(self, word: str) -> list[str]:
        """The known words most like it, those of stories first."""
        like = [known for known in self.known if known[0] == word[0] and abs(len(known) - len(word)) < 3]
        found = difflib.get_close_matches(word, sorted(like), NEAREST, ALIKE)
        return sorted(found, key=lambda known: known not in self.frequent)

    def notices(self, topic: Iterable[str]) -> tuple[str, ...]:
        """What there is to tell of the words of a topic, in sentences."""
        said = []
        for word in dict.fromkeys(word for phrase in topic for word in phrase.lower().split()):
            if not self.knows(word):
                near = self.near(word)
                said.append(
                    f"Stories seldom or never say {word}; near to it: {', '.join(near)}."
                    if near
                    else f"Stories seldom or never say {word}."
                )
        return tuple(said)
