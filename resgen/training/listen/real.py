"""Make shards of real voices: `python -m resgen.training.listen.real`.

LibriSpeech (CC BY 4.0) without the speakers held out, and Mozilla Common Voice (CC0), from the folder RESGEN_DATA.
"""

import soundfile
import torch
import torchaudio

from resgen.listen.features import SAMPLE_RATE, log_mel
from resgen.listen.letters import plain
from resgen.training.listen import held_out, shards

A_SHARD = 128  # clips
SHORTEST = 0.3  # seconds


def hear(recording: held_out.Recording) -> torch.Tensor:
    """Its sound (N,) at 16 kHz."""
    wave, rate = soundfile.read(recording.path, dtype="float32", always_2d=True)
    return torchaudio.functional.resample(torch.from_numpy(wave.mean(1)), rate, SAMPLE_RATE)


def main() -> None:
    torch.set_num_threads(1)
    found = held_out.split("train")
    order = torch.randperm(len(found), generator=torch.Generator().manual_seed(0)).tolist()
    for start in range(0, len(order), A_SHARD):
        path = shards.folder("real") / f"{start // A_SHARD:04}.npz"
        if path.exists():
            continue
        clips = []
        for recording in (found[index] for index in order[start : start + A_SHARD]):
            text, wave = plain(recording.text), hear(recording)
            if text and len(wave) > SHORTEST * SAMPLE_RATE:
                clips.append(shards.Clip.of(log_mel(wave), text))
        shards.write(path, clips)
        print(f"{path.name}: {sum(len(clip.mel) for clip in clips) / 6000:.1f} minutes", flush=True)


if __name__ == "__main__":
    main()
