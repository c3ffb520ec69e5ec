"""A mover of somebody else sees volumes where its Job mounts them, or the harness says that it cannot."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.errors import HarnessError
from harness.model import MoverJob, ObjectRef
from harness.mover.base import place_of
from harness.mover.command import CommandMover, CommandSpec, namespaces_refused

OWNER = ObjectRef("ReplicationSource", "shop", "orders")
IN_NAMESPACE = pytest.mark.skipif(bool(namespaces_refused()), reason="no namespaces here")


@pytest.fixture
def world(tmp_path):
    class World:
        data, cache = tmp_path / "volumes/data", tmp_path / "volumes/cache"

        def __init__(self):
            self.data.mkdir(parents=True)
            self.cache.mkdir()

        def run(self, script, more=None, isolation="namespace", env=None, run="one", **job):
            program = tmp_path / "program" / "mover.sh"
            program.parent.mkdir(exist_ok=True)
            program.write_text(script)
            volumes = {"/data": self.data, "/cache": self.cache, **(more or {})}
            spec = CommandSpec(("/bin/bash", str(program)), isolation=isolation)
            mover = CommandMover(spec, Path("/nowhere/kopia"), tmp_path / run / "scenario" / "mover", lambda call: None)
            ended = mover.run(MoverJob(OWNER, ("backup",), env or {}, {}, volumes, **job))
            return ended.exit_code, ended.log.strip()

    return World()


@IN_NAMESPACE
def test_a_read_only_mount_cannot_be_written_to(world):
    (world.data / "file").write_text("x")
    script = "cat /data/file; touch /data/new && echo written; touch /cache/new && echo cached"
    code, log = world.run(script, read_only=frozenset({"/data"}))
    assert code == 0
    assert log.startswith("x")
    assert log.endswith("cached")
    assert "written" not in log
    assert world.run("touch /data/new && echo written") == (0, "written")


@IN_NAMESPACE
def test_a_mount_below_a_read_only_one(world, tmp_path):
    above = tmp_path / "above"
    above.mkdir()
    more = {"/restore/data": world.data, "/restore": above}
    script = "touch /restore/data/new && touch /restore/new; ls /restore"
    code, log = world.run(script, more, read_only=frozenset({"/restore"}))
    assert code == 0
    assert log.endswith("data")
    assert (world.data / "new").exists()


@IN_NAMESPACE
def test_a_mount_of_one_file(world, tmp_path):
    password = tmp_path / "password"
    password.write_text("p4ss")
    assert world.run("cat /credentials/password", {"/credentials/password": password}) == (0, "p4ss")


@IN_NAMESPACE
def test_the_working_directory(world):
    assert world.run("pwd", working_dir="/data/new") == (0, "/data/new")
    assert world.run("pwd", working_dir="/usr") == (0, "/usr")
    with pytest.raises(HarnessError, match=r"shop/orders: workingDir /no/such: "):
        world.run("pwd", working_dir="/no/such")


@IN_NAMESPACE
def test_a_mount_in_a_folder_of_this_machine_is_an_error(world):
    with pytest.raises(HarnessError, match=r"shop/orders: mountPath /etc/no-such-folder: "):
        world.run("true", {"/etc/no-such-folder": world.cache})
    assert not Path("/etc/no-such-folder").exists()


def test_without_a_namespace_folders_are_named(world):
    script = 'echo "$DATA_DIR $KOPIA_CACHE_DIR $PWD"'
    code, log = world.run(script, isolation="environment", working_dir="/data/sub")
    assert (code, log) == (0, f"{world.data} {world.cache} {world.data / 'sub'}")
    given = {"DATA_DIR": "/volumes/data"}
    code, log = world.run(script, {"/volumes": world.data}, isolation="environment", env=given)
    assert log.startswith(f"{world.data / 'data'} ")


@pytest.mark.parametrize(
    ("more", "env", "named"),
    [
        ({"/credentials": Path("/")}, {}, "mountPath /credentials: cannot be had without a mount namespace"),
        ({}, {"DATA_DIR": "/elsewhere"}, "DATA_DIR /elsewhere: no volume of its Job is mounted there"),
    ],
)
def test_without_a_namespace_other_mounts_are_an_error(world, more, env, named):
    with pytest.raises(HarnessError, match=named):
        world.run("true", more, isolation="environment", env=env)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [("/restore/data", "/b"), ("/restore/data/x/", "/b/x"), ("/restore", "/a"), ("/restored", None), ("/", None)],
)
def test_the_deepest_mount_is_the_place(path, wanted):
    job = MoverJob(OWNER, (), {}, {}, {"/restore": Path("/a"), "/restore/data": Path("/b")})
    assert place_of(job, path) == (Path(wanted) if wanted else None)


def test_the_end_of_a_job_kills_no_job_of_another_run(world):
    """Scenarios have the same names in every run, and two runs may share a machine."""
    started, go = world.data / "started", world.data / "go"
    os.mkfifo(started)
    os.mkfifo(go)
    settings = {"isolation": "environment", "env": {"DATA_DIR": "/data"}}
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(world.run, f"echo > {started}; cat {go}; echo whole", **settings)
        started.read_text()
        try:
            assert world.run("echo quick", run="other", **settings) == (0, "quick")
        finally:
            if not first.done():
                go.write_text("")
        assert first.result() == (0, "whole")
