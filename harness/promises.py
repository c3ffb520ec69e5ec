"""What puts the sweeping promises of the document to the test, in a size that fits a default run."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

from harness import objects
from harness.errors import Divergence
from harness.findings import Finding
from harness.model import Identity
from harness.platform.base import kopia_spec
from harness.sync import Sync
from harness.testbed import Testbed
from harness.volumes import write_bytes

MIB = 1 << 20
LOOKS_SECRET = re.compile(
    r"pass(word|wd|phrase)|secret|token|api[-_.]?key|private[-_.]?key|^AKIA[0-9A-Z]{16}$", re.IGNORECASE
)


def declare_alike(testbed: Testbed, number: int, shared_bytes: int, own_bytes: int) -> None:
    """Declares sources whose volumes hold the same file, and one of their own; neither compresses."""
    shared = secrets.token_bytes(shared_bytes)
    for index in range(1, number + 1):
        ref = testbed.declare(objects.source("app", f"tenant-{index}"))
        write_bytes(testbed.volume(ref), shared, "shared.bin")
        write_bytes(testbed.volume(ref), secrets.token_bytes(own_bytes), "own.bin")


def savings(testbed: Testbed) -> Finding:
    """How much smaller the repository is than the volumes that were backed up into it."""
    volumes = [testbed.volume(source) for source in testbed.sources()]
    backed_up = sum(path.stat().st_size for folder in volumes for path in folder.rglob("*") if path.is_file())
    stored = testbed.repositories.size_bytes(testbed.repositories.of_namespace(""))
    seen = (
        f"{1 - stored / backed_up:.0%} saved: {len(volumes)} volumes of {backed_up / len(volumes) / MIB:.1f} MiB each, "
        f"{stored / MIB:.1f} MiB stored"
    )
    return Finding("one shared repository saves 50 to 80 % of storage", None, seen)


def ask_for_names(testbed: Testbed, names: Sequence[tuple[str, str]]) -> list[Sync]:
    """Applies a source for each (field, custom name)."""
    return [
        testbed.ask(testbed.declare(objects.source(f"source-{number}", "tenant", {field: name})))
        for number, (field, name) in enumerate(names, 1)
    ]


def ask_for_sources(testbed: Testbed, sources: Sequence[tuple[str, str]]) -> list[Sync]:
    """Applies a source for each (name, namespace), legal or not."""
    return [testbed.ask(testbed.declare(objects.source(name, namespace))) for name, namespace in sources]


def in_question(testbed: Testbed, sync: Sync) -> str:
    """What an admission was about: the custom name of a source, or else the source itself."""
    spec = kopia_spec(testbed.declared(sync.ref))
    custom = [f"{field} {spec[field]}" for field in ("username", "hostname") if field in spec]
    return custom[0] if custom else str(sync.ref)


def crowd(testbed: Testbed, number: int) -> tuple[float, float]:
    """Has the repository grow to so many identities; returns the seconds of a list before and after.

    Most are made by copying the history of a host: their manifests are real, their data is shared.
    """
    administrator, seeds = testbed.administrator, 8
    alone = administrator.list_seconds()
    folder = testbed.volume(testbed.sources()[0])
    for user in range(seeds):
        administrator.write_snapshot(Identity(f"user-{user}", "crowd-0"), folder, "/data", "2024-01-20T10:00:00Z")
    for host in range(1, number // seeds):
        administrator.copy_history("@crowd-0", f"@crowd-{host}")
    return alone, administrator.list_seconds()


def warnings(testbed: Testbed) -> list[str]:
    """The custom usernames that look like a secret."""
    return [name for name in _custom_usernames(testbed) if LOOKS_SECRET.search(name)]


def expect_warning(testbed: Testbed) -> None:
    """Every custom username of the scenario is warned about."""
    unwarned = sorted(set(_custom_usernames(testbed)) - set(warnings(testbed)))
    if unwarned:
        raise Divergence("the warnings about usernames", expected="all", seen=f"none of {unwarned}", oracle="harness")


def _custom_usernames(testbed: Testbed) -> list[str]:
    names = [kopia_spec(testbed.declared(source)).get("username") for source in testbed.sources()]
    return [str(name) for name in names if name]
