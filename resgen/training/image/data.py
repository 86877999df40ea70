"""Where the pictures come from and which are never trained on. Called by `resgen.training.image.train` and
`resgen.evaluation.image.evaluate`, never by the running app.

The pack `image/emoji64_webp.npz` of the folder named by RESGEN_DATA is
used where it is there; `python -m resgen.training.image.build_dataset` makes the same one from the public npm packages.
"""

import io
import itertools
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from resgen.errors import DataError
from resgen.image.autoencoder import Autoencoder
from resgen.image.pixels import over_white_with_alpha
from resgen.image.prompt import ALPHABET, WORDS, Dictionary
from resgen.training.image.build_dataset import word_entries
from resgen.training.run import cache, data_file

CREDITS = {
    "fluent": "Fluent Emoji 3D and flat, Microsoft, MIT, npm: @iconify-json/fluent-emoji and -fluent-emoji-flat",
    "noto": "Noto Emoji, Google, Apache-2.0, npm: @iconify-json/noto",
    "twemoji": "Twemoji, Twitter and contributors, CC BY 4.0, npm: @iconify-json/twemoji",
    "emojibase": "words for emoji from Unicode CLDR by emojibase, MIT, npm: emojibase-data",
}
UNLIKE = ("People & Body", "Flags", "")  # categories that the autoencoder does not learn from
THINGS = ("Animals & Nature", "Food & Drink", "Travel & Places", "Objects", "Activities")
HELD_OUT = Path(__file__).with_name("held_out.json")


@dataclass
class Pictures:
    """Pictures of named things.

    Fields: pixels (N, 4, 64, 64) uint8, red, green, blue over white, then alpha; name (N,) and style (N,), indices
    into names and styles; categories: one a name.
    """

    pixels: np.ndarray
    name: np.ndarray
    style: np.ndarray
    names: list[str]
    styles: list[str]
    categories: list[str]

    def __len__(self) -> int:
        return len(self.pixels)

    def select(self, keep: np.ndarray) -> "Pictures":
        """The pictures where `keep` (N,) is true; names and styles keep their indices."""
        return Pictures(self.pixels[keep], self.name[keep], self.style[keep], self.names, self.styles, self.categories)

    def pairs(self) -> list[tuple[str, str]]:
        """(name, style) of each picture."""
        return [(self.names[n], self.styles[s]) for n, s in zip(self.name, self.style, strict=True)]


