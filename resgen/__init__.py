"""resgen: residual convolutional networks that write, draw and speak, on any device, offline.

import resgen
print(resgen.load("text").write("Once upon a time", topic="car, rain", seed=1).text)
resgen.load("image").draw("red car", style="noto", seed=1).images()[0].save("car.png")
resgen.load("speech").speak("Hello there.", seed=1).save("hello.wav")
print(resgen.load("tagger").tag("A red car waits in the rain.").words("vehicles"))
"""

import importlib
import os
from typing import TYPE_CHECKING, Any, Literal, overload

from resgen.errors import CheckpointError, DataError, RequestError, ResgenError, ServeError, VariableError

if TYPE_CHECKING:
    from resgen.image.engine import Painter
    from resgen.listen.engine import Ears
    from resgen.speech.engine import Speaker
    from resgen.tagger.engine import Tagger
    from resgen.text.engine import Writer

__version__ = "0.1.0"
__all__ = [
    "CheckpointError",
    "DataError",
    "RequestError",
    "ResgenError",
    "ServeError",
    "VariableError",
    "load",
]

# OpenMP's threads spin at every barrier, for milliseconds unless told otherwise: beside other busy processes they then
# wait for each other a hundred times as long as they work. Not spinning at all, each barrier costs two calls of the
# kernel. So they spin about as long as a barrier takes in a process that is alone. It is read when PyTorch is imported,
# which nothing here does at once. `resgen bench` measures what it gives.
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", "5000")

# kind -> (module, engine class, what the weights' file holds beside the weights); imported when needed
ENGINES = {
    "text": ("resgen.text.engine", "Writer", "tokenizer"),
    "image": ("resgen.image.engine", "Painter", "dictionary"),
    "speech": ("resgen.speech.engine", "Speaker", "alphabet"),
    "tagger": ("resgen.tagger.engine", "Tagger", "vocabulary"),
    "listen": ("resgen.listen.engine", "Ears", "language"),
}


@overload
def load(kind: Literal["text"], model: str | None = None, device: str | None = None) -> "Writer": ...
@overload
def load(kind: Literal["image"], model: str | None = None, device: str | None = None) -> "Painter": ...
@overload
def load(kind: Literal["speech"], model: str | None = None, device: str | None = None) -> "Speaker": ...
@overload
def load(kind: Literal["tagger"], model: str | None = None, device: str | None = None) -> "Tagger": ...
@overload
def load(kind: Literal["listen"], model: str | None = None, device: str | None = None) -> "Ears": ...
@overload
def load(kind: str, model: str | None = None, device: str | None = None) -> Any: ...


def load(kind, model=None, device=None):
    """An engine with its weights. On a CPU, PyTorch leaves one core free from now on (`resgen.device.spare_a_core`).

    Args:
        kind: "text", "image", "speech", "tagger" or "listen".
        model: name of a shipped model (default: the kind's first), the path of a .safetensors file with its card
            beside it, or a Hugging Face Hub repository OWNER/NAME (only this needs a network).
        device: "cpu", "cuda", "cuda:N" or "mps"; default: RESGEN_DEVICE, else the best there is.

    Raises:
        RequestError: there is no such kind.
        CheckpointError: no such model, or files that are damaged or do not match.
        VariableError: there is no such device.
    """
    if kind not in ENGINES:
        raise RequestError(f"kind must be one of {', '.join(ENGINES)}; it is {str(kind)[:40]!r}.")
    from resgen import checkpoint
    from resgen.device import choose, spare_a_core

    chosen = choose(device)
    if chosen.type == "cpu":
        spare_a_core()
    network, card, extras = checkpoint.load(kind, model)
    module, name, needed = ENGINES[kind]
    if needed not in extras:
        raise CheckpointError(f"The weights of {card['name']} hold no {needed}; train or save them anew.")
    engine = getattr(importlib.import_module(module), name)
    return engine(network.to(chosen), engine.language(extras[needed]), card)
