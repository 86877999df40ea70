"""More to learn from than the sample of stories: `python -m resgen.text.teacher`.

SmolLM2-135M goes on learning from the stories there are until it writes like them (`--preset cpu|smoke`, once). Then it
tells, for each of them, what it would have gone on with at each place, writes new ones on words drawn from theirs,
telling the same (`--stories N`), and corrects those that the student, the text model that ships, writes (`--corrected
N`): `resgen.text.lessons` in the cache, a shard at a time. It can be stopped and called again, and several can write
side by side.
"""

import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import torch
from torch import Tensor

from resgen import checkpoint
from resgen.text import data
from resgen.text.evaluate import bits_per_byte
from resgen.text.keywords import names
from resgen.text.lessons import GUESSES, Lessons, count, likeliest, shards, teacher_card
from resgen.text.model import TextNet
from resgen.text.slurs import SLURS
from resgen.text.smollm import LONGEST, Cache, SmolLM, load
from resgen.text.tokenizer import Tokenizer
from resgen.text.train import next_token_loss, prepare
from resgen.training import Schedule, alone, cache, provenance, run_options, train

SHARD = 500  # given stories a file
AT_ONCE, BATCHES = 160, 4  # stories written side by side; so many times for a file
# Cooler than the student is used at: it will not be as sure of itself.
TEMPERATURE, MIN_P = 0.7, 0.05
SHORTEST = 300  # characters of a story that is kept
MOST_WORDS = 3  # of those asked for


@dataclass(frozen=True)
class Options:
    """One run of learning."""

    rows: int = 10  # a batch and process
    length: int = 384  # tokens a row
    schedule: Schedule = field(default_factory=Schedule)


SLOW = {"optimiser": "adamw", "lr_kernels": 3e-4, "lr_other": 3e-4, "lr_embedding": 6e-4, "weight_decay": 0.01}
PRESETS = {
    # Meant for two processes of one thread: `accelerate launch --cpu --num_processes 2 -m resgen.text.teacher`.
    "cpu": Options(schedule=Schedule(steps=220, warmup=15, ema=0.97, decay=0.9, save_minutes=8, **SLOW)),
    "smoke": Options(rows=1, length=64, schedule=Schedule(steps=2, warmup=1, compile=False, **SLOW)),
}


class Remembered(dict):
    """What a student remembers of the texts it writes side by side, as `Cache` is for its teacher."""

    def keep(self, rows: Tensor) -> None:
        """Drop all texts but these."""
        for layer, past in self.items():
            self[layer] = past[rows]


def drawn(logits: Tensor) -> Tensor:
    """The shares (..., vocabulary) from which a story is drawn."""
    shares = (logits / TEMPERATURE).softmax(-1)
    shares[shares < MIN_P * shares.amax(-1, keepdim=True)] = 0
    return shares / shares.sum(-1, keepdim=True)


@torch.inference_mode()
def write(
    network: SmolLM | TextNet, remembered: Cache | Remembered, begun: list[list[int]], end: int, seed: int
) -> tuple[np.ndarray, ...]:
    """Go on with several beginnings, each until its end token.

    Args:
        remembered: an empty one, for as many.
        begun: ids of each.

    Returns:
        tokens (B, LONGEST) int64 from the beginning on; sizes (B,): how many of them are of the story, without its end
        token, 0 where it found no end within LONGEST; guesses and chances (B, LONGEST, GUESSES) after each token, those
        from which the next one was drawn.
    """
    random = torch.Generator().manual_seed(seed)
    tokens = np.zeros((len(begun), LONGEST), np.int64)
    sizes = np.zeros(len(begun), np.int64)
    guesses = np.zeros((len(begun), LONGEST, GUESSES), np.uint16)
    chances = np.zeros(guesses.shape, np.float16)
    given = np.array([len(row) for row in begun])
    for row, ids in zip(tokens, begun, strict=True):
        row[: len(ids)] = ids
    rows = np.arange(len(begun))  # of the stories remembered; those that ended stay until it pays to move the others
    for place in range(1, LONGEST):
        shares = drawn(network(torch.from_numpy(tokens[rows, place - 1 : place]), remembered)[:, -1].float())
        guesses[rows, place - 1], chances[rows, place - 1] = likeliest(shares)
        chosen = torch.multinomial(shares, 1, generator=random).squeeze(1).numpy()
        free = (place >= given[rows]) & (sizes[rows] == 0)
        tokens[rows[free], place] = chosen[free]
        over = free & (chosen == end)
        sizes[rows[over]] = place
        going = np.flatnonzero(sizes[rows] == 0)
        if len(going) == 0:
            break
        if len(going) <= 0.85 * len(rows):
            remembered.keep(torch.from_numpy(going))
            rows = rows[going]
    return tokens, sizes, guesses, chances


