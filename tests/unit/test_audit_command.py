"""The command line of the audit: exit statuses, audit.json, the terminal, and one line for each bad input."""

import io
import json
import os
import shlex
import sys
import time
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from harness.audit import terminal
from harness.audit.audit import Worry
from harness.cli.audit import main
from harness.document.verdict import ExitStatus
from harness.system.process import REDACT
from tests.unit.audit_world import NOW, answer, destination, entry, large, policy, secret, source

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA, EXAMPLE = DOCS / "audit.schema.json", DOCS / "examples" / "audit.yml"
GOOD = ExitStatus.CONFORMANT, "nothing to worry about"
PASSWORD = "a-very-secret-password"


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """Forget the secrets of a test: the redactor is one for the whole process."""
    monkeypatch.setattr(REDACT, "secrets", set())


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """Run the command with manifests and snapshots; return its status, its audit.json and its output."""
    monkeypatch.chdir(tmp_path)

    def start(declared, entries, *more, text=None):
        Path("apps.yaml").write_text(text or yaml.dump_all([one.manifest for one in declared]))
        snapshots = ["--manifests-only"]
        if entries is not None:
            Path("list.json").write_text(json.dumps(entries))
            snapshots = ["--snapshots", "list.json"]
        status = main(["--manifests", "apps.yaml", *snapshots, "--now", NOW.isoformat(), "--out", "out", *more])
        output = capsys.readouterr()
        file = Path("out") / "audit.json"
        report = json.loads(file.read_text()) if status in (0, 1, 3) and file.exists() else {}
        if report:
            Draft202012Validator(json.loads(SCHEMA.read_text())).validate(report)
        return status, report, output

    return start


def test_nothing_to_worry_about(run):
    status, report, output = run([source("orders"), destination("orders")], [entry("orders", at=1)])
    assert (status, report["verdict"]) == GOOD
    (found,) = report["destinations"]
    assert (found["outcome"], found["snapshot"]["age_seconds"], found["snapshot"]["size_bytes"]) == (
        "restores",
        86395,
        17,
    )
    assert "verdict: nothing to worry about" in output.out
    assert "· shop/orders  restores  orders@shop:/data" in output.out


def test_a_worry_is_exit_status_1_and_only_if_it_counts(run):
    declared, entries = [source("orders"), destination("restore")], [entry("orders")]
    status, report, output = run(declared, entries)
    assert (status, report["worries"]) == (1, {"nothing-found": 1})
    assert "✗ shop/restore  nothing-found" in output.out
    assert "sourceName: orders" in output.out
    assert run(declared, entries, "--fail-on", "stale,foreign")[0] == 0
    assert run(declared, entries, "--fail-on", "none")[0] == 0
    assert run(declared, entries, "--fail-on", "all")[0] == 1


def test_what_is_unread_or_open_is_unknown_unless_a_worry_wins(run):
    text = "kind: ReplicationSource\nx: [}"
    stranger = [entry("stranger")]
    status, report, output = run([], stranger, text=text)
    assert (status, report["verdict"], report["worries"]) == (3, "unknown", {"orphan": 1, "unread": 1})
    incomplete = "INCOMPLETE: 1 files or objects were not read, or are not clear"
    assert f"verdict: unknown ({incomplete}; not counted: 1 orphan)" in output.out
    assert "may matter: apps.yaml: line 2: not YAML" in output.out
    opened = destination("${APP}")
    status, report, output = run([opened], stranger)
    assert (status, report["read"]["open"][0]["fields"]) == (3, {"metadata.name": ["APP"]})
    assert "open: shop/${APP} in apps.yaml: metadata.name needs APP" in output.out
    assert run([opened, destination("orders")], stranger)[0] == 1
    _, _, output = run([destination("{{ .Release.Name }}", sourceName="${APP}")], [])
    assert "the manifests leave {{ .Release.Name }}, ${APP} open; give the built manifests" in output.out


def test_manifests_alone_show_collisions_and_refusals(run):
    status, report, _ = run([source("a.b"), source("ab"), destination("ab")], None)
    assert (status, report["worries"]) == (1, {"collision": 1})
    assert report["repository"]["snapshots"] is None
    assert run([source("ab"), destination("ab")], None)[0] == 0


