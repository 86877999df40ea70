"""resgen: residual convolutional networks that write, draw, speak and listen, on any device, offline.

import resgen
writer = resgen.load("text")
print(writer.write("Once upon a time", topic="car, rain", seed=1).text)
"""

__version__ = "0.1.0"


def load(kind: str, model: str | None = None):
    """An engine with its weights, on the best device there is.

    Args:
        kind: "text".
        model: name of a shipped model (default: the kind's first), the path of a .safetensors file with its card
            beside it, or a Hugging Face Hub repository OWNER/NAME (only this needs a network).

    Raises:
        resgen.checkpoint.CheckpointError: no such model, or files that are damaged or do not match.
    """
    from resgen import checkpoint, device

    network, card, extras = checkpoint.load(kind, model)
    from resgen.text.engine import Writer
    from resgen.text.tokenizer import Tokenizer

    if "tokenizer" not in extras:
        raise checkpoint.CheckpointError(f"The weights of {card['name']} hold no tokenizer; train or save them anew.")
    return Writer(network.to(device.choose()), Tokenizer(extras["tokenizer"]), card)
