"""Which names the namespaces of a scenario have on an API that scenarios share.

A scenario whose result depends on the name of a namespace carries the tag ``@literal-namespaces``: it keeps its names,
and takes turns with all others that do. Every other scenario gets namespaces of its own.
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
        context: The worker that runs the scenario.
        suffix: What makes the names of this scenario its own.
        literal: Whether the scenario keeps its names; it then waits for its turn where there is a shared API.
    """
    if context.cluster is None:
        yield str
    elif not literal:
        yield lambda name: f"{name}-{suffix}"
    else:
        with FileLock(context.folder / LOCK_FILE):
            yield kept_names(context.cluster.taken)


def kept_names(taken: Callable[[set[str]], Collection[str]]) -> Callable[[str], str]:
    """Return a mapping that keeps every name; it raises NotAsked for one that ``taken`` returns.

    Such a namespace was on the API before the run: it belongs to others, and nothing is put into it.
    """
    free: set[str] = set()

    def keep(name: str) -> str:
        if name not in free and taken({name}):
            raise NotAsked(f"the namespace {name} is on this API already, and is left alone")
        free.add(name)
        return name

    return keep
