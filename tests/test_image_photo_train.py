"""Tests the promises of training on photographs: what a pack or an archive holds, batches, folding, learning."""

import io
import itertools
import tarfile

import numpy as np
import pytest
import torch
from conftest import randomise
from PIL import Image

from resgen import checkpoint
from resgen.errors import DataError
from resgen.image.model import PictureNet
from resgen.image.photographer import fitted_timesteps
from resgen.image.pixel_fold import PixelFold
from resgen.image.sampling import dpm_solver_2m, euler_sample, timesteps
from resgen.image.whitened import spectrum, to_codes, to_frequencies, whitened_steps, whitened_timesteps
from resgen.training.image import fit_timesteps, photo_spectrum, photo_words, photos, train_photo
from resgen.training.image.losses import velocity_loss

NARROW = {"widths": (16, 24), "encoder": (1, 1), "decoder": (1,), "cond_embedding": 16, "condition": 16}


def write_pack(path) -> None:
    """40 pictures of one colour each of CIFAR-10's things, the last ten for testing."""
    jpegs = []
    for number in range(40):
        buffer = io.BytesIO()
        Image.new("RGB", (32, 32), (number * 6, 100, 255 * (number >= 30))).save(buffer, "JPEG", quality=95)
        jpegs.append(buffer.getvalue())
    cuts = [jpeg.index(b"\xff\xda") for jpeg in jpegs]
    heads = list(dict.fromkeys(jpeg[:cut] for jpeg, cut in zip(jpegs, cuts, strict=True)))
    bodies = [jpeg[cut:] for jpeg, cut in zip(jpegs, cuts, strict=True)]
    arrays = {
        "heads": np.frombuffer(b"".join(heads), np.uint8),
        "heads_offsets": np.cumsum([0, *map(len, heads)]),
        "bodies": np.frombuffer(b"".join(bodies), np.uint8),
        "offsets": np.cumsum([0, *map(len, bodies)]),
        "head": np.array([heads.index(jpeg[:cut]) for jpeg, cut in zip(jpegs, cuts, strict=True)]),
        "label": np.arange(40) % 10,
        "test": np.arange(40) >= 30,
        "source": np.zeros(40),
        "sources": np.array(["cifar10"]),
    }
    np.savez(path, **arrays)


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    (tmp_path / "image").mkdir()
    monkeypatch.setenv("RESGEN_DATA", str(tmp_path))
    photos.photos.cache_clear()
    yield tmp_path
    photos.photos.cache_clear()


@pytest.fixture
def pack(data_folder):
    write_pack(data_folder / photos.PACK)
    return photos.photos()


def test_a_pack_holds_the_pictures_it_was_made_of(pack):
    assert pack.pixels.shape == (40, 3, 32, 32)
    assert pack.label.tolist() == [i % 10 for i in range(40)] and pack.test.sum() == 10
    assert np.abs(pack.pixels[:, 0].mean((1, 2)) - 6 * np.arange(40)).max() < 3
    assert pack.pixels[pack.test][:, 2].min() > 250


def test_without_pictures_it_says_where_to_get_them(data_folder):
    with pytest.raises(DataError, match=r"cifar-10-binary\.tar\.gz and cifar-100-binary\.tar\.gz"):
        photos.photos()


def test_the_public_archives_are_read_too(data_folder):
    def write(file, members):
        with tarfile.open(data_folder / file, "w:gz") as archive:
            for name, rows in members.items():
                data = np.array(rows, np.uint8).tobytes()
                info = tarfile.TarInfo(f"cifar/{name}")
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))

    red = [200] * 1024 + [0] * 2048
    write("image/cifar-10-binary.tar.gz", {"data_batch_1.bin": [[3, *red]], "test_batch.bin": [[4, *red]], "a.txt": []})
    write("image/cifar-100-binary.tar.gz", {"train.bin": [[9, 7, *red]], "test.bin": [[9, 8, *red]]})
    found = photos.photos()
    assert found.label.tolist() == [3, 4, 17] and found.test.tolist() == [False, True, False]
    assert found.source.tolist() == [0, 0, 1] and found.sources == ["cifar10", "cifar100"]
    assert (found.pixels[:, 0] == 200).all() and (found.pixels[:, 1:] == 0).all()
    assert photo_words.dictionary(found.sources).names[17] == "beetle"


def test_batches_show_what_they_name_and_are_the_same_for_the_same_seed(pack):
    dictionary = photo_words.dictionary(pack.sources)
    one, same = (next(photos.photo_batches(pack, dictionary, 64, 0.6, seed=1, start=2)) for _ in range(2))
    assert all(torch.equal(one[key], same[key]) for key in one)
    nameless = one["letters"].sum((1, 2)) == 0
    assert 0 < nameless.sum() < 24 and (one["words"][nameless] == 0).all()
    assert one["pictures"].dtype == torch.uint8 and one["pictures"].shape == (64, 3, 32, 32)


def test_folding_loses_nothing():
    pictures = torch.rand(2, 4, 32, 32) * 2 - 1
    codes = PixelFold().encode(pictures)
    assert codes.shape == (2, 12, 16, 16)
    assert torch.equal(PixelFold().decode(codes)[:, :3], pictures[:, :3])
    assert (PixelFold().decode(codes)[:, 3] == 1).all()


def test_a_network_that_predicts_velocity_returns_the_clean_codes():
    network = randomise(PictureNet(vocabulary=5, styles=1, latent=3, size=8, **NARROW, memory_mlp=0, velocity=True))
    noisy, time, cond = torch.randn(2, 3, 8, 8), torch.tensor([0.25, 1.0]), torch.randn(2, 16)
    clean = network.clean(noisy, time, cond)
    network.velocity = False
    predicted = network.clean(noisy, time, cond)
    torch.testing.assert_close(clean, noisy - time.view(-1, 1, 1, 1) * predicted)