@dataclass(frozen=True)
class Attempt:
    """A story as it was written: the header of those of the words asked for that it names, its tokens, whether it came
    to its end, and from the header's last place on the guesses and chances of what came next."""

    header: list[int]
    tokens: np.ndarray
    ended: bool
    guesses: np.ndarray
    chances: np.ndarray


def attempts(
    network: SmolLM | TextNet, memory: type[Cache | Remembered], tokenizer: Tokenizer, told: list[str], number: int
) -> Iterator[Attempt]:
    """The BATCHES * AT_ONCE stories of a shard, without those that have a slur.

    Args:
        memory: makes an empty one of what is remembered, for so many stories.
        told: the words that are drawn from.
        number: of the shard; the same one has the same stories.
    """
    for batch in range(BATCHES):
        draw = np.random.default_rng([number, batch])
        asked = [
            list(dict.fromkeys(draw.choice(told, draw.integers(0, MOST_WORDS + 1)).tolist())) for _ in range(AT_ONCE)
        ]
        begun = [[tokenizer.end, *tokenizer.header(words)] for words in asked]
        found = write(network, memory(AT_ONCE), begun, tokenizer.end, BATCHES * number + batch)
        for words, given, tokens, size, guesses, chances in zip(asked, begun, *found, strict=True):
            end = int(size) or LONGEST
            text = tokenizer.decode(tokens[len(given) : end].tolist())
            if not SLURS.search(text):
                # A word asked for is often forgotten: the student learns the story behind those that it names.
                header = [tokenizer.end, *tokenizer.header([word for word in words if names(text, word)])]
                past = slice(len(given) - 1, end)
                yield Attempt(header, tokens[len(given) : end], bool(size), guesses[past], chances[past])


def kept(story: str) -> bool:
    """Whether a story the teacher wrote is one to learn from: long enough, ended as a sentence."""
    return len(story) >= SHORTEST and story[-1] in '.!?"'


def written(network: SmolLM, tokenizer: Tokenizer, told: list[str], number: int) -> Lessons:
    """A shard of the teacher's stories: those `attempts` that are to be kept.

    Raises:
        RuntimeError: there are none.
    """
    parts: list[Lessons] = []
    for story in attempts(network, Cache, tokenizer, told, number):
        if story.ended and kept(tokenizer.decode(story.tokens.tolist()).strip()):
            before = ((len(story.header) - 1, 0), (0, 0))  # of these places nothing is to be learned
            tokens = np.concatenate([story.header, story.tokens])
            parts.append(lesson(tokens, np.pad(story.guesses, before), np.pad(story.chances, before)))
    if not parts:
        raise RuntimeError(
            "No story that was written is one to learn from: teach the teacher for longer (--preset cpu)."
        )
    return Lessons.join(parts)


def corrected(network: SmolLM, student: TextNet, tokenizer: Tokenizer, told: list[str], number: int) -> Lessons:
    """A shard of the student's stories, good or bad, and what the teacher would have gone on with at each place of them
    (on-policy distillation, Agarwal et al., arXiv:2306.13649): it learns to get out of what it gets itself into."""
    documents = [
        (len(story.header), np.concatenate([story.header, story.tokens])[:LONGEST])
        for story in attempts(student, lambda _: Remembered(), tokenizer, told, number)
    ]
    return opinions(network, documents, drawn)


def lesson(tokens: np.ndarray, guesses: np.ndarray, chances: np.ndarray) -> Lessons:
    """One document."""
    return Lessons(tokens.astype(np.uint16), np.zeros(1, np.int64), guesses, chances)


@torch.inference_mode()
def opinions(network: SmolLM, documents: list[tuple[int, np.ndarray]], shares: Callable[[Tensor], Tensor]) -> Lessons:
    """What the teacher makes of documents.

    Args:
        documents: the size of the header, and the tokens (at most LONGEST) of each.
        shares: from logits (..., vocabulary), those that are told.
    """
    found: dict[int, Lessons] = {}
    order = sorted(range(len(documents)), key=lambda place: len(documents[place][1]))
    for start in range(0, len(order), 8):
        group = order[start : start + 8]
        longest = max(len(documents[place][1]) for place in group)
        padded = np.stack([np.pad(documents[p][1], (0, longest - len(documents[p][1]))) for p in group])
        guesses, chances = likeliest(shares(network(torch.from_numpy(padded.astype(np.int64))).float()))
        for place, guess, chance in zip(group, guesses, chances, strict=True):
            header, tokens = documents[place]
            chance[: header - 1] = 0
            if len(tokens) == LONGEST:
                chance[LONGEST - 1] = 0  # it may have been cut here, and what follows in the lessons is another story
            found[place] = lesson(tokens, guess[: len(tokens)], chance[: len(tokens)])
    return Lessons.join([found[place] for place in range(len(documents))])


