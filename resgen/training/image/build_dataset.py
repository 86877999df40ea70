"""Make the picture data from its public source: `python -m resgen.training.image.build_dataset --out FOLDER [--size
256]`.

Needs npm and `pip install resvg-py`; takes about a minute, with `--size 256` some more. Writes emoji64_webp.npz (64 x
64 RGBA pictures of four emoji sets; the upscaler needs them at 256 too) and emoji_words.json (the words CLDR gives to
each name). With resvg-py 0.5.0 and pillow 12.3.0 the pictures are, byte for byte, those the models were trained on.
"""

import argparse
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from resgen.image.prompt import plain
from resgen.training.packages import npm_files

# Style -> npm package. The versions are fixed: other ones have other names and pictures.
SETS = {
    "fluent 3d": "@iconify-json/fluent-emoji@1.2.7",
    "fluent flat": "@iconify-json/fluent-emoji-flat@1.2.6",
    "noto": "@iconify-json/noto@1.2.9",
    "twemoji": "@iconify-json/twemoji@1.2.5",
}
# Not "light", "medium" and "dark" alone, of the two Fluent sets: they are words of things too (light bulb), and
# people are no part of the training anyway.
SKIN_TONES = ("skin tone", "medium light", "medium dark")
SIZE = 64  # pixels a side the painter learns from


def npm_json(package: str, *files: str) -> list[dict]:
    """JSON files of an npm package, as `resgen.training.packages.npm_files` fetches them."""
    return [json.loads(content) for content in npm_files(package, *files)]


def word_entries() -> list[dict]:
    """Per emoji {"name", "emoji", "aliases", "words", "chinese"}: name as in the pictures' names, other names that
    mean this emoji alone, English keywords, and the Chinese label followed by Chinese keywords."""
    english, chinese, *shortcodes = npm_json(
        "emojibase-data@17.0.0",
        "en/data.json",
        "zh/data.json",
        "en/shortcodes/emojibase.json",
        "en/shortcodes/github.json",
    )
    translated = {entry["hexcode"]: entry for entry in chinese}
    taken = {plain(entry["label"]) for entry in english}  # a label always means its own emoji
    entries = []
    for entry in english:
        code = entry["hexcode"]
        aliases = []
        for table in shortcodes:
            found = table.get(code, [])
            for alias in map(plain, [found] if isinstance(found, str) else found):
                if alias and alias not in taken and not alias[-1:].isdigit():
                    taken.add(alias)
                    aliases.append(alias)
        entries.append(
            {
                "name": plain(entry["label"]),
                "emoji": entry["emoji"],
                "aliases": aliases,
                "words": [word for word in map(plain, entry.get("tags", [])) if word],
                "chinese": [translated[code]["label"], *translated[code].get("tags", [])],
            }
        )
    return entries


def pack(size: int = SIZE) -> dict[str, np.ndarray]:
    """The arrays of emoji64_webp.npz, or of one with other pixels a side: webp (all files' bytes end to end), offsets
    (n + 1), name and style (indices into names and styles), names, styles, categories (one a name, may be empty).

    Pictures are sorted by name, then in the order of SETS; names are those of at least two sets, without skin tones.

    Raises:
        RuntimeError: resvg-py or npm is missing, or npm failed.
    """
    try:
        import resvg_py
    except ImportError as error:
        raise RuntimeError("The pictures are drawn from SVG by resvg: pip install resvg-py") from error

    sets: list[dict] = []
    category: dict[str, str] = {}
    for package in SETS.values():
        icons, metadata = npm_json(package, "icons.json", "metadata.json")
        sets.append(icons)
        for title, members in metadata.get("categories", {}).items():
            for key in members:
                category.setdefault(key, title)  # sets disagree on a few names, such as crab: the first one counts
    count = Counter(key for icons in sets for key in icons["icons"])
    spaced = {key.replace("-", " "): key for key in count if count[key] > 1}
    names = sorted(name for name in spaced if not any(tone in name for tone in SKIN_TONES))

    # The last half of the bytes would cost large pictures thirty times the time.
    effort: dict[str, int] = {} if size == SIZE else {"method": 0, "quality": 0}
    files, indices = [], []
    for name_index, name in enumerate(names):
        for style_index, icons in enumerate(sets):
            icon = icons["icons"].get(spaced[name])
            if icon:
                width, height = icon.get("width", icons["width"]), icon.get("height", icons["height"])
                svg = (
                    f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
                    f'viewBox="0 0 {width} {height}" width="{size}" height="{size}">{icon["body"]}</svg>'
                )
                png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)  # no emoji has text
                file = io.BytesIO()
                Image.open(io.BytesIO(png)).convert("RGBA").save(file, "webp", lossless=True, **effort)
                files.append(file.getvalue())
                indices.append((name_index, style_index))
    name, style = np.array(indices).T
    return {
        "webp": np.frombuffer(b"".join(files), np.uint8),
        "offsets": np.cumsum([0, *map(len, files)], dtype=np.int64),
        "name": name.astype(np.int32),
        "style": style.astype(np.uint8),
        "names": np.array(names),
        "styles": np.array(list(SETS)),
        "categories": np.array([category.get(spaced[name], "") for name in names]),
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m resgen.training.image.build_dataset", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="made if it is not there")
    parser.add_argument("--size", type=int, default=SIZE, help="pixels a side of the pictures (64)")
    args = parser.parse_args(arguments)
    folder = args.out
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # The quick one first: a folder that cannot be written to fails before the long drawing.
        words = json.dumps(word_entries(), ensure_ascii=False)
        (folder / "emoji_words.json").write_text(words, encoding="utf-8")
        arrays: dict[str, Any] = pack(args.size)
        np.savez(folder / f"emoji{args.size}_webp.npz", **arrays)
    except OSError as error:
        raise SystemExit(f"Cannot write to {folder}: {error}") from error
    except RuntimeError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
