"""Draw random organisations for the audit: rules, sources, destinations and histories; and a list of them for kopia."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

from hypothesis import strategies as st

from tests.unit import audit_model as model
from tests.unit.audit_model import Dst, Snap, Src
from tests.unit.audit_world import destination, entry, source

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
RULES = [f"{name},{custom}" for name in ("object-name", "object-name-namespace", "namespace-pvc")
         for custom in ("validated", "as-given")]  # fmt: skip
"""As the model takes them; the audit leaves ``,validated`` out."""

LONG = "a-name-with-more-than-forty-five-letters-in-it"
NAMES = ["orders", "orders.eu", "orderseu", "orders-eu", "eu", "or.ders-eu", LONG, f"{LONG}.b", "a.b"]
NAMESPACES = ["shop", "shop-eu", "eu", "office", "a-name-of-a-namespace-with-forty-letters-"[:40] + "x"]
CLUSTERS = ["home", "away"]
PVCS = ["data", "eu-data", "orders"]
NO_NAMES = ("", "")
CUSTOM_NAMES = [
    *[NO_NAMES] * 8,
    ("orders", "eu"),
    ("Team.A", "Team.A"),
    ("eu", "shop"),
    ("me@home", "-x"),
    ("orders", ""),
]
PATHS = ["", "", "", "/data", "/data/", "/srv", "//srv/x/..", "/a/b"]
DAYS = range(41)
FEW = [0, 0, 0, 0, 1, 1, 2, 3]


def of_a_source(random):
    where = random.choice(CLUSTERS), random.choice(NAMESPACES), random.choice(NAMES)
    return Src(*where, random.choice(PVCS), *random.choice(CUSTOM_NAMES), random.choice(PATHS))


def of_a_destination(random, rule, of_sources):
    """Draw a destination: most of them ask for what a source writes, by one of the three ways."""
    cluster, namespace, name = random.choice(CLUSTERS), random.choice(NAMESPACES), random.choice(NAMES)
    explicit, named, named_path = random.choice(CUSTOM_NAMES), None, ""
    way = random.choice(["own", "own", "named", "named", "explicit", "any"])
    if of_sources and way != "any":
        source = random.choice(of_sources)
        cluster, namespace = source.cluster, random.choice([source.namespace, source.namespace, namespace])
        if way == "own":
            name, explicit = random.choice([source.name, source.name, source.name.replace(".", "")]), NO_NAMES
        elif way == "named":
            named, explicit = (random.choice([source.name, source.name, name]),
                               random.choice([source.namespace, ""])), NO_NAMES  # fmt: skip
        else:
            explicit = model.writes(rule, source)[:2]
    if named:
        named_path = random.choice(PATHS)
    as_of = random.choice([None, random.choice(DAYS)])
    requested = as_of, random.choice(FEW), random.choice(FEW)
    return Dst(cluster, namespace, name, random.choice(PVCS), *explicit, named, named_path, *requested)


def by_name(one):
    return one.cluster, one.namespace, one.name


def organisation(random):
    """Draw a rule, sources, destinations and snapshots."""
    rule = random.choice(RULES)
    drawn = [of_a_source(random) for _ in range(random.randint(0, 7))]
    # The same source in another cluster: its data cannot be told from that of the first.
    drawn += [replace(one, cluster=random.choice(CLUSTERS)) for one in drawn[: random.randint(0, 1)]]
    of_sources = list({by_name(one): one for one in drawn}.values())
    drawn = [of_a_destination(random, rule, of_sources) for _ in range(random.randint(0, 7))]
    of_destinations = list({by_name(one): one for one in drawn}.values())
    # Mostly what somebody writes or asks for, under this or another rule, so that there is something to find.
    known = [model.writes(random.choice([rule, rule, *RULES]), one) for one in of_sources]
    known += [model.wants(rule, one, of_sources) for one in of_destinations]
    known += [(random.choice(["orders", "x@y", "eu"]), random.choice(["shop", "h:1"]), "/data")]
    of_snapshots = {
        (random.choice(known), random.choice(DAYS)): random.randint(0, 5) for _ in range(random.randint(0, 40))
    }
    snapshots = [
        Snap(f"{number}", user, host, path, end, whole=bool(part))
        for number, (((user, host, path), end), part) in enumerate(of_snapshots.items())
    ]
    return rule, of_sources, of_destinations, snapshots


def organisations():
    """Return the strategy for organisations."""
    return st.randoms(use_true_random=False).map(organisation)


def given_fields(**fields):
    return {name: value for name, value in fields.items() if value}


def declared(one):
    """Return a source or destination of the model as an object of the audit."""
    if isinstance(one, Src):
        fields = given_fields(
            sourcePVC=one.pvc, username=one.username, hostname=one.hostname, sourcePathOverride=one.path
        )
        return source(one.name, one.namespace, one.cluster, **fields)
    fields = given_fields(
        destinationPVC=one.pvc,
        username=one.username,
        hostname=one.hostname,
        sourceName=one.named and one.named[0],
        sourceNamespace=one.named and one.named[1],
        restoreAsOf=one.as_of is not None and (BEGIN + timedelta(days=one.as_of)).isoformat(),
        previous=str(one.previous or ""),
        shallow=str(one.shallow or ""),
    )
    found = destination(one.name, one.namespace, one.cluster, **fields)
    if one.named_path:
        found.manifest["spec"]["kopia"]["sourceIdentity"]["sourcePathOverride"] = one.named_path
    return found


def listed(one):
    """Return a snapshot of the model as kopia lists it; it ends 5 s after its start."""
    start = BEGIN + timedelta(days=one.end) - timedelta(seconds=5)
    more = {} if one.whole else {"incomplete": "canceled"}
    return {**entry(one.username, one.hostname, start, one.path, **more), "id": one.id}


ORGANISATIONS, DRAWS = 30, 1000
MOST_SNAPSHOTS, MOST_DESTINATIONS = 8, 3
RAREST_FIRST = ("other-pvc", "other-history", "foreign", "too-few", "restores", "refused", "nothing-found")
COVERED = {
    **dict.fromkeys(RULES, 3),
    "restores": 15,
    "foreign": 6,
    "other-pvc": 3,
    "other-history": 3,
    "nothing-found": 10,
    "too-few": 5,
    "refused": 3,
    "the data of another cluster": 2,
    "a newer incomplete snapshot": 4,
    "only incomplete snapshots": 2,
    "an @ or : in the identity": 2,
    "another path": 4,
    "an untidy path": 2,
    "explicit names": 4,
    "a named source": 4,
    "a named source that does not exist": 2,
    "restoreAsOf": 3,
    "previous": 3,
    "shallow": 3,
}
"""What the organisations that are restored with a real kopia show, and how often at least."""


@cache
def drawn_for_kopia():
    """Return organisations that together show each case of COVERED as often as it says."""
    random = Random(15)
    small = [_small(*organisation(random)) for _ in range(DRAWS)]
    candidates = [(one, cases(one)) for one in small if one[2] and one[3]]
    found, counts = [], Counter()
    while len(found) < ORGANISATIONS:
        best, shown = max(candidates, key=lambda one: _gain(one[1], counts))
        candidates.remove((best, shown))
        found.append(best)
        counts += shown
    return found


def _gain(shown, counts):
    """Return how much of what is still missing an organisation shows."""
    return sum(min(number, max(COVERED[case] - counts[case], 0)) for case, number in shown.items())


def _small(rule, of_sources, of_destinations, snapshots):
    """Return a part of an organisation that kopia writes in seconds: what is asked for comes first."""
    outcomes = {one: model.restored(rule, one, of_sources, snapshots)[0] for one in of_destinations}
    kept = sorted(of_destinations, key=lambda one: RAREST_FIRST.index(outcomes[one]))[:MOST_DESTINATIONS]
    asked = {model.wants(rule, one, of_sources) for one in kept}
    ordered = sorted(snapshots, key=lambda one: (one.username, one.hostname, one.path) not in asked)
    return rule, of_sources, kept, ordered[:MOST_SNAPSHOTS]


def cases(organisation):
    """Return which cases of COVERED an organisation shows, and how often."""
    rule, of_sources, of_destinations, snapshots = organisation
    found = Counter([rule])
    for one in of_destinations:
        outcome, chosen = model.restored(rule, one, of_sources, snapshots)
        wanted = model.wants(rule, one, of_sources)
        own = [snap for snap in snapshots if (snap.username, snap.hostname, snap.path) == wanted]
        found[outcome] += 1
        if outcome == "nothing-found":
            found["only incomplete snapshots"] += bool(own)
        if not chosen:
            continue
        (end,) = (snap.end for snap in own if snap.id == chosen)
        source = (one.named[0], one.named[1] or one.namespace) if one.named else None
        exists = any((one.cluster, *reversed(source)) == by_name(other) for other in of_sources) if source else False
        shown = {
            "the data of another cluster": outcome == "foreign" and _is_of_another_cluster(rule, one, of_sources),
            "a newer incomplete snapshot": any(snap.end > end and not snap.whole for snap in own),
            "an @ or : in the identity": bool(set("@:") & set(wanted[0] + wanted[1])),
            "another path": wanted[2] != "/data",
            "an untidy path": any(path != model.tidy(path) for path in _paths(one, source, of_sources)),
            "explicit names": bool(one.username),
            "a named source": exists,
            "a named source that does not exist": bool(source) and not exists,
            "restoreAsOf": one.as_of is not None,
            "previous": bool(one.previous),
            "shallow": bool(one.shallow),
        }
        found.update(case for case, is_shown in shown.items() if is_shown)
    return found


def _is_of_another_cluster(rule, one, of_sources):
    wanted = model.wants(rule, one, of_sources)
    owners = [other for other in of_sources if not model.refused(rule, other) and model.writes(rule, other) == wanted]
    return any(other.cluster != one.cluster for other in owners)


def _paths(one, source, of_sources):
    """Return the paths that a destination gives, or its source."""
    of_source = [other.path for other in of_sources if (other.cluster, other.namespace, other.name)
                 == (one.cluster, *reversed(source or ("", "")))]  # fmt: skip
    return [path for path in ([one.named_path] if one.named_path else of_source) if path]
