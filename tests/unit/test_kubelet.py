"""The harness as kubelet: which container of a Job is the mover, what it is given, and what is only noted."""

import base64

import pytest

from harness.errors import AdmissionRefused, HarnessError
from harness.kubernetes.kubelet import Kubelet
from harness.kubernetes.notes import Notes, noted
from harness.kubernetes.pod import MissingKey
from harness.model import MoverResult, ObjectRef
from harness.volumes import FolderVolumes

OWNER = ObjectRef("ReplicationSource", "shop", "orders")
CLAIM = ("PersistentVolumeClaim", "shop-1", "data")


class FakeApi:
    """An API that holds what a test says, and keeps what is created and which status is set."""

    def __init__(self):
        self.objects = {CLAIM: {"spec": {}}}
        self.created, self.statuses, self.deleted, self.gone = [], [], [], set()

    def get(self, ref):
        return self.objects.get((ref.kind, ref.namespace, ref.name))

    def create(self, manifest):
        made = {**manifest, "metadata": {**manifest["metadata"], "uid": "uid-of-the-pod"}}
        self.created.append(made)
        return made

    def delete(self, ref):
        self.deleted.append(ref.name)

    def set_status(self, ref, status, uid=""):
        if uid in self.gone:
            return False
        self.statuses.append((ref.kind, status))
        return True


class FakeLogs:
    port = 1

    def __init__(self):
        self.served = {}

    def serve(self, namespace, pod, container, log):
        self.served[container] = log


@pytest.fixture
def world(tmp_path):
    class World:
        api, logs, notes = FakeApi(), FakeLogs(), []

        def __init__(self):
            self.kubelet = Kubelet(self.api, self.logs, lambda job, text: self.notes.append(f"{job}: {text}"))
            self.volumes = FolderVolumes(tmp_path)

        def start(self, job):
            return self.kubelet.start(job, OWNER, self.volumes)

    return World()


def container(name="kopia", **more):
    return {"name": name, "image": f"{name}:1", **more}


def job(*containers, template=None, spec=None, **pod):
    given = {"containers": list(containers) or [container(args=["backup"])], **pod}
    return {
        "metadata": {"name": "volsync-src-orders", "namespace": "shop-1", "uid": "job"},
        "spec": {"template": {"metadata": template or {}, "spec": given}, **(spec or {})},
    }


@pytest.mark.parametrize(
    ("containers", "wanted"),
    [
        ([container("log"), container("kopia", args=["backup"])], "kopia"),
        ([container("log"), container("kopia", args=["backup"]), container("other", args=["backup"])], "kopia"),
        ([container("log", args=["-f"]), container("mover", args=["backup"])], "mover"),
        ([container("log"), container("mover", command=["entry.sh", "backup"])], "mover"),
        ([container("one", args=["backup"]), container("two", args=["backup"])], "one"),
    ],
)
def test_the_mover_is_one_of_the_containers(world, containers, wanted):
    held = job(*containers)
    world.start(held)
    world.kubelet.finish(held, MoverResult(0, "the log"))
    assert world.logs.served == {wanted: "the log"}
    assert world.api.statuses[-2][1]["containerStatuses"][0]["name"] == wanted
    others = [one["name"] for one in containers if one["name"] != wanted]
    assert [note.split()[2] for note in world.notes] == others


def test_what_is_not_run_is_noted(world):
    init = [container("own"), container("proxy", restartPolicy="Always")]
    world.start(job(container(args=["backup"]), container("log"), initContainers=init))
    assert world.notes == [
        "shop-1/volsync-src-orders: container log (image log:1) is not run: it is a sidecar",
        "shop-1/volsync-src-orders: init container own (image own:1) is not run: what it prepares is not there",
        "shop-1/volsync-src-orders: init container proxy (image proxy:1) is not run: it is a sidecar",
    ]


def test_one_container_leaves_nothing_to_note(world):
    world.start(job())
    assert world.notes == []


def test_notes_of_all_workers_are_one_text(tmp_path):
    file = tmp_path / "kubelet.log"
    assert noted(file) == ""
    first, second = Notes(file), Notes(file)
    for note, job_name, text in ((first, "x", "b"), (first, "x", "b"), (second, "x", "b"), (second, "y", "b c")):
        note(job_name, text)
    first("y", "b")
    assert file.read_text() == "x b\nx b\ny b c\ny b\n"
    assert noted(file) == "b (2 Jobs, such as x)\nb c (Job y)\n"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"command": ["/entry.sh"], "args": ["backup"]}, ("backup",)),
        ({"args": ["backup", "--verbose"]}, ("backup", "--verbose")),
        ({"command": ["/entry.sh", "restore"]}, ("restore",)),
        ({"command": ["bash", "/entry.sh", "restore"]}, ("restore",)),
        ({"args": ["$(OPERATION)"], "env": [{"name": "OPERATION", "value": "restore"}]}, ("restore",)),
    ],
)
def test_the_mover_is_told_what_follows_its_program(world, given, wanted):
    assert world.start(job(container(**given))).args == wanted


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "kopia.command: not set"),
        ({"command": ["/entry.sh"]}, r"kopia.command: \['/entry.sh'\]"),
        ({"command": ["bash", "-c"], "args": ["/entry.sh backup"]}, r"kopia.args: \['/entry.sh backup'\]"),
        ({"args": ["$(UNSET)"]}, r"kopia.args: \['\$\(UNSET\)'\]"),
    ],
)
def test_a_mover_that_is_not_told_what_to_do_is_an_error(world, given, named):
    with pytest.raises(HarnessError, match=f"^Job shop-1/volsync-src-orders: {named}"):
        world.start(job(container(**given)))


