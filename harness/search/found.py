"""Define what a search finds, and the result of a whole search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache

from harness.document.verdict import ExitStatus
from harness.model import DefaultUsername, Identity, Manifest, Variants
from harness.operator.decisions import Decisions
from harness.search.actions import Action, Source, Tenant
from harness.volsync import objects
from harness.volsync.defaults import complete
from harness.volsync.kinds import SOURCE
from harness.volsync.variables import DEFAULT_PATH

EVERY_VARIANT = tuple(Variants(rule) for rule in DefaultUsername)
LONG_NAME = 50
"""Names above this length are what the claim on long names is about."""


class Check(Enum):
    """What the last step of the printed scenario checks."""

    APART = "two sources have two identities"
    ONE_IDENTITY = "a source has one identity"
    JOB_HAS = "a Job has an identity"
    RECORDED_AS = "a backup is recorded under a name"
    RECORDED_ONCE = "a backup is recorded once"
    HOLDS = "a restore holds the newest backup"
    HOLDS_OLDER = "a restore holds an older backup"
    FAILS = "a restore fails"
    COUNTS = "a source keeps its snapshots"
    UNCHANGED = "a restore leaves the repository as it was"


@dataclass(frozen=True)
class Found:
    """Something that a sequence of actions shows. The last action is the one that shows it.

    Attributes:
        check: The property that does not hold.
        claim: The claim that the property belongs to.
        what: The observed object and property.
        expected: The expected value.
        seen: The observed value.
        tenant: The source that the check is about.
        identity: The expected identity, for a check of one.
        number: The expected number of snapshots, or the place of the expected backup among those of the tenant.
        other: The second source, for a check of two.
        is_finding: True if no rule of the document forbids it.
    """

    check: Check
    claim: str
    what: str
    expected: str
    seen: str
    tenant: Tenant
    identity: Identity | None = None
    number: int = 0
    other: Tenant | None = None
    is_finding: bool = False

    @property
    def in_words(self) -> str:
        """Return one line for a terminal."""
        return f"{self.what}: expected {self.expected}, observed {self.seen}"

    def is_like(self, other: Found | None) -> bool:
        """Return True if another observation breaks the same property."""
        return other is not None and (self.check, self.is_finding) == (other.check, other.is_finding)


class Broken(Exception):
    """A sequence of actions shows a divergence."""

    def __init__(self, found: Found) -> None:
        super().__init__(found.in_words)
        self.found = found


@dataclass
class Tally:
    """The numbers of a search.

    Attributes:
        examples: The sequences that were run.
        actions: The actions that were run.
        judged: The actions whose result was judged: there was an answer to judge.
        seconds: The duration.
    """

    examples: int = 0
    actions: int = 0
    judged: int = 0
    seconds: float = 0.0


@dataclass
class Part:
    """The result of one part of a search.

    Attributes:
        name: The name of the part.
        tally: Its numbers.
        divergence: What diverges, with the smallest sequence that shows it, or None.
        findings: The findings by their claims, each with the shortest sequence that was seen for it.
        skipped: Why this part was not run, or "".
    """

    name: str
    tally: Tally = field(default_factory=Tally)
    divergence: tuple[Found, tuple[Action, ...]] | None = None
    findings: dict[str, tuple[Found, tuple[Action, ...]]] = field(default_factory=dict)
    skipped: str = ""

    def note(self, found: Found, actions: Sequence[Action]) -> None:
        """Keep a finding, with the shortest sequence that was seen for it."""
        known = self.findings.get(found.claim)
        if known is None or _size(found, actions) < _size(known[0], known[1]):
            self.findings[found.claim] = found, tuple(actions)

    @property
    def status(self) -> ExitStatus:
        """Return the verdict of this part. Without a judged action there is none."""
        if self.divergence:
            return ExitStatus.DIVERGES
        return ExitStatus.CONFORMANT if self.skipped or self.tally.judged else ExitStatus.UNKNOWN

    @property
    def in_words(self) -> str:
        """Return one line with the numbers of this part."""
        if self.skipped:
            return f"{self.name}: left out: {self.skipped}"
        tally = self.tally
        counts = f"{tally.examples} examples, {tally.actions} actions ({tally.judged} judged), {tally.seconds:.1f} s"
        return f"{self.name}: {counts}; {'1 divergence' if self.divergence else 'no divergence'}, " + (
            f"{len(self.findings)} finding{'' if len(self.findings) == 1 else 's'}"
        )


def _size(found: Found, actions: Sequence[Action]) -> tuple[int, int]:
    """Return a sort key: short names first, and then short sequences."""
    return len(f"{found.tenant} {found.other}"), len(actions)


def kept_apart(one: Source, other: Source) -> bool:
    """Return True if the rules of the document give two sources different identities or paths, in each variant."""
    if (one.path or DEFAULT_PATH) != (other.path or DEFAULT_PATH):
        return True
    return all(_by_rule(one, variants) != _by_rule(other, variants) for variants in EVERY_VARIANT)


def meeting(one: Source, other: Source, where: str, identity: Identity) -> Found:
    """Return what it means that two sources have one identity, path and repository."""
    tenants = sorted((one.tenant, other.tenant))
    same_name, same_namespace = one.tenant.name == other.tenant.name, one.tenant.namespace == other.tenant.namespace
    is_finding = not kept_apart(one, other)
    is_custom = bool(one.username or one.hostname or other.username or other.hostname)
    claim = ("TN_7" if is_custom else "TN_3") if is_finding else "TN_9" if same_name else "TN_4"
    if not is_finding and same_namespace and max(len(one.tenant.name), len(other.tenant.name)) > LONG_NAME:
        claim = "TN_10"
    return Found(
        Check.APART, claim, f"the identities of {SOURCE} {tenants[0]} and {tenants[1]}", "two",
        f"both are {identity} in {where}", tenants[0], identity, other=tenants[1], is_finding=is_finding,
    )  # fmt: skip


def manifest_of(source: Source) -> Manifest:
    """Return the whole manifest of a source."""
    return complete(objects.source(source.tenant.name, source.tenant.namespace, source.fields)).manifest


@cache
def _by_rule(source: Source, variants: Variants) -> Identity:
    return Decisions(variants).identity(manifest_of(source))
