"""What a person says around the things that are to be drawn, taken apart by a few rules over `resgen.image.wordlists`:
what is asked to stay away, frames, shades and counts. Called by `resgen.image.prompt`; pure Python.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from resgen.image.wordlists import (
    ADJECTIVES,
    BETWEEN,
    COLOUR_WORDS,
    COLOURS,
    FILLERS,
    FRAMES,
    GREY,
    MANNERS,
    MANY,
    MEDIA,
    NEAR,
    PARTS,
    SHADES,
    SYNONYMS,
    TWO,
)

LONGEST = 4  # words of a phrase
NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_NOT = re.compile(
    r"""(?:\b(?:(?P<many>without|with\ no|free\ of|excluding|except(?:\ for)?|avoid(?:ing)?|no\ more)
        |(?:anything|everything|all)\ (?:but|except(?:\ for)?)
        |(?:don'?t|do\ not|never)\ (?:draw|want|include|add|show|put|paint)|instead\ of|rather\ than|minus
        |(?:and|but)\ (?:no|not)|not|no|zero|0)\b|(?<!\w)--no\b|没有|不要|不是)""",
    re.VERBOSE,
)
_NOT_ENDS = re.compile(r"[.,;:!?\n(]|\b(?:but|just|only|on|in|at|under|next|near|beside|behind|with|and)\b|但是?|而是")
_NOT_LIST_ENDS = re.compile(_NOT_ENDS.pattern.replace("|with|and)", ")"))


def without_negated(text: str, is_thing: Callable[[str], bool]) -> tuple[str, str]:
    """A text in small letters -> what it wants, and what it wants to stay away: cat not dog -> cat, dog."""
    text = re.sub(r"\bw/(o\b)?\s?", lambda found: "without " if found[1] else "with ", text)
    text = re.sub(r"\b([a-z]+)-free\b", r" without \1, ", text)
    text = re.sub(r"\b([a-z]{3,})less\b", lambda f: f" without {f[1]}, " if is_thing(f[1]) else f[0], text)
    wanted, unwanted, place = [], [], 0
    while found := _NOT.search(text, place):
        rest = text[found.end() :]
        ends = _NOT_LIST_ENDS if found["many"] else _NOT_ENDS
        lead = len(rest) - len(rest.lstrip())
        end = ends.search(rest, lead)
        stop = found.end() + (end.start() if end else len(rest))
        wanted.append(text[place : found.start()])
        unwanted.append(text[found.end() : stop])
        place = stop
    return " ".join([*wanted, text[place:]]), " and ".join(unwanted)


def without_frames(words: list[str], is_thing: Callable[[str], bool]) -> tuple[list[str], str]:
    """The words of a part of a prompt without what only asks, praises or tells a manner; and the medium it names: photo
    of "a close up photo of a cat".

    Args:
        is_thing: whether a phrase is one that the painter knows as a whole, which stays.
    """
    medium = ""
    for place in range(len(words) - 1, 0, -1):
        before = words[place - 1]
        if words[place] == "of" and before in MEDIA and not is_thing(" ".join(words[place - 1 : place + 2])):
            medium, words = before, words[place + 1 :]
            break
    style = next((i for i, word in enumerate(words) if word in ("style", "styled") and i), None)
    if style is not None and words[:style].count("in"):  # in the style of, in cartoon style
        words = words[: max(i for i in range(style) if words[i] == "in")]
    if len(words) > 1 and words[-1] in MEDIA and not is_thing(" ".join(words[-2:])):
        medium, words = medium or words[-1], words[:-1]
    if all(word in MANNERS or word in FILLERS or word in MEDIA for word in words) and not any(map(is_thing, words)):
        return [], medium
    kept: list[str] = []
    start = 0
    while start < len(words):
        length = next(n for n in range(LONGEST, -1, -1) if " ".join(words[start : start + n]) in FRAMES or not n)
        if not length:
            kept.append(words[start])
        start += length or 1
    return kept, medium


class Lexicon(Protocol):
    """What the rules ask of the painter's dictionary."""

    def is_thing(self, phrase: str) -> bool: ...
    def is_drawn(self, name: str) -> bool: ...
    def singular(self, word: str) -> str: ...
    def knows(self, word: str) -> bool: ...
    def like(self, word: str) -> str: ...
    def things_of(self, keyword: str) -> list[str]: ...


@dataclass
class Simplified:
    """A prompt's words as the painter knows them, and what was done to get there.

    Fields:
        read_as: word -> what the painter calls it.
        near: word -> things that go with what it cannot draw.
        kinds: word -> some things of that kind.
        left_out: words that make no difference.
        counted: whether there were more than it counts to.
        beside: whether it was said where one thing is to another.
        grey: whether all of it is grey.
    """

    words: list[str] = field(default_factory=list)
    read_as: dict[str, str] = field(default_factory=dict)
    near: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, list[str]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    counted: bool = False
    beside: bool = False
    grey: bool = False

    def notices(self) -> tuple[str, ...]:
        """One sentence for each kind."""
        said = []
        if self.read_as:
            said.append("Read so: " + ", ".join(f"{word} as {known}" for word, known in self.read_as.items()) + ".")
        for word, names in self.near.items():
            said.append(f"What is meant by {word} it cannot draw; near to it are: {', '.join(names)}.")
        for word, names in self.kinds.items():
            said.append(f"By {word} it understands what has to do with it, such as: {', '.join(names)}.")
        if self.counted:
            said.append("It counts to three, so more are drawn as three.")
        if self.beside:
            said.append("It knows no scenes: things are drawn side by side.")
        if self.left_out:
            said.append(f"Left out, for it makes no difference here: {', '.join(dict.fromkeys(self.left_out))}.")
        return tuple(said)


def simplified(words: list[str], lexicon: Lexicon) -> Simplified:
    """Words with synonyms, shades, counts, places and partitives as the painter knows them.

    Phrases that are things as they stand stay so: a glass of milk, a white flower, eight oclock.
    """
    done, start = Simplified(), 0
    while start < len(words):
        phrase, length = _longest(words, start, lexicon)
        if length:
            _add_phrase(done, phrase, lexicon)
        else:
            length = 1
            _add_word(done, words[start], words[start + 1 :], lexicon)
        start += length
    done.words = joined(done.words)
    return done


def _longest(words: list[str], start: int, lexicon: Lexicon) -> tuple[str, int]:
    """The longest phrase from there that is a thing or stands for one, in singular, and its length; 0: none."""
    for length in range(min(LONGEST, len(words) - start), 0, -1):
        part = words[start : start + length]
        for last in dict.fromkeys((part[-1], lexicon.singular(part[-1]), part[-1].removesuffix("s"))):
            phrase = " ".join([*part[:-1], last])
            # An adjective may be a keyword, and a colour a thing: the orange cat.
            if length == 1 and (
                phrase in BETWEEN or (phrase in COLOURS or phrase in ADJECTIVES) and _describes(words[start + 1 :])
            ):
                continue
            if length == 1 and phrase in PARTS and words[start + 1 : start + 2] == ["of"]:
                continue
            if length == 1 and phrase in SHADES and _is_colour(words[start + 1 : start + 2]):
                continue
            if lexicon.is_thing(phrase) or lexicon.is_drawn(SYNONYMS.get(phrase, "")):
                return phrase, length
            if any(map(lexicon.is_drawn, _near(phrase))) or length > 1 and phrase in COLOUR_WORDS:
                return phrase, length
    return "", 0


def _describes(after: list[str]) -> bool:
    """Whether what comes before these words tells of the first: orange of an orange cat, not of an orange and a cat."""
    return bool(after) and (after[0] not in BETWEEN or _is_colour(after[1:2]))


def _is_colour(words: list[str]) -> bool:
    return any(word in COLOURS or word in COLOUR_WORDS for word in words)


def _near(phrase: str) -> list[str]:
    return NEAR[phrase].split(", ") if phrase in NEAR else []


def _add_phrase(done: Simplified, phrase: str, lexicon: Lexicon) -> None:
    if lexicon.is_thing(phrase) and phrase not in COLOURS:
        done.words += phrase.split()
    elif phrase in COLOUR_WORDS:
        if COLOUR_WORDS[phrase] != GREY:
            done.read_as[phrase] = COLOUR_WORDS[phrase]
        done.words.append(COLOUR_WORDS[phrase])
    elif lexicon.is_drawn(SYNONYMS.get(phrase, "")):
        done.read_as[phrase] = SYNONYMS[phrase]
        done.words += SYNONYMS[phrase].split()
    else:
        names = [name for name in _near(phrase) if lexicon.is_drawn(name)]
        done.near[phrase] = names
        # Another thing than for the word before, as of a doctor and a nurse; and beside what follows: a ghost house.
        drawn = next((name for name in names if not set(name.split()) <= set(done.words)), "")
        done.words += [*drawn.split(), "and"]


def _add_word(done: Simplified, word: str, after: list[str], lexicon: Lexicon) -> None:
    """One word that is no thing."""
    following = after[0] if after else ""
    if word in FILLERS or word in PARTS and following == "of":
        return
    if word in SHADES and _is_colour(after[:1]):
        colour = COLOUR_WORDS.get(following, following)
        if colour != GREY:
            done.read_as[f"{word} {following}"] = colour
    elif word in COLOUR_WORDS or word in COLOURS:
        colour = COLOUR_WORDS.get(word, word)
        if colour not in (word, GREY) and not any(shade.endswith(f" {word}") for shade in done.read_as):
            done.read_as[word] = colour
        done.words.append(colour)
    elif word.isdigit() and following in ("oclock", "thirty") and 0 < int(word[:3]) < len(NUMBERS):
        done.words.append(NUMBERS[int(word)])
    elif word.isdigit() or word in MANY or word in TWO:
        number = int(word[:9]) if word.isdigit() else 2 if word in TWO else 4
        if not following:
            done.left_out.append(word)
        elif number > 1:
            done.words.append("two" if number == 2 else "three")
            done.counted |= number > 3
    elif word in BETWEEN:
        done.beside |= bool(done.words) and word not in ("and", "with")
        done.words.append("and")
    elif word in ADJECTIVES and (following or done.words):
        done.left_out.append(word)
    else:
        _add_other(done, word, lexicon)


def _add_other(done: Simplified, word: str, lexicon: Lexicon) -> None:
    """A word that the painter knows at most from keywords."""
    known = lexicon.singular(word)
    like = "" if lexicon.knows(known) else lexicon.like(word)
    if like:
        done.read_as[word] = like
        done.words.append(like)
        return
    names = lexicon.things_of(known)
    if not names and word.endswith("ing") and not lexicon.knows(word) and done.words:
        done.left_out.append(word)
        done.words.append("and")  # a knight fighting a dragon
        return
    if names:
        (done.kinds if lexicon.knows(known) else done.near)[word] = names
    done.words.append(known)


def joined(words: list[str]) -> list[str]:
    """Without an "and" at an end or beside another, and with one colour a thing, the first: black and white cat."""
    kept: list[str] = []
    for word in words:
        if word in COLOURS and any(before in COLOURS for before in [w for w in kept[-2:] if w != "and"][-1:]):
            kept = kept[:-1] if kept[-1] == "and" else kept
        elif word != "and" or kept and kept[-1] != "and":
            kept.append(word)
    return kept[:-1] if kept[-1:] == ["and"] else kept
