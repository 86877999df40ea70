"""A text whose tokens are coloured by how likely they were. Called by `resgen.ui.text_tab`."""

import math
from html import escape

from resgen.ui import i18n

DARKEST = 6.0  # bits of surprise; with the writer's own settings few tokens have more than three
LEAST = 0.005  # probability of an alternative that is shown


def coloured(weighed) -> str:
    """Weighed tokens (`resgen.text.engine.Weighed`) as HTML: the more surprising a word, the stronger its colour; a
    word that is pointed at or focused shows its probability and what else was weighed. One tab stop; arrows lead from
    word to word (accessible.js)."""
    spans: list[str] = []
    for word in words(weighed):
        probability = math.prod(part.probability for part in word)
        surprise = min(DARKEST, abs(math.log2(max(probability, 2**-DARKEST))))
        # What was weighed instead of its beginning: the rest of it follows from that.
        others = " · ".join(f"{shown(text)} {chance:.0%}" for text, chance in word[0].alternatives if chance >= LEAST)
        text = "".join(part.text for part in word)
        note = i18n.say(
            "WEIGHED" if others else "WEIGHED_ALONE", text=shown(text), chance=f"{probability:.1%}", others=others
        )
        spans.append(
            f'<span tabindex="{-1 if spans else 0}" role="img" aria-label="{escape(note)}" '
            f'style="--surprise:{surprise / DARKEST:.2f}" data-note="{escape(note)}">{escape(text)}</span>'
        )
    return f'<p class="weighed-help">{i18n.say("WEIGH_HELP")}</p><div class="weighed">{"".join(spans)}</div>'


def words(weighed) -> list[list]:
    """The tokens of a text, word by word: one begins with a blank or a line break, or after one."""
    found: list[list] = []
    for part in weighed:
        if not found or part.text[:1].isspace() or found[-1][-1].text[-1:].isspace():
            found.append([])
        found[-1].append(part)
    return found


def shown(token: str) -> str:
    """A token as a reader can see it: the end and line breaks have signs; of half a character nothing is left."""
    return token.replace("\n", "⏎").replace("\ufffd", "�").strip() or (i18n.say("SPACE") if token else i18n.say("END"))
