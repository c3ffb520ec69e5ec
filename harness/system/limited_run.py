"""Run a program under test with limits on time and output, and kill it if it exceeds them."""

from __future__ import annotations

import os
import selectors
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from harness.system.process import Output, Process, spawn

CHUNK_BYTES = 1 << 16


@dataclass(frozen=True)
class Bounded:
    """Hold the result of a run; ``why_ended`` is the limit that the program exceeded, or ""."""

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
    grace_s: float,
    max_log_bytes: int,
) -> Bounded:
    """Run a program with limits.

    After ``timeout_s``, the program gets a SIGTERM.  If it still runs ``grace_s`` later, it gets a SIGKILL.  If it
    writes more than ``max_log_bytes``, it gets a SIGKILL at once.

    Args:
        args: The program and its arguments.
        env: The whole environment of the program.
        timeout_s: How long the program may run.
        end: Kills all other processes of the program.
        grace_s: The time between SIGTERM and SIGKILL.
        max_log_bytes: How much the program may write to stdout and stderr.
    """
    begin = time.monotonic()
    process = spawn(args, env=env, output=Output.MERGED)
    log = bytearray()
    try:
        why = _follow(process, log, timeout_s, grace_s, max_log_bytes)
        if why:
            process.send(signal.SIGKILL)
        # Wait before reading the rest of the log: other processes may keep it open.
        process.wait()
    finally:
        process.send(signal.SIGKILL)
        end()
        process.wait()
        _rest(process, log, max_log_bytes)
    seconds = time.monotonic() - begin
    return Bounded(process.exit_code or 0, log.decode("utf-8", errors="replace"), seconds, why)


def _follow(process: Process, log: bytearray, timeout_s: float, grace_s: float, max_log_bytes: int) -> str:
    """Read the output until the program ends or exceeds a limit; return the limit that it exceeded, or ""."""
    why, deadline = "", time.monotonic() + timeout_s
    with selectors.DefaultSelector() as selector:
        output = process.stdout.fileno()
        selector.register(output, selectors.EVENT_READ)
        while process.is_running:
            left_s = deadline - time.monotonic()
            if left_s <= 0 and why:
                return f"{why}, and ignored SIGTERM"
            if left_s <= 0:
                why = f"it did not end within {timeout_s:g} s"
                deadline = time.monotonic() + grace_s
                process.send(signal.SIGTERM)
                continue
            if selector.select(min(left_s, 0.1)):
                chunk = os.read(output, CHUNK_BYTES)
                log += chunk
                if not chunk:
                    selector.unregister(output)
                    # The program closed its output but may still run.
                    process.wait(left_s)
            if len(log) > max_log_bytes:
                return too_long(max_log_bytes)
    return why


def too_long(max_log_bytes: int) -> str:
    """Return the message that a program wrote too much to its log."""
    limit = f"{max_log_bytes >> 20} MiB" if max_log_bytes >= 1 << 20 else f"{max_log_bytes} bytes"
    return f"it wrote more than {limit} to its log"


def _rest(process: Process, log: bytearray, max_log_bytes: int) -> None:
    with process.stdout as stream:
        os.set_blocking(stream.fileno(), False)
        while len(log) < max_log_bytes and (chunk := stream.read(CHUNK_BYTES)):
            log += chunk
