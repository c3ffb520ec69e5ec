"""Define the record of one sync: its trigger, the answer of the operator, and its ending."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from harness.model import Identity, MoverJob, MoverResult, ObjectRef
from harness.volsync.defaults import DOCUMENTED_REPOSITORY
from harness.volsync.kinds import is_source
from harness.volsync.mover_job import identity_of
from harness.volsync.status import requested_identity
from harness.volumes import Tree


class Ending(Enum):
    """How a sync ended, as the subject reports it.

    Silence is an ending of its own.
    """

    SUCCEEDED = "succeeded"
    """The operator reports a success."""
    FAILED = "failed"
    """The operator reports a failure, or the reason why it creates no Job."""
    REFUSED = "refused"
    """The API refused the object."""
    SILENT = "no answer"
    """The operator created no Job and reported nothing within the time limit."""
    WAITING = "Pod cannot start"
    """The operator created a Job whose Pod cannot start, and does not report this."""
    UNNOTED = "result not noted"
    """The mover ended, and the operator reported neither success nor failure within the time limit."""
    CUT_OFF = "cut off"
    """The harness ended the mover: it hung, flooded its log or left processes behind."""
    ASKED = "asked"
    """No mover was supposed to run: only the Job of the operator was requested."""


@dataclass(frozen=True)
class Sync:
    """One sync of one object, from its trigger to its end.

    Attributes:
        ref: The object.
        begin: The time of the trigger.
        end: The time when its outcome was recorded.
        ending: How it ended.
        spec: ``spec.kopia`` of the object as it was applied.
        refused: The message of the API if it refused the object, else "".
        job: The Job of the operator, or None.
        result: The result of the mover, or None if no mover ran.
        status: The status of the object at the end of the sync.
        messages: The conditions and events that the operator wrote for the object.
        log_shown: The part of the mover's log that the status shows.
        note: A remark of the harness, such as a time limit. It never comes from the operator.
        before: The content of the volume at the start of the sync.
        after: The content of the volume at the end of the sync.
        attributes_before: Owner, time and hard links of each path at the start of the sync (volumes.attributes).
        attributes_after: The same at the end of the sync.
        repository: The documented repository that the object names.
    """

    ref: ObjectRef
    begin: datetime
    end: datetime
    ending: Ending
    spec: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""
    job: MoverJob | None = None
    result: MoverResult | None = None
    status: Mapping[str, Any] = field(default_factory=dict)
    messages: tuple[str, ...] = ()
    log_shown: str = ""
    note: str = ""
    before: Tree = field(default_factory=dict)
    after: Tree = field(default_factory=dict)
    attributes_before: Mapping[str, str] = field(default_factory=dict)
    attributes_after: Mapping[str, str] = field(default_factory=dict)
    repository: str = DOCUMENTED_REPOSITORY

    @property
    def succeeded(self) -> bool:
        """Return True if the operator reports a success."""
        return self.ending is Ending.SUCCEEDED

    @property
    def was_refused_without_job(self) -> bool:
        """Return True if the API refused the object, or the operator reports why it created no Job for it."""
        return self.job is None and self.ending in (Ending.REFUSED, Ending.FAILED)

    @property
    def is_backup(self) -> bool:
        """Return True if the object is a source."""
        return is_source(self.ref)

    @property
    def requested(self) -> str:
        """Return the requested identity as the status shows it, or ""."""
        return requested_identity(self.status)

    @property
    def said(self) -> str:
        """Return the messages of the subject: the refusal of the API, conditions and events."""
        return "\n".join(filter(None, [self.refused, *self.messages]))

    @property
    def told(self) -> str:
        """Return everything that ``kubectl describe`` shows, including the log of the mover."""
        return "\n".join(filter(None, [self.said, self.log_shown]))

    @property
    def asked_for(self) -> Identity | None:
        """Return the identity in the environment of the operator's Job, or None without a Job."""
        return None if self.job is None else identity_of(self.job)


@dataclass(frozen=True)
class Growth:
    """The bytes that one backup of ``of_bytes`` bytes added to the store. ``content`` is its data, and is not saved."""

    sync: Sync
    of_bytes: int
    added_bytes: int
    content: bytes = field(default=b"", repr=False)
