"""What a worker is told of the Kubernetes API that a run uses; apart, so that other runs need no client for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.system.limits import DEFAULT_LIMITS, SubjectLimits


@dataclass(frozen=True)
class ApiAccess:
    """How a worker reaches the API, as plain values; ``crashes``, ``log`` and ``made`` are files.

    They tell of the operator's crashes, what it wrote, and what the run made on the API.  ``helper`` is the
    image that looks into volumes where the pods of Jobs run on a cluster, "" where the harness plays the kubelet;
    ``timeout_s`` is how long a Job may take there.  ``silent_s`` is for how long the operator gave no answer
    to a plain source before the first scenario.
    """

    kubeconfig: str
    certificates: str
    kubectl: str
    crashes: str
    log: str
    made: str
    owned: bool = True
    helper: str = ""
    timeout_s: float = 0.0
    silent_s: float = 0.0
    limits: SubjectLimits = DEFAULT_LIMITS

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> ApiAccess:
        """Return what ``dataclasses.asdict`` made plain values of."""
        return ApiAccess(**{**values, "limits": SubjectLimits(**values["limits"])})
