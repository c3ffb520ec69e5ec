"""Define the settings of an operator that a subject file contains.

This module does not import the API client, so runs without an API do not need the client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.system.limits import DEFAULT_LIMITS, SubjectLimits


@dataclass(frozen=True)
class PodsSpec:
    """Hold the settings for a cluster that runs the Jobs.

    Attributes:
        helper: The image of the Pod that copies volumes.
        timeout_s: How long a Job may take.
    """

    helper: str
    timeout_s: float


@dataclass(frozen=True)
class KubernetesSpec:
    """Hold the settings of an operator in a subject file.

    Attributes:
        command: The command line with an absolute program; empty if the operator runs on the API already.
        crds: Files or folders with the CRDs of the operator.
        env: Environment variables of the operator.
        api: The path of a kubeconfig, or ``auto`` for an API server that the harness starts.
        pods: Set if a cluster runs the Jobs; None if the harness is the kubelet.
        limits: The time limits of the subject.
    """

    command: tuple[str, ...]
    crds: tuple[Path, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    api: str = "auto"
    pods: PodsSpec | None = None
    limits: SubjectLimits = DEFAULT_LIMITS
