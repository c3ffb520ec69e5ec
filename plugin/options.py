"""The command line of the suite: options in a group of their own, checked before anything starts."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import pytest
from _pytest.mark.expression import Expression

from harness.document.ledger import LedgerError, claims
from harness.errors import UsageError
from harness.model import CustomNames, DefaultUsername
from harness.report import expectations
from harness.storage import external
from harness.subject import subject, variants
from harness.volsync import manifests

DEFAULT_USERNAMES: tuple[DefaultUsername, ...] = get_args(DefaultUsername)
CUSTOM_NAMES: tuple[CustomNames, ...] = get_args(CustomNames)
LITERAL_NAMESPACES = "literal-namespaces"
LONG = "long"
NO_CLAIMS = (*DEFAULT_USERNAMES, *CUSTOM_NAMES, LITERAL_NAMESPACES, LONG)
"""The tags that are no claims; plugin/tags.py says what each means."""
AUTO = "auto"
STORAGES = ("auto", "container", "process")


@dataclass(frozen=True)
class Options:
    """What the user asked for."""

    subject: subject.Subject
    default_username: str | None
    custom_names: str | None
    probed: tuple[str, ...]
    kopia: str | None
    storage: str
    minio_image: str | None
    keep: bool
    proof: bool
    overhead: bool
    expectations: Path | None = None
    update_expectations: bool = False
    sample: tuple[int, str] | None = None

    def with_sides(self, probed: variants.Probed) -> Options:
        """With the sides that were found out, where they are ``auto``."""
        return replace(
            self,
            default_username=probed.default_username if self.default_username == AUTO else self.default_username,
            custom_names=probed.custom_names if self.custom_names == AUTO else self.custom_names,
            probed=probed.seen,
        )


OPTIONS = pytest.StashKey[Options]()
SUITE_BROKEN = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the suite; ``pytest --help`` shows them under "conformance"."""
    group = parser.getgroup("conformance", "conformance")
    group.addoption(
        "--subject",
        default="reference",
        metavar="WHO",
        help="who is tested: reference (default), mutant:NAME (wrong on purpose), or a subject FILE (docs/subjects.md)",
    )
    group.addoption(
        "--default-username",
        metavar="SIDE",
        help=f"a side on default usernames: {', '.join(DEFAULT_USERNAMES)}, or auto to find out (default: both)",
    )
    group.addoption(
        "--custom-names",
        metavar="SIDE",
        help=f"a side on custom names: {', '.join(CUSTOM_NAMES)}, or auto to find out (default: both)",
    )
    group.addoption(
        "--kopia",
        metavar="PATH|VERSION",
        help="the kopia binary, or a pinned version to provision (default: $KOPIA_BIN, else the default version)",
    )
    group.addoption(
        "--storage",
        default="auto",
        metavar="WHERE",
        help=f"where repositories lie: auto (a container, else a process), container, process, or {external.FORM} "
        "with credentials from the environment",
    )
    group.addoption(
        "--minio-image", metavar="IMAGE", help="a MinIO image to use in place of the one that is built here"
    )
    group.addoption(
        "--keep-going",
        action="store_true",
        help="run on where a plain backup or restore fails (by default the run then ends: all else stands on them)",
    )
    group.addoption(
        "--sample",
        metavar="PARTS:SEED",
        help="run the base claims and one part in so many of all other scenarios, drawn by the seed: 3:20261125",
    )
    group.addoption("--keep", action="store_true", help="leave the store running and say how to look into it")
    group.addoption(
        "--proof", action="store_true", help="run every mutant on the claims that it must fail; say who survives"
    )
    group.addoption(
        "--expectations",
        metavar="FILE",
        help="known divergences of the subject (default: the file that the subject file names)",
    )
    group.addoption(
        "--update-expectations",
        action="store_true",
        help="write what diverges now into the file of expectations, sorted; reasons and comments are kept",
    )
    group.addoption(
        "--overhead",
        action="store_true",
        help="afterwards repeat all calls of kopia as a plain shell loop, and say how much longer the suite took",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Turns bad options into usage errors, and good ones into ``Options``."""
    # A worker that died, or was ended with the run, is never replaced, however pytest was called.
    config.option.maxworkerrestart = "0"
    try:
        config.stash[OPTIONS] = parse(config)
        if serves(config):
            check_tags(config.rootpath / "features")
            _readable("-k", config.option.keyword)
            _readable("-m", config.option.markexpr)
            _known_tags(config.option.markexpr)
            manifests.load_folder(config.rootpath / "fixtures" / "manifests")
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    except LedgerError as error:
        config.stash[SUITE_BROKEN] = f"the suite itself is wrong: {error}"
        raise pytest.UsageError(str(error)) from None


def check_tags(features: Path) -> None:
    """Raises LedgerError where features and ledger do not fit: an unknown tag, or a claim without a scenario."""
    found: dict[str, Path] = {}
    for file in sorted(features.rglob("*.feature")):
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.lstrip().startswith("@")]
        found.update({tag.removeprefix("@"): file for line in lines for tag in line.split()})
    for tag in sorted(found.keys() - claims().keys() - {*NO_CLAIMS}):
        raise LedgerError(f"{found[tag]}: the tag @{tag} is no claim of the ledger and no side")
    missing = [claim.id for claim in claims().values() if claim.id not in found and claim.kind != "advice"]
    if missing:
        raise LedgerError(f"no scenario carries the tag of {', '.join(missing)}")


def serves(config: pytest.Config) -> bool:
    """Whether this run asks for scenarios, and not only for the harness's own tests."""
    features = config.rootpath / "features"
    asked = [Path(str(argument).split("::")[0]).absolute() for argument in config.args]
    return not config.option.collectonly and any(
        path == features or features in path.parents or path in features.parents for path in asked
    )


def parse(config: pytest.Config) -> Options:
    """The options of a run; UsageError names the option, its value and what it may be."""
    option = config.option
    _one_of("--default-username", option.default_username, (*DEFAULT_USERNAMES, AUTO))
    _one_of("--custom-names", option.custom_names, (*CUSTOM_NAMES, AUTO))
    if option.storage.startswith("s3://"):
        external.parse(option.storage, os.environ)
    else:
        _one_of("--storage", option.storage, STORAGES)
    who = subject.load(option.subject)
    if option.overhead and (who.kubernetes or not who.runs_reference_mover):
        raise UsageError("--overhead: compares calls of the reference's own mover; leave it out for this subject")
    if who.pods and not option.storage.startswith("s3://"):
        raise UsageError(
            f"--storage {option.storage}: pods of a cluster do not reach a store on this machine; "
            f"name an endpoint that they reach, {external.FORM}"
        )
    default_username = option.default_username or who.sides.get("default_username")
    custom_names = option.custom_names or who.sides.get("custom_names")
    options = Options(
        subject=who,
        default_username=default_username,
        custom_names=custom_names,
        probed=(),
        kopia=option.kopia,
        storage=option.storage,
        minio_image=option.minio_image,
        keep=option.keep,
        proof=option.proof,
        overhead=option.overhead,
        expectations=_expectations(option, who),
        update_expectations=option.update_expectations,
        sample=_sample(option.sample),
    )
    # An operator of its own can only be asked once it runs.
    asked_now = AUTO in (default_username, custom_names) and not who.kubernetes
    return options.with_sides(variants.probe(who)) if asked_now else options


def _expectations(option: Any, who: subject.Subject) -> Path | None:
    file = Path(option.expectations) if option.expectations else who.expectations
    if option.update_expectations and file is None:
        raise UsageError(
            "--update-expectations: no file is named; use --expectations, or expectations in the subject file"
        )
    if file is not None and (file.exists() or not option.update_expectations):
        expectations.load(file)
    return file


def _sample(request: str | None) -> tuple[int, str] | None:
    """The number of parts and the seed of ``--sample``."""
    if request is None:
        return None
    parts, colon, seed = request.partition(":")
    if not parts.isdigit() or int(parts) < 1 or not colon or not seed:
        raise UsageError(f"--sample {request}: write the number of parts and a seed, such as 3:20261125")
    return int(parts), seed


def _readable(name: str, expression: str) -> None:
    """Said here in one line: pytest finds out in a worker, and ends with a traceback."""
    try:
        Expression.compile(expression or "x")
    except SyntaxError as error:
        raise UsageError(f"{name} {expression}: {error.msg}; write words with and, or, not and brackets") from None


def _known_tags(expression: str) -> None:
    known = {*claims(), *NO_CLAIMS, "and", "or", "not"}
    for word in re.findall(r"[^\s()]+", expression):
        if word not in known:
            raise UsageError(
                f"-m {expression}: {word} is the tag of no claim and no side; harness/document/claims.yaml has all"
            )


def _one_of(name: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise UsageError(f"{name} {value}: use one of {', '.join(allowed)}")
