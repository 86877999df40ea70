"""The picture model: words and a style become a condition, noise becomes the codes of an autoencoder, or the folded
pixels of a small photograph. Built by `resgen.checkpoint`, trained by `resgen.training.image.train` and `train_photo`,
sampled by `resgen.image.sampling`.
"""

import itertools
import math
from typing import Any

import torch
from torch import Tensor, nn

from resgen.blocks import ChannelNorm, DeepConvLayer, Downsample, StackedConvNet, Upsample, convolution
from resgen.image.prompt import ALPHABET

TIME_WAVES = 64  # sinusoids of the time embedding


def _average(x: Tensor, present: Tensor) -> Tensor:
    """Mean over the last dimension of the positions present; 0 where there are none. (B, C, T), (B, T) -> (B, C)."""
    weights = present.to(x.dtype).unsqueeze(1)
    return (x * weights).sum(-1) / weights.sum(-1).clamp(min=1)


class PromptEncoder(nn.Module):
    """Words to one vector, by residual convolutions over the letters of each word and over the words.

    A word is what its letters say plus, if it was seen in training, a vector of its own; so that misspelt and
    unseen words land near what they resemble.

    Shapes: words (B, W), letters (B, W, L), 0 where there is none -> (B, width).

    Args:
        vocabulary: number of words with a vector of their own.
        width: channels over the words.
        letter_width: channels over the letters.
        forget: share of known words that must be read by their letters alone in training, 0-1.
    """

    def __init__(self, vocabulary: int, width: int = 192, letter_width: int = 64, forget: float = 0.15):
        super().__init__()
        self.forget = forget
        self.letters = nn.Embedding(len(ALPHABET) + 1, letter_width)
        self.spelling = StackedConvNet([DeepConvLayer(letter_width, 3, dilation=d) for d in (1, 2)])
        self.spelt = nn.Linear(letter_width, width)
        self.words = nn.Embedding(vocabulary + 1, width)
        self.phrase = StackedConvNet([DeepConvLayer(width, 3) for _ in range(2)])
        self.norm = ChannelNorm(width)
        nn.init.normal_(self.words.weight, std=0.5)

    def forward(self, words: Tensor, letters: Tensor) -> Tensor:
        batch, count, length = letters.shape
        written = letters.view(batch * count, length) > 0
        x = self.letters(letters).view(batch * count, length, -1).transpose(1, 2)  # (B * W, C, L)
        x = self.spelt(_average(self.spelling(x), written)).view(batch, count, -1)
        known = words > 0
        if self.training:
            known = known & (torch.rand(words.shape, device=words.device) >= self.forget)
        x = x + self.words(words) * known.unsqueeze(-1).to(x.dtype)
        present = letters[:, :, 0] > 0
        x = (x * present.unsqueeze(-1).to(x.dtype)).transpose(1, 2)  # (B, C, W)
        return _average(self.norm(self.phrase(x)), present)


class FlowUNet(nn.Module):
    """A residual U-Net that denoises: it sees a noisy grid and predicts the clean one (U-Net, arXiv:1505.04597).

    The embedding of words and style is also mapped straight onto the coarsest grid, as a bias: which picture is meant
    is known from the words, not from the noise. An MLP beside that map is a memory of keys and values
    (arXiv:2012.14913): many parameters for little work, as it is computed once a picture and not once a position.

    Shapes: x (B, channels, H, W), condition (B, K), cond_embedding (B, M) -> (B, channels, H, W).

    Args:
        channels: of the grid.
        widths: channels at each resolution, finest first; each resolution is half the one before.
        encoder: DCLs at each resolution on the way down.
        decoder: DCLs at each but the last on the way up, finest first.
        size: positions a side of the finest grid.
        condition: K, channels of time, words and style together.
        cond_embedding: M, channels of words and style alone.
        memory_mlp: hidden channels of the MLP from the embedding to the coarsest grid; 0 leaves it out.
        dropout: of the DCLs, in training.
    """

    def __init__(
        self,
        channels: int,
        widths: tuple[int, ...],
        encoder: tuple[int, ...],
        decoder: tuple[int, ...],
        size: int,
        condition: int,
        cond_embedding: int,
        memory_mlp: int,
        dropout: float = 0.0,
    ):
        super().__init__()

        def stack(width: int, depth: int) -> StackedConvNet:
            options: dict[str, Any] = {"dims": 2, "gated": False, "condition": condition, "dropout": dropout}
            return StackedConvNet([DeepConvLayer(width, 3, **options) for _ in range(depth)])

        coarse = size >> (len(widths) - 1)
        self.enter = convolution(channels, widths[0], 3, dims=2)
        self.down = nn.ModuleList(stack(w, d) for w, d in zip(widths, encoder, strict=True))
        self.pool = nn.ModuleList(Downsample(a, b) for a, b in itertools.pairwise(widths))
        self.coarse_bias = nn.Linear(cond_embedding, widths[-1] * coarse**2)
        self.memory_mlp = None
        if memory_mlp:
            recalled = nn.Linear(memory_mlp, widths[-1] * coarse**2, bias=False)
            nn.init.zeros_(recalled.weight)
            self.memory_mlp = nn.Sequential(nn.Linear(cond_embedding, memory_mlp), nn.SiLU(), recalled)
        self.unpool = nn.ModuleList(Upsample(b, a) for a, b in itertools.pairwise(widths))
        self.join = nn.ModuleList(convolution(2 * w, w, 1, dims=2) for w in widths[:-1])
        self.up = nn.ModuleList(stack(w, d) for w, d in zip(widths, decoder, strict=False))
        self.norm = ChannelNorm(widths[0])
        self.leave = convolution(widths[0], channels, 3, dims=2)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, x: Tensor, condition: Tensor, cond_embedding: Tensor) -> Tensor:
        x = self.enter(x)
        skips = []
        for stack, pool in zip(self.down, self.pool, strict=False):
            x = stack(x, condition)
            skips.append(x)
            x = pool(x)
        bias = self.coarse_bias(cond_embedding)
        if self.memory_mlp is not None:
            bias = bias + self.memory_mlp(cond_embedding)
        x = x + bias.view(x.shape)
        x = self.down[-1](x, condition)
        for unpool, join, stack in reversed(list(zip(self.unpool, self.join, self.up, strict=True))):
            x = join(torch.cat([unpool(x), skips.pop()], dim=1))
            x = stack(x, condition)
        return self.leave(self.norm(x))


