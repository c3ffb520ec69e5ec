"""Admission as an API server does it; a refused object changes nothing."""

import pytest

from harness.errors import AdmissionRefused
from harness.model import ObjectRef, Variants
from harness.operator.decisions import Decisions
from harness.operator.simulated import SimulatedPlatform
from harness.volsync import objects
from harness.volumes import FolderVolumes

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}


def source(**spec):
    manifest = objects.source("orders", "shop", {"sourcePVC": "data"})
    manifest["spec"]["kopia"].update(spec)
    return manifest


def destination(**spec):
    manifest = objects.destination("orders", "shop")
    manifest["spec"]["kopia"].update(spec)
    return manifest


@pytest.fixture
def platform(tmp_path):
    platform = SimulatedPlatform(Decisions(Variants()), FolderVolumes(tmp_path))
    platform.apply(NAMESPACE)
    return platform


@pytest.mark.parametrize(
    ("manifest", "field"),
    [
        (source(unknown="x"), "unknown"),
        (source(username=7), "spec.kopia.username"),
        (source(sourcePathOverride="data"), "spec.kopia.sourcePathOverride"),
        (source(sourceIdentity={"sourceName": "x"}), "sourceIdentity"),
        (source(retain={"daily": "1"}), "spec.kopia.retain.daily"),
        (source(username="a@b"), "spec.kopia.username"),
        (source(hostname=""), "spec.kopia.hostname"),
        (destination(previous="2"), "spec.kopia.previous"),
        (destination(restoreAsOf="yesterday"), "spec.kopia.restoreAsOf"),
        (destination(restoreAsOf="2024-01-20 10:00:00"), "spec.kopia.restoreAsOf"),
        (destination(sourceIdentity={}), "sourceName"),
        (destination(copyMethod="Copy"), "spec.kopia.copyMethod"),
        (objects.source("orders", "shop"), "sourcePVC"),
        (objects.source("Orders", "shop", {"sourcePVC": "x"}), "metadata.name"),
        (objects.source("orders", "shop_1", {"sourcePVC": "x"}), "metadata.namespace"),
        (objects.source("orders", "x" * 64, {"sourcePVC": "x"}), "metadata.namespace"),
        (objects.source("orders", "elsewhere", {"sourcePVC": "x"}), "namespaces"),
    ],
)
def test_is_refused_and_leaves_no_trace(platform, manifest, field):
    with pytest.raises(AdmissionRefused, match=field.replace(".", r"\.")):
        platform.apply(manifest)
    ref = ObjectRef(manifest["kind"], manifest["metadata"]["namespace"], manifest["metadata"]["name"])
    assert platform.get(ref) is None
    assert platform.next_job().said == ""


def test_a_refused_update_leaves_the_object_as_it_was(platform):
    platform.apply(source(username="order-desk"))
    with pytest.raises(AdmissionRefused):
        platform.apply(source(username="-"))
    stored = platform.get(ObjectRef("ReplicationSource", "shop", "orders"))
    assert stored["spec"]["kopia"]["username"] == "order-desk"


def test_as_given_takes_what_the_pattern_refuses(tmp_path):
    platform = SimulatedPlatform(Decisions(Variants(custom_names="as-given")), FolderVolumes(tmp_path))
    platform.apply(NAMESPACE)
    platform.apply(source(username="a@b"))
    assert platform.get(ObjectRef("ReplicationSource", "shop", "orders"))


@pytest.mark.parametrize("instant", ["2024-01-20T10:00:00Z", "2024-01-20t10:00:00.123456789+05:30"])
def test_takes_rfc_3339(platform, instant):
    platform.apply(destination(restoreAsOf=instant))
    assert platform.get(ObjectRef("ReplicationDestination", "shop", "orders"))
