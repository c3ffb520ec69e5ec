"""The picture of shared identities is drawn from the objects that back up, and from no other."""

from harness.report.page import shares


def sync(kind, name, username):
    return {"object": f"{kind} shop/{name}", "username": username, "hostname": "shop", "snapshots": []}


def test_sources_that_share_an_identity_are_shown():
    picture = shares(
        {"syncs": [sync("Backup", "a", "u"), sync("Backup", "b", "u"), sync("Restore", "c", "u")]}, "Backup"
    )
    assert [source["name"] for source in picture["sources"]] == ["shop/a", "shop/b"]
    assert [one["name"] for one in picture["identities"]] == ["u@shop"]


def test_where_none_is_shared_there_is_no_picture():
    syncs = [sync("Backup", "a", "u"), sync("Backup", "b", "v"), sync("Restore", "c", "u")]
    assert shares({"syncs": syncs}, "Backup") is None
    assert shares({"syncs": [sync("BackupOfMine", "a", "u"), sync("BackupOfMine", "b", "u")]}, "Backup") is None
