"""Guards the third seam: harness/volsync alone knows the operator's API, so that another one can be put beside it.

Elsewhere in the product no line holds a name of that API: a kind, a field of the custom resources, a variable of a
Job, or the name of the operator itself.  Names of this project, and variables of kopia itself where its client sets
them, are no names of that API.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

from harness.volsync import kinds
from harness.volsync.fields import SOURCE_PVC, Field
from harness.volsync.status import COUNT, LATEST, StatusField
from harness.volsync.variables import Variable

PROJECT = Path(__file__).parents[2]
API = PROJECT / "harness" / "volsync"
FOLDERS = ("harness", "plugin", "steps")
SUFFIXES = (".py", ".yaml", ".j2")

WORDS_OF_THE_DOCUMENT = tuple(f"harness/document/{name}.yaml" for name in ("claims", "defects", "hazards"))
"""What the document promises, in its own words: data of the suite, as the features are."""

FALLBACK = ("harness/document/rules.py", "volsync-default")
"""The name that the document generates where nothing is left of another: a rule of it, and no name of the API."""

OF_KOPIA = {
    "harness/kopia/client.py": (
        "KOPIA_CONFIG_PATH",
        "KOPIA_PASSWORD",
        "KOPIA_NEW_PASSWORD",
        "KOPIA_LOG_DIR",
        "KOPIA_CHECK_FOR_UPDATES",
        "KOPIA_USE_KEYRING",
        "KOPIA_PERSIST_CREDENTIALS_ON_CONNECT",
    )
}
"""File -> variables of kopia itself that it may name."""

OF_THE_PROJECT = re.compile(
    r"volsync[-_](kopia[-_])?conformance\w*|\bharness[./]volsync\b[\w./]*|\bKOPIA_BIN\b",
    re.IGNORECASE,
)
"""The names of the project, of its packages and of its own variables."""

OF_KUBERNETES = {"apiVersion", "storageClassName", "accessModes", "volumeSnapshotClassName"}
"""Fields that Kubernetes has, too."""

OF_STATUS = {name for name in (*StatusField, COUNT, LATEST) if name != name.lower()}
OF_LOG = {"hostName", "Discovery Mode"}
PLAIN_FIELDS = {"username", "hostname", "repository", "previous", "shallow", "retain", "trigger", "manual", "kopia"}
"""Fields whose names are words of the language: they offend only where a mapping is read by them."""


def fields_of(schema, names=frozenset()):
    """Return the names of all fields below a schema."""
    for name, below in schema.get("properties", {}).items():
        names |= {name} | fields_of(below)
    return names


def field_names():
    schemas = yaml.safe_load((API / "schemas.yaml").read_text(encoding="utf-8"))
    return frozenset().union(*(fields_of(schemas[kind]["properties"]["spec"]) for kind in kinds.SYNCED))


PECULIAR = {name for name in field_names() if name != name.lower()} - OF_KUBERNETES
NAMES = re.compile(
    "|".join(
        [
            r"(?i:volsync)",
            r"KOPIA_",
            *(rf"\b{name}\b" for name in sorted(PECULIAR | OF_STATUS | OF_LOG | set(kinds.SYNCED))),
            *(rf"\b{name}\b" for name in (*Variable, *kinds.PLURALS.values())),
        ]
    )
)


def without_excepted(line, file):
    """Return a line without what the file may name."""
    if file == FALLBACK[0]:
        line = line.replace(FALLBACK[1], "")
    for name in OF_KOPIA.get(file, ()):
        line = re.sub(rf"\b{name}\b", "", line)
    return OF_THE_PROJECT.sub("", line)


def lines_with_names(text, file=""):
    """Return the numbers of the lines that name something of the operator's API."""
    return {number for number, line in enumerate(text.splitlines(), 1) if NAMES.search(without_excepted(line, file))}


