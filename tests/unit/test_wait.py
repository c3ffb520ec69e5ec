"""The one wait: it ends when the condition holds, when the time is up, or when it is given up."""

import time

from harness.system.wait import FOREVER, wait_until


def test_returns_what_the_condition_returned():
    answers = iter(["", None, "found"])
    assert wait_until(lambda: next(answers), 5, poll_s=0.001) == "found"


def test_returns_what_did_not_hold_when_the_time_is_up():
    begin = time.monotonic()
    assert wait_until(lambda: "", 0.05, poll_s=0.01) == ""
    assert 0.05 <= time.monotonic() - begin < 2


def test_a_long_pause_does_not_outlast_the_limit():
    begin = time.monotonic()
    assert wait_until(lambda: False, 0.05, poll_s=60) is False
    assert time.monotonic() - begin < 5


def test_a_condition_that_holds_is_seen_without_any_time():
    assert wait_until(lambda: True, 0) is True


def test_is_given_up_but_looks_once_more():
    looks = []
    assert wait_until(lambda: looks.append(1), FOREVER, give_up=lambda: True) is None
    assert looks == [1]
    assert wait_until(lambda: "it held all the same", FOREVER, give_up=lambda: True) == "it held all the same"
