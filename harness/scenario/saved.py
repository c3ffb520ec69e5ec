"""Save the record of a scenario to a file without secrets, and load it.

A record is saved when a scenario fails (``harness.scenario.failure_bundle``), and judged again without the subject
(``plugin.judge``). ``SCHEMA`` increases with every change of the file format.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

from harness.errors import UsageError
from harness.model import Manifest
from harness.scenario.answers import Answer, answer_of, value_of
from harness.scenario.journal import Act, Extent
from harness.scenario.record import Backup, NotRecorded, Readings, Record, StrangerBackup
from harness.scenario.sync import Sync
from harness.system.process import REDACT, Call
from harness.volsync.manifests import ref_of

SCHEMA = 1
FILE = "record.json"
HIDDEN = "***"

_T = TypeVar("_T")


@dataclass(frozen=True)
class SavedAct:
    """One act: its name, its result, and the length of the record after it."""

    name: str
    answer: Answer
    extent: Extent


@dataclass(frozen=True)
class Stage:
    """The values that checks read after this number of ``acts``."""

    acts: int
    readings: Readings


@dataclass(frozen=True)
class SavedCall:
    """One kopia call."""

    args: tuple[str, ...]
    exit_code: int
    seconds: float


@dataclass(frozen=True)
class About:
    """The run and the scenario of a record.

    Attributes:
        scenario: The node id.
        example: The row of an outline, by its columns.
        subject: The name of the subject.
        sides: The variants of the document that applied.
        options: The options of the run, to repeat it.
        verdict: The verdict of the run.
        message: The message of the run.
        claims: The claims that the scenario tests.
    """

    scenario: str
    example: Mapping[str, str]
    subject: str
    sides: str
    options: str
    verdict: str
    message: str
    claims: tuple[str, ...] = ()


class SavedRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A complete record, and the acts of its scenario."""

    schema: int
    about: About
    syncs: tuple[Sync, ...]
    declared: tuple[Manifest, ...]
    backups: tuple[Backup, ...]
    strangers: tuple[StrangerBackup, ...]
    keeps_owners: bool
    acts: tuple[SavedAct, ...]
    stages: tuple[Stage, ...]
    calls: tuple[SavedCall, ...] = ()


class _Schema(msgspec.Struct):
    """The field that every version of the file has."""

    schema: int


def saved(
    about: About, record: Record, acts: Sequence[Act], stages: Sequence[tuple[int, Readings]], calls: Sequence[Call]
) -> SavedRecord:
    """Return a record as it is saved, before redaction."""
    return SavedRecord(
        SCHEMA,
        about,
        tuple(map(_without_secret_env, record.syncs)),
        tuple(record.declared.values()),
        record.backups,
        record.strangers,
        record.keeps_owners,
        tuple(SavedAct(one.name, answer_of(one.answer, record.syncs), one.extent) for one in acts),
        tuple(Stage(number, readings) for number, readings in stages if readings != Readings()),
        tuple(SavedCall(call.args, call.exit_code, call.seconds) for call in calls),
    )


def encoded(one: SavedRecord) -> bytes:
    """Return a record as JSON, with all secrets redacted."""
    plain = REDACT.values(msgspec.to_builtins(one, enc_hook=_encode))
    return msgspec.json.format(msgspec.json.encode(plain), indent=1)


def load(file: Path) -> SavedRecord:
    """Read a saved record.

    Raises:
        UsageError: The file is missing, is not a record, or has another schema.
    """
    try:
        text = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None
    try:
        schema = msgspec.json.decode(text, type=_Schema).schema
        if schema != SCHEMA:
            raise UsageError(f"{file}: is a record of schema {schema}; this checkout reads schema {SCHEMA}")
        return msgspec.json.decode(text, type=SavedRecord, dec_hook=_decode)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{file}: is no record of a scenario: {error}") from None


class SavedJournal:
    """Return the results of acts from a saved record (``harness.scenario.journal.Journal``)."""

    def __init__(self, one: SavedRecord) -> None:
        self._saved = one
        self._declared = {ref_of(manifest): manifest for manifest in one.declared}
        self._done = 0

    def act(self, name: str, call: Callable[[], _T]) -> _T:
        """Return the saved result of an act. Nothing is called.

        Raises:
            NotRecorded: The scenario of this checkout executes another act than the saved one.
        """
        acts = self._saved.acts
        noted = acts[self._done].name if self._done < len(acts) else "nothing"
        if noted != name:
            raise NotRecorded(f"the record goes on with {noted}, the scenario of this checkout with {name}")
        self._done += 1
        return cast("_T", value_of(acts[self._done - 1].answer, self._saved.syncs))

    def record(self) -> Record:
        """Return the record up to the last act whose result was returned."""
        extent = self._saved.acts[self._done - 1].extent if self._done else Extent(0, 0, 0, 0)
        readings = [stage.readings for stage in self._saved.stages if stage.acts == self._done]
        return Record(
            self._saved.syncs[: extent.syncs],
            dict(list(self._declared.items())[: extent.declared]),
            self._saved.backups[: extent.backups],
            self._saved.strangers[: extent.strangers],
            self._saved.keeps_owners,
            readings[-1] if readings else Readings(),
        )


def _without_secret_env(sync: Sync) -> Sync:
    if sync.job is None:
        return sync
    hidden = dict.fromkeys(sync.job.secret_env, HIDDEN)
    return replace(sync, job=replace(sync.job, secret_env=hidden))


def _encode(value: object) -> object:
    """Return a value that JSON can hold; a status or an object of a subject may hold anything."""
    if isinstance(value, Mapping):
        return {str(key): one for key, one in value.items()}
    if isinstance(value, AbstractSet):
        return sorted(value, key=str)
    return str(value)


def _decode(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    raise NotImplementedError(f"{kind.__name__} cannot be read")