def lines_with_keys(text):
    """Return the numbers of the lines that read a specification by a plain name of a field."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        holder, key = None, None
        if isinstance(node, ast.Subscript):
            holder, key = node.value, node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            holder, key = node.func.value, next(iter(node.args), None)
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            holder, key = node.comparators[0], node.left
        if isinstance(key, ast.Constant) and key.value in PLAIN_FIELDS and is_of_an_object(holder):
            found.add(node.lineno)
    return found


def is_of_an_object(holder):
    """Return True if an expression is part of an object of the API, by the names in it."""
    return bool(re.search(r"\b(\w*spec|\w*status|manifest|source|destination|wanted)\b", ast.unparse(holder)))


def offending(file):
    text, name = file.read_text(encoding="utf-8"), file.relative_to(PROJECT).as_posix()
    return lines_with_names(text, name) | (lines_with_keys(text) if file.suffix == ".py" else set())


FILES = sorted(
    file
    for folder in FOLDERS
    for file in (PROJECT / folder).rglob("*")
    if file.suffix in SUFFIXES
    and not file.is_relative_to(API)
    and file.relative_to(PROJECT).as_posix() not in WORDS_OF_THE_DOCUMENT
)


PACKAGES = sorted({file.parent.relative_to(PROJECT).as_posix() for file in FILES})


def offending_in(package):
    """Return each offending line of a package, as ``file:line``."""
    files = [file for file in FILES if file.parent == PROJECT / package]
    return [f"{file.relative_to(PROJECT).as_posix()}:{line}" for file in files for line in sorted(offending(file))]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_package_knows_the_api_of_the_operator(package):
    found = offending_in(package)
    assert not found, f"harness/volsync has a name for what stands in {', '.join(found)}"


def test_exceptions_are_needed():
    for file, names in OF_KOPIA.items():
        text = (PROJECT / file).read_text(encoding="utf-8")
        assert [name for name in names if name not in text] == []
    assert FALLBACK[1] in (PROJECT / FALLBACK[0]).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "line",
    [
        'job.env["KOPIA_PREVIOUS"]',
        'env.get("DATA_DIR")',
        '"""``restoreAsOf`` filters first."""',
        'ref.kind == "ReplicationSource"',
        'GROUP = "volsync.backube"',
        "# As VolSync does.",
        'status.get("latestMoverStatus")',
        'name = f"volsync-{ref.name}-dest"',
        "password = KOPIA_PASSWORD",
    ],
)
def test_a_name_of_the_api_is_found(line):
    assert lines_with_names(line) == {1}


@pytest.mark.parametrize(
    "line",
    [
        "from harness.volsync.fields import Field",
        'JOB_MARKER = "VOLSYNC_CONFORMANCE_JOB"',
        'IMAGE = "volsync-kopia-conformance/minio"',
        'environment.get("KOPIA_BIN")',
        "spec.get(Field.SOURCE_IDENTITY)",
        '"accessModes": ["ReadWriteOnce"]',
    ],
)
def test_names_of_others_are_not(line):
    assert lines_with_names(line) == set()


def test_a_variable_of_kopia_is_its_clients_only():
    line = 'PASSWORD = "KOPIA_PASSWORD"'
    assert lines_with_names(line, "harness/kopia/client.py") == set()
    assert lines_with_names(line, "harness/kopia/observer.py") == {1}
    assert lines_with_names('"KOPIA_PREVIOUS"', "harness/kopia/client.py") == {1}


@pytest.mark.parametrize(
    ("line", "offends"),
    [
        ('spec.get("username")', True),
        ('sync.spec["previous"]', True),
        ('"repository" in sync.spec', True),
        ('status["kopia"]', True),
        ("spec.get(Field.USERNAME)", False),
        ('row["username"]', False),
        ('spec["containers"]', False),
    ],
)
def test_a_plain_name_offends_where_an_object_is_read(line, offends):
    assert bool(lines_with_keys(line)) == offends


def test_every_field_of_the_schema_is_a_name():
    assert set(Field) | {SOURCE_PVC} <= field_names()
    assert {"sourceIdentity", "moverServiceAccount", "enableFileDeletion"} <= PECULIAR