def told_of(network: SmolLM, tokenizer: Tokenizer, corpus: data.Corpus, chosen: range) -> Lessons:
    """What the teacher makes of stories that are there: documents of the corpus, each behind a header drawn for it."""
    documents = []
    for number in chosen:
        draw = np.random.default_rng([0, number])
        words = draw.permutation(corpus.words[number].split())[: draw.integers(0, MOST_WORDS + 1)]
        header = [tokenizer.end, *tokenizer.header(list(words))]
        text = corpus.tokens[corpus.offsets[number] : corpus.offsets[number + 1]]
        documents.append((len(header), np.concatenate([header, text])[:LONGEST]))
    return opinions(network, documents, lambda logits: logits.softmax(-1))


def fill(kind: str, wanted: int, numbers: Iterable[int], make: Callable[[int], Lessons]) -> None:
    """Make the shards of those numbers that nobody has made or is making, until they hold so many stories."""
    for number in numbers:
        if count(kind) >= wanted:
            break
        path = shards(kind) / f"{number:05d}.npz"
        with alone(path.with_suffix(".lock")) as ours:
            if ours and not path.exists():
                make(number).save(path)


def tell(
    network: SmolLM, student: TextNet, tokenizer: Tokenizer, corpus: data.Corpus, stories: int, attempted: int
) -> None:
    """Tell of all stories of the corpus, then write until there are so many, then correct so many of the student's."""
    documents = len(corpus.words)

    def of_corpus(number: int) -> Lessons:
        return told_of(network, tokenizer, corpus, range(number * SHARD, min(documents, (number + 1) * SHARD)))

    fill("stories", documents, range(-(-documents // SHARD)), of_corpus)
    told = [word for words in corpus.words for word in words.split()]  # a word as often as stories are about it
    fill("written", stories, itertools.count(), partial(written, network, tokenizer, told))
    fill("corrected", attempted, itertools.count(), partial(corrected, network, student, tokenizer, told))


def main(arguments: list[str] | None = None) -> None:
    parser = run_options("resgen.text.teacher", __doc__.splitlines()[0], PRESETS, "teacher")
    parser.add_argument("--stories", type=int, default=0, help="write on until there are so many")
    parser.add_argument("--corrected", type=int, default=0, help="correct on until there are so many")
    args = parser.parse_args(arguments)
    options = PRESETS[args.preset]
    schedule = replace(options.schedule, steps=args.steps or options.schedule.steps)
    folder = args.out or cache() / "runs" / args.name
    student, _, extras = checkpoint.load("text")
    tokenizer = Tokenizer(extras["tokenizer"])
    whole = prepare(tokenizer.serialized)
    valid, corpus = list(whole.valid[:150]), whole.part("tinystories", 1.0)
    network = load(cache() / "data" / "smollm", tokenizer)
    taught = folder / f"{args.name}.pt"
    if taught.exists():
        network.load_state_dict(torch.load(taught, weights_only=True))
        tell(network.bfloat16().eval(), student, tokenizer, corpus, args.stories, args.corrected)
        return
    for block in network.blk if schedule.compile else ():
        block.compile()  # all as one: it is compiled once; the whole would be thirty times as much

    def batches(start: int, process: int):
        return corpus.batches(options.rows, options.length, schedule.seed + process, start)

    def report(network: SmolLM) -> dict:
        with torch.autocast("cpu", torch.bfloat16):
            return {"valid": round(bits_per_byte(network, tokenizer, valid), 4)}

    network, facts = train(network, next_token_loss, batches, replace(schedule, compile=False), folder, report)
    torch.save({name: value.bfloat16() for name, value in network.state_dict().items()}, taught)
    teacher_card().parent.mkdir(parents=True, exist_ok=True)
    teacher_card().write_text(json.dumps(facts | provenance("resgen.text.teacher", arguments, network)))


if __name__ == "__main__":
    main()