def test_steps_of_second_order_come_nearer_to_the_end_of_the_flow():
    noise, spread = torch.randn(1, 1, 4, 4, generator=torch.Generator().manual_seed(0)), 0.5

    def denoise(noisy, t):  # exact for pictures that are Gaussian: the flow only scales
        return noisy * (1 - t) * spread**2 / ((1 - t) ** 2 * spread**2 + t**2)

    *_, euler = euler_sample(denoise, noise, 8)
    *_, second = dpm_solver_2m(denoise, noise, timesteps(8))
    errors = [float((end - spread * noise).abs().max()) for end in (euler, second)]
    assert errors[1] < 0.7 * errors[0]


def test_the_velocity_loss_of_a_network_that_knows_is_zero(pack):
    batch = next(photos.photo_batches(pack, photo_words.dictionary(pack.sources), 16, 0.6, seed=1))
    codes = PixelFold().encode(batch["pictures"].float() / 127.5 - 1)
    assert velocity_loss(lambda *_: codes, batch) == 0
    assert velocity_loss(lambda noisy, *_: noisy, batch) > 0.5  # the mean square of noise - codes


def test_it_learns_saves_and_goes_on(pack, tmp_path, monkeypatch):
    monkeypatch.setattr(train_photo, "ARCHITECTURE", {**train_photo.ARCHITECTURE, **NARROW})
    weights = train_photo.main(["--preset", "smoke", "--steps", "6", "--out", str(tmp_path / "run")])
    network, card, extras = checkpoint.load("photo", str(weights))
    assert network.velocity and card["codec"] == {"fold": 2} and card["training"]["seen"] == 48
    assert extras["dictionary"] == photo_words.dictionary(["cifar10"]).source
    more = ["--preset", "smoke", "--steps", "2", "--init", str(weights), "--out", str(tmp_path / "more")]
    _, card, _ = checkpoint.load("photo", str(train_photo.main(more)))
    assert card["training"]["before"]["steps"] == 6


def test_timesteps_fall_from_noise_to_clean_for_any_number():
    for steps in range(1, 101):
        for ts in (fitted_timesteps(steps), whitened_timesteps(steps)):
            assert len(ts) == steps + 1 and ts[0] == 1 and ts[-1] == 0
            assert all(later < earlier for earlier, later in itertools.pairwise(ts))


def test_fitted_timesteps_keep_more_contrast_than_even_ones(pack):
    waves = torch.arange(1, 33)
    spread = (12 / (waves.view(-1, 1) ** 2 + waves**2)).flatten().double()  # falls as that of photographs does
    for steps in (6, 8, 20):
        even, fitted = (
            fit_timesteps.misfit(spread, ts, 0.0) for ts in (timesteps(steps, 1.0), fitted_timesteps(steps))
        )
        assert fitted < 0.5 * even
    found = fit_timesteps.spectrum(pack.pixels)
    assert found.shape == (3072,) and found[0] > 1 > 0.5 > found[100]


def test_the_search_for_timesteps_finds_better_ones(monkeypatch):
    monkeypatch.setattr(fit_timesteps, "TRIES", 20)
    spread = torch.logspace(1, -2, 60).double()
    found = fit_timesteps.fit(spread, 4)
    assert fit_timesteps.misfit(spread, found, 0.0) < 0.6 * fit_timesteps.misfit(spread, timesteps(4, 1.0), 0.0)


def gaussian(noisy, t):
    """The exact prediction for pictures whose frequencies are independent and normal: Wiener's filter."""
    wave = spectrum().square() * (1 - t) ** 2
    return to_codes(to_frequencies(noisy) * wave / (1 - t) / (wave + t**2)) if t < 1 else 0 * noisy


@pytest.mark.parametrize("steps", [2, 4, 8])
def test_few_steps_keep_the_contrast_of_every_frequency(steps):
    noise = torch.randn(3, 12, 16, 16, generator=torch.Generator().manual_seed(0))
    ts = whitened_timesteps(steps)
    *_, end = whitened_steps(gaussian, noise, ts)
    spread, last = spectrum(), ts[-2]
    wanted = to_frequencies(noise) * spread * (1 - last) * spread / ((1 - last) * spread).hypot(torch.tensor(last))
    torch.testing.assert_close(to_frequencies(end), wanted, atol=2e-3, rtol=1e-3)
    *_, other = dpm_solver_2m(gaussian, noise, timesteps(steps, 1.0))
    assert end.std() > 0.9 * (noise.std() * spread.square().mean().sqrt()) > 1.1 * other.std()


def test_frequencies_are_another_way_to_write_pictures():
    codes = torch.randn(2, 12, 16, 16)
    waves = to_frequencies(codes)
    torch.testing.assert_close(to_codes(waves), codes, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(waves.square().sum(), codes.square().sum())
    grey = to_frequencies(PixelFold().encode(torch.full((1, 3, 32, 32), 0.5)))
    assert grey[0, 0, 0, 0] == pytest.approx(0.5 * 3072**0.5, rel=1e-4) and grey.abs().sum() < 28


def test_the_spectrum_is_that_of_the_pictures(pack):
    found = photo_spectrum.spectrum_of(pack.pixels)
    assert found.shape == (3, 32, 32) == tuple(spectrum().shape)
    assert found[0, 0, 0] > 1 and found[0, 5, 5] == pytest.approx(photo_spectrum.LEAST, rel=1e-3)  # of one colour each
    assert spectrum()[0, 0, 1] > 10 * spectrum()[0, 16, 16] and spectrum()[0, 2, 2] > spectrum()[1, 2, 2]
