"""etcd, kube-apiserver, controllers, scheduler, kubelet and containerd as processes of this machine.

The images come from the local engine; volumes are folders, made for each claim that waits for one.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
import time
from pathlib import Path
from typing import Any

import docker
import trustme
import yaml

from harness.kubernetes.api import Api
from harness.kubernetes.informer import Informer
from harness.storage.server import free_port, free_ports
from harness.toolchain import provision
from tests.movers import pack

PAUSE = "volsync-kopia-conformance/pause:test"
PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kubectl")
TOKEN = "of-the-test-cluster"
READY_WITHIN_S = 60.0
GONE_WITHIN_S = 30.0
CONTROLLERS = (
    "job-controller",
    "garbage-collector-controller",
    "persistentvolume-binder-controller",
    "persistentvolumeclaim-protection-controller",
    "persistentvolume-protection-controller",
    "namespace-controller",
)


class Node:
    """The cluster; ``image`` is that of the independent mover, which also looks into volumes."""

    def __init__(self, folder: Path, address: str) -> None:
        """``address`` is one of this machine that is not loopback: a node has to have one."""
        self.folder = folder
        self.kubeconfig = folder / "kubeconfig"
        self._address = address
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._provisioned: set[str] = set()
        self.image = pack.pack()
        self._tools = {name: str(provision.kubernetes(name, {}, print).path) for name in PROGRAMS}

    def start(self) -> None:
        """Starts everything and waits until the node is ready."""
        self._start_api()
        self._start_containerd()
        self._import_images()
        self._start_kubelet()
        plain = ["--kubeconfig", str(self.kubeconfig), "--leader-elect=false", "--secure-port=0"]
        self._run("kube-scheduler", *plain)
        self._run("kube-controller-manager", *plain, f"--controllers={','.join(CONTROLLERS)}")
        self._wait(lambda: "True" in self.kubectl("get", "nodes", "-o", READY), READY_WITHIN_S, "the node is not ready")
        Informer(Api(self.kubeconfig), ("PersistentVolumeClaim",), self._provision_volume)

    def stop(self) -> None:
        """Ends it all at once; containers go before their runtime, or they would outlive it."""
        try:
            for name in ("kubelet", "kube-controller-manager", "kube-scheduler"):
                self._kill(name)
            for task in self._ctr("tasks", "ls", "-q").split():
                self._ctr("tasks", "rm", "-f", task)
            self._wait(lambda: not self._ctr("tasks", "ls", "-q").strip(), GONE_WITHIN_S, "containers are left")
        finally:
            for name in list(self._processes):
                self._kill(name)
            mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
            for mount in sorted((one for one in mounts if one.startswith(str(self.folder))), reverse=True):
                subprocess.run(["umount", "-l", mount], check=False)
            shutil.rmtree(self.folder, ignore_errors=True)

    def kubectl(self, *args: str, given: str = "") -> str:
        done = subprocess.run(
            [self._tools["kubectl"], f"--kubeconfig={self.kubeconfig}", *args],
            input=given, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        return done.stdout

    # --- inside

    def _start_api(self) -> None:
        client, peer, port = free_ports(3)
        store, certificates = f"http://127.0.0.1:{client}", self.folder / "certificates"
        certificates.mkdir(parents=True)
        self._run(
            "etcd", f"--data-dir={self.folder / 'etcd'}", "--unsafe-no-fsync", f"--listen-client-urls={store}",
            f"--advertise-client-urls={store}", f"--listen-peer-urls=http://127.0.0.1:{peer}",
        )  # fmt: skip
        (self.folder / "tokens.csv").write_text(f'{TOKEN},test,test,"system:masters"\n')
        of_client = trustme.CA().issue_cert("kubelet-client")
        of_client.private_key_and_cert_chain_pem.write_to_path(certificates / "client.pem")
        key = certificates / "accounts.pem"
        trustme.CA(key_type=trustme.KeyType.RSA).private_key_pem.write_to_path(key)
        self._run(
            "kube-apiserver", f"--etcd-servers={store}", "--service-cluster-ip-range=10.0.0.0/24",
            "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", f"--secure-port={port}",
            f"--cert-dir={certificates}", "--service-account-issuer=https://cluster.test",
            f"--service-account-key-file={key}", f"--service-account-signing-key-file={key}",
            "--authorization-mode=RBAC", f"--token-auth-file={self.folder / 'tokens.csv'}",
            "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition", "--allow-privileged=true",
            "--endpoint-reconciler-type=none", "--kubelet-preferred-address-types=InternalIP",
            f"--kubelet-client-certificate={certificates / 'client.pem'}",
            f"--kubelet-client-key={certificates / 'client.pem'}",
        )  # fmt: skip
        cluster = {"server": f"https://127.0.0.1:{port}", "insecure-skip-tls-verify": True}
        self.kubeconfig.write_text(
            yaml.safe_dump(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "current-context": "test",
                    "clusters": [{"name": "test", "cluster": cluster}],
                    "users": [{"name": "test", "user": {"token": TOKEN}}],
                    "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
                }
            )
        )
        self._wait(lambda: self.kubectl("get", "--raw", "/readyz") == "ok", READY_WITHIN_S, "the API is not ready")

    def _start_containerd(self) -> None:
        networks, plugins = self.folder / "cni", self.folder / "plugins"
        networks.mkdir()
        plugins.mkdir()
        for name in ("loopback", "least"):
            shutil.copy(Path(__file__).with_name("cni.sh"), plugins / name)
        (networks / "least.conflist").write_text(
            json.dumps({"cniVersion": "0.4.0", "name": "least", "plugins": [{"type": "least"}]})
        )
        config = self.folder / "containerd.toml"
        config.write_text(
            f"""
