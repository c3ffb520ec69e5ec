"""Who is tested: a platform, a mover, and which parts of the verdict are theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from harness.document.ledger import claims
from harness.document.parts import EVERY_PART, NOT_OF_A_SUBJECT, OF_A_MOVER, Part
from harness.kubernetes.settings import KubernetesSpec
from harness.model import Variants
from harness.mover.base import Mover
from harness.operator.decisions import Decisions
from harness.operator.guarded import guarded
from harness.operator.platform import Platform, Volumes
from harness.operator.simulated import SimulatedPlatform
from harness.subject.movers import MoverKind, ReferenceKind
from harness.subject.mutants import Mutant
from harness.system.limits import DEFAULT_LIMITS, SubjectLimits
from harness.system.process import Call
from harness.volsync.defaults import NOTHING_ADDED, Additions

if TYPE_CHECKING:
    from harness.kubernetes.connection import Cluster

AUTO = "auto"
"""In place of a variant: it is found out from what the subject does."""


@dataclass(frozen=True)
class Subject:
    """A subject with the classes that make it up.

    Attributes:
        name: Its name in reports.
        decisions: What decides in place of an operator, where the platform is simulated.
        mover_kind: The mover that it brings, or the reference's.
        kubernetes: Its operator on a Kubernetes API, None where the platform is simulated.
        brings: The parts whose behaviour is its own: a claim that only other parts decide is skipped, never
            credited to it.
        lacks: Capabilities that it declares it does not have.
        expectations: The file of its known divergences.
        variants: For each contradiction, by name, the variant that it declares, or ``auto``.
        about: Further facts for the report.
        additions: Fields that every object gets besides.
        limits: How long its operator, mover and cluster may take.
        mutant: What it does wrong on purpose, None for every other subject.
    """

    name: str
    decisions: type[Decisions] = Decisions
    mover_kind: MoverKind = field(default_factory=ReferenceKind)
    kubernetes: KubernetesSpec | None = None
    brings: frozenset[Part] = EVERY_PART
    lacks: frozenset[str] = frozenset()
    expectations: Path | None = None
    variants: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    additions: Additions = NOTHING_ADDED
    limits: SubjectLimits = DEFAULT_LIMITS
    mutant: Mutant | None = None

    def decides(self, claim: str) -> bool:
        """Return True if this claim applies to the parts that the subject supplies, or to the document alone.

        What only the document decides is not asked of a mover alone: it would move much data to say nothing
        about that mover.
        """
        own = self.brings - NOT_OF_A_SUBJECT
        asked = self.brings | (NOT_OF_A_SUBJECT if own - OF_A_MOVER else NOT_OF_A_SUBJECT - {Part.DOCUMENT})
        return bool(set(claims()[claim].decided_by) & asked)

    def platform(
        self,
        variants: Variants,
        volumes: Volumes,
        cluster: Cluster | None = None,
        rename: Callable[[str], str] = str,
    ) -> Platform:
        """Return a new platform that follows the given variants; on a Kubernetes API, the operator's own platform."""
        if cluster is not None:
            # Imported late: runs without a Kubernetes API need no client of it.
            from harness.kubernetes.platform import KubernetesPlatform

            return KubernetesPlatform(cluster, volumes, rename)
        is_foreign = self.mutant is None and self.decisions is not Decisions
        decisions = guarded(self.decisions, variants) if is_foreign else self.decisions(variants)
        return SimulatedPlatform(decisions, volumes)

    def mover(
        self, binary: Path, scratch: Path, record: Callable[[Call], None], cluster: Cluster | None = None
    ) -> Mover:
        """Return a new mover; see MoverKind.make."""
        return self.mover_kind.make(binary, scratch, record, cluster)