def to_bytes(pictures: Tensor) -> Tensor:
    """float in about [-1, 1] -> uint8 0-255."""
    return ((pictures.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)


def to_float(pictures: Tensor) -> Tensor:
    """uint8 0-255 -> float in [-1, 1], as the networks see pictures."""
    return pictures.float() / 127.5 - 1


@lru_cache(maxsize=2)
def emoji(size: int = 64) -> Pictures:
    """All pictures of the pack with so many pixels a side.

    Raises:
        DataError: there is no pack; says how to make one.
    """
    file = f"emoji{size}_webp.npz"
    path = data_file(f"image/{file}")
    if path is None:
        raise DataError(
            f"image/{file} is not in RESGEN_DATA. Make it: python -m resgen.training.image.build_dataset --size {size} "
            "--out FOLDER/image, then set RESGEN_DATA=FOLDER."
        )
    with np.load(path) as pack:
        data, offsets = pack["webp"].tobytes(), pack["offsets"]
        files = [data[a:b] for a, b in itertools.pairwise(offsets)]
        pictures = [np.asarray(Image.open(io.BytesIO(file)).convert("RGBA")) for file in files]
        pixels = np.stack([over_white_with_alpha(picture).transpose(2, 0, 1) for picture in pictures])
        text = {key: pack[key].tolist() for key in ("names", "styles", "categories")}
        return Pictures(pixels, pack["name"].astype(np.int64), pack["style"].astype(np.int64), **text)


def things(pictures: Pictures) -> Pictures:
    """Those that are no people, smileys, symbols or flags."""
    kept = np.array([category in THINGS for category in pictures.categories])
    return pictures.select(kept[pictures.name])


def held_out(pictures: Pictures) -> tuple[np.ndarray, np.ndarray]:
    """Which pictures are never trained on: two masks (N,), held-out pairs and pictures of held-out names.

    The list (150 (name, style) pairs of things whose name has other styles, 40 names of things made of words that
    occur in other names) was drawn once, before the first training.
    """
    listed = json.loads(HELD_OUT.read_text())
    pairs, names = {tuple(pair) for pair in listed["pairs"]}, set(listed["names"])
    return (
        np.array([pair in pairs for pair in pictures.pairs()]),
        np.array([name in names for name, _ in pictures.pairs()]),
    )


def training(pictures: Pictures) -> Pictures:
    """All but the held-out ones."""
    pairs, names = held_out(pictures)
    return pictures.select(~(pairs | names))


def for_autoencoder(pictures: Pictures) -> Pictures:
    """Those that the autoencoder learns from: more than things."""
    pictures = training(pictures)
    kept = np.array([category not in UNLIKE for category in pictures.categories])
    return pictures.select(kept[pictures.name])


def picture_batches(pictures: Pictures, size: int, shift: int, seed: int, start: int = 0):
    """Endless random batches {"pictures": (size, 4, 64, 64) uint8}, half of them moved by up to `shift` pixels.

    The same seed gives the same batches; `start` is the number of batches to leave out.
    """
    pixels = torch.from_numpy(pictures.pixels)
    empty = torch.tensor([255, 255, 255, 0], dtype=torch.uint8).view(4, 1, 1)
    for step in itertools.count(start):
        random = np.random.default_rng((seed, step))
        batch = pixels[random.integers(len(pixels), size=size)]
        for picture, (right, down) in zip(batch[::2], random.integers(-shift, shift + 1, (size // 2, 2)), strict=False):
            wide = empty.expand(4, 64 + 2 * shift, 64 + 2 * shift).clone()
            wide[:, shift : shift + 64, shift : shift + 64] = picture
            picture.copy_(wide[:, shift + down : shift + down + 64, shift + right : shift + right + 64])
        yield {"pictures": batch}


def words() -> dict[str, dict]:
    """name -> the words CLDR gives it, as of `resgen.training.image.build_dataset.word_entries`; fetched if they are
    nowhere here."""
    path = data_file("image/emoji_words.json") or cache() / "data" / "emoji_words.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(word_entries(), ensure_ascii=False))
    return {entry["name"]: entry for entry in json.loads(path.read_text())}


def dictionary(pictures: Pictures) -> Dictionary:
    """The names of these pictures, their words, and the styles in which they may be trained on."""
    known: dict[str, dict] = words()
    taught: dict[str, list[str]] = {}
    for name, style in training(pictures).pairs():
        taught.setdefault(name, []).append(style)
    bare = {"emoji": "", "aliases": [], "words": [], "chinese": []}
    names = sorted({pictures.names[index] for index in pictures.name})
    entries = [{**bare, **known.get(name, {}), "name": name, "styles": taught.get(name, [])} for name in names]
    return Dictionary(json.dumps(entries, ensure_ascii=False))


def misspelt(phrase: str, random: np.random.Generator) -> str:
    """The phrase with one slip of the finger in its longest word: letters swapped, left out, doubled or wrong."""
    words = phrase.split()
    word = max(words, key=len)
    if len(word) < 4:
        return phrase
    at = int(random.integers(1, len(word) - 1))
    slips = (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + ALPHABET[random.integers(26)] + word[at + 1 :],
    )
    other = [slip for slip in slips if slip != word]
    words[words.index(word)] = other[random.integers(len(other))]
    return " ".join(words)


@dataclass(frozen=True)
class Shown:
    """What a picture shows, and how it is asked for.

    Args:
        names: of the things in it.
        template: with a place for each, such as "blue {}" or "{} and {}".
        without: words that the things must be asked for without, for they may contradict the template's.
    """

    names: tuple[str, ...]
    template: str = "{}"
    without: frozenset[str] = frozenset()


class Phrases:
    """Ways to ask for a thing, as training hears them: mostly its name, else another name, keywords, slips."""

    def __init__(self, dictionary: Dictionary):
        self.entries = {entry["name"]: entry for entry in dictionary.entries}
        self.owned = {p for entry in dictionary.entries for p in (entry["name"], *entry["aliases"])}

    def ask(self, shown: Shown, random: np.random.Generator) -> str:
        """A way to ask for a whole picture."""

        def bare(phrase: str) -> str:
            return " ".join(word for word in phrase.split() if word not in shown.without)

        things = [bare(self.draw(name, random)) or bare(name) or name for name in shown.names]
        return shown.template.format(*things)

    def draw(self, name: str, random: np.random.Generator) -> str:
        entry = self.entries[name]
        names = [name, *entry["aliases"]]
        other = names[random.integers(len(names))]
        # A keyword that is another thing's name means that thing.
        keywords = [word for word in entry["words"] if word not in self.owned]
        chance = random.random()
        if chance < 0.6:
            return name
        if chance < 0.75 or not keywords:
            return other
        if chance < 0.82:
            return misspelt(other, random)
        keyword = keywords[random.integers(len(keywords))]
        return keyword if chance < 0.9 else f"{keyword} {other}" if chance < 0.95 else f"{other} {keyword}"


def encoded(dictionary: Dictionary, texts: list[str]) -> dict[str, Tensor]:
    """What is asked for, as the painter reads it: words (N, W) and letters (N, W, L)."""
    words, letters = zip(*(dictionary.encode(tuple(text.split()[:WORDS])) for text in texts), strict=True)
    return {"words": torch.tensor(words), "letters": torch.tensor(letters)}


def code_batches(
    codes: Tensor,
    shown: list[Shown],
    style: np.ndarray,
    n_augmented: int,
    dictionary: Dictionary,
    size: int,
    seed: int,
    start: int = 0,
):
    """Endless random batches for the flow: codes (size, C, H, W), words (size, W), letters (size, W, L), style (size,).

    A tenth has neither words nor style, for guidance (arXiv:2207.12598); a twentieth each lacks one of them.

    Args:
        codes, shown, style: of all pictures; the number of no style is one more than the largest.
        n_augmented: the last so many are composites of the others; half of a batch, if there are any, is of them.
    """
    phrases, real, no_style = Phrases(dictionary), len(codes) - n_augmented, int(style.max()) + 1
    for step in itertools.count(start):
        random = np.random.default_rng((seed, step))
        chosen = random.integers(real, size=size)
        if n_augmented:
            chosen[size // 2 :] = real + random.integers(n_augmented, size=size - size // 2)
        fate = random.random(size)
        texts = [
            "" if f < 0.1 or 0.15 <= f < 0.2 else phrases.ask(shown[i], random)
            for i, f in zip(chosen, fate, strict=True)
        ]
        styles = np.where(fate < 0.15, no_style, style[chosen])
        yield {
            "codes": codes[chosen],
            **encoded(dictionary, texts),
            "style": torch.from_numpy(styles),
        }


@torch.no_grad()
def codes_of(autoencoder: Autoencoder, pictures: Pictures) -> Tensor:
    """(N, C, H, W): every picture's codes."""
    parts = torch.from_numpy(pictures.pixels).split(256)
    return torch.cat([autoencoder.encode(to_float(part)) for part in parts])
