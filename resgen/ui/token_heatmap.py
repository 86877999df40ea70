"""A text whose tokens are coloured by how likely they were. Called by `resgen.ui.text_tab`."""

import math
from html import escape

from resgen.ui import strings

DARKEST = 6.0  # bits of surprise; with the writer's own settings few tokens have more than three
LEAST = 0.005  # probability of an alternative that is shown


def coloured(weighed) -> str:
    """Weighed tokens (`resgen.text.engine.Weighed`) as HTML: the more surprising, the stronger the colour; a token
    that is pointed at or focused shows its probability and what else was weighed."""
    spans = []
    for part in weighed:
        surprise = min(DARKEST, abs(math.log2(max(part.probability, 2**-DARKEST))))
        others = " · ".join(f"{shown(text)} {chance:.0%}" for text, chance in part.alternatives if chance >= LEAST)
        note = strings.WEIGHED.format(text=shown(part.text), chance=f"{part.probability:.1%}", others=others)
        spans.append(
            f'<span tabindex="0" style="--surprise:{surprise / DARKEST:.2f}" data-note="{escape(note)}">'
            f"{escape(part.text)}</span>"
        )
    return f'<p class="weighed-help">{strings.WEIGH_HELP}</p><div class="weighed">{"".join(spans)}</div>'


def shown(token: str) -> str:
    """A token as a reader can see it: the end and line breaks have signs; of half a character nothing is left."""
    return token.replace("\n", "⏎").replace("\ufffd", "�").strip() or (strings.SPACE if token else strings.END)
