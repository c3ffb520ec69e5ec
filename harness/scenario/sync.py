"""The record of one sync: how it began, what the operator made of it, and how it ended."""

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
    """How a sync ended, by the word of the subject; silence is an ending of its own."""

    SUCCEEDED = "succeeded"
    """The operator reports a success."""
    FAILED = "failed"
    """The operator reports a failure, or says why it makes no Job."""
    REFUSED = "refused"
    """The API refused the object."""
    SILENT = "no answer"
    """The operator made no Job and said nothing within the time limit."""
    WAITING = "Pod cannot start"
    """The operator made a Job whose Pod cannot start, and says nothing of that."""
    UNNOTED = "result not noted"
    """The mover ended, and the operator reported neither success nor failure within the time limit."""
    CUT_OFF = "cut off"
    """The mover was ended by the harness: it hung, flooded its log, or left processes behind."""
    ASKED = "asked"
    """No mover was meant to run: the operator was only asked for its Job."""


@dataclass(frozen=True)
class Sync:
    """One sync of one object, from its trigger to its end.

    Attributes:
        ref: The object.
        begin: When it was triggered.
        end: When its outcome was recorded.
        ending: How it ended.
        spec: ``spec.kopia`` of the object as it was applied.
        refused: The message of the API where the object was refused.
        job: The Job of the operator, None where it made none.
        result: How the mover ended, None where none ran.
        status: The status of the object when the sync ended.
        messages: What the operator wrote about the object: conditions and events.
        log_shown: What the status shows of the mover's log.
        note: What the harness has to say of the sync, such as a time limit; never the word of the operator.
        before: The content of the volume when the sync began.
        after: The content of the volume when the sync ended.
        attributes_before: Owner, time and hard links of each path when the sync began (volumes.attributes).
        attributes_after: The same when the sync ended.
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
        """Whether the operator reports a success."""
        return self.ending is Ending.SUCCEEDED

    @property
    def is_backup(self) -> bool:
        """Whether the object is a source."""
        return is_source(self.ref)

    @property
    def requested(self) -> str:
        """The identity that the status says to have been asked for, "" where it does not."""
        return requested_identity(self.status)

    @property
    def said(self) -> str:
        """What the subject itself told the user: the refusal of the API, conditions and events."""
        return "\n".join(filter(None, [self.refused, *self.messages]))

    @property
    def told(self) -> str:
        """Everything that ``kubectl describe`` shows the user, the log of the mover included."""
        return "\n".join(filter(None, [self.said, self.log_shown]))

    @property
    def asked_for(self) -> Identity | None:
        """The identity in the Job's environment: the operator's own word to its mover."""
        return None if self.job is None else identity_of(self.job)


@dataclass(frozen=True)
class Growth:
    """What one backup of ``of_bytes`` bytes added to the store; ``content`` is what it held, and is not saved."""

    sync: Sync
    of_bytes: int
    added_bytes: int
    content: bytes = field(default=b"", repr=False)
