"""Discriminators: small networks that learn to tell the vocoder's sound from the teachers', against which it is tuned.
Called by `resgen.training.speech.train`; nothing of them ships.

A generative adversarial network (Goodfellow et al., arXiv:1406.2661) with the discriminators of HiFi-GAN (periods,
arXiv:2010.05646) and UnivNet (spectrograms of several resolutions, arXiv:2106.07889), with few channels, so that two
CPU threads can train against them.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resgen.speech.vocoder import VocoderNet
from resgen.training.speech.losses import RESOLUTIONS, log_magnitudes, spectral_distance, synthesised

PERIODS = (2, 3, 5, 7, 11)  # samples; primes, so that they hear different ones
SPECTRAL, FEATURES = 15.0, 2.0  # weights of those losses beside the adversarial one


class Discriminator(nn.Module):
    """Strided convolutions, each but the last followed by a leaky ReLU.

    Args:
        channels: of each layer's output but the last, the logit: 1 for real sound, 0 for synthesised.
        kernel, stride: of all layers but the last.
    """

    def __init__(self, channels: tuple[int, ...], kernel: tuple[int, int], stride: tuple[int, int]):
        super().__init__()
        padding = kernel[0] // 2, kernel[1] // 2
        widths = zip((1, *channels), channels, strict=False)
        self.layers = nn.ModuleList(nn.Conv2d(a, b, kernel, stride, padding) for a, b in widths)
        self.logit = nn.Conv2d(channels[-1], 1, 3, padding=1)

    def forward(self, x: Tensor) -> list[Tensor]:
        """(B, 1, H, W) -> the output of each layer (the feature maps), the logits last."""
        x, outputs = x.to(memory_format=torch.channels_last), []  # which is faster here
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.1)
            outputs.append(x)
        return [*outputs, self.logit(x)]


class Discriminators(nn.Module):
    """One discriminator for each period, and one for each resolution of the spectrogram."""

    def __init__(self):
        super().__init__()
        self.periods = nn.ModuleList(Discriminator((8, 16, 32, 64), (5, 1), (3, 1)) for _ in PERIODS)
        self.spectra = nn.ModuleList(Discriminator((8, 16, 16), (5, 3), (2, 2)) for _ in RESOLUTIONS)

    def forward(self, wave: Tensor) -> list[list[Tensor]]:
        """Waves (B, N) -> the outputs of each discriminator's layers."""
        outputs = []
        for period, discriminator in zip(PERIODS, self.periods, strict=True):
            whole = wave[:, : wave.shape[1] // period * period]
            outputs.append(discriminator(whole.view(len(wave), 1, -1, period)))
        for size, discriminator in zip(RESOLUTIONS, self.spectra, strict=True):
            outputs.append(discriminator(log_magnitudes(wave, size)[:, None]))
        return outputs


class AdversarialPair(nn.Module):
    """A vocoder and its discriminators, so that one optimiser and one training loop serve both."""

    def __init__(self, vocoder: VocoderNet):
        super().__init__()
        self.vocoder, self.discriminators = vocoder, Discriminators()


def adversarial_loss(both: AdversarialPair, batch: dict[str, Tensor]) -> Tensor:
    """The losses of the vocoder and of its discriminators in one sum; no part of it reaches the other's weights.

    Least squares (Mao et al., arXiv:1611.04076): the discriminators' targets are 1 for real, 0 for synthesised sound.
    The vocoder's are 1 for synthesised sound, the same feature maps as of real sound (feature matching), and a small
    `spectral_distance`. Batch as of `resgen.training.speech.data.cut_batches`.
    """
    wave = synthesised(both.vocoder, batch)
    real, fake = both.discriminators(batch["wave"]), both.discriminators(wave.detach())
    discriminator = sum(_least_squares(r, 1) + _least_squares(f, 0) for r, f in zip(real, fake, strict=True))
    fixed = {name: parameter.detach() for name, parameter in both.discriminators.named_parameters()}
    scored = torch.func.functional_call(both.discriminators, fixed, (wave,))
    adversarial = sum(_least_squares(s, 1) for s in scored)
    features = sum(
        (predicted.float() - target.detach().float()).abs().mean()
        for s, r in zip(scored, real, strict=True)
        for predicted, target in zip(s[:-1], r[:-1], strict=True)
    )
    return discriminator + adversarial + FEATURES * features + SPECTRAL * spectral_distance(wave, batch["wave"])


def _least_squares(outputs: list[Tensor], target: float) -> Tensor:
    """Mean squared error of a discriminator's logits."""
    return (outputs[-1].float() - target).square().mean()
