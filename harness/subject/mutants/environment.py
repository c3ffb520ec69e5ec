"""Mutants that pass the mover wrong variables in its Job."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.model import Manifest
from harness.operator.decisions import Decisions, FindSource
from harness.subject.mutants.registry import mutant
from harness.volsync.fields import Field, kopia_spec
from harness.volsync.mover_job import selection_in
from harness.volsync.specs import spec_of
from harness.volsync.variables import Variable, joined, with_variable, without_variable


def _without(variable: Variable) -> type[Decisions]:
    class Without(Decisions):
        def environment(self, manifest: Manifest, env: Mapping[str, str]) -> Mapping[str, str]:
            return without_variable(env, variable)

    return Without


@mutant("restore-as-of-not-handed-over", fails="RP_3 RP_4", unrelated="RP_1 RP_2 HN_2")
class _RestoreAsOfDropped(_without(Variable.RESTORE_AS_OF)):  # type: ignore[misc]
    """The instant of a restore never reaches the mover."""


@mutant("restore-as-of-in-whole-seconds", fails="RP_3", unrelated="RP_1 RP_2 RP_4")
class _RestoreAsOfWhole(Decisions):
    """The instant of a restore reaches the mover without its fraction of a second."""

    left_out = r"\.\d+"

    def environment(self, manifest: Manifest, env: Mapping[str, str]) -> Mapping[str, str]:
        as_of = selection_in(env).as_of
        return with_variable(env, Variable.RESTORE_AS_OF, re.sub(self.left_out, "", as_of)) if as_of else env


@mutant("restore-as-of-in-milliseconds", fails="RP_3", unrelated="RP_1 RP_2 RP_4")
class _RestoreAsOfInMilliseconds(_RestoreAsOfWhole):
    """The instant of a restore reaches the mover cut to milliseconds, as the dates of some languages are."""

    left_out = r"(?<=\.\d{3})\d+"


@mutant("previous-not-handed-over", fails="RP_2 RP_4 RP_5 RP_6", unrelated="RP_1 RP_3 HN_2")
class _PreviousDropped(_without(Variable.PREVIOUS)):  # type: ignore[misc]
    """previous never reaches the mover."""


@mutant("shallow-not-handed-over", fails="RP_9", unrelated="RP_1 RP_2 HN_2")
class _ShallowDropped(_without(Variable.SHALLOW)):  # type: ignore[misc]
    """shallow never reaches the mover."""


@mutant("file-deletion-always-handed-over", fails="RP_7", unrelated="RP_1 IS_6 HN_2")
class _FileDeletionAlways(Decisions):
    """Every mover is told to empty the volume first."""

    def environment(self, manifest: Manifest, env: Mapping[str, str]) -> Mapping[str, str]:
        return with_variable(env, Variable.FILE_DELETION, "true")


@mutant("arguments-not-handed-over", fails="TR_1 TR_5 SP_50 SP_51 SP_52 LO_50", unrelated="TR_2 TR_4 HN_2")
class _ArgumentsDropped(_without(Variable.ADDITIONAL_ARGS)):  # type: ignore[misc]
    """The user's own arguments never reach the mover."""


@mutant("arguments-joined-by-blanks", fails="TR_5", unrelated="TR_2 TR_4 HN_2")
class _ArgumentsJoined(Decisions):
    """The user's own arguments are split at blanks before they are joined."""

    def environment(self, manifest: Manifest, env: Mapping[str, str]) -> Mapping[str, str]:
        words = spec_of(manifest).additional_args
        torn = joined(tuple(" ".join(words).split()))
        return with_variable(env, Variable.ADDITIONAL_ARGS, torn) if words else env


@mutant("arguments-joined-by-commas", fails="TR_5 SP_50 SP_52", unrelated="TR_1 TR_2 TR_4")
class _ArgumentsJoinedByCommas(Decisions):
    """The user's own arguments are joined by another separator than the mover's."""

    def environment(self, manifest: Manifest, env: Mapping[str, str]) -> Mapping[str, str]:
        words = spec_of(manifest).additional_args
        return with_variable(env, Variable.ADDITIONAL_ARGS, ",".join(words)) if words else env


@mutant("first-argument-only", fails="TR_5 SP_50 SP_52", unrelated="TR_1 TR_2 TR_4")
class _FirstArgumentOnly(Decisions):
    """The first of the user's own arguments is handed over, the others are not."""

    def environment(self, manifest: Manifest, env: Mapping[str, str]) -> Mapping[str, str]:
        words = spec_of(manifest).additional_args
        return with_variable(env, Variable.ADDITIONAL_ARGS, words[0]) if words else env


@mutant("negative-previous-dropped", fails="SP_2", unrelated="RP_1 RP_2 BA_2 RD_3")
class _NegativePreviousDropped(Decisions):
    """A negative previous is left out of the Job, so the newest snapshot is restored without a message."""

    def refusal(self, manifest: Manifest, find: FindSource) -> str | None:
        return None if kopia_spec(manifest).get(Field.PREVIOUS, 0) < 0 else super().refusal(manifest, find)

    def environment(self, manifest: Manifest, env: Mapping[str, str]) -> Mapping[str, str]:
        return without_variable(env, Variable.PREVIOUS) if env.get(Variable.PREVIOUS, "0").startswith("-") else env
