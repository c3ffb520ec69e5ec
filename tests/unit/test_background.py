"""The error of a background thread reaches the log and whoever waits for it."""

import logging

import pytest

from harness.errors import HarnessError
from harness.system.background import BackgroundThread


def test_an_error_is_logged_and_raised_at_whoever_waits(caplog):
    with caplog.at_level(logging.ERROR):
        thread = BackgroundThread("reader", lambda: {}["missing"])
        with pytest.raises(HarnessError, match="the thread reader failed: KeyError: 'missing'") as error:
            thread.join()
    assert isinstance(error.value.__cause__, KeyError)
    assert "thread reader failed" in caplog.text


def test_a_thread_that_ends_well_has_no_error(caplog):
    lines = []
    BackgroundThread("reader", lambda: lines.append(1)).join()
    assert lines == [1]
    assert caplog.text == ""
