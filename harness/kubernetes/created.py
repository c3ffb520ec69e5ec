"""What a run made on an API that was there before, so that it removes that and nothing else."""

from __future__ import annotations

from pathlib import Path

from harness.kubernetes.api import Api
from harness.model import ObjectRef
from harness.volsync.kinds import SYNCED

LEFT_LAST = ("Namespace", "Node", "CustomResourceDefinition")


class CreatedObjects:
    """A file that all workers write to; a line an object that outlives its scenario."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def note(self, kind: str, name: str) -> None:
        """Remembers an object without a namespace."""
        with self._file.open("a", encoding="utf-8") as file:
            file.write(f"{kind} {name}\n")

    def has(self, kind: str, name: str) -> bool:
        """Whether the run made it."""
        return (kind, name) in self._all()

    def remove(self, api: Api) -> None:
        """Removes all of it: objects in namespaces first, while their operator still runs, CRDs last."""
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
