"""Operators that are not ours: the reference as a process is conformant on a real API, wrong ones are caught."""

import json
import os
import random
import re
import signal
import sys
from pathlib import Path

import pytest
import yaml

from harness.kubernetes import api_server
from harness.kubernetes.api import Api
from harness.system.process import RUN_MARKER
from harness.system.reaper import Reaper
from tests.operator.styles import STYLES
from tests.real.conftest import PROJECT

pytestmark = pytest.mark.beside_others

OPERATOR = PROJECT / "tests" / "operator"
WRONG = yaml.safe_load((OPERATOR / "wrong.yaml").read_text(encoding="utf-8"))
ENDS_WITHIN_S = 20.0
"""How long a run may take after the operator's start, where a plain backup or restore fails."""

BY_WORKERS = ("-n", "2", "--dist", "load", "--maxschedchunk", "1", "--max-worker-restart", "0", "--storage", "process")


@pytest.fixture
def subject(tmp_path):
    """Writes a subject file with an operator of the given arguments."""

    def write(*args, custom_names="validated", default_username="object-name", **platform):
        file = tmp_path / "subject.yaml"
        sides = {"custom_names": custom_names, "default_username": default_username}
        told = [f"--{key.replace('_', '-')}={value}" for key, value in sides.items()]
        document = {
            "name": "mine",
            "platform": {
                "kind": "kubernetes",
                "command": ["bash", str(OPERATOR / "run.sh"), *told, *args],
                "crds": [str(OPERATOR / "crds" / custom_names)],
                "env": {"CONFORMANCE_PYTHON": sys.executable},
                **platform,
            },
            "sides": sides,
        }
        file.write_text(json.dumps(document))
        return str(file)

    return write


def test_the_reference_as_an_operator_is_conformant(suite, subject):
    ended = suite.run(*BY_WORKERS, "--subject", subject())
    assert ended.status == 0, ended.output
    held = {claim for claim, verdict in ended.claims.items() if verdict == "pass"}
    assert {"HN_E2", "RD_2", "RD_3", "VA_1", "IS_4", "DI_3", "DI_4", "SI_1", "TN_9", "SR_8", "RP_8"} <= held
    assert not held & {"CU_1", "OV_5", "TR_4"}, "what only the reference's mover decides"
    assert {"RP_3", "RP_7", "TR_5", "RP_9"} <= held, "who sets a variable of the Job decides, too"
    skips = {claim["id"]: claim["skips"] for claim in ended.report["claims"] if claim["verdict"] == "skip"}
    assert skips["CU_1"] == ["decided by a part that mine does not bring"]
    suite.assert_clean()


def test_the_other_sides_are_conformant(suite, subject):
    other = subject(custom_names="as-given", default_username="object-name-namespace")
    ended = suite.run(*BY_WORKERS, "-m", "UN_E1 or UN_E2 or UN_2 or UN_3 or UN_E3 or UN_E4 or VA_1", "--subject", other)
    assert ended.status == 0, ended.output
    assert {claim for claim, verdict in ended.claims.items() if verdict == "skip"} == {"VA_1"}


def test_sides_are_found_out_on_the_api(suite, subject, tmp_path):
    file = tmp_path / "auto.yaml"
    document = json.loads(open(subject(default_username="object-name-namespace")).read())  # noqa: PTH123, SIM115
    file.write_text(json.dumps({**document, "sides": {}}))
    ended = suite.run("--storage", "process", "-m", "UN_E2 or HN_E2 or VA_I", "--subject", str(file))
    assert ended.status == 0, ended.output
    assert ended.claims == {"UN_E2": "pass", "HN_E2": "skip", "VA_I": "pass"}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_operator_fails_the_claims_named_for_it(suite, subject, name):
    """A short form: one claim that it fails and one that it keeps, drawn by its name."""
    entry, drawn = WRONG[name], random.Random(name)
    is_whole = bool(os.environ.get("VOLSYNC_CONFORMANCE_WHOLE"))
    fails, unrelated = (list(entry[one]) if is_whole else [drawn.choice(entry[one])] for one in ("fails", "unrelated"))
    broken = ["--decisions", f"harness.subject.mutants.{entry['decisions']}"] if "decisions" in entry else []
    wrong = subject(*broken, *entry.get("args", ()))
    ended = suite.run(*BY_WORKERS, "--keep-going", "-m", " or ".join([*fails, *unrelated]), "--subject", wrong)
    assert ended.status == 1, ended.output
    assert {claim for claim in fails if ended.claims.get(claim) != "fail"} == set(), ended.output
    assert {claim for claim in unrelated if ended.claims.get(claim) != "pass"} == set(), ended.output


