"""One position after those already read, without Python in between. Called by `resgen.text.engine`."""

import warnings

import torch
from torch import Tensor, nn

from resgen.blocks import Memory
from resgen.text.model import TextNet


class _Position(nn.Module):
    """The network for one position, with the memory as a list of tensors, as a graph needs it.

    Shapes: tokens (B, 1), the memories of `layers` (B, ...) each -> logits (B, vocabulary), the memories after it.
    """

    def __init__(self, network: TextNet, layers: list[nn.Module]):
        super().__init__()
        self.network, self.layers = network, layers

    def forward(self, tokens: Tensor, memories: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        memory = dict(zip(self.layers, memories, strict=True))
        logits = self.network(tokens, memory)[:, 0]
        return logits, [memory[layer] for layer in self.layers]


class TracedStep:
    """A network as a graph of TorchScript for a single position on a CPU: the same operations, so the same bytes,
    without the Python between them, which takes a quarter of the time where there are few rows.

    PyTorch calls TorchScript deprecated, but what it names instead needs a compiler on the machine that it runs on.
    Where TorchScript is gone, and for attention, whose memory grows, the network runs as it is, slower.

    Args:
        network: in evaluation mode.
    """

    def __init__(self, network: TextNet):
        self.network = network
        self.position = None
        grows = any(getattr(layer, "memory_grows", False) for layer in network.modules())
        if grows or not hasattr(torch.jit, "trace"):
            return
        with torch.inference_mode(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ordinary = min({0, 1, 2, 3}.difference(network.topic.special_ids if network.topic else ()))
            tokens = torch.full((2, 1), ordinary)
            memory: Memory = {}
            network(tokens.expand(2, 2), memory)
            self.layers = list(memory)
            given = tokens, list(memory.values())
            traced = torch.jit.trace(_Position(network, self.layers).eval(), given, check_trace=False)
            self.position = torch.jit.freeze(traced)
            for _ in range(2):  # it is made faster while it is called for the first times
                self.position(*given)

    def __call__(self, tokens: Tensor, memory: Memory) -> Tensor:
        """Read one more token a row.

        Shapes: tokens (B, 1), memory of those before -> logits (B, vocabulary) of what comes next.
        """
        topic = self.network.topic
        if self.position is None or (topic is not None and not topic.is_unchanged(tokens, memory[topic])):
            return self.network(tokens, memory)[:, 0]
        logits, memories = self.position(tokens, [memory[layer] for layer in self.layers])
        memory.update(zip(self.layers, memories, strict=True))
        return logits
