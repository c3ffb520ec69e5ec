"""Read the list of snapshots of a repository of the user, without writing into it.

The client connects read-only, with an identity, a configuration and a cache of its own in a folder of this run.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from harness.errors import HarnessError, UsageError
from harness.kopia import listing, policies
from harness.kopia.client import KopiaClient, finds_no_repository, refuses_password
from harness.kopia.listing import ListedSnapshot
from harness.kopia.observer import OBSERVER
from harness.kopia.policies import Policy
from harness.model import RepositoryAccess, RepositoryAddress
from harness.storage import external
from harness.system import files, urls
from harness.system.background import BackgroundThread
from harness.system.limits import SUITE
from harness.system.process import REDACT, Completed
from harness.system.wait import wait_until

SAY_EVERY_S = 5.0
REFUSED = ("Access Denied", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "Access Key Id you provided",
           "signature we calculated", "permission denied")  # fmt: skip
"""What kopia says if a store refuses the credentials, or a folder its user."""
NO_PLACE = ("no such file or directory", "bucket does not exist", "NoSuchBucket")
PASSWORD_SUFFIX = ".kopia-password"  # noqa: S105 (of the name of a file)
"""kopia stores a password beside the configuration, in base64."""


@dataclass(frozen=True)
class Bucket:
    """A repository in an S3 store."""

    address: RepositoryAddress
    access: RepositoryAccess
    token: str = ""

    def __str__(self) -> str:
        return f"s3://{self.address.bucket}/{self.address.prefix} at {self.address.endpoint}"


@dataclass(frozen=True)
class Folder:
    """A repository in a folder of this machine."""

    path: Path
    access: RepositoryAccess

    def __str__(self) -> str:
        return f"filesystem://{self.path}"


@dataclass(frozen=True)
class Configured:
    """A repository to which a configuration file of kopia is connected.

    Attributes:
        file: The configuration file. It is only read.
        access: The password; "" for the one that kopia stored beside the file.
    """

    file: Path
    access: RepositoryAccess

    def __str__(self) -> str:
        return f"the repository of {self.file}"


SENSITIVE = ("secretAccessKey", "sessionToken", "key", "password", "keyData", "storageKey", "sasToken", "clientSecret")
"""The names of secrets in the configuration of a storage of kopia."""

Place = Bucket | Folder | Configured


@dataclass(frozen=True)
class Contents:
    """What a repository lists: its snapshots, and its policies or None if they are not known."""

    snapshots: list[ListedSnapshot]
    policies: list[Policy] | None


def contents(binary: Path, place: Place, folder: Path, say: Callable[[str], None]) -> Contents:
    """Return all snapshots and policies of a repository.

    Args:
        binary: The kopia program.
        place: The repository.
        folder: A folder for the configuration and the cache.
        say: Called with messages about the progress.

    Raises:
        UsageError: The password, the credentials or the place are wrong.
        HarnessError: The repository cannot be read for another reason.
    """
    client = _client(binary, place, folder)
    done = _with_progress(lambda: _list(client, place), say)
    what = f"kopia, {place}"
    found = policies.read(_check(client.run("policy", "list", "--json"), place).stdout_bytes, what)
    return Contents(listing.read(done.stdout_bytes, what, lambda number: say(f"{number} snapshots read")), found)


def _client(binary: Path, place: Place, folder: Path) -> KopiaClient:
    access = place.access
    if isinstance(place, Configured) and not access.password:
        _configuration(place.file)
        access = replace(access, password=_stored_password(place.file))
    REDACT.add([access.password, access.secret_key, *([place.token] if isinstance(place, Bucket) else [])])
    token = {"AWS_SESSION_TOKEN": place.token} if isinstance(place, Bucket) and place.token else {}
    limit_s = SUITE.list_s
    return KopiaClient(binary, folder, folder / "cache", access, lambda call: None, limit_s=limit_s, more_env=token)


def _list(client: KopiaClient, place: Place) -> Completed:
    if isinstance(place, Bucket):
        external.require_listing(place.address, place.access, place.token)
        _check(replace(client, limit_s=SUITE.kopia_s).connect(place.address, OBSERVER, reads_only=True), place)
    elif isinstance(place, Folder):
        _check(replace(client, limit_s=SUITE.kopia_s).connect_to_folder(place.path, OBSERVER), place)
    else:
        client.adopt(_configuration(place.file), OBSERVER)
    return _check(client.list_snapshots("--all"), place)


def _check(done: Completed, place: Place) -> Completed:
    """Return a call that succeeded.

    Raises:
        UsageError: The password, the credentials or the place are wrong.
        HarnessError: It failed for another reason; the message has the last line of kopia.
    """
    if done.exit_code == 0:
        return done
    said = (done.tail.splitlines() or ["it said nothing"])[-1]
    if refuses_password(done):
        raise UsageError(f"{place}: the password does not open this repository; check the password")
    if any(words in done.stderr for words in REFUSED):
        raise UsageError(f"{place}: no permission to read it ({said}); check the credentials and their permissions")
    if finds_no_repository(done) or any(words in done.stderr for words in NO_PLACE):
        raise UsageError(f"{place}: no kopia repository there ({said}); check bucket, prefix, endpoint or path")
    remedy = "check that it is a whole kopia repository, or take another version with --kopia"
    raise HarnessError(f"{place}: kopia cannot read it: {said}; {remedy}")


def _with_progress(call: Callable[[], Completed], say: Callable[[str], None]) -> Completed:
    """Return the result of a call, and say from time to time that it is still running."""
    found: list[Completed | HarnessError] = []

    def keep() -> None:
        try:
            found.append(call())
        except HarnessError as error:
            found.append(error)

    begin = time.monotonic()
    thread = BackgroundThread("the list of snapshots", keep)
    while not wait_until(lambda: bool(found) or thread.error is not None, SAY_EVERY_S):
        say(f"kopia lists the snapshots ({time.monotonic() - begin:.0f} s)")
    thread.join()
    if isinstance(found[0], HarnessError):
        raise found[0]
    return found[0]


def _configuration(file: Path) -> Mapping[str, object]:
    if files.is_endless(file):
        raise UsageError(f"{file}: {files.NOT_REGULAR}; name the file of kopia --config-file")
    try:
        noted = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror}); name the file of kopia --config-file") from None
    except (ValueError, RecursionError):
        noted = None
    if not isinstance(noted, dict) or not isinstance(noted.get("storage"), dict):
        raise UsageError(f"{file}: no configuration of kopia with a storage; run kopia repository connect first")
    config = noted["storage"].get("config")
    values = config if isinstance(config, dict) else {}
    REDACT.add(values[name] for name in SENSITIVE if isinstance(values.get(name), str))
    REDACT.add(urls.secrets_of(value for value in values.values() if isinstance(value, str)))
    return noted


def _stored_password(file: Path) -> str:
    try:
        return base64.b64decode(Path(f"{file}{PASSWORD_SUFFIX}").read_bytes(), validate=True).decode()
    except (OSError, binascii.Error, UnicodeDecodeError):
        raise UsageError(f"{file}: kopia stored no password beside it; give the password in the environment") from None
