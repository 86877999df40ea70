"""Make training audio: `python -m resgen.speech.teacher [--hours 60]`.

The teacher, hibari's voice "heart" (Apache-2.0), reads sentences; what it said, when and at which pitch goes into
shards of the cache. Needs `onnx`. Nothing else of resgen calls this: a machine that only trains needs the shards alone.
Stopped and started again it goes on with the shards that are missing.
"""

import argparse
import json
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import torch

from resgen.speech import data, features

TOLD = ["lh", "theta", "ln", "lr", "phi", "f0", "/Clip_output_0"]  # the last: durations, in units of 25 ms
SHIFTED = 0.4  # share of the sentences read at another pitch, so that the pitch can be set
LARGEST_SHIFT = 6.0  # semitones


def teacher_with_durations(folder: Path):
    """The teacher, its graph changed so that it tells durations too."""
    import hibari
    import onnx

    path = folder / "hibari-durations.onnx"
    if not path.exists():
        graph = onnx.load(str(Path(hibari.__file__).parent / "assets" / "hibari.onnx"))
        graph.graph.output.append(onnx.helper.make_tensor_value_info(TOLD[-1], onnx.TensorProto.FLOAT, None))
        folder.mkdir(parents=True, exist_ok=True)
        onnx.save(graph, str(path))
    return hibari.Hibari(model=str(path), threads=1)


def read(teacher, phonemes: str, generator: np.random.Generator) -> dict[str, np.ndarray]:
    """One sentence read: arrays as described in `resgen.speech.data.Speech`."""
    from hibari import dsp

    tokens = teacher.ids(phonemes)
    feed = {"ids": np.array([tokens], np.int64), "speed": np.ones(1, np.float32)}
    *outputs, durations = teacher.sess.run(TOLD, feed)
    *spectra, f0 = (output[0] for output in outputs)
    shift = generator.uniform(-LARGEST_SHIFT, LARGEST_SHIFT) if generator.random() < SHIFTED else 0.0
    f0 = np.where(f0 >= features.LOWEST_F0, f0, 0.0).astype(np.float32)
    wave = dsp.synth(*spectra, f0 * 2 ** (shift / 12), generator)
    return {
        "tokens": np.array(tokens, np.uint8),
        "durations": durations.ravel().astype(np.uint8),
        "f0": f0.astype(np.float16),
        "shift": np.array([shift], np.float32),
        "mel": features.mel_spectrogram(torch.from_numpy(wave)[None])[0].T.half().numpy(),
        "wave": (wave.clip(-1, 1) * 32767).astype(np.int16),
    }


def make_shard(path: Path, sentences: list[str]) -> float:
    """Let the teacher read sentences and write one shard; returns the seconds of audio."""
    torch.set_num_threads(1)
    teacher = teacher_with_durations(path.parent)
    generator = np.random.default_rng(int(path.stem))
    readings = []
    for sentence in sentences:
        for phonemes in teacher.phonemize(sentence):
            if len(phonemes) >= 3:
                readings.append(read(teacher, phonemes, generator))
    data.write_shard(path, readings)
    return sum(len(reading["wave"]) for reading in readings) / features.SAMPLE_RATE


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m resgen.speech.teacher", description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=60, help="stop after about so many hours of audio")
    args = parser.parse_args()
    folder = data.folder()
    folder.mkdir(parents=True, exist_ok=True)
    teacher = teacher_with_durations(folder)
    data.alphabet_path().write_text(json.dumps(teacher.vocab, ensure_ascii=False))
    shards = data.shard_sentences()
    wanted = int(np.ceil(args.hours * 3600 / data.SECONDS_A_SHARD))
    missing = [(path, sentences) for path, sentences in shards[:wanted] if not path.exists()]
    # Two processes, not two threads: one thread a process makes most audio an hour.
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for (path, _), seconds in zip(missing, pool.map(make_shard, *zip(*missing, strict=True)), strict=True):
            print(f"{path.name}: {seconds / 3600:.2f} hours", flush=True)


if __name__ == "__main__":
    main()
