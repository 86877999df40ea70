"""Where the stories come from, and how they become rows of tokens. Called by `resgen.text.train` and
`resgen.text.evaluate`, never by the running app.

The folder named by RESGEN_DATA (or `../shared/data` beside a checkout) is used where it is there; elsewhere
the files come from their public source on the Hugging Face Hub.
"""

import gzip
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import log
from pathlib import Path

import numpy as np
import torch

from resgen.text.tokenizer import END, Tokenizer

CREDITS = {
    "tinystories": "TinyStories (Eldan & Li 2023), 12,302 stories, CDLA-Sharing-1.0, hub: roneneldan/TinyStories",
    "tinyfables": "TinyFabulist, 2,587 fables, MIT",
}
HUB = {  # (name, split) -> (repository, file of the whole set, plain text)
    ("tinystories", "train"): ("roneneldan/TinyStories", "TinyStories-train.txt"),
    ("tinystories", "valid"): ("roneneldan/TinyStories", "TinyStories-valid.txt"),
}
KEYWORDS_KEPT = 8  # candidates a document, from which a header is drawn
HEADER_WORDS = 4  # at most
NO_HEADER = 0.3  # share of documents trained without a header


def documents(name: str, split: str) -> list[str]:
    """The documents of one source, stripped, in their order.

    Raises:
        FileNotFoundError: no local folder holds the file and it has no plain-text public source.
    """
    for folder in (os.environ.get("RESGEN_DATA"), Path(__file__).parents[3] / "shared" / "data"):
        path = folder and Path(folder) / "text" / f"{name}_{split}.txt.gz"
        if path and path.exists():
            text = gzip.decompress(path.read_bytes()).decode()
            break
    else:
        if (name, split) not in HUB:
            raise FileNotFoundError(
                f"{name}_{split}.txt.gz is not in RESGEN_DATA/text. Make it from {CREDITS.get(name, name)}: "
                f"documents separated by lines {END}, gzipped."
            )
        from huggingface_hub import hf_hub_download

        repo, file = HUB[name, split]
        text = Path(hf_hub_download(repo, file, repo_type="dataset")).read_text()
    return [document for part in text.split(END) if (document := part.strip())]


def keywords(texts: list[str]) -> list[list[str]]:
    """For each text its most telling words: highest tf-idf among lower-case words of three letters and more.

    Words written with a capital (names, sentence starts) do not count, nor do those in fewer than three or more
    than a twelfth of the texts.
    """
    counts = [Counter(re.findall(r"\b[a-z]{3,}\b", text)) for text in texts]
    spread = Counter(word for count in counts for word in count)
    rarity = {word: log(len(texts) / n) for word, n in spread.items() if 3 <= n <= len(texts) / 12}
    best = []
    for count in counts:
        scored = {word: (1 + log(n)) * rarity[word] for word, n in count.items() if word in rarity}
        best.append(sorted(scored, key=lambda word: (-scored[word], word))[:KEYWORDS_KEPT])
    return best


@dataclass
class Corpus:
    """Tokenised documents with the key words of each; as an .npz of a few megabytes it travels to a GPU.

    Fields: tokens (N,) uint16 of all documents end to end, offsets (documents + 1,), words: per document its key
    words joined by spaces, tokenizer: its JSON.
    """

    tokens: np.ndarray
    offsets: np.ndarray
    words: np.ndarray
    tokenizer: str

    @classmethod
    def build(cls, texts: list[str], tokenizer: Tokenizer) -> "Corpus":
        encoded = tokenizer.encode_batch(texts)
        offsets = np.cumsum([0, *map(len, encoded)])
        words = np.array([" ".join(found) for found in keywords(texts)])
        tokens = np.concatenate([np.array(ids, np.uint16) for ids in encoded])
        return cls(tokens, offsets, words, tokenizer.serialized)

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(path, **vars(self))

    @classmethod
    def load(cls, path: Path) -> "Corpus":
        with np.load(path) as file:
            return cls(file["tokens"], file["offsets"], file["words"], str(file["tokenizer"]))

    def epoch(self, tokenizer: Tokenizer, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """All documents once, shuffled, each behind END and a newly drawn header.

        Returns ids (M,) int64 and, the same length, whether to learn to predict that id (headers are given, not
        learned).
        """
        draw = np.random.default_rng(seed)
        ids, learn = [], []
        for d in draw.permutation(len(self.words)):
            words = self.words[d].split()
            header: list[int] = []
            if words and draw.random() >= NO_HEADER:
                count = int(draw.integers(1, HEADER_WORDS + 1))
                header = tokenizer.header(list(draw.permutation(words)[:count]))
            text = self.tokens[self.offsets[d] : self.offsets[d + 1]]
            ids += [np.array([tokenizer.end, *header]), text]
            learn += [np.array([True] + [False] * len(header)), np.ones(len(text), bool)]
        return np.concatenate(ids).astype(np.int64), np.concatenate(learn)

    def batches(self, rows: int, length: int, seed: int, start: int = 0) -> Iterator[dict[str, torch.Tensor]]:
        """Endless batches from number `start` on: `tokens` and `targets` (rows, length); -100 = do not learn.

        Rows are cut from a stream of whole epochs; batch n is the same for the same seed, wherever one starts.

        Raises:
            ValueError: the corpus is smaller than a batch.
        """
        if len(self.tokens) < rows * (length + 1):
            raise ValueError(f"{len(self.tokens):,} tokens are too few for a batch of {rows} x {length}.")
        tokenizer = Tokenizer(self.tokenizer)
        number, epoch = 0, 0
        while True:
            ids, learn = self.epoch(tokenizer, seed * 10_000 + epoch)
            usable = (len(ids) - 1) // length * length
            tokens = ids[:usable].reshape(-1, length)
            targets = np.where(learn, ids, -100)[1 : usable + 1].reshape(-1, length)
            order = np.random.default_rng(seed * 10_000 + epoch).permutation(len(tokens))
            for chosen in (order[i : i + rows] for i in range(0, len(order) - rows + 1, rows)):
                if number >= start:
                    yield {"tokens": torch.from_numpy(tokens[chosen]), "targets": torch.from_numpy(targets[chosen])}
                number += 1
            epoch += 1
