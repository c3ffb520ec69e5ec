"""Read the objects of a live cluster, with the rights to list sources and destinations and to get Secrets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.audit.organisation import SECRET
from harness.audit.reading import ManifestReader, Skipped
from harness.errors import HarnessError
from harness.kubernetes.api import Api
from harness.model import Manifest, ObjectRef
from harness.volsync.kinds import API_VERSION, SYNCED
from harness.volsync.specs import spec_of


def read(kubeconfig: str, reader: ManifestReader) -> None:
    """Read the sources and destinations of a cluster, and the repository Secrets that they name.

    Raises:
        HarnessError: The kubeconfig is not usable, or the API does not answer.
    """
    api = Api(Path(kubeconfig).expanduser())
    before = len(reader.declared)
    for kind in SYNCED:
        reader.take(kubeconfig, f"{kubeconfig}, {kind}", (_whole(one, kind, API_VERSION) for one in api.list(kind)))
    named = {(one.namespace, spec_of(one.manifest).repository) for one in reader.declared[before:]}
    reader.take(kubeconfig, f"{kubeconfig}, {SECRET}", _secrets(api, sorted(named), kubeconfig, reader))


def _secrets(api: Api, named: list[tuple[str, str]], kubeconfig: str, reader: ManifestReader) -> Iterator[Manifest]:
    for namespace, name in named:
        try:
            found = api.get(ObjectRef(SECRET, namespace, name)) if name else None
        except HarnessError as error:
            why = f"{SECRET} {namespace}/{name} cannot be read ({error}); its repository is not known"
            reader.account.skipped.append(Skipped(kubeconfig, why, matters=False))
            continue
        if found is not None:
            yield _whole(found, SECRET, "v1")


def _whole(one: Manifest, kind: str, api_version: str) -> dict[str, Any]:
    """Return an object with its kind, which a list leaves out."""
    return {**one, "kind": kind, "apiVersion": api_version}