@pytest.mark.parametrize(
    ("spec", "named"),
    [
        ({"parallelism": 0}, "spec.parallelism: 0"),
        ({"completions": 2}, "spec.completions: 2"),
        ({"suspend": True}, "spec.suspend: true"),
    ],
)
def test_a_job_of_not_just_one_pod_is_an_error(world, spec, named):
    with pytest.raises(HarnessError, match=f"volsync-src-orders: {named}"):
        world.start(job(spec=spec))


def test_a_job_of_one_pod_is_none(world):
    assert world.start(job(spec={"parallelism": 1, "completions": 1, "suspend": False})).args == ("backup",)


def test_the_working_directory_is_handed_on(world):
    assert world.start(job(container(args=["backup"], workingDir="/data"))).working_dir == "/data"
    assert world.start(job()).working_dir is None


def test_the_pod_has_the_labels_and_annotations_of_its_template(world):
    world.start(job(template={"labels": {"app": "a"}, "annotations": {"b": "c"}}))
    made = world.api.created[-1]["metadata"]
    assert made["labels"] == {"app": "a", "job-name": "volsync-src-orders"}
    assert made["annotations"] == {"b": "c"}


def test_a_pod_has_a_service_account(world):
    world.start(job())
    world.start(job(serviceAccountName="mover"))
    pods = [one for one in world.api.created if one["kind"] == "Pod"]
    assert [pod["spec"]["serviceAccountName"] for pod in pods] == ["default", "mover"]


def test_a_pod_that_the_api_refuses_is_no_refusal_of_an_object(world, monkeypatch):
    def refuse(manifest):
        raise AdmissionRefused("spec.volumes[2]: Forbidden")

    monkeypatch.setattr(world.api, "create", refuse)
    with pytest.raises(HarnessError, match=r"^Job shop-1/volsync-src-orders: spec.template: .*spec.volumes\[2\]: Forb"):
        world.start(job())


def test_the_pod_of_an_older_job_of_the_same_name_is_deleted(world):
    world.start(job())
    (older,) = [one["metadata"]["name"] for one in world.api.created if one["kind"] == "Pod"]
    again = job()
    again["metadata"]["uid"] = "another"
    world.start(again)
    assert world.api.deleted == [older]
    world.kubelet.collect(job())
    assert world.api.deleted == [older]


def test_the_pod_of_a_deleted_job_is_deleted(world):
    world.start(job())
    other = job()
    other["metadata"] |= {"name": "volsync-src-carts", "uid": "other"}
    world.start(other)
    world.kubelet.collect(job())
    pods = [one["metadata"]["name"] for one in world.api.created if one["kind"] == "Pod"]
    assert world.api.deleted == pods[:1]


def test_the_pod_of_a_job_that_was_deleted_before_is_deleted(world):
    world.kubelet.collect(job())
    world.start(job())
    (pod,) = [one["metadata"]["name"] for one in world.api.created if one["kind"] == "Pod"]
    assert world.api.deleted == [pod]


@pytest.mark.parametrize(("gone", "is_there"), [(set(), True), ({"job"}, False), ({"job", "uid-of-the-pod"}, False)])
def test_a_job_that_its_operator_deleted_is_no_error(world, gone, is_there):
    world.start(job())
    world.api.gone = gone
    assert world.kubelet.finish(job(), MoverResult(0, "the log")) is is_there
    assert world.logs.served == {"kopia": "the log"}


def test_a_pod_that_cannot_start_says_why(world):
    reference = {"name": "repo", "key": "KOPIA_PASSWORD"}
    needing = job(container(args=["backup"], env=[{"name": "P", "valueFrom": {"secretKeyRef": reference}}]))
    with pytest.raises(MissingKey) as raised:
        world.start(needing)
    assert str(raised.value) == "kopia.env[P]: Secret 'repo' not found"
    assert raised.value.reason == "CreateContainerConfigError"
    kind, status = world.api.statuses[-1]
    assert (kind, status["phase"]) == ("Pod", "Pending")
    waiting = status["containerStatuses"][0]["state"]["waiting"]
    assert waiting == {"reason": "CreateContainerConfigError", "message": str(raised.value)}
    world.api.objects["Secret", "shop-1", "repo"] = {"data": {"KOPIA_PASSWORD": base64.b64encode(b"p").decode()}}
    assert world.start(needing).secret_env == {"P": "p"}


def test_a_pod_without_its_claim_finds_no_place(world):
    mounted = container(args=["backup"], volumeMounts=[{"name": "data", "mountPath": "/data"}])
    lost = job(mounted, volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": "lost"}}])
    with pytest.raises(MissingKey, match="PersistentVolumeClaim 'lost' not found"):
        world.start(lost)
    assert world.api.statuses[-1][1]["conditions"][0]["reason"] == "Unschedulable"
    there = job(mounted, volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}])
    assert world.start(there).volumes == {"/data": world.volumes.claim("shop", "data")}


@pytest.mark.parametrize(("spec", "failed"), [({}, 7), ({"backoffLimit": 0}, 1), ({"backoffLimit": 8}, 9)])
def test_a_failed_job_has_failed_as_often_as_its_retries_allow(world, spec, failed):
    """An operator may compare the number with the limit, as the Job controller of a cluster does."""
    held = job(spec=spec)
    world.start(held)
    world.kubelet.finish(held, MoverResult(1, "the log"))
    assert world.api.statuses[-1][1]["failed"] == failed
