"""Make training audio: `python -m resgen.training.speech.synthesise [--voice heart] [--hours 60]`.

A teacher reads sentences: hibari's voice "heart" (Apache-2.0), 130 times as fast as one listens, or Kokoro-82M
(Apache-2.0) in any of the other voices, three times as fast on two threads. What it said, when and at which pitch goes
into shards of the cache. Needs `onnx`. Nothing else of resgen calls this: a machine that only trains needs the shards
alone. Stopped and started again it goes on with the shards that are missing.
"""

import argparse
import json
import logging
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from resgen.speech import features
from resgen.speech.voices import VOICES
from resgen.training.run import show_progress
from resgen.training.speech import data
from resgen.training.speech.kokoro import Kokoro

LOG = logging.getLogger(__name__)
OUTPUTS = ["lh", "theta", "ln", "lr", "phi", "f0", "/Clip_output_0"]  # the last: durations, in units of 25 ms
SHIFTED = 0.4  # share of the sentences read at another pitch, so that the pitch can be set
LARGEST_SHIFT = 6.0  # semitones
FASTEST = "heart"  # the voice that hibari has

# Token ids and a shift in semitones -> wave, durations, F0 before the shift; as `Kokoro.read`.
Read = Callable[[list[int], float], tuple[np.ndarray, np.ndarray, np.ndarray]]


@lru_cache(maxsize=1)
def hibari_with_durations(folder: Path):
    """hibari, its graph changed so that it returns durations too."""
    import hibari
    import onnx

    path = folder / "hibari-durations.onnx"
    if not path.exists():
        graph = onnx.load(str(Path(hibari.__file__).parent / "assets" / "hibari.onnx"))
        graph.graph.output.append(onnx.helper.make_tensor_value_info(OUTPUTS[-1], onnx.TensorProto.FLOAT, None))
        folder.mkdir(parents=True, exist_ok=True)
        onnx.save(graph, str(path))
    return hibari.Hibari(model=str(path), threads=1)


@lru_cache
def speller(voice: str):
    """What spells a text in phonemes (`phonemize`) and phonemes in ids (`ids`) for a voice."""
    from hibari import Hibari
    from hibari.g2p import G2P

    return Hibari(g2p=G2P(british=VOICES[voice].british))


def teacher(voice: str, folder: Path, generator: np.random.Generator) -> Read:
    """Who reads in that voice.

    Args:
        folder: where its model is kept.
        generator: of the noise in hibari's sound.
    """
    if voice != FASTEST:
        return Kokoro(VOICES[voice].style, folder).read
    from hibari import dsp

    session = hibari_with_durations(folder).sess

    def read(tokens: list[int], shift: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        *outputs, durations = session.run(
            OUTPUTS, {"ids": np.array([tokens], np.int64), "speed": np.ones(1, np.float32)}
        )
        *spectra, f0 = (output[0] for output in outputs)
        f0 = np.where(f0 >= features.LOWEST_F0, f0, 0.0).astype(np.float32)
        return dsp.synth(*spectra, f0 * 2 ** (shift / 12), generator), durations.ravel(), f0

    return read


def reading(read: Read, tokens: list[int], generator: np.random.Generator) -> dict[str, np.ndarray]:
    """One sentence read: arrays as described in `resgen.training.speech.data.Speech`."""
    shift = generator.uniform(-LARGEST_SHIFT, LARGEST_SHIFT) if generator.random() < SHIFTED else 0.0
    wave, durations, f0 = read(tokens, shift)
    return {
        "tokens": np.array(tokens, np.uint8),
        "durations": durations.astype(np.uint8),
        "f0": f0.astype(np.float16),
        "shift": np.array([shift], np.float32),
        "mel": features.mel_spectrogram(torch.from_numpy(wave)[None])[0].T.half().numpy(),
        "wave": (wave.clip(-1, 1) * 32767).astype(np.int16),
    }


def make_shard(path: Path, voice: str, sentences: list[str]) -> float:
    """Let the teacher read sentences and write one shard; returns the seconds of audio."""
    torch.set_num_threads(1)
    generator = np.random.default_rng(int(path.stem))
    spelling, read = speller(voice), teacher(voice, data.folder(), generator)
    readings = []
    for sentence in sentences:
        spelt = [phonemes for phonemes in spelling.phonemize(sentence) if len(phonemes) >= 3]
        readings += [reading(read, spelling.ids(phonemes), generator) for phonemes in spelt]
    data.write_shard(path, readings)
    return sum(len(one["wave"]) for one in readings) / features.SAMPLE_RATE


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m resgen.training.speech.synthesise", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--voice", choices=VOICES, nargs="+", default=[FASTEST], help="one or more of them")
    parser.add_argument("--hours", type=float, default=60, help="stop after about so many hours of audio a voice")
    args = parser.parse_args()
    show_progress()
    data.alphabet_path().parent.mkdir(parents=True, exist_ok=True)
    data.alphabet_path().write_text(json.dumps(speller(FASTEST).vocab, ensure_ascii=False))
    wanted = int(np.ceil(args.hours * 3600 / data.SECONDS_A_SHARD))
    # One shard of each voice, then the next: wherever it is stopped, all voices have about as much.
    each = [[(path, voice, lines) for path, lines in data.shard_sentences(voice)[:wanted]] for voice in args.voice]
    missing = [shard for shards in zip(*each, strict=True) for shard in shards if not shard[0].exists()]
    for voice in args.voice:  # what has to be fetched is fetched once
        teacher(voice, data.folder(), np.random.default_rng(0))
        data.folder(voice).mkdir(exist_ok=True)
    # Two processes, not two threads: one thread a process makes most audio an hour. New ones, as the teachers of this
    # one do not survive a fork.
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        made = pool.map(make_shard, *zip(*missing, strict=True)) if missing else ()
        for (path, voice, _), seconds in zip(missing, made, strict=True):
            LOG.info("%s %s: %.1f minutes", voice, path.name, seconds / 60)


if __name__ == "__main__":
    main()
