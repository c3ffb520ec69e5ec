"""Define the connection data of a Kubernetes API that the main process passes to its workers.

This module does not import the API client, so runs without an API do not need the client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.system.limits import DEFAULT_LIMITS, SubjectLimits


@dataclass(frozen=True)
class ApiAccess:
    """Hold what a worker needs to connect to the API, as plain values.

    Attributes:
        kubeconfig: Path of the kubeconfig.
        certificates: Folder with the certificate and key of the log server.
        kubectl: Path of the kubectl program.
        crashes: File with one line for each crash of the operator.
        log: File with the output of the operator.
        made: File that lists the objects that the run created on the API.
        owned: True if the harness started this API server.
        helper: Image of the Pod that copies volumes if a cluster runs the Jobs; "" if the harness is the kubelet.
        timeout_s: How long a Job may take on a cluster.
        silent_s: How long the operator left a plain source unanswered before the first scenario.
        limits: The time limits of the subject.
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
        """Build an ApiAccess from the result of ``dataclasses.asdict``."""
        return ApiAccess(**{**values, "limits": SubjectLimits(**values["limits"])})
