"""Judge the promises of the document, with volumes small enough for a default run."""

from __future__ import annotations

from harness import expect
from harness.errors import Divergence
from harness.model import Finding, ObjectRef
from harness.scenario.preconditions import ended, succeeded
from harness.scenario.record import Record
from harness.scenario.sync import Ending, Sync

MIB = 1 << 20


def savings(record: Record) -> Finding:
    """Return a finding with the storage that the repository saves compared with the backed-up volumes."""
    sizes = record.sizes()
    each = sizes.volumes_bytes / sizes.volumes / MIB
    seen = (
        f"{1 - sizes.stored_bytes / sizes.volumes_bytes:.0%} saved: {sizes.volumes} volumes of {each:.1f} MiB each, "
        f"{sizes.stored_bytes / MIB:.1f} MiB stored"
    )
    return Finding("what one shared repository saves of the storage, where 50 to 80 % are promised", None, seen)


def in_question(sync: Sync) -> str:
    """Return the name of an applied object for a message: the custom name of a source, or else the source itself."""
    custom = [f"{field} {sync.spec[field]}" for field in ("username", "hostname") if field in sync.spec]
    return custom[0] if custom else str(sync.ref)


def restore_succeeds(sync: Sync) -> None:
    """Check that a restore succeeds. A reported failure refutes the promise; it does not block it."""
    if sync.ending is Ending.FAILED:
        raise Divergence(f"the sync of {sync.ref}", expected="it succeeds", seen=ended(sync), oracle="operator")
    succeeded(sync)


def restore_holds(record: Record, sync: Sync, source: ObjectRef) -> None:
    """Check that a restore succeeds and that its volume holds the data of the source."""
    restore_succeeds(sync)
    expect.volume.holds(record, sync, source)
