"""Augmentation: other names for the people of a story. A network that overfits on few stories memorises their names;
when these change, it has to look who is who. Called by `resgen.training.text.soft_targets`.
"""

from string import ascii_letters

import numpy as np

from resgen.text.tokenizer import Tokenizer

# The commonest in the stories, but for those that are animals' as well.
BOYS = ("Tim", "Tom", "Sam", "Ben", "Timmy", "Bob", "Jack", "John", "Tommy", "Jim")
GIRLS = ("Lily", "Sue", "Mia", "Lucy", "Amy", "Anna", "Sally", "Sara", "Lila", "Molly")
CHANGED = 0.5  # of the stories; the others keep how common a name is


class NameSwap:
    """Swaps names: the tokens that are names, those that can stand for each other side by side.

    Args:
        tokenizer: a name takes part if it is one token, with a space before it and without.
    """

    def __init__(self, tokenizer: Tokenizer):
        self.alike = []  # (2, names): without a space before it and with
        for names in (BOYS, GIRLS):
            forms = [[tokenizer.encode(space + name) for name in names] for space in ("", " ")]
            single = [pair for pair in zip(*forms, strict=True) if all(len(ids) == 1 for ids in pair)]
            self.alike.append(np.array(single, np.int64).reshape(-1, 2).T)
        tokens = tokenizer.tokens()
        self.name = np.isin(np.arange(len(tokens)), np.concatenate([group.ravel() for group in self.alike]))
        self.within = np.array([token[:1] in set(ascii_letters) for token in tokens])  # begins within a word

    def changeable(self, tokens: np.ndarray) -> bool:
        """Whether all names in a document are words ("Tom" is not one in "Tomatoes")."""
        return not (self.name[tokens[:-1]] & self.within[tokens[1:]]).any()

    def draw(self, random: np.random.Generator) -> np.ndarray:
        """Which token stands for each, (vocabulary,) int64."""
        table = np.arange(len(self.name))
        for group in self.alike:
            table[group] = group[:, random.permutation(group.shape[1])]
        return table
