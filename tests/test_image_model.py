"""Tests the promises of the picture model and its autoencoder: shapes, scale, gradients, rows and words apart."""

import pytest
import torch
import torch.nn.functional as F
from conftest import randomise
from pictures import AUTOENCODER, SMALL, make_autoencoder, make_dictionary, make_network

from resgen.image.autoencoder import Autoencoder, rms_normalized
from resgen.image.model import TIME_WAVES, PictureNet, PromptEncoder, time_embedding
from resgen.image.prompt import LETTERS, WORDS
from resgen.training.image.losses import autoencoder_loss, flow_loss, reconstruction_loss

PROMPTS = ["red car", "cat", "", "zorb strawbery dog", "red car cat dog bus sun mouse bear"]
N = len(PROMPTS)


@pytest.fixture
def network() -> PictureNet:
    return make_network().eval().requires_grad_(False)


@pytest.fixture
def inputs() -> dict[str, torch.Tensor]:
    """What the network is called with, for each of PROMPTS."""
    dictionary, draw = make_dictionary(), torch.Generator().manual_seed(1)
    words, letters = zip(*(dictionary.encode(tuple(prompt.split())) for prompt in PROMPTS), strict=True)
    return {
        "noisy": torch.randn(N, 16, 8, 8, generator=draw),
        "time": torch.linspace(0, 1, N),
        "words": torch.tensor(words),
        "letters": torch.tensor(letters),
        "style": torch.tensor([0, 1, 4, 2, 3]),
    }


@pytest.fixture
def pictures() -> torch.Tensor:
    """(3, 4, 64, 64) smooth blobs in [-1, 1]."""
    coarse = torch.randn(3, 4, 8, 8, generator=torch.Generator().manual_seed(2))
    return F.interpolate(coarse, size=64, mode="bilinear").clamp(-1, 1)


def cond_embedding(network, inputs, **changes):
    return network.cond_embedding(*({**inputs, **changes}[key] for key in ("words", "letters", "style")))


def test_the_guess_has_the_shape_of_the_codes_and_is_finite(network, inputs):
    clean = network(**inputs)
    assert network.codes == (16, 8, 8)
    assert clean.shape == (N, 16, 8, 8) and clean.isfinite().all()


def test_a_fresh_network_guesses_something_finite(inputs):
    torch.manual_seed(0)
    network = PictureNet(len(make_dictionary().vocabulary), **SMALL)
    assert network(**inputs).isfinite().all()


@pytest.mark.parametrize("size", [4, 16])
@pytest.mark.parametrize("widths", [(8,), (8, 12), (8, 12, 16)], ids=len)
def test_other_sizes_and_depths_work(inputs, size, widths):
    depths = {"widths": widths, "encoder": (1,) * len(widths), "decoder": (1,) * (len(widths) - 1)}
    network = make_network(size=size, **depths).eval()
    noisy = torch.randn(N, 16, size, size, generator=torch.Generator().manual_seed(0))
    assert network(**{**inputs, "noisy": noisy}).shape == noisy.shape


def test_every_parameter_of_the_flow_gets_a_gradient_from_its_loss(inputs):
    network = make_network().train()
    torch.manual_seed(3)
    flow_loss(network, {**inputs, "codes": rms_normalized(inputs["noisy"])}).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad.isfinite().all() and parameter.grad.abs().sum() > 0, name


def test_every_parameter_of_the_autoencoder_gets_a_gradient_from_its_loss(pictures):
    autoencoder = randomise(Autoencoder(**AUTOENCODER)).train()
    autoencoder_loss(autoencoder, {"pictures": ((pictures + 1) * 127.5).round().to(torch.uint8)}).backward()
    for name, parameter in autoencoder.named_parameters():
        assert parameter.grad.isfinite().all() and parameter.grad.abs().sum() > 0, name


