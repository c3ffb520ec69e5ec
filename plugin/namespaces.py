"""Map the namespaces of a scenario to namespaces of an API that scenarios share.

A scenario whose result depends on the name of a namespace has the tag ``@literal-namespaces``. It keeps its names, and
only one such scenario runs at a time. Every other scenario gets separate namespaces.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from filelock import FileLock

from harness.errors import NotAsked
from harness.scenario.context import WorkerContext

LOCK_FILE = "literal-namespaces.lock"


@contextmanager
def names_for(context: WorkerContext, suffix: str, *, literal: bool) -> Iterator[Callable[[str], str]]:
    """Map the namespaces of one scenario to those on the API, for as long as the scenario runs.

    Args:
        context: The worker context.
        suffix: The text that makes the names of this scenario unique.
        literal: True if the scenario keeps its names. On a shared API it then waits for other such scenarios.
    """
    if context.cluster is None:
        yield str
    elif not literal:
        yield lambda name: f"{name}-{suffix}"
    else:
        with FileLock(context.folder / LOCK_FILE):
            yield kept_names(context.cluster.taken)


def kept_names(taken: Callable[[set[str]], Collection[str]]) -> Callable[[str], str]:
    """Return a mapping that keeps every name, and raises NotAsked for a name that ``taken`` returns.

    Such a namespace existed on the API before the run. The suite must not write to it.
    """
    free: set[str] = set()

    def keep(name: str) -> str:
        if name not in free and taken({name}):
            raise NotAsked(f"the namespace {name} is on this API already, and is left alone")
        free.add(name)
        return name

    return keep