def test_another_rule_writes_ready_overrides(run):
    declared, entries = [source("orders"), destination("orders")], [entry("orders")]
    status, report, output = run(declared, entries, "--rules", "object-name", "--against", "namespace-pvc")
    assert (status, report["against"], len(report["changes"])) == (1, "namespace-pvc", 2)
    assert "2 changes under namespace-pvc:" in output.out
    overrides = list(yaml.safe_load_all(Path("out/overrides.yaml").read_text()))
    assert [one["kind"] for one in overrides] == ["ReplicationDestination", "ReplicationSource"]
    assert overrides[1]["spec"]["kopia"] == {"username": "orders", "hostname": "shop"}
    assert '<a href="overrides.yaml">' in Path("out/index.html").read_text()
    run(declared, entries)
    assert not Path("out/overrides.yaml").exists(), "of an earlier run"
    assert '<a href="overrides.yaml">' not in Path("out/index.html").read_text()


def test_collisions_of_another_rule_are_shown(run):
    Path("rule.yaml").write_text("{name: flat, defaults: {username: all, hostname: h}}")
    declared, entries = [source("orders"), source("mail")], [entry("orders"), entry("mail")]
    status, report, output = run(declared, entries, "--against", "rule.yaml", "--fail-on", "mismatch")
    assert (status, [one["username"] for one in report["new_collisions"]]) == (1, ["all"])
    assert "1 collision under flat only:\n  ✗ all@h:/data  one history: the rule joins" in output.out
    assert "Collisions under flat only: 1" in Path("out/index.html").read_text()


def test_a_rule_of_a_file_is_tried_beside_the_built_in_ones(run):
    Path("rule.yaml").write_text("{name: mine, defaults: {username: 'u-{{ name }}', hostname: h}}")
    declared, entries = [source("orders"), destination("orders")], [entry("u-orders", "h")]
    status, report, _ = run(declared, entries, "--rules", "auto", "--rules", "rule.yaml")
    assert (status, report["rule"]["name"], report["rule"]["file"]) == (0, "mine", "rule.yaml")
    assert run(declared, entries)[0] == 1
    assert run(declared, entries, "--rules", "rule.yaml")[0] == 0


def test_a_guess_of_the_rule_is_said_to_be_one(run):
    declared = [source("orders"), source("mail")]
    _, report, output = run(declared, [entry("orders"), entry("mail-shop")])
    assert report["rule"]["as_good"] == ["object-name-namespace"]
    assert "as good: object-name-namespace; say which one your operator" in output.out
    assert "As good: object-name-namespace; say" in Path("out/index.html").read_text()
    _, report, output = run(declared, [entry("something", "else")])
    assert "no rule explains a snapshot: describe that of your operator in a file" in output.out


def test_saved_policies_are_read(run):
    Path("policies.json").write_text(json.dumps([policy("@shop", keepLatest=1)]))
    declared = [source("orders"), source("mail", "office", username="mail", hostname="shop")]
    entries = [entry("orders"), entry("mail")]
    status, report, output = run(declared, entries, "--policies", "policies.json", "--fail-on", "policy")
    assert (status, [one["target"] for one in report["policies"]]) == (1, ["@shop"])
    assert "1 policy beyond one tenant:" in output.out
    assert "of the namespaces office, shop" in output.out
    assert "Policies beyond one tenant: 1" in Path("out/index.html").read_text()
    assert run(declared, entries)[1]["policies"] is None
    assert run(declared, None, "--policies", "policies.json")[0] == 4


