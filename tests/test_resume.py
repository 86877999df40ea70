"""Tests the promise that in every room a run that was interrupted and goes on ends as if it had not been."""

import itertools
from dataclasses import replace

import pytest
import torch
from conftest import randomise
from pictures import AUTOENCODER
from test_image_train import small_pictures  # noqa: F401 - a fixture of the next
from test_image_train import small_world as image_world  # noqa: F401
from test_listen_train import cached as listen_world  # noqa: F401
from test_speech_data import make_readings, speech  # noqa: F401
from test_speech_train import small_world as speech_world  # noqa: F401
from test_text_train import small_world as text_world  # noqa: F401

from resgen import checkpoint
from resgen.image.autoencoder import Autoencoder
from resgen.training.image import train as image
from resgen.training.image import train_autoencoder
from resgen.training.listen import train as listening
from resgen.training.loop import train
from resgen.training.speech import data
from resgen.training.speech import train as speaking
from resgen.training.text import train as text

STEPS, BROKEN = 5, 2


def autoencoder(folder) -> str:
    """The path of a small one."""
    card = {"kind": "autoencoder", "architecture": {}, "metrics": {}}
    return str(checkpoint.save(folder, "codec", randomise(Autoencoder(**AUTOENCODER)), card))


RUNS = {
    "text": ("text_world", text, lambda folder: []),
    "autoencoder": ("image_world", train_autoencoder, lambda folder: []),
    "image": ("image_world", image, lambda folder: ["--autoencoder", autoencoder(folder)]),
    "acoustic": ("speech_world", speaking, lambda folder: ["--part", "acoustic"]),
    "vocoder": ("speech_world", speaking, lambda folder: ["--part", "vocoder"]),
    "listen": ("listen_world", listening, lambda folder: []),
}


def saving(after: int | None = None):
    """The training loop, with a save after every step, that is interrupted after so many."""

    def run(network, loss, batches, schedule, folder, report=None):
        def broken(start: int, process: int):
            yield from itertools.islice(batches(start, process), after)
            raise KeyboardInterrupt

        schedule = replace(schedule, steps=STEPS, warmup=1, save_minutes=0)
        return train(network, loss, batches if after is None else broken, schedule, folder, report)

    return run


@pytest.mark.slow
@pytest.mark.parametrize("kind", RUNS)
def test_an_interrupted_run_of_any_room_ends_with_the_weights_of_an_uninterrupted_one(
    kind, request, monkeypatch, tmp_path
):
    world, module, more = RUNS[kind]
    request.getfixturevalue(world)
    more = more(tmp_path)

    def weights(folder: str, after: int | None = None) -> dict[str, torch.Tensor]:
        monkeypatch.setattr(module, "train", saving(after))
        torch.manual_seed(0)  # of a network's first weights
        path = module.main(["--preset", "smoke", "--name", "one", "--out", str(tmp_path / folder), *more])
        return checkpoint.load({"vocoder": "vocoder", "acoustic": "speech"}.get(kind, kind), str(path))[0].state_dict()

    whole = weights("whole")
    with pytest.raises(KeyboardInterrupt):
        weights("parts", BROKEN)
    resumed = weights("parts")
    assert torch.load(tmp_path / "parts" / "state.pt", weights_only=True)["step"] == STEPS
    for name, one in whole.items():
        torch.testing.assert_close(resumed[name], one, atol=1e-3, rtol=1e-2, msg=name)


@pytest.mark.parametrize("batches", [data.packed_batches, data.cut_batches])
def test_a_later_batch_of_speech_is_the_same_wherever_one_starts(speech, batches):  # noqa: F811
    shape = (2, 80, 160) if batches is data.packed_batches else (2, 20)
    whole = list(itertools.islice(batches(speech, *shape, seed=3), 12))
    for start in (1, 7, 11):
        later = next(batches(speech, *shape, seed=3, start=start))
        assert all(torch.equal(later[name], whole[start][name]) for name in later)
