"""Guards the structure: the picture in docs/architecture.md, the contract of import-linter, and the imports agree."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PICTURE = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## Layers")[2].split("```")[1]
OUTSIDE = ("plugin", "steps")


def named(line: str) -> list[str]:
    """Return the packages that one line of the picture names: those words before its sentence that are packages."""
    return [word for word in line[:36].split() if (PROJECT / word).is_dir() or in_harness(word)]


def in_harness(name: str) -> bool:
    return (PROJECT / "harness" / name).is_dir() or (PROJECT / "harness" / f"{name}.py").is_file()


ROWS = [named(line) for line in PICTURE.strip().splitlines()]
LEVEL = {name: level for level, row in enumerate(ROWS) for name in row}
FILES = sorted(file for folder in ("harness", "plugin", "steps") for file in (PROJECT / folder).rglob("*.py"))


def package_of(module: str) -> str:
    first, _, rest = module.partition(".")
    return rest.partition(".")[0] if first == "harness" else first


def imports(file: Path) -> set[str]:
    """Return the packages that a file imports, without its own."""
    own = package_of(".".join(file.relative_to(PROJECT).with_suffix("").parts))
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "harness":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in ("harness", *OUTSIDE):
            found.add(package_of(str(node.module)))
    return found - {own}


def test_the_picture_shows_every_package():
    packages = {file.stem for file in (PROJECT / "harness").iterdir() if file.suffix == ".py" or file.is_dir()}
    assert set(LEVEL) == (packages | set(OUTSIDE)) - {"__init__", "__pycache__"}


def test_the_picture_is_the_contract():
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(one["layers"] for one in contracts["contracts"] if one["type"] == "layers")
    assert [sorted(re.split(r" \| ", layer)) for layer in layers] == [sorted(row) for row in ROWS[1:]]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PROJECT)))
def test_each_arrow_of_the_picture_goes_down(file):
    own = package_of(".".join(file.relative_to(PROJECT).with_suffix("").parts))
    if own not in LEVEL:
        return
    upward = {name for name in imports(file) if LEVEL[name] <= LEVEL[own]}
    assert upward == set(), f"{file.relative_to(PROJECT)} imports {upward}, which does not lie below {own}"


def test_every_package_says_what_it_holds():
    silent = [
        file
        for file in FILES
        if file.name == "__init__.py" and not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert silent == []
