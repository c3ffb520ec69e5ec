"""Run a mover and record the command line of every process that it starts.

Usage: ``python -I -S tracer.py REPORT GRACE_S COMMAND...``, in the container or the namespaces of the mover.  The mover
runs with a seccomp filter.  The filter stops each execve and execveat until this program has read the arguments from
the memory of the caller.  So it misses no process, however short its life is.

REPORT gets one line of JSON for each process: ``{"argv": [...]}``, or ``{"blind": reason}`` if arguments cannot be
read.  The mover runs in both cases.  Other processes of the mover may run GRACE_S seconds longer than the mover.  The
exit status is that of the mover.
Source: seccomp_unotify(2), process_vm_readv(2), proc(5); Linux 5.5 or later.
"""

import ctypes
import errno
import fcntl
import json
import os
import platform
import select
import signal
import socket
import struct
import sys
import time

# The keys are the constants AUDIT_ARCH_* of <linux/audit.h>.
X32 = 0x40000000
EXECS = {
    0xC000003E: ({59: 1, 322: 2, X32 | 520: 1, X32 | 545: 2}, 8),  # x86_64, and x32
    0x40000003: ({11: 1, 358: 2}, 4),  # i386
    0xC00000B7: ({221: 1, 281: 2}, 8),  # aarch64
    0x40000028: ({11: 1, 387: 2}, 4),  # arm
    0xC00000F3: ({221: 1, 281: 2}, 8),  # riscv64
    0x80000016: ({11: 1, 354: 2}, 8),  # s390x
}
"""For each architecture: call number -> position of the argument list in the call; and the pointer size in bytes."""

SECCOMP = {"x86_64": 317, "aarch64": 277, "riscv64": 277, "s390x": 348}
SET_MODE_FILTER, NEW_LISTENER = 1, 8
RET_ALLOW, RET_USER_NOTIF = 0x7FFF0000, 0x7FC00000
LOAD, IF_EQUAL, RETURN = 0x20, 0x15, 0x06
NR_AT, ARCH_AT = 0, 4
RECEIVE, SEND, IS_VALID = 0xC0502100, 0xC0182101, 0x40082102
NOTIFICATION, RESPONSE = struct.Struct("=QIIiIQ6Q"), struct.Struct("=QqiI")
CONTINUE = 1
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 36, 38

PAGE_BYTES = 4096
MAX_ARGUMENTS_BYTES = 8 << 20
"""More than the limit of Linux for arguments."""

CANNOT_START = 127
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.argtypes = [ctypes.c_long, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_void_p]
LIBC.syscall.restype = ctypes.c_long
LIBC.prctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong]
LIBC.process_vm_readv.argtypes = [
    ctypes.c_int, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong
]  # fmt: skip
LIBC.process_vm_readv.restype = ctypes.c_ssize_t


