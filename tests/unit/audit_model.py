"""A second, plain model of what restores find, written from the document and docs/audit.md alone.

It shares no code with harness/: no rules, no selection, no index.  It is slow and short, to be read and believed.
"""

from __future__ import annotations

from dataclasses import dataclass

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass(frozen=True)
class Src:
    cluster: str
    namespace: str
    name: str
    pvc: str
    username: str = ""
    hostname: str = ""
    path: str = ""


@dataclass(frozen=True)
class Dst:
    cluster: str
    namespace: str
    name: str
    pvc: str
    username: str = ""
    hostname: str = ""
    named: tuple[str, str] | None = None
    """Name and namespace; the namespace may be empty."""
    named_path: str = ""
    as_of: int | None = None
    previous: int = 0
    shallow: int = 0


@dataclass(frozen=True)
class Snap:
    id: str
    username: str
    hostname: str
    path: str
    end: int
    whole: bool = True


def cleaned(text, allowed, trimmed):
    kept = "".join(letter for letter in text if letter in LETTERS or letter in allowed)
    while kept and kept[0] in trimmed:
        kept = kept[1:]
    while kept and kept[-1] in trimmed:
        kept = kept[:-1]
    return kept or "volsync-default"


def legal(custom):
    """The documented pattern of custom names."""
    return custom and custom[0] in LETTERS and custom[-1] in LETTERS and not set(custom) - set(LETTERS + "._-")


def default_user(rule, name, namespace):
    both = name + "-" + namespace
    if rule in ("object-name-namespace", "namespace-pvc") and len(both) <= 50:
        return cleaned(both, "-_", "-_")
    return cleaned(name, "-_", "-_")


def default_host(rule, namespace, pvc):
    text = namespace + "-" + pvc if rule == "namespace-pvc" and pvc else namespace
    return cleaned(text.replace("_", "-"), ".-", ".-")


def tidy(path):
    """A path as kopia writes it into a snapshot: no empty part, no ``.``, and each ``..`` takes its parent away."""
    parts = []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part and part != ".":
            parts.append(part)
    return "/" + "/".join(parts)


def refused(rule, thing):
    """A custom name that the API refuses, or a destination with one of two names."""
    if rule.endswith("validated") and any(name and not legal(name) for name in (thing.username, thing.hostname)):
        return True
    return isinstance(thing, Dst) and bool(thing.username) != bool(thing.hostname)


def writes(rule, source):
    """What a source writes: username, hostname and path."""
    kind = rule.split(",")[0]
    called = source.pvc or source.name if kind == "pvc" else source.name
    return (
        source.username or default_user(kind, called, source.namespace),
        source.hostname or default_host(kind, source.namespace, source.pvc),
        tidy(source.path or "/data"),
    )


def wants(rule, destination, sources):
    """What a destination requests: username, hostname and path."""
    kind = rule.split(",")[0]
    path = "/data"
    user = default_user(kind, destination.name, destination.namespace)
    host = default_host(kind, destination.namespace, destination.pvc)
    if destination.named:
        name, namespace = destination.named[0], destination.named[1] or destination.namespace
        user, host = default_user(kind, name, namespace), default_host(kind, namespace, "")
        for source in sources:
            same = (source.cluster, source.namespace, source.name) == (destination.cluster, namespace, name)
            if same and not refused(rule, source):
                user, host, path = writes(rule, source)
        path = tidy(destination.named_path or path)
    if destination.username:
        user, host = destination.username, destination.hostname
    return user, host, path


def restored(rule, destination, sources, snapshots):
    """Return ("restores", id), or why not."""
    if refused(rule, destination):
        return "refused", ""
    wanted = wants(rule, destination, sources)
    own = [one for one in snapshots if (one.username, one.hostname, one.path) == wanted and one.whole]
    if not own:
        return "nothing-found", ""
    own.sort(key=lambda one: -one.end)
    if destination.as_of is not None:
        own = [one for one in own if one.end <= destination.as_of]
    if destination.shallow:
        own = own[: destination.shallow]
    own = own[destination.previous :]
    if not own:
        return "too-few", ""
    if is_foreign(rule, destination, sources, wanted):
        return "foreign", own[0].id
    if goes_elsewhere(rule, destination, sources, wanted):
        return "other-pvc", own[0].id
    return ("other-history" if is_left(rule, destination, sources, wanted) else "restores"), own[0].id


def is_left(rule, destination, sources, wanted):
    """The source with the name of the destination, or else those with its PVC, write something else."""
    if destination.username or destination.named:
        return False
    here = [one for one in sources if (one.cluster, one.namespace) == (destination.cluster, destination.namespace)]
    here = [one for one in here if not refused(rule, one)]
    named = [one for one in here if one.name == destination.name]
    pvc = named[0].pvc if named else destination.pvc
    written = {writes(rule, one) for one in [*named, *(one for one in here if one.pvc == pvc)]}
    return bool(written) and wanted not in written


def owners_of(rule, sources, wanted):
    return [one for one in sources if not refused(rule, one) and writes(rule, one) == wanted]


def goes_elsewhere(rule, destination, sources, wanted):
    """The data of one source of the namespace goes into the PVC of another one."""
    here = [one for one in sources if (one.cluster, one.namespace) == (destination.cluster, destination.namespace)]
    if not any(one.pvc == destination.pvc and not refused(rule, one) for one in here):
        return False
    owners = owners_of(rule, sources, wanted)
    if not owners or {one.namespace for one in owners} != {destination.namespace}:
        return False
    return destination.pvc not in [one.pvc for one in owners]


def is_foreign(rule, destination, sources, wanted):
    owners = owners_of(rule, sources, wanted)
    if destination.username:
        named = destination.named or ("", "")
        tenant = (named[1] or destination.namespace, named[0])
        expected = [
            one for one in owners if one.namespace == destination.namespace or (one.namespace, one.name) == tenant
        ]
    else:
        name, namespace = destination.named or (destination.name, destination.namespace)
        tenant = (namespace or destination.namespace, name)
        expected = [one for one in owners if (one.namespace, one.name) == tenant]
        if not destination.named:
            own = (destination.namespace, destination.pvc)
            expected += [one for one in owners if one not in expected and (one.namespace, one.pvc) == own]
    if len(expected) < len(owners):
        return True
    # The same name in two clusters: the data may be that of the other one.
    clusters = {one.cluster for one in owners}
    return len(clusters) > 1 and clusters != {destination.cluster}


def meetings(rule, sources):
    """Return each set of at least two sources that write one identity and path."""
    accepted = [one for one in sources if not refused(rule, one)]
    found = {}
    for one in accepted:
        found.setdefault(writes(rule, one), set()).add(one)
    return {what: who for what, who in found.items() if len(who) > 1}


def unowned(rule, sources, snapshots):
    """Return what no source writes."""
    written = {writes(rule, one) for one in sources if not refused(rule, one)}
    return {(one.username, one.hostname, one.path) for one in snapshots} - written


def explains(rule, sources, snapshots):
    """Return the number of snapshots that the sources write under a rule."""
    written = {writes(rule, one) for one in sources if not refused(rule, one)}
    return sum((one.username, one.hostname, one.path) in written for one in snapshots)
