"""A platform takes VolumeSnapshots from its connection until it is closed, and leaves nothing behind there."""

import pytest

from harness.errors import AdmissionRefused
from harness.kubernetes import connection
from harness.kubernetes.api_access import ApiAccess
from harness.kubernetes.connection import Cluster
from harness.kubernetes.platform import KubernetesPlatform
from harness.model import ObjectRef
from harness.volumes import FolderVolumes


class Quiet:
    """An API, and its watches, that have nothing to tell."""

    def __init__(self, *args):
        self.args = args

    def wait(self, condition, timeout_s):
        return condition()

    def of(self, kind, namespace):
        return []

    def list(self, kind, namespace):
        return []

    def delete(self, ref):
        self.deleted = (*getattr(self, "deleted", ()), str(ref))

    def delete_all(self, kind, namespace):
        self.emptied = (*getattr(self, "emptied", ()), f"{kind} {namespace}")

    def exists_or_create(self, manifest):
        return False

    def create(self, manifest):
        if manifest["metadata"]["name"] == "refused":
            raise AdmissionRefused("no")

    def get(self, ref):
        return None

    def set_status(self, ref, status):
        self.status = (str(ref), status)


class QuietKubelet(Quiet):
    node = "this-machine"


@pytest.fixture
def connected(monkeypatch, tmp_path):
    for name, double in {"Api": Quiet, "Informer": Quiet, "LogServer": Quiet, "Kubelet": QuietKubelet}.items():
        monkeypatch.setattr(connection, name, double)

    def connect(**more):
        names = ("kubeconfig", "certificates", "kubectl", "crashes", "log", "made")
        files = {name: str(tmp_path / name) for name in names}
        return Cluster(ApiAccess(**files, **more))

    return connect


def snapshot(namespace, name="one"):
    return {
        "metadata": {"namespace": namespace, "name": name, "uid": "7"},
        "spec": {"source": {"persistentVolumeClaimName": "data"}},
    }


def test_snapshots_go_to_every_platform_that_is_open(connected):
    cluster, first, second = connected(), [], []
    end_first = cluster.serve_snapshots(first.append)
    end_second = cluster.serve_snapshots(second.append)
    cluster._notice("ADDED", "VolumeSnapshot", "a")
    cluster._notice("ADDED", "Job", "b")
    cluster._notice("DELETED", "VolumeSnapshot", "gone")
    end_first()
    end_first()
    cluster._notice("ADDED", "VolumeSnapshot", "c")
    end_second()
    cluster._notice("ADDED", "VolumeSnapshot", "d")
    assert (first, second) == (["a"], ["a", "c"])


def test_a_platform_that_is_closed_takes_no_snapshot(connected, tmp_path):
    cluster = connected()
    volumes = FolderVolumes(tmp_path / "volumes")
    platform = KubernetesPlatform(cluster, volumes, lambda name: f"{name}-1")
    (volumes.claim("shop", "data") / "file").write_text("x")
    platform._applied = {ObjectRef("Namespace", "", "shop"): {}}
    cluster._notice("ADDED", "VolumeSnapshot", snapshot("elsewhere-1"))
    assert not hasattr(cluster.api, "status")
    cluster._notice("ADDED", "VolumeSnapshot", snapshot("shop-1"))
    assert cluster.api.status[1]["readyToUse"] is True
    del cluster.api.status
    platform.close()
    cluster._notice("ADDED", "VolumeSnapshot", snapshot("shop-1", "two"))
    assert not hasattr(cluster.api, "status")


def source(namespace, name):
    return {
        "apiVersion": "v1",
        "kind": "ReplicationSource",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {},
    }


@pytest.mark.parametrize(
    ("owned", "renamed", "emptied"), [(False, True, True), (True, True, False), (True, False, True)]
)
def test_the_namespaces_of_deleted_and_refused_objects_are_emptied_too(connected, tmp_path, owned, renamed, emptied):
    cluster = connected(owned=owned)
    platform = KubernetesPlatform(cluster, FolderVolumes(tmp_path), lambda name: f"{name}-1" if renamed else name)
    platform.apply(source("shop", "orders"))
    platform.delete(ObjectRef("ReplicationSource", "shop", "orders"))
    with pytest.raises(AdmissionRefused):
        platform.apply(source("office", "refused"))
    platform.close()
    spaces = {one.split()[1].removesuffix("-1") for one in getattr(cluster.api, "emptied", ())}
    assert spaces == ({"shop", "office"} if emptied else set())


def test_only_a_cluster_that_runs_pods_is_a_mover(connected):
    assert connected().pods is None
    cluster = connected(helper="busybox", timeout_s=3.0)
    assert cluster.pods is cluster.node


@pytest.mark.parametrize(
    ("has_failed", "observed", "wanted"), [(True, 2, "no such key"), (True, 1, ""), (False, 2, "")]
)
def test_a_failure_that_stays_through_a_trigger_is_an_answer(connected, tmp_path, has_failed, observed, wanted):
    cluster, ref = connected(), ObjectRef("ReplicationSource", "shop", "orders")
    platform = KubernetesPlatform(cluster, FolderVolumes(tmp_path), str)
    condition = {"type": "Synchronizing", "reason": "Error", "message": "no such key", "observedGeneration": observed}
    status = {"conditions": [condition]}
    cluster.informer.get = lambda one: {"metadata": {"generation": 2, "uid": "1"}, "status": status}
    platform._stale[ref] = status
    platform._failed = {ref} if has_failed else set()
    platform._triggered = ref
    answer = platform.next_job()
    assert (answer.said, bool(answer.note)) == (wanted, not wanted)
