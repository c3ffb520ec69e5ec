"""The audit against the deed: what it predicts is restored, by two movers that share nothing; and it writes nothing."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import httpx2
import pytest
import yaml
from minio import Minio, MinioAdmin
from minio.commonconfig import ENABLED
from minio.credentials import StaticProvider
from minio.versioningconfig import VersioningConfig

from harness.audit.audit import Question, audit
from harness.audit.organisation import Organisation
from harness.audit.prediction import Outcome
from harness.audit.rules import BUILT_IN
from harness.audit.upkeep import Clock
from harness.cli.audit import main
from harness.errors import AdmissionRefused
from harness.kopia import reading
from harness.kopia.client import KopiaClient, require
from harness.kubernetes import api_server
from harness.kubernetes.api import Api
from harness.kubernetes.created import CreatedObjects
from harness.kubernetes.operator_process import install_crds
from harness.model import Identity, MoverJob, RepositoryAccess, RepositoryAddress
from harness.mover.command import CommandMover, CommandSpec
from harness.mover.reference import ReferenceMover
from harness.operator.simulated import SimulatedPlatform
from harness.storage import server
from harness.storage.credentials import random_credentials
from harness.system.process import RUN_MARKER
from harness.system.reaper import Reaper
from harness.system.wait import wait_until
from harness.toolchain import provision
from harness.volsync.defaults import complete, repository_secret, triggered
from harness.volsync.overrides import with_fields
from harness.volsync.variables import repository_values
from harness.volumes import FolderVolumes
from tests.real.conftest import PROJECT
from tests.unit.audit_model import Snap
from tests.unit.audit_organisations import BEGIN, ORGANISATIONS, declared, drawn_for_kopia
from tests.unit.audit_world import NOW, destination, entry, source

pytestmark = pytest.mark.beside_others

MOST_SUGGESTIONS = 4
PASSWORD = "a password with 'quotes' and $"
ADMIN = Identity("administrator", "site")
MOVER = Path(__file__).parents[1] / "movers" / "entry.sh"
READS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation"],
            "Resource": ["arn:aws:s3:::*"],
        }
    ],
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Start MinIO; return its endpoint and the credentials of its root."""
    credentials = random_credentials()
    started = server.start(provision.minio(print).path, tmp_path_factory.mktemp("minio"), credentials)
    yield started.endpoint, credentials
    os.kill(started.pid, 9)
    os.waitpid(started.pid, 0)


@pytest.fixture
def world(store, tmp_path, request):
    return World(*store, tmp_path)


