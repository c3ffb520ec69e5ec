"""Watch objects of a Kubernetes API and keep their newest state.

``Informer`` never polls. A watch that fails is repeated. If it keeps failing, a waiting caller gets a HarnessError,
because the silence of a broken watch must not count as the silence of the operator.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx2
from lightkube.core.exceptions import ApiError

from harness.errors import HarnessError
from harness.kubernetes.api import NOT_ALLOWED, NOT_FOUND, Api, code_of
from harness.model import ObjectRef
from harness.system.background import BackgroundThread
from harness.system.limits import SUITE
from harness.system.wait import pause, wait_until

LOG = logging.getLogger(__name__)
WATCH_AGAIN_AFTER_S = 0.2
QUIET_S = 1.0
"""How long an object and the events of its namespace are unchanged when an operator is taken to have said all."""


class Informer:
    """Watch objects of some kinds, keep their newest state, and wake waiting threads on each change."""

    def __init__(
        self, api: Api, kinds: tuple[str, ...], tell: Callable[[str, str, dict[str, Any]], None] | None = None
    ) -> None:
        """Start one watch for each kind.

        Args:
            api: The API to watch.
            kinds: The kinds to watch.
            tell: Called with each event: its type (ADDED, MODIFIED or DELETED), the kind and the object.
        """
        self._api = api
        self._tell = tell
        self._changed = threading.Condition()
        self._objects: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._changed_at: dict[tuple[str, str], float] = {}
        self._failures: dict[str, list[tuple[float, Exception]]] = {kind: [] for kind in kinds}
        self._threads = [BackgroundThread(f"watch-{kind}", partial(self._follow, kind)) for kind in kinds]

    def get(self, ref: ObjectRef) -> dict[str, Any] | None:
        """Return the newest state of an object that a watch delivered, or None."""
        with self._changed:
            return self._objects.get((ref.kind, ref.namespace, ref.name))

    def of(self, kind: str, namespace: str) -> list[dict[str, Any]]:
        """Return all objects of a kind in a namespace."""
        with self._changed:
            return [one for (a, b, _), one in self._objects.items() if (a, b) == (kind, namespace)]

    def wait(self, condition: Callable[[], Any], timeout_s: float) -> Any:
        """Wait until a condition returns a true value.

        Args:
            condition: Called now and after each change of an object.
            timeout_s: How long to wait.

        Returns:
            The value of the condition, or None if the time is up.

        Raises:
            HarnessError: A watch failed, so changes may have been missed.
        """
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while not (found := condition()):
                for thread in self._threads:
                    thread.check()
                left_s = deadline - time.monotonic()
                if left_s <= 0:
                    self._require_watches()
                    return None
                self._changed.wait(min(left_s, 1.0))
            return found

    def settle(self, ref: ObjectRef, timeout_s: float) -> None:
        """Wait until an object and the events of its namespace have not changed for ``QUIET_S``.

        Args:
            ref: The object.
            timeout_s: How long to wait at most.
        """

        def is_quiet() -> bool:
            with self._changed:
                changes = [self._changed_at.get((kind, ref.namespace), 0.0) for kind in (ref.kind, "Event")]
            return time.monotonic() - max(changes) >= QUIET_S

        wait_until(is_quiet, timeout_s)

    def wake(self) -> None:
        """Make all waiting threads check their conditions again."""
        with self._changed:
            self._changed.notify_all()

    def _follow(self, kind: str) -> None:
        while True:
            try:
                for event, one in self._api.watch(kind):
                    self._failures[kind].clear()
                    self._see(kind, event, dict(one))
            except (ApiError, HarnessError, httpx2.HTTPError, OSError) as error:
                # The server shuts down, is not ready, or has discarded the resource version of the watch.
                LOG.info("the watch of %s begins again: %s: %s", kind, type(error).__name__, error)
                if not _is_refused(error):
                    self._failures[kind].append((time.monotonic(), error))
                pause(WATCH_AGAIN_AFTER_S)

    def _require_watches(self) -> None:
        """Raise HarnessError if a watch failed several times in a row; one failure is normal."""
        since = time.monotonic() - SUITE.watch_failed_s
        for kind, failures in self._failures.items():
            recent = [error for at, error in list(failures) if at > since]
            if len(recent) > 1:
                what = f"{type(recent[-1]).__name__}: {recent[-1]}"
                raise HarnessError(f"the watch of {kind} on the Kubernetes API fails all the time ({what})")

    def _see(self, kind: str, event: str, one: dict[str, Any]) -> None:
        metadata = one["metadata"]
        key = (kind, metadata.get("namespace", ""), metadata["name"])
        with self._changed:
            self._changed_at[kind, metadata.get("namespace", "")] = time.monotonic()
            if event == "DELETED":
                self._objects.pop(key, None)
            else:
                self._objects[key] = one
            self._changed.notify_all()
        if self._tell:
            self._tell(event, kind, one)


def _is_refused(error: Exception) -> bool:
    """Return True if the API answered that it does not serve a kind, or not to this user: the API itself works."""
    return isinstance(error, ApiError) and code_of(error) in (NOT_FOUND, *NOT_ALLOWED)