@pytest.mark.parametrize(
    ("leaking", "place"),
    [
        ("InItsLog", "the log of the operator"),
        ("InTheJob", "the Job of"),
        ("InACondition", "as the API has it"),
    ],
)
def test_an_operator_that_leaks_is_caught(suite, subject, leaking, place):
    leaky = subject("--decisions", f"tests.operator.leaking:{leaking}")
    ended = suite.run("--storage", "process", "--keep-going", "-m", "SE_2", "--subject", leaky)
    assert (ended.status, ended.claims) == (1, {"SE_2": "fail"}), ended.output
    assert place in ended.output, "the place is not named"


def test_a_dozen_wrong_operators_are_written_down():
    assert len(WRONG) >= 12
    assert all(entry["fails"] and entry["unrelated"] for entry in WRONG.values())


def test_a_crash_that_recurs_is_one_divergence(suite, subject):
    scenario = (PROJECT / "features" / "identity" / "hostname.feature").read_text().partition("@HN_1")[2]
    hostname = re.search(r"\| hostname \| (\S+)", scenario)[1]
    crashing = subject("--crash-on", hostname)
    ended = suite.run(*BY_WORKERS, "-m", "HN_1 or HN_2 or HN_E1 or TN_1 or RD_4", "--subject", crashing)
    assert ended.status == 1, ended.output
    wanted = {"HN_1": "fail", "HN_2": "pass", "HN_E1": "pass", "TN_1": "pass", "RD_4": "pass"}
    assert {claim: ended.claims[claim] for claim in wanted} == wanted
    assert ended.line("the operator crashed", f"panic: cannot stand {hostname}")
    assert "panic" in (suite.project / "reports" / "operator.log").read_text()
    suite.assert_clean()


def test_a_crash_that_does_not_recur_leaves_the_verdict_unknown(suite, subject, tmp_path):
    crashing = subject("--crash-once", str(tmp_path / "crashed"))
    ended = suite.run("--storage", "process", "-m", "HN_1 or HN_E1", "--subject", crashing)
    assert ended.status == 3, ended.output
    assert ended.line("the operator crashed, and no scenario provoked it again")
    suite.assert_clean(0)


def test_an_operator_that_does_not_start_is_no_verdict(suite, subject):
    ended = suite.run("--storage", "process", "-m", "HN_1", "--subject", subject("--no-such-option"))
    assert ended.status == 3, ended.output
    assert ended.line("the operator did not start", "no-such-option")
    assert "Traceback" not in ended.output
    suite.assert_clean()


def test_an_interrupted_run_ends_everything(suite, subject):
    process = suite.start(*BY_WORKERS, "--subject", subject())
    suite.wait_for(lambda: next(suite.tmp.glob("volsync-conformance-*/*/mover/*"), None), 120)
    process.send_signal(signal.SIGINT)
    suite.assert_clean()
    process.communicate(timeout=30)
    assert process.returncode == 2


def test_the_operators_log_is_in_the_failure_capsule(suite, subject):
    wrong = subject("--decisions", "harness.subject.mutants.decisions:_PvcInHostname")
    ended = suite.run("--storage", "process", "-m", "HN_E2", "--subject", wrong)
    assert ended.status == 1, ended.output
    (folder,) = (suite.project / "reports" / "failures").iterdir()
    assert (folder / "operator.log").exists() or (suite.project / "reports" / "operator.log").exists()


@pytest.mark.parametrize("method", ["Snapshot", "Clone"])
def test_volumes_that_are_copied_first(suite, subject, method):
    ended = suite.run("--storage", "process", "-m", "HN_E2 or RD_2", "--subject", subject("--copy-method", method))
    assert ended.status == 0, ended.output
    assert ended.claims == {"HN_E2": "pass", "RD_2": "pass"}


