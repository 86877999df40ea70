"""Text normalisation of other libraries beside ours: of how many cases of what people write what one hears is right,
what they weigh, and what a sentence takes. Those that are not installed are passed over.

    pip install num2words wetext nemo_text_processing
    python -m resgen.evaluation.speech.normalizers [CASES]

CASES is JSON as `tests/data/spoken.json`: kinds, each with cases of what is written, now and then in how many sentences
it is spoken, and how it is said. Prints a Markdown table.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

from resgen import checkpoint
from resgen.speech.phonemes import Alphabet, Reader

CASES = Path("tests/data/spoken.json")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LETTER_NAMES = re.compile(r"\b(?:[bdtvzʤ]i|si|pi|ʤA|kA|ɛ[flmns]|kju|ɑɹ|ju|Aʧ|ɛks|dʌbᵊlju)\b")
_NOT_HEARD = re.compile(r"[^\w]|[ˈˌ]")


def num2words() -> Callable[[str], str]:
    from num2words import num2words as words

    return lambda text: _NUMBER.sub(lambda found: words(float(found[0]) if "." in found[0] else int(found[0])), text)


def wetext() -> Callable[[str], str]:
    from wetext import Normalizer

    return Normalizer(lang="en", operator="tn").normalize


def nemo() -> Callable[[str], str]:
    from nemo_text_processing.text_normalization.normalize import Normalizer

    return Normalizer(input_case="cased", lang="en").normalize


# How it is called in the table, the distribution that is installed, and what makes the function of one text.
OTHERS = {
    "hibari alone": ("hibari-tts", lambda: lambda text: text),
    "num2words, then hibari": ("num2words", num2words),
    "wetext, then hibari": ("wetext", wetext),
    "NeMo text processing, then hibari": ("nemo_text_processing", nemo),
}


@cache
def _phonemizer():
    from hibari.g2p import G2P

    return G2P()


def heard_of(text: str) -> str:
    """Phonemes of a text as hibari alone reads it; words between blanks."""
    from hibari.g2p.normalize import normalize

    phonemizer = _phonemizer()
    tokens = phonemizer.phonemize_tokens(phonemizer.tokenize(normalize(text)))
    return "".join((token.phonemes or "") + (" " if token.whitespace else "") for token in tokens)


def ours() -> Callable[[str], str]:
    """Phonemes of a text as the speech engine reads it."""
    reader = Reader(Alphabet(checkpoint.load("speech")[2]["alphabet"]))

    def heard(text: str) -> str:
        return " ".join(reader.pronounce(sentence).phonemes for sentence in reader.read(text)[0])

    return heard


def held(cases: dict, heard: Callable[[str], str], said: Callable[[str], str]) -> tuple[int, float]:
    """How many cases are heard as they are said, and seconds a case.

    Args:
        heard: the phonemes of what is written; an exception is a case that does not hold.
        said: those of how it is said.
    """
    count, seconds = 0, 0.0
    for written, told in _pairs(cases):
        began = time.perf_counter()
        try:
            phonemes = heard(written)
        except Exception:
            continue
        finally:
            seconds += time.perf_counter() - began
        if told is None:
            count += not _LETTER_NAMES.search(re.sub("[ˈˌ]", "", phonemes))
        elif told.startswith("(no exception"):
            count += bool(phonemes)
        else:
            count += _NOT_HEARD.sub("", phonemes) == _NOT_HEARD.sub("", said(told))
    return count, seconds / sum(1 for _ in _pairs(cases))


def _pairs(cases: dict) -> Iterator[tuple[str, str | None]]:
    for kind in cases.values():
        for written, *_, told in kind["cases"]:
            yield written, told


def megabytes(distribution: str) -> float:
    """Of the files of a distribution and of all that it needs."""
    return sum(_bytes(name) for name in _needed(distribution, set())) / 1e6


def _needed(distribution: str, found: set[str]) -> set[str]:
    name = distribution.lower().replace("_", "-")
    if name not in found:
        try:
            requires = metadata.requires(distribution) or []
        except metadata.PackageNotFoundError:
            return found
        found.add(name)
        for line in requires:
            if ";" not in line:  # those of all platforms; none is an extra
                _needed(re.split(r"[\s\[<>=!~(]", line, maxsplit=1)[0], found)
    return found


def _bytes(distribution: str) -> int:
    paths = (Path(str(file.locate())) for file in metadata.files(distribution) or [])
    return sum(path.stat().st_size for path in paths if path.is_file())


def main(path: Path) -> None:
    cases = json.loads(path.read_text(encoding="utf-8"))
    total = sum(1 for _ in _pairs(cases))
    heard_of("Once."), ours()("Once.")  # what is loaded at first is not timed
    print(f"| normaliser | cases held, of {total} | installed, MB | ms a case |\n|---|---|---|---|")
    for title, (distribution, make) in OTHERS.items():
        try:
            normalize = make()
            normalize("Once.")
        except ImportError as error:
            print(f"{title}: passed over, {error}", file=sys.stderr)
            continue
        count, seconds = held(cases, lambda text, normalize=normalize: heard_of(normalize(text)), heard_of)  # type: ignore[misc]
        print(f"| {title} | {count} | {megabytes(distribution):.1f} | {1000 * seconds:.1f} |", flush=True)
    heard = ours()
    count, seconds = held(cases, heard, heard)
    print(f"| ours, with hibari | {count} | {megabytes('hibari-tts'):.1f} | {1000 * seconds:.1f} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else CASES)