version = 2
root = "{self.folder / "containerd"}"
state = "{self.folder / "state"}"
[grpc]
  address = "{self._socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "docker.io/{PAUSE}"
  stream_server_address = "127.0.0.1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{plugins}"
    conf_dir = "{networks}"
"""
        )
        self._run("containerd", "--config", str(config))
        self._wait(lambda: self._socket.exists() and self._ctr("version"), READY_WITHIN_S, "containerd is not ready")

    def _import_images(self) -> None:
        context = io.BytesIO()
        with tarfile.open(fileobj=context, mode="w") as tar:
            lines = f'FROM {self.image}\nENTRYPOINT ["/usr/bin/sleep", "infinity"]\n'.encode()
            entry = tarfile.TarInfo("Dockerfile")
            entry.size = len(lines)
            tar.addfile(entry, io.BytesIO(lines))
        context.seek(0)
        docker.from_env().images.build(fileobj=context, custom_context=True, tag=PAUSE, rm=True, forcerm=True)
        archive = self.folder / "images.tar"
        subprocess.run(["docker", "save", "-o", archive, self.image, PAUSE], check=True)
        self._ctr("images", "import", str(archive))

    def _start_kubelet(self) -> None:
        root, config = self.folder / "kubelet", self.folder / "kubelet.yaml"
        root.mkdir()
        config.write_text(
            yaml.safe_dump(
                {
                    "apiVersion": "kubelet.config.k8s.io/v1beta1",
                    "kind": "KubeletConfiguration",
                    "address": self._address,
                    "port": free_port(),
                    "healthzPort": 0,
                    "readOnlyPort": 0,
                    "failSwapOn": False,
                    "failCgroupV1": False,
                    "cgroupDriver": "cgroupfs",
                    "cgroupsPerQOS": False,
                    "enforceNodeAllocatable": [],
                    "containerRuntimeEndpoint": f"unix://{self._socket}",
                    "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}},
                    "authorization": {"mode": "AlwaysAllow"},
                    "evictionHard": {"memory.available": "1Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
                    "imageGCHighThresholdPercent": 100,
                    "syncFrequency": "10s",
                }
            )
        )
        self._run(
            "kubelet", f"--config={config}", f"--kubeconfig={self.kubeconfig}", f"--root-dir={root}",
            "--hostname-override=node", f"--node-ip={self._address}", f"--cert-dir={root / 'pki'}",
        )  # fmt: skip

    def _provision_volume(self, event: str, kind: str, claim: dict[str, Any]) -> None:
        """The part of a storage provisioner: a folder for each claim that waits for one."""
        uid = claim["metadata"]["uid"]
        if event != "DELETED" and uid not in self._provisioned and claim.get("status", {}).get("phase") == "Pending":
            self._provisioned.add(uid)
            self.kubectl("create", "-f", "-", given=json.dumps(self._volume_for(claim)))

    def _volume_for(self, claim: dict[str, Any]) -> dict[str, Any]:
        metadata, spec = claim["metadata"], claim["spec"]
        folder = self.folder / "volumes" / metadata["uid"]
        folder.mkdir(parents=True)
        return {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": metadata["uid"]},
            "spec": {
                "capacity": spec["resources"]["requests"],
                "accessModes": spec["accessModes"],
                "persistentVolumeReclaimPolicy": "Retain",
                "claimRef": {
                    "apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": metadata["name"],
                    "namespace": metadata["namespace"], "uid": metadata["uid"],
                },
                "hostPath": {"path": str(folder)},
            },
        }  # fmt: skip

    @property
    def _socket(self) -> Path:
        return self.folder / "containerd.sock"

    def _ctr(self, *args: str) -> str:
        done = subprocess.run(
            ["ctr", "-a", str(self._socket), "-n", "k8s.io", *args], capture_output=True, text=True, check=False
        )
        return done.stdout

    def _run(self, name: str, *args: str) -> None:
        with (self.folder / f"{name}.log").open("wb") as output:
            self._processes[name] = subprocess.Popen(
                [self._tools.get(name, name), *args],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={"PATH": os.environ["PATH"], "HOME": str(self.folder)},
            )

    def _kill(self, name: str) -> None:
        process = self._processes.pop(name, None)
        if process is not None:
            process.kill()
            process.wait()

    def _wait(self, condition: Any, seconds: float, problem: str) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                logs = "\n".join(f"{log.name}: {log.read_text()[-600:]}" for log in sorted(self.folder.glob("*.log")))
                raise AssertionError(f"{problem} within {seconds:g} s\n{logs}")
            time.sleep(0.1)


READY = 'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}'
