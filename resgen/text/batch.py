"""Continuous batching: the stories of all who ask for one, advanced together, a token each in one pass of the network
(Orca, Yu et al., OSDI 2022). The state of a story has constant size, so stories join and leave between any two tokens,
wherever each of them is. Called by `resgen.text.engine`.
"""

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from resgen.blocks import Memory
from resgen.device import one_thread
from resgen.engine import Progress, settings_used
from resgen.text.decoding.blocklist import words_pattern
from resgen.text.decoding.draft import Draft
from resgen.text.decoding.drawing import Drawing, Story
from resgen.text.decoding.guided_batch import GPU, PACKED, UNPACKED, GuidedBatch
from resgen.text.keywords import difference, newly_pending, pending_topic_words, required_mentions
from resgen.text.names import replaced, stand_ins
from resgen.text.prompt import as_read
from resgen.text.request import TextRequest, TextResult, seed_of, understood

if TYPE_CHECKING:
    from resgen.text.engine import Writer

MOST_ROWS = 48  # of one pass: about as many as make the most tokens a second, and nobody waits long for its end
MOST_READ = 4096  # tokens at the end of a prompt: of 20,000 characters a story needs no more
CHUNK = 128  # tokens of a prompt that are read at once, between the steps of others
SHORTEST = 32  # to read fewer takes as long


@dataclass(eq=False)
class _Document:
    """Tokens from the beginning of a document, and what the network knows after those read so far."""

    tokens: list[int]
    position: int = 0
    logits: Tensor = field(default_factory=lambda: torch.empty(0))  # of what comes after them
    memory: Memory = field(default_factory=dict)

    @property
    def read(self) -> bool:
        return self.position == len(self.tokens)


@dataclass(eq=False)
class Ticket:
    """A request's place in a `StoryBatch`: its texts as they are now.

    `fresh` tells whether there is a result that was not taken yet, `over` whether it is the last.
    """

    request: TextRequest
    settings: dict
    words: list[str]
    times: int
    stories: list[Story]
    began: float
    notices: tuple[str, ...]
    names: dict[str, str]  # what stands in for a name -> the name
    fresh: bool = False
    error: Exception | None = None

    @property
    def over(self) -> bool:
        return all(story.over for story in self.stories)

    def take(self) -> TextResult:
        """The newest result."""
        self.fresh = False
        drafts = [story.draft for story in self.stories]
        return TextResult(
            tuple(replaced(draft.text, self.names) for draft in drafts),
            self.settings,
            Progress(max(draft.words for draft in drafts), self.request.words, time.perf_counter() - self.began),
            tuple(story.finished for story in self.stories),
            sum(draft.written for draft in drafts),
            self.notices,
        )


@dataclass(eq=False)
class _Reading:
    """What is to be read before a ticket's stories can begin, or before one of them can go on, with guidance that asks
    for fewer words; that one's memory with the topic is kept meanwhile."""

    ticket: Ticket
    documents: list[_Document]
    story: Story | None = None
    with_topic: Memory = field(default_factory=dict)