class World:
    """A bucket with a repository, and what writes into it and restores from it."""

    def __init__(self, endpoint, credentials, folder):
        self.endpoint, self.folder = endpoint, folder
        self.minio = Minio(endpoint, credentials.access_key, credentials.secret_key, secure=False)
        provider = StaticProvider(credentials.access_key, credentials.secret_key)
        self.admin = MinioAdmin(endpoint=endpoint, credentials=provider, secure=False)
        self.access = RepositoryAccess(PASSWORD, credentials.access_key, credentials.secret_key)
        self.bucket = f"audit-{len(self.minio.list_buckets())}"
        self.minio.make_bucket(self.bucket)
        self.minio.set_bucket_versioning(self.bucket, VersioningConfig(ENABLED))
        self.kopia = provision.kopia(None, {}, print).path
        self.address = RepositoryAddress(self.bucket, "apps/", endpoint, False)
        self.writers = {}
        self.client = KopiaClient(self.kopia, folder / "admin", folder / "admin-cache", self.access, lambda call: None)
        require(self.client.create(self.address, ADMIN), "create")
        require(self.client.run("policy", "set", "--global", "--keep-latest=1000"), "keep everything")

    def write(self, snap: Snap) -> str:
        """Write a snapshot whose only file holds its name, and return the id that kopia gives it."""
        content = self.folder / "content" / snap.id
        content.mkdir(parents=True)
        (content / "name").write_text(snap.id)
        end = BEGIN + timedelta(days=snap.end)
        more = [f"--start-time={end - timedelta(seconds=5):%Y-%m-%d %H:%M:%S} UTC",
                f"--end-time={end:%Y-%m-%d %H:%M:%S} UTC"]  # fmt: skip
        if not snap.whole:
            # kopia stops after the first file that is larger than the limit.
            for number in range(2):
                (content / f"large-{number}").write_bytes(os.urandom(2 << 20))
            more.append("--upload-limit-mb=1")
        done = require(self.writer(snap).snapshot(content, snap.path, *more), "write")
        return json.loads(done.stdout)["id"]

    def writer(self, snap):
        """Return a client with the identity of a snapshot: kopia's own form of a source cannot hold each name."""
        identity = Identity(snap.username, snap.hostname)
        if identity not in self.writers:
            folder = self.folder / f"writer-{len(self.writers)}"
            self.writers[identity] = replace(self.client, folder=folder, cache=folder / "cache")
            require(self.writers[identity].connect(self.address, identity), "connect")
        return self.writers[identity]

    def listed(self):
        place = reading.Bucket(self.address, self.access)
        return reading.contents(self.kopia, place, self.folder / "reader", lambda line: None).snapshots

    def objects(self):
        """Return every version of every object of the bucket."""
        found = self.minio.list_objects(self.bucket, recursive=True, include_version=True)
        return sorted((one.object_name, one.version_id, one.size, one.is_delete_marker) for one in found)

    def movers(self):
        """Return the movers by name."""
        of_script = CommandSpec(("bash", str(MOVER)), isolation="environment")
        return {
            "reference": ReferenceMover(self.kopia, self.folder / "reference", lambda call: None),
            "independent": CommandMover(of_script, self.kopia, self.folder / "script", lambda call: None),
        }

    def restored(self, mover, decisions, of_sources, wanted, number):
        """Restore a destination in its cluster; return the name of the snapshot in its volume, or why there is none."""
        volumes = FolderVolumes(self.folder / f"volumes-{number}")
        platform = SimulatedPlatform(decisions, volumes)
        values = repository_values(f"s3://{self.bucket}/apps", self.access, self.endpoint, tls=False)
        for one in of_sources:
            if one.cluster == wanted.cluster:
                try:
                    self.apply(platform, one, values)
                except AdmissionRefused:
                    continue
        try:
            self.apply(platform, wanted, values, trigger="now")
        except AdmissionRefused:
            return "refused"
        job = platform.next_job()
        if not isinstance(job, MoverJob):
            return "refused"
        result = mover.run(job)
        (volume,) = (folder for at, folder in job.volumes.items() if "data" in at)
        files = sorted(file.relative_to(volume) for file in volume.rglob("*") if file.is_file())
        if not result.succeeded:
            assert files == [], result.log
            return "fails"
        assert files == [Path("name")], result.log
        return (volume / "name").read_text()

    @staticmethod
    def apply(platform, one, values, trigger=""):
        whole = complete(one.manifest)
        for need in (*whole.needs, repository_secret(one.namespace, "r", values)):
            platform.apply(need)
        platform.apply(triggered(whole.manifest, trigger) if trigger else whole.manifest)


@pytest.mark.parametrize("number", range(ORGANISATIONS))
def test_every_prediction_comes_true(world, number):
    rule, of_sources, of_destinations, snapshots = drawn_for_kopia()[number]
    names = {world.write(snap): snap.id for snap in snapshots}
    objects = [declared(one) for one in (*of_sources, *of_destinations)]
    chosen = BUILT_IN[rule.removesuffix(",validated")]
    found = audit(Question(Organisation(objects), world.listed(), Clock(NOW), rule=chosen))
    movers, runs = world.movers(), count()

    def check(prediction, names_of_movers):
        for name in names_of_movers:
            seen = world.restored(movers[name], chosen.decisions, found.question.organisation.sources,
                                  prediction.destination, f"{next(runs)}")  # fmt: skip
            assert seen == what_happens(prediction, names), f"{name}: {prediction}"

    for prediction in found.predictions:
        check(prediction, movers)
    # What is suggested is predicted again, and restored, too; it reaches the history that it promises.
    for one, wanted in suggested(found)[:MOST_SUGGESTIONS]:
        question = replace(found.question, organisation=Organisation([*found.question.organisation.sources, one]))
        (again,) = audit(question).predictions
        assert again.asked == wanted
        check(again, ["reference"])


