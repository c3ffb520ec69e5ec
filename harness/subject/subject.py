"""Define a subject: its platform, its mover, and the parts whose behaviour is its own."""

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
"""The value that replaces a variant if the harness must find it out from the behaviour of the subject."""


@dataclass(frozen=True)
class Subject:
    """A subject and its settings.

    Attributes:
        name: The name in reports.
        decisions: The decisions that replace an operator if the platform is simulated.
        mover_kind: The mover of the subject, or that of the reference.
        kubernetes: The operator on a Kubernetes API, or None if the platform is simulated.
        brings: The parts whose behaviour is the subject's own. A claim that only other parts decide is skipped.
        lacks: The capabilities that the subject declares it lacks.
        expectations: The file of known divergences.
        variants: The declared variant of each contradiction, or ``auto``, by the name of the contradiction.
        about: Further facts for the report.
        additions: Fields that are added to every object.
        limits: The time limits of the operator, mover and cluster.
        mutant: The deliberate fault, or None if the subject is no mutant.
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

        A claim that only the document decides is left out for a mover without an operator. It would move much data and
        test nothing of that mover.
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
        """Return a new platform for one scenario.

        Args:
            variants: The variants that the simulated operator follows.
            volumes: The PVCs of the scenario.
            cluster: The connection to the Kubernetes API, or None if the platform is simulated.
            rename: Maps the namespaces of the scenario to those on a shared API.
        """
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
        """Return a new mover for one scenario. See MoverKind.make."""
        return self.mover_kind.make(binary, scratch, record, cluster)
