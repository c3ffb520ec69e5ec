"""Define the plain, frozen types that the layers exchange."""

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
    """One of the two readings of a contradiction in the document.

    The value is the tag of the scenarios that apply to this variant. It is also the name of the variant in reports,
    options and subject files.

    Attributes:
        in_words: The meaning of the variant, as a clause.
    """

    in_words: str

    def __new__(cls, value: str, in_words: str = "") -> Self:
        """Create one variant and its text."""
        variant = str.__new__(cls, value)
        variant._value_ = value
        variant.in_words = in_words
        return variant


class DefaultUsername(Variant):
    """The possible default usernames of an object without a custom username."""

    OBJECT_NAME = "object-name", "the default username is the name of the object"
    OBJECT_NAME_NAMESPACE = (
        "object-name-namespace",
        "the default username is name-namespace, if that has at most 50 characters",
    )


class CustomNames(Variant):
    """The possible rules for custom usernames and hostnames."""

    VALIDATED = "validated", "the API refuses custom names that do not match the documented pattern"
    AS_GIVEN = "as-given", "any custom name is used exactly as given"


@dataclass(frozen=True)
class Contradiction:
    """A place where the document contradicts itself. A subject follows one variant of it.

    Attributes:
        name: The key in subject files and reports.
        about: The topic, as a noun for messages.
        variants: The possible readings.
        claim: The id of the claim that is broken if a subject follows none of the variants.
    """

    name: str
    about: str
    variants: tuple[Variant, ...]
    claim: str

    @property
    def option(self) -> str:
        """Return the command-line option that selects one of the variants."""
        return f"--{self.name.replace('_', '-')}"


VARIANTS: Mapping[str, Contradiction] = {
    one.name: one
    for one in (
        Contradiction("default_username", "default usernames", tuple(DefaultUsername), "VR_1"),
        Contradiction("custom_names", "custom names", tuple(CustomNames), "VR_2"),
    )
}
"""All contradictions by name. Options, subject files, tags and reports use these names."""

VARIANT_TAGS: frozenset[str] = frozenset(str(variant) for one in VARIANTS.values() for variant in one.variants)
"""The feature tags that name a variant."""


@dataclass(frozen=True, order=True)
class Identity:
    """The username and hostname of a kopia client.

    The two parts are never joined for processing: ``user@host`` cannot be split again if a part contains an ``@``.
    """

    username: str
    hostname: str

    def __str__(self) -> str:
        return f"{self.username}@{self.hostname}"


@dataclass(frozen=True)
class ObjectRef:
    """The kind, namespace and name of one Kubernetes object."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Variants:
    """The variant that a subject follows, for each contradiction of the document."""

    default_username: DefaultUsername = DefaultUsername.OBJECT_NAME
    custom_names: CustomNames = CustomNames.VALIDATED

    def __str__(self) -> str:
        return f"{self.default_username},{self.custom_names}"


@dataclass(frozen=True)
class MoverJob:
    """The input of a mover: the arguments, environment, secrets and volumes of one Kubernetes Job.

    Attributes:
        owner: The source or destination for which the operator created the Job.
        args: The arguments of the container.
        env: The environment, by the contract in docs/architecture.md, without secrets.
        secret_env: The secret part of the environment. It is separate so that no log or report of the Job shows it.
        volumes: Folders, or mounted files, by their mount paths in the container (``/data``, ``/cache``).
        read_only: The mount paths that the container cannot write to.
        working_dir: The working directory, or None if the image decides it.
        declared: The Job as its API returns it, to be searched for secrets. Empty without an API.
    """

    owner: ObjectRef
    args: tuple[str, ...]
    env: Mapping[str, str]
    secret_env: Mapping[str, str] = field(repr=False)
    volumes: Mapping[str, Path]
    read_only: frozenset[str] = frozenset()
    working_dir: str | None = None
    declared: Manifest = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class MoverResult:
    """The exit status and the log of a mover.

    Attributes:
        exit_code: The exit status. 0 means that the Job succeeded, unless ``why_ended`` is set.
        log: The log of the container.
        why_ended: Why the harness ended the mover: it hung, flooded its log or left processes behind. The Job then
            counts as failed, whatever its exit status. "" if the mover ended by itself.
        command_lines: The command lines of all processes of the mover.
        blind: Why ``command_lines`` is incomplete, or "" if it is complete.
    """

    exit_code: int
    log: str
    why_ended: str = ""
    command_lines: tuple[str, ...] = field(default=(), repr=False, compare=False)
    blind: str = field(default="the processes of the mover were not traced", repr=False, compare=False)

    @property
    def succeeded(self) -> bool:
        """Return True if the Job of this mover succeeded."""
        return self.exit_code == 0 and not self.why_ended


@dataclass(frozen=True)
class SnapshotRecord:
    """One snapshot as the repository lists it. ``start`` and ``end`` have a time zone.

    ``incomplete`` is kopia's reason why the snapshot lacks files, or "" if it is whole. Each tag is ``key:value``.
    """

    id: str
    identity: Identity
    path: str
    start: datetime
    end: datetime
    root: str
    description: str = ""
    incomplete: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class RepositoryAddress:
    """The location of a kopia repository: an S3 bucket, a prefix ("" or ending in "/") and an endpoint."""

    bucket: str
    prefix: str
    endpoint: str
    tls: bool


@dataclass(frozen=True)
class RepositoryAccess:
    """The password and S3 keys that open a repository. They are never printed."""

    password: str = field(repr=False)
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)


@dataclass(frozen=True)
class Finding:
    """The observed result for a tested promise.

    Attributes:
        question: The expectation from the document, as it reads after "expected". For a figure: the measured quantity.
        holds: True if the expectation was observed. None if ``seen`` is a figure, or if the promise was not tested.
        seen: The observation, the figure, or the failed precondition.
        reached: False if a precondition failed, so that the promise was not tested.
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
