"""Tests the promises of the two speech networks: length regulation, pitch, sources, gradients everywhere."""

import pytest
import torch
from conftest import randomise

from resgen.speech.acoustic import BOUNDARY, TOKENS, AcousticNet, length_regulator
from resgen.speech.features import BINS, HOP, MEL_MEAN, MEL_SPREAD, MELS, UNIT, hertz_of, mel_spectrogram, octaves_of
from resgen.speech.vocoder import VocoderNet, speak
from resgen.training.speech.discriminators import SPECTRAL, AdversarialPair, adversarial_loss
from resgen.training.speech.losses import acoustic_loss, energy_of, spectral_loss, vocoder_loss

SMALL = {"channels": 16, "encoder": (1, 2), "decoder": (1,), "hidden": 8}
SMALL_VOCODER = {"channels": 16, "dilations": (1,), "hidden": 8}


@pytest.fixture
def acoustic() -> AcousticNet:
    torch.manual_seed(0)
    return randomise(AcousticNet(**SMALL, voices=2))


@pytest.fixture
def vocoder() -> VocoderNet:
    torch.manual_seed(0)
    return VocoderNet(**SMALL_VOCODER)


def make_batch(rows: int = 2, tokens: int = 9, frames: int = 40) -> dict[str, torch.Tensor]:
    draw = torch.Generator().manual_seed(0)
    durations = torch.full((rows, tokens), 4)
    durations[:, -1] += frames - durations.sum(1)
    f0 = torch.full((rows, frames), 180.0)
    f0[:, :10] = 0
    wave = torch.randn(rows, frames * HOP, generator=draw) * 0.1
    return {
        "voice": torch.arange(rows) % 2,
        "tokens": torch.randint(0, BOUNDARY, (rows, tokens), generator=draw),
        "durations": durations,
        "mel": mel_spectrogram(wave),
        "f0": f0,
        "shift": torch.zeros(rows, frames),
        "spoken": torch.ones(rows, frames),
        "timed": torch.ones(rows, tokens),
        "pulses": torch.randn(rows, frames * HOP, generator=draw),
        "wave": wave,
    }


def test_every_frame_belongs_to_the_token_whose_turn_it_is():
    index, place = length_regulator(torch.tensor([[2, 0, 3, 1], [1, 1, 1, 3]]), 6)
    assert index.tolist() == [[0, 0, 2, 2, 2, 3], [0, 1, 2, 3, 3, 3]]
    assert torch.allclose(place[0, 0], torch.tensor([1 / 4, 3 / 4, 1 / 6, 1 / 2, 5 / 6, 1 / 2]))
    assert torch.allclose(place[0, 1].exp(), torch.tensor([2.0, 2, 3, 3, 3, 1]))
    assert torch.allclose(place[0, 2].exp(), torch.tensor([2.0, 1, 3, 2, 1, 1]))


def test_octaves_and_hertz_are_each_others_inverse():
    f0 = torch.tensor([[0.0, 100.0, 200.0, 283.0]])
    octaves, voiced = octaves_of(f0)
    assert octaves.tolist()[0][:3] == [0, -1, 0] and voiced.tolist() == [[0, 1, 1, 1]]
    assert torch.allclose(hertz_of(octaves, voiced), f0)


def test_the_energy_of_a_token_is_that_of_its_frames():
    mel = torch.full((1, MELS, 6), MEL_MEAN)
    mel[..., 2:4] += MEL_SPREAD  # the third token
    mel[..., 4:] += torch.tensor([MEL_SPREAD, 3 * MEL_SPREAD])  # the fourth
    energy = energy_of(mel, torch.tensor([[2, 0, 2, 2]]))
    assert torch.allclose(energy, torch.tensor([[0.0, 0, 1, 2]]), atol=1e-6)


def test_shapes(acoustic, vocoder):
    batch = make_batch()
    stream, durations, energy = acoustic.encode(batch["tokens"], acoustic.shares(batch["voice"]))
    assert stream.shape == (2, 16, 9) and durations.shape == energy.shape == (2, 9)
    stream, pitch = acoustic.regulate_length(stream, batch["durations"], energy, 40)
    assert stream.shape == (2, 16, 40) and pitch.shape == (2, 2, 40)
    octaves, voiced = octaves_of(batch["f0"])
    told = acoustic.decode(stream, octaves, voiced)
    assert told.shape == (2, MELS, 40)
    assert all(part.shape == (2, BINS, 40) for part in vocoder(told, batch["f0"]))
    assert speak(vocoder, told, batch["f0"], torch.zeros(2, 40 * HOP)).shape == (2, 40 * HOP)


def test_pitch_reaches_the_mel_only_where_voiced(acoustic):
    batch = make_batch()
    stream, _, energy = acoustic.encode(batch["tokens"], acoustic.shares(batch["voice"]))
    stream, _ = acoustic.regulate_length(stream, batch["durations"], energy, 40)
    octaves, voiced = octaves_of(batch["f0"])
    same = acoustic.decode(stream, octaves + (1 - voiced), voiced)
    assert torch.equal(same, acoustic.decode(stream, octaves, voiced))
    assert not torch.allclose(acoustic.decode(stream, octaves + 0.5 * voiced, voiced), same)


