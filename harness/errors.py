"""What can go wrong, and what each kind of wrong says about the subject.

``UsageError``
    Something that came in from outside (an option, a manifest, a subject file, the
    environment) is not usable.  Nothing was tested.  Exit status 4.
``HarnessError``
    The harness or its surroundings broke (store, engine, toolchain, disk, time limit).
    The verdict is *unknown*: never counted as held, never as diverged.  Exit status 3.
``AdmissionRefused``
    An outcome, not an error: the API of the subject refused an object.
``Divergence``
    The one verdict against the subject: an expectation and what was observed differ.
    Only this class makes a scenario *fail*.
``Blocked``
    A precondition of a scenario did not hold because of the subject: its own check was not reached.
    It names the claims one of which is broken.
``NotAsked``
    A scenario cannot be put to this subject: it is *skipped*, with the reason.

Every other exception makes a scenario *unknown*.
"""

from __future__ import annotations

from collections.abc import Mapping


class HarnessError(Exception):
    """The harness or its surroundings broke: the verdict is unknown."""


class UsageError(HarnessError):
    """An input from outside is unusable; the message names it, its value and a remedy."""


class TimeLimitExceeded(HarnessError):
    """A process of the harness did not end within its time limit and was killed."""


class AdmissionRefused(Exception):
    """The API refused an object; ``str()`` is the message that its user reads."""


class Divergence(Exception):
    """The subject does not do what the document says.

    ``expected`` is the document's account, ``seen`` what another account holds, and
    ``oracle`` names that account ("repository", "operator", "volume", "API"); ``others`` are
    further accounts of the same thing, for a reader to see who agrees with whom; ``trees`` are the volume as it was
    expected and as it was seen, where it is about a volume.

    ``roots`` are the claims one of which is broken where ``what`` is not the subject of the check but a
    sync that had to succeed first, the most special one first.  ``part`` is the part of the subject that
    decided ("controller", "mover", "admission"), "" where the record does not show it.  ``cause`` names what
    is wrong in a few words, the same for every scenario that meets the same thing: a report counts causes.
    """

    def __init__(
        self,
        what: str,
        *,
        expected: object,
        seen: object,
        oracle: str,
        detail: str = "",
        others: Mapping[str, object] | None = None,
        trees: tuple[Mapping[str, str], Mapping[str, str]] | None = None,
        roots: tuple[str, ...] = (),
        part: str = "",
        cause: str = "",
    ) -> None:
        super().__init__(what)
        self.cause = cause or what
        self.roots = roots
        self.part = part
        self.trees = trees
        self.others = dict(others or {})
        self.what = what
        self.expected = expected
        self.seen = seen
        self.oracle = oracle
        self.detail = detail

    def __str__(self) -> str:
        lines = [
            self.what,
            f"  the document says: {self.expected}",
            f"  the {self.oracle} says: {self.seen}",
            *(f"  the {oracle} says: {seen}" for oracle, seen in self.others.items()),
        ]
        if self.detail:
            lines.append("  " + self.detail.replace("\n", "\n  "))
        return "\n".join(lines)


class Blocked(Exception):
    """A precondition did not hold because of the subject; ``divergence`` says which, and its ``roots`` why."""

    def __init__(self, divergence: Divergence) -> None:
        super().__init__(divergence.what)
        self.divergence = divergence

    def __str__(self) -> str:
        return f"not reached: a precondition did not hold\n{self.divergence}"


class OperatorCrashed(HarnessError):
    """The operator's process ended while a scenario waited for it."""


class NotAsked(HarnessError):
    """A scenario cannot be put to this subject; the message is the reason why it is skipped."""
