"""The sheets in `assets/examples`, of things fixed before the first was drawn: `python -m resgen.image.examples`.

Nothing is chosen: default settings, seeds counted from 0.
"""

from pathlib import Path

from resgen import load
from resgen.engine import settings_of
from resgen.image.engine import STYLES, grid, save_png

FOLDER = Path(__file__).parents[2] / "assets" / "examples"
THINGS = (
    ("red car", "apple", "dog face", "rocket", "teapot", "rose", "pizza", "owl", "castle", "guitar", "cat", "horse")
    + ("sailboat", "airplane", "bicycle", "strawberry", "banana", "cactus", "snowman", "house", "birthday cake")
    + ("butterfly", "turtle", "camera")
)
# What no set of emoji holds.
ASKED = (
    ("blue owl", "purple cat", "green dog", "pink elephant", "black rose", "yellow rocket", "white car", "red whale")
    + ("two cats", "three rockets", "two roses", "three owls")
    + ("cat and dog", "owl and teapot", "pizza and rocket", "horse and castle")
)
IN_FOUR_STYLES = ("dog", "car", "castle", "rocket", "pizza", "owl")


def main() -> None:
    painter = load("image")
    steps, guidance = (settings_of(painter.request)[name][1] for name in ("steps", "guidance"))
    read = painter.dictionary.read
    sheets = {
        "things.png": ([(thing, "noto") for thing in THINGS], 8),
        "asked.png": ([(words, STYLES[i % 4]) for i, words in enumerate(ASKED)], 8),
        "styles.png": ([(thing, style) for style in STYLES for thing in IN_FOUR_STYLES], len(IN_FOUR_STYLES)),
    }
    for file, (pairs, columns) in sheets.items():
        words = [read(thing).words for thing, _ in pairs]
        *_, pixels = painter.paint(words, [style for _, style in pairs], list(range(len(pairs))), steps, guidance)
        settings = {
            "model": painter.card["name"],
            "pairs": pairs,
            "steps": steps,
            "guidance": guidance,
            "first_seed": 0,
        }
        save_png(grid(painter.enlarge(pixels), columns).reduce(2), FOLDER / file, settings)
        print(FOLDER / file)


if __name__ == "__main__":
    main()
