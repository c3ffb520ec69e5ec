"""A Job belongs to the object that it names, whatever it names it by, and runs when it is not suspended."""

import pytest

from harness.kubernetes import found_jobs
from harness.volsync.kinds import destination_ref, source_ref

ORDERS, ARCHIVE = source_ref("shop", "orders"), source_ref("shop", "orders-archive")
RESTORED = destination_ref("shop", "orders")
OBJECTS = {ORDERS: "uid-1", ARCHIVE: "uid-2", RESTORED: "uid-3"}


def job(name="job", *, told="backup", **metadata):
    container = {"name": "kopia", "args": [told]}
    spec = {"template": {"spec": {"containers": [container]}}}
    return {"metadata": {"name": name, "namespace": "shop", "uid": "uid-job", **metadata}, "spec": spec}


OWNED_BY_ARCHIVE = {"ownerReferences": [{"uid": "uid-2"}]}


@pytest.mark.parametrize(
    ("one", "owner"),
    [
        (job("volsync-src-orders", **OWNED_BY_ARCHIVE), ARCHIVE),
        (job("volsync-src-orders"), ORDERS),
        (job("volsync-dst-orders", told="restore"), RESTORED),
        (job("bk-orders-archive-7f3"), ARCHIVE),
        (job("bk-1", labels={"app": "uid-1"}), ORDERS),
        (job("bk-1", annotations={"backup/of": "shop/orders-archive"}), ARCHIVE),
        (job("bk-1", ownerReferences=[{"uid": "a config map"}], labels={"source": "orders"}), ORDERS),
    ],
)
@pytest.mark.parametrize("latest", [ORDERS, ARCHIVE, RESTORED])
def test_a_job_belongs_to_the_object_that_it_names(one, owner, latest):
    found = found_jobs.first_of(latest, OBJECTS, [one])
    assert found is (one if owner == latest else None)


@pytest.mark.parametrize(
    "marks", [{"labels": {"of": "uid-4"}}, {"annotations": {"of": "a/uid-4"}}, {"labels": {"of": "web.files"}}]
)
def test_a_uid_or_a_whole_name_says_more_than_a_part_of_the_name_of_a_job(marks):
    with_dot, with_hyphen = source_ref("shop", "web.files"), source_ref("shop", "web-files")
    objects = {with_hyphen: "uid-5", with_dot: "uid-4"}
    one = job("kb-src-web-files-3a927d2444", **marks)
    assert found_jobs.first_of(with_dot, objects, [one]) is one
    assert found_jobs.first_of(with_hyphen, objects, [one]) is None


@pytest.mark.parametrize("latest", [ORDERS, ARCHIVE])
def test_a_job_that_names_nothing_belongs_to_the_object_that_was_triggered_last(latest):
    one = job("0a1b2c")
    assert found_jobs.first_of(latest, OBJECTS, [one]) is one


def test_a_backup_that_names_nothing_belongs_to_no_destination():
    assert found_jobs.first_of(RESTORED, OBJECTS, [job("0a1b2c")]) is None


def test_a_job_of_an_object_that_is_gone_belongs_to_no_other():
    assert found_jobs.first_of(ORDERS, {ARCHIVE: "uid-2"}, [job("volsync-src-orders")]) is None


def test_only_a_job_that_names_its_object_and_its_operation_is_certainly_of_it():
    names = job("bk-orders-2")
    others = [job("0a1b2c"), job("bk-orders-3", told="prune"), job("bk-orders-4", deletionTimestamp="2024-01-20")]
    assert found_jobs.certain_of(ORDERS, OBJECTS, [names, *others]) == ["bk-orders-2"]
    assert not found_jobs.certain_of(RESTORED, OBJECTS, [names, *others])


def test_a_job_runs_when_it_is_resumed():
    one = job()
    suspended = {**one, "spec": {**one["spec"], "suspend": True}}
    assert found_jobs.resumed(suspended, [suspended]) is None
    assert found_jobs.resumed(suspended, [one]) is one
    assert found_jobs.resumed(one, []) is one
