"""Run threads whose errors are logged, and raised in the thread that waits for the result."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from harness.errors import HarnessError

LOG = logging.getLogger(__name__)


class BackgroundThread:
    """Run a function in a daemon thread and store its error."""

    def __init__(self, name: str, run: Callable[[], object]) -> None:
        """Start the thread."""
        self.name = name
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._keep_error, args=(run,), name=name, daemon=True)
        self._thread.start()

    def _keep_error(self, run: Callable[[], object]) -> None:
        try:
            run()
        except Exception as error:
            LOG.exception("thread %s failed", self.name)
            self.error = error

    def check(self) -> None:
        """Raise HarnessError with the stored error as its cause, if the thread ended with one."""
        if self.error is not None:
            what = f"{type(self.error).__name__}: {self.error}"
            raise HarnessError(f"the thread {self.name} failed: {what}") from self.error

    def join(self) -> None:
        """Wait for the end of the thread, then call ``check``."""
        self._thread.join()
        self.check()