def test_the_ready_manifests_of_several_clusters_are_apart(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("list.json").write_text(json.dumps([entry("orders")]))
    for cluster in ("home", "away"):
        Path(f"{cluster}.yaml").write_text(yaml.dump(source("orders").manifest))
    clusters = ["--manifests", "home.yaml", "--manifests", "away.yaml"]
    main([*clusters, "--snapshots", "list.json", "--out", "out", "--against", "namespace-pvc"])
    text = Path("out/overrides.yaml").read_text()
    heads = [line for line in text.splitlines() if line.startswith("#")]
    assert heads == ["# the cluster of 'home.yaml'", "# the cluster of 'away.yaml'"]
    assert [one["metadata"]["name"] for one in yaml.safe_load_all(text)] == ["orders", "orders"]


def restores():
    """Return the manifests of restores.yaml that can be applied, and its comments."""
    text = Path("out/restores.yaml").read_text()
    return [one for one in yaml.safe_load_all(text) if one], [one for one in text.splitlines() if one.startswith("#")]


def test_orphans_with_a_sure_owner_have_ready_manifests(run):
    run([source("orders")], [entry("orders-shop")], "--rules", "object-name")
    (manifest,), comments = restores()
    assert manifest["metadata"] == {"name": "orders-restore", "namespace": "shop"}
    assert comments == [
        "# 1 snapshot of orders-shop@shop:/data, the newest of 2026-03-10 12:00 UTC",
        "# likely owner: ReplicationSource shop/orders (the rule object-name-namespace makes this identity of it); "
        "it restores into the PVC orders-pvc",
    ]


@pytest.mark.parametrize(
    ("declared", "entries", "more", "why"),
    [
        ([source("orders-v2")], [entry("orders")], "", "that it is the owner is a guess"),
        ([source("orders")], [entry("orders"), entry("orders-shop", at=9)], "", "the owner has newer snapshots"),
        ([source("orders")], [entry("orders-shop")], "kind: [", "1 files or objects were not read"),
        (
            [source("orders"), destination("old", username="orders-shop", hostname="shop")],
            [entry("orders-shop")],
            "",
            "ReplicationDestination shop/old restores this history already",
        ),
        (
            [source("a"), source("b", sourcePVC="a-pvc")],
            [entry("a-shop"), entry("b-shop")],
            "",
            "another history is restored into this PVC",
        ),
    ],
)
def test_a_restore_that_may_destroy_something_is_a_comment(run, declared, entries, more, why):
    if more:
        Path("broken.yaml").write_text(f"kind: ReplicationSource\n{more}")
    run(declared, entries, "--rules", "object-name", *(["--manifests", "broken.yaml"] if more else []))
    manifests, comments = restores()
    assert any(why in line for line in comments), comments
    assert len(manifests) == (1 if len(declared) > 1 and not more and "PVC" in why else 0)


def test_the_owner_of_an_orphan_is_no_coincidence_of_names(run):
    declared = [source("miniflux", "default"), source("nas"), source("sonarr", "media"), source("plex", "media")]
    owned = [entry("miniflux", "default"), entry("sonarr", "media")]
    strange = [entry("photos", "nas", path="/volume1"), entry("plex", "laptop", path="/home/plex")]
    entries = [*owned, *strange, entry("my.app", "default", 9), entry("sonarr-old", "media", 90)]
    _, report, _ = run(declared, entries)
    assert [one["owner"] for one in report["orphans"]] == [None] * 4
    assert not Path("out/restores.yaml").exists()


def test_a_renamed_source_gets_the_lines_that_continue_its_history(run):
    _, report, output = run([source("orders-v2")], [entry("orders")], "--rules", "object-name")
    lines = {"spec": {"kopia": {"username": "orders", "hostname": "shop"}}}
    assert yaml.safe_load(report["orphans"][0]["continue"]) == lines
    assert "with these lines, ReplicationSource shop/orders-v2 continues it:" in output.out


def test_what_does_not_count_has_no_mark(run):
    declared, entries = [source("orders", schedule="0 3 * * *"), destination("orders")], [entry("orders", at=20)]
    _, _, output = run(declared, entries)
    assert "✗ shop/orders  stale" in output.out
    _, _, output = run(declared, entries, "--fail-on", "foreign")
    assert "· shop/orders  stale" in output.out
    assert "verdict: nothing to worry about (not counted: 1 stale)" in output.out


def test_of_successive_clusters_the_last_is_judged(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("list.json").write_text(json.dumps([entry("orders")]))
    old = [source("orders", schedule="* * * * *"), destination("lost")]
    Path("old.yaml").write_text(yaml.dump_all([one.manifest for one in old]))
    Path("new.yaml").write_text(yaml.dump_all([source("orders").manifest, destination("orders").manifest]))
    both = ["--manifests", "old.yaml", "--manifests", "new.yaml", "--snapshots", "list.json", "--out", "out"]
    assert main([*both, "--successive", "--now", NOW.isoformat()]) == 0
    assert "judged: new.yaml; old.yaml came before" in capsys.readouterr().out
    assert main([*both, "--now", NOW.isoformat()]) == 1


def test_without_manifests_everything_in_the_repository_is_listed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("list.json").write_text(json.dumps([entry("orders"), entry("orders", at=1), entry("mail", path="/srv")]))
    assert main(["--repository-only", "--snapshots", "list.json", "--out", "out"]) == 0
    output = capsys.readouterr().out
    assert "2 histories:" in output
    assert "verdict: no manifests: 2 histories are listed, and nothing was judged" in output
    assert "rule:" not in output
    first, second = restores()[0]
    assert first["metadata"] == {"name": "orders", "namespace": "shop"}
    assert first["spec"]["kopia"]["destinationPVC"] == "CHANGE-ME"
    assert second["spec"]["kopia"]["sourceIdentity"]["sourcePathOverride"] == "/srv"
    assert "· orders@shop:/data  2 snapshots" in output
    lines = "        spec:\n          kopia:\n            username: mail\n            hostname: shop\n"
    assert lines + "            sourceIdentity:\n" in output
    assert "no rule explains" not in output


def test_what_an_audit_wrote_is_no_manifest_of_the_next_one(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(yaml.dump_all([source("orders-v2").manifest, source("mail").manifest]))
    Path("restores.yaml").write_text(yaml.dump(destination("mail").manifest))
    Path("list.json").write_text(json.dumps([entry("orders"), entry("mail")]))
    reports = []
    for _ in range(2):
        main(["--manifests", str(tmp_path), "--snapshots", "list.json", "--out", "out", "--against", "namespace-pvc"])
        reports.append(json.loads(Path("out/audit.json").read_text()))
    assert {"overrides.yaml", "restores.yaml"} <= {file.name for file in Path("out").iterdir()}
    one, two = ({key: report[key] for key in ("destinations", "sources", "changes")} for report in reports)
    assert len(one["destinations"]) == 1, "a file of the same name elsewhere is read"
    assert [len(one[key]) for key in one] == [len(two[key]) for key in two]
    assert [entry["why"] for entry in reports[1]["read"]["skipped"]] == ["written by an earlier audit"] * 3


def test_no_secret_is_shown(run):
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "r", "namespace": "shop"},
        "stringData": {"KOPIA_PASSWORD": PASSWORD, "KOPIA_REPOSITORY": f"s3://b/{PASSWORD}"},
    }
    text = yaml.dump_all([secret, destination("orders", username=PASSWORD, hostname="h").manifest])
    _, _, output = run([], [entry(PASSWORD, "h")], text=text)
    written = "".join(file.read_text() for file in Path("out").iterdir())
    assert PASSWORD not in output.out + output.err + written
    assert "***@h:/data" in output.out


def test_a_weak_password_breaks_nothing(run):
    values = {"KOPIA_PASSWORD": "name", "AWS_SECRET_ACCESS_KEY": "outcome", "KOPIA_REPOSITORY": "s3://b"}
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "r", "namespace": "shop"},
        "stringData": values,
    }
    text = yaml.dump_all([secret, source("orders").manifest, destination("orders").manifest])
    assert run([], [entry("orders", at=1)], text=text)[0] == 0


