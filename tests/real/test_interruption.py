"""However a run ends, within ten seconds no container, no process and no folder of it is left."""

import os
import shutil
import signal
import sys

import pexpect
import pytest

STORES = ["process", "container"]
WHOLE = ("-n", "2", "--dist", "load", "--maxschedchunk", "1", "--max-worker-restart", "0")


@pytest.fixture(params=STORES)
def store(request):
    if request.param == "container":
        request.getfixturevalue("has_engine")
    return request.param


def ended_with(process, seconds=30):
    process.communicate(timeout=seconds)
    return process.returncode


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_pytest(suite, store, number):
    process = suite.start(*WHOLE, "--storage", store)
    suite.under_way()
    process.send_signal(number)
    suite.assert_clean()
    assert ended_with(process) == 2
    report = suite.report()
    assert (report["complete"], report["verdict"], report["exit_status"]) == (False, "interrupted", 2)
    assert (suite.project / "reports" / "index.html").exists()


def test_two_signals_to_pytest(suite):
    process = suite.start(*WHOLE, "--storage", "process")
    suite.under_way()
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    suite.assert_clean()
    assert ended_with(process) == 2


def test_a_signal_without_workers(suite):
    process = suite.start("--storage", "process")
    suite.under_way()
    process.send_signal(signal.SIGTERM)
    suite.assert_clean()
    assert ended_with(process) == 2


def test_the_kill_of_pytest(suite, store):
    process = suite.start(*WHOLE, "--storage", store)
    suite.under_way()
    process.kill()
    suite.assert_clean()
    ended_with(process)


def test_the_kill_of_a_worker(suite, store):
    process = suite.start(*WHOLE, "--storage", store)
    folder = suite.under_way()
    worker = next((folder / "workers").iterdir()).name
    os.kill(int(worker), signal.SIGKILL)
    suite.assert_clean()
    output, _ = process.communicate(timeout=10)
    assert process.returncode == 3, output
    assert "UNKNOWN" in output
    assert "Traceback" not in output
    report = suite.report()
    assert (report["complete"], report["verdict"]) == (False, "unknown")
    assert report["errors"]


@pytest.fixture
def tox(suite):
    """Starts ``tox -e conformance`` in a terminal, in the project of this checkout."""
    command = shutil.which("tox") or f"{os.path.dirname(sys.executable)}/tox"  # noqa: PTH120
    started = []

    def start(*args):
        child = pexpect.spawn(
            command,
            ["-e", "conformance", "--", *args],
            cwd=str(suite.project),
            env=suite.environment(),
            encoding="utf-8",
            timeout=300,
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.close(force=True)


def test_ctrl_c_under_tox(suite, tox, store):
    child = tox("--storage", store)
    suite.wait_for(lambda: suite.folder(), 300)
    suite.under_way()
    child.sendintr()
    suite.assert_clean()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus != 0 or child.signalstatus


def test_a_signal_to_tox(suite, tox):
    child = tox("--storage", "process")
    suite.wait_for(lambda: suite.folder(), 300)
    suite.under_way()
    os.kill(child.pid, signal.SIGTERM)
    suite.assert_clean()


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (["-m", "OV_2", "--storage", "process"], 0),
        (["-m", "VA_1", "--storage", "process", "--subject", "mutant:any-name-admitted"], 1),
        (["--storage", "s3://127.0.0.1:1?tls=no"], 3),
        (["--storage", "tape"], 4),
        (["-k", "nothing_of_the_kind", "--storage", "process"], 5),
    ],
)
def test_tox_passes_the_status_on(suite, tox, args, status):
    suite.environment = lambda base=suite.environment: base(AWS_ACCESS_KEY_ID="key", AWS_SECRET_ACCESS_KEY="a-secret")
    child = tox(*args)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == status, child.before
    suite.assert_clean(0)
