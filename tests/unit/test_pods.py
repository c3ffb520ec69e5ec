"""What the Pods of a cluster show becomes the result of a mover: the first that ends, or why none does."""

from pathlib import Path

import pytest

from harness.errors import HarnessError
from harness.kubernetes.pod import MissingKey
from harness.kubernetes.pods import Pods
from harness.model import MoverResult, ObjectRef

JOB = {
    "metadata": {"name": "volsync-src-orders", "namespace": "shop", "uid": "job"},
    "spec": {"template": {"spec": {"containers": [{"name": "kopia", "args": ["backup"]}]}}},
}
OWNER = ObjectRef("ReplicationSource", "shop", "orders")


class Told:
    """An API, and its watch, that hold just what a test says."""

    def __init__(self, pods, job_status):
        self.pods = pods
        self.job = {**JOB, "status": job_status}

    def of(self, kind, namespace):
        return self.pods

    def get(self, ref):
        return self.job

    def wait(self, condition, timeout_s):
        return condition()

    def log(self, ref, container):
        return f"log of {ref.name}"


def pod(name, status, owner="job"):
    return {
        "metadata": {"name": name, "namespace": "shop", "ownerReferences": [{"uid": owner}]},
        "spec": {"containers": [{"name": "kopia"}]},
        "status": {"containerStatuses": [{"name": "kopia", **status}] if status else []},
    }


def ended(code):
    return {"terminated": {"exitCode": code}}


def result(pods, job_status=None):
    told = Told(pods, job_status or {})
    node = Pods(told, told, None, "busybox", 3, print)
    return node.run(node.start(JOB, OWNER, None))


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        ({"state": ended(0)}, MoverResult(0, "log of mine")),
        ({"state": ended(3)}, MoverResult(3, "log of mine")),
        ({"lastState": ended(3), "state": {"running": {}}}, MoverResult(3, "log of mine")),
        ({"state": {"running": {}}}, MoverResult(1, "", "its Job did not end within 3 s")),
        (
            {"state": {"waiting": {"reason": "ErrImagePull", "message": "no such image"}}},
            MoverResult(1, "", "its Pod cannot start (ErrImagePull: no such image)"),
        ),
        (None, MoverResult(1, "", "its Job did not end within 3 s")),
    ],
)
def test_the_first_end_of_a_pod_counts(status, wanted):
    assert result([pod("mine", status)]) == wanted


def test_the_pod_of_an_older_job_of_the_same_name_is_not_its():
    assert result([pod("older", {"state": ended(0)}, owner="older"), pod("mine", {"state": ended(4)})]).exit_code == 4


def test_the_end_of_a_sidecar_is_not_that_of_the_mover():
    shipper = {"name": "log-shipper", "state": ended(0)}
    beside = pod("mine", {"state": ended(4)})
    beside["spec"]["containers"].insert(0, {"name": "log-shipper"})
    beside["status"]["containerStatuses"].insert(0, shipper)
    assert result([beside]).exit_code == 4
    beside["status"]["containerStatuses"] = [shipper]
    assert result([beside]) == MoverResult(1, "", "its Job did not end within 3 s")


def test_an_init_container_that_cannot_start_is_told():
    waiting = {"name": "own", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}
    stuck = {**pod("mine", None), "status": {"initContainerStatuses": [waiting]}}
    assert result([stuck]) == MoverResult(1, "", "its Pod cannot start (ImagePullBackOff: no such image)")


def test_a_job_that_fails_without_a_pod_is_a_failed_sync():
    status = {"conditions": [{"type": "Failed", "status": "True", "message": "forbidden: exceeded quota"}]}
    assert result([], status) == MoverResult(1, "", "its Job failed: forbidden: exceeded quota")


def test_a_helper_that_finds_no_place_is_told_once():
    class Full(Told):
        made = 0

        def create(self, manifest):
            self.made += 1

        def delete(self, ref):
            """Nothing is there."""

        def get(self, ref):
            message = "no persistent volumes available for this claim"
            return {"status": {"conditions": [{"type": "PodScheduled", "status": "False", "message": message}]}}

    told = Full([], {})
    node = Pods(told, told, None, "busybox", 3, print)
    for _ in range(2):
        with pytest.raises(HarnessError, match=r"busybox.*no persistent volumes available"):
            node.fetch(ObjectRef("PersistentVolumeClaim", "shop", "data"), Path("/nowhere"))
    assert told.made == 1


def test_a_pod_cannot_start_without_its_pvc():
    told = Told([], {})
    volumes = [
        {"name": "cache", "emptyDir": {}},
        {"name": "data", "persistentVolumeClaim": {"claimName": "orders-data"}},
    ]
    spec = {**JOB["spec"]["template"]["spec"], "volumes": volumes}
    job = {**JOB, "spec": {"template": {"spec": spec}}}
    node = Pods(told, told, None, "busybox", 3, print)
    assert node.start(job, OWNER, None).owner == OWNER
    told.get = lambda ref: None if ref.kind == "PersistentVolumeClaim" else told.job
    with pytest.raises(MissingKey, match="PersistentVolumeClaim 'orders-data' not found"):
        node.start(job, OWNER, None)
