"""The command line of the suite: options in a group of their own, checked before anything starts."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest

from harness import subject
from harness.errors import UsageError
from harness.model import CustomNames, DefaultUsername
from harness.platform import manifests
from harness.spec.ledger import claims
from harness.storage import external

DEFAULT_USERNAMES: tuple[DefaultUsername, ...] = get_args(DefaultUsername)
CUSTOM_NAMES: tuple[CustomNames, ...] = get_args(CustomNames)
STORAGES = ("auto", "container", "process")


@dataclass(frozen=True)
class Options:
    """What the user asked for."""

    subject: subject.Subject
    default_username: str | None
    custom_names: str | None
    kopia: str | None
    storage: str
    minio_image: str | None
    keep: bool
    proof: bool
    overhead: bool


OPTIONS = pytest.StashKey[Options]()


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
        help=f"one side of the contradiction on default usernames: {' or '.join(DEFAULT_USERNAMES)} (default: both)",
    )
    group.addoption(
        "--custom-names",
        metavar="SIDE",
        help=f"one side of the contradiction on custom names: {' or '.join(CUSTOM_NAMES)} (default: both)",
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
    group.addoption("--keep", action="store_true", help="leave the store running and say how to look into it")
    group.addoption(
        "--proof", action="store_true", help="run every mutant on the claims that it must fail; say who survives"
    )
    group.addoption(
        "--overhead",
        action="store_true",
        help="afterwards repeat all calls of kopia as a plain shell loop, and say how much longer the suite took",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Turns bad options into usage errors, and good ones into ``Options``."""
    try:
        config.stash[OPTIONS] = parse(config)
        if serves(config):
            _known_tags(config.option.markexpr)
            manifests.load_folder(config.rootpath / "fixtures" / "manifests")
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None


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
    _one_of("--default-username", option.default_username, DEFAULT_USERNAMES)
    _one_of("--custom-names", option.custom_names, CUSTOM_NAMES)
    if option.storage.startswith("s3://"):
        external.parse(option.storage, os.environ)
    else:
        _one_of("--storage", option.storage, STORAGES)
    return Options(
        subject=subject.load(option.subject),
        default_username=option.default_username,
        custom_names=option.custom_names,
        kopia=option.kopia,
        storage=option.storage,
        minio_image=option.minio_image,
        keep=option.keep,
        proof=option.proof,
        overhead=option.overhead,
    )


def _known_tags(expression: str) -> None:
    known = {*claims(), *DEFAULT_USERNAMES, *CUSTOM_NAMES, "and", "or", "not"}
    for word in re.findall(r"[^\s()]+", expression):
        if word not in known:
            raise UsageError(
                f"-m {expression}: {word} is the tag of no claim and no side; harness/spec/claims.yaml has all"
            )


def _one_of(name: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise UsageError(f"{name} {value}: use one of {', '.join(allowed)}")
