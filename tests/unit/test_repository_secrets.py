"""A repository Secret says what a scenario wants it to say, and its checks fail on what must not be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from harness import expect
from harness.errors import Blocked, Divergence, HarnessError, NotAsked
from harness.kopia.locations import MAX_BUCKET_LENGTH, Locations
from harness.kopia.repository_secrets import PASSWORD, SECRET_KEY, RepositorySecrets
from harness.model import Identity, MoverJob, MoverResult, ObjectRef, SnapshotRecord
from harness.scenario.record import Backup, Readings, Record
from harness.scenario.sync import Ending, Sync
from harness.storage.s3 import S3Store
from harness.volsync.defaults import DOCUMENTED_REPOSITORY

SOURCE = ObjectRef("ReplicationSource", "shop", "orders")
AGAIN = ObjectRef("ReplicationDestination", "shop", "orders")
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PLACE = "s3://shop-backups/team"
CONTENT = {"owner.txt": "file 644 abc"}
OTHER = {"owner.txt": "file 644 def"}


@pytest.fixture
def secrets():
    store = S3Store("127.0.0.1:9000", False, "access", "key-of-the-store")
    locations = Locations(SimpleNamespace(store=store, make=lambda name: None), "a-scenario")
    return RepositorySecrets(locations, "password of the run")


def test_a_wrong_value_is_in_one_namespace_and_goes_again(secrets):
    right = dict(secrets.values("shop", "kopia"))
    secrets.make_wrong("shop", "KOPIA_PASSWORD")
    wrong = secrets.values("shop", "kopia")
    assert {key for key in right if wrong[key] != right[key]} == {"KOPIA_PASSWORD"}
    assert secrets.values("office", "kopia") == right
    secrets.make_right("shop", "KOPIA_PASSWORD")
    assert secrets.values("shop", "kopia") == right
    assert secrets.kept_secret()[PASSWORD] == ("password of the run", wrong["KOPIA_PASSWORD"])


def test_a_wrong_key_stays_secret_and_a_wrong_name_need_not(secrets):
    secrets.make_wrong("shop", "AWS_SECRET_ACCESS_KEY")
    secrets.make_wrong("shop", "AWS_ACCESS_KEY_ID")
    wrong = secrets.values("shop", "kopia")["AWS_SECRET_ACCESS_KEY"]
    assert secrets.kept_secret() == {PASSWORD: ("password of the run",), SECRET_KEY: ("key-of-the-store", wrong)}


def test_a_key_that_the_secret_does_not_have_cannot_be_wrong(secrets):
    secrets.leave_out("shop", "AWS_ACCESS_KEY_ID")
    for key in ("AWS_SECRET_KEY", "AWS_ACCESS_KEY_ID"):
        with pytest.raises(HarnessError, match=f"no key {key}"):
            secrets.make_wrong("shop", key)
    secrets.make_wrong("office", "AWS_ACCESS_KEY_ID")


@pytest.mark.parametrize("after", ["/team", "/team/", "//team", "/team//", "/", ""])
def test_a_spelling_is_kept_after_the_bucket(secrets, after):
    real = secrets.values("shop", "kopia")["KOPIA_REPOSITORY"]
    secrets.use("s3://shop-backups", namespace="shop")
    bucket = secrets.values("shop", "kopia")["KOPIA_REPOSITORY"]
    secrets.spell("shop", f"s3://shop-backups{after}")
    assert secrets.values("shop", "kopia")["KOPIA_REPOSITORY"] == f"{bucket}{after}" != real


def test_no_other_bucket_has_the_name_of_the_missing_one():
    store = S3Store("127.0.0.1:9000", False, "access", "key-of-the-store")
    expected = []
    buckets = SimpleNamespace(store=store, make=None, expect=expected.append)
    name = Locations(buckets, "a" * 80).missing_bucket()
    assert name.endswith(".missing")
    assert len(name) <= MAX_BUCKET_LENGTH
    assert expected == [name]


def test_a_repository_may_have_a_password_of_its_own(secrets):
    secrets.use(PLACE, namespace="shop")
    secrets.use_password(PLACE, '"quoted"')
    assert secrets.values("shop", "kopia")["KOPIA_PASSWORD"] == '"quoted"'
    assert secrets.values("office", "kopia")["KOPIA_PASSWORD"] == "password of the run"


# --- checks


def sync(ref=SOURCE, ending=Ending.SUCCEEDED, after=CONTENT):
    env = {"KOPIA_OVERRIDE_USERNAME": "orders", "KOPIA_OVERRIDE_HOSTNAME": "shop"}
    job = MoverJob(ref, ("backup",), env, {}, {})
    result = MoverResult(0 if ending is Ending.SUCCEEDED else 1, "log\n", blind="")
    return Sync(ref, NOW, NOW + timedelta(seconds=1), ending, job=job, result=result, after=after, repository=PLACE)


def snapshots(*usernames):
    return tuple(
        SnapshotRecord(f"id{number}", Identity(username, "shop"), "/data", NOW, NOW, "root")
        for number, username in enumerate(usernames)
    )


def seen(*syncs, holds=()):
    backups = tuple(Backup(one.ref, CONTENT) for one in syncs if one.succeeded)
    return Record(syncs=syncs, backups=backups, readings=Readings(snapshots={PLACE: snapshots(*holds)}))


def test_a_backup_that_fails_need_not_be_restored_and_one_that_succeeds_must_be():
    failed, done = sync(ending=Ending.FAILED), sync()
    nothing = sync(AGAIN, Ending.FAILED, after={})
    expect.volume.returned_unless_failed(seen(failed), failed, nothing)
    expect.volume.returned_unless_failed(seen(done), done, sync(AGAIN))
    for restore in (nothing, sync(AGAIN, after=OTHER), sync(AGAIN, after={})):
        with pytest.raises(Divergence):
            expect.volume.returned_unless_failed(seen(done), done, restore)


def test_silence_is_no_failed_backup():
    silent = Sync(SOURCE, NOW, NOW, Ending.SILENT, repository=PLACE)
    with pytest.raises(Blocked):
        expect.volume.returned_unless_failed(seen(silent), silent, sync(AGAIN, Ending.FAILED))
    with pytest.raises(Blocked):
        expect.repository.opened_by_its_password(seen(silent), silent)


OTHER_PLACE = "s3://moved-backups/team"


def in_two_places(*endings, holds=(), elsewhere=()):
    """Return a record of a backup into each place in turn, the first of them a success."""
    syncs = [sync()]
    for number, ending in enumerate(endings):
        at = NOW + timedelta(minutes=number + 1)
        place = OTHER_PLACE if number % 2 == 0 else PLACE
        has_job = ending is not Ending.REFUSED
        syncs.append(replace(sync(ending=ending), begin=at, end=at, repository=place, refused="" if has_job else "no",
                             job=sync().job if has_job else None, messages=("the Secret changed",)))  # fmt: skip
    held = {PLACE: snapshots(*holds), OTHER_PLACE: snapshots(*elsewhere)}
    return Record(syncs=tuple(syncs), readings=Readings(snapshots=held))


def test_each_repository_holds_the_backups_that_were_made_into_it():
    done = (Ending.SUCCEEDED, Ending.SUCCEEDED)
    hold = expect.repository.hold_own_backups
    hold(in_two_places(*done, holds=["orders", "orders"], elsewhere=["orders"]), SOURCE, [PLACE, OTHER_PLACE])
    hold(in_two_places(Ending.SUCCEEDED, Ending.FAILED, holds=["orders"], elsewhere=["orders"]), SOURCE, [PLACE])
    for holds, elsewhere in ((3, 0), (1, 1), (2, 0), (2, 2)):
        seen = in_two_places(*done, holds=["orders"] * holds, elsewhere=["orders"] * elsewhere)
        with pytest.raises(Divergence, match="snapshots in"):
            hold(seen, SOURCE, [PLACE, OTHER_PLACE])


def test_a_snapshot_under_another_identity_is_in_the_right_repository():
    places = [PLACE, OTHER_PLACE]
    for elsewhere, roots in (["nobody"], ("OV_5",)), (["orders", "orders"], ()):
        seen = in_two_places(Ending.SUCCEEDED, holds=["orders"], elsewhere=elsewhere)
        with pytest.raises(Divergence) as divergence:
            expect.repository.hold_own_backups(seen, SOURCE, places)
        assert divergence.value.roots == roots
        assert ("another repository" in divergence.value.cause) is not bool(roots)
    misnamed = in_two_places(Ending.SUCCEEDED, elsewhere=["nobody"])
    with pytest.raises(Divergence) as divergence:
        expect.repository.only_identity(misnamed, OTHER_PLACE, misnamed.syncs[0])
    assert divergence.value.roots == ("OV_5",)


@pytest.mark.parametrize("ending", [Ending.FAILED, Ending.REFUSED])
def test_a_changed_secret_may_be_refused(ending):
    refused = in_two_places(ending, ending, holds=["orders"])
    with pytest.raises(NotAsked, match="after its Secret names another repository: "):
        expect.repository.hold_own_backups(refused, SOURCE, [PLACE, OTHER_PLACE])
    with pytest.raises(Divergence):
        expect.repository.hold_own_backups(in_two_places(ending, holds=["files"]), SOURCE, [PLACE])


def test_silence_after_a_changed_secret_is_no_refusal():
    with pytest.raises(Blocked):
        expect.repository.hold_own_backups(in_two_places(Ending.SILENT, holds=["orders"]), SOURCE, [PLACE])


def test_a_password_opens_what_it_created():
    expect.repository.opened_by_its_password(seen(sync(), holds=["orders"]), sync())
    expect.repository.opened_by_its_password(seen(), sync(ending=Ending.FAILED))
    with pytest.raises(Divergence):
        expect.repository.opened_by_its_password(seen(sync()), sync())


def test_each_success_has_a_snapshot_whatever_failed_between():
    syncs = (sync(), sync(ending=Ending.FAILED), sync())
    whole = Readings(snapshots={DOCUMENTED_REPOSITORY: snapshots("orders", "orders")})
    expect.repository.holds_each_success(Record(syncs=syncs, readings=whole))
    for holds in ([], ["orders"], ["orders"] * 3):
        less = Readings(snapshots={DOCUMENTED_REPOSITORY: snapshots(*holds)})
        with pytest.raises(Divergence):
            expect.repository.holds_each_success(Record(syncs=syncs, readings=less))


def test_a_repository_is_there_or_is_not():
    expect.repository.absent(PLACE, exists=False)
    with pytest.raises(Divergence, match="a repository"):
        expect.repository.absent(PLACE, exists=True)
