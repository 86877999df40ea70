"""More to learn from than the sample of stories: `python -m resgen.training.text.distil.teacher`.

SmolLM2-135M goes on learning from the stories there are until it writes like them (`--preset cpu|gpu`, once). Then it
tells, for each of them, what it would have gone on with at each place, and writes new ones on words drawn from theirs,
telling the same (`--stories N`): `resgen.training.text.soft_targets` in the cache, a shard at a time. It can be
stopped and called again, and several can write side by side.
"""

import itertools
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from resgen import checkpoint, device
from resgen.text.tokenizer import Tokenizer
from resgen.training.loop import train
from resgen.training.optim import Schedule
from resgen.training.run import cache, chosen, provenance, run_options, try_lock
from resgen.training.text import data
from resgen.training.text.data import prepare
from resgen.training.text.distil.align import Alignment
from resgen.training.text.distil.filters import QualityFilter
from resgen.training.text.distil.smollm import LONGEST, Cache, SmolLM, load
from resgen.training.text.losses import bits_per_byte, next_token_loss
from resgen.training.text.soft_targets import (
    MOST_WORDS,
    TOP_K,
    SoftTargets,
    count,
    likeliest,
    shards,
    some,
    teacher_card,
)
from resgen.training.text.themes import Themes

SHARD = 500  # given stories a file
SCORED = 16  # of them at once
# Cooler, it writes the same few stories, and these make no more sense.
TEMPERATURE, MIN_P = 1.0, 0.1
FEW = 0.02  # of a batch's stories: when no more are still going on, they are left


@dataclass(frozen=True)
class Options:
    """One run of learning."""

    batch_size: int = 10  # a batch and process
    length: int = 384  # tokens a row
    at_once: int = 160  # stories written side by side
    schedule: Schedule = field(default_factory=Schedule)


SLOW: dict[str, Any] = {
    "optimiser": "adamw",
    "lr_kernels": 3e-4,
    "lr_other": 3e-4,
    "lr_embedding": 6e-4,
    "weight_decay": 0.01,
}
PRESETS = {
    # Meant for two processes of one thread: `torchrun --standalone --nproc_per_node 2 -m
    # resgen.training.text.distil.teacher`.
    "cpu": Options(schedule=Schedule(steps=300, warmup=15, ema=0.97, decay=0.9, save_minutes=8, **SLOW)),
    # A minute of one H200: 0.4817 bits per byte of 150 validation stories. Then five processes write side by side, of
    # 24 GB each. To compile the blocks would take longer than to learn.
    "gpu": Options(
        batch_size=32,
        at_once=1792,
        schedule=Schedule(steps=500, warmup=20, ema=0.97, decay=0.9, save_minutes=0.5, compile=False, **SLOW),
    ),
    # To go on with, from a teacher that has learned: as fast, in another order.
    "more": Options(schedule=Schedule(steps=340, warmup=15, ema=0.97, decay=0.9, save_minutes=8, seed=2, **SLOW)),
    "smoke": Options(batch_size=1, length=64, schedule=Schedule(steps=2, warmup=1, compile=False, **SLOW)),
}


def drawn_from(shares: Tensor, random: torch.Generator) -> Tensor:
    """One token a row: that in whose share a number drawn on the CPU falls. (B, vocabulary) in 0-1 -> (B,)."""
    ends = shares.cumsum(-1)
    at = 1 - torch.rand(len(shares), 1, generator=random)  # above 0, so that no token without a share is hit
    return torch.searchsorted(ends, at.to(ends.device) * ends[:, -1:]).squeeze(1)


