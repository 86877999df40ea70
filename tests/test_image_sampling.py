"""Tests the promises of sampling: noise of each seed's own, falling times, and a flow that ends where it should."""

from itertools import pairwise

import pytest
import torch

from resgen.image.sampling import euler_sample, guided, noise_for, timesteps

SHAPE = (16, 8, 8)


@pytest.mark.parametrize("steps", [1, 2, 4, 20, 100])
def test_times_fall_from_noise_to_clean(steps):
    ts = timesteps(steps)
    assert len(ts) == steps + 1
    assert (ts[0], ts[-1]) == (1, 0)
    assert all(now > then for now, then in pairwise(ts))


def test_times_are_denser_near_noise():
    gaps = [t - t_next for t, t_next in pairwise(timesteps(20))]
    assert gaps == sorted(gaps)
    assert timesteps(4, shift=1) == pytest.approx([1, 0.75, 0.5, 0.25, 0])
    assert timesteps(2, shift=2)[1] == pytest.approx(2 / 3)


@pytest.mark.parametrize("steps", [1, 4, 20])
def test_an_exact_guess_is_where_the_flow_ends(steps):
    clean, noise = torch.ones(2, *SHAPE) * 0.3, noise_for([1, 2], SHAPE)
    seen = []

    def guess(noisy, time):
        seen.append(time)
        torch.testing.assert_close(noisy, (1 - time) * clean + time * noise, atol=1e-5, rtol=1e-5)
        return clean

    results = list(euler_sample(guess, noise, steps))
    assert len(results) == steps
    assert torch.equal(results[-1], clean)
    assert seen == timesteps(steps)[:-1]


def test_the_last_guess_is_the_result_and_all_are_shown():
    guesses = [torch.full((1, *SHAPE), float(i)) for i in range(5)]
    waiting = iter(guesses)
    results = list(euler_sample(lambda noisy, time: next(waiting), noise_for([0], SHAPE), 5))
    assert all(torch.equal(*pair) for pair in zip(results, guesses, strict=True))


def test_no_more_is_guessed_than_asked_for():
    counted = []
    run = euler_sample(lambda noisy, time: counted.append(time) or noisy, noise_for([0], SHAPE), 10)
    next(run)
    run.close()
    assert counted == [1]


def test_the_noise_is_left_as_it_was():
    noise = noise_for([3], SHAPE)
    list(euler_sample(lambda noisy, time: noisy * 0.5, noise, 3))
    assert torch.equal(noise, noise_for([3], SHAPE))


def test_guidance_goes_from_the_guess_without_words_through_that_with_them():
    clean, plain = torch.randn(2, 3, *SHAPE, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(guided(clean, plain, 1), clean)
    torch.testing.assert_close(guided(clean, plain, 0), plain)
    torch.testing.assert_close(guided(clean, plain, 3) - guided(clean, plain, 2), clean - plain)


def test_noise_depends_on_the_own_seed_only():
    several = noise_for([7, 8, 2**31 - 1, 7, 0], SHAPE)
    assert several.shape == (5, *SHAPE)
    for i, seed in enumerate([7, 8, 2**31 - 1, 7, 0]):
        assert torch.equal(several[i], noise_for([seed], SHAPE)[0])
    assert len({noise.numpy().tobytes() for noise in several}) == 4


def test_noise_neither_uses_nor_moves_the_global_generator():
    torch.manual_seed(1)
    before = torch.get_rng_state()
    one = noise_for([5], SHAPE)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert torch.equal(noise_for([5], SHAPE), one)


def test_noise_is_standard_normal():
    noise = noise_for(list(range(100)), SHAPE)  # 102,400 numbers
    assert abs(noise.mean()) < 0.02 and abs(noise.std() - 1) < 0.02
    assert abs((noise.abs() < 1).float().mean() - 0.683) < 0.01
    flat = noise.flatten(1)
    neighbours = (flat[1:] * flat[:-1]).mean(1)  # of seeds in a row
    assert neighbours.abs().max() < 0.2
