"""The acoustic model: phonemes to durations, energy, pitch and mel spectrogram, all by residual convolutions. Called by
the speech engine and its training; the vocoder turns what it predicts into sound.

As FastSpeech 2 (arXiv:2006.04558) without attention, close to SpeedySpeech (arXiv:2008.03802): encoder -> durations
and energy -> every token repeated for its frames -> pitch -> decoder -> mel. As in FastPitch (arXiv:2006.06873) the
energy is one number a token.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resgen.blocks import ChannelNorm, convolution, dilated_stack
from resgen.speech.features import MEL_MEAN, MEL_SPREAD, MELS

BOUNDARY = 178  # the token around and between sentences, silence; those below are the phoneme alphabet's
TOKENS = 179
BOUNDARIES = 6  # boundary tokens between sentences, and before and after one that stands alone; each lasts one unit


def with_boundaries(values: list[int], boundary: int) -> Tensor:
    """One sentence's tokens or durations as the networks are given a sentence alone: (1, N + 2 * BOUNDARIES) int64,
    with `boundary` for each boundary token."""
    return torch.tensor([[boundary] * BOUNDARIES + values + [boundary] * BOUNDARIES])


class Head(nn.Module):
    """A small stack of its own and a projection, from the stream to what is to be predicted.

    Shapes: (B, C, T) -> (B, outputs, T).
    """

    def __init__(self, channels: int, outputs: int, dilations: tuple[int, ...], hidden: int, dropout: float):
        super().__init__()
        self.body = dilated_stack(channels, dilations, hidden, dropout)
        self.norm = ChannelNorm(channels)
        self.project = convolution(channels, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.project(self.norm(self.body(x)))


def length_regulator(durations: Tensor, frames: int) -> tuple[Tensor, Tensor]:
    """Length regulation: which token each frame belongs to, and where in it the frame lies.

    Args:
        durations: (B, N) frames a token, int64, summing to `frames` in each row.

    Returns:
        index (B, T) int64; position (B, 3, T): the share of the token that is over, the frames it lasts (log), and
        those until its end (log).
    """
    ends = durations.cumsum(-1)
    frame = torch.arange(frames, device=durations.device).expand(len(durations), -1).contiguous()
    index = torch.searchsorted(ends, frame, right=True).clamp(max=durations.shape[1] - 1)
    lasts = durations.gather(1, index).clamp(min=1).float()
    left = ends.gather(1, index) - frame
    return index, torch.stack([1 - (left - 0.5) / lasts, lasts.log(), left.clamp(min=1).log()], 1)


class AcousticNet(nn.Module):
    """See the module's text.

    Args:
        voices: how many it has. Each of several is a vector, added to the stream before the encoder and after it.
        channels: width of the residual stream.
        encoder: dilations of the encoder's layers.
        decoder: dilations of the decoder's layers.
        hidden: channels inside the heads for durations, energy and pitch.
        dropout: in training, in every layer.
    """

    def __init__(
        self,
        voices: int = 1,
        channels: int = 256,
        encoder: tuple[int, ...] = (1, 2, 4, 8, 16),
        decoder: tuple[int, ...] = (1, 2, 4, 1, 2, 4),
        hidden: int = 128,
        dropout: float = 0.0,
    ):
        super().__init__()
        self.embedding = nn.Embedding(TOKENS, channels)
        self.voice = nn.Embedding(voices, 2 * channels) if voices > 1 else None
        self.encoder = dilated_stack(channels, encoder, channels, dropout)
        self.duration = Head(channels, 1, (1, 2), hidden, dropout)
        self.energy = Head(channels, 1, (1, 2), hidden, dropout)
        self.energy_in = convolution(1, channels, 1)
        self.position_in = convolution(3, channels, 1)
        self.pitch = Head(channels, 2, (1, 2, 4), hidden, dropout)
        self.pitch_in = convolution(2, channels, 3)
        self.decoder = dilated_stack(channels, decoder, channels, dropout)
        self.norm = ChannelNorm(channels)
        self.mel = convolution(channels, MELS, 1)
        nn.init.normal_(self.embedding.weight)
        if self.voice is not None:
            nn.init.zeros_(self.voice.weight)  # all alike at first

    def encode(self, tokens: Tensor, voice: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Tokens (B, N) and the share of each voice (B, voices), which sum to 1 -> the encoder's stream (B, C, N), log
        durations (B, N): log of units of 25 ms, and energy (B, N): see `energy_of`."""
        x = self.embedding(tokens).mT
        after: Tensor | float = 0.0
        if self.voice is not None:
            before, after = (voice @ self.voice.weight)[..., None].chunk(2, 1)
            x = x + before
        x = self.encoder(x) + after
        return x, self.duration(x)[:, 0], self.energy(x)[:, 0]

    def shares(self, voice: Tensor) -> Tensor:
        """Places of voices (B,) int64 -> one voice each, as `encode` takes them: (B, voices)."""
        return F.one_hot(voice, 1 if self.voice is None else self.voice.num_embeddings).float()

    def regulate_length(self, x: Tensor, durations: Tensor, energy: Tensor, frames: int) -> tuple[Tensor, Tensor]:
        """The encoder's stream, to be spoken with that energy (B, N), at every frame (B, C, T), and the pitch it
        predicts (B, 2, T): octaves from 200 Hz, and the logit of being voiced."""
        index, position = length_regulator(durations, frames)
        x = x + self.energy_in(energy[:, None])
        x = x.gather(2, index[:, None].expand(-1, x.shape[1], -1)) + self.position_in(position)
        return x, self.pitch(x)

    def decode(self, x: Tensor, octaves: Tensor, voiced: Tensor) -> Tensor:
        """The stream at every frame and the pitch to speak at -> log mel (B, MELS, T).

        Args:
            octaves: (B, T) from 200 Hz; counts where voiced.
            voiced: (B, T), 0 or 1.
        """
        x = x + self.pitch_in(torch.stack([octaves * voiced, voiced], 1))
        return self.mel(self.norm(self.decoder(x))).float() * MEL_SPREAD + MEL_MEAN
