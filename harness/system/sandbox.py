"""Run one mover with its own ``/data``, ``/cache`` and ``/tmp``, as in its container, and end all its processes.

Usage: ``python -I -S sandbox.py SPEC``.  It is a separate program, because it changes the namespaces of its own
process.  SPEC is a JSON file with these keys:

- ``argv``: the command line of the mover.
- ``root``: an empty folder for the file system of the mover; null to use the file system of the caller.
- ``binds``: path inside -> folder or file outside.
- ``read_only``: the paths inside that cannot be written to.
- ``exposed``: folders that must stay visible although a bind hides them.
- ``cwd``: the working directory of the mover, or null.
- ``report``: a file that gets a message if processes had to be killed.

The mover gets the environment of this program.  The exit status is that of the mover.

``sandbox.py --probe FOLDER`` tests if namespaces can be created here.  If not, it prints the reason.
Source: unshare(2), mount(2), prctl(2); Linux only.
"""

import ctypes
import json
import os
import signal
import sys
import time

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID = 0x00020000, 0x10000000, 0x20000000
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 32, 4096, 16384, 1 << 18
KEPT_ON_REMOUNT = 2 | 4 | 8 | 1024 | 2048
"""nosuid, nodev, noexec, noatime and nodiratime; statvfs(2) and mount(2) use the same numbers."""

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
HIDDEN = ("data", "restore", "cache", "tmp")
CHILDREN_GRACE_S = 2.0
POLL_S = 0.02
CANNOT_START = 127


def main(argv: list[str]) -> int:
    """Run the mover or the probe, and return the exit status."""
    if argv[0] == "--probe":
        return _probe(argv[1])
    with open(argv[0], encoding="utf-8") as file:
        spec = json.load(file)
    report = os.open(spec["report"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    if spec["root"] is None:
        _prctl(PR_SET_CHILD_SUBREAPER, 1)
        return _supervise(spec["argv"], spec["cwd"], report)
    _enter()
    inner = os.fork()
    if inner == 0:
        # This is the first process of a process namespace: when it ends, the kernel ends all others in it.
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        _build(spec["root"], spec["binds"], spec["read_only"], spec["exposed"])
        os._exit(_supervise(spec["argv"], spec["cwd"], report))
    signal.signal(signal.SIGTERM, lambda *_: os.kill(inner, signal.SIGTERM))
    return _status(os.waitpid(inner, 0)[1])


def _supervise(argv: list[str], cwd: str | None, report: int) -> int:
    """Run the mover and wait for it; kill the processes that it leaves behind, and report them."""
    mover = os.fork()
    if mover == 0:
        os.close(report)
        os.setsid()
        try:
            if cwd is not None:
                os.chdir(cwd)
            os.execvp(argv[0], argv)
        except OSError as error:
            os.write(2, f"{argv[0]}: {error.strerror}\n".encode())
            os._exit(CANNOT_START)
    signal.signal(signal.SIGTERM, lambda *_: _signal(mover, signal.SIGTERM))
    status = _wait_for(mover)
    left = _await_children()
    if left:
        os.write(report, b"it left processes behind\n")
        for pid in left:
            _signal(pid, signal.SIGKILL)
    return _status(status)


def _wait_for(mover: int) -> int:
    """Wait for the mover and return its wait status; collect orphans that end before."""
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == mover:
            return status


def _await_children() -> list[int]:
    """Return the children that still run after the grace period; a log writer may need that time to end."""
    deadline = time.monotonic() + CHILDREN_GRACE_S
    while time.monotonic() < deadline:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(POLL_S)
        except ChildProcessError:
            return []
    return _children()


def _children() -> list[int]:
    with open(f"/proc/{os.getpid()}/task/{os.getpid()}/children", encoding="ascii") as file:
        return [int(pid) for pid in file.read().split()] or [-1]


def _enter() -> None:
    """Enter new namespaces for mounts and processes; without privileges, also one for users."""
    flags = CLONE_NEWNS | CLONE_NEWPID
    if os.geteuid() == 0:
        _call("unshare", flags)
    else:
        uid, gid = os.geteuid(), os.getegid()
        _call("unshare", flags | CLONE_NEWUSER)
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(text)
    _call("mount", b"none", b"/", None, MS_REC | MS_PRIVATE, None)


def _build(root: str, binds: dict[str, str], read_only: list[str], exposed: list[str]) -> None:
    """Build the file system of the mover below ``root`` and change to it."""
    for name in os.listdir("/"):
        source, target = f"/{name}", f"{root}/{name}"
        if name in HIDDEN:
            continue
        if os.path.islink(source):
            if not os.path.lexists(target):
                os.symlink(os.readlink(source), target)
        elif os.path.isdir(source):
            _bind(source, target)
    for inside in sorted(binds, key=lambda path: path.count("/")):
        _bind(binds[inside], root + inside)
    # Do this last: a mount below a read-only one needs to create its mount point there.
    for inside in read_only:
        flags = os.statvfs(root + inside).f_flag & KEPT_ON_REMOUNT
        _call("mount", None, (root + inside).encode(), None, MS_BIND | MS_REMOUNT | MS_RDONLY | flags, None)
    for folder in exposed:
        _bind(folder, root + folder)
    os.chroot(root)
    os.chdir("/")
    try:
        _call("mount", b"proc", b"/proc", b"proc", 0, None)
    except OSError:
        # If this is forbidden, the caller's /proc remains, where processes have other numbers.
        pass


def _bind(source: str, target: str) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600))
    _call("mount", source.encode(), target.encode(), None, MS_BIND | MS_REC, None)


def _probe(folder: str) -> int:
    try:
        _enter()
        if (pid := os.fork()) == 0:
            _bind(folder, folder)
            os._exit(0)
        return _status(os.waitpid(pid, 0)[1])
    except (OSError, AttributeError) as error:
        print(error)
        return 1


def _call(name: str, *args: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*args) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _prctl(option: int, value: int) -> None:
    try:
        _call("prctl", option, value, 0, 0, 0)
    except (OSError, AttributeError):
        # Not available on this system: the caller ends the remaining processes by their marker.
        pass


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def _status(wait_status: int) -> int:
    code = os.waitstatus_to_exitcode(wait_status)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