def test_a_ready_manifest_that_holds_a_secret_is_not_written(run):
    values = {"KOPIA_PASSWORD": "shop", "KOPIA_REPOSITORY": "s3://b"}
    text = yaml.dump_all([secret(**values).manifest, source("orders").manifest])
    _, _, output = run([], [entry("orders", path="/old"), entry("orders", at=1)], text=text)
    assert "audit: restores.yaml is not written: a manifest holds a text that is also a secret" in output.err
    assert not Path("out/restores.yaml").exists()
    REDACT.secrets.clear()
    run([source("orders")], [entry("orders", path="/old"), entry("orders", at=1)])
    assert Path("out/restores.yaml").exists()


@pytest.mark.parametrize("option", ["--secret", "--snapshots", "--policies", "--config", "--rules", "--kubeconfig"])
@pytest.mark.parametrize("file", ["pipe", "/dev/zero", "folder"])
def test_what_is_no_file_is_one_line_and_not_waited_for(tmp_path, monkeypatch, capsys, option, file):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    Path("folder").mkdir()
    Path("list.json").write_text("[]")
    Path("good.yaml").write_text(yaml.dump(source("orders").manifest))
    monkeypatch.setenv("KOPIA_PASSWORD", PASSWORD)
    more = ["--snapshots", "list.json"] if option in ("--policies", "--rules", "--kubeconfig") else []
    assert main(["--manifests", "good.yaml", option, file, *more, "--out", "out"]) == ExitStatus.WRONG_USE
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"{file}: " in said
    assert ("is no regular file" in said) == (file != "folder")


