"""The operator's own process: started against the API, kept running, and each crash written down."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from harness.errors import HarnessError, UsageError
from harness.kubernetes import crashes
from harness.kubernetes.api import Api
from harness.kubernetes.created import CreatedObjects
from harness.kubernetes.settings import MOST_CRASHES, KubernetesSpec
from harness.model import ObjectRef
from harness.system import yaml_io
from harness.system.process import REDACT, RUN_MARKER, tail
from harness.volsync.kinds import PLURALS, SOURCE

STARTS_WITHIN_S = 2.0
CRD_TIMEOUT_S = 20.0
POLL_S = 0.05
LOG, CRASHES = "operator.log", "operator.crashes"
SNAPSHOT_CRDS = Path(__file__).with_name("crds")


class Operator:
    """Runs the command until it is told to stop; after a crash, starts it again once it is revived."""

    def __init__(self, spec: KubernetesSpec, kubeconfig: Path, folder: Path) -> None:
        self._spec = spec
        self._kubeconfig = kubeconfig
        self.log = folder / LOG
        self.crashes = folder / CRASHES
        self._stopping = threading.Event()
        self._process = self._start()

    def run(self, give_up: Callable[[], None]) -> None:
        """Starts to watch over it; HarnessError where it does not even start.

        ``give_up`` is called where it crashes again and again.
        """
        deadline = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                ended = f"{' '.join(self._spec.command)} ended with {self._process.returncode}"
                raise HarnessError(f"the operator did not start: {ended}: {REDACT(self._tail())}")
            time.sleep(POLL_S)
        threading.Thread(target=self._watch, args=(give_up,), name="operator-watch", daemon=True).start()

    def stop(self) -> None:
        """Ends it; it may take a moment to end by itself."""
        self._stopping.set()
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _watch(self, give_up: Callable[[], None]) -> None:
        for _ in range(MOST_CRASHES):
            status = self._process.wait()
            if self._stopping.is_set():
                return
            crashes.mark_down(self.crashes)
            with self.crashes.open("a", encoding="utf-8") as file:
                last = " / ".join(line.strip() for line in self._tail(3).splitlines())
                file.write(f"it ended with {status}: {REDACT(last)}\n")
            while crashes.is_down(self.crashes):
                if self._stopping.wait(POLL_S):
                    return
            self._process = self._start()
        give_up()

    def _start(self) -> subprocess.Popen[bytes]:
        program = Path(self._spec.command[0])
        env = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.log.parent),
            "POD_NAMESPACE": "conformance-operator",
            **self._spec.env,
            "KUBECONFIG": str(self._kubeconfig),
            RUN_MARKER: os.environ.get(RUN_MARKER, ""),
        }
        with self.log.open("ab") as output:
            try:
                return subprocess.Popen(
                    self._spec.command,
                    env=env,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                raise HarnessError(f"the operator cannot be started: {program}: {error.strerror}") from None

    def _tail(self, lines: int = 10) -> str:
        return tail(self.log.read_text(encoding="utf-8", errors="replace"), lines)


def install_crds(api: Api, crds: tuple[Path, ...], made: CreatedObjects) -> None:
    """Creates the CRDs of an operator, and those of volume snapshots, and waits until they are served.

    What is there already is left as it is; what is made is noted in ``made``.
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
    deadline = time.monotonic() + CRD_TIMEOUT_S
    while waiting := [ref.name for ref in refs if not _is_served(api, ref)]:
        if time.monotonic() > deadline:
            raise HarnessError(f"the API does not serve {', '.join(waiting)} within {CRD_TIMEOUT_S:g} s")
        time.sleep(POLL_S)


def _is_served(api: Api, ref: ObjectRef) -> bool:
    status = (api.get(ref) or {}).get("status") or {}
    return any(one["type"] == "Established" and one["status"] == "True" for one in status.get("conditions") or ())


def _documents(file: Path) -> list[dict[str, Any]]:
    try:
        found = list(yaml_io.load_all(file.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise UsageError(f"platform.crds: {file}: cannot be read ({str(error).splitlines()[0]})") from None
    return [one for one in found if isinstance(one, dict) and one.get("kind") == "CustomResourceDefinition"]
