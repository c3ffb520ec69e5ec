"""Runs a program that is under test: bounded in time and output, and ended for good when it goes too far."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from harness.errors import HarnessError
from harness.system.process import RUN_MARKER

TERM_GRACE_S = 5.0
MAX_LOG_BYTES = 8 << 20
CHUNK_BYTES = 1 << 16


@dataclass(frozen=True)
class Bounded:
    """How it ended; ``why_ended`` is what it did that it had to be ended for, "" where it ended by itself."""

    exit_code: int
    log: str
    seconds: float
    why_ended: str = ""


def run(
    args: Sequence[str],
    env: Mapping[str, str],
    timeout_s: float,
    end: Callable[[], None],
    *,
    grace_s: float = TERM_GRACE_S,
) -> Bounded:
    """Runs ``args`` with nothing but ``env``; ``end`` ends whatever else belongs to it.

    A program that runs longer than ``timeout_s`` gets a SIGTERM, and after ``grace_s`` a SIGKILL; one that
    writes more than MAX_LOG_BYTES a SIGKILL.
    """
    begin = time.monotonic()
    try:
        process = subprocess.Popen(
            args,
            env={**env, RUN_MARKER: os.environ.get(RUN_MARKER, "")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise HarnessError(f"cannot start {args[0]}: {error.strerror or error}") from None
    log = bytearray()
    try:
        why = _follow(process, log, begin + timeout_s, timeout_s, grace_s)
        if why:
            process.kill()
        # Before the log is waited for: what was left behind may hold it open.
        process.wait()
    finally:
        process.kill()
        end()
        process.wait()
        _rest(process.stdout, log)
    seconds = time.monotonic() - begin
    return Bounded(process.returncode, log.decode("utf-8", errors="replace"), seconds, why)


def _follow(process: subprocess.Popen[bytes], log: bytearray, deadline: float, timeout_s: float, grace_s: float) -> str:
    """Reads until the program ends or has to be ended; returns why it has to be, "" otherwise."""
    why = ""
    with selectors.DefaultSelector() as selector:
        output = process.stdout.fileno() if process.stdout else -1
        selector.register(output, selectors.EVENT_READ)
        while process.poll() is None:
            left_s = deadline - time.monotonic()
            if left_s <= 0 and why:
                return f"{why}, and ignored SIGTERM"
            if left_s <= 0:
                why = f"it did not end within {timeout_s:g} s"
                deadline = time.monotonic() + grace_s
                process.send_signal(signal.SIGTERM)
                continue
            if selector.select(min(left_s, 0.1)):
                chunk = os.read(output, CHUNK_BYTES)
                log += chunk
                if not chunk:
                    selector.unregister(output)
                    _wait(process, left_s)
            if len(log) > MAX_LOG_BYTES:
                return f"it wrote more than {MAX_LOG_BYTES >> 20} MiB to its log"
    return why


def _wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    """The program closed its log, and may go on all the same."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def _rest(stream: IO[bytes] | None, log: bytearray) -> None:
    if stream is None:
        return
    with stream:
        os.set_blocking(stream.fileno(), False)
        while len(log) < MAX_LOG_BYTES and (chunk := stream.read(CHUNK_BYTES)):
            log += chunk
