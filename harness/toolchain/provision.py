"""Provide the real binaries: named by the user, cached, downloaded, or built.

If one way fails, a message says why and what is tried next. Parallel runs wait for each other. A binary appears in the
cache only when it is complete.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from harness.errors import HarnessError, UsageError
from harness.toolchain.download import DownloadFailed, Progress, fetch
from harness.toolchain.go import GoBuild, build
from harness.toolchain.kopia_version import version_of
from harness.toolchain.pins import PROJECT, kopia_archive, kopia_versions, pins, release_platform

MIRROR_VARIABLE = "VOLSYNC_CONFORMANCE_KOPIA_MIRROR"
"""The environment variable with the URL of a folder that serves the released archives of kopia instead of GitHub."""

LOCK_SAY_EVERY_S = 10.0


@dataclass(frozen=True)
class Tool:
    """A usable binary: its path, its version, and how it was obtained."""

    path: Path
    version: str
    origin: str


def cache_folder() -> Path:
    """Return the per-user cache folder of this project. ``XDG_CACHE_HOME`` is respected."""
    return Path(platformdirs.user_cache_dir("volsync-kopia-conformance"))


def kopia(request: str | None, environment: Mapping[str, str], say: Progress) -> Tool:
    """Return the kopia to use.

    Args:
        request: A path, a pinned version, or None. None means ``KOPIA_BIN`` or else the default version.
        environment: The environment with ``KOPIA_BIN`` and the URL of a mirror.
        say: Called with each progress message.

    Raises:
        UsageError: The request is neither a path nor a pinned version, the file is not a kopia, or the request
            contradicts ``KOPIA_BIN``.
        HarnessError: The binary can be neither downloaded nor built.
    """
    named = environment.get("KOPIA_BIN")
    if request in kopia_versions():
        return (
            _named_kopia(named, "KOPIA_BIN", request) if named else _provisioned_kopia(str(request), environment, say)
        )
    if request is not None:
        if os.path.sep not in request and not Path(request).exists():
            versions = ", ".join(kopia_versions())
            raise UsageError(
                f"--kopia {request}: neither a file nor a pinned version; give a path or one of {versions}"
            )
        return _named_kopia(request, "--kopia", None)
    if named:
        return _named_kopia(named, "KOPIA_BIN", None)
    return _provisioned_kopia(str(pins()["kopia"]["default"]), environment, say)


def minio(say: Progress) -> Tool:
    """Return the MinIO server binary, from the cache or built from its Go module."""
    release, commit = pins()["minio"]["release"], pins()["minio"]["commit"]
    stamp = "github.com/minio/minio/cmd."
    what = GoBuild(
        name=f"MinIO {release}",
        module=PROJECT / "tools" / "minio",
        package="github.com/minio/minio",
        stamps={f"{stamp}Version": _minio_version(release), f"{stamp}ReleaseTag": release, f"{stamp}CommitID": commit},
        usually="3 min",
    )
    target = _cached("minio", release)
    origin = _once(target, lambda partial: f"built with {build(what, partial, cache_folder(), say)}", say)
    return Tool(target, release, origin)


def kubernetes(name: str, environment: Mapping[str, str], say: Progress) -> Tool:
    """Return ``etcd``, ``kube-apiserver`` or ``kubectl``: from ``KUBEBUILDER_ASSETS``, PATH, the cache, or built.

    Raises:
        UsageError: ``KUBEBUILDER_ASSETS`` is set but does not contain the binary.
        HarnessError: The binary cannot be built.
    """
    assets = environment.get("KUBEBUILDER_ASSETS")
    if assets:
        path = Path(assets) / name
        if not os.access(path, os.X_OK):
            raise UsageError(
                f"KUBEBUILDER_ASSETS={assets}: no executable {name} in this folder; run setup-envtest, or unset it"
            )
        return Tool(path, "", "KUBEBUILDER_ASSETS")
    found = shutil.which(name, path=environment.get("PATH"))
    if found:
        return Tool(Path(found), "", "PATH")
    version, what = _of_kubernetes(name)
    target = _cached(name, version)
    origin = _once(target, lambda partial: f"built with {build(what, partial, cache_folder(), say)}", say)
    return Tool(target, version, origin)


def _of_kubernetes(name: str) -> tuple[str, GoBuild]:
    if name == "etcd":
        version = str(pins()["kubernetes"]["etcd"])
        return version, GoBuild(f"etcd {version}", PROJECT / "tools" / "etcd", "go.etcd.io/etcd/server/v3", {}, "30 s")
    version = str(pins()["kubernetes"]["version"])
    major, minor, _ = version.split(".")
    stamp = "k8s.io/component-base/version.git"
    stamps = {f"{stamp}Version": f"v{version}", f"{stamp}Major": major, f"{stamp}Minor": minor}
    usually = "3 min" if name == "kube-apiserver" else "20 s"
    package = f"k8s.io/kubernetes/cmd/{name}"
    return version, GoBuild(f"{name} {version}", PROJECT / "tools" / "kubernetes", package, stamps, usually)


def _named_kopia(path: str, by: str, version: str | None) -> Tool:
    binary = Path(path).expanduser().absolute()
    if not (binary.is_file() and os.access(binary, os.X_OK)):
        raise UsageError(f"{by} {path}: not an executable file; give the path of a kopia binary")
    try:
        reported = version_of(binary)
    except HarnessError as error:
        raise UsageError(f"{by} {path}: not a kopia ({error}); give the path of a kopia binary") from None
    if reported is None:
        raise UsageError(f"{by} {path}: not a kopia (unexpected answer to --version); give the path of a kopia binary")
    if version and reported != version:
        raise UsageError(
            f"{by} {path}: the version is {reported}, but --kopia requests {version}; unset {by} or request {reported}"
        )
    return Tool(binary, reported, f"named by {by}")


def _provisioned_kopia(version: str, environment: Mapping[str, str], say: Progress) -> Tool:
    target = _cached("kopia", version)
    origin = _once(target, lambda partial: _make_kopia(version, partial, environment.get(MIRROR_VARIABLE), say), say)
    reported = version_of(target)
    if reported != version:
        raise HarnessError(f"{target} reports version {reported}, expected {version}; remove that file and run again")
    return Tool(target, version, origin)


def _make_kopia(version: str, partial: Path, mirror: str | None, say: Progress) -> str:
    archive = kopia_archive(version, mirror)
    if archive is None:
        say(f"no released kopia {version} is pinned for {release_platform()}: building it instead")
    else:
        try:
            say(f"downloading {archive.url}")
            fetch(archive, partial, say)
        except DownloadFailed as failure:
            say(f"no download of kopia: {failure}; building it from its Go module instead")
        else:
            return f"downloaded from {archive.url}"
    what = GoBuild(
        name=f"kopia {version}",
        module=PROJECT / "tools" / "kopia" / version,
        package="github.com/kopia/kopia",
        stamps={"github.com/kopia/kopia/repo.BuildVersion": version},
        usually="2 min",
    )
    return f"built with {build(what, partial, cache_folder(), say)}"


def _once(target: Path, make: Callable[[Path], str], say: Progress) -> str:
    """Make ``target`` unless it exists. Return its origin, which is stored in a file next to it."""
    note = target.with_name(target.name + ".origin")
    if target.exists() and note.exists():
        return f"cache, {note.read_text(encoding='utf-8')}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(target.with_name(target.name + ".lock"))
        _wait_for(lock, target, say)
    except OSError as error:
        raise HarnessError(
            f"the cache {target.parent} cannot be written: {error.strerror}; set XDG_CACHE_HOME"
        ) from None
    try:
        if target.exists() and note.exists():
            return f"cache, {note.read_text(encoding='utf-8')}"
        return _publish(target, note, make)
    finally:
        lock.release()


def _publish(target: Path, note: Path, make: Callable[[Path], str]) -> str:
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        origin = make(partial)
        note.write_text(origin, encoding="utf-8")
        partial.rename(target)
    except OSError as error:
        raise HarnessError(
            f"{target} cannot be written: {error.strerror}; free space there or set XDG_CACHE_HOME"
        ) from None
    finally:
        partial.unlink(missing_ok=True)
    return origin


def _wait_for(lock: FileLock, target: Path, say: Progress) -> None:
    while True:
        try:
            lock.acquire(timeout=LOCK_SAY_EVERY_S)
        except Timeout:
            say(f"another run is making {target.name}; waiting for it")
        else:
            return


def _cached(name: str, version: str) -> Path:
    return cache_folder() / release_platform() / f"{name}-{version}" / name


def _minio_version(release: str) -> str:
    date, clock = release.removeprefix("RELEASE.").split("T")
    return f"{date}T{clock.replace('-', ':')}"