def what_happens(prediction, names):
    """Return how a restore ends: with the name of a snapshot, or why there is none."""
    without = {Outcome.NOTHING_FOUND: "fails", Outcome.TOO_FEW: "fails", Outcome.REFUSED: "refused"}
    return without.get(prediction.outcome) or names[prediction.snapshot.record.id]


def suggested(found):
    """Return each destination that the audit suggests, with what it must request."""
    changed = [
        (replace(prediction.destination, manifest=with_fields(prediction.destination.manifest, near.fields)), near)
        for prediction in found.predictions
        for near in prediction.near
        if near.fields
    ]
    new = [(replace(one.owner, manifest=one.manifest), one) for one in found.orphans if one.owner and one.manifest]
    return [(one, of.history.asked) for one, of in (*new[:1], *changed, *new[1:])]


@pytest.fixture
def files(tmp_path):
    """Write a manifest, and return the arguments that name it."""
    (tmp_path / "apps.yaml").write_text(yaml.dump_all([source("orders").manifest, destination("orders").manifest]))
    return ["--manifests", str(tmp_path / "apps.yaml"), "--out", str(tmp_path / "out")]


def a_user(world, policy):
    """Create a user with a policy, and return its credentials."""
    credentials = random_credentials()
    world.admin.user_add(credentials.access_key, credentials.secret_key)
    world.admin.policy_add(credentials.access_key, policy=policy)
    world.admin.attach_policy([credentials.access_key], user=credentials.access_key)
    return credentials


def run(world, monkeypatch, capsys, credentials, *arguments, password=PASSWORD):
    monkeypatch.setenv("KOPIA_PASSWORD", password)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", credentials.secret_key)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    status = main([*arguments, "--kopia", str(world.kopia), "--now", NOW.isoformat()])
    output = capsys.readouterr()
    assert not password or password not in output.out + output.err
    assert PASSWORD not in output.out + output.err
    assert credentials.secret_key not in output.out + output.err
    return status, output


def test_read_only_credentials_are_enough_and_nothing_is_written(world, files, monkeypatch, capsys):
    world.write(Snap("one", "orders", "shop", "/data", 60))
    reader = a_user(world, READS)
    before = world.objects()
    at = ["--repository", f"s3://{world.bucket}/apps", "--endpoint", f"http://{world.endpoint}"]
    status, output = run(world, monkeypatch, capsys, reader, *files, *at)
    assert (status, "restores" in output.out) == (0, True), output
    assert world.objects() == before
    access = RepositoryAccess(PASSWORD, reader.access_key, reader.secret_key)
    client = KopiaClient(world.kopia, world.folder / "w", world.folder / "w-cache", access, lambda call: None)
    assert client.connect(world.address, ADMIN).exit_code == 0
    assert client.snapshot(world.folder / "content" / "one", "/x").exit_code != 0, "the policy forbids writing"


def test_a_store_that_forbids_listing_a_wrong_password_and_no_repository_are_one_line(
    world, files, monkeypatch, capsys
):
    statement = {**READS["Statement"][0], "Action": ["s3:GetObject", "s3:GetBucketLocation"]}
    blind = a_user(world, {**READS, "Statement": [statement]})
    reader = a_user(world, READS)
    at = ["--repository", f"s3://{world.bucket}/apps", "--endpoint", f"http://{world.endpoint}"]
    elsewhere = ["--repository", f"s3://{world.bucket}/other", "--endpoint", f"http://{world.endpoint}"]
    missing = ["--repository", "s3://no-such-bucket", "--endpoint", f"http://{world.endpoint}"]
    nowhere = ["--repository", "s3://bucket", "--endpoint", "http://127.0.0.1:1"]
    for status, said, ended in (
        (4, "no permission to list its objects (AccessDenied)", run(world, monkeypatch, capsys, blind, *files, *at)),
        (4, "the password does not open", run(world, monkeypatch, capsys, reader, *files, *at, password="another")),
        (4, "no kopia repository there", run(world, monkeypatch, capsys, reader, *files, *elsewhere)),
        (4, "no such bucket", run(world, monkeypatch, capsys, reader, *files, *missing)),
        (3, "no S3 store answers", run(world, monkeypatch, capsys, reader, *files, *nowhere)),
    ):
        assert (ended[0], said in ended[1].err, ended[1].err.count("\n")) == (status, True, 1), ended[1].err


