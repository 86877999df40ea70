"""Where the stories come from, and how they become rows of tokens. Called by `resgen.training.text.train` and
`resgen.evaluation.text.evaluate`, never by the running app.

The folder named by RESGEN_DATA is used where it is there; elsewhere
the files come from their public source on the Hugging Face Hub.
"""

import dataclasses
import gzip
import hashlib
import itertools
import lzma
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from resgen.errors import DataError
from resgen.text.decoding.blocklist import SLURS
from resgen.text.tokenizer import END, Tokenizer
from resgen.training.run import cache, data_file
from resgen.training.text.themes import Themes

CREDITS = {
    "tinystories": "TinyStories (Eldan & Li 2023), 12,302 stories, CDLA-Sharing-1.0, hub: roneneldan/TinyStories",
    "tinyfables": "TinyFabulist, 2,587 fables, MIT",
    "storybooks_ccby": "680 storybooks of African Storybook and Pratham Books StoryWeaver, CC BY 4.0",
    "childrens_books": "3,142 chapters of children's books, public domain, derived from Project Gutenberg",
}
LONG = {"childrens_books"}  # of these a passage is a paragraph, elsewhere a whole document
HUB = {  # (name, split) -> (repository, file of the whole set, plain text)
    ("tinystories", "train"): ("roneneldan/TinyStories", "TinyStories-train.txt"),
    ("tinystories", "valid"): ("roneneldan/TinyStories", "TinyStories-valid.txt"),
}
PART = 1_400  # characters of a part of a chapter, about
HEADER_WORDS = 4  # at most
NO_HEADER = 0.2  # share of documents trained without a header
GRAM = 25  # words in a row that no two stories share by chance


def documents(name: str, split: str) -> list[str]:
    """The documents of one source, stripped, in their order.

    Raises:
        DataError: no local folder holds the file and it has no plain-text public source.
    """
    gz, xz = (data_file(f"text/{name}_{split}.txt.{kind}") for kind in ("gz", "xz"))
    if gz is not None:
        text = gzip.decompress(gz.read_bytes()).decode()
    elif xz is not None:
        text = lzma.decompress(xz.read_bytes()).decode()
    elif (name, split) not in HUB:
        raise DataError(
            f"{name}_{split}.txt.gz is not in RESGEN_DATA/text. Make it from {CREDITS.get(name, name)}: "
            f"documents separated by lines {END}, gzipped."
        )
    else:
        from huggingface_hub import hf_hub_download

        repo, file = HUB[name, split]
        text = Path(hf_hub_download(repo, file, repo_type="dataset")).read_text()
    return [document for part in text.split(END) if (document := part.strip())]


def _grams(text: str) -> set[tuple[str, ...]]:
    words = re.findall("[a-z]+", text.lower())
    return {tuple(words[at : at + GRAM]) for at in range(max(1, len(words) - GRAM + 1))}


def apart(texts: Iterable[str], held: Iterable[str]) -> list[str]:
    """The texts, each once, that share no `GRAM` words in a row with one of those held out, nor all words of a shorter
    one."""
    kept_out = set().union(*map(_grams, held))
    once = {" ".join(text.split()): text for text in texts}
    return [text for text in once.values() if not _grams(text) & kept_out]


def clean(name: str, documents: list[str]) -> tuple[list[str], int]:
    """The documents without passages that hold a slur, and how many passages were left out.

    Chapters come back in parts of some paragraphs, so that each has key words of its own.
    """
    kept, dropped = [], 0
    for document in documents:
        if name not in LONG:
            passages = [document]
        else:
            passages = re.split(r"\n\s*\n", re.sub(r"\[Illustration[^\]]*\]|_", "", document))
        good = [passage for passage in passages if not SLURS.search(passage)]
        dropped += len(passages) - len(good)
        part = ""
        for passage in good:
            if part and len(part) + len(passage) > PART:
                kept.append(part)
                part = ""
            part += ("\n\n" if part else "") + passage
        if part:
            kept.append(part)
    return kept, dropped


