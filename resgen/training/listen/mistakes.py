"""How far what was heard is from what was said. Called by training and by `resgen.evaluation.listen`."""

from collections.abc import Sequence


def mistakes(said: Sequence, heard: Sequence) -> int:
    """The fewest letters of a text, or words of a list, put in, left out or changed that make the one the other
    (Levenshtein 1966)."""
    row = list(range(len(heard) + 1))
    for index, one in enumerate(said):
        before, row = row, [index + 1]
        for column, other in enumerate(heard):
            row.append(min(row[-1] + 1, before[column + 1] + 1, before[column] + (one != other)))
    return row[-1]
