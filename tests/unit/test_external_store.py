"""``--storage s3://…`` is checked before anything starts."""

from types import SimpleNamespace

import pytest

from harness.errors import HarnessError, UsageError
from harness.storage import external
from harness.storage.buckets import Buckets

KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "a-secret-key"}


def test_a_url_names_an_endpoint():
    store = external.parse("s3://minio.local:9000?tls=no&bucket-prefix=mine", KEYS)
    assert (store.endpoint, store.tls, store.bucket_prefix, store.lasting) == ("minio.local:9000", False, "mine", True)
    assert "a-secret-key" not in repr(store)


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("s3://", "s3://host"),
        ("s3://host/bucket", "s3://host"),
        ("s3://me:word@host", "s3://host"),
        ("s3://host?colour=red", "s3://host"),
        ("s3://host#part", "s3://host"),
        ("s3://[::1", "s3://\\[::1: .*write s3://host"),
        ("s3://host:abc", "s3://host:abc: .*write s3://host"),
        ("s3://host:99999", "s3://host:99999: .*write s3://host"),
        ("s3://:9000", "s3://:9000: write s3://host"),
        ("s3://host?tls=perhaps", "tls=perhaps"),
        ("s3://host?bucket-prefix=A", "bucket-prefix=A"),
    ],
)
def test_bad_url_is_named(url, named):
    with pytest.raises(UsageError, match=named):
        external.parse(url, KEYS)


@pytest.mark.parametrize("keys", [KEYS, {}])
@pytest.mark.parametrize("url", ["s3://me:s3cret@host", "s3://me:s3cret@host:abc"])
def test_keys_in_a_url_are_not_shown(url, keys):
    with pytest.raises(UsageError) as raised:
        external.parse(url, keys)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_missing_credentials_are_named(name):
    with pytest.raises(UsageError, match=name):
        external.parse("s3://host", {key: value for key, value in KEYS.items() if key != name})


class _Store(SimpleNamespace):
    """The names of the buckets of a store."""

    def require_free(self, name):
        if name in self.there:
            raise HarnessError(f"bucket {name} exists already")

    def make_bucket(self, name):
        self.there.add(name)

    def remove_bucket(self, name):
        self.there.discard(name)


def test_a_bucket_that_only_a_subject_creates_is_removed_at_the_end(tmp_path):
    store = _Store(there={"theirs"})
    Buckets(store, tmp_path).make("own")
    Buckets(store, tmp_path).expect("own.missing")
    assert store.there == {"theirs", "own"}
    store.there.add("own.missing")
    Buckets(store, tmp_path).remove_all()
    assert store.there == {"theirs"}


def test_a_bucket_that_is_there_is_not_taken_for_missing(tmp_path):
    store = _Store(there={"theirs"})
    with pytest.raises(HarnessError, match="theirs"):
        Buckets(store, tmp_path).expect("theirs")
    Buckets(store, tmp_path).remove_all()
    assert store.there == {"theirs"}