def test_control_characters_of_a_repository_do_not_reach_the_terminal(run):
    _, report, output = run([source("orders")], [entry("\x1b[31mred\u202e", "a\nb")])
    assert report["orphans"][0]["username"] == "\x1b[31mred\u202e"
    assert "\\x1b[31mred\\u202e@a\\nb" in output.out
    assert "\x1b" not in output.out
    assert terminal.printable("é✗") == "é✗"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--manifests is missing: name files or folders"),
        (
            ["--manifests", "good.yaml", "--repository-only", "--snapshots", "list.json"],
            "--repository-only excludes them: name files or folders",
        ),
        (["--repository-only"], "--manifests-only and --repository-only exclude each other"),
        (["--manifests", "nowhere"], "--manifests nowhere: does not exist"),
        (["--manifests", "empty"], "0 objects in 0 files"),
        (["--rules", "nosuch"], "--rules nosuch: no such rule"),
        (["--rules", "object-name", "--rules", "namespace-pvc"], "--rules: two rules without auto"),
        (["--against", "nosuch"], "--rules nosuch: no such rule"),
        (["--fail-on", "everything"], "--fail-on: 'everything' is unknown; use all, none, or some of collision"),
        (["--now", "0001-01-01T00:00:00Z"], "--now 0001-01-01T00:00:00Z: the year is not between 1980 and 9000"),
        (["--now", "today"], "--now today: no instant with a time zone"),
        (["--now", "2026-01-01T00:00:00"], "--now 2026-01-01T00:00:00: no instant with a time zone"),
        (["--stale-after", "nan"], "--stale-after nan: no usable number of hours"),
        (["--stale-after", "-5"], "--stale-after -5.0: no usable number of hours"),
        (["--stale-after", "much"], "argument --stale-after: invalid float value: 'much'"),
        (["--fail-on", ","], "--fail-on ',': names nothing"),
        (["--fail-on", "all,stale"], "--fail-on 'all,stale': names nothing, or all or none beside others"),
        (["--against", "auto"], "--against auto: names no rule"),
        (["--manifests", "folder.yaml", "--namespace", "Shop_1"], "--namespace 'Shop_1': a namespace must consist of"),
        (["--endpoint", "http://x"], "--manifests-only reads no repository: leave out --repository and --endpoint"),
        (["--rules", "deep.yaml"], "deep.yaml, line 1: not YAML; docs/audit.md shows the form of a rule"),
        (["--rules", "folder.yaml"], "--rules folder.yaml: cannot be read (Is a directory)"),
        (["--manifests", "-", "--manifests", "-"], "--manifests -: the standard input can be read only once"),
        (["--kubeconfig", "nowhere"], "--kubeconfig nowhere: is no usable kubeconfig (Configuration file nowhere"),
        (["--kubeconfig", "bad.json"], "--kubeconfig bad.json: is no usable kubeconfig ("),
        (["--kubeconfig", "two.yaml"], "--kubeconfig two.yaml: is no usable kubeconfig ("),
        (["--nosuch"], "unrecognized arguments: --nosuch; tox -e audit -- --help lists the options"),
        (
            ["--manifests", "good.yaml", "--snapshots", "nowhere.json"],
            "--snapshots nowhere.json: cannot be read (No such file or directory)",
        ),
        (["--manifests", "good.yaml", "--snapshots", "bad.json"], "--snapshots bad.json: is no JSON"),
        (
            ["--manifests", "good.yaml", "--snapshots", "bad.json", "--manifests-only"],
            "--manifests-only and --snapshots exclude each other",
        ),
        (
            ["--manifests", "good.yaml", "--snapshots", "bad.json", "--secret", "nowhere"],
            "--snapshots and --secret exclude each other",
        ),
        (["--manifests", "good.yaml", "--config", "x", "--endpoint", "y"], "--endpoint goes with --repository s3://"),
        (["--manifests", "good.yaml", "--secret", "two.yaml"], "two.yaml, line 2: more than one document; write the"),
        (["--manifests", "good.yaml", "--secret", "nowhere"], "--secret nowhere: cannot be read (No such file"),
        (
            ["--manifests", "good.yaml", "--snapshots", "bad.json", "--policies", "nowhere"],
            "--snapshots bad.json: is no JSON",
        ),
        (
            ["--manifests", "good.yaml", "--snapshots", "list.json", "--policies", "bad.json"],
            "--policies bad.json: is no JSON",
        ),
        (
            ["--manifests", "good.yaml", "--repository", "folder.yaml", "--kopia", "no"],
            "--kopia no: neither a file",
        ),
        (["--manifests", "good.yaml", "--config", "nowhere"], "nowhere: cannot be read (No such file or directory)"),
        (["--manifests", "good.yaml", "--repository", "gs://x"], "--repository gs://x: write s3://bucket/prefix"),
        (["--manifests", "good.yaml", "--repository", "s3://x"], "--repository s3://x: KOPIA_PASSWORD is not set"),
        (["--manifests", "good.yaml"], "--repository is missing; or give --snapshots with a saved kopia"),
    ],
)
def test_wrong_use_is_one_line_and_exit_status_4(tmp_path, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("folder.yaml").mkdir()
    Path("bad.json").write_text("no")
    Path("deep.yaml").write_text("[" * 2000 + "]" * 2000)
    Path("list.json").write_text("[]")
    Path("two.yaml").write_text("a: 1\n---\na: [2]\n")
    Path("good.yaml").write_text(yaml.dump(source("orders").manifest))
    monkeypatch.delenv("KOPIA_PASSWORD", raising=False)
    if "--kopia" in arguments:
        monkeypatch.setenv("KOPIA_PASSWORD", PASSWORD)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    more = [] if "good.yaml" in arguments else ["--manifests-only"]
    assert main([*arguments, *more, "--out", "out"]) == ExitStatus.WRONG_USE
    output = capsys.readouterr()
    assert said in output.err
    assert output.err.count("\n") == 1
    assert not Path("out").exists()


def test_the_page_shows_everything_and_escapes_it(run):
    declared = [source("a.b"), source("ab"), destination("restore", sourceName="a.b"), destination("x")]
    run(declared, [entry("ab"), entry("<script>alert(1)</script>")], "--against", "namespace-pvc")
    page = Path("out/index.html").read_text()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    for words in ("Destinations: 2", "Sources: 2", "Collisions: 1", "Orphans: 1", "Changes under namespace-pvc: 4"):
        assert words in page
    assert 'data-kind="destination" data-state="foreign"' in page


def test_a_folder_that_cannot_be_written_is_wrong_use(run):
    Path("out").write_text("a file")
    status, _, output = run([source("orders")], [])
    assert status == 4
    assert "--out out: cannot be written" in output.err


def test_every_worry_of_the_schema_is_one_of_the_code():
    schema = json.loads(SCHEMA.read_text())
    assert schema["properties"]["fail_on"]["items"]["enum"] == [str(one) for one in Worry]


def test_the_example_workflow_audits_a_pull_request(tmp_path):
    """Runs the command of the example as it stands, on a checkout with manifests and saved lists."""
    steps = yaml.safe_load(EXAMPLE.read_text())["jobs"]["audit"]["steps"]
    (step,) = (one for one in steps if "-e audit" in one.get("run", ""))
    assert step["shell"] == "bash", "GitHub sets pipefail only then, and tee would hide the exit status"
    command, _, after = step["run"].partition(" | ")
    assert after.strip() == "tee audit.txt"
    assert command.endswith(" 2>&1"), "what is wrong is said on stderr, and the summary shows it"
    words = [word.replace("$GITHUB_WORKSPACE", str(tmp_path)) for word in shlex.split(command)][:-1]
    for name, content in (("snapshots", [entry("orders")]), ("policies", [policy(keepLatest=3)])):
        (tmp_path / "audit-lists").mkdir(exist_ok=True)
        (tmp_path / "audit-lists" / f"{name}.json").write_text(json.dumps(content))
    for name, status in (("orders", 0), ("order", 1)):
        (tmp_path / "kubernetes" / "apps").mkdir(parents=True, exist_ok=True)
        (tmp_path / "kubernetes" / "apps" / "a.yaml").write_text(yaml.dump(destination(name).manifest))
        assert main(words[words.index("--") + 1 :]) == status
        assert (tmp_path / "audit-report" / "index.html").exists()


def test_twice_as_much_takes_about_twice_as_long(tmp_path):
    """A quadratic step would take four times as long. What counts is time on the processor, not on the wall."""

    def seconds(size):
        declared, entries = large(size * 500, size * 4000, size * 200)
        begin = time.process_time()
        answer(declared, entries, rule=None)
        return time.process_time() - begin

    seconds(1)
    assert seconds(4) / seconds(2) < 3.2


def test_files_that_could_not_be_read_are_said_to_be_missing(run):
    entries = [{**entry("orders", at=1), "stats": {"errorCount": 7}}]
    _, report, output = run([source("orders"), destination("orders")], entries)
    assert report["worries"] == {"incomplete": 1}
    assert "17 bytes, 7 files could not be read)" in output.out
    assert "7 files could not be read" in Path("out/index.html").read_text()
