"""A watch that fails is an error of the surroundings: it is never taken for silence of the operator."""

import itertools
import threading
import time

import httpx2
import pytest
from lightkube import ApiError

from harness.errors import HarnessError
from harness.kubernetes.informer import Informer
from harness.model import ObjectRef

JOB = {"metadata": {"namespace": "shop", "name": "backup"}}


class Watched:
    """An API whose watches yield, or raise, what they are given in turn, and then nothing for ever."""

    def __init__(self, *turns, again=None):
        self._turns = itertools.chain(turns, itertools.repeat(again) if again else [])

    def watch(self, kind):
        for turn in self._turns:
            if isinstance(turn, Exception):
                raise turn
            yield turn
        threading.Event().wait()


def test_a_change_ends_the_wait():
    informer = Informer(Watched(("ADDED", JOB)), ("Job",))
    assert informer.wait(lambda: informer.get(ObjectRef("Job", "shop", "backup")), 5) == JOB


def test_an_operator_has_said_all_when_its_object_and_events_were_unchanged_for_a_while(monkeypatch):
    monkeypatch.setattr("harness.kubernetes.informer.QUIET_S", 0.3)
    informer, told = Informer(Watched(("ADDED", JOB)), ("Event",)), ObjectRef("ReplicationSource", "shop", "orders")
    assert informer.wait(lambda: informer.of("Event", "shop"), 5)
    begin = time.monotonic()
    informer.settle(told, 5)
    assert 0.1 < time.monotonic() - begin < 2
    begin = time.monotonic()
    informer.settle(told, 5)
    assert time.monotonic() - begin < 0.1


def test_silence_is_no_error():
    assert Informer(Watched(), ("Job",)).wait(lambda: None, 0.1) is None


def test_a_watch_that_begins_again_is_no_error():
    informer = Informer(Watched(OSError("reset")), ("Job",))
    assert informer.wait(lambda: None, 0.5) is None


def test_a_watch_that_fails_all_the_time_is_an_error():
    informer = Informer(Watched(again=OSError("refused")), ("Job",))
    with pytest.raises(HarnessError, match=r"the watch of Job .* fails all the time \(OSError: refused\)"):
        informer.wait(lambda: None, 1.0)


def test_a_watch_that_breaks_ends_the_wait_at_once():
    informer = Informer(Watched(("ADDED", {})), ("Job",))
    with pytest.raises(HarnessError, match="watch-Job failed: KeyError"):
        informer.wait(lambda: None, 60)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_kind_that_the_api_does_not_serve_is_no_outage(status):
    answer = httpx2.Response(
        status, json={"code": status, "message": "no"}, request=httpx2.Request("GET", "https://127.0.0.1/watch")
    )
    refusal = ApiError(request=answer.request, response=answer)
    assert Informer(Watched(again=refusal), ("VolumeSnapshot",)).wait(lambda: None, 1.0) is None


def test_each_event_is_told_with_its_type_and_kind():
    told = []
    informer = Informer(Watched(("ADDED", JOB), ("DELETED", JOB)), ("Job",), lambda *event: told.append(event))
    assert informer.wait(lambda: len(told) > 1, 5)
    assert told == [("ADDED", "Job", JOB), ("DELETED", "Job", JOB)]
