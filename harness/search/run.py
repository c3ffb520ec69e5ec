"""Run the two parts of a search: draw actions, run them on a subject, and shrink what they show."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from harness.errors import Blocked, Divergence, HarnessError
from harness.model import Variants
from harness.scenario.testbed import Testbed
from harness.search.actions import Action
from harness.search.asking import Asking
from harness.search.found import Broken, Found, Part
from harness.search.moving import Moving
from harness.search.shrink import shrunk
from harness.subject.subject import Subject

PURE, REAL = "the operator alone", "with mover, kopia and store"
SAY_EVERY_S = 10.0
LEAST_SHRINK_S = 20.0
"""What was found in the last second of a search is still shrunk for this time."""


@dataclass(frozen=True)
class Settings:
    """The limits of a search.

    Attributes:
        seed: The seed of what is drawn.
        examples: The number of examples of the pure part.
        seconds: The time for the real part.
    """

    seed: int
    examples: int
    seconds: float


class Progress:
    """Say every few seconds what a part does, and count what it did."""

    def __init__(self, part: Part, say: Callable[[str], None], limit: str) -> None:
        """Begin now. ``limit`` says how far the part goes."""
        self._part, self._say, self._limit = part, say, limit
        self.begin = self._said = time.monotonic()

    def count(self, *, actions: int = 0, judged: int = 0, examples: int = 0) -> None:
        """Add to the numbers of the part."""
        tally = self._part.tally
        tally.actions, tally.judged, tally.examples = (
            tally.actions + actions,
            tally.judged + judged,
            tally.examples + examples,
        )
        now = time.monotonic()
        tally.seconds = now - self.begin
        if now - self._said >= SAY_EVERY_S:
            self._said = now
            self._say(f"search: {self._part.in_words}; {self._limit}")


def pure(subject: Subject, variants: Variants, limits: Settings, say: Callable[[str], None]) -> Part:
    """Ask the operator of a subject alone, on a simulated platform."""
    with tempfile.TemporaryDirectory() as folder:
        return _pure(subject, variants, Path(folder), limits, say)


def _pure(subject: Subject, variants: Variants, folder: Path, limits: Settings, say: Callable[[str], None]) -> Part:
    # Imported late: only a search needs Hypothesis.
    from harness.search import machine

    part = Part(PURE)
    progress = Progress(part, say, f"{limits.examples} examples in all")
    hit: list[tuple[Found, tuple[Action, ...]]] = []

    def begin() -> Callable[[Sequence[Action]], None]:
        done: list[Action] = []
        asking = Asking(subject, variants, folder, lambda found: part.note(found, done))

        def example(actions: Sequence[Action]) -> None:
            if hit:
                raise machine.Enough
            if part.tally.examples >= limits.examples:
                return
            before = asking.judged
            try:
                for action in actions:
                    done.append(action)
                    asking.do(action)
            except Broken as broken:
                hit.append((broken.found, tuple(done)))
                raise machine.Enough from None
            finally:
                progress.count(actions=len(actions), judged=asking.judged - before, examples=1)

        return example

    machine.draw_pure(begin, limits.examples, limits.seed)
    _shrink_all(part, hit, lambda actions, note: _asked(Asking(subject, variants, folder, note), actions), lambda: True)
    return part


def real(worlds: Callable[[], AbstractContextManager[Testbed]], limits: Settings, say: Callable[[str], None]) -> Part:
    """Run a subject with its mover, until the time is up.

    Args:
        worlds: Makes a new world for one sequence.
        limits: The limits of the search.
        say: Prints one line.

    Raises:
        HarnessError: The harness failed, so the result is unknown.
    """
    from harness.search import machine

    part = Part(REAL)
    progress = Progress(part, say, f"{limits.seconds:.0f} s in all")
    deadline = progress.begin + limits.seconds
    hit: list[tuple[Found, tuple[Action, ...]]] = []
    failed: list[HarnessError | Blocked | Divergence] = []

    class Example:
        """One world, until its example ends."""

        def __init__(self) -> None:
            self._stack = ExitStack()
            self._done: list[Action] = []
            bed = self._stack.enter_context(worlds())
            self._moving = Moving(bed, lambda found: part.note(found, self._done))
            progress.count(examples=1)

        def do(self, action: Action) -> None:
            before = self._moving.judged
            self._done.append(action)
            try:
                self._moving.do(action)
            except Broken as broken:
                hit.append((broken.found, tuple(self._done)))
                raise machine.Enough from None
            except (HarnessError, Blocked, Divergence) as error:
                failed.append(error)
                raise machine.Enough from None
            finally:
                progress.count(actions=1, judged=self._moving.judged - before)

        def backed_up(self) -> list[object]:
            return list(self._moving.backed_up())

        def close(self) -> None:
            self._stack.close()

    def is_over() -> bool:
        return bool(hit or failed) or time.monotonic() > deadline

    machine.draw_real(Example, is_over, max(1, int(limits.seconds)), limits.seed)
    if failed:
        raise HarnessError(f"the search was ended: {failed[0]}")
    until = max(deadline, time.monotonic() + LEAST_SHRINK_S)
    if hit:
        say(f"search: found after {time.monotonic() - progress.begin:.0f} s: {hit[0][0].in_words}; shrinking")
    _shrink_all(part, hit, lambda actions, note: _moved(worlds, actions, note), lambda: time.monotonic() < until)
    progress.count()
    return part


Run = Callable[[Sequence[Action], Callable[[Found], None]], "tuple[Found, tuple[Action, ...]] | None"]


def _shrink_all(
    part: Part, hit: Sequence[tuple[Found, tuple[Action, ...]]], run: Run, may_go_on: Callable[[], bool]
) -> None:
    """Shrink the divergence of a part, or else its findings."""
    for found, actions in hit[:1]:
        part.divergence = found, actions

        def shows(candidate: Sequence[Action]) -> tuple[Action, ...] | None:
            seen = run(candidate, lambda finding: None)
            if seen is None or not seen[0].is_like(part.divergence and part.divergence[0]):
                return None
            part.divergence = seen
            return seen[1]

        shrunk(actions, shows, may_go_on)


def _asked(asking: Asking, actions: Sequence[Action]) -> tuple[Found, tuple[Action, ...]] | None:
    return _shown(asking.do, actions)


def _moved(
    worlds: Callable[[], AbstractContextManager[Testbed]], actions: Sequence[Action], note: Callable[[Found], None]
) -> tuple[Found, tuple[Action, ...]] | None:
    with worlds() as bed:
        return _shown(Moving(bed, note).do, actions)


def _shown(do: Callable[[Action], None], actions: Sequence[Action]) -> tuple[Found, tuple[Action, ...]] | None:
    """Run actions until one shows a divergence, and return it with the actions until then."""
    for number, action in enumerate(actions, 1):
        try:
            do(action)
        except Broken as broken:
            return broken.found, tuple(actions[:number])
        except (HarnessError, Blocked, Divergence):
            # A shorter sequence that cannot be judged is no replacement for the one that was found.
            return None
    return None
