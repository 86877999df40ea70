"""The text model learns which of its own stories are better: `python -m resgen.text.prefer --pairs N`, then
`python -m resgen.text.prefer --init stories`.

It writes eight stories on the same words; the critic (`resgen.text.critic`) says which of them seem most and least like
given ones; from such pairs it learns to write rather the one than the other (direct preference optimisation: Rafailov
et al., arXiv:2305.18290), and goes on with its lessons beside that.
"""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resgen import checkpoint
from resgen.text.cast import Cast
from resgen.text.critic import Critic, Read, judge, load_critic
from resgen.text.crowd import Rows, asked, write
from resgen.text.evaluate import bits_per_byte
from resgen.text.lessons import lesson_loss, shards, told
from resgen.text.model import TextNet
from resgen.text.tokenizer import Tokenizer
from resgen.text.train import prepare
from resgen.training import Schedule, alone, cache, provenance, run_options, train

GROUPS, EACH = 24, 8  # of a shard: headers, stories on each
TEMPERATURE, MIN_P = 0.85, 0.1  # about as people have them written
LONGEST = 384  # tokens of a story
ALIKE = 1.25  # times as long the one story of a pair may be as the other: what is learned is not the length
BETA = 0.1  # how far the student may go from what it was, small is far
SAY = 0.5  # weight of the better story's own cross-entropy
KEEP = 1.0  # weight of the lessons


@dataclass(frozen=True)
class Options:
    """One run."""

    pairs: int = 12  # a batch
    rows: int = 8  # of lessons beside them
    length: int = 384  # tokens of each
    schedule: Schedule = field(default_factory=Schedule)


SLOW = {"optimiser": "adamw", "lr_kernels": 1e-4, "lr_other": 1e-4, "lr_embedding": 1e-4, "weight_decay": 0.0}
PRESETS = {
    # Some minutes of one CPU thread.
    "cpu": Options(schedule=Schedule(steps=200, warmup=20, decay=0.6, ema=0.95, compile=False, **SLOW)),
    "smoke": Options(pairs=2, rows=2, length=64, schedule=Schedule(steps=2, warmup=1, compile=False, **SLOW)),
}


@dataclass
class Pair:
    """Two stories on the same words: ids with their header, without the end token; `begins` of them are the header."""

    better: list[int]
    worse: list[int]
    begins: int


def choose(stories: list[list[int]], scores: np.ndarray, begins: int) -> Pair | None:
    """Of stories on the same words the two that differ most in score, of those that do not differ much in length; None
    if there are no such two."""
    sizes = [len(story) - begins for story in stories]
    pairs = [
        (float(scores[one] - scores[two]), one, two)
        for one, two in itertools.permutations(range(len(stories)), 2)
        if max(sizes[one], sizes[two]) <= ALIKE * min(sizes[one], sizes[two])
    ]
    if not pairs:
        return None
    _, better, worse = max(pairs)
    return Pair(stories[better], stories[worse], begins)


def compared(
    student: nn.Module, spelt: Tokenizer, critic: Critic, tokenizer: Tokenizer, words: list[str], number: int
) -> list[Pair]:
    """The pairs of one shard.

    Args:
        spelt, tokenizer: the student's and the critic's.
        words: those that headers are drawn from.
        number: of the shard; the same one has the same stories.
    """
    draw = np.random.default_rng([number])
    topics = [topic for topic in (asked(words, draw) for _ in range(GROUPS)) for _ in range(EACH)]
    begun = [[spelt.end, *spelt.header(topic)] for topic in topics]
    tokens, sizes, *_ = write(student, Rows(), begun, spelt.end, number, TEMPERATURE, MIN_P, LONGEST)
    stories = [ids[:size].tolist() for ids, size in zip(tokens, sizes, strict=True)]
    there = [place for place, story in enumerate(stories) if story]  # those that came to an end
    texts = [spelt.decode(stories[place][len(begun[place]) :]).strip() for place in there]
    read = [Read.of(tokenizer, topics[place], text) for place, text in zip(there, texts, strict=True)]
    scores = dict(zip(there, judge(critic, read), strict=True))
    found = []
    for group in range(GROUPS):
        places = [place for place in range(group * EACH, (group + 1) * EACH) if place in scores]
        pair = choose([stories[p] for p in places], np.array([scores[p] for p in places]), len(begun[group * EACH]))
        found += [pair] if pair else []
    return found


def pairs_there() -> list[Pair]:
    """All pairs of all shards.

    Raises:
        FileNotFoundError: there are none; says how to make them.
    """
    found = [Pair(**pair) for path in sorted(shards("pairs").glob("*.json")) for pair in json.loads(path.read_text())]
    if not found:
        raise FileNotFoundError(
            "There are no pairs yet: python -m resgen.text.prefer --pairs 1000 (README, Train them)."
        )
    return found


