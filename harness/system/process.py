"""Start and end every process of the suite, and redact secrets; no other module imports subprocess.

``run`` waits for the end of a program.  ``spawn`` returns while the program runs.
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
from harness.system.limits import SUITE

RUN_MARKER = "VOLSYNC_CONFORMANCE_RUN"
"""Environment variable in all processes of a run, so that the reaper finds them."""

LOG_TAIL_LINES = 15


@dataclass
class Redactor:
    """Replace each known secret by ``***``, also in quoted or encoded form."""

    secrets: set[str] = field(default_factory=set)

    def add(self, values: Iterable[str]) -> None:
        """Add secrets.

        Values of fewer than four characters are ignored: they occur by chance in most texts.
        """
        self.secrets.update(value for value in values if len(value) >= secret_forms.MIN_LENGTH)

    def __call__(self, text: str) -> str:
        """Return the text with ``***`` in place of every secret, and with escapes for bytes that are not UTF-8."""
        return secret_forms.hidden(text, self.secrets).encode("utf-8", "backslashreplace").decode("utf-8")

    def values(self, value: Any) -> Any:
        """Redact every text in a JSON value; tuples become lists, as in JSON."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, Mapping):
            return {self.values(key): self.values(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.values(inner) for inner in value]
        return value


REDACT = Redactor()
"""The redactor of the whole process: a secret of one scenario is redacted everywhere."""


@dataclass(frozen=True)
class Completed:
    """Hold the result of a process; ``seconds`` is wall time.

    Nothing is redacted here.  Code that writes these values to a file or a terminal must redact them.
    """

    args: tuple[str, ...]
    exit_code: int
    stdout: str
    stderr: str
    seconds: float
    stdout_bytes: bytes = field(default=b"", repr=False)

    @property
    def tail(self) -> str:
        """Return the last lines of stderr, or of stdout if stderr is empty."""
        return tail(self.stderr.strip() or self.stdout.strip())


@dataclass(frozen=True)
class Call:
    """Hold one call of a program, so that a measurement can repeat it."""

    args: tuple[str, ...]
    env: Mapping[str, str] = field(repr=False)
    stdout: str = field(repr=False)
    exit_code: int
    seconds: float


def tail(text: str, lines: int = LOG_TAIL_LINES) -> str:
    """Return the last lines of a text."""
    return "\n".join(text.splitlines()[-lines:])


class Output(Enum):
    """Select where the output of a process goes, if not to a file."""

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
    """Control a running process that has its own process group."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self._popen = popen

    @property
    def pid(self) -> int:
        """Return the id of the process, which is also that of its group."""
        return self._popen.pid

    @property
    def stdin(self) -> IO[bytes]:
        """Return the standard input; only if the process was started with ``takes_input``."""
        return _present(self._popen.stdin)

    @property
    def stdout(self) -> IO[bytes]:
        """Return the standard output; only if the process was started with a pipe for it."""
        return _present(self._popen.stdout)

    @property
    def exit_code(self) -> int | None:
        """Return the exit status (negative: the number of a signal), or None while the process runs."""
        return self._popen.poll()

    @property
    def is_running(self) -> bool:
        """Return True if the process has not ended."""
        return self.exit_code is None

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the end of the process, by default without a limit; return True if it ended."""
        try:
            self._popen.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process, not to its group."""
        self._popen.send_signal(number)

    def end_group(self, grace_s: float = 0.0) -> None:
        """Kill the process and its group, and wait for the process.

        Args:
            grace_s: How long the process may take to end after SIGTERM; with 0 there is only SIGKILL.

        Raises:
            HarnessError: The process cannot be ended, for example because it belongs to another user.
        """
        if grace_s > 0:
            self._signal_group(signal.SIGTERM)
            self.wait(grace_s)
        self._signal_group(signal.SIGKILL)
        if not self.wait(SUITE.killed_s):
            raise HarnessError(f"{_in_words(self._popen.args)} did not end within {SUITE.killed_s:g} s after SIGKILL")

    def communicate(self, given: bytes | None = None, timeout_s: float | None = None) -> tuple[int, bytes, bytes]:
        """Write the input, read all output, and return exit status, stdout and stderr.

        Raises:
            TimeLimitExceeded: The process has not ended; it still runs.
        """
        try:
            out, err = self._popen.communicate(given, timeout_s)
        except subprocess.TimeoutExpired:
            raise TimeLimitExceeded(f"{_in_words(self._popen.args)} did not end within {timeout_s:g} s") from None
        return self._popen.returncode, out or b"", err or b""

    def close(self) -> None:
        """Close the pipes. A process that still writes to one gets SIGPIPE."""
        for stream in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            if stream is not None:
                stream.close()

    def _signal_group(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            # No process is left; macOS reports a group of zombies by the second error.
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
    """Start a program in a new session and return it while it runs.

    Args:
        args: The program and its arguments.
        env: The whole environment, except for the marker of the run.
        output: Where the output goes; a file is appended to.
        cwd: The working directory; by default that of the caller.
        takes_input: True if stdin is a pipe; otherwise it is empty.
        marked: True if the process gets the marker of the run, so that the reaper ends it.

    Raises:
        HarnessError: The program cannot be started.
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
    """Run a program to its end and return the result.

    Args:
        args: The program and its arguments.
        env: The whole environment, except for the marker of the run.
        timeout_s: After this time, the process group is killed.
        record: Called with the call, unless the time limit was exceeded.
        cwd: The working directory; by default that of the caller.
        given: The content of stdin.

    Raises:
        TimeLimitExceeded: The program did not end in time.
        HarnessError: The program cannot be started.
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
    try:
        process.communicate(timeout_s=SUITE.killed_s)
    except TimeLimitExceeded:
        # A descendant in a session of its own holds the pipes.
        process.close()


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
