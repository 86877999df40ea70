"""Cries and stuttering as sounds instead of letters: Shhh, Brrr, W-w-what, Nooo. Called by `resgen.speech.phonemes` on
each sentence, as the sound of the word meant is needed.
"""

import re
from collections.abc import Callable

# Each letter may be repeated as often as one likes; sounds in misaki's alphabet.
CRIES = {
    **{"sh": "ʃˈʊʃ", "brr": "bɹˈɜɹ", "br": "bɹˈɜɹ", "gr": "ɡɹˈɜɹ", "zz": "zˈəz", "bz": "bˈʌz", "bzt": "bˈʌzt"},
    **{"tsk": "tˈɪsk", "tch": "tʃˈə", "pst": "pˈəst", "pft": "fˈəft", "pf": "fˈəf", "hm": "hˈʌm", "mm": "mˈʌm"},
    **{"mh": "mˈʌm", "mhm": "əmhˈʌm", "nn": "nˈən", "ng": "nˈəŋ", "rr": "ɹˈɜɹ", "ss": "sˈəs", "ff": "fˈəf"},
    **{"ll": "lˈəl", "xx": "ksˈəks", "kh": "kˈə", "ks": "kˈəs", "ts": "tˈəts", "tst": "tˈəst", "tt": "tˈət"},
    **{"pp": "pˈəp", "ph": "fˈə", "th": "θˈə", "hh": "hˈə", "mmph": "mˈʌmf", "hmph": "hˈʌmf", "mph": "mˈʌmf"},
    **{"hrmph": "hˈɜɹmf", "hrm": "hˈɜɹm", "ngh": "nˈəŋ", "nngh": "nˈəŋ", "vr": "vɹˈɜɹ", "wr": "ɹˈɜɹ", "prr": "pˈɜɹ"},
    **{"fst": "fˈəst", "kch": "kˈəʧ", "pssh": "pʃˈə", "psh": "pʃˈə", "tss": "tˈəs", "zzt": "zˈət", "thbt": "θˈəbt"},
    **{"pbt": "pˈəbt", "bl": "blˈɜ", "gl": "ɡlˈɜ", "dr": "dɹˈɜɹ", "kr": "kɹˈɜɹ", "tr": "tɹˈɜɹ", "hr": "hˈɜɹ"},
    **{"vv": "vˈəv", "bb": "bˈəb", "dd": "dˈəd", "gg": "ɡˈəɡ", "kk": "kˈək", "jj": "ʤˈə", "ww": "wˈə", "nh": "nˈə"},
}
_KEYS = {re.sub(r"(.)\1+", r"\1", word): sound for word, sound in reversed(CRIES.items())}
ALWAYS = {"brr", "grr", "zz", "tsk", "psst", "pst", "pfft", "pft", "pff", "hm", "hmm", "mm", "mhm", "shh", "sh", "tch"}
ALWAYS |= {"hmph", "bzz", "bzzt", "mmph", "hrmph", "ngh", "prr", "vrr", "psh", "pssh", "tss", "fft", "hrm", "tsk-tsk"}
_WORD = re.compile(r"(?<![\w'’\[/.@-])[^\W\d_]{2,40}(?![\w'’@]|\]\()")
_REPEATED = re.compile(r"(.)\1\1")
_CONSONANTS = re.compile(r"[b-df-hj-np-tv-xz]+")
_STUTTER = re.compile(r"(?<![\w'’\[/.-])([^\W\d_]{1,3})-(?:\1-){0,9}(?=\1)([^\W\d_][\w'’]{0,30})", re.IGNORECASE)
_ONSET = re.compile(r"[^AIOQWYaiuæɑɒɔəɛɜɪʊʌᵊᵻ]*")
_VOWELS = "aeiouAEIOU"


def sounded(text: str, known: Callable[[str], bool], sound: Callable[[str], str]) -> str:
    """The text with the phonemes of its cries and stuttered words behind them, as [Brrr](/bɹˈɜɹ/).

    Args:
        known: whether a word, in small letters, has a sound of its own.
        sound: the phonemes of a word.
    """
    text = _STUTTER.sub(lambda found: _stuttered(found, sound), text)
    return _WORD.sub(lambda found: _cried(found[0], known, sound), text)


def _stuttered(found: re.Match, sound: Callable[[str], str]) -> str:
    """W-w-what, Th-that, N-no; but re-read and so-so are words, and so is x-ray."""
    piece, word = found[1], found[2]
    repeated = found[0].count("-") > 1
    vowels = any(letter in _VOWELS for letter in piece)
    if len(piece) == len(word) or vowels and not repeated and len(piece) > 1:
        return found[0]
    whole = sound(word)
    onset = _ONSET.match(whole)[0].replace("ˈ", "").replace("ˌ", "")
    begin = f"{onset}ə" if onset else whole.lstrip("ˈˌ")[:1]
    if vowels and onset and whole:  # wha-wha-what
        begin = whole.replace("ˈ", "").replace("ˌ", "")[: len(onset) + 1]
    return f"[{found[0]}](/{begin * found[0].count('-')}{whole}/)" if whole else found[0]


def _cried(word: str, known: Callable[[str], bool], sound: Callable[[str], str]) -> str:
    small = word.lower()
    stretched = bool(_REPEATED.search(small))
    if not stretched and small not in ALWAYS:
        return word
    if _CONSONANTS.fullmatch(small):
        if not stretched and word.isupper() and len(word) < 3:
            return word
        said = _KEYS.get(re.sub(r"(.)\1+", r"\1", small))
        return f"[{word}](/{said}/)" if said else word
    if known(small):
        return word
    meant = next((word for word in _shorter(small) if known(word)), "") or re.sub(r"(.)\1\1+", r"\1\1", small)
    said = sound(meant)
    return f"[{word}](/{said}/)" if said else word


def _shorter(word: str) -> list[str]:
    """Words that a stretched one may be: each of its runs of three and more as one or two letters."""
    once, twice = re.sub(r"(.)\1\1+", r"\1", word), re.sub(r"(.)\1\1+", r"\1\1", word)
    mixed = re.sub(r"(.)\1\1+", lambda run: run[1] * (2 if run[1] in "eo" else 1), word)
    return [once, mixed, twice, re.sub(r"(.)\1+", r"\1", word)]
