"""The exceptions of the harness, and the verdict that each of them leads to.

``UsageError``
    An input (an option, a manifest, a subject file, the environment) is invalid. Nothing is tested. Exit status 4.
``HarnessError``
    The harness or its surroundings failed (S3 store, container engine, toolchain, disk, time limit). The verdict is
    *unknown*. It counts neither as held nor as diverged. Exit status 3.
``AdmissionRefused``
    The API of the subject refused an object. This is a result of a sync, not an error.
``Divergence``
    What was observed differs from what the document says. Only this exception makes a scenario *fail*.
``Blocked``
    A precondition failed because of the subject, so the check was not reached. It names the claims of which one is
    broken. The scenario is *blocked*.
``NotAsked``
    The scenario cannot be run on this subject. It is *skipped*, with the reason.

Every other exception makes a scenario *unknown*.
"""

from __future__ import annotations

from collections.abc import Mapping


class HarnessError(Exception):
    """The harness or its surroundings failed: the verdict is unknown."""


class UsageError(HarnessError):
    """An input is invalid. The message names the input, its value, and what to do."""


class TimeLimitExceeded(HarnessError):
    """A process of the harness did not end within its time limit and was killed."""


class AdmissionRefused(Exception):
    """The API refused an object. ``str()`` is the message that the user of the API reads."""


class Divergence(Exception):
    """The subject does not do what the document says.

    Attributes:
        what: The property that was checked.
        expected: What the document says about it.
        seen: What was observed instead.
        oracle: Where that was observed: "repository", "operator", "volume", "API", ...
        detail: Further text, such as the end of the mover log.
        others: Observations of the same property by other oracles, by their names.
        trees: The expected and the observed volume, if the check compares volumes.
        roots: If ``what`` is a precondition (a sync that has to succeed): the claims of which one is broken, the most
            specific one first. Otherwise empty.
        part: The part of the subject that decided ("controller", "mover", "admission"), or "" if that is not recorded.
        cause: What is wrong, in a few words. Scenarios with the same cause are one entry of the report.
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
        # user@a@host: only the parts differ.
        reads_the_same = str(expected) == str(seen)
        self.expected = repr(expected) if reads_the_same else expected
        self.seen = repr(seen) if reads_the_same else seen
        self.oracle = oracle
        self.detail = detail

    def __str__(self) -> str:
        lines = [
            self.what,
            f"  expected: {self.expected}",
            f"  observed ({self.oracle}): {self.seen}",
            *(f"  observed ({oracle}): {seen}" for oracle, seen in self.others.items()),
        ]
        if self.detail:
            lines.append("  " + self.detail.replace("\n", "\n  "))
        return "\n".join(lines)


class Blocked(Exception):
    """A precondition failed because of the subject.

    Attributes:
        divergence: The failed precondition. Its ``roots`` are the claims of which one is broken.
    """

    def __init__(self, divergence: Divergence) -> None:
        super().__init__(divergence.what)
        self.divergence = divergence

    def __str__(self) -> str:
        return f"blocked: a precondition failed, so the check was not reached\n{self.divergence}"


class OperatorCrashed(HarnessError):
    """The operator process ended while a scenario was waiting for an answer."""

    def as_divergence(self) -> Divergence:
        """Return the verdict for the scenario that makes the operator crash again."""
        return Divergence("the operator process", expected="it keeps running", seen=str(self), oracle="operator")


class NotAsked(HarnessError):
    """The scenario cannot be run on this subject. The message is the reason for the skip."""
