"""Tests the promise that training learns, can go on where it stopped, and leaves a log."""

import itertools
import json
import logging
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from conftest import randomise

from resgen import device
from resgen.text.model import TextNet
from resgen.training.loop import prefetch, train
from resgen.training.muon import Muon
from resgen.training.optim import Optimiser, Schedule
from resgen.training.run import cache, data_file, run_options, try_lock
from resgen.training.text.losses import next_token_loss

SMALL = {"vocabulary": 40, "channels": 16, "dilations": (1,), "hidden": 16, "heads": 2}
FAST = {"warmup": 2, "compile": False, "log_every": 1}


@pytest.fixture
def untrained():
    torch.manual_seed(0)
    return TextNet(**SMALL)


def stream(start: int, process: int = 0):
    """Rows that count upwards: learnable in a few steps."""
    while True:
        draw = torch.Generator().manual_seed(start)
        rows = (torch.randint(40, (4, 1), generator=draw) + torch.arange(17)) % 40
        yield {"tokens": rows[:, :-1], "targets": rows[:, 1:]}
        start += 1


def entries(folder) -> list[dict]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("able", ["amx_bf16", "avx512_bf16", "bf16", None])
def test_it_multiplies_in_bf16_only_where_the_cpu_can(monkeypatch, able):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True, **({able: True} if able else {})})
    assert device.precision(torch.device("cpu")) == (torch.bfloat16 if able else torch.float32)
    assert device.precision(torch.device("cuda")) == torch.bfloat16


def test_a_few_steps_lower_the_loss_and_move_every_kernel(tmp_path, untrained):
    batch = next(stream(1000))
    before = {name: value.detach().clone() for name, value in untrained.named_parameters()}
    first = next_token_loss(untrained, batch).item()
    trained, facts = train(untrained, next_token_loss, stream, Schedule(steps=40, **FAST), tmp_path)
    assert facts["steps"] == 40
    assert next_token_loss(trained, batch).item() < first - 0.3
    for name, value in trained.named_parameters():
        assert value.isfinite().all(), name
        if value.ndim >= 2:
            assert not torch.equal(value, before[name]), name


def test_muon_is_the_one_that_pytorch_has():
    torch.manual_seed(0)
    start, gradients = torch.randn(12, 8), torch.randn(5, 12, 8)
    for shape in ((12, 8), (8, 12)):
        ours, theirs = (start.clone().view(shape).requires_grad_() for _ in range(2))
        both = Muon([ours], 0.02, 0.1, torch.bfloat16), torch.optim.Muon([theirs], lr=0.02, weight_decay=0.1)
        exact = Muon([other := ours.detach().clone().requires_grad_()], 0.02, 0.1, torch.float32)
        for gradient in gradients.view(5, *shape):
            ours.grad = theirs.grad = other.grad = gradient
            for optimiser in (*both, exact):
                optimiser.step()
        assert torch.allclose(ours, theirs, atol=1e-4)
        assert torch.allclose(other, theirs, atol=0.02 * 5 * 0.05)  # five updates, bf16 within some percent
        assert not torch.allclose(other, start.view(shape), atol=0.02)


@pytest.mark.parametrize("optimiser", ["sgd", "adamw", "muon"])
def test_every_optimiser_learns_and_goes_on_from_its_state(tmp_path, untrained, optimiser):
    schedule = Schedule(optimiser=optimiser, lr_kernels=0.02, lr_other=0.02, lr_embedding=0.02, **FAST)
    batch = next(stream(1000))
    first = next_token_loss(untrained, batch).item()
    train(untrained, next_token_loss, stream, replace(schedule, steps=15), tmp_path)
    trained, facts = train(untrained, next_token_loss, stream, replace(schedule, steps=30), tmp_path)
    assert facts["steps"] == 30 and entries(tmp_path)[-1]["step"] == 30
    assert next_token_loss(trained, batch).item() < first - 0.01


def test_batches_made_ahead_are_the_same_in_the_same_order():
    def made():
        return ({"number": torch.tensor([n, n * n])} for n in range(30))

    assert [batch["number"].tolist() for batch in prefetch(made)] == [batch["number"].tolist() for batch in made()]


def test_an_unknown_optimiser_is_refused_by_name(untrained):
    with pytest.raises(ValueError, match="adagrad"):
        Optimiser(untrained, Schedule(optimiser="adagrad"))


