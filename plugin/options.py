"""Define and check the command-line options of the suite, before anything is started.

This module does not contact a subject, a container engine or an API. ``plugin.lifecycle`` does that.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark.expression import Expression

from harness.document.ledger import LedgerError, claims
from harness.errors import UsageError
from harness.model import VARIANT_TAGS, VARIANTS
from harness.report import expectations
from harness.storage import external
from harness.subject.choose import load
from harness.subject.subject import AUTO, Subject
from harness.subject.variants import Probed
from harness.volsync import manifests

LITERAL_NAMESPACES = "literal-namespaces"
LONG = "long"
NO_CLAIMS = (*sorted(VARIANT_TAGS), LITERAL_NAMESPACES, LONG)
"""The tags that are not claims. plugin/tags.py explains each."""
ALL_PROFILES, PROFILES = "all", ("core", "extended", "safety")
STORAGES = ("auto", "container", "process")
FLAG = "store_true"

COMMAND_LINE: Mapping[str, Mapping[str, Any]] = {
    "--subject": {
        "default": "reference",
        "metavar": "WHO",
        "help": "who is tested: reference (default), mutant:NAME (wrong on purpose), or a subject FILE "
        "(docs/subjects.md)",
    },
    **{
        one.option: {
            "metavar": "VARIANT",
            "help": f"the variant of {one.about}: {', '.join(one.variants)}, or auto to find out (default: both)",
        }
        for one in VARIANTS.values()
    },
    "--kopia": {
        "metavar": "PATH|VERSION",
        "help": "the kopia binary, or a pinned version to provision (default: $KOPIA_BIN, else the default version)",
    },
    "--storage": {
        "default": "auto",
        "metavar": "WHERE",
        "help": f"where repositories lie: auto (a container, else a process), container, process, or {external.FORM} "
        "with credentials from the environment",
    },
    "--minio-image": {"metavar": "IMAGE", "help": "a MinIO image to use in place of the one that is built here"},
    "--keep-going": {
        "action": FLAG,
        "help": "run on where a plain backup or restore fails (by default the run then ends: all else stands on them)",
    },
    "--profile": {
        "default": ALL_PROFILES,
        "metavar": "PROFILE",
        "help": f"run the claims of one profile, and the base claims: {', '.join(PROFILES)} (default: {ALL_PROFILES})",
    },
    "--sample": {
        "metavar": "PARTS:SEED",
        "help": "run the base claims and one part in so many of all other scenarios, drawn by the seed: 3:20261125; "
        "with --proof, one part of the mutants",
    },
    "--shuffle": {
        "metavar": "SEED",
        "help": "run the scenarios in an order drawn by the seed, after the base claims",
    },
    "--keep": {"action": FLAG, "help": "leave the store running and say how to look into it"},
    "--proof": {"action": FLAG, "help": "run every mutant on the claims that it must fail; say who survives"},
    "--expectations": {
        "metavar": "FILE",
        "help": "known divergences of the subject (default: the file that the subject file names)",
    },
    "--update-expectations": {
        "action": FLAG,
        "help": "write what diverges now into the file of expectations, sorted; reasons and comments are kept",
    },
    "--overhead": {
        "action": FLAG,
        "help": "afterwards repeat all calls of kopia as a plain shell loop, and say how much longer the suite took",
    },
}
"""Every option of the suite, with its arguments for argparse."""


@dataclass(frozen=True)
class Options:
    """The options of a run.

    Attributes:
        subject: The subject under test.
        variants: By contradiction: the variant to run, None for both, ``auto`` until it is found out, or ``neither`` or
            ``unanswered`` (``harness.subject.variants``).
        probed: The observation for each contradiction, in words, once the variants were found out.
        kopia: The path or version of kopia.
        storage: Where the repositories are stored.
        minio_image: The MinIO image to use instead of the built one.
        keep: True if the store keeps running after the run.
        proof: True if the run is a proof with all mutants.
        overhead: True if the run is compared with a shell loop.
        expectations: The file of known divergences.
        update_expectations: True if that file is updated.
        sample: The number of parts and the seed of a sample.
        profile: The profile whose claims run, or ``all``.
        shuffle: The seed of a random order, or None for the usual order.
    """

    subject: Subject
    variants: Mapping[str, str | None]
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
    profile: str = ALL_PROFILES
    shuffle: str | None = None

    @property
    def lacks_variants(self) -> bool:
        """Return True if a variant must still be found out."""
        return AUTO in self.variants.values()

    def with_variants(self, probed: Probed) -> Options:
        """Return these options with the found variants in place of ``auto``."""
        found = {name: probed.followed[name] if value == AUTO else value for name, value in self.variants.items()}
        return replace(self, variants=found, probed=probed.seen)


OPTIONS = pytest.StashKey[Options]()
SUITE_BROKEN = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the suite. ``pytest --help`` shows them under "conformance"."""
    group = parser.getgroup("conformance", "conformance")
    for name, settings in COMMAND_LINE.items():
        group.addoption(name, **settings)


