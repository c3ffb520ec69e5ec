"""The seam between a scenario and an operator: manifests in, mover jobs out, results in, status out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from harness.model import Manifest, MoverJob, MoverResult, ObjectRef


class Volumes(Protocol):
    """Folders that stand for persistent volumes."""

    def claim(self, namespace: str, name: str) -> Path:
        """The folder of a PersistentVolumeClaim, made where it is new."""

    def cache(self, owner: ObjectRef) -> Path:
        """The cache volume that an object's movers share."""


@dataclass(frozen=True)
class NoJob:
    """The answer of an operator that made no Job that can run.

    ``said`` is why, in the operator's own words; "" where it said nothing within the time limit, and
    ``note`` is then what the harness has to say of it.  ``is_made`` is whether there is a Job whose Pod cannot start.
    """

    said: str = ""
    note: str = ""
    is_made: bool = False


class Platform(Protocol):
    """An operator and the API in front of it.

    It is a stream by nature: ``apply`` returns at once, jobs appear, and status changes when a
    job's result has been told.  The simulation answers at once; a real API takes its time.

    ``answer_s`` are the seconds that the operator took to answer so far: to make Jobs, and to report.
    """

    answer_s: float

    def apply(self, manifest: Manifest) -> None:
        """Creates or updates an object; raises AdmissionRefused and then changes nothing."""

    def get(self, ref: ObjectRef) -> Manifest | None:
        """The object with its status, or None where there is none."""

    def next_job(self, *, held: bool = False) -> MoverJob | NoJob:
        """Return the Job of the object that was applied last, or why there is none.

        ``held`` is a Job that is only looked at: where Jobs run by themselves, it is kept from that.
        """

    def finished(self, job: MoverJob, result: MoverResult) -> str:
        """Tell the operator how a Job ended.

        Returns "" where the operator took note of it, else what the harness has to say of that.
        """

    def await_status(self, ref: ObjectRef, holds: Callable[[Mapping[str, Any]], bool], timeout_s: float) -> None:
        """Wait until the status of an object holds, or the time is up; the caller reads the status."""

    def failure(self, ref: ObjectRef) -> str:
        """Return the operator's own words that the last sync of an object failed, "" where it has none."""

    def messages(self, ref: ObjectRef) -> Sequence[str]:
        """Every text about an object that ``kubectl describe`` would show its user."""

    def as_json(self, ref: ObjectRef) -> str:
        """What ``kubectl get … -o json`` prints."""

    def described(self, ref: ObjectRef) -> str:
        """What ``kubectl describe`` prints, as far as it says more than the fields that were given."""

    def close(self) -> None:
        """Removes what a scenario made, where others would find it."""
