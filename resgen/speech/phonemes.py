"""From a text to what is to be pronounced: sentences of words with their phonemes. Called by the speech engine.

Spelling becomes sound by `hibari.g2p` (numbers, dates, money, homographs, a network for unknown words), of which only
`_phonemizer` and `Reader._words` know; phonemes are misaki's alphabet, in which `A` is the vowel of "day".
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from resgen.errors import RequestError
from resgen.speech.normalization import abbreviations, characters, homographs, interjections, lines, markup, normalized
from resgen.speech.normalization.pieces import shortened
from resgen.speech.normalization.sentences import begins, tells_apart
from resgen.speech.normalize import spell_out
from resgen.unicode import stream_safe

MOST_LETTERS = 240  # characters spoken in one go; longer sentences are cut between clauses, then between words
TITLES = {"Mr", "Mrs", "Ms", "Dr", "St", "Prof", "Rev", "Gen", "Col", "Capt", "Lt", "Sgt", "Gov", "Sen", "Mt", "vs"}
TITLES |= abbreviations.TITLES.keys() - {"Sr"}
BEFORE_DIGITS = {"Tel", "tel", "Ph", "ph", "approx", "ca", "est", "cf", "al"}

_LINK = re.compile(r"\[([^\[\]]+)\]\(/([^()/]*)/\)")
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]]*\s+")
_CLAUSE_END = re.compile(r"[,;:—–][\"'”’)\]]*\s+|\s[—–-]+\s")
_LINKED = "\ue000"  # stands for a link; a letter of no script, which no text keeps
_INITIALS = re.compile(r"[A-Z]|[A-Z][a-z]{0,2}(?:\.[A-Z][a-z]{0,2}){1,9}|Jr|Sr|Inc|Ltd|Co|Corp|Bros|Ave|Blvd|Rd")
_SPACE = re.compile(r"\s+")
# Words that hibari takes for shortened ones wherever a dot follows; those that are, were written out before.
_SHIELDED = re.compile(
    r"\b(no|nos|fig|Fig|ch|Ch|ed|eds|est|vol|Vol|Jan|Mar|Jun|Sun|Sat|Wed|Mon|Gen|Rep|Col|Hon|Pres)\."
)
_SYMBOLS = set("&@%#+=")  # have names, also alone
_FULL_STOP = re.compile(r"\w\.[\"'”’)\]]*\s*$")
_MARKS = set(';:,.!?—…"()“”')
_STRESS_AND_MARKS = set('ˈˌː ;:,.!?—…"()“”')


@dataclass(frozen=True)
class Word:
    """A word as it is spoken, with its punctuation: its text, and where its phonemes lie in the sentence's."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Sentence:
    """A part of the text that is spoken in one go."""

    phonemes: str
    words: tuple[Word, ...]


class Alphabet:
    """The phonemes a model knows, and their ids.

    Args:
        source: JSON of {phoneme: id}.
    """

    def __init__(self, source: str):
        self.source = source
        self.ids: dict[str, int] = json.loads(source)

    def encode(self, phonemes: str) -> list[int]:
        """The ids between the two marks of silence (0) that every sentence has. One id a character.

        Raises:
            KeyError: a character that is no phoneme; `Reader` lets none through.
        """
        return [0, *(self.ids[phoneme] for phoneme in phonemes), 0]


@lru_cache(maxsize=2)
def _phonemizer(british: bool):
    from hibari.g2p import G2P

    return G2P(british=british)


def clean(text: str) -> tuple[str, list[str]]:
    """The text without what cannot be spoken, in characters that can, and a notice for each kind of thing left out.

    Raises:
        RequestError: all letters are of another script than Latin; names them and what would be right.
    """
    text = unicodedata.normalize("NFC", stream_safe(text.encode("utf-8", "ignore").decode()))
    links = _LINK.findall(text)
    text = characters.plain(_LINK.sub(_LINKED, text.replace(_LINKED, "")))  # phonemes may be Greek letters
    text, strange = characters.without_foreign(text)
    notices = []
    if strange:
        shown = " ".join(dict.fromkeys(strange))[:80]
        if not links and not any(letter.isalpha() for letter in text):
            raise RequestError(
                f"This voice reads English; it cannot read {shown}. Write it in Latin letters, or tell how it sounds: "
                "[name](/nˈAm/)."
            )
        notices.append(f"Left out, for this voice reads English: {shown}")
    kept, pictures = [], []
    for letter in text:
        kind = unicodedata.category(letter)
        if letter == _LINKED or letter in characters.KEPT:
            kept.append(letter)
        elif kind in ("So", "Sk", "Sm", "Cn") and not letter.isascii():
            pictures.append(letter)
            kept.append(" ")
        elif kind in ("Cf", "Cc", "Co", "Mn", "Me") and not letter.isspace():
            kept.append("")  # joiners, direction marks, accents without a letter
        else:
            kept.append(letter)
    if pictures:
        notices.append(f"Left out, for it has no sound: {' '.join(dict.fromkeys(pictures))}")
    given = iter(links)
    return re.sub(_LINKED, lambda _: "[{}](/{}/)".format(*next(given)), "".join(kept)), notices


