"""The speaker: a text goes in, sound comes out sentence by sentence.

Called by `resgen.load("speech")`, the page and the command line; knows none of them.
"""

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch

from resgen import checkpoint
from resgen.blocks import DeepConvLayer
from resgen.engine import Progress, checked, complete, settings_used
from resgen.errors import RequestError
from resgen.fallback import falls_back
from resgen.speech.acoustic import BOUNDARIES, BOUNDARY, AcousticNet, with_boundaries
from resgen.speech.features import HOP, SAMPLE_RATE, UNIT, hertz_of
from resgen.speech.phonemes import Alphabet, Reader, Sentence
from resgen.speech.request import SpeechRequest, SpeechResult, Spoken
from resgen.speech.vocoder import VocoderNet, speak
from resgen.speech.voices import VOICES
from resgen.turns import breathe, breathe_after

FADE = 120  # samples (5 ms) at both ends of a sentence, so that seams cannot click
# Twice what the longest text takes at the usual speed: "1,1,1,..." would be hours, which no memory holds.
MOST_SECONDS = 3600
PARAGRAPH = 0.4  # seconds of silence after one, at speed 1


class Speaker:
    """The speech engine. Keeps no state between requests.

    Args:
        network: the acoustic model, in evaluation mode.
        alphabet: the phonemes it knows.
        card: its card, which names its voices.
        vocoder: turns mel and pitch into sound; the shipped one by default.
    """

    request = SpeechRequest
    language = Alphabet

    def __init__(self, network: AcousticNet, alphabet: Alphabet, card: dict, vocoder: VocoderNet | None = None):
        self.network, self.card, self.cards = network, card, [card]  # of all its networks
        self.voices = tuple(card["voices"])
        self.reader = Reader(alphabet)
        self.device = next(network.parameters()).device
        if vocoder is None:
            vocoder, vocoding, _ = checkpoint.load("vocoder")
            self.cards.append(vocoding)
        self.vocoder = vocoder.to(self.device)
        # A pass over a long sentence takes a third of a second of one CPU.
        layers = [*network.modules(), *vocoder.modules()]
        breathe_after(layer for layer in layers if isinstance(layer, DeepConvLayer))

    def to_cpu(self) -> None:
        """Move to the CPU."""
        self.network.cpu()
        self.vocoder.cpu()
        self.device = torch.device("cpu")

    @falls_back(lambda result, notice: replace(result, notices=(*result.notices, notice)))
    def run(self, request: SpeechRequest) -> Iterator[SpeechResult]:
        """Say it. Yields after every sentence.

        Sentence i of a request has noise of its own, of seed + i: what came before it in the text does not matter.

        Raises:
            RequestError: before any work, for settings outside their limits, another script, characters that are no
                phonemes, or nothing to say.
        """
        request = checked(request)
        shares, british = self.mixed(request)
        began = time.perf_counter()
        sentences: list[str | Sentence]
        notices: list[str] = []
        if request.phonemes.strip():
            sentences = [*self.reader.given(request.phonemes)]
        else:
            texts, notices = self.reader.read(request.text)
            sentences = [*texts]
        settings = settings_used(self.card["name"], request)
        result = SpeechResult((), (), (), tuple(notices), settings, Progress(0, len(sentences), 0.0))
        samples = 0
        for index, part in enumerate(sentences):
            sentence = part if isinstance(part, Sentence) else self.reader.pronounce(part, british)
            wave, times = self.say(sentence, shares, request, request.seed + index)
            if isinstance(part, str) and part.endswith("\n"):
                wave = np.pad(wave, (0, round(PARAGRAPH / request.speed * SAMPLE_RATE)))
            words = [Spoken(t.text, t.start + samples / SAMPLE_RATE, t.end + samples / SAMPLE_RATE) for t in times]
            samples += len(wave)
            result = replace(
                result,
                waves=(*result.waves, wave),
                words=(*result.words, *words),
                phonemes=(*result.phonemes, sentence.phonemes),
                progress=Progress(index + 1, len(sentences), time.perf_counter() - began),
            )
            if samples > MOST_SECONDS * SAMPLE_RATE and index + 1 < len(sentences):
                cut = f"Left out, for sound lasts {MOST_SECONDS // 60} minutes at most: all after that."
                progress = replace(result.progress, total=index + 1)
                yield replace(result, notices=(*result.notices, cut), progress=progress)
                return
            yield result

    def mixed(self, request: SpeechRequest) -> tuple[torch.Tensor, bool]:
        """The share of each voice in what is asked for (1, voices), and whether it is read as in Britain: as the voice
        that has most of it.

        Raises:
            RequestError: a voice that the model does not have.
        """
        second = request.blend
        names = {"voice": request.voice, **({"blend": second} if second else {})}
        for field, name in names.items():
            if name not in self.voices:
                raise RequestError(f"{field} must be one of {', '.join(self.voices)}; it is {name!r}.")
        balance = request.balance if second else 0.0
        shares = torch.zeros(1, len(self.voices), device=self.device)
        for name, share in zip(names.values(), (1 - balance, balance), strict=False):
            shares[0, self.voices.index(name)] += share
        return shares, VOICES[second if balance > 0.5 else names["voice"]].british

    @torch.no_grad()  # not inference mode: windows are cached and used in training too
    def say(
        self, sentence: Sentence, shares: torch.Tensor, request: SpeechRequest, seed: int
    ) -> tuple[np.ndarray, list[Spoken]]:
        """One sentence's wave, float32 (N,), and its words' times from its beginning.

        Args:
            shares: of each voice, as from `mixed`.
            request: its speed, pitch and liveliness count.
        """
        if not sentence.phonemes:
            return np.zeros(0, np.float32), []
        tokens = self.reader.alphabet.encode(sentence.phonemes)
        stream, log_durations, energy = self.network.encode(with_boundaries(tokens, BOUNDARY).to(self.device), shares)
        durations = (log_durations.exp() * (UNIT / request.speed)).round().clamp(min=1).long()
        durations[:, :BOUNDARIES] = durations[:, -BOUNDARIES:] = UNIT
        frames = int(durations.sum())
        stream, pitch = self.network.regulate_length(stream, durations, energy, frames)
        voiced = (pitch[:, 1] > 0).float()
        octaves = pitch[:, 0] + request.pitch / 12
        edge = BOUNDARIES * UNIT
        within = voiced[:, edge:-edge]
        middle = (octaves[:, edge:-edge] * within).sum() / within.sum().clamp(min=1)
        octaves = octaves + (request.liveliness - 1) * (octaves - middle)
        breathe()
        mel = self.network.decode(stream, octaves, voiced)
        f0 = hertz_of(octaves, voiced)
        generator = torch.Generator().manual_seed(seed)
        noise = torch.randn(1, (frames - 2 * edge) * HOP, generator=generator).to(self.device)
        breathe()
        wave = speak(self.vocoder, mel[..., edge:-edge], f0[:, edge:-edge], noise)[0].cpu().numpy()
        ramp = np.linspace(0, 1, FADE, dtype=np.float32)
        wave[:FADE] *= ramp
        wave[-FADE:] *= ramp[::-1]
        # Token i of the sentence ends at ends[i]; character i of its phonemes is token i + 1, after the silence.
        ends = (durations[0, BOUNDARIES:-BOUNDARIES].cumsum(0) * HOP / SAMPLE_RATE).tolist()
        times = [Spoken(word.text, ends[word.start], ends[word.end]) for word in sentence.words]
        return wave.clip(-1, 1), times

    def speak(self, text: str = "", **settings) -> SpeechResult:
        """Say a whole text; settings are those of `SpeechRequest`.

        Raises:
            RequestError: unknown settings or values outside their limits.
        """
        return complete(self, text, settings)
