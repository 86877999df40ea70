"""Text normalisation: what is written otherwise than it is said, one file a kind of token. Called by
`resgen.speech.phonemes`; what hibari reads well by itself (years, ordinals, amounts, times with a colon) is left to it.
"""

from resgen.speech.normalization import (
    abbreviations,
    clock,
    dates,
    formulas,
    fractions,
    money,
    numbers,
    ranges,
    roman,
    symbols,
    telephone,
    units,
)

# What is longer and plainer comes first, so that of 192.168.0.1 no decimal and of 2024/12/25 no fraction is made.
STEPS = (
    symbols.letters,
    telephone.spoken,
    dates.spoken,
    clock.spoken,
    abbreviations.spoken,
    numbers.grouped,
    symbols.minus,
    ranges.spoken,
    money.spoken,
    fractions.spoken,
    units.spoken,
    numbers.spoken,
    formulas.spoken,
    roman.spoken,
    symbols.named,
)


def normalized(text: str) -> str:
    """A text without markup, lists and addresses, with numbers, signs, units and abbreviations as hibari reads them."""
    for step in STEPS:
        text = step(text)
    return text