@dataclass
class Corpus:
    """Tokenised documents with the themes of each; as an .npz of some megabytes it travels to a GPU.

    Fields: tokens (N,) uint16 of all documents end to end, offsets (documents + 1,), words: per document its themes
    joined by spaces, source (documents,) uint8: which of `sources` it is from, dropped: passages left out
    for slurs, valid: validation texts, tokenizer: its JSON.
    """

    tokens: np.ndarray
    offsets: np.ndarray
    words: np.ndarray
    source: np.ndarray
    sources: np.ndarray
    dropped: np.ndarray
    valid: np.ndarray
    tokenizer: str

    @classmethod
    def build(cls, texts: dict[str, list[str]], tokenizer: Tokenizer, valid: Iterable[str] = ()) -> "Corpus":
        """Clean and tokenise documents, given by source."""
        tokens, lengths, words, source, dropped = [], [0], [], [], 0
        for number, (name, documents) in enumerate(texts.items()):
            documents, left_out = clean(name, documents)
            dropped += left_out
            encoded = tokenizer.encode_batch(documents)
            tokens += [np.array(ids, np.uint16) for ids in encoded]
            lengths += map(len, encoded)
            themes = Themes(documents)
            words += [" ".join(themes.of(document)) for document in documents]
            source += [number] * len(documents)
        return cls(
            np.concatenate(tokens),
            np.cumsum(lengths),
            np.array(words),
            np.array(source, np.uint8),
            np.array(list(texts)),
            np.array(dropped),
            np.array(list(valid), dtype=np.str_),
            tokenizer.serialized,
        )

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(path, **vars(self))

    @classmethod
    def load(cls, path: Path) -> "Corpus":
        with np.load(path) as file:
            return cls(**{name: file[name] for name in file} | {"tokenizer": str(file["tokenizer"])})

    def part(self, source: str, share: float) -> "Corpus":
        """Only the first documents of one source: that share of them."""
        number = list(self.sources).index(source)
        chosen = np.flatnonzero(self.source == number)
        chosen = chosen[: round(share * len(chosen))]
        pieces = [self.tokens[self.offsets[d] : self.offsets[d + 1]] for d in chosen]
        return dataclasses.replace(
            self,
            tokens=np.concatenate(pieces),
            offsets=np.cumsum([0, *map(len, pieces)]),
            words=self.words[chosen],
            source=np.zeros(len(chosen), np.uint8),
            sources=np.array([source]),
        )

    def epoch(self, tokenizer: Tokenizer, source: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """All documents of a source once, shuffled, each behind END and a newly drawn header.

        Returns ids (M,) int64 and, the same length, whether to learn to predict that id (headers are given, not
        learned).
        """
        draw = np.random.default_rng(seed)
        ids, learn = [], []
        for d in draw.permutation(np.flatnonzero(self.source == source)):
            words = self.words[d].split()
            header: list[int] = []
            if words and draw.random() >= NO_HEADER:
                count = int(draw.integers(1, HEADER_WORDS + 1))
                header = tokenizer.header(list(draw.permutation(words)[:count]))
            text = self.tokens[self.offsets[d] : self.offsets[d + 1]]
            ids += [np.array([tokenizer.end, *header]), text]
            learn += [np.array([True] + [False] * len(header)), np.ones(len(text), bool)]
        return np.concatenate(ids).astype(np.int64), np.concatenate(learn)

    def rows(self, source: int, length: int, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Endless (tokens, targets) of `length` each, cut from whole epochs of a source; -100 = do not learn.

        A row begins with a document, so that its header is seen: with the one that the row before had to cut off.
        """
        tokenizer = Tokenizer(self.tokenizer)
        for epoch in itertools.count():
            number = (seed * 1_000 + epoch) * 100 + source
            ids, learn = self.epoch(tokenizer, source, number)
            targets = np.where(learn, ids, -100)
            beginnings = np.flatnonzero(ids == tokenizer.end)
            places = [0]
            while (end := places[-1] + length) + length < len(ids):
                cut = int(beginnings[np.searchsorted(beginnings, end, "right") - 1])
                places.append(cut if cut > places[-1] else end)
            for place in np.random.default_rng(number).permutation(places):
                yield ids[place : place + length], targets[place + 1 : place + length + 1]

    def batches(
        self, batch_size: int, length: int, seed: int, start: int = 0, mix: "Mix | None" = None
    ) -> Iterator[dict[str, torch.Tensor]]:
        """Endless batches from number `start` on: `tokens` and `targets` (rows, length); -100 = do not learn.

        Batch n is the same for the same seed, wherever one starts. Which source a row is from is drawn by the
        mix's share at n; without a mix by the sources' numbers of tokens.

        Raises:
            ValueError: a source is smaller than a row.
        """
        sizes = np.bincount(self.source, np.diff(self.offsets), minlength=len(self.sources))
        for name, size in zip(self.sources, sizes, strict=True):
            if size < length + 1:
                raise ValueError(f"{int(size):,} tokens of {name} are too few for rows of {length}.")
        streams = [self.rows(source, length, seed) for source in range(len(self.sources))]
        for number in itertools.count():
            shares = sizes / sizes.sum() if mix is None else mix.shares(list(self.sources), number)
            chosen = np.random.default_rng([seed, number]).choice(len(streams), batch_size, p=shares)
            taken = [next(streams[source]) for source in chosen]
            if number >= start:
                tokens, targets = (torch.from_numpy(np.stack(part)) for part in zip(*taken, strict=True))
                yield {"tokens": tokens, "targets": targets}


@dataclass(frozen=True)
class Mix:
    """How much of each source a batch has: from the first shares straight to the last ones.

    Args:
        first, last: source -> share; a source that is not named has none.
        steps: after how many batches the last shares are reached.
    """

    first: dict[str, float]
    last: dict[str, float]
    steps: int

    def shares(self, sources: list[str], step: int) -> np.ndarray:
        """One share for each source, in that order; they sum to 1.

        Raises:
            ValueError: the mix names a source that is not there.
        """
        missing = (set(self.first) | set(self.last)) - set(sources)
        if missing:
            raise ValueError(f"The corpus has no {', '.join(sorted(missing))}; it has {', '.join(sources)}.")
        done = min(1.0, step / max(1, self.steps))
        shares = np.array([(1 - done) * self.first.get(s, 0.0) + done * self.last.get(s, 0.0) for s in sources])
        return shares / shares.sum()


def prepare(tokenizer: str | None = None, sources: Iterable[str] = CREDITS) -> Corpus:
    """Sources as a packed corpus; built once for a tokenizer and a version of `data.py`, then read from the cache.

    Args:
        tokenizer: the JSON of the one to use; by default one is learned from the stories and fables.
        sources: their names; all of them by default.
    """
    made_by = " ".join([*sources, tokenizer or ""]).encode() + Path(__file__).read_bytes()
    path = cache() / "data" / f"text-{hashlib.sha256(made_by).hexdigest()[:8]}.npz"
    if not path.exists():
        texts = {name: documents(name, "train") for name in sources}
        learned = Tokenizer(tokenizer) if tokenizer else Tokenizer.train(texts["tinystories"] + texts["tinyfables"])
        Corpus.build(texts, learned, documents("tinystories", "valid")).save(path)
    return Corpus.load(path)