def main(argv: list[str]) -> int:
    """Run the mover and return its exit status."""
    report = os.open(argv[0], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    ours, theirs = socket.socketpair()
    woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    mover = os.fork()
    if mover == 0:
        ours.close()
        _become(argv[2:], theirs)
    theirs.close()
    signal.signal(signal.SIGTERM, lambda *_: _signal(mover, signal.SIGTERM))
    return _watch(_listener(ours, report), woken, mover, float(argv[1]), report)


# --- the mover's side


def _become(command: list[str], parent: socket.socket) -> None:
    """Replace this process by the mover, with the filter; send the listener or an error to the parent."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.setsid()
    try:
        listener = _filter()
        socket.send_fds(parent, [b" "], [listener])
        os.close(listener)
    except OSError as error:
        parent.send(f" {error.strerror}".encode())
    parent.close()
    # Read the original environment: in a C locale, Python changes its copy.
    with open("/proc/self/environ", "rb") as file:
        environment = dict(entry.split(b"=", 1) for entry in file.read().split(b"\0") if b"=" in entry)
    try:
        os.execvpe(command[0], command, environment)
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
    os._exit(CANNOT_START)


def _filter() -> int:
    """Install the filter and return its listener, a descriptor that reports each later execve."""
    number = SECCOMP.get(platform.machine())
    if number is None:
        raise OSError(errno.ENOSYS, f"not on {platform.machine()}")
    program = _program()
    code = ctypes.create_string_buffer(program, len(program))

    class Filter(ctypes.Structure):
        _fields_ = [("len", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    whole = Filter(len(program) // 8, ctypes.cast(code, ctypes.c_void_p))
    arguments = (number, SET_MODE_FILTER, NEW_LISTENER, ctypes.byref(whole))
    listener = int(LIBC.syscall(*arguments))
    if listener < 0:
        # Without CAP_SYS_ADMIN, Linux allows a filter only if setuid programs give no further privileges.
        LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        listener = int(LIBC.syscall(*arguments))
    if listener < 0:
        failed = ctypes.get_errno()
        raise OSError(failed, f"seccomp: {os.strerror(failed)}")
    return listener


def _program() -> bytes:
    """Return the BPF program of the filter; its instructions are: code, jump if true, jump if false, value."""
    steps = [(LOAD, 0, 0, ARCH_AT)]
    for architecture, (calls, _) in EXECS.items():
        # Jump over the load of the number, the comparison and return of each call, and the final return.
        steps += [(IF_EQUAL, 0, 2 * len(calls) + 2, architecture), (LOAD, 0, 0, NR_AT)]
        for call in calls:
            steps += [(IF_EQUAL, 0, 1, call), (RETURN, 0, 0, RET_USER_NOTIF)]
        steps += [(RETURN, 0, 0, RET_ALLOW)]
    return b"".join(struct.pack("=HBBI", *step) for step in [*steps, (RETURN, 0, 0, RET_ALLOW)])


# --- the watcher's side


def _listener(child: socket.socket, report: int) -> int:
    """Return the listener that the child sends; -1 if it has none, with the reason in the report."""
    with child:
        said, handed, _, _ = socket.recv_fds(child, PAGE_BYTES, 1)
    if handed:
        return handed[0]
    _tell(report, blind=said.decode().strip() or "the filter could not be handed over")
    return -1


def _watch(listener: int, woken: int, mover: int, grace_s: float, report: int) -> int:
    """Answer the listener until the mover and its other processes have ended; return the exit status of the mover."""
    poll, status, deadline = select.poll(), None, 0.0
    poll.register(woken, select.POLLIN)
    if listener >= 0:
        poll.register(listener, select.POLLIN)
    while True:
        ended, left = _reap(mover)
        if ended is not None:
            status, deadline = ended, time.monotonic() + grace_s
        if status is not None and (not left or time.monotonic() >= deadline):
            return status
        wait_ms = None if status is None else max(0.0, deadline - time.monotonic()) * 1000
        for descriptor, event in poll.poll(wait_ms):
            if descriptor == woken:
                os.read(woken, PAGE_BYTES)
            elif event & select.POLLIN:
                _answer(listener, report)
            else:
                poll.unregister(listener)


def _reap(mover: int) -> tuple[int | None, bool]:
    """Collect ended processes.

    Returns:
        The exit status of the mover if it has ended now, else None; and True if children still run.
    """
    status = None
    while True:
        try:
            pid, how = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return status, False
        if pid == 0:
            return status, True
        if pid == mover:
            code = os.waitstatus_to_exitcode(how)
            status = code if code >= 0 else 128 - code


def _answer(listener: int, report: int) -> None:
    """Record the command line of one process and let it continue."""
    asked = bytearray(NOTIFICATION.size)
    try:
        fcntl.ioctl(listener, RECEIVE, asked)
    except OSError:
        # The process was killed or got a signal. After a signal, it repeats the call.
        return
    number, pid, _, call, architecture, _, *arguments = NOTIFICATION.unpack(asked)
    calls, pointer_bytes = EXECS[architecture]
    seen: dict[str, object]
    try:
        seen = {"argv": _strings(pid, arguments[calls[call & 0xFFFFFFFF]], pointer_bytes)}
        fcntl.ioctl(listener, IS_VALID, struct.pack("=Q", number))
    except OSError as error:
        seen = {} if _gone(listener, number) else {"blind": f"the arguments of a process: {error.strerror}"}
    if seen:
        _tell(report, **seen)
    try:
        fcntl.ioctl(listener, SEND, RESPONSE.pack(number, 0, 0, CONTINUE))
    except OSError:
        return


def _gone(listener: int, number: int) -> bool:
    try:
        fcntl.ioctl(listener, IS_VALID, struct.pack("=Q", number))
    except OSError:
        return True
    return False


def _strings(pid: int, address: int, pointer_bytes: int) -> list[str]:
    """Return the argument list at an address in the memory of a process."""
    found: list[str] = []
    left_bytes = MAX_ARGUMENTS_BYTES
    while address and left_bytes > 0:
        pointer = int.from_bytes(_exactly(pid, address, pointer_bytes), sys.byteorder)
        if pointer == 0:
            return found
        text = _string(pid, pointer, left_bytes)
        found.append(text.decode("utf-8", errors="surrogateescape"))
        address += pointer_bytes
        left_bytes -= len(text) + pointer_bytes
    if not address:
        return found
    raise OSError(errno.E2BIG, os.strerror(errno.E2BIG))


def _string(pid: int, address: int, most_bytes: int) -> bytes:
    """Return the string at an address; read page by page, since the page after its end may not exist."""
    text = b""
    while len(text) <= most_bytes:
        piece = _read(pid, address, PAGE_BYTES - address % PAGE_BYTES)
        text += piece.partition(b"\0")[0]
        if b"\0" in piece:
            return text
        address += len(piece)
    raise OSError(errno.E2BIG, os.strerror(errno.E2BIG))


def _exactly(pid: int, address: int, size: int) -> bytes:
    text = b""
    while len(text) < size:
        text += _read(pid, address + len(text), size - len(text))
    return text


class _Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("bytes", ctypes.c_size_t)]


def _read(pid: int, address: int, size: int) -> bytes:
    """Return at least one byte and at most ``size`` bytes from the memory of a process."""
    target = ctypes.create_string_buffer(size)
    local, remote = _Vector(ctypes.addressof(target), size), _Vector(address, size)
    count = int(LIBC.process_vm_readv(pid, ctypes.byref(local), 1, ctypes.byref(remote), 1, 0))
    if count > 0:
        return target.raw[:count]
    failed = ctypes.get_errno()
    if failed not in (errno.ENOSYS, errno.EPERM):
        raise OSError(failed, os.strerror(failed))
    # Some containers forbid this call but allow to read the file.
    memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    try:
        return os.pread(memory, size, address)
    finally:
        os.close(memory)


def _tell(report: int, **what: object) -> None:
    os.write(report, json.dumps(what).encode() + b"\n")


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
