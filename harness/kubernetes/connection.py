"""Connect a worker to a Kubernetes API and choose what runs the Jobs: the kubelet of the harness or a cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from harness.errors import HarnessError
from harness.kubernetes.api import Api
from harness.kubernetes.api_access import ApiAccess
from harness.kubernetes.created import CreatedObjects
from harness.kubernetes.informer import Informer
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
    """Run Jobs, either in the kubelet of the harness or on a cluster."""

    def hold(self, job: Mapping[str, Any]) -> None:
        """Suspend a Job so that its mover does not run."""

    def start(self, job: Mapping[str, Any], owner: ObjectRef, volumes: Volumes) -> MoverJob:
        """Start a Job and return what it gives its mover; MissingKey if its Pod cannot start."""

    def finish(self, job: Mapping[str, Any], result: MoverResult) -> bool:
        """Report to the API how a mover ended; return False if the operator deleted the Job before."""

    def fill(self, claim: ObjectRef, folder: Path) -> None:
        """Replace the content of a PVC with the content of a folder."""

    def fetch(self, claim: ObjectRef, folder: Path) -> None:
        """Replace the content of a folder with the content of a PVC."""


TakeSnapshot = Callable[[Mapping[str, Any]], None]
"""Function that handles a new or changed VolumeSnapshot, as a snapshot controller does."""


class Cluster:
    """Hold the API client, the watches and the node of one worker; all scenarios of the worker share them."""

    def __init__(self, facts: ApiAccess) -> None:
        self.facts = facts
        self.api = Api(Path(facts.kubeconfig))
        self.made = CreatedObjects(Path(facts.made))
        self.pods: Pods | None = None
        """The node that is also the mover if a cluster runs the Jobs; None if the harness is the kubelet."""
        self._snapshot_takers: tuple[TakeSnapshot, ...] = ()
        self._kubelet: Kubelet | None = None
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
            self.node = self._kubelet = kubelet

    def serve_snapshots(self, take: TakeSnapshot) -> Callable[[], None]:
        """Call ``take`` for each new or changed VolumeSnapshot, in the thread of the watch.

        Returns:
            A function that stops this.  A second call has no effect.
        """
        self._snapshot_takers = (*self._snapshot_takers, take)

        def end() -> None:
            self._snapshot_takers = tuple(one for one in self._snapshot_takers if one != take)

        return end

    def kubectl(self, *args: str, given: bytes = b"") -> bytes:
        """Run the real kubectl and return its output.

        Args:
            args: The arguments of kubectl.
            given: The standard input of kubectl.

        Raises:
            HarnessError: kubectl ended with an error.
        """
        words = [self.facts.kubectl, f"--kubeconfig={self.facts.kubeconfig}", *args]
        # Pass the whole environment: a kubeconfig can name a login program that needs it.
        done = run(words, env=os.environ, timeout_s=SUITE.kubectl_s, given=given)
        if done.exit_code != 0:
            raise HarnessError(f"kubectl {' '.join(args)}: {done.stderr.strip()[-300:]}")
        return done.stdout_bytes

    @property
    def answer_limit_s(self) -> float:
        """Return the time limit for an answer of the operator; silence before the run makes it shorter."""
        limits = self.facts.limits
        return max(min(limits.least_answer_s, limits.answer_s), limits.answer_s - self.facts.silent_s)

    @property
    def answer_timeout_s(self) -> float:
        """Return how long the operator may take to report a result; a cluster retries a failed Job first."""
        return self.facts.timeout_s if self.facts.helper else self.facts.limits.answer_s

    def taken(self, namespaces: set[str]) -> list[str]:
        """Return those namespaces that existed on the API before this run; the run must not change them."""
        if self.facts.owned:
            return []
        there = {one["metadata"]["name"]: one for one in self.api.list("Namespace")}
        others = [name for name in sorted(namespaces & there.keys()) if not self.made.has("Namespace", name)]
        return [name for name in others if not (_is_ending(there[name]) and self._ends(name))]

    def _ends(self, name: str) -> bool:
        """Wait until a namespace that is being deleted is gone; return False if the time is up before."""
        ref, timeout_s = ObjectRef("Namespace", "", name), self.facts.limits.namespace_gone_s
        # The watch may not have delivered the namespace yet.
        self.informer.wait(lambda: self.informer.get(ref) or self.api.get(ref) is None, timeout_s)
        gone: bool | None = self.informer.wait(lambda: self.informer.get(ref) is None, timeout_s)
        return bool(gone)

    def _notice(self, event: str, kind: str, one: dict[str, Any]) -> None:
        """Act on an event as the snapshot controller and the garbage collector of a cluster do."""
        if kind == "VolumeSnapshot" and event != "DELETED":
            for take in self._snapshot_takers:
                take(one)
        if kind == "Job" and event == "DELETED" and self._kubelet:
            self._kubelet.collect(one)

    def operator_log(self) -> str:
        """Return the output of the operator so far."""
        file = Path(self.facts.log)
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def crashes(self) -> str:
        """Return the recorded crashes of the operator so far, or "" if there was none."""
        file = Path(self.facts.crashes)
        return file.read_text(encoding="utf-8") if file.exists() else ""


def _is_ending(namespace: Mapping[str, Any]) -> bool:
    return "deletionTimestamp" in namespace["metadata"]
