"""One model on disk: NAME.safetensors (fp16) and a readable card NAME.json. Called by `resgen.load`, by training
and by the tests.

The card holds the architecture's arguments, from which the network is rebuilt; loading is strict and checks
the sha256. Names are looked up in `assets/weights` first; OWNER/NAME is a Hugging Face Hub repository.
"""

import hashlib
import importlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from resgen.assets import ASSETS
from resgen.errors import CheckpointError

if TYPE_CHECKING:
    from resgen.image.autoencoder import Autoencoder
    from resgen.image.model import PictureNet
    from resgen.image.upscaler import Upscaler
    from resgen.listen.model import EarsNet
    from resgen.speech.acoustic import AcousticNet
    from resgen.speech.vocoder import VocoderNet
    from resgen.tagger.model import TaggerNet
    from resgen.text.model import TextNet

WEIGHTS = ASSETS / "weights"

# kind -> (module, network class, the model loaded when none is named); imported when needed
KINDS = {
    "text": ("resgen.text.model", "TextNet", "stories"),
    "image": ("resgen.image.model", "PictureNet", "emoji"),
    "photo": ("resgen.image.model", "PictureNet", "photo"),
    "autoencoder": ("resgen.image.autoencoder", "Autoencoder", "autoencoder"),
    "upscaler": ("resgen.image.upscaler", "Upscaler", "upscaler"),
    "speech": ("resgen.speech.acoustic", "AcousticNet", "voices"),
    "vocoder": ("resgen.speech.vocoder", "VocoderNet", "vocoder"),
    "tagger": ("resgen.tagger.model", "TaggerNet", "tagger"),
    "listen": ("resgen.listen.model", "EarsNet", "ears"),
}

# kind -> names in files -> names in the code, of the architecture's arguments and of modules. Files keep the names that
# they were first written with, so that every file there is can be read, and newer ones by an older resgen.
_PICTURE_ARGUMENTS = {"meaning": "cond_embedding", "recall": "memory_mlp"}
_PICTURE_MODULES = {
    "when": "time_proj",
    "what": "cond_proj",
    "flow.sketch": "flow.coarse_bias",
    "flow.recall": "flow.memory_mlp",
}
ARGUMENTS = {
    "text": {"marks": "special_ids"},
    "image": _PICTURE_ARGUMENTS,
    "photo": _PICTURE_ARGUMENTS,
}
MODULES = {
    "image": _PICTURE_MODULES,
    "photo": _PICTURE_MODULES,
    "speech": {"place": "position_in"},
}


def _renamed(named: dict, table: dict[str, str]) -> dict:
    """The same values by other names: those of a table, and those that begin with one of its names and a dot."""
    found = {}
    for name, value in named.items():
        known = next((old for old in table if name == old or name.startswith(f"{old}.")), "")
        found[table[known] + name[len(known) :] if known else name] = value
    return found


def _for_files(named: dict, table: dict[str, str]) -> dict:
    """The inverse of `_renamed`."""
    return _renamed(named, {new: old for old, new in table.items()})


def available(kind: str) -> list[str]:
    """Names of the shipped models of a kind, the default first."""
    default = KINDS[kind][2]
    names = []
    for path in sorted(WEIGHTS.glob("*.json")):
        try:
            names += [path.stem] if json.loads(path.read_text())["kind"] == kind else []
        except (ValueError, KeyError, TypeError):
            continue  # loading it by its name tells what is wrong with it
    return sorted(names, key=lambda name: name != default)


