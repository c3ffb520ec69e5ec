"""Tell what the restores of given manifests would find: ``tox -e audit -- --manifests FOLDER --snapshots FILE``."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from harness.audit import cluster, page, terminal
from harness.audit.audit import Audit, Question, audit
from harness.audit.facts import facts
from harness.audit.mangled import MangledError
from harness.audit.organisation import Organisation, Repository
from harness.audit.reading import STDIN, ManifestReader
from harness.audit.ready import overrides_of, restores_of
from harness.audit.repository import place_of, repository_at, repository_of_url
from harness.audit.upkeep import Clock
from harness.cli import audit_options
from harness.document.verdict import ExitStatus
from harness.errors import HarnessError, UsageError
from harness.kopia import listing, policies, reading
from harness.kopia.listing import ListedSnapshot
from harness.kopia.policies import Policies
from harness.kopia.reading import Contents
from harness.system import files
from harness.system.limits import SUITE
from harness.system.process import REDACT, RUN_MARKER
from harness.system.reaper import Reaper
from harness.system.version import version
from harness.toolchain import provision

Listed = TypeVar("Listed")
AUDIT, OVERRIDES, RESTORES = "audit.json", "overrides.yaml", "restores.yaml"
"""The names of what is written beside the page."""


def main(arguments: Sequence[str]) -> int:
    """Run an audit, print it, and write audit.json.

    Returns:
        0 if there is nothing to worry about, 1 if there is, 2 if it was interrupted, 3 if unknown, 4 after
            wrong use.
    """
    try:
        return _run(audit_options.parse(arguments))
    except KeyboardInterrupt:
        print("audit: interrupted: nothing was written", file=sys.stderr)
        return ExitStatus.INTERRUPTED
    except UsageError as error:
        _say(f"audit: {' '.join(str(error).split())}")
        return ExitStatus.WRONG_USE
    except HarnessError as error:
        _say(f"audit: unknown: {' '.join(str(error).split())}")
        return ExitStatus.UNKNOWN


def _run(options: argparse.Namespace) -> int:
    fail_on = audit_options.fail_on(options.fail_on)
    rule, candidates = audit_options.rules(options.rules)
    against = audit_options.against(options.against)
    clock = Clock(audit_options.now(options.now), audit_options.stale_after(options.stale_after))
    audit_options.require_one_origin(options)
    reader = _manifests(options)
    contents, origin, audited = _contents(options)
    question = Question(
        Organisation(reader.declared),
        contents.snapshots if contents else None,
        clock,
        reader.account,
        rule,
        candidates,
        against,
        audited,
        options.successive,
        origin,
        Policies(contents.policies) if contents and contents.policies is not None else None,
    )
    found = audit(question)
    values = facts(found, fail_on, version())
    _write(options.out, found, values)
    _print(terminal.lines(values, str(options.out)))
    return int(values["exit_status"])


def _print(lines: Sequence[str]) -> None:
    """Print the report; if nobody reads on, such as `head`, the rest is in the files."""
    try:
        print("\n".join(lines), flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _manifests(options: argparse.Namespace) -> ManifestReader:
    """Return the reader after it has read everything.

    Raises:
        UsageError: No manifests were named, or they hold neither a source nor a destination.
    """
    given = bool(options.manifests or options.kubeconfig)
    if given == options.repository_only:
        problem = "--repository-only excludes them" if given else "--manifests is missing"
        remedy = "name files or folders, - for the standard input, or --kubeconfig, or give --repository-only"
        raise UsageError(f"{problem}: {remedy}")
    own = [options.out / name for name in (AUDIT, OVERRIDES, RESTORES)]
    reader = ManifestReader(audit_options.namespace(options.namespace), own=own)
    for paths in options.manifests:
        name = ", ".join("standard input" if path == STDIN else path for path in paths)
        reader.read(name, paths, sys.stdin.buffer)
    if options.kubeconfig:
        cluster.read(options.kubeconfig, reader)
    if given and not reader.declared and not reader.account.skipped:
        raise UsageError(
            f"--manifests: {reader.account.in_words()}; name manifests with a source or destination that uses kopia"
        )
    return reader


def _contents(options: argparse.Namespace) -> tuple[Contents | None, str, Repository | None]:
    """Return what the repository lists or None, its origin, and the repository if it is known."""
    audited = repository_of_url(options.repository, options.endpoint) if options.repository else None
    if options.manifests_only:
        return None, "none: only the manifests were looked at", None
    if options.snapshots:
        saved = _saved("--snapshots", Path(options.snapshots), "kopia snapshot list --all --json", _snapshots)
        found = None
        if options.policies:
            found = _saved("--policies", Path(options.policies), "kopia policy list --json", policies.read)
        return Contents(saved, found), f"the file {options.snapshots}", audited
    place = place_of(options.repository, options.endpoint, options.secret, options.config, os.environ)
    kopia = provision.kopia(options.kopia, os.environ, _say)
    with _own_folder() as folder:
        return reading.contents(kopia.path, place, folder, _say), str(place), repository_at(place) or audited


@contextmanager
def _own_folder() -> Iterator[Path]:
    """Yield a folder for kopia. However the audit ends, the reaper ends kopia and removes the folder."""
    marker = f"audit-{secrets.token_hex(8)}"
    reaper = Reaper(marker)
    before = os.environ.get(RUN_MARKER)
    os.environ[RUN_MARKER] = marker
    try:
        folder = Path(tempfile.mkdtemp(prefix="audit-"))
        reaper.guard("folder", folder)
        yield folder
    finally:
        os.environ.pop(RUN_MARKER)
        os.environ.update({RUN_MARKER: before} if before is not None else {})
        reaper.close()


def _saved(option: str, file: Path, command: str, read: Callable[[bytes, str], list[Listed]]) -> list[Listed]:
    """Return what a file with the output of a command of kopia lists."""
    if files.is_endless(file):
        raise UsageError(f"{option} {file}: {files.NOT_REGULAR}; save {command} in one")
    try:
        data = file.read_bytes() if file.stat().st_size <= SUITE.snapshot_list_bytes else None
    except OSError as error:
        raise UsageError(f"{option} {file}: cannot be read ({error.strerror}); save {command}") from None
    if data is None:
        raise UsageError(f"{option} {file}: larger than {SUITE.snapshot_list_bytes >> 20} MiB; audit a part of it")
    try:
        return read(data, str(file))
    except HarnessError as error:
        raise UsageError(f"{option} {error}; save {command}") from None


def _snapshots(data: bytes, what: str) -> list[ListedSnapshot]:
    return listing.read(data, what, lambda number: _say(f"{number} snapshots read"))


def _say(message: str) -> None:
    print(REDACT(message), file=sys.stderr)


def _ready(name: str, make: Callable[[Audit], str], found: Audit) -> str:
    """Return ready manifests; "" if there are none, or if they cannot be written as they are."""
    try:
        return make(found)
    except MangledError as error:
        _say(f"audit: {name} is not written: {error}")
        return ""


def _write(folder: Path, found: Audit, values: dict[str, object]) -> None:
    """Write audit.json, the page, and the ready manifests beside it."""
    ready = {name: _ready(name, make, found) for name, make in ((OVERRIDES, overrides_of), (RESTORES, restores_of))}
    written = [name for name, text in ready.items() if text]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / AUDIT).write_text(json.dumps(values, indent=1, ensure_ascii=False), encoding="utf-8")
        (folder / "index.html").write_text(page.render(values, written), encoding="utf-8")
        for name, text in ready.items():
            if text:
                (folder / name).write_text(text, encoding="utf-8")
            else:
                (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"--out {folder}: cannot be written ({error.strerror}); name another folder") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
