"""Movers that are not ours: an independent one is conformant, wrong ones are caught by the claims named for them."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from harness.document.ledger import claims
from tests.real.conftest import PROJECT

pytestmark = pytest.mark.beside_others

MOVERS = PROJECT / "tests" / "movers"
WRONG = yaml.safe_load((MOVERS / "wrong.yaml").read_text(encoding="utf-8"))
JUDGED = [claim.id for claim in claims().values() if claim.is_judged and {"mover", "kopia"} & set(claim.decided_by)]
SENTINELS = ("BA_1", "BA_2", "CU_1", "SR_3", "IS_6", "RP_1", "TR_2", "DI_8")
"""What every wrong mover is asked besides the claims named for it: it fails none of them but those it names."""

BY_MOVERS = ("-n", "2", "--dist", "load", "--maxschedchunk", "1", "--max-worker-restart", "0", "--storage", "process")


@pytest.fixture
def subject(tmp_path):
    """Writes a subject file with a mover of the given fields."""

    def write(**mover):
        file = tmp_path / "subject.yaml"
        file.write_text(json.dumps({"name": "mine", "mover": {"kind": "command", **mover}}))
        return str(file)

    return write


def script(path: Path, body: str) -> str:
    path.write_text(f"#!/usr/bin/env bash\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_the_independent_mover_is_conformant(suite):
    ended = suite.run(*BY_MOVERS, "--subject", str(MOVERS / "plain.yaml"))
    assert ended.status == 0, ended.output
    assert ended.line("mover:", "in a mount namespace of its own", "its kopia: 0.23.1")
    held = {claim for claim, verdict in ended.claims.items() if verdict == "pass"}
    assert {"CU_1", "OV_5", "RP_3", "SR_3", "IS_6", "TR_5"} <= held
    skips = {claim["id"]: claim["skips"] for claim in ended.report["claims"] if claim["verdict"] == "skip"}
    assert skips["HN_2"] == ["decided by a part that plain does not bring"]
    assert "VA_1" in skips
    assert not held & {"HN_2", "RD_4", "SI_1", "VA_1"}, (
        "what only the reference brought is never credited to the subject"
    )
    suite.assert_clean(0)


def test_the_independent_mover_is_conformant_without_a_namespace(suite, subject):
    plain = subject(command=["bash", str(MOVERS / "entry.sh")], isolation="environment")
    ended = suite.run(*BY_MOVERS, "-m", "CU_1 or SR_3 or RP_7 or IS_6 or TR_5 or SR_5", "--subject", plain)
    assert ended.status == 0, ended.output
    assert ended.line("through DATA_DIR and KOPIA_CACHE_DIR")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.alone if name == "hangs" else ()) for name in WRONG]
)
def test_a_wrong_mover_fails_the_claims_named_for_it_and_nothing_else(suite, subject, name):
    wrong = subject(command=["bash", str(MOVERS / "wrong.sh"), name], timeout_s=4 if name == "hangs" else 60)
    asked = JUDGED if os.environ.get("VOLSYNC_CONFORMANCE_WHOLE") else {*WRONG[name]["fails"], *SENTINELS}
    ended = suite.run(*BY_MOVERS, "--keep-going", "-m", " or ".join(sorted(asked)), "--subject", wrong)
    assert ended.status == 1, ended.output
    failed = {claim for claim, verdict in ended.claims.items() if verdict == "fail"}
    assert failed == set(WRONG[name]["fails"]), ended.output
    suite.assert_clean()


def test_every_wrong_variant_is_written_down():
    assert sorted(WRONG) == sorted(path.stem for path in (MOVERS / "wrong").glob("*.sh"))
    assert all(entry["fails"] for entry in WRONG.values())
    assert len(WRONG) >= 12


def test_a_mover_gets_what_a_container_gets_and_nothing_of_the_caller(suite, subject, tmp_path):
    seen = tmp_path / "seen"
    seen.mkdir(mode=0o777)
    body = f"""
{{ env; echo "args $*"; ls -d /data /cache /tmp; touch /cache/x /tmp/y && echo writable; pwd; }} >{seen}/backup 2>&1
exit 1"""
    mover = subject(command=[script(tmp_path / "entry.sh", body)], path=[str(seen)])
    suite.run("--storage", "process", "-m", "TR_2", "--subject", mover, MY_OWN_VARIABLE="mine", LC_ALL="C")
    text = (seen / "backup").read_text()
    names = {line.partition("=")[0] for line in text.splitlines() if "=" in line}
    assert {"KOPIA_OVERRIDE_USERNAME", "KOPIA_PASSWORD", "KOPIA_CACHE_DIR", "DATA_DIR"} <= names
    assert not {"MY_OWN_VARIABLE", "LC_ALL", "DOCKER_HOST", "KOPIA_BIN"} & names
    assert "args backup" in text
    assert "writable" in text
    assert {"/data", "/cache", "/tmp", "DATA_DIR=/data"} <= set(text.splitlines())


MISBEHAVIOUR = {
    "hangs": ("sleep 1000", "did not end within 5 s"),
    "ignores SIGTERM": ("trap '' TERM; while :; do sleep 1; done", "ignored SIGTERM"),
    "floods its log": ("yes | head -c 100000000", "wrote more than 8 MiB"),
    "leaves children behind": ("setsid sleep 1000 & sleep 0.1; exit 0", "left processes behind"),
    "forks and forks": (
        "for n in 1 2 3; do (setsid bash -c 'sleep 999 & sleep 999' &) ; done; sleep 999",
        "did not end",
    ),
}


@pytest.mark.parametrize("isolation", ["auto", "environment"])
@pytest.mark.parametrize("name", MISBEHAVIOUR)
def test_a_mover_that_misbehaves_is_ended_and_its_sync_failed(suite, subject, tmp_path, name, isolation):
    body, why = MISBEHAVIOUR[name]
    entry = script(tmp_path / "entry.sh", body)
    ended = suite.run(
        "--storage", "process", "-m", "TR_2", "--subject", subject(command=[entry], timeout_s=5, isolation=isolation)
    )
    assert ended.status == 1, ended.output
    assert ended.claims == {"BA_3": "fail", "TR_2": "blocked"}, "a Job that does not end by itself breaks a base claim"
    assert ended.line("the mover was ended", why)
    suite.assert_clean(0)


def test_a_store_that_is_gone_is_no_verdict_on_the_mover(suite, subject, tmp_path):
    body = """