@torch.inference_mode()
def write(network: SmolLM, begun: list[list[int]], end: int, seed: int) -> tuple[np.ndarray, ...]:
    """Go on with several beginnings, each until its end token.

    Args:
        begun: ids of each.

    Returns:
        tokens (B, LONGEST) int64 from the beginning on; sizes (B,): how many of them are of the story, without its end
        token, 0 where it found no end within LONGEST, or not until nearly all others had; topk_ids and topk_probs
        (B, LONGEST, TOP_K) after each token, those from which the next one was drawn.
    """
    random = torch.Generator().manual_seed(seed)
    tokens = np.zeros((len(begun), LONGEST), np.int64)
    sizes = np.zeros(len(begun), np.int64)
    topk_ids = np.zeros((len(begun), LONGEST, TOP_K), np.uint16)
    topk_probs = np.zeros(topk_ids.shape, np.float16)
    given = np.array([len(row) for row in begun])
    for row, ids in zip(tokens, begun, strict=True):
        row[: len(ids)] = ids
    rows = np.arange(len(begun))  # of the stories in the cache; those that ended stay until it pays to move the others
    weights = network.token_embd.weight
    remembered = Cache(len(begun), weights)
    for place in range(1, LONGEST):
        read = torch.from_numpy(tokens[rows, place - 1 : place]).to(weights.device)
        logits = network(read, remembered)[:, -1].float()
        shares = (logits / TEMPERATURE).softmax(-1)
        shares[shares < MIN_P * shares.amax(-1, keepdim=True)] = 0
        shares /= shares.sum(-1, keepdim=True)
        topk_ids[rows, place - 1], topk_probs[rows, place - 1] = likeliest(shares)
        drawn = drawn_from(shares, random).cpu().numpy()
        free = (place >= given[rows]) & (sizes[rows] == 0)
        tokens[rows[free], place] = drawn[free]
        over = free & (drawn == end)
        sizes[rows[over]] = place
        going = np.flatnonzero(sizes[rows] == 0)
        if len(going) <= FEW * len(begun):
            break
        if len(going) <= 0.85 * len(rows):
            remembered.keep(torch.from_numpy(going).to(weights.device))
            rows = rows[going]
    return tokens, sizes, topk_ids, topk_probs


def written(
    network: SmolLM,
    alignment: Alignment,
    topic_words: np.ndarray,
    quality: QualityFilter,
    themes: Themes,
    number: int,
    at_once: int,
) -> SoftTargets:
    """A shard of new stories: those of `at_once` that have no faults.

    Args:
        topic_words: the words that are drawn from.
        number: of the shard; the same one has the same stories.

    Raises:
        RuntimeError: there are none.
    """
    tokenizer = alignment.teacher
    draw = np.random.default_rng(number)
    drawn = [draw.choice(topic_words, draw.integers(0, MOST_WORDS + 1)).tolist() for _ in range(at_once)]
    begun = [[tokenizer.end, *tokenizer.header(list(dict.fromkeys(words)))] for words in drawn]
    found = write(network, begun, tokenizer.end, number)
    parts: list[SoftTargets | None] = []
    for given, tokens, size, topk_ids, topk_probs in zip(begun, *found, strict=True):
        story = slice(len(given), size)
        text = tokenizer.decode(tokens[story].tolist()).strip()
        if size and not quality.reasons(text):
            # It often forgets a word it was asked for, or names it once: the student learns what the story is about.
            about = some(themes.of(text), draw)
            first = len(given) - 1
            parts.append(
                alignment.soft_targets(about, tokens[story], topk_ids[first:size], topk_probs[first:size], True)
            )
    if not any(parts):
        raise RuntimeError(
            "No story that was written is one to learn from: teach the teacher for longer (--preset cpu)."
        )
    return SoftTargets.join([part for part in parts if part])


@torch.inference_mode()
def score_corpus(network: SmolLM, alignment: Alignment, corpus: data.Corpus, chosen: range) -> SoftTargets:
    """What the teacher makes of stories that are there: documents of the corpus, which has its tokens, each behind a
    header drawn for it, as far as it fits LONGEST."""
    documents = []
    for number in chosen:
        draw = np.random.default_rng([0, number])
        words = some(corpus.words[number].split(), draw)
        heads = [alignment.teacher.end, *alignment.teacher.header(words)]
        text = corpus.tokens[corpus.offsets[number] : corpus.offsets[number + 1]].astype(np.int64)
        documents.append((words, heads, text[: LONGEST - len(heads)], len(heads) + len(text) <= LONGEST))
    found: dict[int, SoftTargets | None] = {}
    order = sorted(range(len(documents)), key=lambda place: len(documents[place][2]))
    for start in range(0, len(order), SCORED):
        group = order[start : start + SCORED]
        rows = [np.concatenate((np.array(documents[place][1]), documents[place][2])) for place in group]
        longest = max(map(len, rows))
        padded = np.stack([np.pad(row, (0, longest - len(row))) for row in rows])
        read = torch.from_numpy(padded).to(network.turn.device)
        topk_ids, topk_probs = likeliest(network(read).float().softmax(-1))
        for place, row, guess, chance in zip(group, rows, topk_ids, topk_probs, strict=True):
            words, heads, text, ended = documents[place]
            there = slice(len(heads) - 1, len(row))
            found[place] = alignment.soft_targets(words, text, guess[there], chance[there], ended)
    return SoftTargets.join([part for place in range(len(documents)) if (part := found[place])])