def test_a_repository_in_a_folder_and_a_configuration_are_only_read(world, files, monkeypatch, capsys, tmp_path):
    place, config = tmp_path / "repository", tmp_path / "kopia"
    place.mkdir()
    client = KopiaClient(world.kopia, config, tmp_path / "cache", world.access, lambda call: None)
    require(client.run("repository", "create", "filesystem", f"--path={place}",
                       "--override-username=orders", "--override-hostname=shop"), "create")  # fmt: skip
    content = tmp_path / "volume"
    content.mkdir()
    require(client.snapshot(content, "/data"), "write")
    shutil.rmtree(config / "logs", ignore_errors=True)

    def contents():
        found = [file for folder in (place, config) for file in folder.rglob("*") if file.is_file()]
        return {str(file): (file.stat().st_mtime_ns, file.read_bytes()) for file in found}

    file = str(config / "repository.config")
    before = contents()
    for arguments in (["--repository", f"filesystem://{place}"], ["--config", file]):
        status, output = run(world, monkeypatch, capsys, random_credentials(), *files, *arguments)
        assert (status, "restores" in output.out) == (0, True), output
    assert contents() == before
    status, output = run(world, monkeypatch, capsys, random_credentials(), *files, "--config", file, password="another")
    assert (status, "the password does not open this repository" in output.err) == (4, True), output
    status, output = run(world, monkeypatch, capsys, random_credentials(), *files, "--config", file, password="")
    assert (status, "kopia stored no password beside it" in output.err) == (4, True), output


def test_the_password_that_kopia_stored_beside_its_configuration_opens_the_repository(
    world, files, monkeypatch, capsys, tmp_path
):
    place, config = tmp_path / "repository", tmp_path / "their.config"
    place.mkdir()
    env = {"HOME": str(tmp_path), "KOPIA_PASSWORD": PASSWORD, "KOPIA_CHECK_FOR_UPDATES": "false"}
    command = [world.kopia, f"--config-file={config}", "repository", "create", "filesystem", f"--path={place}"]
    subprocess.run([*command, "--persist-credentials", "--no-use-keyring"], env=env, check=True, capture_output=True)
    before = {file: file.read_bytes() for file in tmp_path.rglob("their.config*")}
    status, output = run(world, monkeypatch, capsys, random_credentials(), *files, "--config", str(config), password="")
    assert (status, "0 snapshots" in output.out) == (1, True), output
    assert {file: file.read_bytes() for file in tmp_path.rglob("their.config*")} == before
    shutil.rmtree(place)
    status, output = run(world, monkeypatch, capsys, random_credentials(), *files, "--config", str(config), password="")
    assert (status, "no kopia repository there" in output.err, output.err.count("\n")) == (4, True, 1), output


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """Start an API server that serves the kinds of the operator; return its client and its kubeconfig."""
    marker = f"audit-{os.getpid()}-{tmp_path.name}"
    monkeypatch.setenv(RUN_MARKER, marker)
    reaper = Reaper(marker)
    started = api_server.start(tmp_path / "api", reaper, os.environ, print)
    api = Api(started.kubeconfig)
    install_crds(api, (MOVER.parents[1] / "operator" / "crds" / "validated",), CreatedObjects(tmp_path / "made"))
    yield api, started.kubeconfig
    reaper.close()


