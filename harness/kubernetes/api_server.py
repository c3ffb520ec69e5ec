"""Start etcd and kube-apiserver as two processes on 127.0.0.1, or use an API server that exists already.

All files are in the folder of the run and are removed with it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2
import trustme
import yaml
from Crypto.PublicKey import ECC

from harness.errors import HarnessError
from harness.storage.server import free_ports
from harness.system.http import local_client
from harness.system.limits import SUITE
from harness.system.process import REDACT, Process, spawn, tail
from harness.system.reaper import Reaper
from harness.system.wait import wait_until
from harness.toolchain import provision
from harness.toolchain.download import Progress

WITHOUT = "ServiceAccount,StorageObjectInUseProtection"
"""Admission plugins to disable: they add finalizers or need objects that only controllers of a cluster handle."""


@dataclass(frozen=True)
class ApiServer:
    """Hold how to reach an API server.

    Attributes:
        kubeconfig: The kubeconfig.
        certificates: Folder with the certificate and key that the log server of the kubelet uses.
        kubectl: The kubectl program.
        origin: Where the API server comes from, for messages.
        owned: False for an API server that existed before the run.  The run then removes each object that it created.
    """

    kubeconfig: Path
    certificates: Path
    kubectl: Path
    origin: str
    owned: bool = True


def start(folder: Path, reaper: Reaper, environment: Mapping[str, str], say: Progress) -> ApiServer:
    """Start etcd and kube-apiserver and wait until the API is ready.

    Args:
        folder: The folder for data, certificates and logs; it must not exist yet.
        reaper: Ends both processes with the run.
        environment: The variables that can name other programs.
        say: Takes messages about the progress of downloads.

    Returns:
        The connection to the API server.

    Raises:
        HarnessError: The API did not become ready; the message holds the end of both logs.
    """
    etcd, server, kubectl = (
        provision.kubernetes(name, environment, say) for name in ("etcd", "kube-apiserver", "kubectl")
    )
    folder.mkdir(mode=0o700)
    client, peer, port = free_ports(3)
    store = f"http://127.0.0.1:{client}"
    _start(
        [
            etcd.path, f"--data-dir={folder / 'etcd'}", "--unsafe-no-fsync", "--log-level=error",
            f"--listen-client-urls={store}", f"--advertise-client-urls={store}",
            f"--listen-peer-urls=http://127.0.0.1:{peer}",
        ],
        folder / "etcd.log",
        reaper,
    )  # fmt: skip
    token = secrets.token_urlsafe(24)
    REDACT.add([token])
    certificates = folder / "certificates"
    process = _start(
        [
            server.path, f"--etcd-servers={store}", "--service-cluster-ip-range=10.0.0.0/24",
            "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", f"--secure-port={port}",
            f"--cert-dir={certificates}", "--service-account-issuer=https://conformance.local",
            f"--service-account-key-file={_key(folder)}", f"--service-account-signing-key-file={_key(folder)}",
            "--authorization-mode=RBAC", f"--token-auth-file={_tokens(folder, token)}",
            f"--disable-admission-plugins={WITHOUT}", "--allow-privileged=true", "--endpoint-reconciler-type=none",
            "--max-requests-inflight=0", "--enable-priority-and-fairness=false",
        ],
        folder / "kube-apiserver.log",
        reaper,
    )  # fmt: skip
    _await_ready(f"https://127.0.0.1:{port}", token, process, folder)
    kubeconfig = _kubeconfig(folder, port, token)
    return ApiServer(kubeconfig, certificates, kubectl.path, f"kube-apiserver ({server.origin})")


def existing(kubeconfig: Path, folder: Path, environment: Mapping[str, str], say: Progress) -> ApiServer:
    """Return the connection to an API server that exists already.

    If the harness is the kubelet, that API server must be able to reach 127.0.0.1 of this machine: the log server of
    the kubelet listens there.
    """
    kubectl = provision.kubernetes("kubectl", environment, say)
    certificates = folder / "certificates"
    certificates.mkdir(parents=True, mode=0o700)
    certificate = trustme.CA().issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(certificates / "apiserver.key")
    for number, blob in enumerate(certificate.cert_chain_pems):
        blob.write_to_path(certificates / "apiserver.crt", append=number > 0)
    return ApiServer(kubeconfig, certificates, kubectl.path, f"the API of {kubeconfig}", owned=False)


def _start(command: Sequence[str | Path], log: Path, reaper: Reaper) -> Process:
    process = spawn(command, env={"PATH": os.defpath, "HOME": str(log.parent)}, output=log)
    reaper.guard("process", process.pid)
    return process


def _await_ready(url: str, token: str, process: Process, folder: Path) -> None:
    with local_client(SUITE.health_s) as client:

        def is_ready() -> bool:
            try:
                return client.get(f"{url}/readyz", headers={"Authorization": f"Bearer {token}"}).is_success
            except httpx2.HTTPError:
                # The server does not listen yet.
                return False

        if wait_until(is_ready, SUITE.api_start_s, give_up=lambda: not process.is_running):
            return
    logs = "\n".join(
        tail((folder / name).read_text(errors="replace"), 5) for name in ("etcd.log", "kube-apiserver.log")
    )
    raise HarnessError(f"kube-apiserver did not become ready: {REDACT(logs)}")


def _key(folder: Path) -> Path:
    """Return the file of the key that signs service account tokens; kube-apiserver requires one."""
    file = folder / "service-account.key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(ECC.generate(curve="P-256").export_key(format="PEM", use_pkcs8=False), encoding="utf-8")
    return file


def _tokens(folder: Path, token: str) -> Path:
    file = folder / "tokens.csv"
    file.touch(mode=0o600)
    file.write_text(f'{token},conformance,conformance,"system:masters"\n', encoding="utf-8")
    return file


def _kubeconfig(folder: Path, port: int, token: str) -> Path:
    file = folder / "kubeconfig"
    file.touch(mode=0o600)
    cluster = {"server": f"https://127.0.0.1:{port}", "insecure-skip-tls-verify": True}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "conformance",
        "clusters": [{"name": "conformance", "cluster": cluster}],
        "users": [{"name": "conformance", "user": {"token": token}}],
        "contexts": [{"name": "conformance", "context": {"cluster": "conformance", "user": "conformance"}}],
    }
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    return file
