"""Manifests are checked where they enter: one line that names file, field, value and remedy."""

import pytest

from harness.errors import UsageError
from harness.volsync import manifests

SOURCE = """
apiVersion: volsync.backube/v1alpha1
kind: ReplicationSource
metadata: {name: orders, namespace: shop}
"""
SECRET = """
apiVersion: v1
kind: Secret
metadata: {name: repository, namespace: shop}
stringData: {KOPIA_REPOSITORY: 's3://company-backups'}
"""


def load(tmp_path, text):
    file = tmp_path / "it.yaml"
    file.write_text(text)
    return manifests.load_file(file)


def test_several_documents_in_a_file(tmp_path):
    found = load(tmp_path, SOURCE + "---\n" + SOURCE.replace("orders", "files") + "---\n")
    assert [str(manifests.ref_of(manifest)) for manifest in found] == [
        "ReplicationSource shop/orders",
        "ReplicationSource shop/files",
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("kind: [", ["it.yaml, line", "not YAML"]),
        ("", ["no document"]),
        ("- a", ["document 1", "expected an object"]),
        (SOURCE.replace("ReplicationSource", "ReplicationSauce"), ["kind", "ReplicationSauce", "ReplicationSource"]),
        (SOURCE.replace("ReplicationSource", "[a]"), ["kind", "unknown"]),
        (SOURCE.replace("v1alpha1", "v1"), ["apiVersion", "volsync.backube/v1'", "volsync.backube/v1alpha1"]),
        (SOURCE.replace("{name: orders,", "{"), ["metadata.name"]),
        (SOURCE.replace("namespace: shop", "namespace: 7"), ["metadata.namespace", "7", "quote"]),
        (SOURCE.replace("orders", "Orders_"), ["metadata.name", "Orders_", "Kubernetes"]),
        (SOURCE.replace("shop", "a.b"), ["metadata.namespace", "a.b", "Kubernetes"]),
        (SECRET, ["stringData.KOPIA_PASSWORD", "missing"]),
    ],
)
def test_bad_manifest_ends_in_one_line(tmp_path, text, named):
    with pytest.raises(UsageError) as error:
        load(tmp_path, text)
    message = str(error.value)
    assert "\n" not in message
    assert [word for word in ["it.yaml", *named] if word not in message] == []


def test_unreadable_file_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"missing\.yaml"):
        manifests.load_file(tmp_path / "missing.yaml")
