"""A critic that tells given stories from those the text model writes: `python -m resgen.text.critic [--preset cpu]`.

A GAN's discriminator (Goodfellow et al., arXiv:1406.2661), but begun from a language model that has read much, and used
to say which of two stories is the better one (residual energies: Deng et al., arXiv:2004.11714): the student's faults
are what gives its stories away. `resgen.text.prefer` learns from what it says.
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
from resgen.text import data
from resgen.text.crowd import MOST_WORDS, Rows, asked, write
from resgen.text.smollm import WIDTH, Block, SmolLM, load
from resgen.text.tokenizer import Tokenizer
from resgen.text.train import prepare
from resgen.training import Schedule, cache, provenance, run_options, train

DEPTH = 20  # of SmolLM2's thirty blocks; the last ones are about the next token
LONGEST = 320  # tokens it reads of a story
UNSURE = 60  # tokens after the header over which its judgement comes to count
LAST = 20  # how much more the judgement of the whole counts
NEAR = 16  # batches that share out stories by length
OWN_LONGEST = 420  # tokens of the student's stories


@dataclass(frozen=True)
class Options:
    """One run."""

    stories: int = 3700  # of each kind
    rows: int = 12  # a batch and process
    schedule: Schedule = field(default_factory=Schedule)


SLOW = {"optimiser": "adamw", "lr_kernels": 1e-4, "lr_other": 1e-4, "lr_embedding": 1e-4, "weight_decay": 0.01}
PRESETS = {
    # Twenty minutes of two CPU threads: `torchrun --standalone --nproc_per_node 2 -m resgen.text.critic`.
    "cpu": Options(schedule=Schedule(steps=300, warmup=15, decay=0.7, ema=0.97, save_minutes=8, **SLOW)),
    "smoke": Options(stories=12, rows=2, schedule=Schedule(steps=2, warmup=1, compile=False, **SLOW)),
}


class Critic(nn.Module):
    """Tokens (B, T) -> logits (B, T) that the story is a given one, by what was read so far."""

    def __init__(self, network: SmolLM):
        super().__init__()
        self.token_embd: nn.Embedding = network.token_embd
        self.blk = nn.ModuleList(list(network.blk)[:DEPTH])
        self.norm = nn.RMSNorm(WIDTH, eps=1e-5)
        self.head = nn.Linear(WIDTH, 1)
        self.register_buffer("turn", network.turn, persistent=False)

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.token_embd(tokens)
        turn = self.turn[:, : tokens.shape[1]].to(x.dtype)
        block: Block
        for block in self.blk:
            x = block(x, turn)
        return self.head(self.norm(x)).squeeze(-1).float()


@dataclass
class Read:
    """A story as the critic reads it: ids with its header and end, cut at LONGEST; `begins` of them are the header."""

    ids: list[int]
    begins: int

    @classmethod
    def of(cls, tokenizer: Tokenizer, words: list[str], text: str) -> "Read":
        header = [tokenizer.end, *tokenizer.header(words)]
        return cls([*header, *tokenizer.encode(text), tokenizer.end][:LONGEST], len(header))


def together(stories: list[Read]) -> tuple[Tensor, Tensor]:
    """Tokens (B, T), padded, and how much each place's judgement counts (B, T): nothing in the header and behind the
    end, little where nobody can know yet, and much at the end."""
    longest = max(len(story.ids) for story in stories)
    tokens = np.zeros((len(stories), longest), np.int64)
    counts = np.zeros(tokens.shape, np.float32)
    for row, story in enumerate(stories):
        size = len(story.ids)
        tokens[row, :size] = story.ids
        counts[row, :size] = np.clip((np.arange(size) - story.begins) / UNSURE, 0, 1)
        counts[row, size - 1] += LAST
    return torch.from_numpy(tokens), torch.from_numpy(counts)


def batches(given: list[Read], own: list[Read], rows: int, seed: int, start: int = 0) -> Iterator[dict[str, Tensor]]:
    """Endless batches from number `start` on, in whole epochs, stories of like length together: tokens and counts as of
    `together`, given (rows, 1) 0-1.

    Raises:
        ValueError: there are fewer stories than rows.
    """
    stories = [(story, 1.0) for story in given] + [(story, 0.0) for story in own]
    if len(stories) < rows:
        raise ValueError(f"There are {len(stories)} stories for batches of {rows}.")
    for number in itertools.count():
        each = len(stories) // rows
        epoch, place = divmod(number, each)
        if place == 0:
            draw = np.random.default_rng([seed, epoch])
            mixed = draw.permutation(len(stories))[: each * rows]
            parts = [mixed[at : at + NEAR * rows] for at in range(0, len(mixed), NEAR * rows)]
            ordered = np.concatenate([sorted(part, key=lambda index: len(stories[index][0].ids)) for part in parts])
            groups = draw.permutation(ordered.reshape(each, rows))
        if number >= start:
            chosen = [stories[index] for index in groups[place]]
            tokens, counts = together([story for story, _ in chosen])
            yield {"tokens": tokens, "counts": counts, "given": torch.tensor([[kind] for _, kind in chosen])}


def critic_loss(network: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Binary cross-entropy in nats at all places, as much as each counts."""
    logits = network(batch["tokens"])
    each = F.binary_cross_entropy_with_logits(logits, batch["given"].expand_as(logits), reduction="none")
    return (each * batch["counts"]).sum() / batch["counts"].sum()


