"""Represent the result of each act of a scenario as a value that can be saved. Syncs are named by number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

import msgspec

from harness.model import Identity, ObjectRef
from harness.scenario.failure import Failure
from harness.scenario.sync import Growth, Sync
from harness.system.process import Completed

Restores = Sequence[tuple[ObjectRef, Sync]]


class Nothing(msgspec.Struct, frozen=True, tag="nothing"):
    """The result of an act that returns nothing."""


class OneObject(msgspec.Struct, frozen=True, tag="object"):
    """A declared object."""

    ref: ObjectRef


class OneSync(msgspec.Struct, frozen=True, tag="sync"):
    """A sync, by its number in the record."""

    number: int


class ManySyncs(msgspec.Struct, frozen=True, tag="syncs"):
    """Several syncs, by their numbers in the record."""

    numbers: tuple[int, ...]


class SyncsOfSources(msgspec.Struct, frozen=True, tag="syncs-of-sources"):
    """Several restores, each with its source."""

    pairs: tuple[tuple[ObjectRef, int], ...]


class OneGrowth(msgspec.Struct, frozen=True, tag="growth"):
    """A measured backup. Its content is not saved."""

    number: int
    of_bytes: int
    added_bytes: int


class OneTree(msgspec.Struct, frozen=True, tag="tree"):
    """The content of a snapshot."""

    tree: dict[str, str]


class OneIdentity(msgspec.Struct, frozen=True, tag="identity"):
    """The identity of a written snapshot."""

    identity: Identity


class OneName(msgspec.Struct, frozen=True, tag="name"):
    """The name of a kopia client."""

    name: str


class OneCall(msgspec.Struct, frozen=True, tag="call"):
    """A kopia call."""

    call: Completed


class Flag(msgspec.Struct, frozen=True, tag="flag"):
    """Whether something is so."""

    is_so: bool


class Durations(msgspec.Struct, frozen=True, tag="durations"):
    """Two durations in seconds."""

    seconds: tuple[float, float]


class Raised(msgspec.Struct, frozen=True, tag="raised"):
    """The verdict or error that an act raised."""

    failure: Failure


Answer = (
    Nothing | OneObject | OneSync | ManySyncs | SyncsOfSources | OneGrowth | OneTree | OneIdentity | OneName | OneCall
    | Flag | Durations | Raised
)  # fmt: skip


def answer_of(value: object, syncs: Sequence[Sync]) -> Answer:
    """Return the result of an act as a value that can be saved, with syncs by number.

    Args:
        value: The return value of the act, or the exception that it raised.
        syncs: All syncs of the scenario, in order.

    Raises:
        TypeError: The value has a type that cannot be saved.
    """
    match value:
        case None:
            return Nothing()
        case Exception():
            return Raised(Failure.of(value))
        case bool():
            return Flag(value)
        case ObjectRef():
            return OneObject(value)
        case Sync():
            return OneSync(_number(value, syncs))
        case Growth():
            return OneGrowth(_number(value.sync, syncs), value.of_bytes, value.added_bytes)
        case Identity():
            return OneIdentity(value)
        case Completed():
            # Its bytes may hold part of a secret, which text would show and Base64 would hide.
            return OneCall(replace(value, stdout_bytes=b""))
        case str():
            return OneName(value)
        case Mapping():
            return OneTree({str(path): str(what) for path, what in value.items()})
        case (float() as first, float() as second):
            return Durations((first, second))
        case [(ObjectRef(), Sync()), *_] as pairs:
            restores = cast("Restores", pairs)
            return SyncsOfSources(tuple((source, _number(sync, syncs)) for source, sync in restores))
        case [*many]:
            return ManySyncs(tuple(_number(cast("Sync", sync), syncs) for sync in many))
    raise TypeError(f"an act answered a {type(value).__name__}, which cannot be saved")


def value_of(answer: Answer, syncs: Sequence[Sync]) -> object:
    """Return the result of an act from its saved value, or raise the exception that the act raised."""
    match answer:
        case Raised(failure):
            raise failure.as_error()
        case OneSync(number):
            return syncs[number]
        case ManySyncs(numbers):
            return [syncs[number] for number in numbers]
        case SyncsOfSources(pairs):
            return [(source, syncs[number]) for source, number in pairs]
        case OneGrowth(number, of_bytes, added_bytes):
            return Growth(syncs[number], of_bytes, added_bytes)
        case (OneObject(value) | OneTree(value) | OneIdentity(value) | OneName(value) | OneCall(value)
              | Flag(value) | Durations(value)):  # fmt: skip
            return value
    return None


def _number(sync: Sync, syncs: Sequence[Sync]) -> int:
    return next(number for number, one in enumerate(syncs) if one is sync)