class PictureNet(nn.Module):
    """Words, style and noise to codes, those of a `resgen.image.autoencoder` or of a `resgen.image.pixel_fold`.

    Args:
        vocabulary: words with a vector of their own.
        styles: number of styles; one more number, `styles` itself, stands for none.
        latent: channels of the codes.
        size: positions a side of the grid of codes.
        widths, encoder, decoder, memory_mlp, dropout: of the `FlowUNet`.
        cond_embedding: channels of words and style.
        condition: channels of time, words and style.
        velocity: whether the `FlowUNet` predicts noise - codes (v-prediction) and not the clean codes (x0-prediction).
    """

    def __init__(
        self,
        vocabulary: int,
        styles: int = 4,
        latent: int = 16,
        size: int = 8,
        widths: tuple[int, ...] = (176, 256),
        encoder: tuple[int, ...] = (2, 4),
        decoder: tuple[int, ...] = (3,),
        cond_embedding: int = 160,
        condition: int = 160,
        memory_mlp: int = 320,
        dropout: float = 0.0,
        velocity: bool = False,
    ):
        super().__init__()
        self.velocity = velocity
        self.no_style = styles
        self.codes = (latent, size, size)  # shape of one picture's codes
        self.prompt = PromptEncoder(vocabulary, cond_embedding)
        self.style = nn.Embedding(styles + 1, cond_embedding)
        self.mix = StackedConvNet([DeepConvLayer(cond_embedding, 1, hidden=2 * cond_embedding)])
        self.time_proj = nn.Linear(TIME_WAVES, condition)
        self.cond_proj = nn.Linear(cond_embedding, condition)
        self.flow = FlowUNet(latent, widths, encoder, decoder, size, condition, cond_embedding, memory_mlp, dropout)

    def cond_embedding(self, words: Tensor, letters: Tensor, style: Tensor) -> Tensor:
        """Words (B, W), letters (B, W, L), style (B,) -> (B, M); it is the same at every sampling step."""
        both = self.prompt(words, letters) + self.style(style)
        return self.mix(both.unsqueeze(-1)).squeeze(-1)

    def clean(self, noisy: Tensor, time: Tensor, cond_embedding: Tensor) -> Tensor:
        """The expected codes (B, C, H, W) given noisy ones at `time` (B,), 1 = noise, and words and style (B, M)."""
        waves = time_embedding(time).to(cond_embedding.dtype)
        condition = nn.functional.silu(self.time_proj(waves) + self.cond_proj(cond_embedding))
        predicted = self.flow(noisy, condition, cond_embedding)
        return noisy - time.view(-1, 1, 1, 1) * predicted if self.velocity else predicted

    def forward(self, noisy: Tensor, time: Tensor, words: Tensor, letters: Tensor, style: Tensor) -> Tensor:
        """`clean` from words and style: what training calls."""
        return self.clean(noisy, time, self.cond_embedding(words, letters, style))


def time_embedding(time: Tensor) -> Tensor:
    """Sinusoids of a time in [0, 1] (Vaswani et al., arXiv:1706.03762): (B,) -> (B, TIME_WAVES)."""
    rates = torch.exp(torch.linspace(0, math.log(1000), TIME_WAVES // 2, device=time.device))
    angles = time.float().unsqueeze(1) * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1)
