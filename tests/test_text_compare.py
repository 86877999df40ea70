"""Tests the promises of the comparison: equal size, equal data, and a position found from what was measured."""

from pathlib import Path

import pytest
import torch
from conftest import make_sentences

from resgen.evaluation.text import ablations as compare
from resgen.text import comparison as compared
from resgen.text.model import TextNet
from resgen.training.optim import Schedule
from resgen.training.text.data import Corpus


@pytest.mark.parametrize("kind", compare.KINDS)
def test_every_kind_has_about_the_same_number_of_parameters(kind):
    with torch.device("meta"):
        network = TextNet(**compare.sized(compare.KINDS[kind]))
    assert sum(p.numel() for p in network.parameters()) == pytest.approx(compare.SIZE, rel=0.01)


def test_generation_is_timed_at_every_position_with_the_bytes_carried(monkeypatch):
    monkeypatch.setattr(compare, "POSITIONS", (30, 600))
    small = {"channels": 16, "dilations": (1,), "hidden": 16}
    ours, theirs = (
        compare.generation(small | {"stage": stage}, 50) for stage in (("convolution", "matrix"), ("attention", "mlp"))
    )
    assert set(ours) == set(theirs) == {"30", "600"}
    assert all(found["milliseconds"] > 0 for found in ours.values())
    assert ours["30"]["state_bytes"] == ours["600"]["state_bytes"]
    assert theirs["600"]["state_bytes"] > 2 * theirs["30"]["state_bytes"]


def timed(*milliseconds: float) -> dict:
    return {str(p): {"milliseconds": ms} for p, ms in zip(compare.POSITIONS, milliseconds, strict=True)}


@pytest.mark.parametrize(
    ("theirs", "position"),
    [((1, 1, 1, 1, 1), None), ((2, 3, 4, 5, 6), 100), ((1, 1.5, 2.5, 3, 4), 1500), ((1, 1, 1, 1, 3), 6000)],
)
def test_the_position_of_twice_the_speed_lies_between_those_measured(theirs, position):
    assert compare.twice_as_fast_from(timed(1, 1, 1, 1, 1), timed(*theirs)) == position


def test_a_trial_trains_and_measures(tmp_path, monkeypatch, tokenizer):
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    monkeypatch.setattr(compare, "LENGTH", 16)
    trial = object.__new__(compare.Trial)
    trial.tokenizer, trial.valid = tokenizer, make_sentences(5, seed=7)
    trial.corpus = Corpus.build({"tinystories": make_sentences(120), "other": make_sentences(50)}, tokenizer)
    small = {"channels": 16, "dilations": (1,), "hidden": 16, "heads": 2}
    schedule = Schedule(steps=4, warmup=1, compile=False, log_every=1)
    figures = [trial(name, small, schedule, share=0.5) for name in ("one", "two")]
    assert figures[0]["tokens"] == 4 * compare.BATCH_SIZE * 16 and figures[0]["bits_per_byte"] > 0
    assert figures[0]["bits_per_byte"] == figures[1]["bits_per_byte"]
    smoothed = trial("three", small, schedule, loss=compare.smoothed_loss)
    assert smoothed["bits_per_byte"] != figures[0]["bits_per_byte"]
    monkeypatch.setattr(compare, "TIMED", schedule)
    assert trial.tokens_per_second(small) > 0


def test_the_figures_kept_are_those_of_the_readme():
    kept = compared.figures()
    assert set(kept["generation"]) == set(compare.KINDS) == set(compared.NAMES)
    docs = (Path(__file__).parents[1] / "docs" / "text.md").read_text()
    for table in (compared.kinds_table, compared.depth_table, compared.levers_table):
        assert table(kept) in docs


def test_tables_show_what_is_measured_and_a_dash_for_what_is_not():
    cost = {"100": {"milliseconds": 2.345, "state_bytes": 10}, "8000": {"milliseconds": 3, "state_bytes": 117_000_000}}
    found = {"generation": dict.fromkeys(compare.KINDS, cost), "kinds": {"GPT": {"bits_per_byte": 0.87654}}}
    lines = compared.kinds_table(found).splitlines()
    assert len(lines) == 2 + len(compare.KINDS)
    assert lines[-1].endswith("| 0.8765 | 2.35 | 3.00 | 117 MB |") and " | - | " in lines[2]
    assert compared.depth_table(found) == compared.levers_table(found) == ""
    found["depth"] = {"4 layers, residual": {"bits_per_byte": 1.5}, "4 layers, plain": {"bits_per_byte": 1.6}}
    found["depth"]["8 layers, residual"] = {"bits_per_byte": 1.4}
    assert compared.depth_table(found).splitlines()[2:] == ["| 4 | 1.500 | 1.600 |", "| 8 | 1.400 | - |"]
    found["optimiser"] = {"sgd x 0.33": {"bits_per_byte": 2.0}, "sgd x 1.00": {"bits_per_byte": 1.9}}
    assert compared.levers_table(found).splitlines()[2:] == ["| optimiser, at the best of three rates: sgd | 1.900 |"]
