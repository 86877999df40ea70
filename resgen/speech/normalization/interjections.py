"""Cries and stuttering as sounds instead of letters: Shhh, Brrr, W-w-what, Nooo. Called by `resgen.speech.phonemes` on
each sentence, as the sound of the word meant is needed.
"""

import re
from collections.abc import Callable

# Each letter may be repeated as often as one likes; sounds in misaki's alphabet.
CRIES = {
    **{"sh": "ʃˈʊʃ", "brr": "bɹˈɜɹ", "br": "bɹˈɜɹ", "gr": "ɡɹˈɜɹ", "zz": "zˈəz", "bz": "bˈʌz", "bzt": "bˈʌzt"},
    **{
        "tsk": "tˈɪsk",
        "tch": "ʧˈə",
        "tsktsk": "tˈɪsktˈɪsk",
        "pst": "pˈəst",
        "pft": "fˈəft",
        "pf": "fˈəf",
        "hm": "hˈʌm",
        "mm": "mˈʌm",
    },
    **{"mh": "mˈʌm", "mhm": "əmhˈʌm", "nn": "nˈən", "ng": "nˈəŋ", "rr": "ɹˈɜɹ", "ss": "sˈəs", "ff": "fˈəf"},
    **{"ll": "lˈəl", "kh": "kˈə", "ks": "kˈəs", "ts": "tˈəts", "tst": "tˈəst", "tt": "tˈət"},
    **{"pp": "pˈəp", "ph": "fˈə", "th": "θˈə", "hh": "hˈə", "mmph": "mˈʌmf", "hmph": "hˈʌmf", "mph": "mˈʌmf"},
    **{"hrmph": "hˈɜɹmf", "hrm": "hˈɜɹm", "ngh": "nˈəŋ", "nngh": "nˈəŋ", "vr": "vɹˈɜɹ", "wr": "ɹˈɜɹ", "prr": "pˈɜɹ"},
    **{"fst": "fˈəst", "kch": "kˈəʧ", "pssh": "pʃˈə", "psh": "pʃˈə", "tss": "tˈəs", "zzt": "zˈət", "thbt": "θˈəbt"},
    **{"pbt": "pˈəbt", "bl": "blˈɜ", "gl": "ɡlˈɜ", "dr": "dɹˈɜɹ", "kr": "kɹˈɜɹ", "tr": "tɹˈɜɹ", "hr": "hˈɜɹ"},
    **{"vv": "vˈəv", "bb": "bˈəb", "dd": "dˈəd", "gg": "ɡˈəɡ", "kk": "kˈək", "nh": "nˈə"},
}
_KEYS = {re.sub(r"(.)\1+", r"\1", word): sound for word, sound in reversed(CRIES.items())}
ALWAYS = {"brr", "grr", "zz", "tsk", "psst", "pst", "pfft", "pft", "pff", "hm", "hmm", "mm", "mhm", "shh", "sh", "tch"}
ALWAYS |= {"hmph", "bzz", "bzzt", "mmph", "hrmph", "ngh", "prr", "vrr", "psh", "pssh", "tss", "fft", "hrm", "tsktsk"}
_LINK_OR_WORD = re.compile(r"\[[^\[\]]{1,99}\]\(/[^()/]{0,400}/\)|(?<![\w'’/.@])[^\W\d_]{2,40}(?![\w'’@])")
_INITIALS = re.compile(r"[IVXLCD]+|(?![ZMSRFV])([A-Z])\1+")  # III, AAA
# Of other cries of consonants alone, each letter has its sound.
_SOUNDS = dict(zip("bcdfghjklmnpqrstvwxz", "bkdfɡhʤklmnpkɹstvwsz", strict=True))
_DIGRAPHS = {"sh": "ʃ", "ch": "ʧ", "th": "θ", "ck": "k", "ph": "f", "ng": "ŋ", "wh": "w", "gh": "ɡ"}
_SOUND = re.compile("|".join([*_DIGRAPHS, "."]))
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
    return _LINK_OR_WORD.sub(lambda found: found[0] if found[0][0] == "[" else _cried(found[0], known, sound), text)


def _stuttered(found: re.Match, sound: Callable[[str], str]) -> str:
    """W-w-what, Th-that, N-no; but re-read and so-so are words, and so is x-ray."""
    piece, word = found[1], found[2]
    repeated = found[0].count("-") > 1
    vowels = any(letter in _VOWELS for letter in piece)
    if len(piece) == len(word) or vowels and not repeated and len(piece) > 1:
        return found[0]
    whole = sound(word)
    start = _ONSET.match(whole)
    onset = start[0].replace("ˈ", "").replace("ˌ", "") if start else ""
    begin = f"{onset}ə" if onset else whole.lstrip("ˈˌ")[:1]
    if vowels and onset and whole:  # wha-wha-what
        begin = whole.replace("ˈ", "").replace("ˌ", "")[: len(onset) + 1]
    return f"[{found[0]}](/{begin * found[0].count('-')}{whole}/)" if whole else found[0]


def _cried(word: str, known: Callable[[str], bool], sound: Callable[[str], str]) -> str:
    small = word.lower()
    if word == "Ssh":  # ssh and SSH are a protocol
        return f"[{word}](/{CRIES['sh']}/)"
    stretched = bool(_REPEATED.search(small))
    shouted = len(small) > 3 and re.search(r"(.)\1", small) and not word.isupper() and not known(small)
    if _INITIALS.fullmatch(word) or not stretched and small not in ALWAYS and not shouted:
        return word
    if _CONSONANTS.fullmatch(small):
        if not stretched and word.isupper() and len(word) < 3:
            return word
        once = re.sub(r"(.)\1+", r"\1", small)
        said = _KEYS.get(once) or _consonants(once)
        return f"[{word}](/{said}/)"
    if known(small) or not stretched:
        return word
    meant = next((word for word in _shorter(small) if known(word)), "") or re.sub(r"(.)\1\1+", r"\1\1", small)
    said = sound(meant)
    return f"[{word}](/{said}/)" if said else word


def _shorter(word: str) -> list[str]:
    """Words that a stretched one may be: each of its runs of three and more as one or two letters."""
    once, twice = re.sub(r"(.)\1\1+", r"\1", word), re.sub(r"(.)\1\1+", r"\1\1", word)
    mixed = re.sub(r"(.)\1\1+", lambda run: run[1] * (2 if run[1] in "eo" else 1), word)
    return [once, mixed, twice, re.sub(r"(.)\1+", r"\1", word)]


def _consonants(word: str) -> str:
    """Krk -> kɹˈək."""
    sounds = "".join(_DIGRAPHS.get(sound) or _SOUNDS[sound] for sound in _SOUND.findall(word))
    return f"{sounds[:-1]}ˈə{sounds[-1]}" if len(sounds) > 1 else f"{sounds}ˈə"
