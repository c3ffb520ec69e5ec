"""Runs one process: with a time limit, and without the caller's environment; redacts what leaves the suite."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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


def run(
    args: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    timeout_s: float,
    record: Callable[[Call], None] | None = None,
    cwd: Path | None = None,
) -> Completed:
    """Runs a program to its end and returns how it ended.

    The process gets ``env`` and nothing else of the caller's environment but the marker
    of the run.  Raises TimeLimitExceeded (after killing its process group) and HarnessError
    where it cannot be started.
    """
    words = tuple(str(arg) for arg in args)
    full_env = {**env, RUN_MARKER: os.environ.get(RUN_MARKER, "")}
    begin = time.monotonic()
    process = _start(words, full_env, cwd)
    try:
        out, err = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        _kill_group(process)
        raise TimeLimitExceeded(
            f"{REDACT(' '.join(words))} did not end within {timeout_s:g} s and was killed"
        ) from None
    except BaseException:
        _kill_group(process)
        raise
    seconds = time.monotonic() - begin
    if record:
        record(Call(words, dict(env), _text(out), process.returncode, seconds))
    return Completed(words, process.returncode, _text(out), _text(err), seconds)


def _start(words: tuple[str, ...], env: Mapping[str, str], cwd: Path | None) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            words,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise HarnessError(f"cannot start {words[0]}: {error.strerror or error}") from None


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.communicate()


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace")
