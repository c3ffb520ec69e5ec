"""The environment of a container: every source, what wins, and what is secret."""

import base64

import pytest

from harness.errors import HarnessError
from harness.kubernetes.pod import MissingKey, PodFacts, quantity
from harness.kubernetes.pod_environment import environment_of

POD = {
    "metadata": {
        "name": "mover-1",
        "namespace": "shop",
        "uid": "u-1",
        "labels": {"app": "kopia", "team/name": "a"},
        "annotations": {"note": 'say "hi"\nagain'},
    },
    "spec": {"serviceAccountName": "mover"},
}
FACTS = PodFacts("shop/backup", POD, "node-1")


def encoded(**data):
    return {"data": {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}}


OBJECTS = {
    ("Secret", "repo"): encoded(PASSWORD="p4ss", BUCKET="tenants"),
    ("ConfigMap", "plain"): {"data": {"USER": "alice", "BUCKET": "public"}, "binaryData": {"raw": "/w=="}},
    ("Secret", "binary"): {"data": {"raw": "/w=="}},
}


class Held:
    def get(self, ref):
        assert ref.namespace == "shop"
        return OBJECTS.get((ref.kind, ref.name))


def resolved(env=(), env_from=(), facts=FACTS, notes=None, **more):
    container = {"name": "kopia", "env": list(env), "envFrom": list(env_from), **more}
    found = environment_of(
        Held(), container, facts, lambda job, text: (notes if notes is not None else []).append(f"{job}: {text}")
    )
    return found.plain, found.secret


def value(name, text):
    return {"name": name, "value": text}


def key(kind, holder, name, **more):
    return {"name": "V", "valueFrom": {kind: {"name": holder, "key": name, **more}}}


def of_field(path):
    return {"name": "V", "valueFrom": {"fieldRef": {"fieldPath": path}}}


@pytest.mark.parametrize(
    ("entries", "wanted"),
    [
        ([value("A", "1")], {"A": "1"}),
        ([{"name": "A"}], {"A": ""}),
        ([value("A", "1"), value("B", "x$(A)y$(A)")], {"A": "1", "B": "x1y1"}),
        ([value("B", "$(A)"), value("A", "1")], {"A": "1", "B": "$(A)"}),
        ([value("A", "1"), value("B", "$$(A) $$ $A $(")], {"A": "1", "B": "$(A) $ $A $("}),
        ([value("A", "1"), value("A", "$(A)2")], {"A": "12"}),
    ],
)
def test_values_expand_what_was_defined_before(entries, wanted):
    assert resolved(entries) == (wanted, {})


def test_what_holds_a_part_of_a_secret_is_secret():
    url = value("URL", "s3://$(V)/$(A)")
    entries = [value("A", "a"), key("secretKeyRef", "repo", "BUCKET"), url, value("AGAIN", "$(URL)")]
    assert resolved(entries) == ({"A": "a"}, {"V": "tenants", "URL": "s3://tenants/a", "AGAIN": "s3://tenants/a"})


@pytest.mark.parametrize(
    ("kind", "holder", "name", "wanted"),
    [
        ("secretKeyRef", "repo", "PASSWORD", ({}, {"V": "p4ss"})),
        ("configMapKeyRef", "plain", "USER", ({"V": "alice"}, {})),
    ],
)
def test_keys_of_secrets_and_config_maps(kind, holder, name, wanted):
    assert resolved([key(kind, holder, name)]) == wanted


@pytest.mark.parametrize(
    ("kind", "holder", "name", "named"),
    [
        ("secretKeyRef", "repo", "LOST", r"kopia.env\[V\]: Secret 'repo' has no key 'LOST'"),
        ("secretKeyRef", "lost", "PASSWORD", r"kopia.env\[V\]: Secret 'lost' not found"),
        ("configMapKeyRef", "plain", "raw", r"kopia.env\[V\]: ConfigMap 'plain' has no key 'raw'"),
        ("configMapKeyRef", "lost", "USER", r"kopia.env\[V\]: ConfigMap 'lost' not found"),
    ],
)
def test_a_missing_key_is_named_unless_it_is_optional(kind, holder, name, named):
    with pytest.raises(MissingKey, match=f"^{named}$"):
        resolved([key(kind, holder, name)])
    with pytest.raises(MissingKey, match=named):
        resolved([key(kind, holder, name, optional=False)])
    assert resolved([key(kind, holder, name, optional=True)]) == ({}, {})


def test_env_from_takes_all_keys_in_order():
    sources = [{"secretRef": {"name": "repo"}}, {"configMapRef": {"name": "plain"}}]
    assert resolved(env_from=sources) == ({"USER": "alice", "BUCKET": "public"}, {"PASSWORD": "p4ss"})
    assert resolved(env_from=sources[::-1]) == ({"USER": "alice"}, {"PASSWORD": "p4ss", "BUCKET": "tenants"})


def test_env_from_with_a_prefix():
    assert resolved(env_from=[{"prefix": "K_", "secretRef": {"name": "repo"}}]) == (
        {},
        {"K_PASSWORD": "p4ss", "K_BUCKET": "tenants"},
    )


def test_env_wins_over_env_from_and_may_refer_to_it():
    entries = [value("BUCKET", "mine"), value("WHO", "$(USER)"), key("secretKeyRef", "repo", "LOST", optional=True)]
    sources = [{"secretRef": {"name": "repo"}}, {"configMapRef": {"name": "plain"}}]
    plain, secret = resolved(entries, sources)
    assert (plain["BUCKET"], plain["WHO"]) == ("mine", "alice")
    assert secret == {"PASSWORD": "p4ss"}


