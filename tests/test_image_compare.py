"""Tests the promise that variants of the painter differ from ours in what their names say, and in nothing else."""

import json
from pathlib import Path

import pytest
import torch
from conftest import randomise

from resgen.evaluation.image import ablations as compare
from resgen.evaluation.image.ablations import MOVES, VARIANTS, Attention2d, Moved, Patches, moved
from resgen.image.model import PictureNet
from resgen.training.image.losses import flow_loss

DOCS = Path(__file__).parents[1] / "docs" / "image.md"
SMALL = {
    "vocabulary": 9,
    "size": 8,
    "encoder": (1, 1),
    "decoder": (1,),
    "cond_embedding": 24,
    "condition": 24,
    "memory_mlp": 8,
}
BATCH = {
    "words": torch.tensor([[1, 0], [2, 3], [0, 0]]),
    "letters": torch.randint(1, 20, (3, 2, 5), generator=torch.Generator().manual_seed(0)),
    "style": torch.tensor([0, 3, 4]),
}


def built(name: str) -> PictureNet:
    torch.manual_seed(0)
    variant = VARIANTS[name]
    narrow = {"widths": tuple(w // 4 for w in variant.architecture.get("widths", (176, 256)))}
    return variant.network(**SMALL, **variant.architecture | narrow)


def value(name: str, network: PictureNet) -> torch.Tensor:
    torch.manual_seed(1)
    codes = torch.randn(3, *network.codes)
    torch.manual_seed(2)
    return VARIANTS[name].loss(network, BATCH | {"codes": codes})


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_can_learn(name):
    network = randomise(built(name)).train()
    loss = value(name, network)
    loss.backward()
    assert loss.isfinite() and all(p.grad is not None and p.grad.isfinite().all() for p in network.parameters())


@pytest.mark.parametrize("name", [name for name, variant in VARIANTS.items() if variant.loss is not flow_loss])
def test_another_loss_is_another_loss_of_the_same_network(name):
    network = randomise(built("ours")).eval()
    if VARIANTS[name].network is PictureNet:
        assert not torch.isclose(value(name, network), value("ours", network))


def test_velocity_and_clean_codes_say_the_same():
    clean, velocity = randomise(built("ours")).eval(), randomise(built("v-prediction, v-loss")).eval()
    noisy, time, cond_embedding = torch.randn(2, *clean.codes), torch.tensor([0.3, 0.9]), torch.randn(2, 24)
    told = clean.clean(noisy, time, cond_embedding)
    expected = noisy - time.view(-1, 1, 1, 1) * told
    assert torch.allclose(velocity.clean(noisy, time, cond_embedding), expected, atol=1e-5)


def test_attention_sees_every_position_and_starts_as_nothing():
    attention = Attention2d(8)
    x = torch.randn(1, 8, 4, 4, requires_grad=True)
    assert not attention(x).any()
    randomise(attention)(x)[0, :, 0, 0].sum().backward()
    assert (x.grad.abs().sum(1) > 0).all()


def test_a_network_told_how_pictures_are_moved_paints_them_unmoved():
    network = randomise(built("pictures moved and scaled, with that as a condition")).eval()
    assert isinstance(network, Moved)
    meanings = [network.cond_embedding(**BATCH | {"style": BATCH["style"] + 5 * way}) for way in range(MOVES)]
    assert all(not torch.allclose(meanings[0], other) for other in meanings[1:])


def test_pictures_are_moved_and_scaled_over_transparent_white():
    picture = torch.tensor([1.0, 1.0, 1.0, -1.0]).view(1, 4, 1, 1).repeat(1, 1, 64, 64)
    picture[:, :3, 24:40, 24:40], picture[:, 3, 24:40, 24:40] = -1.0, 1.0
    assert torch.equal(moved(picture, 0), picture)
    size = {way: float((moved(picture, way)[0, 3] > 0).sum()) for way in range(MOVES)}
    assert size[1] < size[0] < size[2] and abs(size[3] - size[0]) < 40
    for way in range(1, MOVES):
        assert torch.allclose(moved(picture, way)[0, :, 0, 0], picture[0, :, 0, 0], atol=1e-5)
    left, right = ((moved(picture, way)[0, 3] > 0).float().sum(0).argmax() for way in (3, 4))
    assert left < 24 < right


def test_patches_lose_nothing():
    pictures = torch.randn(2, 4, 64, 64)
    codes = Patches(8).encode(pictures)
    assert codes.shape == (2, 256, 8, 8) and torch.equal(Patches(8).decode(codes), pictures)


def test_the_figures_kept_are_those_of_the_readme():
    found = json.loads(compare.FIGURES.read_text())
    assert set(found) == set(VARIANTS)
    assert compare.table({name: found[name] for name in VARIANTS}) in DOCS.read_text()


def test_each_variant_is_trained_once_by_whoever_comes_first(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("RESGEN_CACHE", str(tmp_path))
    monkeypatch.setattr(compare, "FIGURES", tmp_path / "recipe.json")
    one = {"parameters": 2_000_000, "steps": 9, "frechet": 500.0, "top5": 95, "style": 90.0}
    one |= {"pairs_top5": 80.0, "pairs_style": 50}
    done: list[str] = []

    class Trial:
        def __call__(self, name, variant):
            done.append(name)
            if name == "ours":  # another process comes by meanwhile
                compare.main([])
            return one

    monkeypatch.setattr(compare, "Trial", Trial)
    compare.main([])
    assert sorted(done) == sorted(VARIANTS)
    assert json.loads(compare.FIGURES.read_text()) == dict.fromkeys(VARIANTS, one)
    capsys.readouterr()
    compare.main(["--table"])
    rows = capsys.readouterr().out.splitlines()
    assert rows[2] == "| ours | 2.00 M | 9 | 500 | 95.0, 90.0 % | 80.0, 50.0 % |" and len(rows) == 2 + len(VARIANTS)
