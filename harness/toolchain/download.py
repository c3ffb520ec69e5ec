"""Download a released archive, and check its SHA-256 before it is used."""

from __future__ import annotations

import hashlib
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx2

from harness.system.http import download_client
from harness.system.limits import SUITE
from harness.toolchain.pins import Archive

Progress = Callable[[str], None]

PROGRESS_EVERY_S = 5.0


class DownloadFailed(Exception):
    """The archive could not be downloaded. The message is one line with the reason."""


def fetch(
    archive: Archive, target: Path, say: Progress, *, stall_s: float = SUITE.stall_s, total_s: float = SUITE.download_s
) -> None:
    """Download an archive, check its hash, and write the binary inside to ``target``.

    Args:
        archive: The pinned archive.
        target: The path of the binary. It exists afterwards only on success.
        say: Called with each progress message.
        stall_s: The longest time without any data.
        total_s: The longest time for the whole download.

    Raises:
        DownloadFailed: The server cannot be reached, the transfer stalls, ends early or is too slow, or the hash of
            the archive is not the pinned one.
    """
    packed = target.with_name(target.name + ".archive")
    try:
        _download(archive, packed, say, stall_s, total_s)
        _check(archive, packed)
        _unpack(archive, packed, target)
    finally:
        packed.unlink(missing_ok=True)


def _download(archive: Archive, packed: Path, say: Progress, stall_s: float, total_s: float) -> None:
    begin = said = time.monotonic()
    received = 0
    try:
        with (
            download_client(SUITE.connect_s, stall_s) as client,
            client.stream("GET", archive.url) as response,
            packed.open("wb") as file,
        ):
            response.raise_for_status()
            promised = int(response.headers.get("Content-Length", 0))
            # As it comes: a chunk of a given size would be waited for, however long it trickles in.
            for chunk in response.iter_raw():
                received += file.write(chunk)
                now = time.monotonic()
                if now - begin > total_s:
                    raise DownloadFailed(f"{archive.url}: too slow: {received} bytes in {total_s:g} s")
                if now - said > PROGRESS_EVERY_S:
                    said = now
                    say(f"downloading {archive.url}: {received >> 20} of {promised >> 20} MiB, {now - begin:.0f} s")
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ImportError, ValueError) as error:
        # The last two: a proxy in the environment that the client cannot use.
        raise DownloadFailed(f"{archive.url}: {_reason(error)}") from None
    if promised and received != promised:
        raise DownloadFailed(f"{archive.url}: cut off after {received} of {promised} bytes")


def _check(archive: Archive, packed: Path) -> None:
    seen = hashlib.sha256(packed.read_bytes()).hexdigest()
    if seen != archive.sha256:
        raise DownloadFailed(f"{archive.url}: SHA-256 is {seen}, pinned is {archive.sha256}; not used")


def _unpack(archive: Archive, packed: Path, target: Path) -> None:
    try:
        with tarfile.open(packed) as tar:
            member = tar.extractfile(archive.member)
            if member is None:
                raise DownloadFailed(f"{archive.url}: {archive.member} in it is not a file")
            target.write_bytes(member.read())
    except (tarfile.TarError, KeyError) as error:
        raise DownloadFailed(f"{archive.url}: {archive.member} cannot be unpacked: {error}") from None
    target.chmod(0o755)


def _reason(error: Exception) -> str:
    """Return the cause in one line."""
    said = (str(error).splitlines() or [type(error).__name__])[0]
    if isinstance(error, httpx2.HTTPStatusError):
        return f"the server answered {error.response.status_code}"
    if isinstance(error, httpx2.TimeoutException):
        return "no data for too long (timed out)"
    if isinstance(error, httpx2.RemoteProtocolError | httpx2.ReadError):
        return f"cut off ({said[:120]})"
    if any(words in said for words in ("resol", "not known", "No address associated")):
        return "the name of the host cannot be resolved"
    return said[:160]
