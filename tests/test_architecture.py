"""Tests the promise that parts know only what they may: page, engines, networks and training stay apart."""

import ast
import hashlib
import itertools
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "resgen"
MODULES = sorted(PACKAGE.rglob("*.py"))
WINGS = ("evaluation", "training", "ui")
WEIGHTS = sorted((ROOT / "assets" / "weights").glob("*.safetensors"))
# What each wing may import of the others; the rest of the package is the runtime, which every wing may import.
MAY = {"evaluation": {"training"}, "training": set(), "ui": set(), "runtime": set()}
FRONT_DOORS = {PACKAGE / "__main__.py"}  # name every wing, inside the command that is called


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


def wing(module: str) -> str:
    part = module.split(".")[1] if "." in module else ""
    return part if part in WINGS else "runtime"


@pytest.mark.parametrize("path", sorted(set(MODULES) - FRONT_DOORS), ids=name)
def test_wings_import_one_way(path):
    own = wing(".".join(path.relative_to(ROOT).with_suffix("").parts))
    reached = {wing(found) for found in imports(path) if found.startswith("resgen.")}
    assert reached - MAY[own] <= {"runtime", own}
    assert own == "ui" or "gradio" not in roots(path)
    assert own != "ui" or "torch" not in roots(path)


def test_front_doors_import_wings_only_inside_commands():
    for path in FRONT_DOORS:
        at_start = {node.module for node in ast.parse(path.read_text()).body if isinstance(node, ast.ImportFrom)}
        assert {wing(module) for module in at_start if module} <= {"runtime"}


def test_only_commands_print():
    """Everything else logs, under its own name in `resgen`, and says nothing to who has not asked for it."""
    for path in sorted((ROOT / "resgen").rglob("*.py")):
        tree = ast.parse(path.read_text())
        commands = [node for node in tree.body if isinstance(node, ast.If) or getattr(node, "name", "") == "main"]
        allowed = {id(node) for command in commands for node in ast.walk(command)}
        for node in ast.walk(tree):
            prints = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
            to_file = prints and any(key.arg == "file" for key in node.keywords)
            assert not prints or to_file or id(node) in allowed or path.name == "__main__.py", f"{path}:{node.lineno}"


def test_versions_are_pinned_in_one_place_and_within_the_ranges_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    stated = [*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values())]
    ranges = {canonicalize_name(one.name): one.specifier for one in map(Requirement, stated)}
    assert not any("==" in str(limits) for limits in ranges.values())
    files = [ROOT / name for name in ("requirements.txt", "requirements-dev.txt")]
    lines = [line for file in files for line in file.read_text().splitlines() if line[:1].isalpha()]
    pinned = {canonicalize_name(one.name): one.specifier for one in map(Requirement, lines)}
    assert set(pinned) == set(ranges) and len(pinned) == len(lines)
    for name, version in ((name, str(limits)[2:]) for name, limits in pinned.items() if str(limits)[:2] == "=="):
        assert version in ranges[name], name


def test_importing_resgen_is_light():
    code = "import sys, resgen; print([m for m in ('torch', 'gradio') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_shipped_weights_are_small_and_have_matching_cards():
    sizes = [path.stat().st_size for path in WEIGHTS]
    assert sizes and all(size <= 16 * 2**20 for size in sizes)
    assert sum(sizes) <= 125 * 10**6
    for path in WEIGHTS:
        card = json.loads(path.with_suffix(".json").read_text())
        assert card["name"] == path.stem
        assert card["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest(), path
