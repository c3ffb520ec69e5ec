"""What puts the sweeping promises of the document to the test, in a size that fits a default run."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from harness import expect
from harness.errors import Divergence
from harness.model import Finding, ObjectRef
from harness.scenario.preconditions import ended, succeeded
from harness.scenario.sync import Ending, Sync
from harness.scenario.testbed import Testbed
from harness.volsync import objects
from harness.volsync.defaults import DOCUMENTED_REPOSITORY
from harness.volsync.fields import kopia_spec
from harness.volumes import write_bytes

MIB = 1 << 20


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
    stored = testbed.repositories.size_bytes(DOCUMENTED_REPOSITORY)
    seen = (
        f"{1 - stored / backed_up:.0%} saved: {len(volumes)} volumes of {backed_up / len(volumes) / MIB:.1f} MiB each, "
        f"{stored / MIB:.1f} MiB stored"
    )
    return Finding("what one shared repository saves of the storage, where 50 to 80 % are promised", None, seen)


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


def restore_succeeds(sync: Sync) -> None:
    """A restore succeeds; where its operator reports a failure, the promise is refuted, not out of reach."""
    if sync.ending is Ending.FAILED:
        raise Divergence(f"the sync of {sync.ref}", expected="it succeeds", seen=ended(sync), oracle="operator")
    succeeded(sync)


def restore_holds(testbed: Testbed, sync: Sync, source: ObjectRef) -> None:
    """A restore succeeds and holds the data of its source."""
    restore_succeeds(sync)
    expect.volume.holds(testbed, sync, source)


def crowd(testbed: Testbed, number: int) -> tuple[float, float]:
    """Has the repository grow to so many identities; returns the seconds of a list before and after.

    Most are made by copying the history of a host: their manifests are real, their data is shared.
    """
    administrator = testbed.administrator
    alone = administrator.list_seconds()
    testbed.histories.write_crowd(number)
    return alone, administrator.list_seconds()
