"""Sync objects in a scenario: back up sources, and restore destinations."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from harness.document.parts import Part
from harness.model import Identity, Manifest, ObjectRef
from harness.scenario.journal import Actor, act
from harness.scenario.preconditions import identity_of_job
from harness.scenario.sync import Growth, Sync
from harness.volsync import objects
from harness.volsync.fields import Field
from harness.volsync.kinds import SOURCE, SYNCED, is_source
from harness.volumes import fill, fill_listed, fill_peculiar, write_bytes

HANDED_OVER = "handed-over"
"""The name of the destinations whose Jobs no operator creates."""


class Syncs(Actor):
    """Trigger objects, and pass their Jobs from the operator to the mover and the results back."""

    @act
    def back_up(self, ref: ObjectRef) -> Sync:
        """Fill the source's volume with new content and sync it once."""
        content = fill(self._world.runner.volume(ref), str(ref))
        return self._world.remember(self._world.runner.sync(ref), content)

    @act
    def back_up_peculiar(self, ref: ObjectRef) -> Sync:
        """Fill the source's volume with files that a restore easily gets wrong, and sync it once."""
        content = fill_peculiar(self._world.runner.volume(ref), str(ref))
        return self._world.remember(self._world.runner.sync(ref), content)

    @act
    def together(self, refs: Sequence[ObjectRef]) -> list[Sync]:
        """Sync objects at the same time, each source with new content in its volume."""
        runner = self._world.runner
        content = {ref: fill(runner.volume(ref), str(ref)) for ref in refs if is_source(ref)}
        return [self._world.remember(sync, content.get(sync.ref, {})) for sync in runner.together(refs)]

    @act
    def back_up_listed(self, ref: ObjectRef, files: Mapping[str, str]) -> Sync:
        """Fill the source's volume with exactly these files, each a path with its kind, and sync it once."""
        content = fill_listed(self._world.runner.volume(ref), str(ref), files)
        return self._world.remember(self._world.runner.sync(ref), content)

    @act
    def sync(self, ref: ObjectRef) -> Sync:
        """Trigger an object, and pass its Job from the operator to the mover and the result back."""
        return self._world.runner.sync(ref)

    @act
    def fail(self, ref: ObjectRef) -> Sync:
        """Trigger an object, and let its Job fail without running the mover."""
        return self._world.runner.fail(ref)

    @act
    def fail_at_end(self, ref: ObjectRef) -> Sync:
        """Fill the source's volume, and sync it with a Job that fails although its mover did all its work."""
        content = fill(self._world.runner.volume(ref), str(ref))
        return self._world.remember(self._world.runner.fail_at_end(ref), content)

    @act
    def back_up_writing(self, ref: ObjectRef, text: str) -> Sync:
        """Fill the source's volume, and sync it with a Job to whose log the harness adds a text."""
        content = fill(self._world.runner.volume(ref), str(ref))
        return self._world.remember(self._world.runner.sync_writing(ref, text), content)

    @act
    def ask(self, ref: ObjectRef) -> Sync:
        """Trigger an object and record the operator's Job, without running the mover."""
        return self._world.runner.ask(ref)

    @act
    def unasked_jobs(self) -> Mapping[str, str]:
        """Return the names of the Jobs that exist although no trigger asked for them, by object."""
        objects = [ref for ref in self._world.objects.all() if ref.kind in SYNCED]
        found = {str(ref): ", ".join(self._world.platform.unasked_jobs(ref)) for ref in objects}
        return {ref: names for ref, names in found.items() if names}

    @act
    def discover(self, ref: ObjectRef) -> Sync:
        """Sync a destination, and wait until its operator lists the identities, at most for the documented time."""
        return self._world.runner.discover(ref)

    @act
    def request(self, changed: Manifest) -> Sync:
        """Change a destination, sync it, and wait until its status shows the identity of its Job.

        It waits at most for the documented time. Raise NotAsked if the change is not permitted.
        """
        return self._world.runner.request(self._world.objects.change_to(changed))

    @act
    def restore(self, name: str, namespace: str, fields: Mapping[str, str] | None = None) -> Sync:
        """Declare a destination and sync it once."""
        ref = self._world.objects.declare(objects.destination(name, namespace, fields))
        return self._world.runner.sync(ref)

    @act
    def change(self, changed: Manifest) -> Sync:
        """Change an object without a new trigger. Raise NotAsked if the change is not permitted."""
        return self._world.runner.change(self._world.objects.declare(changed))

    @act
    def restore_recorded(self, name: str, namespace: str, source: ObjectRef) -> Sync:
        """Restore by the identity in the Job of a source's newest backup."""
        identity = identity_of_job(self._world.observed().last_sync(source))
        return self.restore(name, namespace, {"username": identity.username, "hostname": identity.hostname})

    @act
    def restore_every_source(self, namespace: str) -> list[tuple[ObjectRef, Sync]]:
        """Restore each declared source into another namespace, using only its name and namespace."""
        sources = self._world.objects.of_kind(SOURCE)
        return [
            (source, self.restore(f"restore-{number}", namespace, objects.fields_that_name(source)))
            for number, source in enumerate(sources, 1)
        ]

    @act
    def restore_each(self, source: ObjectRef, rows: Sequence[Mapping[str, str]]) -> list[Sync]:
        """Restore a source once for each row of fields, each time into a new volume.

        The destination has the name and namespace of the source.
        """
        return [
            self.restore(source.name, source.namespace, {**row, Field.DESTINATION_PVC.value: f"restored-{number}"})
            for number, row in enumerate(rows, 1)
        ]

    @act
    def back_up_and_restore(self, source: ObjectRef) -> list[Sync]:
        """Back up a source once, restore a destination of its name and namespace, and return both syncs."""
        return [self.back_up(source), self.restore(source.name, source.namespace)]

    @act
    def back_up_into(self, source: ObjectRef, repositories: Sequence[str]) -> list[Sync]:
        """Back up a source once into each documented repository, by a change of the Secrets of its namespace."""
        syncs = []
        for repository in repositories:
            self._world.secrets.use(repository, namespace=source.namespace)
            syncs.append(self.back_up(source))
        return syncs

    @act
    def back_up_with_each_wrong(self, source: ObjectRef, keys: Sequence[str]) -> list[Sync]:
        """Back up a source once with each of these keys of its Secret wrong, and put the right values back."""
        syncs = []
        for key in keys:
            self._world.secrets.make_wrong(source.namespace, key)
            syncs.append(self.back_up(source))
            self._world.secrets.make_right(source.namespace, key)
        return syncs

    @act
    def restore_in_turn(self, name: str, namespace: str, rows: Sequence[Mapping[str, str]]) -> list[Sync]:
        """Restore one destination once for each row of fields, always into the same volume."""
        return [self.restore(name, namespace, row) for row in rows]

    @act
    def ask_for_names(self, names: Sequence[tuple[str, str]]) -> list[Sync]:
        """Apply one source for each pair of a field and a custom name."""
        sources = [objects.source(f"source-{number}", "tenant", {field: name})
                   for number, (field, name) in enumerate(names, 1)]  # fmt: skip
        return [self.ask(self._world.objects.declare(source)) for source in sources]

    @act
    def ask_for_sources(self, sources: Sequence[tuple[str, str]]) -> list[Sync]:
        """Apply one source for each pair of a name and a namespace, legal or not."""
        return [self.ask(self._world.objects.declare(objects.source(name, namespace))) for name, namespace in sources]