def test_the_best_weights_are_kept_and_training_stops_when_they_get_no_better(tmp_path, untrained):
    valid, seen = iter([3.0, 2.0, 2.5, 2.6, 1.0]), []

    def report(network) -> dict:
        seen.append(network.embed.weight.detach().clone())
        return {"valid": next(valid)}

    schedule = Schedule(steps=40, save_minutes=0, patience=2, **FAST)
    trained, facts = train(untrained, next_token_loss, stream, schedule, tmp_path, report)
    assert (facts["steps"], facts["valid"], facts["valid_step"]) == (4, 2.0, 2)
    assert facts["curve"] == [[1, 3.0], [2, 2.0], [3, 2.5], [4, 2.6]]
    assert torch.equal(trained.embed.weight, seen[1]) and not torch.equal(seen[1], seen[3])


def test_each_step_moves_kernels_by_an_orthogonal_update(untrained):
    randomise(untrained)
    optimiser = Optimiser(untrained, Schedule(weight_decay=0.0))
    kernel = untrained.stack.layers[0].expand.weight
    assert kernel.ndim == 3
    before = kernel.detach().clone()
    next_token_loss(untrained, next(stream(0))).backward()
    optimiser.step(1.0)
    sizes = torch.linalg.svdvals((kernel.detach() - before).flatten(1))
    assert sizes.min() > 0.3 * sizes.max()  # a plain gradient's are orders of magnitude apart


def test_a_second_call_goes_on_from_the_saved_step(tmp_path, untrained):
    train(untrained, next_token_loss, stream, Schedule(steps=3, **FAST), tmp_path)
    starts = []

    def noting(start: int, process: int):
        starts.append(start)
        return stream(start, process)

    torch.manual_seed(1)
    _, facts = train(TextNet(**SMALL), next_token_loss, noting, Schedule(steps=6, **FAST), tmp_path)
    assert starts == [3]
    assert facts["steps"] == 6
    assert [entry["step"] for entry in entries(tmp_path) if "loss" in entry] == [1, 2, 3, 4, 5, 6]


def test_an_interrupted_run_ends_with_the_weights_of_an_uninterrupted_one(tmp_path, untrained):
    schedule = Schedule(steps=6, save_minutes=0.0, **FAST)
    start = {name: value.clone() for name, value in untrained.state_dict().items()}
    whole, _ = train(untrained, next_token_loss, stream, schedule, tmp_path / "whole")

    def broken(begin: int, process: int):
        for number, batch in zip(range(begin, 3), stream(begin, process), strict=False):
            assert number < 3
            yield batch
        raise KeyboardInterrupt

    again = TextNet(**SMALL)
    again.load_state_dict(start)
    with pytest.raises(KeyboardInterrupt):
        train(again, next_token_loss, broken, schedule, tmp_path / "parts")
    resumed, _ = train(TextNet(**SMALL), next_token_loss, stream, schedule, tmp_path / "parts")
    for (name, one), other in zip(whole.state_dict().items(), resumed.state_dict().values(), strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-3, msg=name)


def test_noise_is_that_of_the_step_whether_the_run_was_interrupted_or_not(tmp_path, untrained):
    drawn = []

    def noisy(network, batch):
        drawn.append(torch.rand(1).item())
        return next_token_loss(network, batch)

    def losses(folder, *lengths: int) -> list[float]:
        drawn.clear()
        for steps in lengths:
            train(untrained, noisy, stream, Schedule(steps=steps, **FAST), tmp_path / folder)
        return list(drawn)

    assert losses("whole", 6) == losses("parts", 2, 6) and len(set(drawn)) == 6


def test_a_finished_run_gives_its_facts_again(tmp_path, untrained):
    _, first = train(untrained, next_token_loss, stream, Schedule(steps=2, **FAST), tmp_path)
    _, second = train(TextNet(**SMALL), next_token_loss, stream, Schedule(steps=2, **FAST), tmp_path)
    assert second["steps"] == 2
    assert second["loss"] == first["loss"]


def test_reports_see_the_averaged_weights_and_go_into_the_log(tmp_path, untrained):
    seen = []

    def report(network) -> dict:
        seen.append(network.embed.weight.detach().clone())
        return {"figure": 42}

    trained, _ = train(untrained, next_token_loss, stream, Schedule(steps=3, **FAST), tmp_path, report)
    assert len(seen) == 1
    assert torch.equal(seen[0], trained.embed.weight)
    assert [entry["figure"] for entry in entries(tmp_path) if "figure" in entry] == [42]


