"""Augmented stories, without a teacher: `python -m resgen.training.text.augment.build [--written N]`.

The stories that are there and those that a teacher wrote, each behind a header of what it is about
(`resgen.training.text.themes`), and many with other things in them (`resgen.training.text.augment.nouns`), so that a
network that has overfit on them learns to look at the header and to keep to it: `resgen.training.text.train --preset
retold`.
"""

import argparse
import itertools
import json
import logging

import numpy as np

from resgen import checkpoint
from resgen.text.tokenizer import Tokenizer
from resgen.training.run import data_file, show_progress
from resgen.training.text import data
from resgen.training.text.augment.nouns import substitute_nouns
from resgen.training.text.soft_targets import TOP_K, SoftTargets, found, retold_card, shards, some
from resgen.training.text.themes import Themes

LOG = logging.getLogger(__name__)
FURTHER = ("more", "recased")  # further stories of the set that the sample is of, where RESGEN_DATA has them


def one_hot_targets(heads: list[int], text: list[int], end: int) -> SoftTargets:
    """One document, of which what comes next is sure at each place, and the end as well.

    Args:
        heads: ids of its end token and header, from which nothing is to be learned.
        text: its ids.
    """
    tokens = np.array(heads + text, np.uint16)
    topk_ids, topk_probs = np.zeros((len(tokens), TOP_K), np.uint16), np.zeros((len(tokens), TOP_K), np.float16)
    learned = slice(len(heads) - 1, None)
    topk_ids[learned, 0], topk_probs[learned, 0] = [*text, end], 1
    return SoftTargets(tokens, np.zeros(1, np.int64), topk_ids, topk_probs)


def augment(texts: list[str], tokenizer: Tokenizer) -> SoftTargets:
    """All texts, each behind a header of some of its themes, changed or not. Those without a header stay as they were:
    nothing would say beforehand what is other in them."""
    themes = Themes(texts)
    changed, headers = [], []
    for number, text in enumerate(texts):
        draw = np.random.default_rng(number)
        other = substitute_nouns(text, draw)
        header = some(themes.of(other), draw)
        changed.append(other if header else text)
        headers.append([tokenizer.end, *tokenizer.header(header)])
    encoded = tokenizer.encode_batch(changed)
    return SoftTargets.join(
        [one_hot_targets(heads, ids, tokenizer.end) for heads, ids in zip(headers, encoded, strict=True)]
    )


def stories() -> list[str]:
    """The real ones: the sample, and what further ones there are, none of which is like a validation story."""
    texts = data.documents("tinystories", "train")
    for split in FURTHER:
        if data_file(f"text/tinystories_{split}.txt.gz"):
            texts += data.documents("tinystories", split)
    return data.clean("tinystories", data.apart(texts, data.documents("tinystories", "valid")))[0]


def written(tokenizer: Tokenizer, most: int | None) -> list[str]:
    """What a teacher wrote: its stories in the cache, and the texts of other runs in RESGEN_DATA.

    Args:
        most: so many of them, drawn; None: all.
    """
    texts = [text for path in found("written") for text in SoftTargets.load(path).texts(tokenizer)]
    for number in itertools.takewhile(lambda n: data_file(f"text/written_{n}.txt.xz"), itertools.count()):
        texts += data.documents("written", str(number))
    texts = data.apart(texts, data.documents("tinystories", "valid"))
    return np.random.default_rng(0).permutation(np.array(texts, object))[:most].tolist()


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m resgen.training.text.augment.build", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--written", type=int, help="only so many of the stories that a teacher wrote; default: all")
    args = parser.parse_args(arguments)
    show_progress()
    tokenizer = Tokenizer(checkpoint.load("text")[2]["tokenizer"])
    real, synthetic = stories(), written(tokenizer, args.written)
    sample = set(data.documents("tinystories", "train"))
    further = sum(text not in sample for text in real)
    path = shards("retold") / "00000.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    augment(real + synthetic, tokenizer).save(path)
    counts = {"stories": len(real) - further, "further": further, "written": len(synthetic)}
    retold_card().write_text(json.dumps(counts))
    LOG.info("%s: %s stories", path, f"{len(real + synthetic):,}")


if __name__ == "__main__":
    main()
