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
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn, TypeVar

from harness.audit import cluster, page, rule_file, terminal
from harness.audit.audit import BY_DEFAULT, Audit, Question, Worry, audit
from harness.audit.facts import facts, overrides_of, redacted, restores_of
from harness.audit.organisation import Organisation, Repository
from harness.audit.reading import STDIN, ManifestReader
from harness.audit.repository import URLS, place_of, repository_at, repository_of_url
from harness.audit.rules import BUILT_IN, Rule
from harness.audit.upkeep import Clock
from harness.document.verdict import ExitStatus
from harness.errors import HarnessError, UsageError
from harness.kopia import listing, policies, reading
from harness.kopia.listing import ListedSnapshot
from harness.kopia.policies import Policies
from harness.kopia.reading import Contents
from harness.system import yaml_io
from harness.system.limits import SUITE
from harness.system.process import REDACT, RUN_MARKER
from harness.system.reaper import Reaper
from harness.system.version import version
from harness.toolchain import provision

Listed = TypeVar("Listed")
AUTO = "auto"
EVERYTHING, NOTHING = "all", "none"
OUT = Path("reports") / "audit"


class _Parser(argparse.ArgumentParser):
    """Raise an error of use as every other part of the suite does."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; tox -e audit -- --help lists the options")


def main(arguments: Sequence[str]) -> int:
    """Run an audit, print it, and write audit.json.

    Returns:
        0 if there is nothing to worry about, 1 if there is, 2 if it was interrupted, 3 if unknown, 4 after
            wrong use.
    """
    try:
        return _run(_parser().parse_args(arguments))
    except KeyboardInterrupt:
        print("audit: interrupted: nothing was written", file=sys.stderr)
        return ExitStatus.INTERRUPTED
    except UsageError as error:
        print(REDACT(f"audit: {error}"), file=sys.stderr)
        return ExitStatus.WRONG_USE
    except HarnessError as error:
        print(REDACT(f"audit: unknown: {error}"), file=sys.stderr)
        return ExitStatus.UNKNOWN


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="tox -e audit --", description=__doc__.split(":")[0], allow_abbrev=False)
    add = parser.add_argument
    add("--manifests", action="append", nargs="+", metavar="PATH", default=[],
        help="files or folders of one cluster, or - for the standard input; again for another cluster")  # fmt: skip
    add("--kubeconfig", metavar="FILE", help="read the objects of this live cluster, too")
    add("--repository", metavar="URL", default="", help=f"the repository: {URLS}; it is only read")
    add(
        "--endpoint",
        metavar="URL",
        default="",
        help="the endpoint of the S3 store, if neither Secret nor variable has it",
    )
    add("--secret", metavar="FILE", default="", help="the repository Secret with URL, password and credentials")
    add("--config", metavar="FILE", default="", help="read the repository of this configuration file of kopia")
    add("--kopia", metavar="PATH", help="a kopia program or a pinned version")
    add("--snapshots", metavar="FILE", help="a saved list: kopia snapshot list --all --json")
    add("--policies", metavar="FILE", help="a saved list of the policies: kopia policy list --json")
    add("--manifests-only", action="store_true", help="look only at the manifests: there is no list of snapshots")
    add("--namespace", default="", help="the namespace of manifests that give none")
    add("--rules", action="append", metavar="NAME", default=[],
        help=f"how identities are made: auto (default), {', '.join(BUILT_IN)}, or a file; "
             "files beside auto are tried, too")  # fmt: skip
    add("--against", metavar="NAME", help="also tell what changes under this rule")
    add("--successive", action="store_true",
        help="the clusters exist one after another: one name in two of them is no collision")  # fmt: skip
    add("--fail-on", metavar="NAMES", default=",".join(sorted(BY_DEFAULT)),
        help=f"what leads to exit status 1: all, none, or of {', '.join(Worry)} (default: %(default)s)")  # fmt: skip
    add("--stale-after", metavar="HOURS", type=float, help="the age at which a source without a schedule is stale")
    add("--now", metavar="INSTANT", help="the instant of the audit, such as 2026-01-31T12:00:00Z (default: now)")
    add(
        "--out",
        metavar="FOLDER",
        type=Path,
        default=OUT,
        help="the folder of audit.json and the page (default: %(default)s)",
    )
    return parser


def _run(options: argparse.Namespace) -> int:
    fail_on = _fail_on(options.fail_on)
    rule, candidates = _rules(options.rules)
    against = rule_file.read(options.against) if options.against else None
    clock = Clock(_now(options.now), _stale_after(options.stale_after))
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
    for line in terminal.lines(values, str(options.out)):
        print(line)
    return int(values["exit_status"])


def _manifests(options: argparse.Namespace) -> ManifestReader:
    """Return the reader after it has read everything.

    Raises:
        UsageError: No manifests were named, or they hold neither a source nor a destination.
    """
    if not options.manifests and not options.kubeconfig:
        raise UsageError("--manifests is missing: name files or folders, - for the standard input, or --kubeconfig")
    reader = ManifestReader(options.namespace)
    for paths in options.manifests:
        name = ", ".join("standard input" if path == STDIN else path for path in paths)
        reader.read(name, paths, sys.stdin.buffer)
    if options.kubeconfig:
        cluster.read(options.kubeconfig, reader)
    if not reader.declared and not reader.account.skipped:
        raise UsageError(
            f"--manifests: {reader.account.in_words()}; name manifests with a source or destination that uses kopia"
        )
    return reader


def _contents(options: argparse.Namespace) -> tuple[Contents | None, str, Repository | None]:
    """Return what the repository lists or None, its origin, and the repository if it is known."""
    reads = bool(options.config or (not options.snapshots and (options.repository or options.secret)))
    given = {"--manifests-only": options.manifests_only, "--snapshots": options.snapshots,
             "--config": options.config, "--repository or --secret": reads and not options.config}  # fmt: skip
    named = [name for name, value in given.items() if value]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} exclude each other; give one of them")
    if not named:
        raise UsageError(
            "--repository is missing; or give --snapshots with a saved kopia snapshot list --all --json, "
            "or --manifests-only"
        )
    if options.policies and not options.snapshots:
        raise UsageError("--policies goes with --snapshots; a repository that is read has its policies")
    if options.manifests_only:
        return None, "none: only the manifests were looked at", None
    if not reads:
        url = options.repository
        audited = repository_of_url(url) if url else None
        saved = _saved("--snapshots", Path(options.snapshots), "kopia snapshot list --all --json", _snapshots)
        found = None
        if options.policies:
            found = _saved("--policies", Path(options.policies), "kopia policy list --json", policies.read)
        return Contents(saved, found), f"the file {options.snapshots}", audited
    place = place_of(options.repository, options.endpoint, options.secret, options.config, os.environ)
    kopia = provision.kopia(options.kopia, os.environ, _say)
    with _own_folder() as folder:
        return reading.contents(kopia.path, place, folder, _say), str(place), repository_at(place)


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


def _rules(requests: Sequence[str]) -> tuple[Rule | None, list[Rule]]:
    """Return the requested rule, or None for the one that explains most, and the rules to try beside it."""
    named = [rule_file.read(one) for one in requests if one != AUTO]
    if AUTO in requests or not requests:
        return None, named
    if len(named) > 1:
        raise UsageError("--rules: two rules without auto; give one, or add --rules auto")
    return named[0], []


def _fail_on(text: str) -> frozenset[Worry]:
    names = {name.strip() for name in text.split(",") if name.strip()}
    if names == {EVERYTHING}:
        return frozenset(Worry)
    if names == {NOTHING}:
        return frozenset()
    for name in sorted(names - set(Worry)):
        raise UsageError(f"--fail-on: {name!r} is unknown; use all, none, or some of {', '.join(Worry)}")
    return frozenset(map(Worry, names))


def _now(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise UsageError(f"--now {text}: no instant with a time zone; write it as 2026-01-31T12:00:00Z")
    return instant


def _stale_after(hours: float | None) -> timedelta | None:
    if hours is None:
        return None
    try:
        return timedelta(hours=hours)
    except (OverflowError, ValueError):
        raise UsageError(f"--stale-after {hours}: no usable number of hours") from None


def _write(folder: Path, found: Audit, values: dict[str, object]) -> None:
    """Write audit.json, the page, and the ready manifests beside it."""
    ready = {"overrides.yaml": overrides_of(found), "restores.yaml": restores_of(found)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "audit.json").write_text(json.dumps(values, indent=1, ensure_ascii=False), encoding="utf-8")
        (folder / "index.html").write_text(page.render(values), encoding="utf-8")
        for name, manifests in ready.items():
            if manifests:
                (folder / name).write_text(yaml_io.dump_all(redacted(list(manifests))), encoding="utf-8")
            else:
                (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"--out {folder}: cannot be written ({error.strerror}); name another folder") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
