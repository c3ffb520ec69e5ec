"""What a subject file says of an operator; apart, so that other runs need no client of the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.system.limits import DEFAULT_LIMITS, SubjectLimits


@dataclass(frozen=True)
class PodsSpec:
    """A mover that is whatever the cluster runs: the image that looks into volumes, and how long a Job may take."""

    helper: str
    timeout_s: float


@dataclass(frozen=True)
class KubernetesSpec:
    """What a subject file says of its operator: absolute ``command``, its CRDs, environment, and which API.

    ``command`` is empty for an operator that runs on that API already; ``pods`` is set where Jobs run there
    by themselves.
    """

    command: tuple[str, ...]
    crds: tuple[Path, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    api: str = "auto"
    pods: PodsSpec | None = None
    limits: SubjectLimits = DEFAULT_LIMITS
