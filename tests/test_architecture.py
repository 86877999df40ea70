"""Tests the promise that parts know only what they may: page, engines, networks and training stay apart."""

import ast
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "resgen"
MODULES = sorted(PACKAGE.rglob("*.py"))
PAGE = [*sorted((PACKAGE / "ui").rglob("*.py")), *ROOT.glob("app.py")]
OUTSIDE_PAGE = [path for path in MODULES if path not in PAGE]
TRAINING_NAMES = {
    "train",
    "training",
    "data",
    "evaluate",
    "judge",
    "judges",
    "pack",
    "teacher",
    "kokoro",
    "smollm",
    "places",
    "lessons",
    "align",
    "critics",
    "packages",
    "compare",
    "train_autoencoder",
    "train_decoder",
    "sweep",
    "train_upscaler",
    "made",
}
NETWORK_NAMES = {"model", "recurrent", "attention", "topic", "autoencoder", "blocks", "acoustic", "vocoder", "features"}
NETWORK_NAMES |= {"upscaler", "step", "matrix"}
RUNTIME_NAMES = NETWORK_NAMES | {"__init__", "engine", "checkpoint", "device", "sampling", "tokenizer", "prompt"}
RUNTIME_NAMES |= {"files", "phonemes", "picture", "slurs", "upload", "spelling", "keywords", "voices", "compared"}
RUNTIME_NAMES |= {"persons", "request"}
RUNTIME = [p for p in MODULES if p.stem in RUNTIME_NAMES or p in PAGE]
LEARNING_NAMES = TRAINING_NAMES | NETWORK_NAMES | {"checkpoint", "device", "judge", "pack"}
# The teacher's audio is made with the teacher's own library; that is not training yet.
WITH_TEACHER = {PACKAGE / "speech" / name for name in ("teacher.py", "evaluate.py", "kokoro.py")}
LEARNING = [p for p in MODULES if p.stem in LEARNING_NAMES and p not in PAGE and p not in WITH_TEACHER]
WEIGHTS = sorted((ROOT / "assets" / "weights").glob("*.safetensors"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> set[str]:
    """Dotted names of all that a file imports, at any depth; `from a import b` counts as a and a.b."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            folder = list(path.relative_to(ROOT).parent.parts)
            above = folder[: len(folder) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return found


def roots(path: Path) -> set[str]:
    return {found.split(".")[0] for found in imports(path)}


@pytest.mark.parametrize("path", PAGE, ids=name)
def test_page_never_imports_torch(path):
    assert "torch" not in roots(path)


@pytest.mark.parametrize("path", OUTSIDE_PAGE, ids=name)
def test_only_the_page_imports_gradio(path):
    assert "gradio" not in roots(path)


@pytest.mark.parametrize("path", RUNTIME, ids=name)
def test_runtime_never_imports_training(path):
    own = [found.split(".") for found in imports(path) if found.startswith("resgen")]
    assert not [".".join(parts) for parts in own if TRAINING_NAMES & set(parts)]


@pytest.mark.parametrize("path", LEARNING, ids=name)
def test_training_needs_no_page_and_no_sound_libraries(path):
    assert not roots(path) & {"gradio", "soundfile", "hibari"}


def test_blocks_import_nothing_of_resgen_but_their_products_with_matrices():
    own = {found for found in imports(PACKAGE / "blocks.py") if found.startswith("resgen")}
    assert own == {"resgen.matrix", "resgen.matrix.Matrix"} and "resgen" not in roots(PACKAGE / "matrix.py")


def test_importing_resgen_is_light():
    code = "import sys, resgen; print([m for m in ('torch', 'gradio') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_shipped_weights_are_small_and_have_matching_cards():
    sizes = [path.stat().st_size for path in WEIGHTS]
    assert all(size <= 16 * 2**20 for size in sizes)
    assert sum(sizes) <= 64 * 2**20
    for path in WEIGHTS:
        card = json.loads(path.with_suffix(".json").read_text())
        assert card["name"] == path.stem
        assert card["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest(), path
