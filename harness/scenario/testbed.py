"""One scenario as its steps meet it: what they can do, and what was seen.

Steps declare objects (``Declarations``), have them synced (``Syncs``, ``MoverAlone``, ``Measurements``) and use
plain kopia (``PlainKopia``, ``History``). What was observed is one ``Record``; judging is in ``harness.expect``.
"""

from __future__ import annotations

from harness.model import Finding
from harness.scenario.declarations import Declarations
from harness.scenario.journal import Journal, LiveJournal
from harness.scenario.plain_kopia import History, PlainKopia
from harness.scenario.record import Record
from harness.scenario.syncs import Measurements, MoverAlone, Syncs
from harness.scenario.world import World


class Testbed:
    """Everything that the steps of one scenario use; ``world`` is None where a saved record is judged again."""

    __test__ = False  # not a test class, whatever pytest makes of the name

    def __init__(self, journal: Journal, world: World | None) -> None:
        self._journal = journal
        self.declarations = Declarations(journal, world)
        self.syncs = Syncs(journal, world)
        self.mover_alone = MoverAlone(journal, world)
        self.measurements = Measurements(journal, world)
        self.plain_kopia = PlainKopia(journal, world)
        self.history = History(journal, world)
        self.findings: list[Finding] = []

    def seen(self) -> Record:
        """Return all that was observed until now."""
        return self._journal.record()

    def found(self, finding: Finding) -> None:
        """Keep what was found where a promise was put to the test."""
        self.findings.append(finding)


class LiveTestbed(Testbed):
    """A scenario that runs: its acts change a world, and are noted in a journal."""

    __test__ = False

    def __init__(self, world: World) -> None:
        self.world = world
        self.journal = LiveJournal(world.observed, world.still_valid)
        super().__init__(self.journal, world)

    @property
    def mover_seconds(self) -> list[float]:
        """How long each Job of the mover took."""
        return self.world.runner.mover_seconds

    @property
    def operator_seconds(self) -> float:
        """How long the operator took to answer, in all."""
        return self.world.platform.answer_s

    def check_surroundings(self) -> None:
        """Raise HarnessError where store or disk are not well: what was seen is then no verdict."""
        self.world.context.check()

    def close(self) -> None:
        """End the scenario: what it left on a shared API is removed."""
        self.world.platform.close()
