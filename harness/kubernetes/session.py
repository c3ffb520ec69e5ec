"""Start and end what a run with an operator on an API needs: API server, CRDs and operator process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from harness.errors import HarnessError
from harness.kubernetes import api_server, crashes
from harness.kubernetes.api import Api
from harness.kubernetes.api_access import ApiAccess
from harness.kubernetes.created import CreatedObjects
from harness.kubernetes.notes import KUBELET_LOG, noted
from harness.kubernetes.operator_process import CRASHES, LOG, Operator, install_crds
from harness.kubernetes.settings import KubernetesSpec
from harness.system.process import REDACT
from harness.system.reaper import Reaper
from harness.toolchain.download import Progress


class OperatorSession:
    """Own the API server (unless the subject names one), the CRDs and the operator process of one run."""

    def __init__(self, spec: KubernetesSpec, folder: Path, reaper: Reaper) -> None:
        self._spec = spec
        self._folder = folder
        self._reaper = reaper
        self._made: tuple[Api, CreatedObjects] | None = None
        self._operator: Operator | None = None

    def start(self, environment: Mapping[str, str], say: Progress, give_up: Callable[[], None]) -> ApiAccess:
        """Start API server and operator, and return how workers connect.

        Args:
            environment: The variables that can name other programs.
            say: Takes messages about the progress.
            give_up: Called after too many crashes of the operator.

        Raises:
            HarnessError: The API server or the operator does not start.
            UsageError: The CRDs of the subject are not usable.
        """
        if self._spec.api == "auto":
            server = api_server.start(self._folder, self._reaper, environment, say)
        else:
            server = api_server.existing(Path(self._spec.api), self._folder, environment, say)
        say(f"{server.origin} is ready")
        api, made = Api(server.kubeconfig), CreatedObjects(self._folder / "made")
        self._made = None if server.owned else (api, made)
        if self._spec.crds or server.owned:
            install_crds(api, self._spec.crds, made)
        if self._spec.command:
            self._operator = Operator(self._spec, server.kubeconfig, self._folder)
            self._operator.run(give_up)
        say(f"operator: {' '.join(self._spec.command) or 'the one that runs there'}")
        pods = self._spec.pods
        return ApiAccess(
            kubeconfig=str(server.kubeconfig),
            certificates=str(server.certificates),
            kubectl=str(server.kubectl),
            crashes=str(self._folder / CRASHES),
            log=str(self._folder / LOG),
            made=str(self._folder / "made"),
            owned=server.owned,
            helper=pods.helper if pods else "",
            timeout_s=pods.timeout_s if pods else 0.0,
            limits=self._spec.limits,
        )

    def close(self, kept_log: Path) -> None:
        """Remove created objects, stop the operator, and save its log.

        Raises:
            HarnessError: The operator crashed and no scenario could reproduce it, so the verdict is unknown.
        """
        try:
            if self._made is not None:
                api, made = self._made
                made.remove(api)
        finally:
            if notes := noted(self._folder / KUBELET_LOG):
                _write(kept_log.with_name(KUBELET_LOG), notes)
            if self._operator is not None:
                try:
                    self._operator.stop()
                finally:
                    _write(kept_log, self._operator.log.read_text(encoding="utf-8", errors="replace"))
        crash = crashes.unexplained(self._operator.crashes) if self._operator else ""
        if crash:
            raise HarnessError(f"the operator crashed, and no scenario provoked it again: {crash}")


def _write(kept: Path, text: str) -> None:
    """Write a log, redacted, next to the report of the run."""
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(REDACT(text), encoding="utf-8")
