"""Tests the promise that what the docs name is there: files, sections, modules, commands."""

import importlib.util
import re
from pathlib import Path

import pytest

from resgen.__main__ import COMMANDS

ROOT = Path(__file__).parent.parent
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def anchors(path: Path) -> set[str]:
    """Those of a file's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path):
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        if target.startswith(("http", "/")):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


@pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_file_and_command_that_is_named_exists(path):
    text = path.read_text()
    for module in re.findall(r"python -m (resgen[\w.]*\w)", text) + re.findall(r"-m (resgen\.[\w.]*\w)", text):
        assert importlib.util.find_spec(module), module
    for file in re.findall(r"`(resgen/[\w/]+(?:\.\w+)?)`", text):
        assert "ROOM" in file or (ROOT / file).exists(), file
    for command in re.findall(r"(?:^|[`(])resgen ([a-z]+)", text, re.MULTILINE):
        assert command in COMMANDS, command


def test_the_layout_that_is_drawn_names_every_module():
    drawn = re.findall(r"\w+", (ROOT / "docs" / "architecture.md").read_text().split("```")[1])
    modules = [path for path in (ROOT / "resgen").rglob("*.py") if path.stem != "__init__"]
    assert [path for path in modules if path.stem not in drawn and path.parent.name != "normalization"] == []


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150
