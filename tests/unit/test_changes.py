"""Objects that are changed, deleted, alike by name, or synced at the same time, and the checks about them."""

from datetime import UTC, datetime, timedelta

import pytest

from harness import expect
from harness.errors import Blocked, Divergence, HarnessError, NotAsked
from harness.model import Identity, MoverJob, MoverResult, ObjectRef, SnapshotRecord, Variants
from harness.operator.decisions import Decisions
from harness.operator.platform import NoJob
from harness.operator.simulated import SimulatedPlatform
from harness.scenario.declared_objects import DeclaredObjects
from harness.scenario.record import Backup, Readings, Record
from harness.scenario.sync import Ending, Sync
from harness.scenario.sync_runner import SyncRunner, require_permitted
from harness.system.limits import DEFAULT_LIMITS
from harness.volsync import objects
from harness.volsync.defaults import DOCUMENTED_REPOSITORY, NOTHING_ADDED, complete, repository_secret, triggered
from harness.volsync.fields import status_of
from harness.volsync.jobs import job_name
from harness.volsync.kinds import destination_ref, source_ref
from harness.volsync.status import synced_trigger
from harness.volumes import FolderVolumes

SECRET = dict.fromkeys(("KOPIA_REPOSITORY", "KOPIA_PASSWORD", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "x")
ORDERS, FILES = source_ref("shop", "orders"), source_ref("shop", "files")
BACK = destination_ref("shop", "orders")
WHO = Identity("orders", "shop")
BEGIN = datetime(2024, 1, 20, 10, tzinfo=UTC)


class OneName(Decisions):
    """All sources have one name for their Jobs."""

    def job_name(self, ref):
        return "backup"


def platform_of(folder, decisions=Decisions):
    platform = SimulatedPlatform(decisions(Variants()), FolderVolumes(folder))
    for ref in (ORDERS, FILES):
        apply(platform, ref, None)
    return platform


def apply(platform, ref, trigger):
    whole = complete(objects.source(ref.name, ref.namespace))
    for need in (*whole.needs, repository_secret(ref.namespace, "kopia-repository", SECRET)):
        platform.apply(need)
    platform.apply(triggered(whole.manifest, trigger) if trigger else whole.manifest)


def synced(platform, ref):
    return synced_trigger(status_of(platform.get(ref)))


# --- the simulated operator


def test_a_deleted_object_is_gone_with_its_cache_and_can_be_created_again(tmp_path):
    platform = platform_of(tmp_path)
    apply(platform, ORDERS, "one")
    job = platform.next_job()
    (job.volumes["/cache"] / "note").touch()
    platform.finished(job, MoverResult(0, ""))
    platform.delete(ORDERS)
    assert platform.get(ORDERS) is None
    apply(platform, ORDERS, "two")
    again = platform.next_job()
    assert (again.owner, list(again.volumes["/cache"].iterdir())) == (ORDERS, [])
    assert synced(platform, ORDERS) is None


def test_objects_with_job_names_of_their_own_have_a_job_each(tmp_path):
    platform = platform_of(tmp_path)
    apply(platform, ORDERS, "one")
    first = platform.next_job()
    apply(platform, FILES, "two")
    second = platform.next_job()
    assert (first.owner, second.owner) == (ORDERS, FILES)
    platform.finished(first, MoverResult(0, ""))
    assert (synced(platform, ORDERS), synced(platform, FILES)) == ("one", None)


def test_objects_with_one_job_name_share_the_job_and_its_result(tmp_path):
    platform = platform_of(tmp_path, OneName)
    apply(platform, ORDERS, "one")
    first = platform.next_job()
    apply(platform, FILES, "two")
    assert platform.next_job() == NoJob("", "the operator made no Job and said nothing")
    platform.finished(first, MoverResult(0, ""))
    assert (synced(platform, ORDERS), synced(platform, FILES)) == ("one", "two")
    apply(platform, FILES, "three")
    assert platform.next_job().owner == FILES


@pytest.mark.parametrize("length", [51, 52, 64, 253])
def test_long_names_differ_only_at_the_end_and_so_do_not_the_names_of_jobs(length):
    one, two = objects.names_that_differ_at_the_end(length)
    assert (len(one), one[:-1]) == (length, two[:-1])
    names = {job_name(ref("shop", name)) for ref in (source_ref, destination_ref) for name in (one, two)}
    assert len(names) == 4
    assert max(map(len, names)) <= 63


# --- several syncs at the same time


class Answers(SyncRunner):
    """A runner whose operator gives these endings, one after another."""

    def __init__(self, *endings):
        super().__init__(None, None, None, None, None, None, takes_jobs=True, limits=DEFAULT_LIMITS)
        self.endings, self.order = list(endings), []

    def _begin(self, ref, *, held=False, is_new=True):
        self.order.append(f"begin {ref.name}")
        return ref

    def _end(self, begun, run):
        self.order.append(f"end {begun.name}")
        return Sync(begun, BEGIN, BEGIN, self.endings.pop(0))


def test_all_jobs_are_there_before_the_first_mover_runs():
    runner = Answers(Ending.SUCCEEDED, Ending.FAILED)
    assert [one.ending for one in runner.together([ORDERS, FILES])] == [Ending.SUCCEEDED, Ending.FAILED]
    assert runner.order == ["begin orders", "begin files", "end orders", "end files"]


def test_an_operator_may_make_one_job_after_the_other():
    runner = Answers(Ending.SUCCEEDED, Ending.SILENT, Ending.SUCCEEDED)
    assert [one.ending for one in runner.together([ORDERS, FILES])] == [Ending.SUCCEEDED, Ending.SUCCEEDED]
    assert runner.order[-2:] == ["begin files", "end files"]


# --- changes that a subject may refuse


def test_a_change_counts_for_the_next_sync_alone():
    declared = DeclaredObjects(None, None, NOTHING_ADDED)
    declared.declare(objects.source("orders", "shop"))
    assert not declared.take_change(ORDERS)
    declared.change_to(objects.source("orders", "shop", {"username": "till-7"}))
    assert [declared.take_change(ORDERS) for _ in range(2)] == [True, False]
    assert declared.manifest(ORDERS)["spec"]["kopia"]["username"] == "till-7"


def test_a_deletion_leaves_the_pvc_and_the_secret_alone(tmp_path):
    platform = platform_of(tmp_path)
    declared = DeclaredObjects(platform, None, NOTHING_ADDED)
    declared.declare(objects.source("orders", "shop"))
    declared.delete(ORDERS)
    expect.ending.outlived(declared.lost_with(ORDERS))
    platform._objects.pop(ObjectRef("PersistentVolumeClaim", "shop", "orders-pvc"))
    secret = platform.get(ObjectRef("Secret", "shop", "kopia-repository"))
    secret["metadata"]["deletionTimestamp"] = "2024-01-20T10:00:00Z"
    with pytest.raises(Divergence, match="orders-pvc is gone, Secret shop/kopia-repository is being deleted"):
        expect.ending.outlived(declared.lost_with(ORDERS))


def test_a_trigger_is_kept_for_the_next_sync_alone(tmp_path):
    declared = DeclaredObjects(platform_of(tmp_path), None, NOTHING_ADDED)
    declared.without_secret("kopia-repository")
    declared.declare(objects.source("orders", "shop"))
    first, _ = declared.trigger(ORDERS)
    declared.delete(ORDERS, keep_trigger=True)
    kept, after = declared.trigger(ORDERS)[0], declared.trigger(ORDERS)[0]
    assert kept == first
    assert after != first


def test_a_success_without_a_job_is_no_answer_to_an_object_that_is_created_again():
    for answer in (sync(ending=Ending.SUCCEEDED, job=None), sync(Ending.SILENT)):
        with pytest.raises(Divergence, match="created again with the same trigger"):
            expect.ending.answered_again(answer)
    expect.ending.answered_again(sync(ending=Ending.SUCCEEDED, job=job()))
    expect.ending.answered_again(sync(Ending.FAILED, messages=("no",)))


@pytest.mark.parametrize(
    "refusal",
    [{"ending": Ending.REFUSED, "refused": "immutable"}, {"ending": Ending.FAILED, "messages": ("immutable",)}],
)
def test_a_change_need_not_be_permitted(refusal):
    with pytest.raises(NotAsked, match="this change of ReplicationSource shop/orders is not permitted: immutable"):
        require_permitted(sync(**refusal))


def test_a_change_that_is_permitted_may_still_fail():
    for ending in Ending:
        require_permitted(sync(ending, job=job()))
    require_permitted(sync(Ending.SILENT))


# --- checks


def snapshot(number=1, root="root", who=WHO, **changes):
    fields = {"id": f"id{number}", "identity": who, "path": "/data", "root": root, **changes}
    return SnapshotRecord(start=BEGIN + timedelta(minutes=number), end=BEGIN + timedelta(minutes=number), **fields)


def sync(ending=Ending.SUCCEEDED, ref=ORDERS, **fields):
    return Sync(ref, BEGIN, BEGIN + timedelta(hours=1), ending, **fields)


def job(ref=ORDERS, who=WHO):
    env = {"KOPIA_OVERRIDE_USERNAME": who.username, "KOPIA_OVERRIDE_HOSTNAME": who.hostname}
    return MoverJob(ref, ("backup",), env, {}, {})


def record(*snapshots, backups=()):
    return Record(readings=Readings(snapshots={DOCUMENTED_REPOSITORY: snapshots}), backups=backups)


def test_a_snapshot_is_kept_with_another_id_and_description():
    edited = snapshot(1, id="other", description="pinned")
    expect.repository.kept(record(edited, snapshot(2)), sync(), [snapshot(1)])
    expect.repository.kept(record(snapshot(1)), sync(Ending.REFUSED, refused="immutable"), [snapshot(1)])


@pytest.mark.parametrize(
    "left",
    [
        (),
        (snapshot(2),),
        (snapshot(1, root="other"),),
        (snapshot(1, who=Identity("till-7", "shop")),),
        (snapshot(1, incomplete="canceled"),),
    ],
)
def test_a_snapshot_that_is_gone_moved_or_changed_is_lost(left):
    with pytest.raises(Divergence, match="1 of 1 gone or changed"):
        expect.repository.kept(record(*left), sync(), [snapshot(1)])


def test_that_snapshots_are_kept_needs_a_snapshot_and_a_result():
    with pytest.raises(HarnessError, match="would show nothing"):
        expect.repository.kept(record(), sync(), [])
    with pytest.raises(Blocked):
        expect.repository.kept(record(snapshot(1)), sync(Ending.SILENT), [snapshot(1)])


def test_an_object_is_served_by_a_backup_of_its_own_or_a_message():
    expect.repository.served(record(snapshot(1), snapshot(2, who=Identity("files", "shop"))), sync(job=job()))
    expect.repository.served(record(), sync(Ending.FAILED, messages=("the name is too long",)))
    expect.repository.served(record(), sync(Ending.REFUSED, refused="the name is too long"))
    expect.repository.served(record(), sync(ref=BACK, job=job(BACK)))


@pytest.mark.parametrize(
    ("wrong", "there"),
    [
        (sync(Ending.SILENT, note="nothing"), [snapshot(1)]),
        (sync(), [snapshot(1)]),
        (sync(job=job()), []),
        (sync(job=job()), [snapshot(1), snapshot(2)]),
    ],
)
def test_silence_a_shared_job_and_a_shared_history_do_not_serve(wrong, there):
    with pytest.raises(Divergence):
        expect.repository.served(record(*there), wrong)


def test_a_restore_holds_one_backup_of_a_source():
    trees = [{"file": f"file 644 {number}"} for number in "12"]
    seen = record(backups=tuple(Backup(ORDERS, tree) for tree in trees))
    restore = sync(ref=BACK, after=trees[0])
    expect.volume.holds_backup_number(seen, restore, ORDERS, 1)
    with pytest.raises(Divergence) as wrong:
        expect.volume.holds_backup_number(seen, restore, ORDERS, 2)
    assert wrong.value.seen == "backup 1 of it"


def test_a_restore_of_a_source_without_a_backup_has_to_fail():
    tree = {"file": "file 644 1"}
    seen = record(backups=(Backup(ORDERS, tree),))
    expect.volume.holds_or_failed(seen, sync(ref=BACK, after=tree), ORDERS)
    expect.volume.holds_or_failed(seen, sync(Ending.FAILED, ref=BACK), ORDERS)
    expect.volume.holds_or_failed(seen, sync(Ending.FAILED, ref=BACK), FILES)
    for wrong, source in ((sync(ref=BACK, after={}), ORDERS), (sync(ref=BACK, after=tree), FILES)):
        with pytest.raises(Divergence):
            expect.volume.holds_or_failed(seen, wrong, source)


def test_a_success_without_a_job_is_the_word_of_the_operator():
    from harness.scenario.sync_runner import _ending

    assert _ending("", NoJob(), None, Ending.SUCCEEDED) is Ending.SUCCEEDED
    assert _ending("", NoJob(), None, Ending.UNNOTED) is Ending.SILENT
    assert _ending("", NoJob("no"), None, Ending.FAILED) is Ending.FAILED
    assert _ending("", job(), None, Ending.UNNOTED) is Ending.ASKED


def test_the_names_of_the_jobs_tell_kinds_apart():
    assert job_name(ORDERS) != job_name(BACK)
    assert job_name(ObjectRef(ORDERS.kind, "shop", "web.files")) != job_name(
        ObjectRef(ORDERS.kind, "shop", "web-files")
    )
