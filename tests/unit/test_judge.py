"""A saved record is judged as its scenario was, and otherwise where the record or the checks are otherwise."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.document.ledger import claims
from harness.document.verdict import ExitStatus, Verdict
from harness.scenario import saved
from plugin import judge

PROJECT = Path(__file__).parents[2]
RECORDS = Path(__file__).parent / "records"
FILES = sorted(RECORDS.glob("*.json"))
PROBE = """
import json, sys
from pathlib import Path
from plugin import judge

def no_process_and_no_connection(event, args):
    if event in ("subprocess.Popen", "os.posix_spawn", "os.exec", "os.fork", "socket.connect"):
        raise RuntimeError(event)

sys.addaudithook(no_process_and_no_connection)
records = {file: saved for file in sys.argv[1:] for saved in judge.records_in(Path(file))}
names = {id(saved): file for file, saved in records.items()}
found = judge.judge(list(records.values()))
print(json.dumps({names[id(one.record)]: [one.verdict, one.message, [f.seen for f in one.findings]] for one in found}))
"""


def probed(*files):
    """What is made of records, in a process of its own: a run of pytest within another one leaves traces."""
    words = [sys.executable, "-c", PROBE, *map(str, files)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=PROJECT, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def judged():
    return probed(*FILES)


def without_claims(message, about):
    """A message without the words of the claims, which may be improved later."""
    words = tuple(f"{claim}: " for claim in about["claims"])
    return [line for line in message.splitlines() if not line.startswith(words)]


def facts_of(file):
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_record_is_judged_as_its_scenario_was(judged, file):
    verdict, message, _ = judged[str(file)]
    about = facts_of(file)["about"]
    assert (verdict, without_claims(message, about)) == (about["verdict"], without_claims(about["message"], about))


def test_the_records_are_of_claims_of_many_kinds_and_hold_and_diverge():
    seen = [facts_of(file)["about"] for file in FILES]
    held = {claim for one in seen if one["verdict"] == "pass" for claim in one["claims"]}
    diverged = {claim for one in seen if one["verdict"] == "fail" for claim in one["claims"]}
    assert len(held & diverged) >= 12
    assert held <= claims().keys()


def test_no_secret_lies_in_a_record():
    for file in FILES:
        jobs = [one["job"] for one in facts_of(file)["syncs"] if one["job"]]
        assert {value for job in jobs for value in job["secret_env"].values()} <= {saved.HIDDEN}


def altered(file, tmp_path, old, new):
    """A record in which something else was observed."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    other = tmp_path / file.name
    other.write_text(text.replace(old, new), encoding="utf-8")
    return other


def test_it_is_the_observation_that_is_judged_and_not_the_verdict_that_is_repeated(tmp_path):
    held, diverged = RECORDS / "HN_E2-pass.json", RECORDS / "HN_E2-fail.json"
    wrong_host = facts_of(diverged)["syncs"][0]["job"]["env"]["KOPIA_OVERRIDE_HOSTNAME"]
    worse = altered(held, tmp_path, '"hostname":"prod"', '"hostname":"elsewhere"')
    mended = altered(diverged, tmp_path, wrong_host, "prod")
    failing = altered(RECORDS / "SI_1-pass.json", tmp_path, '"ending":"succeeded"', '"ending":"failed"')
    found = probed(worse, mended, failing)
    assert found[str(failing)][0] == Verdict.BLOCKED
    assert found[str(worse)][0] == Verdict.FAIL
    assert "elsewhere" in found[str(worse)][1]
    assert found[str(mended)][0] == Verdict.PASS


def test_a_folder_of_bundles_is_judged_and_the_exit_status_is_that_of_the_suite(tmp_path):
    for name in ("HN_E2-pass", "HN_E2-fail"):
        (tmp_path / name).mkdir()
        (tmp_path / name / saved.FILE).write_bytes((RECORDS / f"{name}.json").read_bytes())
    words = [sys.executable, "-m", "plugin.judge"]
    ended = {
        name: subprocess.run([*words, tmp_path / name], capture_output=True, text=True, cwd=PROJECT, check=False)
        for name in ("HN_E2-pass", "")
    }
    assert {name: one.returncode for name, one in ended.items()} == {"HN_E2-pass": 0, "": 1}
    assert facts_of(RECORDS / "HN_E2-fail.json")["about"]["message"] in ended[""].stdout, ended[""].stdout


def test_a_scenario_that_this_checkout_lacks_is_wrong_use(tmp_path):
    other = altered(RECORDS / "HN_E2-pass.json", tmp_path, "test_the_documented_source", "test_no_source")
    done = subprocess.run(
        [sys.executable, "-m", "plugin.judge", other], capture_output=True, text=True, cwd=PROJECT, check=False
    )
    assert done.returncode == ExitStatus.WRONG_USE
    assert done.stderr.splitlines() == [
        f"ERROR: this checkout has no scenario {facts_of(other)['about']['scenario']}",
    ]


@pytest.mark.parametrize("make", ["missing", "no bundle", "empty folder", "other schema"])
def test_what_is_no_bundle_is_told_in_one_line(tmp_path, capsys, make):
    path = tmp_path / make
    if make == "empty folder":
        path.mkdir()
    if make == "no bundle":
        path.write_text("{")
    if make == "other schema":
        path.write_text('{"schema": 0}')
    assert judge.main([str(path)]) == ExitStatus.WRONG_USE
    told = capsys.readouterr()
    assert (told.out, len(told.err.splitlines())) == ("", 1)
    assert str(path) in told.err


def test_without_a_bundle_the_usage_is_shown(capsys):
    assert judge.main([]) == ExitStatus.WRONG_USE
    assert "usage: tox -e judge" in capsys.readouterr().err


@pytest.mark.parametrize("module", ["/tmp/evil.py", "../evil.py", "plugin/judge.py", "features/" + "x" * 5000 + ".py"])
def test_a_record_cannot_name_a_module_outside_the_features(tmp_path, capsys, module):
    other = altered(RECORDS / "HN_E2-pass.json", tmp_path, "features/test_document.py", module)
    assert judge.main([str(other)]) == ExitStatus.WRONG_USE
    told = capsys.readouterr().err
    assert "this checkout has no module" in told
    assert len(told.splitlines()) == 1


def test_a_claim_that_this_checkout_lacks_is_left_out_of_the_exit_status(tmp_path):
    other = altered(RECORDS / "HN_E2-fail.json", tmp_path, '"claims":["HN_E2"]', '"claims":["HN_E2","ZZ_1"]')
    one = judge.Judgement(saved.load(other), Verdict.FAIL, "")
    assert one.outcome.claims == ("HN_E2",)
    assert one.outcome.is_judged


def test_a_file_that_nests_without_end_is_told_in_one_line(tmp_path, capsys):
    file = tmp_path / "record.json"
    file.write_text('{"schema":1,"x":' + "[" * 100_000)
    assert judge.main([str(file)]) == ExitStatus.WRONG_USE
    assert len(capsys.readouterr().err.splitlines()) == 1