def run_teacher(network: SmolLM, alignment: Alignment, corpus: data.Corpus, stories: int, at_once: int) -> None:
    """Tell of all stories of the corpus, then write until there are so many, side by side."""
    documents = len(corpus.words)
    for number in range(-(-documents // SHARD)):
        path = shards("stories") / f"{number:05d}.npz"
        with try_lock(path.with_suffix(".lock")) as ours:
            if ours and not path.exists():
                chosen = range(number * SHARD, min(documents, (number + 1) * SHARD))
                score_corpus(network, alignment, corpus, chosen).save(path)
    given = [alignment.teacher.decode(ids.tolist()) for ids in np.split(corpus.tokens, corpus.offsets[1:-1])]
    quality, themes = QualityFilter(given), Themes(given)
    # A word as often as stories are about it.
    topic_words = np.array([word for words in corpus.words for word in words.split()])
    for number in itertools.count():
        if count("written") >= stories:
            break
        path = shards("written") / f"{number:05d}.npz"
        with try_lock(path.with_suffix(".lock")) as ours:
            if ours and not path.exists():
                written(network, alignment, topic_words, quality, themes, number, at_once).save(path)


def restored(path: Path | str) -> tuple[SmolLM, Tokenizer]:
    """A teacher that has learned, and its tokens, from the file it was saved in."""
    saved = torch.load(path, weights_only=True)
    tokenizer = Tokenizer(saved["tokenizer"])
    network = SmolLM(len(tokenizer))
    network.load_state_dict(saved["weights"])
    return network, tokenizer


def main(arguments: list[str] | None = None) -> None:
    parser = run_options("resgen.training.text.distil.teacher", __doc__.splitlines()[0], PRESETS, "teacher")
    parser.add_argument("--stories", type=int, default=0, help="write on until there are so many")
    args = parser.parse_args(arguments)
    options, folder = chosen(args, PRESETS)
    schedule = options.schedule
    where = device.choose()
    precision = device.precision(where)
    taught = folder / f"{args.name}.pt"
    before = None
    if (known := taught if taught.exists() else args.init) is not None:
        network, tokenizer = restored(known)
        before = json.loads(teacher_card().read_text())
    else:
        network, tokenizer = load(cache() / "data" / "smollm", data.documents("tinystories", "train"))
    corpus = prepare(tokenizer.serialized, ["tinystories"])
    if taught.exists():
        alignment = Alignment(tokenizer, Tokenizer(checkpoint.load("text")[2]["tokenizer"]))
        network.to(where, precision)
        run_teacher(network.eval(), alignment, corpus, args.stories, options.at_once)
        return
    valid = list(corpus.valid[:150])
    for block in network.blk if schedule.compile else ():
        block.compile()  # all as one: it is compiled once; the whole would be thirty times as much

    def batches(start: int, process: int):
        return corpus.batches(options.batch_size, options.length, schedule.seed + process, start)

    def report(network: SmolLM) -> dict:
        with torch.autocast(where.type, torch.bfloat16, enabled=precision == torch.bfloat16):
            return {"valid": round(bits_per_byte(network, tokenizer, valid), 4)}

    network, facts = train(network, next_token_loss, batches, replace(schedule, compile=False), folder, report)
    weights = {name: value.bfloat16() for name, value in network.state_dict().items()}
    torch.save({"tokenizer": tokenizer.serialized, "weights": weights}, taught)
    teacher_card().parent.mkdir(parents=True, exist_ok=True)
    made = provenance("resgen.training.text.distil.teacher", arguments, network)
    teacher_card().write_text(json.dumps({**facts, **made, "before": before}))


if __name__ == "__main__":
    main()
