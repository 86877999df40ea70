"""A filter of synthetic stories by faults that show without understanding the story. Called by
`resgen.training.text.distil.teacher`.
"""

import re
from collections.abc import Iterable

from resgen.text.decoding.blocklist import SLURS

SHORTEST = 300  # characters
SAME = 6  # words of a sentence that is not said twice
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
TWICE = re.compile(r"\b([a-z]+),? and (?:(?:the|a|his|her|their|some) )?\1\b|\b([a-z]{3,}) \2\b")
SENTENCE = re.compile(r"[^.!?\s][^.!?]*[.!?]")


class QualityFilter:
    """Why a story is rejected, by comparison with stories in which nothing is wrong.

    Args:
        given: those.
    """

    def __init__(self, given: Iterable[str]):
        self.words: set[str] = set()
        self.twice: set[str] = set()
        for story in map(str.lower, given):
            self.words.update(WORD.findall(story))
            self.twice.update(found.group() for found in TWICE.finditer(story))

    def reasons(self, story: str) -> list[str]:
        """Why a story is rejected, of these; none if it is not: "short", "end" (within a sentence), "slur", "word" (one
        that no given story has), "twice" ("mom and mom", though no given story says it), "again" (a sentence is there
        already)."""
        small = story.lower()
        sentences = [said for said in SENTENCE.findall(small) if len(said.split()) >= SAME]
        wrong = {
            "short": len(story) < SHORTEST,
            "end": not story.endswith((".", "!", "?", '"')),
            "slur": bool(SLURS.search(story)),
            "word": not self.words.issuperset(WORD.findall(small)),
            "twice": any(found.group() not in self.twice for found in TWICE.finditer(small)),
            "again": len(set(sentences)) < len(sentences),
        }
        return [name for name, found in wrong.items() if found]
