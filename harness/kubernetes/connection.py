"""A worker's connection to a Kubernetes API, and who runs the Jobs there."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from harness.errors import HarnessError
from harness.kubernetes.api import Api, Informer
from harness.kubernetes.api_access import ApiAccess
from harness.kubernetes.created import CreatedObjects
from harness.kubernetes.kubelet import Kubelet
from harness.kubernetes.log_server import LogServer
from harness.kubernetes.notes import KUBELET_LOG, Notes
from harness.kubernetes.pods import Pods
from harness.model import MoverJob, MoverResult, ObjectRef
from harness.operator.platform import Volumes
from harness.system.limits import SUITE
from harness.system.process import run
from harness.volsync.kinds import SYNCED


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


TakeSnapshot = Callable[[Mapping[str, Any]], None]
"""Takes a VolumeSnapshot that is new or changed, as the snapshot controller would."""


class Cluster:
    """One worker's connection: client, watches and node; shared by its scenarios."""

    def __init__(self, facts: ApiAccess) -> None:
        self.facts = facts
        self.api = Api(Path(facts.kubeconfig))
        self.made = CreatedObjects(Path(facts.made))
        self.pods: Pods | None = None
        """The mover of a cluster that runs the Jobs itself; None where the harness is the kubelet and runs a mover."""
        self._snapshot_takers: tuple[TakeSnapshot, ...] = ()
        note = Notes(Path(facts.log).with_name(KUBELET_LOG))
        if facts.helper:
            self.informer = Informer(self.api, ("Job", "Pod", "Namespace", "Event", *SYNCED))
            pods = Pods(self.api, self.informer, self.kubectl, facts.helper, facts.timeout_s, note, facts.limits)
            self.pods = pods
            self.node: Node = pods
        else:
            self.informer = Informer(self.api, ("Job", "VolumeSnapshot", "Namespace", "Event", *SYNCED), self._notice)
            kubelet = Kubelet(self.api, LogServer(Path(facts.certificates)), note)
            self.made.note("Node", kubelet.node)
            self.node = kubelet

    def serve_snapshots(self, take: TakeSnapshot) -> Callable[[], None]:
        """Have VolumeSnapshots that are new or changed taken, from the thread of their watch.

        Returns:
            What ends that. Calling it again does nothing.
        """
        self._snapshot_takers = (*self._snapshot_takers, take)

        def end() -> None:
            self._snapshot_takers = tuple(one for one in self._snapshot_takers if one != take)

        return end

    def kubectl(self, *args: str, given: bytes = b"") -> bytes:
        """What the real kubectl writes, given something to read; HarnessError where it fails."""
        words = [self.facts.kubectl, f"--kubeconfig={self.facts.kubeconfig}", *args]
        # Its whole environment: a kubeconfig may name a program that logs in with the help of it.
        done = run(words, env=os.environ, timeout_s=SUITE.kubectl_s, given=given)
        if done.exit_code != 0:
            raise HarnessError(f"kubectl {' '.join(args)}: {done.stderr.strip()[-300:]}")
        return done.stdout_bytes

    @property
    def answer_limit_s(self) -> float:
        """How long an operator may take to answer an object: less where it was silent for a while already."""
        limits = self.facts.limits
        return max(min(limits.least_answer_s, limits.answer_s), limits.answer_s - self.facts.silent_s)

    @property
    def answer_timeout_s(self) -> float:
        """How long an operator may take to take note of a result: a cluster tries a Job again before it fails."""
        return self.facts.timeout_s if self.facts.helper else self.facts.limits.answer_s

    def taken(self, namespaces: set[str]) -> list[str]:
        """Those namespaces that were on the API before this run: they are left alone."""
        if self.facts.owned:
            return []
        there = {one["metadata"]["name"]: one for one in self.api.list("Namespace")}
        others = [name for name in sorted(namespaces & there.keys()) if not self.made.has("Namespace", name)]
        return [name for name in others if not (_is_ending(there[name]) and self._ends(name))]

    def _ends(self, name: str) -> bool:
        """Waits for a namespace that somebody, maybe the run before, has deleted already."""
        ref, timeout_s = ObjectRef("Namespace", "", name), self.facts.limits.namespace_gone_s
        # The watch may not have told of it yet.
        self.informer.wait(lambda: self.informer.get(ref) or self.api.get(ref) is None, timeout_s)
        gone: bool | None = self.informer.wait(lambda: self.informer.get(ref) is None, timeout_s)
        return bool(gone)

    def _notice(self, kind: str, one: dict[str, Any]) -> None:
        for take in self._snapshot_takers if kind == "VolumeSnapshot" else ():
            take(one)

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
