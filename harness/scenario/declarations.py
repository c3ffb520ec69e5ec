"""Declare what a scenario needs: objects, their repositories, and the content of their volumes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from harness.errors import NotAsked
from harness.model import Manifest, ObjectRef
from harness.scenario.journal import Actor, act
from harness.volsync import objects
from harness.volsync.fields import Field, with_field
from harness.volsync.variables import CACHE_MOUNT, DESTINATION_MOUNT
from harness.volumes import NOT_LINKED, Tree, damage, link, tree, write_bytes

OUTSIDE = f"{'/'.join('..' for _ in PurePosixPath(DESTINATION_MOUNT).parts[1:])}{CACHE_MOUNT}/outside"
"""The target of links out of a volume, as seen in the volume of a destination."""


class Declarations(Actor):
    """Declare objects and their surroundings. Nothing is synced by a declaration."""

    @act
    def declare(self, manifest: Manifest) -> ObjectRef:
        """Complete a manifest and store it. It is applied at its first sync."""
        return self._world.objects.declare(manifest)

    @act
    def change(self, manifest: Manifest) -> ObjectRef:
        """Complete a manifest and store it in place of an earlier one. It is applied at the next sync of the object.

        That sync raises NotAsked if the API or the operator does not permit the change.
        """
        return self._world.objects.change_to(manifest)

    @act
    def delete(self, ref: ObjectRef) -> None:
        """Delete an object. Its next sync creates it again from the same manifest."""
        self._world.objects.delete(ref)

    @act
    def delete_and_keep_trigger(self, ref: ObjectRef) -> None:
        """Delete an object. Its next sync creates it again from the same manifest, and with the same trigger."""
        self._world.objects.delete(ref, keep_trigger=True)

    @act
    def lost_with(self, ref: ObjectRef) -> Mapping[str, str]:
        """Return the PVC and the Secret of an object if they are gone or are being deleted, each with what it is."""
        return self._world.objects.lost_with(ref)

    @act
    def change_retain(self, ref: ObjectRef, fields: Mapping[str, str]) -> None:
        """Replace the retention of a source; it is applied at the next sync."""
        other = objects.source(ref.name, ref.namespace, fields)
        self._world.objects.declare(with_field(self._world.objects.manifest(ref), Field.RETAIN, other))

    @act
    def declare_alike(self, number: int, shared_bytes: int, own_bytes: int) -> None:
        """Declare sources whose volumes hold one common and one individual file, both of random bytes.

        Args:
            number: The number of sources.
            shared_bytes: The size of the common file.
            own_bytes: The size of the individual file.
        """
        shared = secrets.token_bytes(shared_bytes)
        for index in range(1, number + 1):
            volume = self._world.runner.volume(self.declare(objects.source("app", f"tenant-{index}")))
            write_bytes(volume, shared, "shared.bin")
            write_bytes(volume, secrets.token_bytes(own_bytes), "own.bin")

    @act
    def use_volume(self, ref: ObjectRef, *files: str) -> None:
        """Write files into the volume of an object that are in no backup."""
        for file in files:
            write_bytes(self._world.runner.volume(ref), secrets.token_bytes(32), file)

    @act
    def link_in_volume(self, ref: ObjectRef, links: Mapping[str, str]) -> None:
        """Write symbolic links into the volume of an object; ``links`` maps the name of each to its target."""
        for name, target in links.items():
            link(self._world.runner.volume(ref), name, target)

    @act
    def link_out_of_volume(self, ref: ObjectRef, links: Mapping[str, str]) -> Tree:
        """Write symbolic links to a file or folder outside into the volume of an object.

        A mover in a container sees its cache volume outside, another one a folder beside the volume.

        Args:
            ref: The object.
            links: The name of each link, and the file in the folder that it leads to; "" if it leads to a file.

        Returns:
            The content of everything that the links lead to, and a file that none leads to.
        """
        for name, file in links.items():
            for folder in self._outside(ref):
                write_bytes(folder, secrets.token_bytes(32), f"{name}/{file}" if file else name)
                write_bytes(folder, b"no link leads here", NOT_LINKED)
            link(self._world.runner.volume(ref), name, f"{OUTSIDE}/{name}")
        return self.read_outside(ref)

    @act
    def read_outside(self, ref: ObjectRef) -> Tree:
        """Read everything that the links of ``link_out_of_volume`` lead to, and the file that none leads to.

        Raises:
            NotAsked: The mover was given another cache volume, so the links led it to nothing.
        """
        jobs = [sync.job for sync in self._world.runner.syncs if sync.ref == ref]
        job = jobs[-1] if jobs else None
        if job and self._world.volumes.cache(ref) not in job.volumes.values():
            raise NotAsked("the mover is not given the cache volume of the harness, to which the links lead")
        return {f"{folder.parent.name}/{path}": what for folder in self._outside(ref)
                for path, what in tree(folder).items()}  # fmt: skip

    def _outside(self, ref: ObjectRef) -> tuple[Path, Path]:
        """Return the two folders that ``OUTSIDE`` means: in the cache volume, and beside the volumes of a namespace."""
        volumes, name = self._world.volumes, PurePosixPath(OUTSIDE).name
        inside = volumes.cache(ref) / name
        inside.mkdir(exist_ok=True)
        return inside, volumes.claim(PurePosixPath(CACHE_MOUNT).name, name)

    @act
    def use_repository(
        self, repository: str, *, namespace: str = "", secret: str = "", password: str | None = None
    ) -> None:
        """Point Secrets to a repository: all in a namespace, all with a name, or the one with both.

        ``password`` is that of the repository. None stands for the password of all scenarios.
        """
        self._world.secrets.use(repository, namespace=namespace, secret=secret)
        if password is not None:
            self._world.secrets.use_password(repository, password)

    @act
    def damage(self, ref: ObjectRef) -> None:
        """Change every byte of each file in the volume of an object, but neither sizes nor times."""
        damage(self._world.runner.volume(ref))

    @act
    def without_claim(self, ref: ObjectRef) -> None:
        """Do not create the PVC of an object."""
        self._world.objects.without_claim(ref)

    @act
    def with_claim(self, ref: ObjectRef) -> None:
        """Create the PVC of an object before its next sync."""
        self._world.objects.with_claim(ref)

    @act
    def without_secret(self, name: str) -> None:
        """Create no repository Secret of this name in any namespace."""
        self._world.objects.without_secret(name)

    @act
    def without_repository(self) -> None:
        """Create no repository before the first mover runs."""
        self._world.repositories.leave_to_movers()

    @act
    def leave_out(self, namespace: str, key: str) -> None:
        """Remove a key from the repository Secret of a namespace."""
        self._world.secrets.leave_out(namespace, key)

    @act
    def give_endpoint_as_url(self, namespace: str) -> None:
        """Write the endpoint with its scheme into the repository Secret of a namespace."""
        self._world.secrets.give_endpoint_as_url(namespace)

    @act
    def make_wrong(self, namespace: str, key: str) -> None:
        """Replace the value of a key in the repository Secret of a namespace with a random one."""
        self._world.secrets.make_wrong(namespace, key)

    @act
    def make_blank(self, namespace: str, key: str) -> None:
        """Replace the value of a key in the repository Secret of a namespace with blanks."""
        self._world.secrets.make_blank(namespace, key)

    @act
    def spell(self, namespace: str, spelling: str) -> None:
        """Write a documented repository into the Secret of a namespace, with everything after its bucket as it is."""
        self._world.secrets.spell(namespace, spelling)

    @act
    def use_missing_bucket(self, namespace: str) -> None:
        """Point the repository Secret of a namespace to a bucket that does not exist."""
        self._world.secrets.use_missing_bucket(namespace)