@pytest.mark.parametrize("style", [style for style in STYLES if style])
def test_jobs_that_are_built_in_another_way(suite, subject, style):
    styled = subject("--job-style", style)
    ended = suite.run(*BY_WORKERS, "-m", "HN_E2 or RD_2 or RP_7 or IS_4 or SR_8", "--subject", styled)
    assert ended.status == 0, ended.output
    assert {claim: ended.claims[claim] for claim in ("HN_E2", "RD_2", "IS_4", "SR_8")} == dict.fromkeys(
        ("HN_E2", "RD_2", "IS_4", "SR_8"), "pass"
    )
    notes = suite.project / "reports" / "kubelet.log"
    left_out = notes.read_text() if notes.exists() else ""
    wanted = {
        "sidecar": ["container log-shipper (image busybox) is not run", "init container proxy (image busybox)"],
        "init": ["init container own-the-volume (image busybox) is not run"],
        "projected": ["serviceAccountToken: its file holds no token"],
    }.get(style, [])
    assert [text for text in wanted if text not in left_out] == []
    assert bool(left_out) == bool(wanted)


@pytest.mark.alone
def test_a_plain_backup_that_fails_ends_the_run_at_once(suite, subject):
    wanting = subject("--decisions", "tests.operator.demanding:WantsCacheCapacity")
    ended = suite.run(*BY_WORKERS, "--subject", wanting)
    assert ended.status == 1, ended.output
    assert [cause["claims"] for cause in ended.report["causes"]] == [["BA_1"]], ended.output
    assert ended.line("spec.kopia.cacheCapacity is required")
    assert ended.line("ended early: a plain backup does not succeed (use --keep-going to continue)")
    assert "crashed" not in ended.output, "workers that are ended with the run are no crash"
    assert ended.seconds_after("operator: ") < ENDS_WITHIN_S, ended.output
    suite.assert_clean()


def test_fields_that_an_operator_needs_are_added_to_every_object(suite, subject, tmp_path):
    wanting = json.loads(Path(subject("--decisions", "tests.operator.demanding:WantsCacheCapacity")).read_text())
    wanting["objects"] = {kind: {"cacheCapacity": "1Gi"} for kind in ("source", "destination")}
    file = tmp_path / "with-objects.yaml"
    file.write_text(json.dumps(wanting))
    ended = suite.run(*BY_WORKERS, "-m", "BA_1 or BA_2 or HN_E2 or RD_2", "--subject", str(file))
    assert ended.status == 0, ended.output
    assert ended.report["added"] == ["source: cacheCapacity: 1Gi", "destination: cacheCapacity: 1Gi"]


@pytest.mark.alone
def test_an_operator_that_is_deaf_ends_the_run_at_once(suite, subject):
    ended = suite.run(*BY_WORKERS, "--subject", subject(command=["sleep", "1000"]))
    assert ended.status == 1, ended.output
    assert [cause["claims"] for cause in ended.report["causes"]] == [["BA_3"]], ended.output
    assert ended.line("the operator made no Job and said nothing within")
    assert ended.seconds_after("operator: ") < ENDS_WITHIN_S, ended.output
    suite.assert_clean()


@pytest.mark.alone
def test_a_deaf_operator_whose_sides_are_to_be_found_out_ends_the_run_at_once(suite, subject, tmp_path):
    deaf = {**json.loads(Path(subject(command=["sleep", "1000"])).read_text()), "sides": {}}
    file = tmp_path / "auto.yaml"
    file.write_text(json.dumps(deaf))
    ended = suite.run(*BY_WORKERS, "--subject", str(file))
    assert ended.status == 1, ended.output
    assert [cause["claims"] for cause in ended.report["causes"]] == [["BA_3"]], ended.output
    assert ended.seconds_after("operator: ") < ENDS_WITHIN_S, ended.output


