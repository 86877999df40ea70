"""What a teacher would go on with, in the tokens of a student that spells otherwise. Called by
`resgen.training.text.distil.teacher`.

Where a token of both begins, each of the teacher's likeliest tokens becomes the student's first one for that text;
until the next such place, those that begin as the text did stay, in their proportions. What the teacher leaves open is
the token's that does follow. (That is distillation between vocabularies, as in arXiv:2402.12030, but by the spelling
and not by rank.)
"""

import itertools
from collections import defaultdict

import numpy as np

from resgen.text.tokenizer import Tokenizer
from resgen.training.text.soft_targets import TOP_K, SoftTargets


class Alignment:
    """From one tokenizer to another, both byte-level.

    Args:
        teacher, student: the two.
    """

    def __init__(self, teacher: Tokenizer, student: Tokenizer):
        self.teacher, self.student = teacher, student
        self.spelt = teacher.tokens(), student.tokens()
        texts = [teacher.decode([number]) for number in range(len(teacher))]
        self.said: list[list[int]] = [[] for _ in texts]  # the student's ids for each token of the teacher's
        for number, ids in enumerate(student.encode_batch(texts)):
            if "".join(self.spelt[1][token] for token in ids) == self.spelt[0][number]:  # not within a character
                self.said[number] = ids
        self.said[teacher.end] = [student.end]

    def soft_targets(
        self, words: list[str], tokens: np.ndarray, topk_ids: np.ndarray, topk_probs: np.ndarray, ended: bool
    ) -> SoftTargets | None:
        """A text as a document of the student's.

        Args:
            words: of its header.
            tokens: (N,), ids of the text alone.
            topk_ids, topk_probs: (N + 1, TOP_K), the teacher's tokens that would come first, then after each token, and
                how surely, 0-1.
            ended: whether the text is whole, so that its end is a target too; not if it was cut.

        Returns:
            One document; None if it is not spelt the same way by both.
        """
        document = self.student.encode(self.teacher.decode(tokens.tolist()))
        if "".join(self.spelt[0][token] for token in tokens) != "".join(self.spelt[1][token] for token in document):
            return None
        # Where each token begins, in bytes, and where the text ends.
        theirs = np.cumsum([0, *(len(self.spelt[0][token]) for token in tokens)])
        ours = np.cumsum([0, *(len(self.spelt[1][token]) for token in document)])
        follows = [*document, self.student.end]
        place = {int(at): number for number, at in enumerate(theirs)}
        both = [at for at in range(len(follows)) if int(ours[at]) in place]  # where a token of both begins
        heads = [self.student.end, *self.student.header(words)]
        ids = np.zeros((len(heads) + len(document), TOP_K), np.uint16)
        probs = np.zeros(ids.shape, np.float16)
        for start, stop in itertools.pairwise([*both, len(follows)]):
            number = place[int(ours[start])]
            said = {guess: self.said[guess] for guess in topk_ids[number].tolist()}
            if number < len(tokens):
                said[int(tokens[number])] = follows[start:stop]  # more than that token, if they end elsewhere
            possible = [
                (said[guess], chance)
                for guess, chance in zip(topk_ids[number].tolist(), topk_probs[number].tolist(), strict=True)
                if chance
            ]
            for at in range(start, stop if ended else min(stop, len(document))):
                best = _next(possible, follows[start:at]) or [(follows[at], 1.0)]
                row = len(heads) - 1 + at  # of the rows before nothing is to be learned
                ids[row, : len(best)], probs[row, : len(best)] = zip(*best, strict=True)
        return SoftTargets(np.array(heads + document, np.uint16), np.zeros(1, np.int64), ids, probs)


def _next(possible: list[tuple[list[int], float]], path: list[int]) -> list[tuple[int, float]]:
    """The tokens after a path, likeliest first, and how surely each comes next: at its beginning as surely as they were
    said to, later in proportion to what is still possible."""
    found: dict[int, float] = defaultdict(float)
    total = 0.0
    for said, chance in possible:
        if said[: len(path)] == path:
            total += chance
            if len(said) > len(path):
                found[said[len(path)]] += chance
    likeliest = sorted(found.items(), key=lambda pair: -pair[1])[:TOP_K]
    return [(token, chance / total) for token, chance in likeliest] if path else likeliest
