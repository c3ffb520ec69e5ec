"""Volumes are judged by content, names, modes and symlinks."""

import os

import pytest

from harness.volumes import attributes, compare, contents, decay, fill, fill_peculiar, link, tree


def test_two_fillings_are_never_equal(tmp_path):
    assert compare(fill(tmp_path, "a"), fill(tmp_path, "a"))


def test_a_tree_is_equal_to_itself(tmp_path):
    content = fill(tmp_path, "a")
    assert not compare(content, tree(tmp_path))


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "owner.txt").write_text("other"),
        lambda folder: (folder / "owner.txt").unlink(),
        lambda folder: (folder / "more.txt").write_text("more"),
        lambda folder: (folder / "bin/run-as-owner.sh").chmod(0o644),
        lambda folder: (folder / "empty").rmdir(),
        lambda folder: (folder / "empty").chmod(0o700),
        lambda folder: (folder / "dangling").unlink(),
        lambda folder: (folder / "current").unlink() or (folder / "current").symlink_to("elsewhere"),
        lambda folder: (folder / "current").unlink() or (folder / "current").write_text("bin/run.sh"),
        lambda folder: os.mkfifo(folder / "pipe"),
    ],
)
def test_every_damage_is_seen(tmp_path, damage):
    content = fill_peculiar(tmp_path, "a")
    damage(tmp_path)
    assert compare(content, tree(tmp_path))


def test_an_empty_lost_and_found_belongs_to_the_filesystem(tmp_path):
    content = fill(tmp_path, "a")
    (tmp_path / "lost+found").mkdir(mode=0o700)
    assert not compare(content, tree(tmp_path))


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "lost+found").mkdir() or (folder / "lost+found" / "file").touch(),
        lambda folder: (folder / "lost+found").mkdir() or (folder / "lost+found" / "folder").mkdir(),
        lambda folder: (folder / "lost+found").touch(),
        lambda folder: (folder / "lost+found").symlink_to("empty"),
        lambda folder: (folder / "empty" / "lost+found").mkdir(),
    ],
)
def test_any_other_lost_and_found_counts(tmp_path, damage):
    content = fill_peculiar(tmp_path, "a")
    damage(tmp_path)
    assert compare(content, tree(tmp_path))


def test_a_mode_is_no_content_and_a_byte_is(tmp_path):
    content = fill(tmp_path, "a")
    (tmp_path / "owner.txt").chmod(0o600)
    (tmp_path / "empty").mkdir()
    assert not compare(contents(content), contents(tree(tmp_path)))
    (tmp_path / "owner.txt").write_text("other")
    assert compare(contents(content), contents(tree(tmp_path)))


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: os.utime(folder / "owner.txt", (1, 1)),
        lambda folder: (folder / "second-name.txt").unlink(),
        lambda folder: (folder / "second-name.txt").unlink() or (folder / "second-name.txt").write_text("a copy"),
    ],
)
def test_times_and_hard_links_are_recorded(tmp_path, change):
    fill_peculiar(tmp_path, "a")
    before = attributes(tmp_path)
    change(tmp_path)
    assert compare(before, attributes(tmp_path))


def test_a_decayed_file_has_its_size_and_its_time_but_other_bytes(tmp_path):
    before, file = fill(tmp_path, "a"), tmp_path / "private/key"
    size, time = file.stat().st_size, file.stat().st_mtime_ns
    decay(file)
    assert (size, time) == (file.stat().st_size, file.stat().st_mtime_ns)
    assert compare(before, tree(tmp_path)).changed == ["private/key"]


def test_a_link_replaces_what_has_its_name_but_not_what_that_led_to(tmp_path):
    (tmp_path / "kept").write_text("kept")
    for target in ("kept", "nowhere"):
        link(tmp_path, "below/link", target)
        assert tree(tmp_path)["below/link"] == f"link {target}"
    assert (tmp_path / "kept").read_text() == "kept"