for process in /proc/[0-9]*; do
  grep -qs -- "$KOPIA_S3_ENDPOINT" "$process/cmdline" && grep -qsx minio "$process/comm" && kill -9 "${process#/proc/}"
done
exit 1"""
    mover = subject(command=[script(tmp_path / "entry.sh", body)], isolation="environment")
    ended = suite.run("--storage", "process", "-m", "TR_2", "--subject", mover)
    assert (ended.status, ended.claims) == (3, {"TR_2": "error"}), ended.output
    assert ended.line("verdict unknown", "does not answer")


@pytest.mark.parametrize(
    ("mover", "named"),
    [
        ({"command": ["no-such-program"]}, "mover.command: no-such-program: no such program"),
        ({"command": ["bash", "no/such.sh"]}, "mover.command: no/such.sh: no such file"),
        ({"command": []}, "mover.command"),
        ({"command": ["bash"], "path": ["nowhere"]}, "mover.path"),
        ({"kind": "image", "image": "no-such-image:1"}, "mover.image: no-such-image:1: not found"),
        ({"kind": "image"}, "'image' is a required property"),
        ({"kind": "reference", "command": ["bash"]}, "mover.command"),
    ],
)
def test_a_bad_subject_ends_in_one_line(suite, subject, mover, named):
    ended = suite.run("--storage", "process", "-m", "TR_2", "--subject", subject(**mover))
    assert ended.status == 4, ended.output
    assert ended.line(named)
    assert "Traceback" not in ended.output


def test_a_capability_that_is_lacked_is_skipped_with_that_reason(suite, tmp_path):
    file = tmp_path / "subject.yaml"
    mover = {"kind": "command", "command": ["bash", str(MOVERS / "entry.sh")]}
    file.write_text(json.dumps({"name": "mine", "mover": mover, "capabilities": {"shallow": False}}))
    ended = suite.run("--storage", "process", "-m", "RP_9 or RP_1", "--subject", str(file))
    assert ended.claims == {"RP_1": "pass", "RP_9": "skip"}
    assert ended.report["claims"][-1]["skips"] == ["mine declares that it lacks shallow"]


def test_expectations_are_strict_both_ways(suite, subject, tmp_path):
    known = tmp_path / "known.yaml"
    run = ("--storage", "process", "-m", "SR_5 or RP_1", "--expectations", str(known))
    wrong = subject(command=["bash", str(MOVERS / "wrong.sh"), "prefix-ignored"])
    first = suite.run(*run, "--subject", wrong, "--update-expectations")
    assert first.status == 0, first.output
    assert yaml.safe_load(known.read_text()) == [{"claim": "SR_5", "verdict": "fail", "reason": "not explained yet"}]
    again = suite.run(*run, "--subject", wrong)
    assert (again.status, again.claims) == (0, {"SR_5": "known", "RP_1": "pass"}), again.output
    assert again.line("0 new, 0 fixed, 1 unchanged")
    fixed = suite.run(*run, "--subject", str(MOVERS / "plain.yaml"))
    assert fixed.status == 1, fixed.output
    assert fixed.line("0 new, 1 fixed, 0 unchanged")


def test_a_command_that_is_no_mover_is_told_where_to_look(suite, subject):
    ended = suite.run(*BY_MOVERS, "--subject", subject(kind="command", command=["/bin/true"]))
    assert ended.status == 1, ended.output
    assert ended.line("ended early", "check first: mover.command or mover.entrypoint: the mover wrote no log")
    assert "crashed" not in ended.output, "workers that are ended with the run are no crash"
    assert not ended.report["complete"]


@pytest.mark.alone
def test_the_independent_mover_is_conformant_as_an_image(suite, subject, image):
    """One scenario in three: as a program it runs them all."""
    sample = () if os.environ.get("VOLSYNC_CONFORMANCE_WHOLE") else ("--sample", "3:image")
    ended = suite.run(*BY_MOVERS[:-2], *sample, "--subject", subject(kind="image", image=image))
    assert ended.status == 0, ended.output
    assert ended.line("mover:", image, "its kopia: 0.23.1")
    assert {"CU_1", "BA_1", "BA_2"} & {claim for claim, verdict in ended.claims.items() if verdict == "pass"}
    suite.assert_clean()


@pytest.mark.alone
@pytest.mark.parametrize("read_only_root", [False, True])
def test_an_image_runs_as_the_user_that_is_named(suite, subject, image, read_only_root):
    security = {"capabilities_drop": ["ALL"], "read_only_root": read_only_root}
    mover = {"kind": "image", "image": image, "user": "1234:1234", "security": security}
    ended = suite.run("-m", "CU_1 or SR_3", "--subject", subject(**mover))
    assert ended.status == 0, ended.output


@pytest.mark.alone
@pytest.mark.parametrize(
    ("body", "seconds", "why"),
    [("sleep 1000", 2, "did not end within 2 s"), ("yes", 60, "wrote more than 8 MiB")],
)
def test_an_image_that_misbehaves_is_ended(suite, subject, image, body, seconds, why):
    mover = {"kind": "image", "image": image, "entrypoint": ["/bin/bash", "-c", body], "timeout_s": seconds}
    ended = suite.run("-m", "TR_2", "--subject", subject(**mover))
    assert (ended.status, ended.claims) == (1, {"BA_3": "fail", "TR_2": "blocked"}), ended.output
    assert ended.line("the mover was ended", why)
    suite.assert_clean()
    left = subprocess.run(["docker", "ps", "-aq", "--filter", f"ancestor={image}"], capture_output=True, check=True)
    assert left.stdout == b"", os.environ
