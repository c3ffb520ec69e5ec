"""Mutants that report wrongly: what a status lists, and what counts as a success."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.model import Identity, Manifest, MoverResult
from harness.operator.decisions import Decisions, FindSource
from harness.subject.mutants.registry import mutant
from harness.volsync import discovery
from harness.volsync.discovery import Discovered
from harness.volsync.fields import manual_trigger
from harness.volsync.status import IDENTITY, StatusField

# --- decisions: status


@mutant("requested-identity-turned-round", fails="IS_3 RD_1", unrelated="DI_1 HN_2 SI_1")
class _RequestedIdentityTurnedRound(Decisions):
    """The status names the requested identity as hostname@username."""

    def in_words(self, identity: Identity) -> str:
        return f"{identity.hostname}@{identity.username}"


@mutant("identities-never-listed", fails="DI_1 DI_2 DI_3 DI_4 DI_6 DI_7 IS_1 IS_5", unrelated="IS_3 IS_4 HN_2")
class _IdentitiesNeverListed(Decisions):
    """The list of identities stays empty."""

    def available(self, discovered: Discovered, result: MoverResult) -> list[dict[str, Any]]:
        return []


@mutant("ten-identities-listed", fails="DI_1", unrelated="DI_3 DI_4 IS_4")
class _TenIdentitiesListed(Decisions):
    """The list of identities has ten entries at most."""

    def available(self, discovered: Discovered, result: MoverResult) -> list[dict[str, Any]]:
        return super().available(discovered, result)[:10]


@mutant("identities-listed-without-case", fails="DI_1", unrelated="DI_2 DI_3 IS_4")
class _IdentitiesListedWithoutCase(Decisions):
    """Of identities that differ only in capital letters, one is listed."""

    def available(self, discovered: Discovered, result: MoverResult) -> list[dict[str, Any]]:
        return list({str(one[IDENTITY]).lower(): one for one in super().available(discovered, result)}.values())


@mutant("identity-listed-to-its-second-at", fails="DI_2", unrelated="DI_1 DI_3 DI_4")
class _IdentityListedToItsSecondAt(Decisions):
    """An entry ends where a username holds an @ and the hostname would begin."""

    def available(self, discovered: Discovered, result: MoverResult) -> list[dict[str, Any]]:
        cut = ["@".join(str(identity).split("@")[:2]) for identity in discovered.identities]
        listed = super().available(discovered, result)
        return [discovery.changed(one, identity=name) for name, one in zip(cut, listed, strict=True)]


@mutant("ten-identities-named", fails="IS_4", unrelated="DI_1 DI_3 IS_6")
class _TenIdentitiesNamed(Decisions):
    """A failed restore names ten identities at most."""

    def failure_message(self, requested: Identity | None, discovered: Discovered, result: MoverResult) -> str:
        some = {identity: discovered.snapshots[identity] for identity in discovered.identities[:10]}
        return super().failure_message(requested, Discovered(some), result)


@mutant("identities-stale", fails="DI_6", unrelated="DI_1 DI_7 HN_2")
class _IdentitiesStale(Decisions):
    """The list of identities stays what the first discovery found."""

    _first: list[dict[str, Any]] | None = None

    def available(self, discovered: Discovered, result: MoverResult) -> list[dict[str, Any]]:
        self._first = self._first or super().available(discovered, result)
        return self._first


@mutant("identities-cleared-on-success", fails="DI_7", unrelated="DI_1 DI_6 HN_2")
class _IdentitiesClearedOnSuccess(Decisions):
    """The list of identities is emptied when a restore succeeds."""

    def available(self, discovered: Discovered, result: MoverResult) -> list[dict[str, Any]]:
        return super().available(discovered, result) if result.exit_code else []


@mutant("failed-job-is-success", fails="BA_4", unrelated="HN_2 RD_2 DI_3")
class _FailedJobIsSuccess(Decisions):
    """Every job is reported as a success."""

    def succeeded(self, result: MoverResult) -> bool:
        return True


@mutant("failed-trigger-marked-as-synced", fails="BA_4", unrelated="BA_1 HN_2 RD_2")
class _FailedTriggerMarkedAsSynced(Decisions):
    """The trigger of a failed sync is shown as that of the last sync, beside a result and a condition that say so."""

    def status(self, manifest: Manifest, status: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**status, StatusField.LAST_MANUAL_SYNC.value: manual_trigger(manifest)}


@mutant("success-never-reported", fails="BA_1", unrelated="VA_1 VA_I OV_3")
class _SuccessNeverReported(Decisions):
    """Every job is reported as a failure."""

    def succeeded(self, result: MoverResult) -> bool:
        return False


@mutant("silent-without-a-job", fails="BA_3 SR_8", unrelated="HN_2 RD_2 SI_1")
class _SilentWithoutJob(Decisions):
    """Where no Job can be made the user is told nothing."""

    def complaint(self, problem: str) -> str:
        return ""


@mutant("secret-key-not-looked-for", fails="SR_8", unrelated="SR_7 HN_2 SI_1")
class _SecretKeyNotLookedFor(Decisions):
    """A mover is started whatever the Secret lacks."""

    def missing_key(self, secret: Mapping[str, str]) -> str | None:
        return None


@mutant("gone-source-is-another", fails="SI_7", unrelated="SI_1 SI_4 RD_2")
class _GoneSourceIsAnother(Decisions):
    """Where the named source does not exist, another one of its namespace is taken for it."""

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        def found(namespace: str, name: str) -> Manifest | None:
            return find(namespace, name) or find(namespace, "orders")

        return super().requested_identity(destination, found)


@mutant("snapshots-not-counted", fails="DI_1 DI_3 IS_1", unrelated="DI_4 IS_5 HN_2")
class _SnapshotsNotCounted(Decisions):
    """Every identity is listed with one snapshot more than it has."""

    def available(self, discovered: Discovered, result: MoverResult) -> list[dict[str, Any]]:
        return [
            discovery.changed(entry, count=discovered.snapshots_of(identity) + 1)
            for identity, entry in zip(discovered.identities, super().available(discovered, result), strict=True)
        ]


@mutant("latest-is-the-oldest", fails="DI_2 DI_3", unrelated="DI_4 IS_5 HN_2")
class _LatestIsTheOldest(Decisions):
    """The oldest snapshot is listed as the latest one."""

    def available(self, discovered: Discovered, result: MoverResult) -> list[dict[str, Any]]:
        return [
            discovery.changed(entry, latest=min(discovered.snapshots[identity]))
            for identity, entry in zip(discovered.identities, super().available(discovered, result), strict=True)
        ]