class MoverAlone(Actor):
    """Run a mover without an operator, or watch its processes."""

    @act
    def back_up(self, ref: ObjectRef, identity: Identity) -> Sync:
        """Run the mover with the backup Job of an identity, without admission and operator."""
        content = fill(self._world.runner.volume(ref), str(ref))
        return self._world.remember(self._world.runner.hand_over(ref, identity), content)

    @act
    def back_up_with_each_wrong(self, ref: ObjectRef, identity: Identity, keys: Sequence[str]) -> list[Sync]:
        """Run the mover once with each of these keys of its Secret wrong, and put the right values back."""
        syncs = []
        for key in keys:
            self._world.secrets.make_wrong(ref.namespace, key)
            syncs.append(self.back_up(ref, identity))
            self._world.secrets.make_right(ref.namespace, key)
        return syncs

    @act
    def use_volume(self, namespace: str, files: Sequence[str]) -> None:
        """Write files that are in no backup into the volume of later restores in a namespace."""
        volume = self._world.runner.volume(self._world.objects.declare(objects.destination(HANDED_OVER, namespace)))
        for file in files:
            write_bytes(volume, secrets.token_bytes(32), file)

    @act
    def restore(self, namespace: str, identity: Identity, fields: Mapping[str, str] | None = None) -> Sync:
        """Run the mover with the restore Job of an identity, without admission and operator."""
        ref = self._world.objects.declare(objects.destination(HANDED_OVER, namespace, fields))
        return self._world.runner.hand_over(ref, identity)

    @act
    def is_of_subject(self) -> bool:
        """Return True if the subject brings the mover, and False if the mover is that of the harness."""
        return Part.MOVER in self._world.brings

    @act
    def kill(self, ref: ObjectRef, identity: Identity) -> None:
        """Run the mover with the backup Job of an identity, and kill it before it can end."""
        self._world.runner.kill(ref, identity)

    @act
    def restore_each(self, source: ObjectRef, rows: Sequence[Mapping[str, str]]) -> list[Sync]:
        """Run the mover with a restore Job of a source's identity for each row of fields, each into a new volume."""
        identity = identity_of_job(self._world.observed().last_sync(source))
        return [
            self.restore(source.namespace, identity, {**row, Field.DESTINATION_PVC.value: f"restored-{number}"})
            for number, row in enumerate(rows, 1)
        ]

    @act
    def watch_command_lines(self) -> None:
        """Record the command line of every process of the movers from now on."""
        self._world.runner.watch_command_lines()


class Measurements(Actor):
    """Measure how many bytes a backup adds to the store."""

    @act
    def back_up_random(self, ref: ObjectRef, size_bytes: int) -> Growth:
        """Back up this number of random bytes, which cannot be compressed."""
        return self._grown(ref, secrets.token_bytes(size_bytes))

    @act
    def back_up_the_same(self, ref: ObjectRef, growth: Growth) -> Growth:
        """Back up the same bytes as another backup."""
        return self._grown(ref, growth.content)

    def _grown(self, ref: ObjectRef, content: bytes) -> Growth:
        world = self._world
        written = write_bytes(world.runner.volume(ref), content)
        bucket = world.objects.repository_of(ref).removeprefix("s3://").split("/")[0]
        before = world.locations.size_bytes(f"s3://{bucket}")
        sync = world.remember(world.runner.sync(ref), written)
        return Growth(sync, len(content), world.locations.size_bytes(f"s3://{bucket}") - before, content)
