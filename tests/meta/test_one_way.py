"""One way each: processes, waits, schemas, HTTP and limits have one place, and no other module goes round it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
FILES = sorted(file for folder in ("harness", "plugin", "steps") for file in (PROJECT / folder).rglob("*.py"))
STAND_ALONE = {"harness/system/sandbox.py", "harness/mover/tracer.py"}
"""Programs that import nothing of the harness: each job of a mover waits for their start."""

SLEEPS = {"harness/system/wait.py"} | STAND_ALONE
LIMIT = re.compile(r"^_?([A-Z_]*_)?(TIMEOUT|WITHIN|GRACE)(_[A-Z]+)*$|^_?(MAX|MIN)_[A-Z_]*(_S|BYTES)$")
KEPT_LIMITS = {
    "harness/system/sandbox.py": {"CHILDREN_GRACE_S"},  # a program of its own
    "harness/mover/process_trace.py": {"GRACE_S"},  # what the tracer gets, the same as the sandbox has
    "harness/mover/tracer.py": {"MAX_ARGUMENTS_BYTES"},  # of the kernel, not of the suite
}


def imported(tree: ast.Module) -> set[str]:
    """Return the modules outside the project that a module imports, by their first name."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module.partition(".")[0], node.module}
    return found


def sleeps(tree: ast.Module) -> bool:
    """Return whether a module sleeps, by ``time.sleep`` or by ``from time import sleep``."""
    return any(
        (isinstance(node, ast.Attribute) and node.attr == "sleep")
        or (isinstance(node, ast.ImportFrom) and node.module == "time" and "sleep" in [one.name for one in node.names])
        for node in ast.walk(tree)
    )


def called(tree: ast.Module) -> set[str]:
    """Return the last names of all that a module calls."""
    functions = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in functions}


def limits(tree: ast.Module) -> set[str]:
    """Return the constants of a module that limit time or size."""
    targets = [
        target
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    return {target.id for target in targets if isinstance(target, ast.Name) and LIMIT.match(target.id)}


TREES = {str(file.relative_to(PROJECT)): ast.parse(file.read_text(encoding="utf-8")) for file in FILES}


def importers(*modules: str) -> set[str]:
    return {name for name, tree in TREES.items() if imported(tree) & set(modules)}


def test_processes_are_started_in_one_module():
    assert importers("subprocess", "multiprocessing", "pty") == {"harness/system/process.py"}


def test_waits_sleep_in_one_module():
    assert {name for name, tree in TREES.items() if sleeps(tree)} <= SLEEPS


def test_threads_keep_their_error():
    starts = {name for name, tree in TREES.items() if "Thread" in called(tree)}
    assert starts == {"harness/system/background.py"}


def test_files_are_read_by_schema_in_one_module():
    assert importers("jsonschema.exceptions") == {"harness/system/schema.py"}


def test_one_client_speaks_http():
    assert importers("requests", "urllib.request", "http.client", "aiohttp", "httpx") == set()
    assert importers("urllib3") == {"harness/storage/s3.py", "harness/storage/external.py"}, "the pool of minio"


@pytest.mark.parametrize("name", TREES)
def test_limits_are_in_the_table(name):
    assert limits(TREES[name]) - KEPT_LIMITS.get(name, set()) == set(), "put it into harness/system/limits.py"


@pytest.mark.parametrize(
    "text",
    ["import time\ntime.sleep(1)", "from time import sleep", "import time as t\nt.sleep(1)"],
)
def test_a_sleep_is_found(text):
    assert sleeps(ast.parse(text))


def test_what_is_not_a_sleep_is_not_found():
    assert not sleeps(ast.parse("import time\ntime.monotonic()\nevent.wait(1)"))


def test_a_call_is_found_by_its_last_name():
    assert called(ast.parse("threading.Thread(target=f).start()\nThread()\nlock()()")) == {
        "Thread",
        "start",
        "lock",
        "",
    }


def test_a_limit_is_found():
    text = "ANSWER_TIMEOUT_S = 1\nTIMEOUT_S: float = 2\nSAYS_WITHIN_S = 3\nMAX_LOG_BYTES = 4\nPOLL_S = 5\nWITHOUT = 6"
    assert limits(ast.parse(text)) == {"ANSWER_TIMEOUT_S", "TIMEOUT_S", "SAYS_WITHIN_S", "MAX_LOG_BYTES"}


def test_an_import_is_found():
    text = "import subprocess as s\nfrom urllib.request import urlopen\nimport os.path"
    assert imported(ast.parse(text)) >= {"subprocess", "urllib.request", "os"}
