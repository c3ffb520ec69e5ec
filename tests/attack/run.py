"""``python tests/attack/run.py NAME... | --all``: runs the suite on the wrong subjects of table.yaml.

Prints one line a subject: verdict (caught or GREEN), exit status, failing claims, claims that ended in an error,
seconds.  ``--project DIR`` runs the suite of another checkout.  What follows ``--`` goes to pytest.
Ends with 1 where a subject stays green.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ATTACK = Path(__file__).resolve().parent
CHECKOUT = ATTACK.parents[1]
PYTEST = ("-m", "pytest", "-c", "pyproject.toml", "-p", "plugin.options", "-n", "2")
OPTIONS = (*PYTEST, "--dist", "load", "--maxschedchunk", "1", "--storage", "process")
FAIL, ERROR = ("fail",), ("error", "unknown")


def subject(row: Mapping[str, Any], python: str) -> dict[str, Any]:
    """Return the subject file of one row."""
    name, kind = row["name"], row["kind"]
    made: dict[str, Any] = {"name": f"attack-{name}", "project": f"wrong on purpose: {row['bug']}"}
    if kind == "mover":
        limit = {"timeout_s": row["timeout_s"]} if "timeout_s" in row else {}
        command = ["bash", str(ATTACK / "movers" / f"{name}.sh")]
        return {**made, "mover": {"kind": "command", "command": command, **limit}}
    operator = [str(ATTACK / "operator.sh"), name, *row.get("args", ())]
    command = operator if kind == "operator" else [str(CHECKOUT / "tests" / "operator" / "run.sh")]
    crds = ATTACK / "crds" / name if kind == "admission" else CHECKOUT / "tests" / "operator" / "crds" / "validated"
    platform = {"kind": "kubernetes", "command": ["bash", *command], "crds": [str(crds)]}
    sides = row.get("sides", {"default_username": "object-name", "custom_names": "validated"})
    return {**made, "platform": {**platform, "env": {"CONFORMANCE_PYTHON": python}}, "sides": sides}


def run(row: Mapping[str, Any], options: argparse.Namespace, folder: Path) -> bool:
    """Run the suite on one row; print its line; return True if the suite caught it."""
    file, report = folder / f"{row['name']}.yaml", options.project / "reports" / "report.json"
    file.write_text(yaml.safe_dump(subject(row, options.python), sort_keys=False), encoding="utf-8")
    report.unlink(missing_ok=True)
    begin = time.monotonic()
    command = [options.python, *OPTIONS, "--subject", str(file), *options.pytest]
    ended = subprocess.run(
        command, cwd=options.project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    seconds = time.monotonic() - begin
    (options.logs / f"{row['name']}.log").write_text(ended.stdout, encoding="utf-8")
    verdicts = claims(report)
    failed, errors = (sorted(one for one, is_ in verdicts.items() if is_ in kind) for kind in (FAIL, ERROR))
    print(
        f"{'caught' if ended.returncode == 1 else 'GREEN ' if ended.returncode == 0 else 'NONE  '} {row['name']:34}"
        f" exit {ended.returncode}  {seconds:4.0f} s  fail: {' '.join(failed) or '-'}  error: {' '.join(errors) or '-'}"
        f"  (breaks: {', '.join(row['breaks'])})",
        flush=True,
    )
    return ended.returncode != 0


def claims(report: Path) -> dict[str, str]:
    """Return the verdict of each claim in a report; nothing where there is no report."""
    if not report.exists():
        return {}
    document = json.loads(report.read_text(encoding="utf-8"))
    return {one["id"]: one["verdict"] for one in document["claims"]}


def main() -> int:
    """Run the rows that are named."""
    rows = {row["name"]: row for row in yaml.safe_load((ATTACK / "table.yaml").read_text(encoding="utf-8"))}
    parser = argparse.ArgumentParser(prog="run.py", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="a name of table.yaml")
    parser.add_argument("--all", action="store_true", help="every row, or every row of --kind")
    parser.add_argument("--kind", choices=["mover", "operator", "admission"])
    parser.add_argument("--project", type=Path, default=CHECKOUT, help="the checkout whose suite is run")
    parser.add_argument("--python", default=sys.executable, help="a Python that has what the suite needs")
    parser.add_argument("--logs", type=Path, help="a folder for what each run prints (default: a temporary one)")
    rest = sys.argv[1:]
    cut = rest.index("--") if "--" in rest else len(rest)
    options = parser.parse_args(rest[:cut])
    options.pytest, options.project = rest[cut + 1 :], options.project.resolve()
    unknown = sorted(set(options.names) - set(rows))
    if unknown or not (options.names or options.all):
        parser.error(f"no such subject: {', '.join(unknown)}" if unknown else "name a subject, or give --all")
    names = options.names or [name for name, row in rows.items() if options.kind in (None, row["kind"])]
    options.logs = (options.logs or Path(tempfile.mkdtemp(prefix="attack-logs-"))).resolve()
    options.logs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="attack-") as folder:
        caught = [run(rows[name], options, Path(folder)) for name in names]
    print(f"{sum(caught)} of {len(caught)} are not green; what each run printed: {options.logs}")
    return 0 if all(caught) else 1


if __name__ == "__main__":
    sys.exit(main())