def test_progress_is_logged_and_shown_by_commands_only(tmp_path, untrained, capsys, monkeypatch):
    log = logging.getLogger("resgen")
    monkeypatch.setattr(log, "propagate", False)  # as where nobody has said how to log
    monkeypatch.setattr(log, "handlers", [])
    monkeypatch.setattr(log, "level", logging.NOTSET)

    def steps(count: int) -> str:
        train(untrained, next_token_loss, stream, Schedule(steps=count, **FAST), tmp_path, lambda network: {"valid": 2})
        return capsys.readouterr().err

    assert "valid 2" not in (quiet := steps(2)) and "2/2" in quiet  # the bar
    run_options("resgen.training.example", "An example.", ["smoke"], "example")
    assert "goes on from step 2\n" in (shown := steps(3)) and "step 3: valid 2\n" in shown


def test_a_run_of_so_many_hours_ends_by_the_clock_with_rates_that_have_fallen(tmp_path, untrained, monkeypatch):
    schedule = Schedule(steps=1000, hours=2.0, warmup=1, decay=0.5)
    assert [schedule.factor(10, hours) for hours in (0.0, 1.0, 1.5, 2.0, 2.1)] == [1.0, 1.0, 0.5, 0.0, 0.0]
    assert schedule.factor(999, 0.1) < 0.01  # the steps may be over first
    ticks = itertools.count()
    monkeypatch.setattr("resgen.training.loop.time.monotonic", lambda: next(ticks))  # a second passes between two looks
    schedule = Schedule(steps=1000, hours=30 / 3600, **FAST)
    _, facts = train(untrained, next_token_loss, stream, schedule, tmp_path)
    assert 2 < facts["steps"] < 30 and (tmp_path / "state.pt").exists()
    _, again = train(TextNet(**SMALL), next_token_loss, stream, schedule, tmp_path)
    assert again["steps"] == facts["steps"]


def test_rates_rise_stay_and_fall_to_nearly_zero():
    factors = [Schedule(steps=100, warmup=10, decay=0.4).factor(step) for step in range(100)]
    assert factors[:11] == sorted(factors[:11])
    assert factors[10:60] == [1.0] * 50
    assert factors[60:] == sorted(factors[60:], reverse=True)
    assert 0 < factors[0] <= 0.1
    assert 0 < factors[-1] < 0.05


def test_the_cache_can_be_moved(tmp_path, monkeypatch):
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    assert cache() == tmp_path


def test_data_is_found_in_the_folder_named_and_nowhere_else_invented(tmp_path, monkeypatch):
    monkeypatch.setenv("RESGEN_DATA", str(tmp_path))
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "own.txt").write_text("Hi.")
    assert data_file("text/own.txt") == tmp_path / "text" / "own.txt"
    assert data_file("text/other.txt") is None


def test_two_processes_are_never_at_the_same_work_and_it_is_free_again_after(tmp_path):
    lock = tmp_path / "runs" / "one.lock"
    with try_lock(lock) as ours, try_lock(lock) as others, try_lock(tmp_path / "two.lock") as another:
        assert ours and another and not others
    with try_lock(lock) as again:
        assert again


@pytest.mark.slow
@pytest.mark.skipif(torch.cuda.is_available(), reason="two processes share one GPU")
def test_two_processes_learn_one_network_from_batches_of_their_own(tmp_path):
    script = tmp_path / "both.py"
    script.write_text(
        "import json, sys\n"
        "from pathlib import Path\n"
        "import torch\n"
        "from test_training import FAST, SMALL, Schedule, TextNet, next_token_loss, stream, train\n"
        "folder, got = Path(sys.argv[1]), set()\n"
        "def batches(start, process):\n"
        "    got.add(process)\n"
        "    return stream(start + 100 * process)\n"
        "torch.manual_seed(0)\n"
        "network, facts = train(TextNet(**SMALL), next_token_loss, batches, Schedule(steps=3, **FAST), folder)\n"
        "(process,) = got\n"
        "weights = [float(p.detach().double().abs().sum()) for p in network.parameters()]\n"
        "(folder / f'{process}.json').write_text(json.dumps([facts['processes'], weights]))\n"
    )
    here = Path(__file__).parent
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    paths = os.pathsep.join([str(here), str(here.parent)])
    subprocess.run([*command, script, tmp_path], check=True, env=os.environ | {"PYTHONPATH": paths}, timeout=120)
    one, other = (json.loads((tmp_path / f"{process}.json").read_text()) for process in (0, 1))
    assert one == other and one[0] == 2
    assert [entry["step"] for entry in entries(tmp_path) if "loss" in entry] == [1, 2, 3]