def test_an_operator_that_serves_no_missing_source_is_conformant(suite, subject):
    careful = subject("--decisions", "tests.operator.demanding:WantsExistingSource")
    asked = "UN_5 or HN_3 or HN_4 or SU_1 or SU_E or SH_1 or SH_E or RD_5 or SI_7 or SI_1"
    ended = suite.run(*BY_WORKERS, "-m", asked, "--subject", careful)
    assert ended.status == 0, ended.output
    assert {ended.claims[claim] for claim in ("UN_5", "HN_3", "SU_1")} == {"skip"}
    assert {ended.claims[claim] for claim in ("RD_5", "SI_7", "SI_1")} == {"pass"}
    (skips,) = [claim["skips"] for claim in ended.report["claims"] if claim["id"] == "UN_5"]
    assert "the operator serves no source that does not exist" in skips[0]


@pytest.mark.parametrize(
    ("careful", "asked", "skipped"),
    [
        ("RefusesChangedSecret", "LO_20 or FS_64", {"LO_20", "FS_64"}),
        ("RefusesDeletion", "LO_42 or FS_43", {"LO_42", "FS_43"}),
    ],
)
def test_an_operator_that_does_less_than_asked_and_says_so_breaks_no_safety_claim(
    suite, subject, careful, asked, skipped
):
    less = subject("--decisions", f"tests.operator.demanding:{careful}")
    ended = suite.run(*BY_WORKERS, "-m", f"{asked} or HN_2", "--subject", less)
    assert ended.status == 0, ended.output
    assert {claim for claim, verdict in ended.claims.items() if verdict == "skip"} == skipped


@pytest.fixture
def existing_api(tmp_path, monkeypatch):
    """An API server that was there before the run, with a namespace of somebody else."""
    monkeypatch.setenv(RUN_MARKER, f"test-{os.getpid()}")
    reaper = Reaper(f"test-{os.getpid()}")
    server = api_server.start(tmp_path / "existing", reaper, {}, print)
    api = Api(server.kubeconfig)
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "prod"}})
    yield server.kubeconfig, api
    reaper.close()


def test_an_api_that_is_there_gets_back_as_it_was(suite, subject, existing_api):
    kubeconfig, api = existing_api
    before = {kind: _names(api, kind) for kind in ("Namespace", "Node", "CustomResourceDefinition")}
    asked = "HN_E2 or TN_9 or RD_2 or HN_E1 or VA_1"
    ended = suite.run("--storage", "process", "-m", asked, "--subject", subject(api=str(kubeconfig)))
    assert ended.status == 0, ended.output
    assert ended.claims == {"HN_E2": "skip", "TN_9": "pass", "RD_2": "pass", "HN_E1": "pass", "VA_1": "pass"}
    (skips,) = [claim["skips"] for claim in ended.report["claims"] if claim["id"] == "HN_E2"]
    assert skips == ["the namespace prod is on this API already, and is left alone"]
    # A namespace goes for good with the controller that clears it; this API has none.
    assert {kind: _names(api, kind) for kind in before} == before


def _names(api, kind):
    return sorted(one["metadata"]["name"] for one in api.list(kind) if "deletionTimestamp" not in one["metadata"])


@pytest.mark.parametrize(
    ("platform", "named"),
    [
        ({"command": ["no-such-manager"]}, "platform.command: no-such-manager: no such program"),
        ({"crds": ["nowhere"]}, "platform.crds"),
        ({"crds": [str(PROJECT / "README.md")]}, "platform.crds"),
        ({"decisions": "a:B"}, "platform.decisions"),
        ({"api": "no-such-kubeconfig"}, "platform.api"),
    ],
)
def test_a_bad_subject_ends_in_one_line(suite, subject, platform, named):
    ended = suite.run("--storage", "process", "-m", "HN_1", "--subject", subject(**platform))
    assert ended.status == 4, ended.output
    assert ended.line(named)
    assert "Traceback" not in ended.output


def test_binaries_that_are_named_have_to_be_there(suite, subject, tmp_path):
    ended = suite.run("--storage", "process", "-m", "HN_1", "--subject", subject(), KUBEBUILDER_ASSETS=str(tmp_path))
    assert ended.status == 4, ended.output
    assert ended.line("KUBEBUILDER_ASSETS", "no executable etcd in this folder")
