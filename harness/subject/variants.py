"""Which side of each contradiction a subject takes: found out by a few objects, without a mover."""

from __future__ import annotations

import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import AdmissionRefused, Blocked
from harness.model import Sides
from harness.operator.platform import NoJob, Platform
from harness.subject.subject import Subject
from harness.volsync import objects
from harness.volsync.defaults import NOTHING_ADDED, REPOSITORY_SECRET, Additions, complete, repository_secret, triggered
from harness.volumes import FolderVolumes

if TYPE_CHECKING:
    from harness.kubernetes.connection import Cluster

NEITHER = "neither"
UNANSWERED = "unanswered"
"""Nothing can be found out: the operator made no Job of a plain source."""

NO_JOB = "no Job"
SHORT, LONG = "probe", "probe-of-a-name-that-is-too-long-with-its-namespace"
PLAIN, EMAIL = "probe.user_1", "probe@example.test"


@dataclass(frozen=True)
class Probed:
    """A side for each contradiction, or ``neither`` or ``unanswered``, with what was seen in words."""

    default_username: str
    custom_names: str
    seen: tuple[str, ...]


def probe(subject: Subject, cluster: Cluster | None = None) -> Probed:
    """Applies four sources to a fresh platform of the subject, and looks at what it makes of them."""
    # Its own name on any API: what is called so already is somebody else's.
    namespace = f"sides-{secrets.token_hex(3)}"
    with tempfile.TemporaryDirectory() as folder:
        platform = subject.platform(Sides(), FolderVolumes(Path(folder)), cluster)
        short = _username(platform, namespace, SHORT, additions=subject.additions)
        if short.startswith(NO_JOB):
            return Probed(UNANSWERED, UNANSWERED, (f"a plain source: {short}",) * 2)
        long = _username(platform, namespace, LONG, additions=subject.additions)
        plain = _username(platform, namespace, "plain", PLAIN, subject.additions)
        email = _username(platform, namespace, "email", EMAIL, subject.additions)
        platform.close()
    seen = (
        f"default username: {SHORT} in {namespace} becomes {short}, {LONG} becomes {long}",
        f"custom names: {PLAIN} becomes {plain}, {EMAIL} becomes {email}",
    )
    return Probed(_default_username(namespace, short, long), _custom_names(plain, email), seen)


def _default_username(namespace: str, short: str, long: str) -> str:
    known = {(SHORT, LONG): "object-name", (f"{SHORT}-{namespace}", LONG): "object-name-namespace"}
    return known.get((short, long), NEITHER)


def _custom_names(plain: str, email: str) -> str:
    known = {(PLAIN, EMAIL): "as-given", (PLAIN, "refused"): "validated"}
    return known.get((plain, email), NEITHER)


def _username(
    platform: Platform, namespace: str, name: str, custom: str = "", additions: Additions = NOTHING_ADDED
) -> str:
    """The username in the Job of a source; ``refused`` where the API does not take it, ``no Job`` and why otherwise."""
    source = objects.source(name, namespace, {"username": custom} if custom else {})
    completion = complete(triggered(source, "probe"), additions)
    secret = repository_secret(
        namespace, REPOSITORY_SECRET, {"KOPIA_REPOSITORY": "s3://probe", "KOPIA_PASSWORD": "probe"}
    )
    try:
        for manifest in (*completion.needs, secret, completion.manifest):
            platform.apply(manifest)
        answer = platform.next_job(held=True)
    except AdmissionRefused as refusal:
        return "refused" if custom else f"{NO_JOB}: refused: {refusal}"
    except Blocked as problem:
        return f"{NO_JOB}: {problem.divergence.seen}"
    if isinstance(answer, NoJob):
        return f"{NO_JOB}: {answer.said or answer.note}"
    return answer.env.get("KOPIA_OVERRIDE_USERNAME", "unset")