def test_rows_of_a_batch_do_not_influence_each_other(network, inputs, pictures):
    together = network(**inputs)
    for i in range(N):
        alone = network(**{key: value[i : i + 1] for key, value in inputs.items()})
        torch.testing.assert_close(together[i : i + 1], alone, atol=1e-4, rtol=1e-4)
    autoencoder = make_autoencoder()
    encode, decode = autoencoder.encode, autoencoder.decode
    torch.testing.assert_close(encode(pictures)[1:2], encode(pictures[1:2]), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(decode(together)[1:2], decode(together[1:2]), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("key", ["noisy", "time", "words", "letters", "style"])
def test_the_guess_depends_on_all_it_is_given(network, inputs, key):
    changed = {**inputs, key: inputs[key].roll(2, 0)}
    differences = (network(**inputs) - network(**changed)).abs().amax((1, 2, 3))
    if key == "words":  # without letters they are none
        differences = differences[inputs["letters"].sum((1, 2)) > 0]
    assert len(differences) >= 4 and (differences > 1e-3).all()


def test_an_empty_prompt_means_something_finite_that_only_the_style_changes(network):
    words, letters = torch.zeros(5, WORDS, dtype=torch.long), torch.zeros(5, WORDS, LETTERS, dtype=torch.long)
    assert torch.equal(network.prompt(words, letters), torch.zeros(5, 16))
    meant = network.cond_embedding(words, letters, torch.arange(5))
    assert meant.isfinite().all()
    assert len({row.numpy().tobytes() for row in meant}) == 5


def test_empty_slots_say_nothing(network, inputs):
    before = cond_embedding(network, inputs)
    empty = inputs["letters"][:, :, 0] == 0
    filled = torch.where(empty, 7, inputs["words"])  # words without letters are none
    assert empty.any()
    assert torch.equal(cond_embedding(network, inputs, words=filled), before)
    network.prompt.words.weight[0] = 1e6  # that no word or an unknown one would have
    assert torch.equal(cond_embedding(network, inputs), before)


def test_the_order_of_words_and_of_letters_matters(network):
    dictionary = make_dictionary()

    def read(*words):
        numbers, letters = (torch.tensor([part]) for part in dictionary.encode(words))
        return network.prompt(numbers, letters)

    for one, other in ((("red", "car"), ("car", "red")), (("zorb",), ("zrob",)), (("car",), ("cat",))):
        assert not torch.allclose(read(*one), read(*other), atol=1e-4)
    # Beyond what is read of a word, letters say nothing.
    assert torch.equal(read("z" * LETTERS), read("z" * (LETTERS + 5)))


def test_forgotten_words_are_read_by_their_letters_alone(inputs):
    words, letters = inputs["words"], inputs["letters"]
    encoder = randomise(PromptEncoder(100, 16, 8, forget=1.0))
    by_letters = encoder.train()(words, letters)
    torch.testing.assert_close(by_letters, encoder(torch.zeros_like(words), letters))
    assert not torch.allclose(by_letters[0], encoder.eval()(words, letters)[0], atol=1e-3)


def test_reading_is_the_same_every_time_outside_training(network, inputs):
    assert torch.equal(network(**inputs), network(**inputs))


def test_embeddings_tell_times_apart():
    told = time_embedding(torch.tensor([0.0, 0.001, 0.5, 1.0]))
    assert told.shape == (4, TIME_WAVES) and told.abs().max() <= 1
    assert torch.pdist(told).min() > 0.1


@pytest.mark.parametrize("side", [8, 64])
def test_codes_are_an_eighth_a_side_and_of_rms_1_everywhere(side):
    autoencoder = make_autoencoder()
    batch = torch.rand(2, 4, side, side, generator=torch.Generator().manual_seed(0)) * 2 - 1
    codes = autoencoder.encode(batch)
    assert codes.shape == (2, 16, side // 8, side // 8)
    rms = codes.square().mean(1).sqrt()
    torch.testing.assert_close(rms, torch.ones_like(rms), atol=1e-3, rtol=0)
    assert autoencoder.decode(codes).shape == batch.shape


def test_unit_keeps_directions_whatever_the_scale():
    codes = torch.randn(2, 16, 3, 3, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(rms_normalized(codes * 50), rms_normalized(codes), atol=1e-4, rtol=1e-4)
    assert rms_normalized(torch.zeros(1, 16, 2, 2)).isfinite().all()
    assert rms_normalized(codes.bfloat16()).dtype == torch.bfloat16


def test_noise_on_the_codes_only_where_asked_for(pictures):
    autoencoder = make_autoencoder()
    plain = autoencoder.decode(autoencoder.encode(pictures))
    torch.manual_seed(0)
    torch.testing.assert_close(autoencoder(pictures, noise=0), plain)
    assert not torch.allclose(autoencoder(pictures, noise=0.5), plain, atol=1e-3)


def test_the_reconstruction_loss_is_0_for_equal_pictures_and_grows_with_blur(pictures):
    sharp = pictures.sign()
    losses = [reconstruction_loss(F.avg_pool2d(sharp, k, 1, k // 2), sharp).item() for k in (1, 3, 7, 15)]
    assert losses[0] == 0
    assert losses == sorted(set(losses))


def test_the_reconstruction_loss_asks_for_edges():
    flat, raised, striped = torch.zeros(3, 1, 4, 16, 16)
    raised += 0.5
    striped[..., ::2] = 1  # the same error of pixels on average
    torch.testing.assert_close(reconstruction_loss(raised, flat), torch.tensor(0.5))
    assert reconstruction_loss(striped, flat) > 1
