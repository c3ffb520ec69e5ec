"""Packs the independent mover as an image, from scratch: its scripts, kopia, and programs of this machine."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import docker

from harness.toolchain import provision

MOVERS = Path(__file__).parent
TAG = "volsync-kopia-conformance/plain-mover:test"
SHELL = ("bash", "sh", "dirname", "env")
BY_TESTS = ("cat", "ls", "sleep", "tar", "yes")
DOCKERFILE = b'FROM scratch\nADD root.tar /\nENV PATH=/usr/bin:/bin\nENTRYPOINT ["/mover-kopia/entry.sh"]\n'


def pack() -> str:
    """Builds the image; returns its tag."""
    kopia = provision.kopia("0.23.1", {}, print).path
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as outer:
        _add(outer, "Dockerfile", DOCKERFILE)
        _add(outer, "root.tar", _root(kopia))
    context.seek(0)
    docker.from_env().images.build(fileobj=context, custom_context=True, tag=TAG, rm=True, forcerm=True)
    return TAG


def _root(kopia: Path) -> bytes:
    root = io.BytesIO()
    with tarfile.open(fileobj=root, mode="w", dereference=True) as tar:
        programs = [_program(name) for name in sorted({*SHELL, *BY_TESTS, *_by_mover()} - {"kopia"})]
        for program in programs:
            tar.add(program, f"usr/bin/{program.name}")
        for library in sorted({library for program in programs for library in _libraries(program)}):
            tar.add(library, library.lstrip("/"))
        _link(tar, "bin", "usr/bin")
        tar.add(kopia, "usr/bin/kopia")
        for name in ("entry.sh", "mover.sh"):
            tar.add(MOVERS / name, f"mover-kopia/{name}", filter=_executable)
        for folder, mode in (("data", 0o777), ("cache", 0o777), ("restore/data", 0o777), ("tmp", 0o1777)):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, mode
            tar.addfile(entry)
    return root.getvalue()


def _by_mover() -> list[str]:
    """Returns the programs that mover.sh says it needs."""
    listed = re.search(r"^programs=\((.*?)\)", (MOVERS / "mover.sh").read_text(), re.MULTILINE)
    assert listed, "tests/movers/mover.sh has no line programs=(...)"
    return listed.group(1).split()


def _program(name: str) -> Path:
    found = shutil.which(name)
    assert found, f"{name} is not on this machine: the image of the independent mover needs it"
    return Path(found)


def _libraries(program: Path) -> list[str]:
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    return re.findall(r"(/\S+\.so\S*)", listed)


def _executable(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.mode = 0o755
    return entry


def _link(tar: tarfile.TarFile, name: str, target: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = tarfile.SYMTYPE, target
    tar.addfile(entry)


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))
