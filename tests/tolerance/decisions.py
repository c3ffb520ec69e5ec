"""Decisions that keep every promise of the document, and differ where it is silent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from harness.model import Identity, Manifest, MoverResult
from harness.operator.decisions import Decisions, FindSource, source_namespace
from harness.volsync.discovery import Discovered
from harness.volsync.fields import kopia_spec

NOT_IN_USERNAMES = re.compile(r"[^a-zA-Z0-9_-]+")
NOT_IN_HOSTNAMES = re.compile(r"[^a-zA-Z0-9.-]+")


def _instants(texts: Any) -> list[datetime]:
    return sorted(datetime.fromisoformat(text).astimezone(UTC) for text in texts)


class OwnWords(Decisions):
    """Rules written anew, messages in words of its own, instants in whole seconds, the newest identity first."""

    def sanitise_username(self, text: str) -> str:
        return NOT_IN_USERNAMES.sub("", text).strip("_-") or "volsync-default"

    def default_hostname(self, namespace: str, pvc: str) -> str:
        return NOT_IN_HOSTNAMES.sub("", namespace.replace("_", "-")).strip(".-") or "volsync-default"

    def fits(self, combined: str) -> bool:
        return len(combined) < 51

    def refusal(self, manifest: Manifest, find: FindSource) -> str | None:
        if manifest["kind"] != "ReplicationDestination":
            return None
        spec = kopia_spec(manifest)
        parts = [part for part in ("username", "hostname") if spec.get(part)]
        if len(parts) != 1:
            return None
        other = "hostname" if parts == ["username"] else "username"
        return f"provide both username and hostname together, or neither: there is no {other}"

    def available(self, discovered: Discovered, result: MoverResult) -> list[dict[str, Any]]:
        newest = {who: _instants(ends)[-1] for who, ends in discovered.snapshots.items()}
        return [
            {
                "latestSnapshot": f"{newest[who]:%Y-%m-%dT%H:%M:%SZ}",
                "snapshotCount": len(discovered.snapshots[who]),
                "identity": str(who),
            }
            for who in sorted(newest, key=lambda who: newest[who], reverse=True)
        ]

    def failure_message(self, requested: Identity | None, discovered: Discovered, result: MoverResult) -> str:
        if requested is not None and not discovered.snapshots_of(requested):
            there = "; ".join(
                f"{who} ({len(ends)} snapshots, latest {_instants(ends)[-1]:%Y-%m-%dT%H:%M:%SZ})"
                for who, ends in discovered.snapshots.items()
            )
            return f"Nothing was ever backed up as {requested}. In the repository are: {there or 'no snapshots'}"
        return f"The mover gave up (exit status {result.exit_code}). It said: {result.log.strip()[-400:]}"


class LargestFirst(Decisions):
    """Lists the identity with most snapshots first, with more fields and instants with an offset."""

    def default_username(self, name: str, namespace: str) -> str:
        joined = "-".join((name, namespace))
        if self.variants.default_username != "object-name-namespace" or len(joined) > 50:
            joined = name
        return NOT_IN_USERNAMES.sub("", joined).strip("-_") or "volsync-default"

    def available(self, discovered: Discovered, result: MoverResult) -> list[dict[str, Any]]:
        entries = [
            {
                "identity": self.in_words(who),
                "username": who.username,
                "hostname": who.hostname,
                "snapshotCount": len(ends),
                "latestSnapshot": _instants(ends)[-1].isoformat(timespec="seconds"),
            }
            for who, ends in discovered.snapshots.items()
        ]
        return sorted(entries, key=lambda entry: (-entry["snapshotCount"], entry["identity"]))


class OwnRepository(Decisions):
    """A destination always names its repository, as it names its volume; the source is asked for names only."""

    def repository(self, manifest: Manifest, find: FindSource) -> str | None:
        return kopia_spec(manifest).get("repository") or None

    def missing_key(self, secret: Mapping[str, str]) -> str | None:
        lacking = [key for key in ("KOPIA_PASSWORD", "KOPIA_REPOSITORY") if not secret.get(key, "").strip()]
        return " and ".join(lacking) or None

    def failure_message(self, requested: Identity | None, discovered: Discovered, result: MoverResult) -> str:
        """The log of the mover, then always who is there, whatever went wrong."""
        log = " | ".join(line for line in result.log.splitlines() if "ERROR" in line or "error" in line)
        there = ", ".join(map(str, discovered.identities)) or "(none)"
        wanted = f" wanted {requested};" if requested else ""
        return f"Job failed:{wanted} {log or 'no error in its log'}; all identities of the repository: {there}"


class ExplicitSource(Decisions):
    """Answers for a source that does not exist by its names alone; the path is the destination's to give."""

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        spec = kopia_spec(destination)
        if spec.get("username") and spec.get("hostname"):
            return Identity(str(spec["username"]), str(spec["hostname"]))
        wanted = spec.get("sourceIdentity")
        if not wanted:
            return self.identity(destination)
        source = find(source_namespace(destination), wanted["sourceName"])
        named = kopia_spec(source) if source else {}
        space = source_namespace(destination)
        return Identity(
            named.get("username") or self.default_username(wanted["sourceName"], space),
            named.get("hostname") or self.default_hostname(space, wanted.get("sourcePVCName", "")),
        )

    def source_path(self, manifest: Manifest, find: FindSource) -> str | None:
        spec = kopia_spec(manifest)
        wanted = spec.get("sourceIdentity") or {}
        source = find(source_namespace(manifest), wanted["sourceName"]) if wanted else None
        given = wanted.get("sourcePathOverride") or spec.get("sourcePathOverride")
        return given or (kopia_spec(source).get("sourcePathOverride") if source else None)

    def available(self, discovered: Discovered, result: MoverResult) -> list[dict[str, Any]]:
        return [one for one in reversed(super().available(discovered, result)) if one["snapshotCount"]]

    def failure_message(self, requested: Identity | None, discovered: Discovered, result: MoverResult) -> str:
        """The documented promise first, in one sentence; the log stays in the status."""
        if requested is None or discovered.snapshots_of(requested):
            lines = result.log.strip().splitlines() or ["(empty log)"]
            return f"error from the mover: {lines[-1]}"
        names = " ".join(f"<{identity}>" for identity in discovered.identities) or "<>"
        return f"{requested} has no snapshots here. Available: {names}"
