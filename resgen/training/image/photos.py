"""Small photographs of named things: where they come from, and batches of them. Called by
`resgen.training.image.train_photo` and `resgen.evaluation.image.photo`, never by the running app.

`image/photos32.npz` of the folder named by RESGEN_DATA is used where it is there, in which JPEGs share their headers,
in pictures this small most of a JPEG; else the two archives of https://www.cs.toronto.edu/~kriz/cifar.html.
"""

import io
import itertools
import tarfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from resgen.errors import DataError
from resgen.image.prompt import LETTERS, Dictionary
from resgen.training.image import photo_words
from resgen.training.image.data import Phrases, Shown
from resgen.training.run import data_file

CREDITS = {
    "cifar10": "CIFAR-10 training split, Alex Krizhevsky, Vinod Nair, Geoffrey Hinton, 2009: "
    "50,000 photographs of ten things",
    "cifar100": "CIFAR-100 training split, the same authors, 2009: 50,000 photographs of a hundred other things",
}
LICENCE = (
    "MIT (weights). CIFAR states no licence and is used for research by custom; no photograph of it is part of this "
    "repository"
)
SIDE = 32
PACK = "image/photos32.npz"
# archive -> (source, bytes of labels before each picture, of which the last counts, its files: are they for testing?)
ARCHIVES = {
    "image/cifar-10-binary.tar.gz": ("cifar10", 1, {"data_batch": False, "test_batch": True}),
    "image/cifar-100-binary.tar.gz": ("cifar100", 2, {"train": False}),
}
PHRASES = 64  # ways to ask for a thing, drawn once
ASKED = 4  # places for words in training: two words, and two behind them that stay empty
NAMELESS = 0.12  # share of pictures without words, for guidance


@dataclass
class Photos:
    """Photographs of named things.

    Fields: pixels (N, 3, 32, 32) uint8; label (N,), an index into the names of all sources; test (N,), true where it is
    never trained on; source (N,), an index into sources.
    """

    pixels: np.ndarray
    label: np.ndarray
    test: np.ndarray
    source: np.ndarray
    sources: list[str]

    def __len__(self) -> int:
        return len(self.pixels)

    def select(self, keep: np.ndarray) -> "Photos":
        """Those where `keep` (N,) is true."""
        return Photos(self.pixels[keep], self.label[keep], self.test[keep], self.source[keep], self.sources)


@lru_cache(maxsize=1)
def photos() -> Photos:
    """All photographs there are.

    Raises:
        DataError: there are none; says where to get them.
    """
    pack = data_file(PACK)
    if pack is not None:
        return packed(pack)
    archives = {data_file(name): how for name, how in ARCHIVES.items()}
    if None in archives:
        raise DataError(
            f"{PACK} is not in RESGEN_DATA. Get cifar-10-binary.tar.gz and cifar-100-binary.tar.gz from "
            "https://www.cs.toronto.edu/~kriz/cifar.html into FOLDER/image, then set RESGEN_DATA=FOLDER."
        )
    return archived({path: how for path, how in archives.items() if path is not None})


def packed(path: Path) -> Photos:
    """The photographs of a pack whose JPEGs are heads[head[i]] + bodies[i]."""
    with np.load(path) as pack:
        heads, bodies = (
            [data[a:b] for a, b in itertools.pairwise(offsets)]
            for data, offsets in (
                (pack["heads"].tobytes(), pack["heads_offsets"].tolist()),
                (pack["bodies"].tobytes(), pack["offsets"].tolist()),
            )
        )
        files = (io.BytesIO(heads[head] + body) for head, body in zip(pack["head"], bodies, strict=True))
        pixels = np.stack([np.asarray(Image.open(file).convert("RGB")) for file in files])
        label, test, source = (pack[key] for key in ("label", "test", "source"))
        pixels = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))
        return Photos(pixels, label.astype(np.int64), test, source.astype(np.int64), pack["sources"].tolist())


def archived(archives: dict[Path, tuple[str, int, dict[str, bool]]]) -> Photos:
    """The photographs of CIFAR's own binary archives: a byte or two of labels, then red, green and blue planes."""
    parts: list[tuple[np.ndarray, ...]] = []
    first = 0
    for source, (path, (name, labels, files)) in enumerate(archives.items()):
        with tarfile.open(path) as archive:
            for member in archive:
                kind = next((kind for kind in files if Path(member.name).name.startswith(kind)), None)
                data = archive.extractfile(member)
                if kind is None or data is None:
                    continue
                rows = np.frombuffer(data.read(), np.uint8).reshape(-1, labels + 3 * SIDE**2)
                pixels = rows[:, labels:].reshape(-1, 3, SIDE, SIDE)
                whole = np.ones(len(rows), np.int64)
                held = np.full(len(rows), files[kind])
                parts.append((pixels, rows[:, labels - 1] + first * whole, held, source * whole))
        first += len(photo_words.names(name))
    pixels, label, test, origin = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Photos(pixels, label, test, origin, [name for name, *_ in archives.values()])


def ways_to_ask(dictionary: Dictionary, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Ways to ask for each thing, as `data.Phrases` draws them: words (things, PHRASES, ASKED) and letters (things,
    PHRASES, ASKED, LETTERS)."""
    random, phrases = np.random.default_rng(seed), Phrases(dictionary)
    numbers, letters = [], []
    for entry in dictionary.entries:
        texts = [phrases.ask(Shown((entry["name"],)), random) for _ in range(PHRASES)]
        found = [dictionary.encode(tuple(text.split()[: ASKED - 2])) for text in texts]
        numbers.append([row[:ASKED] for row, _ in found])
        letters.append([rows[:ASKED] for _, rows in found])
    shape = (len(dictionary.entries), PHRASES, ASKED)
    return torch.tensor(numbers).view(shape), torch.tensor(letters).view(*shape, LETTERS)


def photo_batches(taught: Photos, dictionary: Dictionary, size: int, share: float, seed: int, start: int = 0):
    """Endless random batches: pictures (size, 3, 32, 32) uint8, half of them mirrored, words (size, ASKED) and letters
    (size, ASKED, LETTERS). The same seed gives the same batches; `start` is the number of batches to leave out.

    Args:
        share: of a batch that is of the first source.
    """
    words, letters = ways_to_ask(dictionary, seed)
    pixels = torch.from_numpy(taught.pixels)
    groups = [np.flatnonzero((taught.source == 0) == first) for first in (True, False)]
    counts = [round(size * share), size - round(size * share)] if len(groups[1]) else [size, 0]
    step = start
    while True:
        random = np.random.default_rng((seed, step))
        chosen = np.concatenate([random.choice(group, n) for group, n in zip(groups, counts, strict=True) if n])
        pictures = pixels[chosen]
        mirrored = torch.from_numpy(random.random(size) < 0.5).view(-1, 1, 1, 1)
        way, named = random.integers(PHRASES, size=size), torch.from_numpy(random.random(size) >= NAMELESS).long()
        label = taught.label[chosen]
        yield {
            "pictures": torch.where(mirrored, pictures.flip(-1), pictures),
            "words": words[label, way] * named.view(-1, 1),
            "letters": letters[label, way] * named.view(-1, 1, 1),
        }
        step += 1
