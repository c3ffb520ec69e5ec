"""The options of ``tox -e audit``: what they are called, and whether their values can be used."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

from harness.audit import rule_file
from harness.audit.audit import BY_DEFAULT, Worry
from harness.audit.repository import URLS
from harness.audit.rules import BUILT_IN, Rule
from harness.errors import UsageError
from harness.volsync.admission import illegal_name

SUMMARY = "Tell what the restores of given manifests would find"
AUTO = "auto"
EVERYTHING, NOTHING = "all", "none"
YEARS = 1980, 9000
"""Schedules are counted back from ``--now``; a calendar ends at the years 1 and 9999."""
OUT = Path("reports") / "audit"


class _Parser(argparse.ArgumentParser):
    """Raise an error of use as every other part of the suite does."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; tox -e audit -- --help lists the options")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of a command line; the values are checked by the functions below.

    Raises:
        UsageError: An option is not known, or lacks its value.
    """
    parser = _Parser(prog="tox -e audit --", description=SUMMARY, allow_abbrev=False)
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
    add("--repository-only", action="store_true",
        help="there are no manifests: list what is in the repository, with the lines that restore it")  # fmt: skip
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
    return parser.parse_args(arguments)


def rules(requests: Sequence[str]) -> tuple[Rule | None, list[Rule]]:
    """Return the requested rule, or None for the one that explains most, and the rules to try beside it.

    Raises:
        UsageError: A rule is not known or not usable, or there are two without auto.
    """
    named = [rule_file.read(one) for one in requests if one != AUTO]
    if AUTO in requests or not requests:
        return None, named
    if len(named) > 1:
        raise UsageError("--rules: two rules without auto; give one, or add --rules auto")
    return named[0], []


def fail_on(text: str) -> frozenset[Worry]:
    """Return the worries that lead to exit status 1.

    Raises:
        UsageError: A name is not known, or there is none.
    """
    names = {name.strip() for name in text.split(",") if name.strip()}
    if names == {EVERYTHING}:
        return frozenset(Worry)
    if names == {NOTHING}:
        return frozenset()
    known = f"use all, none, or some of {', '.join(Worry)}"
    if not names or names & {EVERYTHING, NOTHING}:
        raise UsageError(f"--fail-on {text!r}: names nothing, or all or none beside others; {known}")
    for name in sorted(names - set(Worry)):
        raise UsageError(f"--fail-on: {name!r} is unknown; {known}")
    return frozenset(map(Worry, names))


def now(text: str | None) -> datetime:
    """Return the instant of the audit.

    Raises:
        UsageError: The text is no instant with a time zone.
    """
    if text is None:
        return datetime.now(UTC)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise UsageError(f"--now {text}: no instant with a time zone; write it as 2026-01-31T12:00:00Z")
    if not YEARS[0] <= instant.year <= YEARS[1]:
        raise UsageError(
            f"--now {text}: the year is not between {YEARS[0]} and {YEARS[1]}; write it as 2026-01-31T12:00:00Z"
        )
    return instant


def stale_after(hours: float | None) -> timedelta | None:
    """Return the age at which a source without a schedule is stale, or None.

    Raises:
        UsageError: It is no positive number of hours.
    """
    if hours is None:
        return None
    try:
        age = timedelta(hours=hours)
    except (OverflowError, ValueError):
        age = timedelta()
    if age <= timedelta():
        raise UsageError(f"--stale-after {hours}: no usable number of hours; give one above 0, such as 36")
    return age


def against(request: str | None) -> Rule | None:
    """Return the rule to compare with, or None.

    Raises:
        UsageError: It is not known or not usable.
    """
    if request == AUTO:
        raise UsageError(f"--against {AUTO}: names no rule; use one of {', '.join(BUILT_IN)}, or a file")
    return rule_file.read(request) if request else None


def namespace(name: str) -> str:
    """Return the namespace of objects that give none; "" if they are skipped.

    Raises:
        UsageError: It is no name of a namespace.
    """
    if name and (problem := illegal_name(name, label=True)):
        raise UsageError(f"--namespace {name!r}: a namespace {problem}")
    return name


def require_one_origin(options: argparse.Namespace) -> None:
    """Check that exactly one option says where the snapshots come from, and that no option is without a use.

    Raises:
        UsageError: There is none, there are several, or an option has no use.
    """
    reads = not (options.config or options.snapshots or options.manifests_only)
    named = [name for name, value in (
        ("--manifests-only", options.manifests_only),
        ("--snapshots", options.snapshots),
        ("--config", options.config),
        ("--secret", options.secret),
        ("--repository", options.repository and reads and not options.secret),
    ) if value]  # fmt: skip
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} exclude each other; give one of them")
    if not named:
        raise UsageError(
            "--repository is missing; or give --snapshots with a saved kopia snapshot list --all --json, "
            "or --manifests-only"
        )
    if options.manifests_only and options.repository_only:
        raise UsageError("--manifests-only and --repository-only exclude each other; give one of them")
    if options.policies and not options.snapshots:
        raise UsageError("--policies goes with --snapshots; a repository that is read has its policies")
    if options.manifests_only and (options.repository or options.endpoint):
        raise UsageError("--manifests-only reads no repository: leave out --repository and --endpoint")
    if options.endpoint and not (options.repository or options.secret):
        raise UsageError("--endpoint goes with --repository s3://bucket/prefix or --secret")
