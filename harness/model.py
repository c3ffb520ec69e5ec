"""The types that the layers exchange: plain, frozen, without behaviour of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

Manifest = Mapping[str, Any]
"""One Kubernetes object as parsed from YAML."""


class Variant(StrEnum):
    """One of two readings of a contradiction of the document.

    The value is the tag of the scenarios that hold under it, and its name in reports, options and subject files;
    ``in_words`` says what it means.
    """

    in_words: str

    def __new__(cls, value: str, in_words: str = "") -> Self:
        """Make one variant with its words."""
        variant = str.__new__(cls, value)
        variant._value_ = value
        variant.in_words = in_words
        return variant


class DefaultUsername(Variant):
    """What becomes the username where an object gives none."""

    OBJECT_NAME = "object-name", "the default username is the name of the object"
    OBJECT_NAME_NAMESPACE = (
        "object-name-namespace",
        "the default username is name-namespace, if that has at most 50 characters",
    )


class CustomNames(Variant):
    """Which usernames and hostnames an object may give."""

    VALIDATED = "validated", "the API refuses custom names that do not match the documented pattern"
    AS_GIVEN = "as-given", "any custom name is used exactly as given"


@dataclass(frozen=True)
class Contradiction:
    """A place where the document contradicts itself; a subject follows one variant of it.

    ``name`` is its key in subject files and reports, ``about`` says in words what is in question, and ``claim`` is
    the claim that a subject breaks which follows none of the ``variants``.
    """

    name: str
    about: str
    variants: tuple[Variant, ...]
    claim: str

    @property
    def option(self) -> str:
        """The option of the command line that takes one of the variants."""
        return f"--{self.name.replace('_', '-')}"


VARIANTS: Mapping[str, Contradiction] = {
    one.name: one
    for one in (
        Contradiction("default_username", "default usernames", tuple(DefaultUsername), "VR_1"),
        Contradiction("custom_names", "custom names", tuple(CustomNames), "VR_2"),
    )
}
"""Every contradiction by its name. Options, subject files, tags and reports take their words from here."""

VARIANT_TAGS: frozenset[str] = frozenset(str(variant) for one in VARIANTS.values() for variant in one.variants)
"""The tags of features that name a variant."""


@dataclass(frozen=True, order=True)
class Identity:
    """Who a kopia client is.

    The two parts stay apart all the way: a ``user@host`` string cannot be split again
    once a part holds an ``@``.
    """

    username: str
    hostname: str

    def __str__(self) -> str:
        return f"{self.username}@{self.hostname}"


@dataclass(frozen=True)
class ObjectRef:
    """Names one object of the API."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Variants:
    """Which variant a subject follows of each contradiction of the document."""

    default_username: DefaultUsername = DefaultUsername.OBJECT_NAME
    custom_names: CustomNames = CustomNames.VALIDATED

    def __str__(self) -> str:
        return f"{self.default_username},{self.custom_names}"


@dataclass(frozen=True)
class MoverJob:
    """What an operator hands to a mover: the one type between platform and mover.

    ``env`` follows the operator's contract (docs/architecture.md); what is secret is kept
    apart in ``secret_env``, so that a log or a report of the job cannot hold it.
    ``volumes`` maps mount paths of the container (``/data``, ``/cache``) to folders, or to files where a
    Job mounts one; those in ``read_only`` cannot be written to.  ``working_dir`` is None where the Job leaves
    that to the image.
    """

    owner: ObjectRef
    args: tuple[str, ...]
    env: Mapping[str, str]
    secret_env: Mapping[str, str] = field(repr=False)
    volumes: Mapping[str, Path]
    read_only: frozenset[str] = frozenset()
    working_dir: str | None = None
    declared: Manifest = field(default_factory=dict, repr=False)
    """The Job as its API has it, to be searched for secrets; empty where there is no API."""


@dataclass(frozen=True)
class MoverResult:
    """How a mover ended: its exit status (0: the Job succeeded) and its log.

    ``why_ended`` is why it was ended from outside (it hung, flooded its log, left processes
    behind), "" where it ended by itself; the Job has then failed, whatever its exit status.
    ``command_lines`` are those of all its processes, and ``blind`` is why they are not all, "" where they are.
    """

    exit_code: int
    log: str
    why_ended: str = ""
    command_lines: tuple[str, ...] = field(default=(), repr=False, compare=False)
    blind: str = field(default="nobody watched", repr=False, compare=False)

    @property
    def succeeded(self) -> bool:
        """Whether its Job succeeded."""
        return self.exit_code == 0 and not self.why_ended


@dataclass(frozen=True)
class SnapshotRecord:
    """One snapshot as the repository holds it; instants are aware datetimes."""

    id: str
    identity: Identity
    path: str
    start: datetime
    end: datetime
    root: str
    description: str = ""


@dataclass(frozen=True)
class RepositoryAddress:
    """Where a kopia repository lies: an S3 bucket, a prefix ("" or ending in "/") and an endpoint."""

    bucket: str
    prefix: str
    endpoint: str
    tls: bool


@dataclass(frozen=True)
class RepositoryAccess:
    """What opens a repository; no part of it is ever shown."""

    password: str = field(repr=False)
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)


@dataclass(frozen=True)
class Finding:
    """What was observed of a promise that was put to the test.

    Attributes:
        question: What the document lets expect, as it reads after "expected"; of a figure, what was measured.
        holds: Whether that was observed; None where ``seen`` is a figure, or nothing was put to the test.
        seen: What was observed instead, or the figure, or the precondition that failed.
        reached: False where a precondition failed: the promise was not put to the test.
    """

    question: str
    holds: bool | None
    seen: str
    reached: bool = True

    @property
    def in_words(self) -> str:
        """Return one line for a terminal."""
        if not self.reached:
            return f"not reached: expected {self.question}; before that, {self.seen}"
        if self.holds is None:
            return f"measured: {self.question}: {self.seen}"
        return f"{'held here' if self.holds else 'REFUTED'}: expected {self.question}, observed {self.seen}"
