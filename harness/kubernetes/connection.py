"""A worker's connection to a Kubernetes API, and who runs the Jobs there."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from harness.errors import HarnessError
from harness.kubernetes.api import Api, Informer
from harness.kubernetes.api_access import ANSWER_TIMEOUT_S, ApiAccess
from harness.kubernetes.created import CreatedObjects
from harness.kubernetes.kubelet import Kubelet
from harness.kubernetes.log_server import LogServer
from harness.kubernetes.notes import KUBELET_LOG, Notes
from harness.kubernetes.platform import KubernetesPlatform
from harness.kubernetes.pods import Pods
from harness.model import MoverJob, MoverResult, ObjectRef
from harness.operator.platform import Volumes
from harness.volsync.kinds import SYNCED

KUBECTL_TIMEOUT_S = 120.0
LEAST_ANSWER_S = 4.0
NAMESPACE_TIMEOUT_S = 60.0


class Node(Protocol):
    """Whoever runs the Jobs: the harness in the part of a kubelet, or the kubelets of a cluster."""

    def hold(self, job: Mapping[str, Any]) -> None:
        """Has no mover run for a Job."""

    def start(self, job: Mapping[str, Any], owner: ObjectRef, volumes: Volumes) -> MoverJob:
        """What a Job gives its mover; MissingKey where its Pod cannot start."""

    def finish(self, job: Mapping[str, Any], result: MoverResult) -> None:
        """Tells the API how a mover ended."""

    def fill(self, claim: ObjectRef, folder: Path) -> None:
        """Has a claim hold what a folder holds."""

    def fetch(self, claim: ObjectRef, folder: Path) -> None:
        """Has a folder hold what a claim holds."""


class Cluster:
    """One worker's connection: client, watches and node; shared by its scenarios."""

    def __init__(self, facts: ApiAccess) -> None:
        self.facts = facts
        self.api = Api(Path(facts.kubeconfig))
        self.made = CreatedObjects(Path(facts.made))
        self.platform: KubernetesPlatform | None = None
        note = Notes(Path(facts.log).with_name(KUBELET_LOG))
        if facts.helper:
            self.informer = Informer(self.api, ("Job", "Pod", "Namespace", "Event", *SYNCED))
            self.pods = Pods(self.api, self.informer, self.kubectl, facts.helper, facts.timeout_s, note)
            self.node: Node = self.pods
        else:
            self.informer = Informer(self.api, ("Job", "VolumeSnapshot", "Namespace", "Event", *SYNCED), self._notice)
            kubelet = Kubelet(self.api, LogServer(Path(facts.certificates)), note)
            self.made.note("Node", kubelet.node)
            self.node = kubelet

    def platform_for(self, volumes: Volumes, rename: Callable[[str], str]) -> KubernetesPlatform:
        """A fresh platform for one scenario."""
        return KubernetesPlatform(self, volumes, rename)

    def kubectl(self, *args: str, given: bytes = b"") -> bytes:
        """What the real kubectl writes, given something to read; HarnessError where it fails."""
        done = subprocess.run(
            [self.facts.kubectl, f"--kubeconfig={self.facts.kubeconfig}", *args],
            input=given,
            capture_output=True,
            timeout=KUBECTL_TIMEOUT_S,
            check=False,
        )
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip()
            raise HarnessError(f"kubectl {' '.join(args)}: {said[-300:]}")
        return done.stdout

    @property
    def answer_limit_s(self) -> float:
        """How long an operator may take to answer an object: less where it was silent for a while already."""
        return max(LEAST_ANSWER_S, ANSWER_TIMEOUT_S - self.facts.silent_s)

    @property
    def answer_timeout_s(self) -> float:
        """How long an operator may take to take note of a result: a cluster tries a Job again before it fails."""
        return self.facts.timeout_s if self.facts.helper else ANSWER_TIMEOUT_S

    def taken(self, namespaces: set[str]) -> list[str]:
        """Those namespaces that were on the API before this run: they are left alone."""
        if self.facts.owned:
            return []
        there = {one["metadata"]["name"]: one for one in self.api.list("Namespace")}
        others = [name for name in sorted(namespaces & there.keys()) if not self.made.has("Namespace", name)]
        return [name for name in others if not (_is_ending(there[name]) and self._ends(name))]

    def _ends(self, name: str) -> bool:
        """Waits for a namespace that somebody, maybe the run before, has deleted already."""
        ref = ObjectRef("Namespace", "", name)
        # The watch may not have told of it yet.
        self.informer.wait(lambda: self.informer.get(ref) or self.api.get(ref) is None, NAMESPACE_TIMEOUT_S)
        gone: bool | None = self.informer.wait(lambda: self.informer.get(ref) is None, NAMESPACE_TIMEOUT_S)
        return bool(gone)

    def _notice(self, kind: str, one: dict[str, Any]) -> None:
        if kind == "VolumeSnapshot" and self.platform is not None:
            self.platform.take_snapshot(one)

    def operator_log(self) -> str:
        """What the operator wrote so far."""
        file = Path(self.facts.log)
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def crashes(self) -> str:
        """What is told of crashes of the operator so far; "" where there was none."""
        file = Path(self.facts.crashes)
        return file.read_text(encoding="utf-8") if file.exists() else ""


def _is_ending(namespace: Mapping[str, Any]) -> bool:
    return "deletionTimestamp" in namespace["metadata"]
