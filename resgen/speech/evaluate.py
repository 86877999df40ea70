"""The figures of the voices' card. Called by `python -m resgen evaluate speech`; takes nine minutes for four.

Needs what `resgen.speech.judges` and `resgen.speech.teacher` need; Debian's `flite` is measured too where it is there.
"""

import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import soundfile
import torch
import torchaudio

from resgen.bench import speech_figures
from resgen.speech import data
from resgen.speech.acoustic import GAP, GAPS, between_gaps, octaves_of
from resgen.speech.features import SAMPLE_RATE, UNIT
from resgen.speech.judges import SpeakerJudge, opinion_scores, similarity, word_error_rate
from resgen.speech.teacher import speller, teacher

HARVARD = Path(__file__).with_name("harvard.txt")  # lists 1-5 of the IEEE's 1969 recommendation: 50 sentences
UNIT_MILLISECONDS = 25


def heard(waves: list[np.ndarray], texts: list[str]) -> dict[str, float]:
    """What the recogniser and the listeners' network make of sentences."""
    scores = zip(("signal", "background", "overall"), opinion_scores(waves), strict=True)
    return {
        "word_error_rate": round(word_error_rate(waves, texts), 2),
        **{f"dnsmos_{name}": round(float(score), 2) for name, score in scores},
    }


@torch.no_grad()
def prosody_errors(
    speaker, voice: str, tokens: list[int], durations: np.ndarray, f0: np.ndarray
) -> tuple[float, float]:
    """How far a voice is from its teacher in one sentence.

    Args:
        tokens, durations, f0: what the teacher read, as from `resgen.speech.kokoro.Kokoro.read`.

    Returns:
        Mean absolute errors of a token's duration in milliseconds, and of the pitch, told for the teacher's durations
        where the teacher is voiced, in cents.
    """
    network, where = speaker.network, speaker.device
    shares, _ = speaker.mixed(speaker.request(voice=voice))
    stream, logs = network.encode(between_gaps(tokens, GAP).to(where), shares)
    frames = between_gaps((durations.astype(int) * UNIT).tolist(), UNIT).to(where)
    _, told = network.lengthen(stream, frames, int(frames.sum()))
    octaves, voiced = octaves_of(torch.from_numpy(f0)[None].to(where))
    apart = (told[:, 0, GAPS * UNIT : -GAPS * UNIT] - octaves).abs() * voiced
    late = (logs[0, GAPS:-GAPS].exp().cpu() - torch.from_numpy(durations.astype(np.float32))).abs().mean()
    return float(late) * UNIT_MILLISECONDS, float(apart.sum() / voiced.sum().clamp(min=1)) * 1200


def flite(text: str) -> np.ndarray:
    """A classic to compare with: Debian's flite, its American female voice, at our sample rate."""
    with_header = subprocess.run(["flite", "-voice", "slt", "-t", text, "-o", "/dev/stdout"], capture_output=True)
    wave, rate = soundfile.read(io.BytesIO(with_header.stdout), dtype="float32")
    return torchaudio.functional.resample(torch.from_numpy(wave), rate, SAMPLE_RATE).numpy()


def evaluate(speaker) -> dict:
    """All figures of a `resgen.speech.engine.Speaker`, those of its teachers on the same sentences beside them."""
    figures: dict = {}
    before = torch.get_num_threads()
    for threads in (1, 2):
        torch.set_num_threads(threads)
        figures |= {f"{name}_{threads}_threads": value for name, value in speech_figures(speaker).items()}
    torch.set_num_threads(before)

    texts, judge = HARVARD.read_text().splitlines(), SpeakerJudge()
    figures |= {"sentences": len(texts), "voices": {}}
    ours, theirs = {}, {}
    for voice in speaker.voices:
        spelling, read = speller(voice), teacher(voice, data.folder(), np.random.default_rng(0))
        tokens = [spelling.ids(" ".join(spelling.phonemize(text))) for text in texts]
        readings = [read(sentence, 0.0) for sentence in tokens]
        errors = [
            prosody_errors(speaker, voice, sentence, durations, f0)
            for sentence, (_, durations, f0) in zip(tokens, readings, strict=True)
        ]
        late, apart = np.mean(errors, 0)
        waves, taught = [speaker.speak(text, voice=voice, seed=0).wave for text in texts], [r[0] for r in readings]
        ours[voice], theirs[voice] = ([judge(wave) for wave in sounds] for sounds in (waves, taught))
        figures["voices"][voice] = {
            **heard(waves, texts),
            **{f"teacher_{name}": value for name, value in heard(taught, texts).items()},
            "duration_error_milliseconds": round(float(late), 1),
            "pitch_error_cents": round(float(apart)),
        }
    for voice, sounds in ours.items():
        near = {other: round(similarity(sounds, taught), 3) for other, taught in theirs.items()}
        figures["voices"][voice] |= {
            "similarity_to_own_teacher": near.pop(voice),
            "similarity_to_nearest_other": max(near.values(), default=None),
            "similarity_of_teacher_to_itself": round(similarity(theirs[voice], theirs[voice]), 3),
        }
    if shutil.which("flite"):
        figures["flite"] = heard([flite(text) for text in texts], texts)
    return figures
