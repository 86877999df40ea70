"""The network that hears: log-mel spectrogram to letters, by strided residual convolutions and CTC. Called by the
listen engine and its training.

As QuartzNet (arXiv:1910.10261) and Citrinet (arXiv:2104.01721), with dense convolutions, which a CPU multiplies ten
times as fast as depthwise ones. Most of it sees 12.5 positions a second, which is too few for letters: every position
says the classes of SLOTS slots.
"""

from torch import Tensor, nn

from resgen.blocks import ChannelNorm, DeepConvLayer, StackedConvNet, convolution
from resgen.listen.features import MELS
from resgen.listen.letters import SYMBOLS

EARLY = 4  # frames a position of the first stack
STRIDE = 8  # frames a position of the second
SLOTS = 3  # letters that can begin in one of those
SOUNDS = 179  # phonemes, as in `resgen.speech.acoustic`; 0 is silence


class EarsNet(nn.Module):
    """See the module's text.

    Shapes: (B, MELS, T), T a multiple of STRIDE -> logits (B, SYMBOLS, T / STRIDE * SLOTS).

    Args:
        early, late: channels of the two stacks.
        early_dilations, late_dilations: of their layers.
        early_kernel, late_kernel: width of their convolutions.
        dropout: in training, in every layer.
    """

    def __init__(
        self,
        early: int = 256,
        late: int = 384,
        early_dilations: tuple[int, ...] = (1, 1, 1),
        late_dilations: tuple[int, ...] = (1, 2, 4, 2, 1),
        early_kernel: int = 5,
        late_kernel: int = 3,
        dropout: float = 0.0,
    ):
        super().__init__()
        self.stem = nn.Conv1d(MELS, early, 9, stride=EARLY, padding=4)
        self.early = StackedConvNet([DeepConvLayer(early, early_kernel, d, dropout=dropout) for d in early_dilations])
        self.early_norm = ChannelNorm(early)
        self.sounds = convolution(early, SOUNDS, 1)
        self.down = nn.Conv1d(early, late, 3, stride=STRIDE // EARLY, padding=1)
        self.late = StackedConvNet([DeepConvLayer(late, late_kernel, d, dropout=dropout) for d in late_dilations])
        self.norm = ChannelNorm(late)
        self.head = convolution(late, SLOTS * SYMBOLS, 1)

    def forward(self, mel: Tensor) -> Tensor:
        return self.with_sounds(mel)[0]

    def with_sounds(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """The logits, and those of the phoneme at each position of the first stack: (B, SOUNDS, T / EARLY)."""
        x = self.early_norm(self.early(self.stem(mel)))
        logits = self.head(self.norm(self.late(self.down(x))))
        slots = logits.unflatten(1, (SYMBOLS, SLOTS)).transpose(2, 3).flatten(2)
        return slots, self.sounds(x)
