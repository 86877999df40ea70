"""Who is who: words that would make somebody in a story answer himself, meet himself, or share his name with somebody
new; and those that would say a sentence twice running. Real stories have them next to never, a small network some
thirty times as often. Called by `resgen.text.engine`.
"""

import re

from resgen.text.sentences import FUNCTION_WORDS

TAIL, NEAR = 500, 80  # characters of the text in which a speech is looked for, and a pair
SPEAKS = ("said", "asked", "replied", "answered", "shouted", "cried", "yelled", "exclaimed", "whispered")
_SPEAKER = rf"""(\w{{3,}}) (?:{"|".join(SPEAKS)})(?: [^".!?]*)?[,:] """  # Tim said, Tim asked his mom,
_GREETINGS = ("Hi", "Hello", "Hey", "Dear")
_CALLS = re.compile(rf'{_SPEAKER}"(?:[^"]*(?:,|\b(?:{"|".join(_GREETINGS)})))?$')  # a name may be called next
_WENT_ON = re.compile(rf'{_SPEAKER}"[^"]*"\s+(?:The )?(\w+)$')
_PAIRED = re.compile(
    r"\b([A-Za-z]{3,}) and (?:the|a|an|his|her|its|their|my|your|some)$"  # the fox and the fox
    r"|\b([A-Z][a-z]+) (?:and|told|asked|helped|hugged|gave|thanked|saw|met)$"  # Sue and Sue, Sue told Sue
)
_ENDS = re.compile(r"""([.!?]"? |[.!?"\n])""")  # of sentences; kept, and with a space where another may follow


def implausible_next_words(text: str) -> set[str]:
    """Words, in small letters, that should not come next: in a speech, its speaker's name where somebody is called;
    after it, that the same one speaks again; after "named", the names there are; after somebody and "and the", or a
    verb of what one does to others, himself; and what would make a sentence the same as the one before."""
    tail = text[-TAIL:]
    words: set[str] = set()
    # First, cheaply, whether the text ends as an expression does: each would be tried from every word of the tail.
    if tail.endswith(('"', ",", *_GREETINGS)) and (found := _CALLS.search(tail)):
        words.update({found[1]} if found[1].lower() not in FUNCTION_WORDS else ())
    if 0 < len(tail.rpartition('"')[2].split()) <= 2 and (found := _WENT_ON.search(tail)):
        words.update(SPEAKS if found[1].lower() == found[2].lower() else ())
    if tail.endswith(" named"):
        words.update(name for name in re.findall(r"\b[A-Z][a-z]{2,}", text) if name.lower() not in FUNCTION_WORDS)
    if found := _PAIRED.search(tail[-NEAR:]):
        words.add(found[1] or found[2])
    *_, last, end, begun = ["", "", *_ENDS.split(tail)]
    before, now = last.split(), begun.split()
    if end.endswith(" ") and len(now) > 1 and before[:-1] == now:
        words.add(before[-1])
    return {word.lower() for word in words}
