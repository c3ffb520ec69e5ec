"""A check of retention fails on a missing snapshot alone: it passes where an operator keeps more than it has to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harness import expect
from harness.errors import Blocked, Divergence, HarnessError, NotAsked
from harness.model import Identity, MoverJob, MoverResult, SnapshotRecord
from harness.scenario.record import Readings, Record
from harness.scenario.sync import Ending, Sync
from harness.volsync import objects
from harness.volsync.defaults import DOCUMENTED_REPOSITORY
from harness.volsync.jobs import job_for
from harness.volsync.kinds import source_ref

SOURCE = source_ref("shop", "orders")
NOW = datetime.now(UTC).replace(microsecond=0)
WHO, OTHER = Identity("orders", "shop"), Identity("orders-2", "shop")
OLD, OLDER = "2024-01-20T10:00:00Z", "2021-06-10T10:00:00Z"


def job() -> MoverJob:
    return job_for(objects.source("orders", "shop"), SOURCE, WHO, None, {}, Path("/v"), Path("/c"))


def backup(begin=NOW, ending=Ending.SUCCEEDED, result=True):
    answer = {"job": job(), "result": MoverResult(0, "")} if result else {}
    repository = {"repository": DOCUMENTED_REPOSITORY}
    return Sync(SOURCE, begin, begin + timedelta(seconds=1), ending, **answer, **repository)


def snapshot(instant, identity=WHO, path="/data"):
    begin = instant if isinstance(instant, datetime) else datetime.fromisoformat(instant)
    return SnapshotRecord(f"{begin}", identity, path, begin, begin, "root")


def seen(*snapshots, syncs=None):
    readings = Readings(snapshots={DOCUMENTED_REPOSITORY: snapshots})
    return Record(syncs=syncs or (backup(),), declared={SOURCE: {}}, readings=readings)


def test_a_history_keeps_what_it_has_to_and_may_keep_more():
    expect.retention.keeps(seen(snapshot(OLDER), snapshot(OLD)), SOURCE, [OLD])
    with pytest.raises(Divergence, match="2024-01-20T10:00:00Z"):
        expect.retention.keeps(seen(snapshot(OLDER), snapshot(OLD, OTHER)), SOURCE, [OLD])


def test_a_backup_that_failed_shows_nothing_of_retention():
    with pytest.raises(Blocked):
        expect.retention.keeps(seen(snapshot(OLD), syncs=(backup(ending=Ending.FAILED),)), SOURCE, [OLD])


@pytest.mark.parametrize("refusal", [{"refused": "at most 1000"}, {"messages": ("at most 1000",)}])
def test_a_large_number_may_be_refused(refusal):
    ending = Ending.REFUSED if "refused" in refusal else Ending.FAILED
    refused = replace(backup(ending=ending, result=False), spec={"retain": {"hourly": 1000000}}, **refusal)
    with pytest.raises(NotAsked, match="the retain of ReplicationSource shop/orders is refused: at most 1000"):
        expect.retention.keeps(seen(syncs=(refused,)), SOURCE, [OLD])
    with pytest.raises(Blocked):
        expect.retention.keeps(seen(syncs=(replace(refused, spec={}),)), SOURCE, [OLD])


def test_a_table_marks_what_each_source_keeps():
    rows = [{"instant": OLDER, "orders": ""}, {"instant": OLD, "orders": "kept"}]
    expect.retention.keeps_marked(seen(snapshot(OLD)), "shop", rows, "kept")
    with pytest.raises(Divergence):
        expect.retention.keeps_marked(seen(snapshot(OLDER)), "shop", rows, "kept")


def test_other_users_and_other_paths_keep_theirs():
    wanted = [(OTHER, "/data", OLD), (WHO, "/data/2023", OLD)]
    expect.retention.keeps_of_users(seen(snapshot(OLD, OTHER), snapshot(OLD, WHO, "/data/2023")), wanted)
    with pytest.raises(Divergence, match="/data/2023"):
        expect.retention.keeps_of_users(seen(snapshot(OLD, OTHER), snapshot(OLD, WHO, "/data")), wanted)


def test_each_successful_backup_has_its_snapshot():
    first, earlier = backup(NOW - timedelta(minutes=5)), NOW - timedelta(minutes=5)
    for ending in (Ending.FAILED, Ending.REFUSED):
        expect.retention.keeps_successful(seen(snapshot(earlier), syncs=(first, backup(ending=ending))))
    both = seen(snapshot(earlier), snapshot(NOW), syncs=(first, backup()))
    expect.retention.keeps_successful(both)
    expect.retention.keeps_each_of(both, SOURCE)
    with pytest.raises(Divergence, match="backup 1"):
        expect.retention.keeps_successful(seen(snapshot(NOW), syncs=(first, backup())))
    with pytest.raises(Divergence, match="backup 2"):
        expect.retention.keeps_each_of(seen(snapshot(earlier), syncs=(first, backup())), SOURCE)


def test_silence_and_an_empty_scenario_are_no_evidence():
    first = backup(NOW - timedelta(minutes=5))
    with pytest.raises(Blocked):
        expect.retention.keeps_successful(seen(syncs=(first, backup(ending=Ending.SILENT, result=False))))
    with pytest.raises(HarnessError):
        expect.retention.keeps_successful(seen(syncs=(backup(ending=Ending.FAILED),)))
