"""What is there to be seen, not said: tags and entities of HTML and SSML, footnote marks, check boxes, marked and
struck-out words. Called by `resgen.speech.normalization` before lists, headings and emphasis are read.
"""

import html
import re

INLINE = """a abbr audio b bdi bdo big cite code data del dfn em emphasis font i ins kbd label lang mark meter phoneme
prosody q rp rt ruby s samp say-as small span strike strong sub sup time tt u var voice wbr w token s mstts:express-as
amazon:effect google:style"""
BLOCK = """address article aside blockquote body br break button caption center dd details div dl dt fieldset figcaption
figure footer form h1 h2 h3 h4 h5 h6 head header hr html img input iframe li link main meta nav ol option p pre script
section select speak style summary svg table tbody td textarea tfoot th thead title tr ul video source !doctype"""
_INLINE, _BLOCK = set(INLINE.split()), set(BLOCK.split()) - {"break"}
_TAG = re.compile(r"</?([A-Za-z!][\w:-]{0,30})(?:\s[^<>]{0,500})?/?>")
_COMMENT = re.compile(r"<!--[^>]{0,500}-->")
_CODE = re.compile(r"<(style|script)\b[^<>]{0,300}>[^<]{0,5000}</\1>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]{1,40}\](?!:)|(?<=[a-z.,;!?”\"]{2})\[\d{1,3}\](?=[\s.,;:!?)]|$)")
_BOX = re.compile(r"^([ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+)\[[ xX✓]\](?=[ \t])", re.MULTILINE)
_PICTURE = re.compile(r"!(?=\[[^\[\]\n]*\]\([^()\s]*\))")
_SMALL = re.compile(r"(?<=[A-Za-z])~(\d{1,3})~|(?<=[\w)])(\^[\w+-]{1,10})\^(?!\w)")  # H~2~O, x^2^
_POWERS = {"^2": "²", "^3": "³"}
_MARKED = re.compile(r"(~~|==)(?=[^\s~=])([^~=\n]{1,300})(?<=[^\s~=])\1")


def plain(text: str) -> tuple[str, list[str]]:
    """The text without markup, and what was left out with it."""
    left_out: list[str] = []

    def drop(found: re.Match) -> str:
        left_out.append(found[0])
        return ""

    def tag(found: re.Match) -> str:
        name = found[1].lower()
        if name not in _INLINE | _BLOCK | {"break"}:
            return f" {found[0].strip('</>')} "  # of no language we know: a word in angle brackets
        left_out.append(found[0])
        return "\n" if name in _BLOCK else " " if name == "break" else ""

    def box(found: re.Match) -> str:
        left_out.append(found[0].strip())
        return found[1]

    text = _COMMENT.sub(drop, text)
    text = _CODE.sub(drop, text)
    text = _TAG.sub(tag, text)
    text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    text = _PICTURE.sub("", _FOOTNOTE.sub(drop, text))
    text = _SMALL.sub(lambda found: found[1] or _POWERS.get(found[2], found[2]), text)
    text = _BOX.sub(box, text)
    return _MARKED.sub(r"\2", text), left_out