def test_the_vocoder_and_its_discriminators_learn_for_themselves_alone(vocoder):
    """Discriminators that are given weights of zero teach the vocoder nothing; a vocoder that cannot change still
    teaches them."""
    torch.manual_seed(0)
    both, batch = AdversarialPair(randomise(vocoder)), make_batch()

    def gradients(part: torch.nn.Module) -> torch.Tensor:
        both.zero_grad()
        torch.manual_seed(1)  # of the noise
        adversarial_loss(both, batch).backward()
        return torch.cat([p.grad.flatten() for p in part.parameters()])

    discriminators, taught = gradients(both.discriminators), gradients(both.vocoder)
    assert (discriminators != 0).any() and (taught != 0).any()
    with torch.no_grad():
        for parameter in both.discriminators.parameters():
            parameter.zero_()
    torch.manual_seed(1)
    both.zero_grad()
    (SPECTRAL * spectral_loss(both.vocoder, batch)).backward()
    alone = torch.cat([p.grad.flatten() for p in both.vocoder.parameters()])
    assert not torch.allclose(taught, alone, rtol=1e-3)
    assert torch.allclose(gradients(both.vocoder), alone, rtol=1e-3, atol=1e-6)
    both.discriminators.load_state_dict(AdversarialPair(vocoder).discriminators.state_dict())
    before = gradients(both.discriminators)
    vocoder.requires_grad_(False)
    assert torch.equal(gradients(both.discriminators), before)


@pytest.mark.parametrize("loss", [acoustic_loss, vocoder_loss, spectral_loss])
def test_every_parameter_gets_a_gradient(loss, acoustic, vocoder):
    network = acoustic if loss is acoustic_loss else randomise(vocoder)
    value = loss(network.train(), make_batch())
    value.backward()
    assert torch.isfinite(value)
    missing = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert missing == []


def test_gaps_and_what_is_beyond_a_sentence_do_not_count(acoustic):
    batch = make_batch()
    batch["spoken"][:, 30:] = 0
    batch["timed"][:, 7:] = 0
    before = acoustic_loss(acoustic, batch).detach()
    batch["mel"][..., 30:] += 5
    batch["f0"][:, 38:] = 0
    assert float(acoustic_loss(acoustic, batch).detach()) == pytest.approx(float(before), abs=0.05)


def test_the_pitch_learned_is_that_before_the_shift():
    """A network that tells the pitch before the shift, and all else right, has no loss however far it was shifted."""
    batch = make_batch()

    class Perfect:
        def shares(self, voice):
            return voice

        def encode(self, tokens, voice):
            energy = energy_of(batch["mel"], batch["durations"])
            return tokens, (batch["durations"] / UNIT).log(), energy

        def regulate_length(self, x, durations, energy, frames):
            octaves, voiced = octaves_of(batch["f0"])
            return x, torch.stack([octaves, (voiced - 0.5) * 200], 1)

        def decode(self, x, octaves, voiced):
            return batch["mel"]

    shifted = {**batch, "f0": batch["f0"] * 2**0.25, "shift": batch["shift"] + 0.25}
    assert float(acoustic_loss(Perfect(), batch)) == pytest.approx(0, abs=1e-5)
    assert float(acoustic_loss(Perfect(), shifted)) == pytest.approx(0, abs=1e-5)
    assert float(acoustic_loss(Perfect(), {**shifted, "shift": batch["shift"]})) > 0.5


def test_the_likelihood_is_best_at_the_true_filters():
    """White noise of known strength over pulses of known gain: no other gain or strength is likelier."""
    batch = make_batch(frames=200)
    draw = torch.Generator().manual_seed(2)
    batch["wave"] = 0.02 * batch["pulses"] + 0.1 * torch.randn(2, 200 * HOP, generator=draw)

    def loss(gain: float, spread: float) -> float:
        def network(mel, f0):
            ones = torch.ones(2, BINS, 200)
            return gain * ones, 0 * ones, torch.full_like(ones, spread).log()

        return float(vocoder_loss(network, batch))

    # `harmonic_spectrum` divides by half the window's sum, 300; noise of 0.1 has sqrt(450) times that in a bin.
    best = loss(0.02 * 300, 0.1 * 450**0.5)
    assert best < min(loss(0, 2.12), loss(7, 2.12), loss(5, 2.12), loss(6, 1.7), loss(6, 2.6))


def test_voiced_frames_sound_at_their_pitch(vocoder):
    """Flat filters: pulses come out at F0, whatever the mel."""
    frames = 100

    class Flat(torch.nn.Module):
        def forward(self, mel, f0):
            ones = torch.ones(1, BINS, f0.shape[1])
            return ones, 0 * ones, ones - 12

    wave = speak(Flat(), torch.zeros(1, MELS, frames), torch.full((1, frames), 240.0), torch.zeros(1, frames * HOP))[0]
    power = torch.fft.rfft(wave[2400:-2400] * torch.hann_window(len(wave) - 4800)).abs()
    assert int(power.argmax()) % round(240 * (len(wave) - 4800) / 24_000) == 0


def test_the_embedding_has_a_row_for_every_phoneme_and_the_gap():
    assert BOUNDARY < TOKENS and UNIT == 2