def save(folder: Path, name: str, network: nn.Module, card: dict, extras: dict[str, str] | None = None) -> Path:
    """Write NAME.safetensors and NAME.json; returns the path of the weights.

    Args:
        card: without "name", "parameters", "bytes" and "sha256", which are filled in.
        extras: strings kept inside the weights' file, such as the tokenizer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / f"{name}.safetensors"
    state = _for_files(network.state_dict(), MODULES.get(card.get("kind", ""), {}))
    tensors = {key: value.detach().cpu().half().contiguous() for key, value in state.items()}
    save_file(tensors, weights, metadata=extras)
    filled = {
        "name": name,
        **card,
        "parameters": sum(p.numel() for p in network.parameters()),
        "bytes": weights.stat().st_size,
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
    }
    if "architecture" in card:
        filled["architecture"] = _for_files(card["architecture"], ARGUMENTS.get(card.get("kind", ""), {}))
    (folder / f"{name}.json").write_text(json.dumps(filled, indent=2, ensure_ascii=False) + "\n")
    return weights


def find(kind: str, model: str | None = None) -> tuple[Path, Path]:
    """The paths of weights and card for a model's name, the path of its .safetensors, or a Hub repository.

    Raises:
        CheckpointError: there is no such model.
    """
    named, model = model, model or KINDS[kind][2]
    if model.endswith(".safetensors"):
        weights = Path(model)
    elif "/" in model:
        return _download(model)
    else:
        weights = WEIGHTS / f"{model}.safetensors"
    card = weights.with_suffix(".json")
    if named is None and not available(kind):
        raise CheckpointError(
            f"No weights for {kind} ship yet: train them with `python -m resgen.training.{kind}.train`, and name the "
            ".safetensors file."
        )
    for path in (weights, card):
        if not path.is_file():
            raise CheckpointError(
                f"No {kind} model {model!r}: {path} is missing. Shipped: {', '.join(available(kind)) or 'none'}; "
                "a path ending in .safetensors or a Hugging Face repository OWNER/NAME works too."
            )
    return weights, card


def _download(repo: str) -> tuple[Path, Path]:
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        name = repo.rsplit("/", 1)[1]
        weights, card = (Path(hf_hub_download(repo, f"{name}.{end}")) for end in ("safetensors", "json"))
        return weights, card
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise CheckpointError(
            f"Cannot get {name}.safetensors and {name}.json from the Hub repository {repo}: {error}. "
            "Check the name and the network, or use a shipped model."
        ) from error


Card = dict[str, Any]
Extras = dict[str, str]


@overload
def load(kind: Literal["text"], model: str | None = None) -> "tuple[TextNet, Card, Extras]": ...
@overload
def load(kind: Literal["image"], model: str | None = None) -> "tuple[PictureNet, Card, Extras]": ...
@overload
def load(kind: Literal["photo"], model: str | None = None) -> "tuple[PictureNet, Card, Extras]": ...
@overload
def load(kind: Literal["autoencoder"], model: str | None = None) -> "tuple[Autoencoder, Card, Extras]": ...
@overload
def load(kind: Literal["upscaler"], model: str | None = None) -> "tuple[Upscaler, Card, Extras]": ...
@overload
def load(kind: Literal["speech"], model: str | None = None) -> "tuple[AcousticNet, Card, Extras]": ...
@overload
def load(kind: Literal["vocoder"], model: str | None = None) -> "tuple[VocoderNet, Card, Extras]": ...
@overload
def load(kind: Literal["tagger"], model: str | None = None) -> "tuple[TaggerNet, Card, Extras]": ...
@overload
def load(kind: Literal["listen"], model: str | None = None) -> "tuple[EarsNet, Card, Extras]": ...
@overload
def load(kind: str, model: str | None = None) -> tuple[Any, Card, Extras]: ...


def load(kind: str, model: str | None = None) -> tuple[Any, Card, Extras]:
    """Rebuild a network from its card and load its weights, in fp32, in evaluation mode, on the CPU.

    Returns the network, the card and the extras.

    Raises:
        CheckpointError: missing, damaged, truncated or mismatching files.
    """
    if kind not in KINDS:
        raise CheckpointError(f"There are no {kind!r} models; kinds: {', '.join(KINDS)}.")
    weights, card_path = find(kind, model)
    remedy = "Restore both files with `git checkout assets/weights`, or download the model again."
    try:
        card = json.loads(card_path.read_text())
        architecture, expected, found = card["architecture"], card["sha256"], card["kind"]
    except (ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{card_path} is no model card ({error!r}). {remedy}") from error
    if found != kind:
        raise CheckpointError(f"{card_path} describes a model of kind {found!r}, not {kind!r}. Name another one.")
    if hashlib.sha256(weights.read_bytes()).hexdigest() != expected:
        raise CheckpointError(f"{weights} is damaged: its sha256 is not the one in {card_path.name}. {remedy}")
    module, class_name, _ = KINDS[kind]
    try:
        card["architecture"] = _renamed(architecture, ARGUMENTS.get(kind, {}))
        network = getattr(importlib.import_module(module), class_name)(**card["architecture"])
        with safe_open(weights, "pt") as file:
            extras = file.metadata() or {}
            tensors = {key: file.get_tensor(key).float() for key in file.keys()}  # noqa: SIM118
        network.load_state_dict(_renamed(tensors, MODULES.get(kind, {})), strict=True)
    except (SafetensorError, RuntimeError, TypeError, ValueError, AttributeError) as error:
        problem = f"{weights} does not fit the architecture in {card_path.name}"
        raise CheckpointError(f"{problem}: {error}. {remedy}") from error
    return network.eval().requires_grad_(False), card, extras


def update_metrics(model_card: Path, metrics: dict) -> None:
    """Put measured figures into a card, beside those already there."""
    card = json.loads(model_card.read_text())
    card["metrics"].update(metrics)
    model_card.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n")
