"""What is known of one sync: how it began, what the operator made of it, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from harness.model import Identity, MoverJob, MoverResult, ObjectRef
from harness.volumes import Tree


@dataclass(frozen=True)
class Sync:
    """One sync of one object, from its trigger to its end.

    ``refused`` is the API's message where the object was not admitted; ``job`` is None where the
    operator made none.  ``volume`` is the folder it reads or writes; ``before`` is what that held when the sync began.
    """

    ref: ObjectRef
    begin: datetime
    end: datetime
    refused: str = ""
    job: MoverJob | None = None
    result: MoverResult | None = None
    succeeded: bool = False
    requested: str = ""
    messages: tuple[str, ...] = ()
    before: Tree = field(default_factory=dict)
    volume: Path = Path()

    @property
    def is_question(self) -> bool:
        """Whether no mover was meant to run: the operator was only asked what it makes of the object."""
        return self.job is not None and self.result is None

    @property
    def told(self) -> str:
        """Everything that the user was told."""
        return "\n".join([*([self.refused] if self.refused else []), *self.messages])

    @property
    def asked_for(self) -> Identity | None:
        """The identity in the job's environment: the operator's own word to its mover."""
        if self.job is None:
            return None
        return Identity(
            self.job.env.get("KOPIA_OVERRIDE_USERNAME", ""), self.job.env.get("KOPIA_OVERRIDE_HOSTNAME", "")
        )


@dataclass(frozen=True)
class Growth:
    """What one backup of ``of_bytes`` bytes added to the store; ``content`` is what it held."""

    sync: Sync
    of_bytes: int
    added_bytes: int
    content: bytes = field(repr=False)
