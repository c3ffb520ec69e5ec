"""Movers that leak a password, each somewhere else, are caught; those that only use it are not."""

import json

import pytest

from tests.real.conftest import PROJECT

MOVER = PROJECT / "tests" / "movers" / "mover.sh"
IN_IMAGE = "/mover-kopia/mover.sh"
LEAKS = {
    "an argument, for 50 ms": (
        "bash -c 'sleep 0.05; :' mover \"--password=$KOPIA_PASSWORD\"",
        "a command line of the mover",
    ),
    "an argument, in base64": ('/bin/echo $(printf %s "$KOPIA_PASSWORD" | base64 -w0) >/dev/null', "a command line"),
    "its log, quoted by bash": ('set -x; : "$KOPIA_PASSWORD"; set +x', "the log of"),
    "its log, in base64": ('printf "password: %s" "$KOPIA_PASSWORD" | base64', "the log of"),
}
LEGITIMATE = """
umask 077; printf %s "$KOPIA_PASSWORD" >/tmp/password; cat /tmp/password >/dev/null; rm /tmp/password
echo "KOPIA_PASSWORD comes from the Secret"; env KOPIA_CHECK_FOR_UPDATES=false sh -c ':' KOPIA_PASSWORD"""


@pytest.fixture
def mover(tmp_path):
    """Writes a subject file with the independent mover, which does something more before it begins."""

    def write(body, **fields):
        at = IN_IMAGE if fields.get("kind") == "image" else MOVER
        words = ["/bin/bash", "-c", f'{body}\n. {at}; main "$@"', "mover"]
        program = {"kind": "command", "command": words, "path": [str(MOVER.parent)]}
        asked = {"entrypoint": words} if fields.get("kind") == "image" else program
        file = tmp_path / "subject.yaml"
        file.write_text(json.dumps({"name": "mine", "mover": {**asked, **fields}}))
        return ("-m", "SE_2", "--storage", "process", "--subject", str(file))

    return write


def assert_caught(ended, place):
    assert (ended.status, ended.claims) == (1, {"SE_2": "fail"}), ended.output
    assert ended.line("where a password or key can be read")
    assert place in ended.output


@pytest.mark.parametrize("name", LEAKS)
def test_a_program_that_leaks_is_caught(suite, mover, name):
    body, place = LEAKS[name]
    assert_caught(suite.run(*mover(body)), place)
    suite.assert_clean(0)


def test_a_program_without_namespaces_that_leaks_is_caught(suite, mover):
    body, place = LEAKS["an argument, for 50 ms"]
    assert_caught(suite.run(*mover(body, isolation="environment")), place)
    suite.assert_clean(0)


@pytest.mark.parametrize("isolation", ["auto", "environment"])
def test_a_program_that_only_uses_its_password_holds(suite, mover, isolation):
    ended = suite.run(*mover(LEGITIMATE, isolation=isolation))
    assert (ended.status, ended.claims) == (0, {"SE_2": "pass"}), ended.output


@pytest.fixture
def plugin(tmp_path):
    """Has the suite begin with something changed in it."""

    def write(body):
        (tmp_path / "changed.py").write_text(body)
        return {"PYTHONPATH": str(tmp_path)}

    return write


BLIND = """
from harness.mover import process_trace

process_trace.blind_here = lambda: "no seccomp on this host"
"""


def test_a_host_that_shows_no_command_lines_leaves_the_claim_open(suite, mover, plugin):
    ended = suite.run("-p", "changed", *mover(LEGITIMATE), **plugin(BLIND))
    assert ended.claims == {"SE_2": "skip"}, ended.output
    assert "no seccomp on this host" in ended.report["claims"][0]["skips"][0]
    leaky, place = LEAKS["its log, in base64"]
    assert_caught(suite.run("-p", "changed", *mover(leaky), **plugin(BLIND)), place)


@pytest.mark.parametrize("fields", [{}, {"user": "1234:1234", "security": {"capabilities_drop": ["ALL"]}}])
def test_an_image_that_leaks_is_caught(suite, mover, image, fields):
    body, place = LEAKS["an argument, for 50 ms"]
    assert_caught(suite.run(*mover(body, kind="image", image=image, **fields)), place)
    suite.assert_clean()


def test_an_image_that_only_uses_its_password_holds(suite, mover, image):
    ended = suite.run(*mover(LEGITIMATE, kind="image", image=image))
    assert (ended.status, ended.claims) == (0, {"SE_2": "pass"}), ended.output


LEAKY = """
from harness.system.process import REDACT
from harness.report import page

plain = page.render
page.render = lambda report, *kinds: plain(report, *kinds) + "".join(REDACT.secrets)
"""


def test_a_report_that_leaks_is_an_error_of_the_suite(suite, plugin):
    ended = suite.run("-p", "changed", "-m", "SE_3", "--storage", "process", **plugin(LEAKY))
    assert ended.status == 3, ended.output
    assert ended.line("ERROR", "a password or key was in reports/index.html")
    assert not (PROJECT / "reports" / "index.html").exists()
    assert (ended.report["exit_status"], ended.report["scenarios"]) == (3, [])
