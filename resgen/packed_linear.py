"""Layers that are a product with a matrix, and that product on a CPU from weights of 16 bits. Built into
`resgen.blocks` and the text network.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Fp16Linear(nn.Module):
    """What a layer with a `weight` (outputs, ...), and perhaps a `bias` (outputs,), does with vectors."""

    weight: Tensor
    packed: torch.ScriptObject | None = None

    def matmul(self, x: Tensor) -> Tensor:
        """The flattened weight times x, (..., inputs) -> (..., outputs), and the bias."""
        if self.packed is not None:
            return torch.ops.quantized.linear_dynamic_fp16(x, self.packed)
        return F.linear(x, self.weight.flatten(1), getattr(self, "bias", None))

    def prepack(self) -> bool:
        """Have products read 16 bits a weight from now on, where those hold the weight exactly, as after loading, and
        where this CPU and PyTorch can. Whether they do.

        Sums stay in fp32. With few vectors the time goes into reading weights: half of the bytes, which lie as FBGEMM
        wants them (arXiv:2101.05615), take less than half of the time. There is no way back to training.
        """
        matrix = self.weight.detach().flatten(1).contiguous()
        exact = torch.equal(matrix.half().float(), matrix)
        if exact and torch.backends.cpu.get_cpu_capability().startswith("AVX"):
            bias = getattr(self, "bias", None)
            try:
                self.packed = torch.ops.quantized.linear_prepack_fp16(matrix, None if bias is None else bias.detach())
            except (AttributeError, RuntimeError):  # a PyTorch without these operations
                return False
        return self.packed is not None


def prepare_for_decoding(network: nn.Module) -> bool:
    """Store the matrices anew for a CPU that goes through a sequence position by position: packed, or, where that
    cannot be, those that widen (more outputs than inputs) input by input, so that a product with one vector reads them
    in half the time. Values, names and shapes stay. Returns whether all are packed.
    """
    layers = [layer for layer in network.modules() if isinstance(layer, Fp16Linear)]
    for layer in layers:
        if not layer.prepack():
            weight = layer.weight
            if weight.shape[0] > weight[0].numel():
                weight.data = weight.flatten(1).mT.contiguous().mT.view_as(weight)
    return all(layer.packed is not None for layer in layers)


def multiples_agree(network: nn.Module, rows: int, most: int) -> bool:
    """Whether packed products give a vector the same, bit by bit, wherever it stands among any multiple of `rows`
    vectors up to `most`. FBGEMM's kernels add up one or two vectors otherwise than more, and the CPU decides which it
    takes, but not the layer: so one layer tells.
    """
    layer = next((layer for layer in network.modules() if isinstance(layer, Fp16Linear)), None)
    if layer is None:
        return False
    few = torch.randn(rows, layer.weight[0].numel(), generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        alone = layer.matmul(few)
        return all(
            torch.equal(layer.matmul(few.roll(1, 0).repeat(times, 1)), alone.roll(1, 0).repeat(times, 1))
            for times in range(1, most // rows + 1)
        )
