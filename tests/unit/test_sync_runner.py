"""An operator may replace the Job of a sync before its mover ended; the sync is then judged by its last Job."""

from datetime import UTC, datetime

import pytest

from harness.model import MoverJob, MoverResult, ObjectRef
from harness.operator.platform import NoJob
from harness.scenario.sync import Ending, Sync
from harness.scenario.sync_runner import SyncRunner
from harness.system.limits import DEFAULT_LIMITS

REF = ObjectRef("ReplicationDestination", "shop", "restore")


def job(number):
    return MoverJob(REF, (str(number),), {}, {}, {})


class ReplacingPlatform:
    """A platform whose operator replaces its Job a number of times."""

    def __init__(self, times, then=""):
        self.left, self.then, self.made = times, then, 1

    def next_job(self, *, held=False):
        self.made += 1
        return job(self.made)

    def finished(self, one, result):
        self.left -= 1
        return self.then if self.left < 0 else None


def run_jobs(platform, answer, run):
    runner = SyncRunner(
        platform, None, None, None, None, None, takes_jobs=True, limits=DEFAULT_LIMITS
    )  # the other parts take no part in this
    return runner._run_jobs(answer, run)


def result_of(one):
    return MoverResult(0, f"the log of Job {one.args[0]}")


@pytest.mark.parametrize("times", [0, 1, 2])
def test_the_result_is_that_of_the_last_job(times):
    answer, result, note = run_jobs(ReplacingPlatform(times, "late"), job(1), result_of)
    assert (answer.args, result.log, note) == ((str(times + 1),), f"the log of Job {times + 1}", "late")


def test_an_operator_that_replaces_its_job_for_ever_has_made_none():
    answer, result, note = run_jobs(ReplacingPlatform(99), job(1), result_of)
    assert (answer, result) == (NoJob(), None)
    assert note == "the operator replaced its Job 3 times before the mover ended"


def test_a_job_that_is_only_asked_for_is_not_run():
    assert run_jobs(ReplacingPlatform(0), job(1), None) == (job(1), None, "")


def test_without_a_job_nothing_is_run():
    assert run_jobs(ReplacingPlatform(0), NoJob("refused", "why"), result_of) == (NoJob("refused", "why"), None, "why")


class SayingPlatform:
    """A platform whose operator reports a failure among other messages."""

    def failure(self, ref):
        return "no such Secret"

    def messages(self, ref):
        return "a mover runs", "no such Secret"


def test_a_log_that_no_mover_wrote_is_a_message_of_the_operator():
    runner = SyncRunner(SayingPlatform(), None, None, None, None, None, takes_jobs=True, limits=DEFAULT_LIMITS)
    told = ("no such Secret", "a mover runs")
    assert runner._messages(REF, "the PVC is missing", has_mover=False) == (*told, "the PVC is missing")
    assert runner._messages(REF, "the log of a mover", has_mover=True) == told
    now = datetime.now(UTC)
    runner.syncs.append(Sync(REF, now, now, Ending.FAILED, result=MoverResult(1, ""), log_shown="the log of a mover"))
    assert runner._messages(REF, "the log of a mover", has_mover=False) == told
