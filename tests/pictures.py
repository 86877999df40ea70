"""A small painter with random weights, the things that it knows, and what pictures are compared by."""

import json

import numpy as np
import torch
from conftest import randomise

from resgen.image.autoencoder import Autoencoder
from resgen.image.engine import Painter
from resgen.image.model import PictureNet
from resgen.image.photographer import Photographer
from resgen.image.pixels import over_white
from resgen.image.prompt import Dictionary
from resgen.image.request import STYLES
from resgen.image.upscaler import Upscaler
from resgen.training.image import photo_words
from resgen.training.image.train_photo import ARCHITECTURE

AUTOENCODER = {"fine": 16, "coarse": 24, "encoder": (1, 1), "decoder": (1, 1)}
SMALL = {"widths": (16, 24), "encoder": (1, 1), "decoder": (1,), "cond_embedding": 16, "condition": 16, "memory_mlp": 8}

# name, emoji, aliases, keywords, Chinese label and keywords, number of styles it was trained in
THINGS = [
    ("automobile", "🚗", ["car"], ["vehicle", "red"], ["汽车", "车", "公交车"], 4),
    ("bear", "🐻", [], ["animal", "brown"], ["熊", "动物"], 4),
    ("bus", "🚌", ["coach"], ["vehicle", "automobile", "car", "school"], ["公交车", "车"], 4),
    ("cat", "🐈", ["kitty"], ["animal", "pet"], ["猫", "宠物"], 4),
    ("dog", "🐕", [], ["animal", "pet"], ["狗", "宠物"], 3),
    ("fire engine", "🚒", [], ["truck"], ["消防车"], 0),  # held out
    ("framed picture", "🖼️", [], ["art", "museum"], ["带框的画", "艺术"], 4),
    ("identification card", "🪪", [], ["security"], ["身份证", "id"], 2),
    ("mouse", "🐁", [], ["animal"], ["老鼠", "动物"], 4),
    ("polar bear", "🐻‍❄️", [], ["animal", "white", "arctic"], ["北极熊", "熊"], 4),
    ("red apple", "🍎", ["apple"], ["fruit", "red"], ["红苹果", "苹果", "水果"], 4),
    ("spider", "🕷️", [], ["insect"], ["蜘蛛", "昆虫"], 4),
    ("strawberry", "🍓", [], ["berry", "fruit"], ["草莓", "水果"], 4),
    ("sun", "☀️", [], ["weather", "bright"], ["太阳"], 1),
]
FIELDS = ("name", "emoji", "aliases", "words", "chinese", "styles")
ENTRIES = [dict(zip(FIELDS, (*thing, STYLES[:taught]), strict=True)) for *thing, taught in THINGS]


def make_dictionary() -> Dictionary:
    return Dictionary(json.dumps(ENTRIES))


def make_network(**options) -> PictureNet:
    """A small picture model with random weights, for the words of `make_dictionary`."""
    torch.manual_seed(0)
    options = {"vocabulary": len(make_dictionary().vocabulary), **SMALL, **options}
    return randomise(PictureNet(**options))


def make_autoencoder() -> Autoencoder:
    torch.manual_seed(0)
    return randomise(Autoencoder(**AUTOENCODER)).eval().requires_grad_(False)


def make_photographer() -> Photographer:
    """A small model of photographs with random weights, for two sources' words."""
    torch.manual_seed(0)
    dictionary = photo_words.dictionary(["cifar10", "cifar100"])
    shape = {**ARCHITECTURE, **SMALL, "memory_mlp": 0, "vocabulary": len(dictionary.vocabulary)}
    network = randomise(PictureNet(**shape)).eval().requires_grad_(False)
    return Photographer(network, dictionary, {"name": "tiny-photo"}, make_dictionary())


def make_painter() -> Painter:
    network = make_network().eval().requires_grad_(False)
    upscaler = Upscaler(channels=8, depth=1).eval().requires_grad_(False)
    return Painter(network, make_dictionary(), {"name": "tiny"}, make_autoencoder(), upscaler, make_photographer())


def assert_alike(one: np.ndarray, other: np.ndarray):
    """RGBA pictures that look the same over white and are as transparent, within 2/255."""
    for a, b in ((over_white(one), over_white(other)), (one[..., 3], other[..., 3])):
        assert a.shape == b.shape
        assert np.abs(a.astype(int) - b).max() <= 2