def side_by_side(stories: list[list[int]], begins: list[int], end: int) -> dict[str, Tensor]:
    """Tokens and what follows each (B, T), padded, and where that is a story's (B, T) 0-1."""
    length = -(-max(map(len, stories)) // 64) * 64
    tokens = np.zeros((len(stories), length + 1), np.int64)
    within = np.zeros((len(stories), length), np.float32)
    for row, (story, begin) in enumerate(zip(stories, begins, strict=True)):
        tokens[row, : len(story) + 1] = [*story, end]
        within[row, begin - 1 : len(story)] = 1
    tokens = torch.from_numpy(tokens)
    return {"stories": tokens[:, :-1], "next": tokens[:, 1:], "within": torch.from_numpy(within)}


def likelihood(network: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Log-probability in nats of each story, (B,)."""
    logits = network(batch["stories"]).float()
    each = F.cross_entropy(logits.flatten(0, 1), batch["next"].flatten(), reduction="none")
    return -(each.view_as(batch["within"]) * batch["within"]).sum(1)


def preference_loss(network: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Equation 7 of arXiv:2305.18290, a share of the better stories' cross-entropy, and that of the lessons. The batch
    is that of `side_by_side`, first all better stories, then the worse ones; `before` (B,), what they were worth to the
    network as it was; and a batch of lessons."""
    found = likelihood(network, batch)
    better, worse = (found - batch["before"]).chunk(2)
    length = batch["within"].chunk(2)[0].sum()
    said = -found.chunk(2)[0].sum() / length
    return -F.logsigmoid(BETA * (better - worse)).mean() + SAY * said + KEEP * lesson_loss(network, batch)


def main(arguments: list[str] | None = None) -> Path | None:
    parser = run_options("resgen.text.prefer", __doc__.splitlines()[0], PRESETS, "preferred")
    parser.add_argument("--pairs", type=int, default=0, help="write and compare stories until there are so many pairs")
    args = parser.parse_args(arguments)
    options = PRESETS[args.preset]
    schedule = replace(options.schedule, steps=args.steps or options.schedule.steps)
    before, card, extras = checkpoint.load("text", args.init)
    tokenizer = Tokenizer(extras["tokenizer"])
    whole = prepare(tokenizer.serialized)
    if args.pairs:
        critic, spelt = load_critic(cache() / "runs" / "critic" / "critic.pt")
        words = [word for line in whole.part("tinystories", 1.0).words for word in line.split()]
        for number in itertools.count():
            if sum(len(json.loads(path.read_text())) for path in shards("pairs").glob("*.json")) >= args.pairs:
                return None
            path = shards("pairs") / f"{number:05d}.json"
            with alone(path.with_suffix(".lock")) as ours:
                if ours and not path.exists():
                    found = compared(before, tokenizer, critic, spelt, words, number)
                    part = path.with_suffix(".tmp")
                    part.write_text(json.dumps([vars(pair) for pair in found]))
                    part.replace(path)
    pairs = pairs_there()
    lessons, about = told()
    student = TextNet(**card["architecture"])
    student.load_state_dict(before.state_dict())

    def batches(start: int, process: int) -> Iterator[dict[str, Tensor]]:
        seed = schedule.seed + process
        beside = lessons.batches(options.rows, options.length, seed, Cast(tokenizer), start)
        for number in itertools.count(start):
            draw = np.random.default_rng([seed, number])
            chosen = [pairs[index] for index in draw.choice(len(pairs), options.pairs, replace=False)]
            stories = [pair.better for pair in chosen] + [pair.worse for pair in chosen]
            batch = side_by_side(stories, [pair.begins for pair in chosen] * 2, tokenizer.end)
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                worth = likelihood(before, batch)
            yield batch | next(beside) | {"before": worth}

    def report(network: nn.Module) -> dict:
        return {"bits": round(bits_per_byte(network, tokenizer, list(whole.valid)), 4)}

    folder = args.out or cache() / "runs" / args.name
    student, facts = train(student, preference_loss, batches, schedule, folder, report)
    made = {
        key: value for key, value in card.items() if key not in ("name", "parameters", "bytes", "sha256", "averaged")
    }
    made["training"] = {
        **facts,
        "pairs": len(pairs),
        "stories": GROUPS * EACH * len(list(shards("pairs").glob("*.json"))),
        "lessons": about,
        **provenance("resgen.text.prefer", arguments, student),
        "critic": json.loads((cache() / "runs" / "critic" / "critic.json").read_text()),
        "before": card["training"],
    }
    return checkpoint.save(folder, args.name, student, made | {"metrics": {}}, {"tokenizer": tokenizer.serialized})


if __name__ == "__main__":
    main()
