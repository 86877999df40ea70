"""The listener: sound goes in, words come out as they are heard.

Called by `resgen.load("listen")`, the page and the command line; knows none of them.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
import torchaudio

from resgen.blocks import DeepConvLayer
from resgen.engine import Progress, checked, known, settings_used
from resgen.fallback import falls_back
from resgen.listen import decoding
from resgen.listen.features import FRAME_RATE, LOWEST, SAMPLE_RATE, log_mel, normalised
from resgen.listen.model import SLOTS, STRIDE, EarsNet
from resgen.listen.request import Heard, ListenRequest, ListenResult
from resgen.listen.sound import Sound, opened
from resgen.listen.words import Language
from resgen.turns import breathe_after

PIECE = 20  # seconds heard at a time
QUIETEST = 8  # seconds at the end of a piece, in whose quietest moment it is cut
MOMENT = 0.05  # seconds
SHORTEST = 0.1  # seconds; a shorter sound holds no word
SILENT = 1e-4  # root mean square below which nothing was said (-80 dB)
SLOT = STRIDE / SLOTS / FRAME_RATE  # seconds
MOST_PHASES = 640  # of the filter that changes a sound's rate; 11,025 Hz, of the usual rates, has that many
MARGIN = 16  # frames of silence put around a piece, as between sentences in training


class Ears:
    """The listen engine. Keeps no state between requests.

    Args:
        network: in evaluation mode.
        language: what its classes stand for, and the words there are.
        card: its card.
    """

    request = ListenRequest
    language = Language

    def __init__(self, network: EarsNet, language: Language, card: dict):
        self.network, self.letters, self.words = network, language.letters, language.words
        self.card, self.cards = card, [card]
        self.device = next(network.parameters()).device
        breathe_after(layer for layer in network.modules() if isinstance(layer, DeepConvLayer))

    def to_cpu(self) -> None:
        """Move to the CPU."""
        self.network.cpu()
        self.device = torch.device("cpu")

    @falls_back(lambda result, notice: replace(result, notices=(*result.notices, notice)))
    def run(
        self, request: ListenRequest, source: str | Path | bytes | np.ndarray, rate: int = SAMPLE_RATE
    ) -> Iterator[ListenResult]:
        """Listen. Yields after every piece of at most PIECE seconds.

        Args:
            source: as `resgen.listen.sound.opened` takes it, and `rate`.

        Raises:
            RequestError: before any work, for settings outside their limits and what is no sound.
        """
        request = checked(request)
        sound = opened(source, rate)
        began = time.perf_counter()
        settings = settings_used(self.card["name"], request)
        result = ListenResult((), 0.0, (), settings, Progress(0, round(sound.seconds), 0.0))
        at = 0.0
        for piece in pieces(sound):
            words = self.heard(piece, sound.rate, request.beam)
            words = [replace(heard, start=heard.start + at, end=heard.end + at) for heard in words]
            at += len(piece) / sound.rate
            progress = Progress(round(at), round(max(at, sound.seconds)), time.perf_counter() - began)
            result = replace(result, words=(*result.words, *words), seconds=at, progress=progress)
            yield result
        if not result.words:
            yield replace(result, notices=(f"Nothing was said in these {at:.3g} seconds.",))

    @torch.no_grad()
    def heard(self, wave: np.ndarray, rate: int, beam: int) -> list[Heard]:
        """The words of a piece of sound (N,), their times from its beginning."""
        if len(wave) < SHORTEST * rate or np.sqrt(np.mean(np.square(wave))) < SILENT:
            return []
        heard = torchaudio.functional.resample(torch.from_numpy(wave), *near(rate))
        mel = normalised(log_mel(heard))
        frames = mel.shape[1]
        after = MARGIN + -frames % STRIDE
        logits = self.network(F.pad(mel, (MARGIN, after), value=LOWEST)[None].to(self.device))[0].float().cpu()
        log_probs = logits.log_softmax(0).T.numpy()
        if beam == 1:
            text = decoding.greedy(logits, self.letters)
        else:
            text = decoding.beam_search(log_probs, self.letters, beam, self.words)
        before, last = MARGIN / FRAME_RATE, len(wave) / rate
        return [
            Heard(
                word.word,
                round(min(max(0.0, word.first * SLOT - before), last), 3),
                round(min(max(0.0, (word.last + 1) * SLOT - before), last), 3),
                round(word.confidence, 3),
            )
            for word in decoding.placed(log_probs, text, self.letters)
        ]

    def listen(self, source: str | Path | bytes | np.ndarray, rate: int = SAMPLE_RATE, **settings) -> ListenResult:
        """Listen to a whole file or array; settings are those of `ListenRequest`.

        Args:
            source: a path, a file's bytes, or samples (N,) or (N, channels).
            rate: samples a second of an array; files tell theirs.

        Raises:
            RequestError: unknown settings, values outside their limits, or what is no sound.
        """
        for result in self.run(self.request(**known(self.request, settings)), source, rate):  # noqa: B007
            pass
        return result


def near(rate: int) -> tuple[int, int]:
    """A rate and SAMPLE_RATE as a fraction of small numbers, or one that is less than a thousandth from it: the filter
    that goes from one to the other has as many taps as their product, 6 GB of them at 44,101 Hz."""
    fraction = Fraction(rate, SAMPLE_RATE).limit_denominator(MOST_PHASES)
    return fraction.numerator, fraction.denominator


def pieces(sound: Sound) -> Iterator[np.ndarray]:
    """The sound in pieces (N,) of at most PIECE seconds, cut where it is quiet, so that no word is cut."""
    kept = np.zeros(0, np.float32)
    most, end, moment = PIECE * sound.rate, QUIETEST * sound.rate, round(MOMENT * sound.rate)
    for block in sound.blocks:
        kept = np.concatenate([kept, block])
        while len(kept) > most:
            tail = kept[most - end : most]
            power = np.square(tail[: len(tail) // moment * moment]).reshape(-1, moment).mean(1)
            cut = most - end + int(power.argmin()) * moment + moment // 2
            yield kept[:cut]
            kept = kept[cut:]
    if len(kept):
        yield kept
