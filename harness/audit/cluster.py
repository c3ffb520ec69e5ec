"""Read the objects of a live cluster, with the rights to list sources and destinations and to get Secrets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.audit.account import Skipped
from harness.audit.organisation import SECRET
from harness.audit.reading import ManifestReader
from harness.errors import HarnessError, UsageError
from harness.kubernetes.api import Api
from harness.model import Manifest, ObjectRef
from harness.system import files
from harness.volsync.kinds import API_VERSION, SYNCED
from harness.volsync.specs import spec_of


def read(kubeconfig: str, reader: ManifestReader) -> None:
    """Read the sources and destinations of a cluster, and the repository Secrets that they name.

    Raises:
        UsageError: The kubeconfig is not usable.
        HarnessError: The API does not answer, or refuses the list of sources or destinations.
    """
    api = _api(kubeconfig)
    before = len(reader.declared)
    for kind in SYNCED:
        reader.take(kubeconfig, f"{kubeconfig}, {kind}", (_whole(one, kind, API_VERSION) for one in api.list(kind)))
    named = {(one.namespace, spec_of(one.manifest).repository) for one in reader.declared[before:]}
    reader.take(kubeconfig, f"{kubeconfig}, {SECRET}", _secrets(api, sorted(named), kubeconfig, reader))


def _api(kubeconfig: str) -> Api:
    if files.is_endless(Path(kubeconfig).expanduser()):
        raise UsageError(f"--kubeconfig {kubeconfig}: {files.NOT_REGULAR}; name a file that kubectl --kubeconfig takes")
    try:
        return Api(Path(kubeconfig).expanduser())
    except HarnessError as error:
        raise UsageError(f"--kubeconfig {error}; name a file that kubectl --kubeconfig takes") from None


def _secrets(api: Api, named: list[tuple[str, str]], kubeconfig: str, reader: ManifestReader) -> Iterator[Manifest]:
    refused: list[str] = []
    for namespace, name in named:
        try:
            found = api.get(ObjectRef(SECRET, namespace, name)) if name else None
        except HarnessError as error:
            refused.append(f"{namespace}/{name} ({error})")
            continue
        if found is not None:
            yield _whole(found, SECRET, "v1")
    if refused:
        why = (
            f"{len(refused)} of {len(named)} repository Secrets cannot be read, such as {refused[0]}; their objects "
            "count as users of the audited repository: allow the verb get on these Secrets to know"
        )
        reader.account.skipped.append(Skipped(kubeconfig, why, matters=False))


def _whole(one: Manifest, kind: str, api_version: str) -> dict[str, Any]:
    """Return an object with its kind, which a list leaves out."""
    return {**one, "kind": kind, "apiVersion": api_version}
