"""Mutants that take snapshots of a similar identity for those of the requested one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from harness.kopia.client import KopiaClient
from harness.model import Identity, MoverJob, SnapshotRecord
from harness.mover.reference import ReferenceMover
from harness.subject.mutants.registry import mutant


def _taking(alike: Callable[[Identity, Identity], bool]) -> type[ReferenceMover]:
    """Return a mover that restores snapshots of identities which are ``alike``.

    ``alike`` gets the requested identity and a recorded one.
    """

    class Taking(ReferenceMover):
        def own(
            self, client: KopiaClient, records: Sequence[SnapshotRecord], job: MoverJob
        ) -> Sequence[SnapshotRecord]:
            wanted, path = self.identity(job), self.snapshot_path(job)
            return [record for record in records if record.path == path and alike(wanted, record.identity)]

    return Taking


def _lower(identity: Identity) -> Identity:
    return Identity(identity.username.lower(), identity.hostname.lower())


def _matches(wanted: Identity, found: Identity) -> bool:
    return bool(re.fullmatch(wanted.username, found.username) and re.fullmatch(wanted.hostname, found.hostname))


def _begins(wanted: Identity, found: Identity) -> bool:
    return found.username.startswith(wanted.username) and found.hostname.startswith(wanted.hostname)


def _same_short(wanted: Identity, found: Identity) -> bool:
    return wanted.username == found.username and wanted.hostname.split(".")[0] == found.hostname.split(".")[0]


@mutant("identity-in-any-case", fails="IS_6", unrelated="SR_3 RD_2 OV_5")
class _IdentityInAnyCase(_taking(lambda wanted, found: _lower(wanted) == _lower(found))):  # type: ignore[misc]
    """Names are compared whatever their case."""


@mutant("identity-as-a-pattern", fails="IS_6", unrelated="SR_3 RD_2 OV_5")
class _IdentityAsAPattern(_taking(_matches)):  # type: ignore[misc]
    """Names are compared as regular expressions: a dot stands for any character."""


@mutant("identity-by-its-begin", fails="IS_6 SR_3", unrelated="BA_2 OV_5 HN_2")
class _IdentityByItsBegin(_taking(_begins)):  # type: ignore[misc]
    """Names need only begin with the ones that are asked for."""


@mutant("identity-found-in-a-text", fails="IS_6 SR_3", unrelated="BA_2 OV_5 HN_2")
class _IdentityFoundInAText(_taking(lambda wanted, found: str(wanted) in str(found))):  # type: ignore[misc]
    """An identity is looked for in the text of a list, as grep does."""


@mutant("hostname-to-its-first-dot", fails="IS_6", unrelated="SR_3 RD_2 OV_5")
class _HostnameToItsFirstDot(_taking(_same_short)):  # type: ignore[misc]
    """Hostnames are compared without their domain."""
