"""Give the steps of one scenario their actions and the record.

Steps declare objects (``Declarations``), sync them (``Syncs``, ``MoverAlone``, ``Measurements``) and use plain kopia
(``PlainKopia``, ``History``). All observations are in one ``Record``. ``harness.expect`` judges them.
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
    """Everything that the steps of one scenario use. ``world`` is None if a saved record is judged again."""

    __test__ = False  # pytest must not collect this class because of its name.

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
        """Return the current record."""
        return self._journal.record()

    def found(self, finding: Finding) -> None:
        """Store the finding for a tested promise."""
        self.findings.append(finding)


class LiveTestbed(Testbed):
    """A running scenario. Its acts change a world, and a journal notes them."""

    __test__ = False

    def __init__(self, world: World) -> None:
        self.world = world
        self.journal = LiveJournal(world.observed, world.still_valid)
        super().__init__(self.journal, world)

    @property
    def mover_seconds(self) -> list[float]:
        """Return the duration of each Job of the mover in seconds."""
        return self.world.runner.mover_seconds

    @property
    def operator_seconds(self) -> float:
        """Return the total time that the operator took to answer, in seconds."""
        return self.world.platform.answer_s

    def check_surroundings(self) -> None:
        """Check the store and the disk.

        Raises:
            HarnessError: The disk is full, or the store failed its health check. Then the observations allow no
                verdict.
        """
        self.world.context.check()

    def close(self) -> None:
        """End the scenario, and remove its objects from a shared API."""
        self.world.platform.close()