def split(text: str) -> list[str]:
    """Sentences, none longer than MOST_LETTERS; together they hold every character but blanks, in order."""
    parts = []
    for line in text.splitlines():
        line, begin = _SPACE.sub(" ", line).strip(), 0
        for end in _SENTENCE_END.finditer(line):
            if _ends(line, begin, end):
                parts += _shorter(line[begin : end.end()].strip())
                begin = end.end()
        parts += _shorter(line[begin:].strip())
    return [part for part in parts if part]


def _ends(line: str, begin: int, end: re.Match) -> bool:
    """Whether the sentence that begins there ends here. Not within quoted or abbreviated text: before a small letter,
    after a title; and after an initial, U.S. or Jr. only if a word follows that begins sentences."""
    if line[end.end() : end.end() + 1].islower():
        return False
    word = line[max(begin, line.rfind(" ", begin, end.start()) + 1) : end.start()].lstrip("(\"'“‘[")
    if line[end.start()] != "." or word == "I":
        return True
    if word in TITLES:
        return False
    if _INITIALS.fullmatch(word):
        before = line[max(begin, end.start() - 40) : end.start()]
        return begins(line, end.start() + 1) or tells_apart(before)
    return not (word in BEFORE_DIGITS and line[end.end() : end.end() + 1].isdigit())


def _shorter(sentence: str) -> list[str]:
    """The sentence, cut at the last clause end, else the last blank, else anywhere that leaves pieces short enough.

    The phonemes of one word, as in [word](/phonemes/), stay together where possible.
    """
    parts = []
    while len(sentence) > MOST_LETTERS:
        head = sentence[:MOST_LETTERS]
        begun = takewhile(lambda link: link.start() < MOST_LETTERS, _LINK.finditer(sentence))
        inside = next((link.start() for link in begun if link.end() > MOST_LETTERS), None)
        head = head[:inside] if inside else head
        ends = [match.end() for match in _CLAUSE_END.finditer(head)] or [head.rfind(" ") + 1]
        cut = ends[-1] if ends[-1] > 0 else len(head)
        parts.append(sentence[:cut].strip())
        sentence = sentence[cut:].strip()
    return [*parts, sentence]


