"""Install the CRDs of the operator, run the operator as a process, and record each of its crashes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from harness.errors import HarnessError, UsageError
from harness.kubernetes import crashes
from harness.kubernetes.api import Api
from harness.kubernetes.created import CreatedObjects
from harness.kubernetes.settings import KubernetesSpec
from harness.model import ObjectRef
from harness.system import yaml_io
from harness.system.background import BackgroundThread
from harness.system.limits import SUITE
from harness.system.process import REDACT, Process, spawn, tail
from harness.system.wait import POLL_S, wait_until
from harness.volsync.kinds import PLURALS, SOURCE

LOG, CRASHES = "operator.log", "operator.crashes"
SNAPSHOT_CRDS = Path(__file__).with_name("crds")


class Operator:
    """Run the command of the operator until ``stop`` is called.

    After a crash, the operator starts again as soon as ``crashes.revive`` allows it.
    """

    def __init__(self, spec: KubernetesSpec, kubeconfig: Path, folder: Path) -> None:
        self._spec = spec
        self._kubeconfig = kubeconfig
        self.log = folder / LOG
        self.crashes = folder / CRASHES
        self._stopping = threading.Event()
        self._watcher: BackgroundThread | None = None
        self._process = self._start()

    def run(self, give_up: Callable[[], None]) -> None:
        """Check that the operator has started, then watch it in a thread.

        Args:
            give_up: Called after too many crashes.

        Raises:
            HarnessError: The operator ended right after its start.
        """
        if self._process.wait(self._spec.limits.operator_start_s):
            ended = f"{' '.join(self._spec.command)} ended with {self._process.exit_code}"
            raise HarnessError(f"the operator did not start: {ended}: {REDACT(self._tail())}")
        self._watcher = BackgroundThread("operator-watch", lambda: self._watch(give_up))

    def stop(self) -> None:
        """Stop the operator; it has a time limit to shut down by itself.

        Raises:
            HarnessError: The operator could not be restarted after a crash.
        """
        self._stopping.set()
        self._process.end_group(self._spec.limits.operator_stop_s)
        if self._watcher:
            self._watcher.check()

    def _watch(self, give_up: Callable[[], None]) -> None:
        for _ in range(self._spec.limits.operator_crashes):
            self._process.wait()
            if self._stopping.is_set():
                return
            crashes.mark_down(self.crashes)
            with self.crashes.open("a", encoding="utf-8") as file:
                last = " / ".join(line.strip() for line in self._tail(3).splitlines())
                file.write(f"it ended with {self._process.exit_code}: {REDACT(last)}\n")
            while crashes.is_down(self.crashes):
                if self._stopping.wait(POLL_S):
                    return
            self._process = self._start()
        give_up()

    def _start(self) -> Process:
        env = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.log.parent),
            "POD_NAMESPACE": "conformance-operator",
            **self._spec.env,
            "KUBECONFIG": str(self._kubeconfig),
        }
        try:
            return spawn(self._spec.command, env=env, output=self.log)
        except HarnessError as error:
            raise HarnessError(f"the operator cannot be started: {error}") from None

    def _tail(self, lines: int = 10) -> str:
        return tail(self.log.read_text(encoding="utf-8", errors="replace"), lines)


def install_crds(api: Api, crds: tuple[Path, ...], made: CreatedObjects) -> None:
    """Create the CRDs of an operator and of volume snapshots, and wait until the API serves them.

    CRDs that exist already are not changed.

    Args:
        api: The API.
        crds: Files with CRDs, or folders of such files.
        made: Records the CRDs that this call creates.

    Raises:
        UsageError: A file cannot be read, or none holds the CRD of sources.
        HarnessError: The API does not serve the CRDs within the time limit.
    """
    refs = []
    for folder in (*crds, SNAPSHOT_CRDS):
        for file in sorted(folder.glob("*.y*ml")) if folder.is_dir() else [folder]:
            for document in _documents(file):
                if api.exists_or_create(document):
                    made.note("CustomResourceDefinition", document["metadata"]["name"])
                refs.append(ObjectRef("CustomResourceDefinition", "", document["metadata"]["name"]))
    if not any(ref.name.startswith(f"{PLURALS[SOURCE]}.") for ref in refs):
        raise UsageError(f"platform.crds: no CRD of {SOURCE} in {', '.join(map(str, crds)) or 'no folder'}")

    def waiting() -> list[str]:
        return [ref.name for ref in refs if not _is_served(api, ref)]

    if not wait_until(lambda: not waiting(), SUITE.crds_s):
        raise HarnessError(f"the API does not serve {', '.join(waiting())} within {SUITE.crds_s:g} s")


def _is_served(api: Api, ref: ObjectRef) -> bool:
    status = (api.get(ref) or {}).get("status") or {}
    return any(one["type"] == "Established" and one["status"] == "True" for one in status.get("conditions") or ())


def _documents(file: Path) -> list[dict[str, Any]]:
    try:
        found = list(yaml_io.load_all(file.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise UsageError(f"platform.crds: {file}: cannot be read ({str(error).splitlines()[0]})") from None
    return [one for one in found if isinstance(one, dict) and one.get("kind") == "CustomResourceDefinition"]
