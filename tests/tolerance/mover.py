"""``mover.py --switch=value … backup|restore``: a mover from the operator's contract alone.

Plain Python without other packages.  The switches are the ways in which one careful mover differs from
another (right.yaml); the operator gives the last argument.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

SEPARATOR = "|VOLSYNC_ARG_SEP|"
REMOVED = ("--override-username", "--override-hostname")
SOURCE_FLAG = "--override-source"
KEEP = ("LATEST", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
LOST_AND_FOUND = "lost+found"
ATTEMPTS = 4
SWITCHES = {
    "override": ("equals", "space"),
    "order": ("override-last", "override-first"),
    "config": ("environment", "flag"),
    "program": ("name", "absolute"),
    "flags": ("none", "before", "after"),
    "arguments": ("handed-on", "checked"),
    "words": ("plain", "only"),
    "entries": ("plain", "more"),
    "instants": ("kopia", "seconds"),
    "ends": ("lf", "crlf"),
    "maintenance": ("no", "claim", "run"),
    "expire": ("with-snapshot", "apart"),
    "output": ("text", "json"),
    "restore": ("in-place", "aside"),
    "cache": ("kept", "temporary"),
    "connect": ("again", "once"),
    "timestamps": ("no", "yes"),
    "stream": ("stdout", "stderr"),
    "tags": ("none", "own"),
}
Snapshot = dict[str, Any]


class Identity(NamedTuple):
    username: str
    hostname: str


class FailedError(Exception):
    """The job cannot be done; the text is the last line of the log."""


@dataclass(frozen=True)
class Kopia:
    """Calls kopia, and tells the log how."""

    program: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    env: dict[str, str]
    log: Log

    def __call__(self, *args: str, quiet: bool = False) -> subprocess.CompletedProcess[str]:
        command = [self.program, *self.before, *args, *self.after]
        self.log(f"running: {' '.join(command)}")
        stderr = subprocess.PIPE if quiet else subprocess.STDOUT
        done = subprocess.run(command, env=self.env, stdout=subprocess.PIPE, stderr=stderr, text=True, check=False)
        if not quiet or done.returncode:
            self.log(f"{done.stdout}{done.stderr or ''}".rstrip())
        return done


@dataclass(frozen=True)
class Log:
    """Writes lines to one stream, plain or with the time before each."""

    stream: Any
    stamped: bool
    line_end: str

    def __call__(self, text: str) -> None:
        for line in text.split("\n"):
            stamp = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ} " if self.stamped else ""
            self.plain(stamp + line)

    def plain(self, line: str) -> None:
        print(line, file=self.stream, end=self.line_end, flush=True)


class Mover:
    """One backup or restore."""

    def __init__(self, habits: argparse.Namespace, work: Path) -> None:
        self.habits = habits
        stream = sys.stderr if habits.stream == "stderr" else sys.stdout
        self.log = Log(stream, habits.timestamps == "yes", "\r\n" if habits.ends == "crlf" else "\n")
        self.data = Path(os.environ.get("DATA_DIR") or "/data")
        self.path = "/" + os.path.normpath(os.environ.get("KOPIA_SOURCE_PATH_OVERRIDE") or "/data").lstrip("/")
        self.me = Identity(*(os.environ.get(f"KOPIA_OVERRIDE_{part}", "") for part in ("USERNAME", "HOSTNAME")))
        self.cache = work / "cache" if habits.cache == "temporary" else cache_of_repository()
        self.kopia = self._program(work)

    def _program(self, work: Path) -> Kopia:
        quiet = {
            "KOPIA_CHECK_FOR_UPDATES": "false",
            "KOPIA_PERSIST_CREDENTIALS_ON_CONNECT": "false",
            "KOPIA_LOG_DIR": str(work / "logs"),
        }
        config = str(work / "repository.config")
        name = shutil.which("kopia") or "kopia"
        env = {**os.environ, **quiet}
        before: tuple[str, ...] = ("--log-level=info", "--no-progress") if self.habits.flags == "before" else ()
        after = ("--no-progress",) if self.habits.flags == "after" else ()
        if self.habits.config == "flag":
            before += (f"--config-file={config}",)
        else:
            env["KOPIA_CONFIG_PATH"] = config
        return Kopia(name if self.habits.program == "absolute" else "kopia", before, after, env, self.log)

    def run(self, direction: str) -> None:
        for name in ("KOPIA_REPOSITORY", "KOPIA_PASSWORD"):
            if not os.environ.get(name, "").strip():
                raise FailedError(f"{name} is not set: the repository Secret lacks it")
        if not all(self.me):
            raise FailedError("username and hostname of the Job are not both set")
        extra = additional_arguments()
        if self.habits.arguments == "checked":
            check(extra)
        self.log(f"KOPIA_OVERRIDE_USERNAME={self.me.username} KOPIA_OVERRIDE_HOSTNAME={self.me.hostname}")
        self.log(f"Using identity override {self.me.username}@{self.me.hostname} for the repository connection")
        if direction == "backup":
            self.backup(extra)
        else:
            self.restore(extra)

    def backup(self, extra: list[str]) -> None:
        if any(one.split("=")[0] == SOURCE_FLAG for one in extra):
            raise FailedError(f"{SOURCE_FLAG} in additionalArgs: it would record a backup that is somebody else's")
        self.open(create=True)
        if self.habits.maintenance in ("claim", "run"):
            self.kopia("maintenance", "set", "--owner=me")
        self.set_retention()
        self.log(f"Creating snapshot for {self.me.username}@{self.me.hostname}:{self.path}")
        call = ["snapshot", "create", *extra]
        if self.habits.tags == "own":
            call.append("--tags=mover:tolerance")
        whole = f"--override-source={self.source}"
        if self.habits.output == "json":
            call.append("--json")
        call += [str(self.data)] if str(self.data) == self.path else [whole, str(self.data)]
        done = self.kopia(*call)
        if done.returncode:
            raise FailedError("the snapshot was not created")
        if "Created partial snapshot" in done.stdout or '"incomplete":' in done.stdout:
            raise FailedError("the snapshot lacks files")
        if self.habits.expire == "apart" and self.kopia("snapshot", "expire", "--delete", self.source).returncode:
            raise FailedError("old snapshots could not be expired")
        self.set_retention("inherit")
        if self.habits.maintenance == "run":
            self.kopia("maintenance", "run", "--full")

    @property
    def source(self) -> str:
        """The path, with the identity before it where kopia would find one in the path."""
        return f"{self.me.username}@{self.me.hostname}:{self.path}" if "@" in self.path else self.path

    def open(self, *, create: bool) -> None:
        """Connect as this identity; create the repository where there is none yet."""
        for attempt in range(1, ATTEMPTS + 1):
            connected = self._open_by("connect")
            if not connected.returncode:
                return
            if "repository not initialized" in connected.stdout:
                if not create:
                    raise FailedError("there is no repository yet: nothing was ever backed up to it")
                if not self._open_by("create").returncode:
                    return
            elif self.habits.connect == "once" or "invalid repository password" in connected.stdout:
                break
            self.log(f"attempt {attempt} of {ATTEMPTS} did not succeed")
            time.sleep(0.5 * attempt)
        raise FailedError("the repository could not be opened")

    def _open_by(self, verb: str) -> subprocess.CompletedProcess[str]:
        override = [*self._flag("--override-username", self.me.username)]
        override += self._flag("--override-hostname", self.me.hostname)
        store = ["s3", *self._store()]
        own = ["--format-block-key-derivation-algorithm=pbkdf2-sha256-600000"] if verb == "create" else []
        parts = [*override, *store] if self.habits.order == "override-first" else [*store, *override]
        return self.kopia("repository", verb, *parts, *own)

    def _flag(self, name: str, value: str) -> list[str]:
        apart = self.habits.override == "space" and not value.startswith("-")
        return [name, value] if apart else [f"{name}={value}"]

    def _store(self) -> list[str]:
        scheme, _, rest = os.environ["KOPIA_REPOSITORY"].strip().partition("://")
        if scheme != "s3":
            raise FailedError(f"KOPIA_REPOSITORY is of the kind {scheme}: this mover knows s3 only")
        bucket, _, prefix = rest.partition("/")
        endpoint = os.environ.get("KOPIA_S3_ENDPOINT") or os.environ.get("AWS_S3_ENDPOINT") or "s3.amazonaws.com"
        args = [f"--bucket={os.environ.get('KOPIA_S3_BUCKET') or bucket}", f"--cache-directory={self.cache}"]
        args.append(f"--endpoint={endpoint.split('://')[-1].rstrip('/')}")
        if prefix.strip("/"):
            args.append(f"--prefix={prefix.strip('/')}/")
        if os.environ.get("KOPIA_S3_DISABLE_TLS") == "true" or endpoint.startswith("http://"):
            args.append("--disable-tls")
        if size := os.environ.get("KOPIA_CACHE_CAPACITY_BYTES"):
            args.append(f"--content-cache-size-mb={max(1, int(size) // 2**20)}")
        return args

    def set_retention(self, value: str = "") -> None:
        """Set the retention of the Job, or this value in its place: a policy must not outlive what it was set for."""
        keep = []
        for part in KEEP:
            if count := os.environ.get(f"KOPIA_RETAIN_{part}"):
                if not count.isdecimal():
                    raise FailedError(f"KOPIA_RETAIN_{part}={count}: kopia would delete every snapshot")
                keep.append(f"--keep-{'annual' if part == 'YEARLY' else part.lower()}={value or count}")
        if keep and self.kopia("policy", "set", *keep, self.source).returncode:
            raise FailedError("the retention policy could not be set")

    def restore(self, extra: list[str]) -> None:
        self.open(create=False)
        listed = self.kopia("snapshot", "list", "--all", "--json", quiet=True)
        if listed.returncode:
            raise FailedError("the snapshots could not be listed")
        # A backup that was cut off leaves a snapshot that lacks files.
        snapshots: list[Snapshot] = [one for one in json.loads(listed.stdout) if not one.get("incomplete")]
        if os.environ.get("KOPIA_DISCOVER_SNAPSHOTS") == "true":
            self.discover(snapshots)
        chosen = self.choose(snapshots)
        self.log(f"restoring snapshot {chosen['id']} of {chosen['endTime']}")
        # What the user adds may be about the files that are there already: these have to be in sight then.
        if self.habits.restore == "aside" and not extra:
            with tempfile.TemporaryDirectory(prefix=".restoring-", dir=self.data) as name:
                stage = Path(name)
                self._restore_to(stage, chosen, extra)
                self._make_room(but=stage.name)
                root = stage.stat()
                move_into(stage, self.data)
            look_like(root, self.data)
        else:
            self._make_room()
            self._drop_links(chosen)
            self._restore_to(self.data, chosen, extra)

    def _restore_to(self, target: Path, chosen: Snapshot, extra: list[str]) -> None:
        if self.kopia("snapshot", "restore", *extra, chosen["id"], str(target)).returncode:
            raise FailedError(f"snapshot {chosen['id']} could not be restored")

    def _make_room(self, but: str = "") -> None:
        if os.environ.get("KOPIA_ENABLE_FILE_DELETION") != "true":
            return
        for one in self.data.iterdir():
            if one.name not in (LOST_AND_FOUND, but):
                remove(one)

    def _drop_links(self, chosen: Snapshot) -> None:
        """Delete the links in the place of what the snapshot has: kopia writes through them."""
        links = [path for path in self.data.rglob("*") if path.is_symlink()]
        if not links:
            return
        listed = self.kopia("ls", "-r", chosen["id"], quiet=True)
        if listed.returncode:
            raise FailedError(f"snapshot {chosen['id']} could not be listed")
        paths = {line.partition("/")[2].rstrip("/") for line in listed.stdout.split("\n")}
        for link in links:
            if str(link.relative_to(self.data)) in paths:
                link.unlink()

    def discover(self, snapshots: list[Snapshot]) -> None:
        self.log.plain("=== Discovery Mode: Available Snapshots ===")
        for one in snapshots:
            self.log.plain(json.dumps(self._entry(one), ensure_ascii=False))
        self.log.plain("=== End Discovery Mode ===")

    def _entry(self, one: Snapshot) -> dict[str, Any]:
        start, end = one["startTime"], one["endTime"]
        if self.habits.instants == "seconds":
            start, end = (f"{instant(text):%Y-%m-%dT%H:%M:%SZ}" for text in (start, end))
        source = one["source"]
        who = {"userName": source["userName"], "hostName": source["host"], "path": source["path"]}
        entry = {"id": one["id"], **who, "startTime": start, "endTime": end}
        if self.habits.entries == "more":
            stats = one.get("stats") or {}
            more = {"files": stats.get("fileCount", 0), "size": stats.get("totalSize", 0), "tags": one.get("tags", {})}
            entry = dict(reversed({**entry, **more, "description": one.get("description", "")}.items()))
        return entry

    def choose(self, snapshots: list[Snapshot]) -> Snapshot:
        """The snapshot that was asked for; FailedError says why there is none."""
        own = [one for one in snapshots if self._is_own(one)]
        whose = f"{self.me.username}@{self.me.hostname}:{self.path}"
        if not own:
            raise FailedError(f"no snapshot found for {whose}")
        own.sort(key=lambda one: instant(one["endTime"]), reverse=True)
        left = own
        if limit := os.environ.get("KOPIA_RESTORE_AS_OF"):
            left = [one for one in left if instant(one["endTime"]) <= instant(limit)]
        if shallow := int(os.environ.get("KOPIA_SHALLOW") or 0):
            left = left[:shallow]
        previous = int(os.environ.get("KOPIA_PREVIOUS") or 0)
        if shallow < 0 or previous < 0:
            raise FailedError(f"previous={previous} and shallow={shallow}: a number of snapshots is never negative")
        if previous < len(left):
            return left[previous]
        if self.habits.words == "only":
            raise FailedError(f"only {len(own)} snapshots exist for {whose}: number {previous} before is not there")
        raise FailedError(f"previous={previous}, but just {len(left)} of {len(own)} snapshots of {whose} qualify")

    def _is_own(self, one: Snapshot) -> bool:
        source = one["source"]
        return Identity(source["userName"], source["host"]) == self.me and source["path"] == self.path


def cache_of_repository() -> Path:
    """A cache of its own for each repository: kopia would take the keys of a repository from the cache of another."""
    where = [os.environ.get(name, "") for name in ("KOPIA_REPOSITORY", "KOPIA_S3_BUCKET", "KOPIA_S3_ENDPOINT")]
    name = hashlib.sha256("\n".join(where).encode()).hexdigest()[:16]
    return Path(os.environ["KOPIA_CACHE_DIR"]) / f"kopia-{name}"


class Instant(NamedTuple):
    """An instant to the nanosecond, as kopia writes it; Python's own ends at the microsecond."""

    second: datetime
    fraction: str

    def __format__(self, spec: str) -> str:
        return format(self.second, spec)