@pytest.mark.parametrize(("kind", "name"), [("secretRef", "Secret"), ("configMapRef", "ConfigMap")])
def test_env_from_of_nothing(kind, name):
    with pytest.raises(MissingKey, match=rf"^kopia.envFrom\[0\]: {name} 'lost' not found$"):
        resolved(env_from=[{kind: {"name": "lost"}}])
    assert resolved(env_from=[{kind: {"name": "lost", "optional": True}}]) == ({}, {})


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("metadata.name", "mover-1"),
        ("metadata.namespace", "shop"),
        ("metadata.uid", "u-1"),
        ("metadata.labels['app']", "kopia"),
        ("metadata.labels['team/name']", "a"),
        ("metadata.labels['lost']", ""),
        ("metadata.annotations['note']", 'say "hi"\nagain'),
        ("spec.nodeName", "node-1"),
        ("spec.serviceAccountName", "mover"),
        ("status.podIP", "127.0.0.1"),
        ("status.hostIP", "127.0.0.1"),
    ],
)
def test_fields_of_the_pod(path, wanted):
    assert resolved([of_field(path)]) == ({"V": wanted}, {})


def test_a_pod_without_a_service_account_has_the_default_one():
    facts = PodFacts("shop/backup", {**POD, "spec": {}}, "node-1")
    assert resolved([of_field("spec.serviceAccountName")], facts=facts) == ({"V": "default"}, {})


def test_an_unknown_field_is_named():
    with pytest.raises(HarnessError, match=r"^Job shop/backup: kopia.env\[V\].fieldRef.fieldPath: spec.priority: "):
        resolved([of_field("spec.priority")])


@pytest.mark.parametrize("path", ["metadata.name", "metadata.uid", "spec.nodeName", "status.podIP", "status.hostIP"])
def test_what_only_the_pod_of_a_cluster_knows_is_noted(path):
    notes = []
    facts = PodFacts("shop/backup", {"metadata": {"namespace": "shop"}, "spec": {}})
    assert resolved([value("A", "1"), of_field(path)], facts=facts, notes=notes) == ({"A": "1"}, {})
    why = f"Job shop/backup: kopia.env[V].fieldRef.fieldPath: {path}: is known to its Pod only"
    assert notes == [f"shop/backup: kopia.env[V]: is not recorded ({why})"]


def test_what_only_the_kubelet_of_a_cluster_knows_is_noted():
    notes = []
    facts = PodFacts("shop/backup", {"metadata": {"namespace": "shop"}, "spec": {}})
    unknown = {"name": "W", "valueFrom": {"fileKeyRef": {"key": "k"}}}
    assert resolved([of_resource("limits.cpu"), unknown, value("A", "1")], facts=facts, notes=notes) == ({"A": "1"}, {})
    assert [note.split(": ")[1] for note in notes] == [
        "kopia.env[V]",
        "kopia.env[W]",
    ]


def of_resource(resource, divisor=None):
    reference = {"resource": resource} | ({"divisor": divisor} if divisor else {})
    return {"name": "V", "valueFrom": {"resourceFieldRef": reference}}


LIMITS = {"limits": {"cpu": "1500m", "memory": "1Gi"}, "requests": {"memory": "100M"}}


@pytest.mark.parametrize(
    ("resource", "divisor", "wanted"),
    [
        ("limits.cpu", None, "2"),
        ("limits.cpu", "0", "2"),
        ("limits.cpu", "1m", "1500"),
        ("limits.memory", None, "1073741824"),
        ("limits.memory", "1Mi", "1024"),
        ("requests.memory", "1Mi", "96"),
        ("requests.cpu", "1m", "1500"),
        ("requests.ephemeral-storage", None, "0"),
    ],
)
def test_resources_in_units_of_a_divisor(resource, divisor, wanted):
    assert resolved([of_resource(resource, divisor)], resources=LIMITS) == ({"V": wanted}, {})


@pytest.mark.parametrize(
    ("resource", "divisor", "named"),
    [
        ("limits.ephemeral-storage", None, "limits.ephemeral-storage: is not set"),
        ("limits.hugepages-2Mi", None, "limits.hugepages-2Mi: is none that"),
        ("limits.cpu", "much", "limits.cpu 1500m by much: is no quantity"),
    ],
)
def test_a_resource_that_cannot_be_told_is_named(resource, divisor, named):
    with pytest.raises(HarnessError, match=rf"^Job shop/backup: kopia.env\[V\].resourceFieldRef.resource: {named}"):
        resolved([of_resource(resource, divisor)], resources=LIMITS)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("2", 2), ("1.5Gi", 1610612736), ("5k", 5000), ("1e3", 1000), ("1E", 10**18), ("1E2", 100), ("250m", 0.25)],
)
def test_quantities(text, wanted):
    assert float(quantity(text)) == wanted


@pytest.mark.parametrize("text", ["", "Gi", "1 Gi", "1ki", "1..5", "-"])
def test_no_quantities(text):
    with pytest.raises(ValueError):
        quantity(text)


@pytest.mark.parametrize(
    ("env", "env_from", "named"),
    [
        ([{"name": "V", "valueFrom": {"fileKeyRef": {"key": "k"}}}], (), r"kopia.env\[V\].valueFrom: .*fileKeyRef"),
        ((), [{"otherRef": {"name": "k"}}], r"kopia.envFrom\[0\]: .*otherRef"),
        ([key("secretKeyRef", "binary", "raw")], (), r"kopia.env\[V\]: raw: 1 bytes: is not UTF-8"),
    ],
)
def test_what_no_kubelet_here_knows_is_named(env, env_from, named):
    with pytest.raises(HarnessError, match=f"^Job shop/backup: {named}"):
        resolved(env, env_from)