def _bare(word: str) -> str:
    """The letters of a word without their accents, if it has accents."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", word) if letter.isascii() and letter.isalnum())
    return bare if not word.isascii() else ""


class Reader:
    """Reads a text out in phonemes.

    Args:
        alphabet: the phonemes the model knows.
    """

    def __init__(self, alphabet: Alphabet):
        self.alphabet = alphabet
        _phonemizer(False)  # now rather than at the first word: its lexicons take half a second

    def read(self, text: str) -> tuple[list[str], list[str]]:
        """Check a whole text: the sentences to speak one by one with `pronounce`, and notices of what was left out.
        A sentence that ends a paragraph, but for the last, ends with a line break: a longer pause follows.

        Raises:
            RequestError: nothing to say, another script, or a [word](/phonemes/) with characters that are none.
        """
        cleaned, notices = clean(text)
        for link in _LINK.finditer(cleaned):
            unknown = sorted(set(link[2]) - self.alphabet.ids.keys())
            if unknown or not set(link[2]) - _STRESS_AND_MARKS:
                raise RequestError(
                    f"{link[0]} cannot be spoken: {' '.join(unknown) or 'it'} is no phoneme. Possible are: "
                    f"{''.join(self.alphabet.ids)}"
                )
        spelled, left_out = self._spelled(cleaned)
        if left_out:
            notices.append(f"Left out, as it is markup: {' '.join(dict.fromkeys(left_out))}"[:200])
        sentences = []
        for paragraph in re.split(r"\n\s*\n", spelled):
            parts = [part for part in split(paragraph) if any(c.isalnum() or c in _SYMBOLS for c in part)]
            sentences += [*parts[:-1], *(f"{part}\n" for part in parts[-1:])]
        if not any(self.pronounce(sentence).phonemes for sentence in sentences):
            raise RequestError("There is nothing to say: write at least one word or number.")
        return [*sentences[:-1], sentences[-1].rstrip()], notices

    @staticmethod
    def _spelled(text: str) -> tuple[str, list[str]]:
        """The text as one would read it, but for what stands in a [word](/phonemes/); and the markup left out."""
        links = [link[0] for link in _LINK.finditer(text)]
        text, left_out = markup.plain(lines.joined(_LINK.sub(_LINKED, text)))
        given = iter(links)
        return re.sub(_LINKED, lambda _: next(given), normalized(spell_out(text))), left_out

    def given(self, phonemes: str) -> list[Sentence]:
        """Sentences told in phonemes, one a line; words stand between blanks.

        Raises:
            RequestError: characters that are no phonemes, no phoneme at all, or a line that is too long.
        """
        lines = [" ".join(line.split()) for line in phonemes.splitlines()]
        unknown = sorted({letter for line in lines for letter in line} - self.alphabet.ids.keys())
        sentences = [line for line in lines if set(line) - _STRESS_AND_MARKS]
        if unknown or not sentences:
            raise RequestError(
                f"These phonemes cannot be spoken: {' '.join(unknown) or 'there are none'}. Possible are: "
                f"{''.join(self.alphabet.ids)}"
            )
        if max(map(len, sentences)) > 2 * MOST_LETTERS:
            raise RequestError(
                f"A line of phonemes has more than {2 * MOST_LETTERS} characters; write a sentence a line."
            )
        found = []
        for line in sentences:
            words = tuple(Word(word[0], word.start(), word.end()) for word in re.finditer(r"\S+", line))
            found.append(Sentence(line, words))
        return found

    def pronounce(self, sentence: str, british: bool = False) -> Sentence:
        """The phonemes of one sentence of `read`, word by word, as in America or as in Britain. May be empty, as for
        a lone symbol without a name."""
        pieces = self._words(sentence, british)
        phonemes = ""
        words: list[Word] = []
        for text, sound in pieces:
            sound = "".join(phoneme for phoneme in sound if phoneme in self.alphabet.ids)
            if not sound:
                if words:  # shown with the word before it
                    words[-1] = Word(f"{words[-1].text} {text}", words[-1].start, words[-1].end)
                continue
            start = len(phonemes) + bool(phonemes)
            phonemes += (" " if phonemes else "") + sound
            words.append(Word(text, start, len(phonemes)))
        if not set(phonemes) - _STRESS_AND_MARKS:
            return Sentence("", ())
        if _FULL_STOP.search(sentence) and phonemes[-1] not in _MARKS:  # taken for that of an abbreviation: Jan.
            phonemes += "."
            words[-1] = Word(words[-1].text, words[-1].start, len(phonemes))
        return Sentence(phonemes, tuple(words))

    @staticmethod
    def _words(sentence: str, british: bool) -> list[tuple[str, str]]:
        """(text, phonemes) between blanks, as normalised: "$5" is one, "3 kg" are "3" and "kilograms"."""
        from hibari.g2p.normalize import normalize

        phonemizer = _phonemizer(british)
        lexicon = phonemizer.lexicon

        def known(word: str) -> bool:
            return word in lexicon.golds or word in lexicon.silvers

        def sound_of(word: str) -> str:
            return "".join(token.phonemes or "" for token in phonemizer.phonemize_tokens(phonemizer.tokenize(word)))

        # What stands in a link is taken as it is; normalising is for the rest, blanks around it kept.
        parts, at = [], 0
        for link in [*_LINK.finditer(sentence), None]:
            plain = sentence[at : link.start() if link else len(sentence)]
            before, after = (" " if blank.isspace() else "" for blank in (plain[:1], plain[1:][-1:]))
            said = shortened(normalize(_SHIELDED.sub(r"\1 .", plain)), known)
            said = homographs.sounded(interjections.sounded(said, known, sound_of))
            parts += [before, said, after, link[0] if link else ""]
            at = link.end() if link else at
        pieces, text, sound = [], "", ""
        for token in phonemizer.phonemize_tokens(phonemizer.tokenize("".join(parts))):
            text, sound = text + token.text, sound + (token.phonemes or "")
            if not set(token.phonemes or "") - _STRESS_AND_MARKS and (bare := _bare(token.text)):
                sound += sound_of(bare)
            if token.whitespace:
                pieces.append((text, sound))
                text, sound = "", ""
        return [*pieces, (text, sound)] if text else pieces
