"""The text network: a causal residual network with a recurrent stage that predicts the next token.

Built from its card by `resgen.checkpoint`, run by `resgen.text.engine`, trained by `resgen.training.text.train`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn

from resgen.blocks import ChannelNorm, DeepConvLayer, Memory, StackedConvNet
from resgen.packed_linear import Fp16Linear
from resgen.text.recurrent import MatrixRNN
from resgen.text.topic_embedding import TopicConditioning


class TiedEmbedding(Fp16Linear, nn.Embedding):
    """Ids -> vectors, and by the same matrix, with `matmul`, vectors -> logits (arXiv:1608.05859)."""


@dataclass(frozen=True)
class LayerOptions:
    """What a layer of the stack may be built from: see `TextNet`."""

    channels: int
    kernel: int
    dilation: int
    hidden: int
    heads: int
    dropout: float
    residual: bool


def _convolution(options: LayerOptions) -> nn.Module:
    return DeepConvLayer(
        options.channels,
        options.kernel,
        options.dilation,
        causal=True,
        dropout=options.dropout,
        zero=options.residual,
    )


def _mlp(options: LayerOptions) -> nn.Module:
    return DeepConvLayer(
        options.channels, 1, hidden=options.hidden, causal=True, dropout=options.dropout, zero=options.residual
    )


# name -> layer. Those of other kinds of networks, for comparison, are added by `resgen.evaluation.text.baselines`.
LAYERS: dict[str, Callable[[LayerOptions], nn.Module]] = {
    "convolution": _convolution,
    "mlp": _mlp,
    "matrix": lambda options: MatrixRNN(options.channels, options.heads),  # gated linear attention
    "delta": lambda options: MatrixRNN(options.channels, options.heads, delta=True),  # gated delta rule
}


class TextNet(nn.Module):
    """Token embedding -> SCN of stages [dilated gated convolution, MLP, matrix RNN, MLP] -> tied softmax.

    Shapes: tokens (B, T) of ids in 0..vocabulary-1 -> logits (B, T, vocabulary); `logits[:, t]` sees the tokens
    up to t and predicts the one at t + 1. With a `memory` the sequence may come in pieces.

    Args:
        vocabulary: number of tokens.
        channels: width of the residual stream.
        dilations: one stage for each, with that dilation in its convolution.
        kernel: taps of the convolutions.
        hidden: width inside the MLPs.
        heads: states of each recurrent layer.
        dropout: in training, inside every convolutional layer, 0-1.
        stage: the layers of a stage, by their names in `LAYERS`.
        residual: False leaves the residual connections out: the plain (VGG-like) stack.
        special_ids: of the tokens around a header that is kept in view (see `TopicConditioning`); None: it is read, no
            more.

    Raises:
        ValueError: a stage names a layer that does not exist.
    """

    def __init__(
        self,
        vocabulary: int = 4096,
        channels: int = 256,
        dilations: tuple[int, ...] = (1, 3, 9),
        kernel: int = 3,
        hidden: int = 640,
        heads: int = 4,
        dropout: float = 0.0,
        stage: tuple[str, ...] = ("convolution", "mlp", "matrix", "mlp"),
        residual: bool = True,
        special_ids: tuple[int, int, int] | None = None,
    ):
        super().__init__()
        self.embed = TiedEmbedding(vocabulary, channels)
        nn.init.normal_(self.embed.weight, std=0.02)
        if unknown := set(stage) - set(LAYERS):
            raise ValueError(f"Layers are {', '.join(LAYERS)}; not {', '.join(sorted(unknown))}.")
        layers = [
            LAYERS[name](LayerOptions(channels, kernel, dilation, hidden, heads, dropout, residual))
            for dilation in dilations
            for name in stage
        ]
        self.topic = TopicConditioning(channels, special_ids) if special_ids else None
        self.norm_in = ChannelNorm(channels)
        self.stack = StackedConvNet(layers, residual)
        self.norm_out = ChannelNorm(channels)

    def forward(self, tokens: Tensor, memory: Memory | None = None) -> Tensor:
        return self.head(self.stream(tokens, memory))

    def stream(self, tokens: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, T) ids -> the residual stream after the last layer, (B, C, T)."""
        embedded = self.embed(tokens)
        if self.topic is not None:
            embedded = embedded + self.topic(tokens, embedded, memory)
        one = tokens.shape[1] == 1
        stream = self.stack(self.norm_in(embedded[:, 0] if one else embedded.mT), None, memory)
        return stream.unsqueeze(-1) if one else stream

    def head(self, stream: Tensor) -> Tensor:
        """The stream (B, C, T) -> logits (B, T, vocabulary), by the transposed embedding."""
        return self.embed.matmul(self.norm_out(stream).mT)
