"""Make shards of our own speaker: `python -m resgen.training.listen.synthetic [--hours 20]`.

Every sentence is read by a blend of two voices, at a speed, pitch and liveliness of its own; which phoneme sounds when
is known. Sentences come from those of `resgen.training.speech.data` and from children's books, in turn, without those
that share words in a row with what is held out. Stopped and started again it goes on with the shards that are missing.
"""

import argparse
import re
from collections.abc import Iterator

import numpy as np
import torch
import torchaudio

import resgen
from resgen.errors import RequestError
from resgen.listen.features import HOP, SAMPLE_RATE, log_mel
from resgen.listen.letters import plain
from resgen.speech import features as speech_features
from resgen.speech.acoustic import BOUNDARIES, BOUNDARY, with_boundaries
from resgen.speech.engine import Speaker
from resgen.speech.request import SpeechRequest
from resgen.training.listen import held_out, shards
from resgen.training.speech.data import sentences
from resgen.training.text.data import apart, documents

A_SHARD = 32  # sentences
LONGEST = 200  # letters
SLOWEST, FASTEST = 0.8, 1.35
HIGHEST = 4.0  # semitones, up and down
LIVELY = (0.6, 1.5)
ALONE = 0.2  # share of the sentences read by one voice
SHORT = 0.25  # share of the sentences of which a few words are read alone: commands, answers, names


def texts() -> list[str]:
    """What is read, in its order."""
    held = [one.text for name in ("tune", "test") for one in held_out.split(name)]
    books = re.split(r"(?<=[.!?])[\"”’]?\s+", " ".join(" ".join(documents("childrens_books", "train")).split()))
    generator = np.random.default_rng(0)
    books = [books[index] for index in generator.permutation(len(books))[:120_000]]
    spoken = sentences()
    mixed = [text for pair in zip(books, spoken * (len(books) // len(spoken) + 1), strict=False) for text in pair]
    return [text for text in apart(mixed, held) if 3 <= len(text) <= LONGEST]


def sounds_of(speaker: Speaker, tokens: list[int], shares: torch.Tensor, speed: float, frames: int) -> np.ndarray:
    """The phoneme at each of the recogniser's frames, (frames,) uint8, 0 for silence."""
    _, logs, _ = speaker.network.encode(with_boundaries(tokens, BOUNDARY), shares)
    lasts = (logs.exp() * (speech_features.UNIT / speed)).round().clamp(min=1).long()[0, BOUNDARIES:-BOUNDARIES]
    ends = lasts.cumsum(0) * (speech_features.HOP / speech_features.SAMPLE_RATE)
    middles = torch.arange(frames) * (HOP / SAMPLE_RATE)
    index = torch.searchsorted(ends, middles, right=True).clamp(max=len(tokens) - 1)
    return torch.tensor(tokens)[index].byte().numpy()


@torch.no_grad()
def clips(speaker: Speaker, lines: list[str], seed: int) -> Iterator[shards.Clip]:
    """Lines read out, each as chance wants it."""
    draw = np.random.default_rng(seed)
    for line in lines:
        words = line.split()
        if draw.random() < SHORT:
            begin, count = int(draw.integers(0, len(words))), int(draw.integers(1, 6))
            line = " ".join(words[begin : begin + count]).strip(" ,;:-")
        voice, other = draw.choice(speaker.voices, 2, replace=False).tolist()
        request = SpeechRequest(
            voice=voice,
            blend="" if draw.random() < ALONE else other,
            balance=float(draw.random()),
            speed=float(np.exp(draw.uniform(np.log(SLOWEST), np.log(FASTEST)))),
            pitch=float(draw.uniform(-HIGHEST, HIGHEST)),
            liveliness=float(draw.uniform(*LIVELY)),
        )
        shares, british = speaker.mixed(request)
        try:
            (parts, _) = speaker.reader.read(line)
        except RequestError:  # nothing to say
            continue
        for part in parts:
            sentence = speaker.reader.pronounce(part, british)
            text = plain(" ".join(word.text for word in sentence.words))
            if not text:
                continue
            wave, _ = speaker.say(sentence, shares, request, int(draw.integers(0, 2**31)))
            sound = torchaudio.functional.resample(
                torch.from_numpy(wave), speech_features.SAMPLE_RATE, SAMPLE_RATE, lowpass_filter_width=16
            )
            mel = log_mel(sound)
            tokens = speaker.reader.alphabet.encode(sentence.phonemes)
            yield shards.Clip.of(mel, text, sounds_of(speaker, tokens, shares, request.speed, mel.shape[1]))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m resgen.training.listen.synthetic", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--hours", type=float, default=20, help="stop after so many hours of sound (20)")
    args = parser.parse_args()
    torch.set_num_threads(1)
    speaker, lines, made = resgen.load("speech", device="cpu"), texts(), 0.0
    print(f"{len(lines)} sentences", flush=True)
    for start in range(0, len(lines), A_SHARD):
        path = shards.folder("synthetic") / f"{start // A_SHARD:04}.npz"
        if not path.exists():
            shards.write(path, [*clips(speaker, lines[start : start + A_SHARD], start)])
            print(f"{path.name}: {made:.2f} hours before it", flush=True)
        made += sum(len(clip.mel) for clip in shards.read(path)) / 360_000
        if made >= args.hours:
            break


if __name__ == "__main__":
    main()