def instant(text: str) -> Instant:
    whole, fraction = text, ""
    if "." in text:
        whole, _, rest = text.partition(".")
        fraction = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        whole += rest[len(fraction) :]
    return Instant(datetime.fromisoformat(whole).astimezone(UTC), fraction.ljust(9, "0"))


def additional_arguments() -> list[str]:
    joined = os.environ.get("KOPIA_ADDITIONAL_ARGS", "")
    extra = joined.split(SEPARATOR) if joined else []
    for one in extra:
        if not one.strip("-") or not one.startswith("-") or one.startswith("--stdin"):
            raise FailedError(f"additionalArgs: {one!r} is no flag that a backup or restore can have")
    return extra


def check(extra: list[str]) -> None:
    for one in extra:
        if one.split("=")[0] in REMOVED:
            raise FailedError(
                f"{one.split('=')[0]} in additionalArgs: kopia has had no such flag for snapshots since 0.6.0; "
                "give username and hostname in spec.kopia"
            )


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def move_into(stage: Path, target: Path) -> None:
    """Move what is in a folder into another of the same file system, over what is there."""
    for one in sorted(stage.iterdir()):
        goal = target / one.name
        if one.is_dir() and not one.is_symlink() and goal.is_dir() and not goal.is_symlink():
            move_into(one, goal)
            continue
        if goal.is_symlink() or goal.exists():
            remove(goal)
        one.rename(goal)
    look_like(stage.stat(), target)


def look_like(other: os.stat_result, folder: Path) -> None:
    """Give a folder the owner, the mode and the times of another."""
    with contextlib.suppress(PermissionError):
        os.chown(folder, other.st_uid, other.st_gid)
    folder.chmod(stat.S_IMODE(other.st_mode))
    os.utime(folder, ns=(other.st_atime_ns, other.st_mtime_ns))


@contextlib.contextmanager
def folder_of_work() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mover-") as name:
        yield Path(name)


def main() -> int:
    parser = argparse.ArgumentParser(prog="mover")
    for name, values in SWITCHES.items():
        parser.add_argument(f"--{name}", choices=values, default=values[0])
    parser.add_argument("direction", choices=("backup", "restore"))
    habits = parser.parse_args()
    with folder_of_work() as work:
        mover = Mover(habits, work)
        try:
            mover.run(habits.direction)
        except FailedError as failure:
            mover.log(f"ERROR: {failure}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
