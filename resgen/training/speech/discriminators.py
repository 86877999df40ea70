"""Critics the vocoder learns against: small networks that learn to tell its sound from the teachers'. Called by
`resgen.training.speech.train`; nothing of them ships.

A generative adversarial network (Goodfellow et al., arXiv:1406.2661) with the critics of HiFi-GAN (periods,
arXiv:2010.05646) and UnivNet (spectrograms of several resolutions, arXiv:2106.07889), with few channels, so that two
CPU threads can train against them.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resgen.speech.vocoder import VocoderNet
from resgen.training.speech.losses import RESOLUTIONS, log_magnitudes, made, spectral_distance

PERIODS = (2, 3, 5, 7, 11)  # samples; primes, so that they hear different ones
SPECTRAL, FEATURES = 15.0, 2.0  # what those losses weigh beside the critics' opinion


class Critic(nn.Module):
    """Strided convolutions, each but the last followed by a leaky ReLU.

    Args:
        channels: of each layer's output but the last, which tells an opinion: 1 real, 0 made.
        kernel, stride: of all layers but the last.
    """

    def __init__(self, channels: tuple[int, ...], kernel: tuple[int, int], stride: tuple[int, int]):
        super().__init__()
        padding = kernel[0] // 2, kernel[1] // 2
        widths = zip((1, *channels), channels, strict=False)
        self.layers = nn.ModuleList(nn.Conv2d(a, b, kernel, stride, padding) for a, b in widths)
        self.opinion = nn.Conv2d(channels[-1], 1, 3, padding=1)

    def forward(self, x: Tensor) -> list[Tensor]:
        """(B, 1, H, W) -> what each layer tells, the opinion last."""
        x, told = x.to(memory_format=torch.channels_last), []  # which is faster here
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.1)
            told.append(x)
        return [*told, self.opinion(x)]


class Critics(nn.Module):
    """One critic for each period, and one for each resolution of the spectrogram."""

    def __init__(self):
        super().__init__()
        self.periods = nn.ModuleList(Critic((8, 16, 32, 64), (5, 1), (3, 1)) for _ in PERIODS)
        self.spectra = nn.ModuleList(Critic((8, 16, 16), (5, 3), (2, 2)) for _ in RESOLUTIONS)

    def forward(self, wave: Tensor) -> list[list[Tensor]]:
        """Waves (B, N) -> what each critic's layers tell."""
        told = []
        for period, critic in zip(PERIODS, self.periods, strict=True):
            whole = wave[:, : wave.shape[1] // period * period]
            told.append(critic(whole.view(len(wave), 1, -1, period)))
        for size, critic in zip(RESOLUTIONS, self.spectra, strict=True):
            told.append(critic(log_magnitudes(wave, size)[:, None]))
        return told


class AgainstCritics(nn.Module):
    """A vocoder and its critics, so that one optimiser and one training loop serve both."""

    def __init__(self, vocoder: VocoderNet):
        super().__init__()
        self.vocoder, self.critics = vocoder, Critics()


def adversarial_loss(both: AgainstCritics, batch: dict[str, Tensor]) -> Tensor:
    """What the vocoder and its critics each want to be small, in one sum; no part of it reaches the other's weights.

    Least squares (Mao et al., arXiv:1611.04076): the critics want 1 for real and 0 for made sound. The vocoder wants
    1 for made sound, their layers to tell of it what they tell of the real one (feature matching), and
    `spectral_distance`. Batch as of `resgen.training.speech.data.cut_batches`.
    """
    wave = made(both.vocoder, batch)
    real, own = both.critics(batch["wave"]), both.critics(wave.detach())
    critics = sum(_off(r, 1) + _off(o, 0) for r, o in zip(real, own, strict=True))
    fixed = {name: parameter.detach() for name, parameter in both.critics.named_parameters()}
    judged = torch.func.functional_call(both.critics, fixed, (wave,))
    opinion = sum(_off(j, 1) for j in judged)
    features = sum(
        (told.float() - true.detach().float()).abs().mean()
        for j, r in zip(judged, real, strict=True)
        for told, true in zip(j[:-1], r[:-1], strict=True)
    )
    return critics + opinion + FEATURES * features + SPECTRAL * spectral_distance(wave, batch["wave"])


def _off(told: list[Tensor], wanted: float) -> Tensor:
    """How far a critic's opinion is from the one wanted."""
    return (told[-1].float() - wanted).square().mean()
