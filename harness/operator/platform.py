"""Define the interface between a scenario and an operator: manifests, Jobs, results and status."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from harness.model import Manifest, MoverJob, MoverResult, ObjectRef


class Volumes(Protocol):
    """Provide folders that stand for PVCs."""

    def claim(self, namespace: str, name: str) -> Path:
        """Return the folder of a PVC; create it if it does not exist."""

    def cache(self, owner: ObjectRef) -> Path:
        """Return the cache volume that all movers of an object share."""


@dataclass(frozen=True)
class NoJob:
    """Report that an operator created no Job, or no Job that can run.

    Attributes:
        said: The reason in the words of the operator; "" if the operator reported none within the time limit.
        note: If ``said`` is "", or if the Job is made, a message of the harness about the missing Job.
        is_made: True if the Job exists but its Pod cannot start.
    """

    said: str = ""
    note: str = ""
    is_made: bool = False


class Platform(Protocol):
    """Give access to an operator and the API in front of it.

    ``apply`` returns at once.  The operator then creates Jobs, and changes the status after the result of a Job was
    reported.  The simulated operator does this at once; a real operator needs time.

    Attributes:
        answer_s: The seconds that the operator needed so far to create Jobs and to report results.
    """

    answer_s: float

    def apply(self, manifest: Manifest) -> None:
        """Create or update an object.

        Raises:
            AdmissionRefused: The API rejects the object; nothing is changed.
        """

    def get(self, ref: ObjectRef) -> Manifest | None:
        """Return the object with its status, or None if it does not exist."""

    def delete(self, ref: ObjectRef) -> None:
        """Delete an object with everything that belongs to it, and wait until it is gone."""

    def next_job(self, *, held: bool = False, within_s: float | None = None) -> MoverJob | NoJob:
        """Return the Job of the object that was applied last, or a NoJob with the reason.

        Args:
            held: True if the scenario only inspects the Job.  On a cluster, the Job is then suspended.
            within_s: How long to wait for a Job that must not appear.  By default, a Job or an error is expected.
        """

    def finished(self, job: MoverJob, result: MoverResult) -> str | None:
        """Report to the operator how a Job ended.

        Returns:
            "" if the operator reported the result in the status, else a message of the harness that it did not.  None
            if the operator replaced the Job before its mover ended: the result is void, and ``next_job`` returns the
            new Job.
        """

    def await_status(self, ref: ObjectRef, holds: Callable[[Mapping[str, Any]], bool], timeout_s: float) -> None:
        """Wait until a condition on the status of an object is true, or the time is up; the caller reads the status."""

    def failure(self, ref: ObjectRef) -> str:
        """Return the operator's own message that the last sync of an object failed; "" if there is none."""

    def messages(self, ref: ObjectRef) -> Sequence[str]:
        """Return all messages about an object that ``kubectl describe`` shows: conditions and events."""

    def unasked_jobs(self, ref: ObjectRef) -> Sequence[str]:
        """Return the names of the Jobs of an object that exist although no trigger asked for them.

        There are none while the last sync of the object failed: any Job may then be a retry.
        """

    def as_json(self, ref: ObjectRef) -> str:
        """Return the output of ``kubectl get … -o json``."""

    def described(self, ref: ObjectRef) -> str:
        """Return the output of ``kubectl describe`` without the fields that come from the manifest."""

    def close(self) -> None:
        """Remove the objects of a scenario if another scenario could find them."""
