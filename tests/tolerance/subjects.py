"""Subject files from the table right.yaml: the right movers, operators and Decisions."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.tolerance.crds import crds

FOLDER = Path(__file__).parent
PROJECT = FOLDER.parents[1]
RIGHT: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "right.yaml").read_text(encoding="utf-8"))
DEFAULT_SIDES = {"default_username": "object-name", "custom_names": "validated"}


def subject(name: str, folder: Path) -> Path:
    """Write the subject file of a variant, and the CRDs that it installs, into a folder."""
    entry = RIGHT[name]
    sides = {**DEFAULT_SIDES, **entry.get("sides", {})}
    document = {"name": name, **PARTS[entry["kind"]](entry, sides, folder), **entry.get("subject", {})}
    file = folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return file


def _mover(entry: dict[str, Any], sides: dict[str, str], folder: Path) -> dict[str, Any]:
    return {"mover": {"kind": "command", "command": [sys.executable, str(FOLDER / "mover.py"), *_told(entry)]}}


def _operator(entry: dict[str, Any], sides: dict[str, str], folder: Path) -> dict[str, Any]:
    definitions = folder / "crds.yaml"
    wanted = {"validated": sides["custom_names"] == "validated", **entry.get("crds", {})}
    definitions.write_text("---\n".join(json.dumps(one) + "\n" for one in crds(**wanted)), encoding="utf-8")
    told = [f"--default-username={sides['default_username']}", *_told(entry)]
    platform = {
        "kind": "kubernetes",
        "command": [sys.executable, "-m", "tests.tolerance.controller", *told],
        "crds": [str(definitions)],
        "env": {"PYTHONPATH": str(PROJECT)},
    }
    return {"platform": platform, "sides": sides}


def _decisions(entry: dict[str, Any], sides: dict[str, str], folder: Path) -> dict[str, Any]:
    return {
        "platform": {"kind": "simulated", "decisions": f"tests.tolerance.decisions:{entry['class']}"},
        "sides": sides,
    }


PARTS = {"mover": _mover, "operator": _operator, "decisions": _decisions}


def _told(entry: dict[str, Any]) -> list[str]:
    return [f"--{name.replace('_', '-')}={_text(value)}" for name, value in entry.get("switches", {}).items()]


def _text(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)