class StoryBatch:
    """All stories that a writer is writing.

    The same seed gives the same text whoever else is served: what the network makes of one row does not depend on the
    others (see `Tile`), and every story has its own generator of random numbers.

    All calls come from one thread at a time: that of `resgen.turns`, or that of the only caller. A ticket may be
    removed at any moment, in the middle of a step too, as Python closes generators that nobody holds any more.
    """

    def __init__(self, writer: "Writer"):
        self.writer = writer
        self.drawing = Drawing(writer.tokenizer)
        self._tile = GPU if writer.device.type != "cpu" else PACKED if writer.packed else UNPACKED
        self._tickets: list[Ticket] = []
        self._readings: deque[_Reading] = deque()  # in the order of their turns
        self._groups: deque[tuple[GuidedBatch[Story], list[Ticket]]] = deque()  # advanced in turn
        self._stepping = False
        self.drawn = 0  # tokens, since the beginning

    def __len__(self) -> int:
        """Tickets that are here."""
        return len(self._tickets)

    def add(self, request: TextRequest, most: int | None = None) -> Ticket:
        """Take a request in; nothing is computed yet.

        Args:
            most: tokens of each of its texts; as many as its words need by default.

        Raises:
            RequestError: settings outside their limits.
        """
        request, wish = understood(request)
        tokenizer, words = self.writer.tokenizer, wish.words
        names = stand_ins(request.prompt, wish.topic, tokenizer)
        prompt = replaced(request.prompt, names)
        ids = tokenizer.encode(as_read(prompt))[-MOST_READ:]
        # All go on from the one prompt: a row each with the header, then, for guidance, a row each whose header has
        # only the words that were named often already. So guidance asks for the others, and ends when all were.
        asked, times = words if request.focus != 1 else [], required_mentions(words)
        left = pending_topic_words(asked, request.prompt, times)
        headers = [words, difference(asked, left)] if left else [words]
        stories = [
            Story(
                request,
                Draft(prompt, ids, self.drawing.pieces),
                torch.Generator().manual_seed(seed_of(request.seed, number)),
                left,
                words_pattern(wish.avoid),
                most,
            )
            for number in range(request.variants)
        ]
        ticket = Ticket(
            request,
            settings_used(self.writer.card["name"], request),
            words,
            times,
            stories,
            time.perf_counter(),
            wish.notices,
            {stand_in: name for name, stand_in in names.items()},
        )
        self._tickets.append(ticket)
        self._readings.append(_Reading(ticket, [self._document(header, ids) for header in headers]))
        return ticket

    def _document(self, header: list[str], ids: list[int]) -> _Document:
        return _Document([self.writer.tokenizer.end, *self.writer.tokenizer.header(header), *ids])

    def remove(self, ticket: Ticket) -> None:
        """Let a ticket go, whether it is over or not; its rows are free at once, or when the step that goes on ends."""
        if ticket in self._tickets:
            self._tickets.remove(ticket)
            if not self._stepping:
                self._forget()

    @torch.inference_mode()
    def _forget(self) -> None:
        """Free the rows and readings of tickets that are gone, and put small groups together."""
        self._readings = deque(reading for reading in self._readings if reading.ticket in self._tickets)
        for group, tickets in self._groups:
            for ticket in [ticket for ticket in tickets if ticket.over or ticket not in self._tickets]:
                tickets.remove(ticket)
                for story in ticket.stories:
                    group.leave(story)
        self._groups = deque(entry for entry in self._groups if entry[1])
        while len(self._groups) > 1:
            (one, its), (other, others) = sorted(self._groups, key=lambda entry: len(entry[0]))[:2]
            if len(one) + len(other) > MOST_ROWS:
                break
            one.absorb(other)
            its += others
            self._groups = deque(entry for entry in self._groups if entry[0] is not other)

    @one_thread()
    @torch.inference_mode()
    def step(self) -> None:
        """Advance the stories by one token, as many of them as one pass holds, those that waited longest; then read on
        in what is to be read. Leaves each of them its newest result.

        An error in one story ends its request, whose `Ticket.error` it becomes.
        """
        self._stepping = True
        try:
            if self._groups:
                self._groups.rotate(-1)
                with one_thread():
                    self._advance(*self._groups[-1])
            self._read()
        finally:
            self._stepping = False
            self._forget()

    def _network(self, rows: list[list[int]], memory: Memory) -> Tensor:
        return self.writer._advance(rows, memory)

    def _fail(self, tickets: list[Ticket], error: Exception) -> None:
        for ticket in tickets:
            if ticket in self._tickets:
                ticket.error, ticket.fresh = error, True
                self._tickets.remove(ticket)

    def _advance(self, group: GuidedBatch[Story], tickets: list[Ticket]) -> None:
        """One more token for all of a group."""
        if not len(group):  # all its stories wait until something is read
            return
        try:
            logits, places = group.advance({story: story.token for story in group.stories()})
        except Exception as error:  # nobody knows what became of their memories
            self._fail(tickets, error)
            return
        self._extend([ticket for ticket in tickets if ticket in self._tickets], logits, places)
        for ticket in tickets:
            for story in ticket.stories:
                if story.over:
                    group.leave(story)
                elif len(places.get(story, ())) == 2:
                    self._guide_anew(group, ticket, story)

    def _guide_anew(self, group: GuidedBatch[Story], ticket: Ticket, story: Story) -> None:
        """Have guidance ask only for the words that are not named often yet. If there are fewer now, what is guided
        against is the text behind a header of the others, which has to be read first, from its beginning."""
        left = newly_pending(story.pending, story.draft.text, ticket.times, story.draft.grown)
        if left == story.pending:
            return
        story.pending = left
        if left:
            document = self._document(difference(ticket.words, left), story.draft.tokens[:-1])
            self._readings.append(_Reading(ticket, [document], story, group.with_topic(story)))
            group.leave(story)
        else:
            group.end_guidance(story)

    def _read(self) -> None:
        """A chunk at most of what waits to be read; who is through joins a group, at first with its first token."""
        budget = CHUNK
        while self._readings:
            reading = self._readings[0]
            document = next(document for document in reading.documents if not document.read)
            piece = document.tokens[document.position : document.position + CHUNK]
            budget -= max(len(piece), SHORTEST)
            if budget < 0:
                return
            self._readings.popleft()
            try:
                document.logits = self._network([piece], document.memory)
                document.position += len(piece)
                if not all(document.read for document in reading.documents):
                    self._readings.append(reading)
                elif reading.story is None:
                    self._begin(reading.ticket, reading.documents)
                else:
                    self._join(reading.ticket, reading.story, [reading.with_topic, document.memory])
            except Exception as error:
                self._fail([reading.ticket], error)

    def _begin(self, ticket: Ticket, documents: list[_Document]) -> None:
        """The first token of a ticket's stories, which then join a group."""
        logits = torch.cat([document.logits for document in documents])
        self._extend([ticket], logits, {story: list(range(len(logits))) for story in ticket.stories})
        for story in ticket.stories:
            if not story.over and ticket.error is None:
                group = self._join(ticket, story, [document.memory for document in documents])
                if story.pending:
                    self._guide_anew(group, ticket, story)

    def _join(self, ticket: Ticket, story: Story, memories: list[Memory]) -> GuidedBatch[Story]:
        """Give a story its rows in the first group with room for them."""
        entry = next((entry for entry in self._groups if len(entry[0]) + len(memories) <= MOST_ROWS), None)
        if entry is None:
            entry = GuidedBatch(self._network, self._tile), []
            self._groups.append(entry)
        group, tickets = entry
        group.join(story, memories)
        if ticket not in tickets:
            tickets.append(ticket)
        return group

    def _extend(self, tickets: list[Ticket], logits: Tensor, places: dict[Story, list[int]]) -> None:
        """One more token for those of the tickets' stories that have rows in the logits."""
        whose = {story: ticket for ticket in tickets for story in ticket.stories if story in places}
        errors = self.drawing.extend(list(whose), logits, places)
        self.drawn += len(whose)
        for ticket in whose.values():
            ticket.fresh = True
        for story, error in errors.items():
            self._fail([whose[story]], error)
