"""On a real cluster the pods run there: etcd, API server, controllers, scheduler, kubelet and containerd, all real."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from harness.storage import server
from harness.storage.credentials import random_credentials
from harness.toolchain import provision
from tests.cluster.node import Node
from tests.real.conftest import PROJECT

OPERATOR = PROJECT / "tests" / "operator"
BY_WORKERS = ("-n", "2", "--dist", "load", "--maxschedchunk", "1", "--max-worker-restart", "0")


@pytest.fixture(scope="module")
def node():
    if shutil.which("docker") is None or shutil.which("containerd") is None:
        pytest.skip("needs docker and containerd")
    found = subprocess.run(
        ["docker", "network", "inspect", "bridge", "-f", "{{(index .IPAM.Config 0).Gateway}}"],
        capture_output=True,
        text=True,
        check=True,
    )
    # The folder of a kubelet must not be long: its sockets lie there.
    node = Node(Path(tempfile.mkdtemp(prefix="node-", dir="/var/tmp")), found.stdout.strip())
    try:
        node.start()
        yield node
    finally:
        node.stop()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store that pods reach: those of this cluster share the network of the machine."""
    credentials = random_credentials()
    started = server.start(provision.minio(print).path, tmp_path_factory.mktemp("store"), credentials)
    yield (
        f"s3://{started.endpoint}?tls=no",
        {"AWS_ACCESS_KEY_ID": credentials.access_key, "AWS_SECRET_ACCESS_KEY": credentials.secret_key},
    )
    subprocess.run(["kill", str(started.pid)], check=True)


@pytest.fixture
def command(node):
    """How the operator starts, with the arguments that it is given."""
    plain = ["--custom-names=validated", "--default-username=object-name", "--host-network", "--backoff-limit=0"]
    return lambda *args: ["bash", str(OPERATOR / "run.sh"), *plain, f"--mover-image={node.image}", *args]


@pytest.fixture
def subject(node, command, tmp_path):
    """Writes a subject file: an operator of the given arguments, or one that runs already."""

    def write(*args, runs_already=False, **mover):
        file = tmp_path / "subject.yaml"
        own = {"command": command(*args), "crds": [str(OPERATOR / "crds" / "validated")]}
        platform = {"kind": "kubernetes", "api": str(node.kubeconfig), "env": {"CONFORMANCE_PYTHON": sys.executable}}
        document = {
            "name": "on-a-cluster",
            "platform": platform if runs_already else {**platform, **own},
            "mover": {"kind": "cluster", "helper": node.image, **mover},
            "sides": {"custom_names": "validated", "default_username": "object-name"},
        }
        file.write_text(json.dumps(document))
        return str(file)

    return write


def made_by_a_run(node):
    """Namespaces that are not the cluster's own, and definitions; a namespace takes a moment to go."""
    left = node.kubectl("get", "namespaces,crds", "-o", "name").split()
    return [name for name in left if not name.startswith(("namespace/kube-", "namespace/default"))]


def test_what_runs_there_is_judged(suite, node, store, subject):
    storage, keys = store
    asked = "HN_E2 or RD_2 or DI_4 or IS_3 or TN_1 or SR_8 or IS_4 or CU_1 or RP_7"
    ended = suite.run(*BY_WORKERS, "--storage", storage, "--subject", subject(), "-m", asked, **keys)
    assert ended.status == 0, ended.output
    assert {claim for claim, verdict in ended.claims.items() if verdict == "pass"} == {
        "HN_E2", "RD_2", "DI_4", "IS_3", "TN_1", "SR_8", "IS_4", "RP_7"
    }  # fmt: skip
    assert ended.claims["CU_1"] == "skip", "no Job can be handed to a mover there"
    assert ended.line("mover: the pods on the cluster of")
    suite.wait_for(lambda: not made_by_a_run(node))
    suite.assert_clean()


def test_an_operator_that_runs_there_already(suite, node, store, subject, command):
    storage, keys = store
    for crds in ("tests/operator/crds/validated", "harness/kubernetes/crds"):
        node.kubectl("create", "-f", str(PROJECT / crds))
    env = {**os.environ, "KUBECONFIG": str(node.kubeconfig), "CONFORMANCE_PYTHON": sys.executable}
    operator = subprocess.Popen(command(), env=env, start_new_session=True)
    try:
        ended = suite.run("-m", "HN_E2", "--storage", storage, "--subject", subject(runs_already=True), **keys)
    finally:
        os.killpg(operator.pid, 15)
        operator.wait()
        left = node.kubectl("delete", "-f", str(PROJECT / "tests/operator/crds/validated"))
    assert ended.status == 0, ended.output
    assert ended.claims == {"HN_E2": "pass"}
    assert ended.line("operator: the one that runs there")
    assert "replicationsources.volsync.backube" in left, "what was there before the run is not its to remove"


def test_a_wrong_operator_is_caught_there(suite, store, subject):
    storage, keys = store
    wrong = subject("--decisions", "harness.subject.mutants.decisions:_PvcInHostname")
    ended = suite.run(*BY_WORKERS, "-m", "HN_E2 or VA_1", "--storage", storage, "--subject", wrong, **keys)
    assert ended.status == 1, ended.output
    assert (ended.claims["HN_E2"], ended.claims["VA_1"]) == ("fail", "pass")


def test_a_helper_that_cannot_be_had_is_no_verdict(suite, store, subject):
    storage, keys = store
    lacking = subject(helper="127.0.0.1:1/no-such-image:1")
    ended = suite.run("-m", "HN_E2", "--storage", storage, "--subject", lacking, **keys)
    assert ended.status == 3, ended.output
    assert ended.line("cannot start", "127.0.0.1:1/no-such-image:1", "ErrImagePull")


def test_a_store_that_no_pod_reaches_is_wrong_use(suite, subject):
    ended = suite.run("-m", "HN_E2", "--subject", subject())
    assert ended.status == 4, ended.output
    assert ended.line("--storage auto", "pods of a cluster", "s3://")
