"""Twenty stories on topics fixed before the first was written: `python -m resgen.evaluation.text.examples`.

Prints `assets/examples/stories.md`; nothing is chosen or edited.
"""

from resgen import load

TOPICS = [
    ("car", "rain"),
    ("dog", "ball"),
    ("dragon", "cake"),
    ("boat", "storm"),
    ("robot", "garden"),
    ("train", "snow"),
    ("owl", "moon"),
    ("princess", "frog"),
    ("truck", "mud"),
    ("bear", "honey"),
    ("kite", "wind"),
    ("bus", "school"),
    ("fish", "river"),
    ("king", "crown"),
    ("plane", "cloud"),
    ("cat", "window"),
    ("bike", "hill"),
    ("doctor", "medicine"),
    ("tree", "bird"),
    ("apple", "market"),
]
TEMPERATURE = 0.8


def main() -> None:
    writer = load("text")
    print("# Twenty stories, unedited\n")
    print(
        f"Model `{writer.card['name']}`, sha256 `{writer.card['sha256'][:12]}…`, temperature {TEMPERATURE}, the other"
    )
    print("settings as they are, seeds 0-19, one topic pair each, fixed before the first was written. Made by")
    print("`python -m resgen.evaluation.text.examples`.")
    for seed, words in enumerate(TOPICS):
        result = writer.write(topic=", ".join(words), temperature=TEMPERATURE, seed=seed)
        print(f"\n## {', '.join(words)} (seed {seed})\n\n{result.text}")


if __name__ == "__main__":
    main()
