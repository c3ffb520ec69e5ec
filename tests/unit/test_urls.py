"""The secrets of a URL are hidden, and URLs of one place are written alike."""

import pytest

from harness.system import urls


@pytest.mark.parametrize(
    ("url", "secrets", "shown"),
    [
        ("webdav://backup:hunter2@nas:5006/k", ["hunter2"], "webdav://backup:***@nas:5006/k"),
        ("s3://AKIA:wJ/a+lr@s3.example/b", ["wJ/a+lr"], "s3://AKIA:***@s3.example/b"),
        ("sftp://user:a%40b@host/x", ["a%40b", "a@b"], "sftp://user:***@host/x"),
        ("http://:p@h", ["p"], "http://:***@h"),
        ("https://u:12345@host:1/x", ["12345"], "https://u:***@host:1/x"),
        ("azure://c?sv=1&sig=a%2Fb&x=y", ["a%2Fb", "a/b"], "azure://c?sv=1&sig=***&x=y"),
        ("https://h/x?access_token=abcd", ["abcd"], "https://h/x?access_token=***"),
        ("sftp://user@host:22/x@y", [], "sftp://user@host:22/x@y"),
        ("webdav://nas:5006/a@b", [], "webdav://nas:5006/a@b"),
        ("s3://bucket/apps:1/x@y", [], "s3://bucket/apps:1/x@y"),
        ("filesystem:///a:b@c", [], "filesystem:///a:b@c"),
        ("s3://bucket/prefix", [], "s3://bucket/prefix"),
        ("no url: a:b@c?key=x", [], None),
    ],
)
def test_the_secrets_of_a_url_are_hidden(url, secrets, shown):
    assert urls.secrets_of([url]) == secrets
    assert shown is None or urls.shown(url) == shown


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("filesystem:///a/../repo", "filesystem:///repo/", True),
        ("filesystem:////repo//x", "FILESYSTEM:///repo/x", True),
        ("filesystem:///Repo", "filesystem:///repo", False),
        ("webdav://NAS:5006/k/", "WebDAV://nas:5006/k", True),
        ("webdav://a:one@nas/k", "webdav://a:two@nas/k", True),
        ("webdav://a@nas/k", "webdav://b@nas/k", False),
        ("webdav://nas/K", "webdav://nas/k", False),
        ("/repo", "/repo", True),
    ],
)
def test_urls_of_one_place_are_written_alike(one, two, same):
    assert (urls.canonical(one) == urls.canonical(two)) == same


@pytest.mark.parametrize(
    ("one", "two", "tls", "same"),
    [
        ("minio.example", "minio.example:443", (True, True), True),
        ("minio.example", "minio.example:80", (False, False), True),
        ("minio.example", "minio.example:80", (True, True), False),
        ("minio.example:443", "minio.example:80", (True, False), False),
        ("minio.example", "minio.example", (True, False), True),
        ("MinIO.Example:9000", "minio.example.:9000/", (True, True), True),
        ("minio:9000", "minio:9001", (True, True), False),
        ("minio", "other", (True, True), False),
        ("s3.amazonaws.com", "s3.eu-west-1.amazonaws.com", (True, True), True),
        ("key:secret@minio:9000", "minio:9000", (True, True), True),
    ],
)
def test_endpoints_of_one_store_are_one(one, two, tls, same):
    assert urls.is_same_endpoint(one, two, tls=tls) == same
    assert urls.is_same_endpoint(two, one, tls=tls[::-1]) == same
