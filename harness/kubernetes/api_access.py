"""What a worker is told of the Kubernetes API that a run uses; apart, so that other runs need no client for it."""

from __future__ import annotations

from dataclasses import dataclass

ANSWER_TIMEOUT_S = 12.0
"""How long an operator may take to make a job, or to say why it makes none, or to take note of a result."""


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
