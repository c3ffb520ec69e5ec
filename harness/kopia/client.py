"""Call a real kopia binary, and parse its output into typed values.

A ``KopiaClient`` is one client in the sense of kopia: its own configuration, cache and log folder. JSON from kopia is
validated in this module.
Source of commands and fields: kopia's command line reference, measured on 0.23.1 and 0.22.3.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from harness.errors import HarnessError
from harness.kopia.templates import Configuration
from harness.model import Identity, RepositoryAccess, RepositoryAddress, SnapshotRecord
from harness.system.limits import SUITE
from harness.system.process import Call, Completed, run

CHEAP_KEY_DERIVATION = "pbkdf2-sha256-600000"
"""A key derivation that halves the time of every later call. It changes no tested behaviour."""

CONFIG_PATH, PASSWORD, NEW_PASSWORD = "KOPIA_CONFIG_PATH", "KOPIA_PASSWORD", "KOPIA_NEW_PASSWORD"
"""Environment variables of kopia: its configuration file, the password of the repository, and one to change it to."""

READ_ONLY = "--readonly"

ONE_THREAD = "1"
"""Kopia runs on one core: with small data, and as many workers as cores, more threads take a sixth longer."""

REFUSES_PASSWORD = "invalid repository password"  # noqa: S105 (what kopia says)
NO_REPOSITORY = ("repository not initialized", "kopia.repository blob: BLOB not found")
"""The messages of kopia if there is no repository: at connect, and when a client opens it later."""


class KopiaFailed(HarnessError):
    """A kopia call that the harness itself needs did not succeed."""


@dataclass(frozen=True)
class KopiaClient:
    """One kopia client.

    Attributes:
        binary: The kopia program.
        folder: The folder of its configuration and logs.
        cache: The folder of its cache.
        access: The password and S3 keys.
        record: A callback that gets every call with its duration.
        caches_keys: True if the encrypted keys of the repository are cached.
        limit_s: A call that takes longer is killed.
        more_env: Further variables, such as the token of a session.
    """

    binary: Path
    folder: Path
    cache: Path
    access: RepositoryAccess
    record: Callable[[Call], None]
    caches_keys: bool = False
    limit_s: float = SUITE.kopia_s
    more_env: Mapping[str, str] = field(default_factory=dict, repr=False)

    def run(self, *args: str | Path) -> Completed:
        """Run a kopia command as this client. Secrets are passed only in the environment."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return run([self.binary, *args], env=self._env(), timeout_s=self.limit_s, record=self.record)

    def connect(self, address: RepositoryAddress, identity: Identity | None, *, reads_only: bool = False) -> Completed:
        """Run ``repository connect``. The caller checks the exit status."""
        return self.run(*self._open_args("connect", address, identity), *([READ_ONLY] if reads_only else []))

    def connect_to_folder(self, path: Path, identity: Identity) -> Completed:
        """Run ``repository connect`` for a repository in a folder, to read it. The caller checks the exit status."""
        args = [f"--path={path}", f"--cache-directory={self.cache}", *_overrides(identity)]
        return self.run("repository", "connect", "filesystem", *args, READ_ONLY)

    def adopt(self, configuration: Configuration, identity: Identity) -> None:
        """Use a copy of the configuration of another client, to read its repository as another identity."""
        self.folder.mkdir(parents=True, exist_ok=True)
        given = configuration.get("caching")
        caching = {**(given if isinstance(given, Mapping) else {}), "cacheDirectory": str(self.cache)}
        own = {"caching": caching, "readonly": True, "username": identity.username, "hostname": identity.hostname}
        self._config.touch(mode=0o600)
        self._config.write_text(json.dumps({**configuration, **own}), encoding="utf-8")

    def create(self, address: RepositoryAddress, identity: Identity | None) -> Completed:
        """Run ``repository create``. The caller checks the exit status."""
        args = self._open_args("create", address, identity)
        return self.run(*args, f"--format-block-key-derivation-algorithm={CHEAP_KEY_DERIVATION}")

    def change_password(self, password: str) -> Completed:
        """Give the repository another password. The caller checks the exit status."""
        env = {**self._env(), NEW_PASSWORD: password}
        return run([self.binary, "repository", "change-password"], env=env, timeout_s=self.limit_s, record=self.record)

    def configuration(self) -> Configuration:
        """Return the configuration that kopia wrote when this client connected.

        Raises:
            HarnessError: The file is missing or malformed.
        """
        what = "repository.config"
        try:
            noted = json.loads(self._config.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise HarnessError(f"kopia {what}: {self._config} cannot be read: {error}") from None
        _field(_field(noted, "storage", dict, what), "config", dict, what)
        return dict(noted)

    def configure(self, like: Configuration, address: RepositoryAddress, identity: Identity) -> None:
        """Open a repository without a call of kopia, by writing the configuration file.

        Args:
            like: The configuration of a client that is connected to another repository of the same store.
            address: The repository to open.
            identity: The identity of this client.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        storage = like["storage"]
        place = {"bucket": address.bucket, "prefix": address.prefix}
        caching = {**like.get("caching", {}), "cacheDirectory": str(self.cache)}
        noted = {
            **like,
            "storage": {**storage, "config": {**storage["config"], **place}},
            "caching": caching,
            "username": identity.username,
            "hostname": identity.hostname,
        }
        self._config.touch(mode=0o600)
        self._config.write_text(json.dumps(noted), encoding="utf-8")

    @property
    def _config(self) -> Path:
        return self.folder / "repository.config"

    def snapshot(self, folder: Path, path: str, *extra: str) -> Completed:
        """Take a snapshot of ``folder``, recorded under ``path`` and this client's own identity."""
        return self.run("snapshot", "create", "--json", "--no-progress", *extra, f"--override-source={path}", folder)

    def restore(self, snapshot_id: str, target: Path, *extra: str) -> Completed:
        """Restore a snapshot into ``target``."""
        return self.run("snapshot", "restore", "--no-progress", *extra, snapshot_id, target)

    def list_snapshots(self, *scope: str) -> Completed:
        """Run ``snapshot list --json``. ``scope`` is ``--all`` or a path of this client."""
        return self.run("snapshot", "list", "--json", *scope)

    def client_identity(self) -> Identity:
        """Return the identity that ``repository status`` reports for this client."""
        done = require(self.run("repository", "status", "--json"), "read the status of the repository")
        options = _field(parse_json(done, "repository status"), "clientOptions", dict, "repository status")
        return Identity(
            _field(options, "username", str, "repository status"),
            _field(options, "hostname", str, "repository status"),
        )

    def _open_args(self, verb: str, address: RepositoryAddress, identity: Identity | None) -> list[str]:
        args = ["repository", verb, "s3", f"--bucket={address.bucket}", f"--endpoint={address.endpoint}"]
        args += [f"--prefix={address.prefix}"] if address.prefix else []
        args += [] if address.tls else ["--disable-tls"]
        args += [f"--cache-directory={self.cache}"]
        # kopia takes the keys of a repository from the cache for 15 minutes, even if the cache is of another one.
        args += [] if self.caches_keys else ["--disable-repository-format-cache"]
        if identity is not None:
            args += _overrides(identity)
        return args

    def _env(self) -> Mapping[str, str]:
        return {
            "HOME": str(self.folder),
            "GOMAXPROCS": ONE_THREAD,
            "PATH": "/usr/bin:/bin",
            CONFIG_PATH: str(self._config),
            "KOPIA_LOG_DIR": str(self.folder / "logs"),
            "KOPIA_CHECK_FOR_UPDATES": "false",
            "KOPIA_USE_KEYRING": "false",
            "KOPIA_PERSIST_CREDENTIALS_ON_CONNECT": "false",
            **credentials(self.access),
            **self.more_env,
        }


def _overrides(identity: Identity) -> list[str]:
    return [f"--override-username={identity.username}", f"--override-hostname={identity.hostname}"]


def credentials(access: RepositoryAccess) -> dict[str, str]:
    """Return the environment variables with which kopia opens a repository in an S3 store."""
    return {
        PASSWORD: access.password,
        "AWS_ACCESS_KEY_ID": access.access_key,
        "AWS_SECRET_ACCESS_KEY": access.secret_key,
    }


def finds_no_repository(done: Completed) -> bool:
    """Return True if a call failed because there is no repository."""
    return done.exit_code != 0 and any(words in done.stderr for words in NO_REPOSITORY)


def refuses_password(done: Completed) -> bool:
    """Return True if a call failed because the repository has another password."""
    return done.exit_code != 0 and REFUSES_PASSWORD in done.stderr


def require(done: Completed, what: str) -> Completed:
    """Return a call that succeeded.

    Raises:
        KopiaFailed: The exit status is not 0. The message holds the end of the log.
    """
    if done.exit_code == 0:
        return done
    raise KopiaFailed(f"could not {what}: {' '.join(done.args)} ended with {done.exit_code}: {done.tail}")


def snapshots_in(done: Completed) -> tuple[SnapshotRecord, ...]:
    """Parse the output of ``snapshot list --json`` into snapshots, oldest first."""
    entries = parse_json(require(done, "list snapshots"), "snapshot list")
    if not isinstance(entries, list):
        raise HarnessError(f"kopia snapshot list: expected a list, got {type(entries).__name__}")
    return tuple(sorted((parse_snapshot(entry) for entry in entries), key=lambda record: record.start))


def shortcoming(done: Completed) -> str:
    """Return why a call of ``snapshot create --json`` did not back up the whole of a folder, or ""."""
    decoder, text = json.JSONDecoder(), done.stdout.strip()
    while text:  # one document for each thing that was backed up
        try:
            entry, end = decoder.raw_decode(text)
        except ValueError:
            raise _no_json("snapshot create", done) from None
        if why := parse_snapshot(entry).incomplete:
            return f"the snapshot lacks files: kopia calls it incomplete ({why})"
        if (entry.get("rootEntry") or {}).get("type") != "d":
            return "the snapshot is not of a folder"
        text = text[end:].strip()
    return ""


def parse_json(done: Completed, command: str) -> Any:
    """Return the JSON that a call printed.

    Raises:
        HarnessError: The output is not JSON. The message names the command.
    """
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise _no_json(command, done) from None


def _no_json(command: str, done: Completed) -> HarnessError:
    return HarnessError(f"kopia {command}: expected JSON, got {done.stdout[:200]!r}")


def parse_snapshot(entry: Any) -> SnapshotRecord:
    """Parse one snapshot manifest.

    Raises:
        HarnessError: A field is missing or has another type. The message names the field.
    """
    what = "snapshot manifest"
    if not isinstance(entry, dict):
        raise HarnessError(f"kopia {what}: expected an object, got {entry!r}")
    source = _field(entry, "source", dict, what)
    root, tags = (_field(entry, key, dict, what) if entry.get(key) else {} for key in ("rootEntry", "tags"))
    return SnapshotRecord(
        id=_field(entry, "id", str, what),
        identity=Identity(_field(source, "userName", str, what), _field(source, "host", str, what)),
        path=_field(source, "path", str, what),
        start=_instant(entry, "startTime"),
        end=_instant(entry, "endTime"),
        root=str(root.get("obj", "")),
        description=str(entry.get("description") or ""),
        incomplete=str(entry.get("incomplete") or ""),
        tags=tuple(sorted(f"{key.removeprefix('tag:')}:{value}" for key, value in tags.items())),
    )


def _field(holder: Any, key: str, kind: type, what: str) -> Any:
    value = holder.get(key) if isinstance(holder, dict) else None
    if not isinstance(value, kind):
        raise HarnessError(f"kopia {what}: field {key} should be {kind.__name__}, is {value!r}")
    return value


def _instant(entry: Mapping[str, Any], key: str) -> datetime:
    text = str(_field(entry, key, str, "snapshot manifest"))
    try:
        # Digits after the sixth of a fraction are cut off.
        return datetime.fromisoformat(text)
    except ValueError:
        raise HarnessError(f"kopia snapshot manifest: field {key} is no instant: {text!r}") from None


def command_line(done: Completed) -> str:
    """Return the command as a log shows it, with ``kopia`` instead of the path of the program."""
    return " ".join(["kopia", *_quoted(done.args[1:])])


def _quoted(words: Sequence[str]) -> list[str]:
    return [f"'{word}'" if re.search(r"\s", word) else word for word in words]