def pytest_configure(config: pytest.Config) -> None:
    """Store the checked options in the stash. Raise a usage error if one is wrong."""
    # Never replace a worker that died or was killed, whatever the options of xdist are.
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
    """Check that the tags of the features match the ledger.

    Raises:
        LedgerError: A tag is unknown, or a claim has no scenario.
    """
    found: dict[str, Path] = {}
    for file in sorted(features.rglob("*.feature")):
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.lstrip().startswith("@")]
        found.update({tag.removeprefix("@"): file for line in lines for tag in line.split()})
    for tag in sorted(found.keys() - claims().keys() - {*NO_CLAIMS}):
        raise LedgerError(f"{found[tag]}: the tag @{tag} is no claim of the ledger and no variant")
    missing = [claim.id for claim in claims().values() if claim.id not in found and claim.kind != "advice"]
    if missing:
        raise LedgerError(f"no scenario carries the tag of {', '.join(missing)}")


def serves(config: pytest.Config) -> bool:
    """Return True if this run includes scenarios, not only unit tests of the harness."""
    features = config.rootpath / "features"
    asked = [Path(str(argument).split("::")[0]).absolute() for argument in config.args]
    return not config.option.collectonly and any(
        path == features or features in path.parents or path in features.parents for path in asked
    )


def parse(config: pytest.Config) -> Options:
    """Return the options of a run.

    Raises:
        UsageError: An option or the subject file is wrong. The message names the option, its value and the valid
            values.
    """
    option = config.option
    for one in VARIANTS.values():
        _one_of(one.option, getattr(option, one.name), (*one.variants, AUTO))
    _one_of("--profile", option.profile, (*PROFILES, ALL_PROFILES))
    _check_storage(option.storage)
    who = load(option.subject)
    _check_fit(option, who)
    return Options(
        subject=who,
        variants={name: getattr(option, name) or who.variants.get(name) for name in VARIANTS},
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
        profile=option.profile,
        shuffle=option.shuffle,
    )


def _check_storage(storage: str) -> None:
    if storage.startswith("s3://"):
        external.parse(storage, os.environ)
    else:
        _one_of("--storage", storage, STORAGES)


def _check_fit(option: Any, who: Subject) -> None:
    """Check that the options are possible for the subject.

    Raises:
        UsageError: An option cannot be used with this subject.
    """
    if option.overhead and (who.kubernetes or not who.mover_kind.is_reference):
        raise UsageError("--overhead: compares calls of the reference's own mover; leave it out for this subject")
    if who.mover_kind.pods and not option.storage.startswith("s3://"):
        raise UsageError(
            f"--storage {option.storage}: pods of a cluster do not reach a store on this machine; "
            f"name an endpoint that they reach, {external.FORM}"
        )


def _expectations(option: Any, who: Subject) -> Path | None:
    file = Path(option.expectations) if option.expectations else who.expectations
    if option.update_expectations and file is None:
        raise UsageError(
            "--update-expectations: no file is named; use --expectations, or expectations in the subject file"
        )
    if file is not None and (file.exists() or not option.update_expectations):
        expectations.load(file)
    return file


def _sample(request: str | None) -> tuple[int, str] | None:
    """Return the number of parts and the seed of ``--sample``.

    Raises:
        UsageError: The value has another form.
    """
    if request is None:
        return None
    parts, colon, seed = request.partition(":")
    if not re.fullmatch("[1-9][0-9]{0,5}", parts) or not colon or not seed:
        raise UsageError(f"--sample {request}: write the number of parts and a seed, such as 3:20261125")
    return int(parts), seed


def _readable(name: str, expression: str) -> None:
    """Check the syntax of an expression here, because pytest would report it in a worker with a traceback."""
    try:
        Expression.compile(expression or "x")
    except SyntaxError as error:
        raise UsageError(f"{name} {expression}: {error.msg}; write words with and, or, not and brackets") from None


def _known_tags(expression: str) -> None:
    known = {*claims(), *NO_CLAIMS, "and", "or", "not"}
    for word in re.findall(r"[^\s()]+", expression):
        if word not in known:
            raise UsageError(
                f"-m {expression}: {word} is the tag of no claim and no variant; harness/document/claims.yaml has all"
            )


def _one_of(name: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise UsageError(f"{name} {value}: use one of {', '.join(allowed)}")
