"""A deeper text network that begins as one that has learned: `python -m resgen.training.text.deepen stories --name
grown`.

A new stage whose branches are zero changes nothing (Net2Net, arXiv:1511.05641); `resgen.training.text.train --init`
goes on from there. To make room for it, the MLPs lose the hidden channels that do least.
"""

import argparse
from pathlib import Path

import torch
from torch import nn

from resgen import checkpoint
from resgen.blocks import DeepConvLayer
from resgen.text.model import TextNet
from resgen.text.tokenizer import Tokenizer
from resgen.training.run import cache, lineage
from resgen.training.text import data

DILATION, HIDDEN = 27, 576  # of the new stage; of all MLPs then: 7.8 M parameters
READ = 60  # validation stories, by which it is measured what a channel does


@torch.no_grad()
def deepened(network: TextNet, architecture: dict, texts: list[list[int]], dilation: int, hidden: int) -> tuple:
    """The network with one stage more, and its architecture.

    Args:
        architecture: of `network`, as in its card.
        texts: ids, to see by them which hidden channels matter.
        dilation: of the new stage's convolution.
        hidden: channels within every MLP; at most those there are.
    """
    kept = strongest(network, texts, hidden)
    dilations = tuple(architecture.get("dilations", (1, 3, 9)))
    deeper = architecture | {"dilations": [*dilations, dilation], "hidden": hidden}
    state = dict(network.state_dict())
    for name, channels in kept.items():
        for part in ("expand.weight", "expand.bias"):  # values and gates, one after the other
            state[f"{name}.{part}"] = torch.cat([half[channels] for half in state[f"{name}.{part}"].chunk(2)])
        state[f"{name}.project.weight"] = state[f"{name}.project.weight"][:, channels]
    new = TextNet(**deeper)
    new.load_state_dict(new.state_dict() | state)
    return new.eval(), deeper


def strongest(network: TextNet, texts: list[list[int]], hidden: int) -> dict[str, torch.Tensor]:
    """By name of each MLP, its hidden channels (hidden,) that move the stream most: their root mean square times the
    length of what they are projected to."""
    layers = {
        name: layer
        for name, layer in network.named_modules()
        if isinstance(layer, DeepConvLayer) and layer.expand.kernel_size == (1,)
    }
    power = {name: torch.zeros(layer.project.in_channels) for name, layer in layers.items()}

    def watch(name: str):
        def add(_: nn.Module, inputs: tuple) -> None:
            power[name] += inputs[0].square().sum((0, 2))

        return add

    watched = [layer.project.register_forward_pre_hook(watch(name)) for name, layer in layers.items()]
    for ids in texts:
        network(torch.tensor([ids]))
    for hook in watched:
        hook.remove()
    moved = {name: power[name] * layers[name].project.weight.square().sum((0, 2)) for name in layers}
    return {name: each.topk(hidden).indices.sort().values for name, each in moved.items()}


def main(arguments: list[str] | None = None) -> Path:
    parser = argparse.ArgumentParser(prog="python -m resgen.training.text.deepen", description=__doc__.splitlines()[0])
    parser.add_argument("model", help="a shipped model or a file")
    parser.add_argument("--name", default="grown", help="name of the model and of its folder")
    args = parser.parse_args(arguments)
    network, card, extras = checkpoint.load("text", args.model)
    tokenizer = Tokenizer(extras["tokenizer"])
    texts = [[tokenizer.end, *tokenizer.encode(text)] for text in data.documents("tinystories", "valid")[:READ]]
    network, architecture = deepened(network, card["architecture"], texts, DILATION, HIDDEN)
    made = {key: value for key, value in card.items() if key not in ("name", "parameters", "bytes", "sha256")}
    training = {"command": f"python -m resgen.training.text.deepen {args.model}", "before": lineage(card)}
    made |= {"architecture": architecture, "training": training, "metrics": {}}
    return checkpoint.save(cache() / "runs" / args.name, args.name, network, made, extras)


if __name__ == "__main__":
    main()
