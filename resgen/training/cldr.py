"""Make the table of Unicode's CLDR that `resgen.cldr` reads: `python -m resgen.training.cldr [--out FILE]`. Needs npm.

Each line is an emoji, its English name, its other English names, its English keywords and its Chinese names.
"""

import argparse
from pathlib import Path

from resgen import cldr
from resgen.training.image.build_dataset import word_entries

CHINESE_NAMES = 8  # of an emoji, at most: the label and its first keywords


def lines() -> list[str]:
    """One an emoji, sorted by the order of Unicode; flags are left out."""
    listed = []
    for entry in word_entries():
        if entry["name"].startswith("flag ") or not entry["emoji"]:
            continue
        chinese = [word for word in entry["chinese"][:CHINESE_NAMES] if not word.isascii()]
        fields = [[entry["emoji"].replace("\ufe0f", "")], [entry["name"]], entry["aliases"], entry["words"], chinese]
        listed.append("\t".join("|".join(field) for field in fields))
    return listed


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m resgen.training.cldr", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=cldr.FILE)
    parser.parse_args(arguments).out.write_text("\n".join(lines()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
