"""List the objects that a run created on an existing API, so that the run removes exactly these."""

from __future__ import annotations

from pathlib import Path

from harness.kubernetes.api import Api
from harness.model import ObjectRef
from harness.volsync.kinds import SYNCED

LEFT_LAST = ("Namespace", "Node", "CustomResourceDefinition")


class CreatedObjects:
    """Record created objects without a namespace in one file that all workers share."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def note(self, kind: str, name: str) -> None:
        """Record an object that has no namespace."""
        with self._file.open("a", encoding="utf-8") as file:
            file.write(f"{kind} {name}\n")

    def has(self, kind: str, name: str) -> bool:
        """Return True if the run created this object."""
        return (kind, name) in self._all()

    def remove(self, api: Api) -> None:
        """Delete the recorded objects: first those in namespaces, while the operator still runs, and CRDs last."""
        made = self._all()
        for namespace in [name for kind, name in made if kind == "Namespace"]:
            for kind in SYNCED:
                api.delete_all(kind, namespace)
        for kind in LEFT_LAST:
            for name in [name for other, name in made if other == kind]:
                api.delete(ObjectRef(kind, "", name))

    def _all(self) -> list[tuple[str, str]]:
        lines = self._file.read_text(encoding="utf-8").splitlines() if self._file.exists() else []
        return [(kind, name) for kind, _, name in (line.partition(" ") for line in lines)]
