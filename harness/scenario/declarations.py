"""What a scenario declares: objects, where their repositories lie, and what their volumes hold."""

from __future__ import annotations

import secrets

from harness.model import Manifest, ObjectRef
from harness.scenario.journal import Actor, act
from harness.volsync import objects
from harness.volumes import write_bytes


class Declarations(Actor):
    """Declares objects and their surroundings; nothing is synced by that."""

    @act
    def declare(self, manifest: Manifest) -> ObjectRef:
        """Complete a manifest and remember it; it is applied with its first sync."""
        return self._world.objects.declare(manifest)

    @act
    def declare_alike(self, number: int, shared_bytes: int, own_bytes: int) -> None:
        """Declare sources whose volumes hold the same file, and one of their own; neither compresses."""
        shared = secrets.token_bytes(shared_bytes)
        for index in range(1, number + 1):
            volume = self._world.runner.volume(self.declare(objects.source("app", f"tenant-{index}")))
            write_bytes(volume, shared, "shared.bin")
            write_bytes(volume, secrets.token_bytes(own_bytes), "own.bin")

    @act
    def use_volume(self, ref: ObjectRef, *files: str) -> None:
        """Have the volume of an object hold files that no backup knows."""
        for file in files:
            write_bytes(self._world.runner.volume(ref), secrets.token_bytes(32), file)

    @act
    def use_repository(self, repository: str, *, namespace: str = "", secret: str = "") -> None:
        """Have the Secrets of a namespace, or of a name, or the one Secret of both, point to a repository."""
        self._world.secrets.use(repository, namespace=namespace, secret=secret)

    @act
    def without_secret(self, name: str) -> None:
        """Have no namespace hold a repository Secret of this name."""
        self._world.objects.without_secret(name)

    @act
    def leave_out(self, namespace: str, key: str) -> None:
        """Have the repository Secret of a namespace lack a key."""
        self._world.secrets.leave_out(namespace, key)

    @act
    def give_endpoint_as_url(self, namespace: str) -> None:
        """Have the repository Secret of a namespace give the endpoint with its scheme."""
        self._world.secrets.give_endpoint_as_url(namespace)
