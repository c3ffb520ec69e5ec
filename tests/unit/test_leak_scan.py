"""A secret is found in each place that can be read, and in no other."""

import base64
import dataclasses
import json
from datetime import UTC, datetime

import pytest

from harness import expect
from harness.errors import Divergence, NotAsked
from harness.model import MoverJob, MoverResult, ObjectRef
from harness.report import secret_check
from harness.scenario import leak_scan
from harness.scenario.context import random_password
from harness.scenario.record import Readings, Record
from harness.scenario.sync import Ending, Sync
from harness.system.process import Call

SECRET = random_password()
REF = ObjectRef("ReplicationSource", "shop", "orders")
REFERENCE = {"name": "KOPIA_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "kopia", "key": "KOPIA_PASSWORD"}}}
PLACES = {
    "the log of ReplicationSource shop/orders": lambda text: sync(log=f"connecting\n{text}\n"),
    "the environment of ReplicationSource shop/orders": lambda text: sync(env={"PLAIN": text}),
    "the arguments of ReplicationSource shop/orders": lambda text: sync(args=("backup", text)),
    "the Job of ReplicationSource shop/orders": lambda text: sync(declared=job(env=[{"name": "A", "value": text}])),
    "the status of ReplicationSource shop/orders": lambda text: sync(messages=("event", text)),
    "the status of ReplicationSource": lambda text: sync(status={"kopia": {"logs": [text]}}),
    "the status of": lambda text: sync(log_shown=text),
    "a command line of the mover": lambda text: sync(command_lines=("kopia", f"kopia --password={text}")),
}


def job(**container):
    return {"spec": {"template": {"spec": {"containers": [{"env": [REFERENCE], **container}]}}}}


def sync(log="", env=(), args=("backup",), declared=None, messages=(), command_lines=(), blind="", **shown):
    of_job = MoverJob(REF, args, dict(env), {"KOPIA_PASSWORD": SECRET}, {}, declared=declared or job())
    result = MoverResult(0, log, command_lines=command_lines, blind=blind)
    now = datetime.now(UTC)
    return Sync(REF, now, now, Ending.SUCCEEDED, job=of_job, result=result, messages=messages, **shown)


def encoded(text):
    return base64.b64encode(f"password {text}".encode()).decode()


@pytest.mark.parametrize("written", [str, encoded, json.dumps], ids=["as it is", "base64", "quoted"])
@pytest.mark.parametrize("place", PLACES)
def test_a_leak_is_found_where_it_is(place, written):
    (found,) = places([PLACES[place](written(SECRET)), sync()], [], {})
    assert found.startswith(place)
    assert SECRET[-32:] not in found
    assert encoded(SECRET) not in found


@pytest.mark.parametrize(
    "container",
    [{"args": ["--password", SECRET]}, {"command": ["sh", "-c", f"kopia {SECRET}"]}, {"env": [{"value": SECRET}]}],
    ids=["args", "command", "env"],
)
def test_a_leak_is_found_wherever_it_stands_in_a_job(container):
    assert places([sync(declared=job(**container))], [], {})


def test_a_leak_is_found_in_what_else_is_told_and_in_a_call_of_the_harness():
    calls = [Call(("kopia", SECRET), {"KOPIA_PASSWORD": SECRET}, "", 0, 0.1)]
    told = {"the log of the operator": f'{{"msg": "{encoded(SECRET)}"}}', "an object": {"status": {"logs": [SECRET]}}}
    assert places([], calls, told) == [
        "a command line of the harness: kopia ***",
        "an object",
        "the log of the operator",
    ]


def test_what_a_mover_may_do_is_no_leak():
    told = "KOPIA_PASSWORD comes from the Secret kopia; written to /tmp/password (0600)"
    good = sync(log=told, env={"KOPIA_PASSWORD_FILE": "/tmp/password"}, command_lines=("kopia --password-file=/tmp/p",))
    calls = [Call(("kopia", "snapshot", "list"), {"KOPIA_PASSWORD": SECRET}, SECRET, 0, 0.1)]
    assert places([good], calls, {"the log of the operator": told, "gone": None}) == []


def places(syncs, calls, told):
    """Where a password can be read."""
    return [leak.place for leak in leak_scan.leaks(syncs, calls, {"password": [SECRET]}, told)]


def seen(one, log=""):
    """As much of a record as the check asks for."""
    found = leak_scan.leaks([one], [], {"password": [SECRET]}, {"the log of the operator": log})
    return Record(syncs=(one,), readings=Readings(leaks={"": found}))


def test_command_lines_that_nobody_saw_are_no_proof_that_they_held_none():
    expect.secrecy.no_secret_is_shown(seen(sync()))
    with pytest.raises(NotAsked, match="cannot be: there is no seccomp"):
        expect.secrecy.no_secret_is_shown(seen(sync(blind="there is no seccomp")))
    with pytest.raises(NotAsked, match="the processes of the mover were not traced"):
        expect.secrecy.no_secret_is_shown(seen(dataclasses.replace(sync(), result=MoverResult(0, ""))))


def test_a_leak_elsewhere_is_told_also_where_command_lines_cannot_be_seen():
    with pytest.raises(Divergence, match="the log of the operator"):
        expect.secrecy.no_secret_is_shown(seen(sync(blind="there is no seccomp"), log=SECRET))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("report.json", json.dumps({"a": [f"x {SECRET}"]})),
        ("index.html", f"<p>{SECRET}</p>"),
        ("junit.xml", f"<testcase>{encoded(SECRET)}</testcase>"),
        ("failures/one/mover.log", SECRET),
    ],
    ids=["report.json", "index.html", "junit.xml", "mover.log"],
)
def test_a_report_that_holds_a_secret_is_removed(tmp_path, name, text):
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    (tmp_path / "operator.log").write_text("KOPIA_PASSWORD=***")
    assert secret_check.remove_leaks(tmp_path, [SECRET]) == [name]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["operator.log"]


def test_a_report_of_anything_may_be_searched_for_a_short_secret_with_quotes(tmp_path):
    secret = 'a"b\\c ü'
    (tmp_path / "report.json").write_text(json.dumps({"a": secret}))
    (tmp_path / "index.html").write_text("<p>a&#34;b\\c ü</p>")
    assert secret_check.remove_leaks(tmp_path, [secret]) == ["index.html", "report.json"]