@torch.inference_mode()
def judge(critic: Critic, stories: list[Read], rows: int = 16) -> np.ndarray:
    """How much each seems to be a given story: the mean logit over what it reads, (stories,) float32."""
    found = np.zeros(len(stories), np.float32)
    order = sorted(range(len(stories)), key=lambda index: len(stories[index].ids))
    for start in range(0, len(order), rows):
        group = order[start : start + rows]
        logits = critic(together([stories[index] for index in group])[0])
        for index, row in zip(group, logits, strict=True):
            story = stories[index]
            size = len(story.ids)
            found[index] = float(row[min(story.begins + 2 * UNSURE // 3, size - 1) : size].mean())
    return found


def load_critic(path: Path) -> tuple[Critic, Tokenizer]:
    """A critic that has learned, ready to judge, and the tokenizer of what it reads.

    Args:
        path: the .pt of its run.

    Raises:
        FileNotFoundError: it has not learned yet; says how.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: python -m resgen.text.critic makes it (README, Train them).")
    network, tokenizer = load(cache() / "data" / "smollm", data.documents("tinystories", "train"))
    critic = Critic(network)
    critic.load_state_dict(torch.load(path, weights_only=True))
    return critic.bfloat16().eval(), tokenizer


def own_stories(student: nn.Module, tokenizer: Tokenizer, told: list[str], count: int, seed: int) -> list[tuple]:
    """What the student writes, as it has learned to and no likelier (temperature 1): (words, text) of each."""
    found: list[tuple] = []
    batch = 0
    while len(found) < count:
        draw = np.random.default_rng([seed, batch])
        topics = [asked(told, draw) for _ in range(192)]
        begun = [[tokenizer.end, *tokenizer.header(words)] for words in topics]
        tokens, sizes, *_ = write(student, Rows(), begun, tokenizer.end, 1000 * seed + batch, 1.0, 0.0, OWN_LONGEST)
        batch += 1
        for words, first, ids, size in zip(topics, begun, tokens, sizes, strict=True):
            if size:
                found.append((words, tokenizer.decode(ids[len(first) : size].tolist()).strip()))
    return found[:count]


def main(arguments: list[str] | None = None) -> None:
    parser = run_options("resgen.text.critic", __doc__.splitlines()[0], PRESETS, "critic")
    args = parser.parse_args(arguments)
    options = PRESETS[args.preset]
    schedule = replace(options.schedule, steps=args.steps or options.schedule.steps)
    folder = args.out or cache() / "runs" / args.name
    network, tokenizer = load(cache() / "data" / "smollm", data.documents("tinystories", "train"))
    student, _, extras = checkpoint.load("text", args.init)
    spelt = Tokenizer(extras["tokenizer"])
    corpus = prepare(spelt.serialized).part("tinystories", 1.0)
    told = [word for words in corpus.words for word in words.split()]
    critic = Critic(network)
    draw = np.random.default_rng(schedule.seed)
    given = []
    for number in draw.permutation(len(corpus.words))[: options.stories]:
        words = draw.permutation(corpus.words[number].split())[: draw.integers(0, MOST_WORDS + 1)].tolist()
        text = spelt.decode(corpus.tokens[corpus.offsets[number] : corpus.offsets[number + 1]].tolist()).strip()
        given.append(Read.of(tokenizer, words, text))
    own = [Read.of(tokenizer, *story) for story in own_stories(student, spelt, told, options.stories, schedule.seed)]
    for block in critic.blk if schedule.compile else ():
        block.compile()

    def start_from(start: int, process: int) -> Iterator[dict[str, Tensor]]:
        return batches(given, own, options.rows, schedule.seed + process, start)

    critic, facts = train(critic, critic_loss, start_from, replace(schedule, compile=False), folder, lambda _: {})
    torch.save({name: value.bfloat16() for name, value in critic.state_dict().items()}, folder / f"{args.name}.pt")
    made = provenance("resgen.text.critic", arguments, critic)
    (folder / f"{args.name}.json").write_text(json.dumps({**facts, **made}))


if __name__ == "__main__":
    main()
