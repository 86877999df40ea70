"""Words of one spelling and two sounds, where what stands beside them tells which. Called by `resgen.speech.phonemes`
on each sentence, before hibari decides by the part of speech.

`homographs.json` has rules: a word, what is before it and what follows it (regular expressions, in which <to> stands
for one of the list of that name), and its sound then. The first that fits holds.
"""

import json
import re
from pathlib import Path

NEAR = 80  # characters before and after that are looked at
_LETTER = re.compile(r"(?<=[\w,] )A(?=[.!?,;:]|$)(?!\.\w)")  # which hibari takes for the article, as in: point A!
_DATA = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))


def _compiled(pattern: str) -> re.Pattern:
    for name, words in _DATA["lists"].items():
        pattern = pattern.replace(f"<{name}>", f"(?:{words.replace(' ', '|')})")
    return re.compile(pattern, re.IGNORECASE)


_RULES: dict[str, list[tuple[re.Pattern, re.Pattern, str]]] = {}
for _name, _before, _after, _sound in _DATA["rules"]:
    _RULES.setdefault(_name, []).append((_compiled(_before), _compiled(_after), _sound))
_ANY = "|".join(sorted(_RULES, key=len, reverse=True))
_WORD = re.compile(rf"(?<![\w'’\[/-])({_ANY})(?![\w'’-]|\]\()", re.IGNORECASE)


def sounded(text: str) -> str:
    """The text with phonemes behind the words whose neighbours tell their sound, as [lead](/lˈɛd/)."""
    return _WORD.sub(_spelt_out, _LETTER.sub("[A](/ˈA/)", text))


def _spelt_out(found: re.Match) -> str:
    before = found.string[max(0, found.start() - NEAR) : found.start()]
    after = found.string[found.end() : found.end() + NEAR]
    for left, right, sound in _RULES[found[0].lower()]:
        if left.search(before) and right.match(after):
            return f"[{found[0]}](/{sound}/)"
    return found[0]
