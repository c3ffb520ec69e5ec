"""Write the manifests that can be applied: overrides that keep a history, and destinations that restore orphans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from harness.audit.account import counted
from harness.audit.audit import Audit
from harness.audit.mangled import require_whole
from harness.audit.orphans import Orphan
from harness.audit.terminal import printable
from harness.model import Identity
from harness.system import yaml_io
from harness.system.process import REDACT
from harness.volsync import overrides
from harness.volsync.admission import illegal_name
from harness.volsync.fields import kopia_spec
from harness.volsync.specs import destination_spec

CHANGE = "CHANGE-ME"
"""What a reader has to fill in: no object can have this name."""


def overrides_of(audit: Audit) -> str:
    """Return the patches that keep the history under the other rule, as YAML; "" if there are none."""
    found = [(one.one.cluster, _document(one.override)) for one in audit.changes if one.override]
    return _by_cluster(audit, found)


def restores_of(audit: Audit) -> str:
    """Return destinations that restore orphans, as YAML; "" if there are none.

    With manifests, these are the orphans that have a likely owner. Those that must not be applied unseen are comments.
    Without manifests, it is every history, and the reader fills in the PVC.
    """
    if not audit.question.organisation.clusters:
        return "---\n".join(_skeletons(audit.orphans))
    unread = sum(one.matters for one in audit.skipped()) + len(audit.question.organisation.unclear)
    found = []
    for one in audit.orphans:
        if one.owner and one.manifest:
            reserve = f"{unread} files or objects were not read, or are not clear" if unread else one.reserve
            into = f"# likely owner: {one.owner.ref} ({one.why}); it restores into the PVC {_pvc(one.manifest)}"
            found.append((one.owner.cluster, _commented([_summary(one), into], one.manifest, reserve)))
    return _by_cluster(audit, found)


def _skeletons(orphans: Iterable[Orphan]) -> Iterator[str]:
    for number, one in enumerate(orphans, 1):
        asked = one.history.asked
        if one.manifest:
            name, namespace = _name(asked.identity.username, f"restore-{number}"), _namespace(asked.identity)
            manifest = overrides.destination(namespace, name, dict(kopia_spec(one.manifest)), CHANGE, CHANGE)
            yield _commented([_summary(one), f"# fill in {CHANGE}, and check namespace and name"], manifest, "")


def _name(username: str, otherwise: str) -> str:
    return otherwise if illegal_name(username, label=False) else username


def _namespace(identity: Identity) -> str:
    """Return the namespace that the hostname is by default, if it can be one."""
    return CHANGE if illegal_name(identity.hostname, label=True) else identity.hostname


def _pvc(manifest: Mapping[str, Any]) -> str:
    return destination_spec(manifest).pvc


def _summary(one: Orphan) -> str:
    number, newest = len(one.history.whole), one.history.newest
    last = f", the newest of {newest.record.end:%Y-%m-%d %H:%M} UTC" if newest else ""
    return f"# {counted(number, 'snapshot')} of {one.history.asked}{last}"


def _commented(lines: Iterable[str], manifest: Mapping[str, Any], reserve: str) -> str:
    """Return a manifest below comments; the manifest is a comment itself if there is a reserve."""
    text = _document(manifest)
    if reserve:
        lines = [*lines, f"# check it before you remove the # below: {reserve}"]
        text = "".join(f"# {line}\n" for line in text.splitlines())
    return "".join(f"{printable(REDACT(line))}\n" for line in lines) + text


def _document(manifest: Mapping[str, Any]) -> str:
    require_whole(manifest)
    return yaml_io.dump_all([manifest])


def _by_cluster(audit: Audit, documents: Iterable[tuple[str, str]]) -> str:
    """Return documents as one YAML text; if there are several clusters, those of each begin with a comment."""
    several, by_cluster = len(audit.question.organisation.clusters) > 1, dict[str, list[str]]()
    for cluster, text in documents:
        by_cluster.setdefault(cluster, []).append(text)
    found = []
    for cluster, texts in by_cluster.items():
        head = f"# the cluster of {printable(REDACT(repr(cluster)))}\n" if several else ""
        found.append(head + "---\n".join(texts))
    return "---\n".join(found)
