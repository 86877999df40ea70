"""Lines that were broken where the page was full, joined again, so that no pause comes in the middle of a sentence.
Called by `resgen.speech.normalization`.
"""

import itertools
import re

FULL = 55  # characters of a line that was broken for want of room, whatever begins the next
_GOES_ON_WORDS = """
    about across after against among because before behind beneath beside between if into near onto over than through
    toward towards under until upon when where while within without
    a an and are as at be been but by for from had has have her his if in into is its my nor of on or our that the
    their this to was were which who whose with your
"""
_GOES_ON = frozenset(_GOES_ON_WORDS.split())
_BEGINS = re.compile(r"[ \t]*(?:[-*+•‣–>#|]|\d{1,3}[.)][ \t])")  # a list, a quotation, a heading, a table
_ENDED = re.compile(r"[.!?:;…\"”)\]*_`>|]$")


def joined(text: str) -> str:
    """The text with line breaks inside of sentences as blanks."""
    lines = text.split("\n")
    whole = [lines[0]]
    for before, line in itertools.pairwise(lines):
        whole.append(" " if _within(before, line) else "\n")
        whole.append(line.lstrip() if whole[-1] == " " else line)
    return "".join(whole)


def _within(before: str, line: str) -> bool:
    before, words = before.rstrip(), before.split()
    after = line.strip()
    if not words or not after or _ENDED.search(before) or _BEGINS.match(line) or _heading(before):
        return False
    if words[-1].lower() in _GOES_ON:
        return True
    if after[0].islower():
        return len(words) > 2 or words[0][:1].isupper() and (" " in after or after[-1] in ".!?")
    return len(before) >= FULL and not before.endswith(",")


def _heading(line: str) -> bool:
    return line.lstrip().startswith("#") or line.isupper()