def test_the_objects_of_a_live_cluster_are_read(cluster, tmp_path, capsys):
    api, kubeconfig = cluster
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
    values = {"KOPIA_REPOSITORY": "s3://bucket", "KOPIA_PASSWORD": "a-password-of-a-cluster"}
    for one in (source("orders"), destination("orders"), destination("restore", sourceName="orders")):
        api.create(complete(one.manifest).manifest)
    api.create(repository_secret("shop", "r", values))
    (tmp_path / "list.json").write_text(json.dumps([entry("orders", at=1)]))
    arguments = ["--kubeconfig", str(kubeconfig), "--snapshots", str(tmp_path / "list.json"), "--now", NOW.isoformat()]
    status = main([*arguments, "--out", str(tmp_path / "out")])
    output = capsys.readouterr()
    report = json.loads((tmp_path / "out" / "audit.json").read_text())
    assert status == 0, output
    assert [one["outcome"] for one in report["destinations"]] == ["restores", "restores"]
    assert report["read"]["used"] == {"ReplicationDestination": 2, "ReplicationSource": 1, "Secret": 1}
    assert "a-password-of-a-cluster" not in output.out + output.err + (tmp_path / "out" / "index.html").read_text()


@pytest.fixture
def auditor(cluster, tmp_path):
    """Return the kubeconfig of an account that may list sources and destinations, and nothing else."""
    _, kubeconfig = cluster
    config = yaml.safe_load(kubeconfig.read_text())
    server, user = config["clusters"][0]["cluster"]["server"], config["users"][0]["user"]

    def post(path, **body):
        headers = {"Authorization": f"Bearer {user['token']}"}
        return httpx2.post(f"{server}/{path}", json=body, headers=headers, verify=False).raise_for_status().json()

    rules = [{"apiGroups": ["volsync.backube"], "resources": ["*"], "verbs": ["list"]}]
    subject = {"kind": "ServiceAccount", "name": "auditor", "namespace": "shop"}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "auditor"}
    of_rbac, of_shop, metadata = "apis/rbac.authorization.k8s.io/v1", "api/v1/namespaces/shop", {"name": "auditor"}
    post("api/v1/namespaces", metadata={"name": "shop"})
    post(f"{of_shop}/serviceaccounts", metadata=metadata)
    post(f"{of_rbac}/clusterroles", metadata=metadata, rules=rules)
    post(f"{of_rbac}/clusterrolebindings", metadata=metadata, subjects=[subject], roleRef=role)
    token = post(f"{of_shop}/serviceaccounts/auditor/token", spec={})["status"]["token"]
    user["token"] = token
    (tmp_path / "auditor").write_text(yaml.safe_dump(config))
    return tmp_path / "auditor"


def test_a_cluster_that_refuses_secrets_is_audited_and_says_so_once(cluster, auditor, tmp_path, capsys):
    api, _ = cluster
    for one in (source("orders"), destination("orders"), source("mail", repository="q")):
        api.create(complete(one.manifest).manifest)
    (tmp_path / "list.json").write_text(json.dumps([entry("orders", at=1), entry("mail", at=1)]))
    arguments = ["--kubeconfig", str(auditor), "--snapshots", str(tmp_path / "list.json"), "--now", NOW.isoformat()]
    status = main([*arguments, "--out", str(tmp_path / "out")])
    output = capsys.readouterr()
    assert (status, "1 destination:\n  · shop/orders  restores" in output.out) == (0, True), output
    said = [line for line in output.out.splitlines() if "Secrets cannot be read" in line]
    assert len(said) == 1
    assert "2 of 2 repository Secrets cannot be read, such as shop/q" in said[0]
    assert "forbidden" in said[0]


def test_an_interrupted_audit_leaves_nothing_behind(files, tmp_path):
    slow = tmp_path / "kopia"
    slow.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo 0.23.1 build: x from: && exit\necho $$ > $0.pid\nsleep 300\n'
    )
    slow.chmod(0o755)
    env = {**os.environ, "KOPIA_PASSWORD": "a-password", "TMPDIR": str(tmp_path / "tmp")}
    (tmp_path / "tmp").mkdir()
    command = [sys.executable, "-m", "harness.cli.audit", *files, "--repository", str(tmp_path), "--kopia", str(slow)]
    process = subprocess.Popen(command, cwd=PROJECT, env=env, stderr=subprocess.PIPE, text=True)
    pid = Path(f"{slow}.pid")
    assert wait_until(lambda: pid.exists() and pid.read_text().strip(), 30)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said.splitlines()[-1]) == (2, "audit: interrupted: nothing was written")
    assert not Path("/proc", pid.read_text().strip()).exists()
    assert list((tmp_path / "tmp").iterdir()) == []
