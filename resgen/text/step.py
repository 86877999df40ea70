"""One position after those already read, without Python in between. Called by `resgen.text.engine`."""

import warnings

import torch
from torch import Tensor, nn

from resgen.blocks import Memory
from resgen.text.attention import Attention
from resgen.text.model import TextNet


class _Position(nn.Module):
    """The network after its embedding, for one position, with the memory as a list of tensors, as a graph needs it.

    Shapes: x (B, C), the memories of `layers` (B, ...) each -> logits (B, vocabulary), the memories after it.
    """

    def __init__(self, network: TextNet, layers: list[nn.Module]):
        super().__init__()
        self.network, self.layers = network, layers

    def forward(self, x: Tensor, memories: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        memory = dict(zip(self.layers, memories, strict=True))
        stream = self.network.stack(self.network.norm_in(x), None, memory)
        return self.network.head(stream.unsqueeze(-1))[:, 0], [memory[layer] for layer in self.layers]


class Step:
    """A network as a graph of TorchScript for a single position on a CPU: the same operations, so the same bytes,
    without the Python between them, which takes a quarter of the time where there are few rows.

    PyTorch calls TorchScript deprecated, but what it names instead needs a compiler on the machine that it runs on.
    Where TorchScript is gone, and for attention, whose memory grows, the network runs as it is, slower.

    Args:
        network: in evaluation mode.
    """

    def __init__(self, network: TextNet):
        self.network = network
        with torch.inference_mode(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            memory: Memory = {}
            embedded = network.embedded(torch.zeros(2, 2, dtype=torch.long), memory)
            outside = set(memory)  # what the embedding remembers
            network.stack(network.norm_in(embedded.mT), None, memory)
            self.layers = [layer for layer in memory if layer not in outside]
            self.position = _Position(network, self.layers)
            grows = any(isinstance(layer, Attention) for layer in network.modules())
            if not grows and (trace := getattr(torch.jit, "trace", None)):
                given = embedded[:, 0], [memory[layer] for layer in self.layers]
                self.position = trace(self.position, given, check_trace=False)
                for _ in range(2):  # it is made faster while it is called for the first times
                    self.position(*given)

    def __call__(self, tokens: Tensor, memory: Memory) -> Tensor:
        """Read one more token a row.

        Shapes: tokens (B, 1), memory of those before -> logits (B, vocabulary) of what comes next.
        """
        x = self.network.embedded(tokens, memory)[:, 0]
        logits, memories = self.position(x, [memory[layer] for layer in self.layers])
        memory.update(zip(self.layers, memories, strict=True))
        return logits
