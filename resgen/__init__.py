"""resgen: residual convolutional networks that write, draw, speak and listen, on any device, offline.

import resgen
print(resgen.load("text").write("Once upon a time", topic="car, rain", seed=1).text)
resgen.load("image").draw("red car", style="noto", seed=1).images()[0].save("car.png")
resgen.load("speech").speak("Hello there.", seed=1).save("hello.wav")
"""

import importlib

__version__ = "0.1.0"

# kind -> (module, engine class, what the weights' file holds beside the weights); imported when needed
ENGINES = {
    "text": ("resgen.text.engine", "Writer", "tokenizer"),
    "image": ("resgen.image.engine", "Painter", "dictionary"),
    "speech": ("resgen.speech.engine", "Speaker", "alphabet"),
}


def load(kind: str, model: str | None = None):
    """An engine with its weights, on the best device there is.

    Args:
        kind: "text", "image" or "speech".
        model: name of a shipped model (default: the kind's first), the path of a .safetensors file with its card
            beside it, or a Hugging Face Hub repository OWNER/NAME (only this needs a network).

    Raises:
        resgen.checkpoint.CheckpointError: no such model, or files that are damaged or do not match.
    """
    from resgen import checkpoint, device

    network, card, extras = checkpoint.load(kind, model)
    module, name, needed = ENGINES[kind]
    if needed not in extras:
        raise checkpoint.CheckpointError(f"The weights of {card['name']} hold no {needed}; train or save them anew.")
    engine = getattr(importlib.import_module(module), name)
    return engine(network.to(device.choose()), engine.language(extras[needed]), card)
