"""Find out which variants a subject follows, with a few objects and without a mover."""

from __future__ import annotations

import secrets
import tempfile
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import AdmissionRefused, Blocked, HarnessError
from harness.model import CustomNames, DefaultUsername, Variants
from harness.operator.platform import NoJob, Platform
from harness.subject.subject import Subject
from harness.volsync import objects
from harness.volsync.defaults import NOTHING_ADDED, REPOSITORY_SECRET, Additions, complete, repository_secret, triggered
from harness.volsync.variables import Key, Variable
from harness.volumes import FolderVolumes

if TYPE_CHECKING:
    from harness.kubernetes.connection import Cluster

NEITHER = "neither"
UNANSWERED = "unanswered"
"""The result if the operator creates no Job for a plain source."""

NO_JOB = "no Job"
REFUSED = "refused"
SHORT, LONG = "probe", "probe-of-a-name-that-is-too-long-with-its-namespace"
PLAIN, EMAIL = "probe.user_1", "probe@example.test"


@dataclass(frozen=True)
class Probed:
    """The variants that a subject was observed to follow.

    Attributes:
        default_username: The variant, ``neither`` or ``unanswered``.
        custom_names: The variant, ``neither`` or ``unanswered``.
        seen: The observation for each contradiction, in words.
    """

    default_username: str
    custom_names: str
    seen: tuple[str, ...]

    @property
    def followed(self) -> dict[str, str]:
        """Return the results by the names of the contradictions."""
        return {"default_username": self.default_username, "custom_names": self.custom_names}


def probe(subject: Subject, cluster: Cluster | None = None) -> Probed:
    """Apply four sources to a new platform of the subject, and read the usernames in their Jobs."""
    # A random name, because a fixed one may belong to an existing namespace of the API.
    namespace = f"variants-{secrets.token_hex(3)}"
    with tempfile.TemporaryDirectory() as folder:
        platform = subject.platform(Variants(), FolderVolumes(Path(folder)), cluster)
        short = _username(platform, namespace, SHORT, additions=subject.additions)
        if short.startswith(NO_JOB):
            # An operator that does not answer may also keep its objects: that is no error of the harness.
            with suppress(HarnessError):
                platform.close()
            return Probed(UNANSWERED, UNANSWERED, (f"a plain source: {short}",) * 2)
        with closing(platform):
            long = _username(platform, namespace, LONG, additions=subject.additions)
            plain = _username(platform, namespace, "plain", PLAIN, subject.additions)
            email = _username(platform, namespace, "email", EMAIL, subject.additions)
    seen = (
        f"default username: {SHORT} in {namespace} becomes {short}, {LONG} becomes {long}",
        f"custom names: {PLAIN} becomes {plain}, {EMAIL} becomes {email}",
    )
    return Probed(_default_username(namespace, short, long), _custom_names(plain, email), seen)


def _default_username(namespace: str, short: str, long: str) -> str:
    known = {
        (SHORT, LONG): DefaultUsername.OBJECT_NAME,
        (f"{SHORT}-{namespace}", LONG): DefaultUsername.OBJECT_NAME_NAMESPACE,
    }
    return str(known.get((short, long), NEITHER))


def _custom_names(plain: str, email: str) -> str:
    known = {(PLAIN, EMAIL): CustomNames.AS_GIVEN, (PLAIN, REFUSED): CustomNames.VALIDATED}
    return str(known.get((plain, email), NEITHER))


def _username(
    platform: Platform, namespace: str, name: str, custom: str = "", additions: Additions = NOTHING_ADDED
) -> str:
    """Return the username in the Job of a source.

    Returns:
        The username, ``refused`` if the API refuses a custom name, or ``no Job`` with the reason.
    """
    source = objects.source(name, namespace, {"username": custom} if custom else {})
    completion = complete(triggered(source, "probe"), additions)
    values = {Key.REPOSITORY.value: "s3://probe", Key.PASSWORD.value: "probe"}
    secret = repository_secret(namespace, REPOSITORY_SECRET, values)
    try:
        for manifest in (*completion.needs, secret, completion.manifest):
            platform.apply(manifest)
        answer = platform.next_job(held=True)
    except AdmissionRefused as refusal:
        return REFUSED if custom else f"{NO_JOB}: refused: {refusal}"
    except Blocked as problem:
        return f"{NO_JOB}: {problem.divergence.seen}"
    if isinstance(answer, NoJob):
        return f"{NO_JOB}: {answer.said or answer.note}"
    return answer.env.get(Variable.USERNAME, "unset")
