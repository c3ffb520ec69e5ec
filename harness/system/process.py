"""Start and end every process of the suite, as the only module that imports subprocess; redact what leaves the suite.

``run`` is for a program that ends by itself, ``spawn`` for one that goes on or whose output is read as it comes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import IO, Any

from harness.errors import HarnessError, TimeLimitExceeded
from harness.system import secret_forms

RUN_MARKER = "VOLSYNC_CONFORMANCE_RUN"
"""Environment variable that every process of a run carries, so that the reaper finds it."""

LOG_TAIL_LINES = 15


@dataclass
class Redactor:
    """Replaces every secret it knows, in every form it can be read in, by ``***``."""

    secrets: set[str] = field(default_factory=set)

    def add(self, values: Iterable[str]) -> None:
        """Remembers secrets; values shorter than four characters would garble every text."""
        self.secrets.update(value for value in values if len(value) >= secret_forms.MIN_LENGTH)

    def __call__(self, text: str) -> str:
        """The text with ``***`` in place of every secret."""
        return secret_forms.hidden(text, self.secrets)

    def values(self, value: Any) -> Any:
        """The same with every text within a value as JSON has them; tuples become lists, as they do there."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, Mapping):
            return {self.values(key): self.values(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.values(inner) for inner in value]
        return value


REDACT = Redactor()
"""One for the whole process: a secret of one scenario is a secret everywhere."""


@dataclass(frozen=True)
class Completed:
    """One ended process; ``seconds`` is wall time.  Nothing of it is redacted: whatever writes it down does that."""

    args: tuple[str, ...]
    exit_code: int
    stdout: str
    stderr: str
    seconds: float
    stdout_bytes: bytes = field(default=b"", repr=False)

    @property
    def tail(self) -> str:
        """The last lines it wrote to stderr, or to stdout where that is empty."""
        return tail(self.stderr.strip() or self.stdout.strip())


@dataclass(frozen=True)
class Call:
    """What a measurement needs to know of one process, to run the very same again."""

    args: tuple[str, ...]
    env: Mapping[str, str] = field(repr=False)
    stdout: str = field(repr=False)
    exit_code: int
    seconds: float


def tail(text: str, lines: int = LOG_TAIL_LINES) -> str:
    """The end of a log."""
    return "\n".join(text.splitlines()[-lines:])


class Output(Enum):
    """Where a process writes to, if not to a file."""

    NOWHERE = "nowhere"
    MERGED = "stdout and stderr in one pipe"
    APART = "a pipe for stdout and one for stderr"
    STDOUT = "stdout in a pipe, stderr as the caller has it"


_STREAMS: Mapping[Output, tuple[int, int | None]] = {
    Output.NOWHERE: (subprocess.DEVNULL, subprocess.DEVNULL),
    Output.MERGED: (subprocess.PIPE, subprocess.STDOUT),
    Output.APART: (subprocess.PIPE, subprocess.PIPE),
    Output.STDOUT: (subprocess.PIPE, None),
}


class Process:
    """A process that goes on, with a process group of its own."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self._popen = popen

    @property
    def pid(self) -> int:
        """The number of the process, and of its group."""
        return self._popen.pid

    @property
    def stdin(self) -> IO[bytes]:
        """What it reads; only where it was started with ``takes_input``."""
        return _present(self._popen.stdin)

    @property
    def stdout(self) -> IO[bytes]:
        """What it writes; only where it was started with a pipe."""
        return _present(self._popen.stdout)

    @property
    def exit_code(self) -> int | None:
        """Its exit status (negative: the number of a signal), or None as long as it runs."""
        return self._popen.poll()

    @property
    def is_running(self) -> bool:
        """Return True if it has not ended."""
        return self.exit_code is None

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for its end, without a limit by default; return whether it ended."""
        try:
            self._popen.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process alone."""
        self._popen.send_signal(number)

    def end_group(self, grace_s: float = 0.0) -> None:
        """End the process and all of its group, and wait for the process.

        Args:
            grace_s: How long the process may take to end after SIGTERM; with 0 there is only SIGKILL.
        """
        if grace_s > 0:
            self._signal_group(signal.SIGTERM)
            self.wait(grace_s)
        self._signal_group(signal.SIGKILL)
        self._popen.wait()

    def communicate(self, given: bytes | None = None, timeout_s: float | None = None) -> tuple[int, bytes, bytes]:
        """Write and read all there is, and return exit status, stdout and stderr.

        Raises:
            TimeLimitExceeded: It has not ended; it is left as it is.
        """
        try:
            out, err = self._popen.communicate(given, timeout_s)
        except subprocess.TimeoutExpired:
            raise TimeLimitExceeded(f"{_in_words(self._popen.args)} did not end within {timeout_s:g} s") from None
        return self._popen.returncode, out or b"", err or b""

    def _signal_group(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            # None is left; macOS says so of a group of zombies with the second one.
            pass


def spawn(
    args: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    output: Output | Path = Output.NOWHERE,
    cwd: Path | None = None,
    takes_input: bool = False,
    marked: bool = True,
) -> Process:
    """Start a program in a session of its own and return it while it runs.

    Args:
        args: The program and its arguments.
        env: Its whole environment, but for the marker of the run.
        output: Where its output goes; a file is appended to.
        cwd: Its folder; by default that of the caller.
        takes_input: Whether stdin is a pipe; it is empty otherwise.
        marked: Whether it carries the marker of the run, so that the reaper ends it.

    Raises:
        HarnessError: It cannot be started.
    """
    words = tuple(str(arg) for arg in args)
    full_env = {**env, RUN_MARKER: os.environ.get(RUN_MARKER, "")} if marked else dict(env)
    stdin = subprocess.PIPE if takes_input else subprocess.DEVNULL
    try:
        if isinstance(output, Output):
            return Process(_popen(words, full_env, cwd, stdin, *_STREAMS[output]))
        with output.open("ab") as file:
            return Process(_popen(words, full_env, cwd, stdin, file.fileno(), subprocess.STDOUT))
    except OSError as error:
        raise HarnessError(f"cannot start {words[0]}: {error.strerror or error}") from None


def run(
    args: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    timeout_s: float,
    record: Callable[[Call], None] | None = None,
    cwd: Path | None = None,
    given: bytes | None = None,
) -> Completed:
    """Run a program to its end and return how it ended.

    Args:
        args: The program and its arguments.
        env: Its whole environment, but for the marker of the run.
        timeout_s: After this time its process group is killed.
        record: Told of the call where it ended by itself.
        cwd: Its folder; by default that of the caller.
        given: What it reads from stdin.

    Raises:
        TimeLimitExceeded: It did not end in time.
        HarnessError: It cannot be started.
    """
    words = tuple(str(arg) for arg in args)
    begin = time.monotonic()
    process = spawn(words, env=env, output=Output.APART, cwd=cwd, takes_input=given is not None)
    try:
        exit_code, out, err = process.communicate(given, timeout_s)
    except TimeLimitExceeded as error:
        _kill(process)
        raise TimeLimitExceeded(f"{error} and was killed") from None
    except BaseException:
        _kill(process)
        raise
    seconds = time.monotonic() - begin
    if record:
        record(Call(words, dict(env), _text(out), exit_code, seconds))
    return Completed(words, exit_code, _text(out), _text(err), seconds, out)


def _kill(process: Process) -> None:
    process.end_group()
    process.communicate()


def _popen(
    words: Sequence[str], env: Mapping[str, str], cwd: Path | None, stdin: int, stdout: int, stderr: int | None
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(words, env=env, cwd=cwd, stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True)


def _present(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("the process was started without this pipe")
    return stream


def _in_words(args: Any) -> str:
    return REDACT(" ".join(args))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace")
