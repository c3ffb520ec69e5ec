"""Write manifests and lists of snapshots for the tests of the audit."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from harness.audit.audit import Question, audit
from harness.audit.organisation import Declared, Organisation
from harness.audit.rules import BUILT_IN
from harness.audit.upkeep import Clock
from harness.kopia import listing
from harness.volsync import objects

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def source(name, namespace="shop", cluster="home", schedule="", **fields):
    manifest = objects.source(name, namespace, {"sourcePVC": f"{name}-pvc", "repository": "r", **fields})
    if schedule:
        manifest["spec"]["trigger"] = {"schedule": schedule}
    return Declared(cluster, manifest, f"{cluster}.yaml")


def destination(name, namespace="shop", cluster="home", **fields):
    return Declared(cluster, objects.destination(name, namespace, {"repository": "r", **fields}), f"{cluster}.yaml")


def secret(namespace="shop", cluster="home", name="r", **values):
    manifest = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "stringData": values,
    }
    return Declared(cluster, manifest, f"{cluster}.yaml")


def instant(at):
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def entry(username, hostname="shop", at=NOW, path="/data", number=0, **more):
    """Return one snapshot as kopia lists it; ``at`` is an instant, or its age in days."""
    begin = at if isinstance(at, datetime) else NOW - timedelta(days=at)
    return {
        "id": f"{username}@{hostname}:{path}-{instant(begin)}-{number}",
        "source": {"host": hostname, "userName": username, "path": path},
        "startTime": instant(begin),
        "endTime": instant(begin + timedelta(seconds=5)),
        "rootEntry": {"obj": "k1", "summ": {"size": 17}},
        **more,
    }


def listed(*entries):
    return listing.read(json.dumps(entries).encode(), "list")


def policy(target="", **keep):
    """Return one policy as kopia lists it; ``target`` is ``user@host:path``, ``@host`` or "" for all."""
    user, _, rest = target.partition("@")
    host, _, path = rest.partition(":")
    return {"target": {"host": host, "userName": user, "path": path}, "retention": keep}


def answer(declared, entries=(), rule="object-name", **more):
    """Return the audit of objects and snapshots; ``entries`` is None if the snapshots are not known."""
    snapshots = None if entries is None else listed(*entries)
    rule = BUILT_IN[rule] if isinstance(rule, str) else rule
    return audit(Question(Organisation(declared), snapshots, Clock(NOW), rule=rule, **more))


def large(identities, snapshots, objects):
    """Return a large organisation: half of its destinations find nothing, a third of its sources had another rule."""
    words = ["orders", "shop", "billing", "cart", "search", "users", "media", "photos", "mail", "wiki", "git"]
    declared, whose = [], []
    for number in range(objects // 2):
        name = f"{words[number % 11]}-{words[number % 7]}-{number}"
        namespace = f"{words[number % 5]}-{number % 300}"
        declared.append(source(name, namespace, schedule="0 2 * * *"))
        declared.append(destination(name if number % 2 else f"{name}-restore", namespace))
        whose.append((name, namespace) if number % 3 else (f"{name}-{namespace}", f"{namespace}-{name}-pvc"))
    whose += [(f"{words[n % 11]}-{words[n % 3]}-{n}", f"{words[n % 5]}-{n % 300}") for n in range(objects, identities)]
    entries = [entry(*whose[n % len(whose)], at=n // len(whose), number=n) for n in range(snapshots)]
    return declared, entries
