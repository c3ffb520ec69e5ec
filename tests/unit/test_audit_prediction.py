"""What an audit predicts for destinations, and what it says about orphans and another rule; each shown both ways."""

from dataclasses import replace

import pytest

from harness.audit import rule_file
from harness.audit.audit import Worry
from harness.audit.organisation import Repository
from harness.audit.prediction import Outcome
from harness.audit.repository import repository_of_url
from harness.audit.rules import BUILT_IN
from harness.document.verdict import ExitStatus
from harness.model import Identity
from harness.volsync import overrides
from harness.volsync.overrides import with_fields
from tests.unit.audit_world import NOW, answer, destination, entry, secret, source


def predicted(declared, entries, **more):
    (found,) = answer(declared, entries, **more).predictions
    return found


def test_the_newest_whole_snapshot_of_the_identity_is_restored():
    entries = [entry("orders", at=2), entry("orders", at=1), entry("orders", at=0, incomplete="canceled")]
    found = predicted([source("orders"), destination("orders")], entries)
    assert (found.outcome, found.why) == (Outcome.RESTORES, "")
    assert found.snapshot.record.id == entries[1]["id"]
    assert (len(found.history.whole), found.history.incomplete) == (2, 1)


@pytest.mark.parametrize(
    ("fields", "restored"),
    [
        ({}, 0),
        ({"previous": "1"}, 1),
        ({"restoreAsOf": "2026-03-08T13:00:00Z"}, 2),
        ({"restoreAsOf": "2026-03-08T13:00:00Z", "previous": "1"}, 3),
        ({"shallow": "2", "previous": "1"}, 1),
        ({"shallow": "2", "previous": "2"}, "2 match restoreAsOf and shallow, but previous: 2 skips all of them"),
        ({"previous": "4"}, "4 snapshots of orders@shop:/data, 4 match restoreAsOf and shallow, but previous: 4"),
        ({"restoreAsOf": "2026-03-01T00:00:00Z"}, "none is as old as restoreAsOf 2026-03-01T00:00:00Z"),
    ],
)
def test_a_request_selects_as_the_reference_does(fields, restored):
    entries = [entry("orders", at=age) for age in range(4)]
    found = predicted([destination("orders", **fields)], entries)
    if isinstance(said := restored, str):
        assert found.outcome is Outcome.TOO_FEW
        assert said in found.why
    else:
        assert (found.outcome, found.snapshot.record.id) == (Outcome.RESTORES, entries[restored]["id"])


def test_nothing_is_found_for_another_name_and_the_named_source_reaches_it():
    found = predicted([source("orders"), destination("orders-restore")], [entry("orders")])
    assert (found.outcome, found.why) == (Outcome.NOTHING_FOUND, "no snapshot of orders-restore@shop:/data")
    (near,) = found.near
    assert near.why == "the same hostname and a similar username"
    assert near.fields == {"sourceIdentity": {"sourceName": "orders", "sourceNamespace": "shop"}}
    assert near.owners == ("ReplicationSource shop/orders",)


def test_only_incomplete_snapshots_are_nothing():
    found = predicted([destination("orders")], [entry("orders", incomplete="canceled")])
    assert (found.outcome, found.why) == (Outcome.NOTHING_FOUND, "only 1 incomplete snapshot of orders@shop:/data")


def test_an_older_rule_and_another_path_are_near():
    entries = [entry("orders-shop", "shop-orders-pvc"), entry("orders", path="/srv")]
    found = predicted([destination("orders", destinationPVC="orders-pvc")], entries)
    assert [near.why for near in found.near] == [
        "the same identity with another path",
        "what the rule namespace-pvc makes of it",
    ]
    assert found.near[0].fields["sourceIdentity"] == {"sourceName": "orders", "sourcePathOverride": "/srv"}
    assert found.near[1].fields == {"username": "orders-shop", "hostname": "shop-orders-pvc"}


def test_a_name_that_the_api_refuses_has_no_remedy_unless_names_are_taken_as_given():
    entries = [entry("root@orders", "shop")]
    validated = predicted([destination("orders")], entries)
    as_given = predicted([destination("orders")], entries, rule="object-name,as-given")
    assert validated.near[0].fields == {}
    assert as_given.near[0].fields == {"username": "root@orders", "hostname": "shop"}


def test_each_remedy_reaches_what_it_promises():
    entries = [entry("orders", path="/srv"), entry("orders-eu"), entry("order", "shop-floor"), entry("Orders", "Shop")]
    declared = [source("orders-eu"), destination("orders", sourceName="gone", sourceNamespace="else")]
    found = predicted(declared, [*entries, entry("gone", "elsewhere")])
    assert found.outcome is Outcome.NOTHING_FOUND
    assert found.near
    for near in found.near:
        changed = overrides.with_fields(declared[1].manifest, near.fields)
        again = predicted([declared[0], type(declared[1])("home", changed, "")], [*entries, entry("gone", "elsewhere")])
        assert again.asked == near.history.asked


def test_the_data_of_a_source_with_a_similar_name_is_foreign():
    declared = [source("orders.eu"), destination("orderseu")]
    found = predicted(declared, [entry("orderseu")])
    assert found.outcome is Outcome.FOREIGN
    assert "ReplicationSource shop/orders.eu writes this identity" in found.why
    assert predicted([source("orderseu"), destination("orderseu")], [entry("orderseu")]).outcome is Outcome.RESTORES


def test_explicit_names_of_another_namespace_are_foreign_and_a_named_source_is_not():
    theirs = source("orders", "office")
    explicit = destination("orders", username="orders", hostname="office")
    named = destination("orders", sourceName="orders", sourceNamespace="office")
    assert predicted([theirs, explicit], [entry("orders", "office")]).outcome is Outcome.FOREIGN
    assert predicted([theirs, named], [entry("orders", "office")]).outcome is Outcome.RESTORES
    assert predicted([explicit], [entry("orders", "office")]).outcome is Outcome.RESTORES, "nobody claims it"


def test_one_name_in_two_clusters_is_foreign_unless_they_follow_one_another():
    declared = [source("orders", cluster="old"), source("orders", cluster="new"), destination("orders", cluster="new")]
    assert predicted(declared, [entry("orders")]).outcome is Outcome.FOREIGN
    assert predicted(declared, [entry("orders")], successive=True).outcome is Outcome.RESTORES


def test_a_named_source_gives_its_custom_names_and_path_unless_the_api_refuses_it():
    wanted = destination("restore", sourceName="orders", sourceNamespace="office")
    custom = source("orders", "office", username="team", hostname="site", sourcePathOverride="/srv")
    found = predicted([custom, wanted], [entry("team", "site", path="/srv")])
    assert (found.outcome, str(found.asked)) == (Outcome.RESTORES, "team@site:/srv")
    refused = source("orders", "office", username="team@home", hostname="site")
    assert str(predicted([refused, wanted], []).asked) == "orders@office:/data", "a refused source does not exist"
    assert str(predicted([refused, wanted], [], rule="object-name,as-given").asked) == "team@home@site:/data"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"username": "team"}, "spec.kopia.hostname is missing"),
        ({"username": "team@home", "hostname": "x"}, "spec.kopia.username: Invalid value"),
        ({"previous": "-1"}, "spec.kopia.previous is -1"),
        ({"restoreAsOf": "yesterday"}, "spec.kopia.restoreAsOf: 'yesterday' is not a 'rfc3339'"),
    ],
)
def test_what_is_refused_restores_nothing(fields, said):
    found = predicted([destination("orders", **fields)], [entry("orders")])
    assert found.outcome is Outcome.REFUSED
    assert said in found.why


def test_a_destination_of_another_repository_is_not_judged():
    here, there = Repository("s3://one", None), "s3://two"
    declared = [secret(KOPIA_REPOSITORY=there, KOPIA_PASSWORD="p"), destination("orders")]
    assert predicted(declared, [entry("orders")], audited=here).outcome is Outcome.ELSEWHERE
    assert predicted(declared, [entry("orders")]).outcome is Outcome.RESTORES, "it is the only one"


def doubt(found, option="--repository"):
    """Return why an answer may be wrong, or ""."""
    return next((one.why for one in found.doubts if one.where == option), "")


BUCKET = {
    "KOPIA_REPOSITORY": "s3://bucket/apps",
    "KOPIA_PASSWORD": "p",
    "KOPIA_S3_ENDPOINT": "http://minio.storage:9000",
}


def listed_at(url, endpoint="", *secrets, **more):
    """Return the answer if the list is of a repository, and the Secrets name others."""
    declared = [*secrets, source("orders"), destination("orders", **more)]
    return answer(declared, [entry("orders")], audited=repository_of_url(url, endpoint) if url else None)


def test_another_endpoint_of_the_same_bucket_is_the_same_repository():
    """A store has one name in its cluster, and another one outside of it."""
    found = listed_at("s3://bucket/apps/", "https://minio.example", secret(**BUCKET))
    assert (found.predictions[0].outcome, doubt(found)) == (Outcome.RESTORES, "")
    here = secret(name="here", **{**BUCKET, "KOPIA_S3_ENDPOINT": "minio.example"})
    found = listed_at("s3://bucket/apps/", "https://minio.example", secret(**BUCKET), here, repository="here")
    assert [one.state for one in found.sources] == ["elsewhere"], "another Secret has the endpoint of the list"
    assert (found.predictions[0].outcome, doubt(found)) == (Outcome.RESTORES, "")


def test_a_folder_may_be_mounted_elsewhere():
    declared = secret(KOPIA_REPOSITORY="filesystem:///mnt/repository", KOPIA_PASSWORD="p")
    assert listed_at("filesystem:///home/me/copy", "", declared).predictions[0].outcome is Outcome.RESTORES
    assert listed_at("s3://bucket/apps", "", declared).predictions[0].outcome is Outcome.ELSEWHERE


def test_a_list_that_no_object_uses_is_unknown_and_not_good():
    found = listed_at("s3://bucket/other", "", secret(**BUCKET))
    assert found.predictions[0].outcome is Outcome.ELSEWHERE
    assert found.status() is ExitStatus.UNKNOWN
    assert doubt(found).startswith(
        "no source or destination uses s3://bucket/other: their Secrets name s3://bucket/apps;"
    )
    assert doubt(listed_at("s3://bucket/other", "")) == "", "no Secret is known"


def test_a_list_of_one_of_several_repositories_needs_its_name():
    other = secret(name="other", KOPIA_REPOSITORY="s3://else", KOPIA_PASSWORD="p")
    found = listed_at("", "", secret(**BUCKET), other, repository="other")
    assert (found.status(), "give its URL by --repository" in doubt(found)) == (ExitStatus.UNKNOWN, True)
    assert listed_at("s3://else", "", secret(**BUCKET), other, repository="other").status() is ExitStatus.CONFORMANT
    twin = secret(name="other", **{**BUCKET, "KOPIA_S3_ENDPOINT": "https://away"})
    found = listed_at("s3://bucket/apps", "", secret(**BUCKET), twin, repository="other")
    assert doubt(found) == "the Secrets name s3://bucket/apps at several endpoints; give that of the list by --endpoint"
    found = listed_at("s3://bucket/apps", "https://away", secret(**BUCKET), twin, repository="other")
    assert (doubt(found), found.predictions[0].outcome) == ("", Outcome.RESTORES)


def test_an_object_that_is_declared_twice_and_differently_is_unknown():
    twice = [source("orders"), destination("orders"), destination("orders", previous="1")]
    found = answer(twice, [entry("orders", at=1), entry("orders")])
    assert (list(found.worries()), found.status()) == ([Worry.AMBIGUOUS], ExitStatus.UNKNOWN)
    again = answer([*twice[:2], destination("orders")], [entry("orders")])
    assert (again.status(), len(again.question.organisation.again)) == (ExitStatus.CONFORMANT, 1)


def test_a_patch_is_judged_with_the_fields_that_it_leaves():
    """The lines are merged into a manifest: the path of a named source stays if no line replaces it."""
    one = destination("restore", sourceName="gone")
    one.manifest["spec"]["kopia"]["sourceIdentity"]["sourcePathOverride"] = "/old"
    found = predicted([source("gone-2"), one], [entry("gone-2")])
    (near,) = found.near
    assert near.fields["sourceIdentity"]["sourcePathOverride"] == "/data"
    assert near.fields["username"] == "gone-2"


def test_paths_are_compared_as_kopia_records_them():
    declared = [source("orders", sourcePathOverride="/srv//apps/../x/"), destination("restore", sourceName="orders")]
    found = predicted(declared, [entry("orders", path="/srv/x")])
    assert (found.outcome, found.asked.path) == (Outcome.RESTORES, "/srv/x")


def test_without_a_list_nothing_is_judged():
    found = answer([source("orders"), destination("orders")], None)
    assert found.predictions[0].outcome is Outcome.NOT_JUDGED
    assert found.status() is ExitStatus.CONFORMANT


def test_an_orphan_has_the_owner_that_was_renamed_or_had_another_rule_or_path():
    declared = [source("orders-v2"), source("mail", "office"), source("wiki")]
    entries = [
        entry("orders"),
        entry("mail-office", "office-mail-pvc"),
        entry("wiki"),
        entry("wiki", path="/old"),
        entry("zzz", "qqq"),
    ]
    found = {str(one.history.asked): one for one in answer(declared, entries).orphans}
    assert found.keys() == {"orders@shop:/data", "mail-office@office-mail-pvc:/data", "wiki@shop:/old", "zzz@qqq:/data"}
    orders, mail = found["orders@shop:/data"], found["mail-office@office-mail-pvc:/data"]
    assert (orders.owner, "may have been renamed" in orders.why) == (declared[0], True)
    assert (mail.owner, mail.why) == (declared[1], "the rule namespace-pvc makes this identity of it")
    assert found["wiki@shop:/old"].why == "it writes this identity with the path /data"
    assert found["zzz@qqq:/data"].owner is None
    assert mail.manifest["metadata"] == {"name": "mail-restore", "namespace": "office"}
    assert mail.manifest["spec"]["kopia"]["destinationPVC"] == "mail-pvc"


def test_an_orphan_that_a_destination_restores_is_said_to_be():
    found = answer([destination("restore", username="old", hostname="shop")], [entry("old")])
    (orphan,) = found.orphans
    assert [one.name for one in orphan.requested_by] == ["restore"]
    assert found.status() is ExitStatus.CONFORMANT
    assert found.status({Worry.ORPHAN}) is ExitStatus.DIVERGES


def test_the_ready_manifest_of_an_orphan_restores_it():
    declared = [source("orders-v2"), source("wiki")]
    entries = [entry("orders"), entry("wiki"), entry("wiki", path="/old")]
    for orphan in answer(declared, entries).orphans:
        restore = type(declared[0])("home", orphan.manifest, "")
        (found,) = answer([*declared, restore], entries).predictions
        assert (found.asked, found.snapshot is not None) == (orphan.history.asked, True)


def test_ready_manifests_replace_no_destination_and_not_each_other():
    declared = [source("wiki"), destination("wiki-restore"), source("w" * 253)]
    entries = [entry("wiki", path=path) for path in ("/a", "/b")] + [entry("w" * 253, path="/c")]
    names = {one.manifest["metadata"]["name"] for one in answer(declared, entries).orphans}
    assert names == {"wiki-restore-2", "wiki-restore-3", f"{'w' * 245}-restore"}


def test_another_rule_tells_what_is_lost_and_the_overrides_keep_it():
    declared = [source("orders"), source("mail", username="mail", hostname="shop"), destination("orders")]
    other = BUILT_IN["object-name-namespace"]
    entries = [entry("orders"), entry("mail")]
    found = answer(declared, entries, against=other)
    lost = {str(one.one.ref): one for one in found.changes if not one.is_kept}
    assert lost.keys() == {"ReplicationSource shop/orders", "ReplicationDestination shop/orders"}
    assert found.status() is ExitStatus.DIVERGES
    changed = [
        type(one)("home", overrides.with_fields(one.manifest, lost[str(one.ref)].override["spec"]["kopia"]), "")
        if str(one.ref) in lost
        else one
        for one in declared
    ]
    again = answer(changed, entries, rule=other)
    assert {one.asked.identity for one in again.sources} == {Identity("orders", "shop"), Identity("mail", "shop")}
    assert again.predictions[0].snapshot.record.id == entries[0]["id"]


@pytest.fixture
def rule(tmp_path):
    """Return a function that makes a rule of a text."""

    def make(text):
        (tmp_path / "rule.yaml").write_text(text)
        return rule_file.read(str(tmp_path / "rule.yaml"))

    return make


def test_another_rule_that_mixes_histories_is_a_mismatch(rule):
    declared = [source("x", "shop"), source("x-shop", "shop"), destination("x", "shop", previous="9")]
    entries = [entry("x"), entry("x-shop"), entry("x-shop", at=1)]
    found = answer(declared, entries, against=BUILT_IN["object-name-namespace"])
    assert found.new_collisions == []
    other = rule("{name: flat, defaults: {username: \"{{ name | replace('-shop', '') }}\", hostname: h}}")
    found = answer(declared, [*entries, entry("x", "h")], against=other)
    assert [{one.name for one in met.sources} for met in found.new_collisions] == [{"x", "x-shop"}]
    assert list(found.worries()).count(Worry.MISMATCH) == 1 + sum(not one.is_kept for one in found.changes)
    assert answer(declared, entries, rule=other, against=other).new_collisions == []


def test_a_restore_that_becomes_that_of_another_tenant_is_a_mismatch(rule):
    other = rule("{name: flat, defaults: {username: all, hostname: h}}")
    declared = [source("orders"), destination("wiki", "office")]
    found = answer(declared, [entry("all", "h")], against=other)
    (change,) = (one for one in found.changes if one.one is declared[1])
    assert (change.is_kept, "ReplicationSource shop/orders writes this identity" in change.why) == (False, True)


def test_another_rule_with_the_same_names_changes_nothing():
    found = answer([source("orders"), destination("orders")], [entry("orders", at=NOW)],
                   against=BUILT_IN["object-name,as-given"])  # fmt: skip
    assert found.changes == []
    assert found.status() is ExitStatus.CONFORMANT


def test_the_rule_that_explains_most_is_found():
    declared = [source(f"app-{number}") for number in range(3)]
    entries = [entry(f"app-{number}-shop", f"shop-app-{number}-pvc") for number in range(2)] + [entry("app-2")]
    found = answer(declared, entries, rule=None)
    assert found.rule.name == "namespace-pvc"
    assert next((one.rule.name, one.identities, one.snapshots) for one in found.explained) == ("namespace-pvc", 2, 2)
    assert answer(declared, [entry("app-0")], rule=None).rule.name == "object-name"


def test_rules_that_explain_as_much_and_answer_otherwise_are_named():
    declared = [source("orders"), source("mail")]
    entries = [entry("orders"), entry("mail-shop")]
    assert [one.name for one in answer(declared, entries, rule=None).as_good] == ["object-name-namespace"]
    assert answer(declared, entries).as_good == [], "the rule was given"
    custom = source("orders", username="orders", hostname="shop")
    assert answer([custom], entries, rule=None).as_good == [], "all rules give the same answers"


def told(name, identity, **fields):
    """Return a destination with the status that an operator has written."""
    one = destination(name, **fields)
    one.manifest["status"] = {"kopia": {"requestedIdentity": identity}}
    return one


def test_what_the_operator_says_decides_between_rules_and_is_held_against_a_wrong_one():
    declared = [source("orders"), told("orders", "orders-shop@shop", destinationPVC="p")]
    found = answer(declared, [entry("stranger")], rule=None)
    assert (found.rule.name, found.as_good, found.doubts) == ("object-name-namespace", [], [])
    found = answer(declared, [entry("orders")], rule=None)
    assert found.rule.name == "object-name"
    assert doubt(found, "--rules") == (
        "the status of ReplicationDestination shop/orders says that the operator requested orders-shop@shop, and the "
        "rule makes orders@shop of it; name the rule of your operator, or describe it in a file"
    )
    assert found.status() is ExitStatus.UNKNOWN
    assert (
        answer([source("orders"), told("orders", "orders@shop")], [entry("orders")]).status() is ExitStatus.CONFORMANT
    )
    agreeing = [told(name, f"{name}@shop") for name in ("a", "b")]
    found = answer([*declared, *agreeing], [entry(name) for name in ("orders", "a", "b")])
    assert (found.status(), [one.matters for one in found.doubts]) == (ExitStatus.CONFORMANT, [False])
    odd = told("orders", 3)
    odd.manifest["status"] = {"kopia": [7]}
    assert answer([source("orders"), odd], [entry("orders")]).doubts == []


def test_destinations_decide_between_rules_that_explain_as_much():
    found = answer([destination("app", destinationPVC="pvc")], [entry("app-shop", "shop-pvc")], rule=None)
    assert found.rule.name == "namespace-pvc"
    assert found.predictions[0].outcome is Outcome.RESTORES


def test_rules_that_restore_something_else_and_explain_as_much_leave_the_result_unknown():
    declared, entries = [source("orders"), destination("orders")], [entry("orders"), entry("orders-shop", at=3)]
    found = answer(declared, entries, rule=None)
    assert "object-name and object-name-namespace explain as much" in doubt(found, "--rules")
    assert found.status() is ExitStatus.UNKNOWN
    assert answer(declared, entries).status() is ExitStatus.CONFORMANT, "the rule was given"


def test_an_operator_that_has_changed_its_rule_is_noticed():
    declared = [source("orders"), destination("orders")]
    entries = [entry("orders-shop", at=age) for age in (8, 9, 10)] + [entry("orders", at=1)]
    found = answer(declared, entries, rule=None)
    assert found.rule.name == "object-name-namespace"
    assert "give --rules object-name" in doubt(found, "--rules")
    assert found.status() is ExitStatus.UNKNOWN
    assert answer(declared, entries[:3], rule=None).status() is ExitStatus.CONFORMANT


def test_a_list_without_snapshots_is_said_to_have_none():
    found = answer([source("orders"), destination("orders")], [])
    assert "the list has no snapshot" in doubt(found, "snapshots")


def test_a_rule_of_others_is_assumed_only_if_it_explains_more():
    declared = [source("app", sourcePVC="claim"), destination("app", destinationPVC="claim")]
    assert answer(declared, [entry("claim")], rule=None).rule.name == "pvc"
    assert answer(declared, [entry("claim"), entry("app")], rule=None).rule.name == "object-name"
    one = [source("app", sourcePVC="app"), destination("app-dst", destinationPVC="app")]
    found = answer(one, [entry("app")], rule=None)
    assert (found.rule.name, found.predictions[0].outcome) == ("object-name", Outcome.NOTHING_FOUND)


def test_under_the_rule_of_the_pvc_a_destination_gets_back_its_own():
    declared = [source("hass", sourcePVC="hass-config"), destination("hass-restore", destinationPVC="hass-config")]
    assert predicted(declared[::-1], [entry("hass-config")], rule="pvc").outcome is Outcome.RESTORES


def test_the_data_of_one_source_in_the_pvc_of_another_is_no_plain_restore():
    sources = [source("radarr"), source("sonarr")]
    copied = destination("radarr-restore", destinationPVC="radarr-pvc", sourceName="sonarr")
    entries = [entry("sonarr"), entry("radarr")]
    found = predicted([copied, *sources], entries)
    assert (found.outcome, found.why) == (
        Outcome.OTHER_PVC,
        "it restores the data of ReplicationSource shop/sonarr "
        "into the PVC radarr-pvc of ReplicationSource shop/radarr",
    )
    own = destination("radarr-restore", destinationPVC="sonarr-pvc", sourceName="sonarr")
    new = destination("radarr-restore", destinationPVC="new", sourceName="sonarr")
    staging = destination("radarr", "staging", destinationPVC="radarr-pvc", sourceName="sonarr", sourceNamespace="shop")
    seeded = [staging, source("radarr", "staging"), *sources]
    for declared in ([own, *sources], [new, *sources], seeded):
        assert predicted(declared, entries).outcome is Outcome.RESTORES


def test_a_history_that_its_source_no_longer_writes_is_no_plain_restore():
    entries = [entry("plex", at=60), entry("plex", "cluster2-shop")]
    moved = source("plex", hostname="cluster2-shop")
    found = predicted([destination("plex"), moved], entries)
    assert (found.outcome, found.snapshot is not None) == (Outcome.OTHER_HISTORY, True)
    assert "that one writes plex@cluster2-shop:/data" in found.why
    deliberate = destination("plex", username="plex", hostname="shop")
    assert predicted([deliberate, moved], entries).outcome is Outcome.RESTORES
    renamed = [destination("plex", destinationPVC="claim"), source("plex-app", sourcePVC="claim")]
    assert predicted(renamed, [*entries, entry("plex-app")]).outcome is Outcome.OTHER_HISTORY


def test_an_object_without_a_repository_gets_no_job():
    one = destination("orders")
    del one.manifest["spec"]["kopia"]["repository"]
    found = predicted([one], [entry("orders")])
    assert (found.outcome, found.why) == (
        Outcome.REFUSED,
        "spec.kopia.repository is missing: the operator creates no Job",
    )
    del (named := destination("copy", sourceName="orders")).manifest["spec"]["kopia"]["repository"]
    assert predicted([named, source("orders")], [entry("orders")]).outcome is Outcome.RESTORES


def test_lines_that_reach_a_history_keep_the_secret_of_the_named_source():
    copy = destination("copy", sourceName="orders")
    del copy.manifest["spec"]["kopia"]["repository"]
    found = predicted([copy, source("orders", sourcePathOverride="/new")], [entry("orders", path="/old")])
    assert found.near[0].fields["sourceIdentity"] == {"sourceName": "orders", "sourcePathOverride": "/old"}


def test_a_forgotten_namespace_is_near():
    found = predicted([destination("x", "staging", sourceName="db"), source("db")], [entry("db")])
    assert [one.fields for one in found.near] == [{"sourceIdentity": {"sourceName": "db", "sourceNamespace": "shop"}}]


def test_overrides_hold_together():
    """A destination that names a source follows the override of that source; no tenant gets the name of another."""
    sources = [source("my.app", sourcePVC="myapp"), source("myapp", sourcePVC="myapp2")]
    destinations = [destination("myapp", destinationPVC="myapp2"), destination("copy", "staging", sourceName="db",
                    sourceNamespace="shop")]  # fmt: skip
    db = source("db", sourcePVC="claim")
    found = answer([*sources, db, *destinations], [entry("myapp"), entry("db")], against=BUILT_IN["pvc"])
    of = {str(one.one.ref): one for one in found.changes}
    copy = of["ReplicationDestination staging/copy"]
    assert (copy.is_kept, copy.override, copy.follows_source) == (False, {}, True)
    assert of["ReplicationSource shop/db"].override["spec"]["kopia"] == {"username": "db", "hostname": "shop"}
    patched = [
        replace(one, manifest=with_fields(one.manifest, of[str(one.ref)].override["spec"]["kopia"]))
        if str(one.ref) in of and of[str(one.ref)].override
        else one
        for one in (*sources, db, *destinations)
    ]
    again = answer(patched, [entry("myapp"), entry("db")], rule="pvc")
    assert [one.outcome for one in again.predictions if one.destination.name == "copy"] == [Outcome.RESTORES]
    before = {one.destination.name: one.snapshot for one in found.predictions}
    after = {one.destination.name: one.snapshot for one in again.predictions}
    assert {name: one and one.record.id for name, one in after.items()} == {
        name: one and one.record.id for name, one in before.items()
    }


def test_names_continue_the_history_of_an_earlier_cluster():
    old = source("db", cluster="old")
    new = source("database", "shop-v2", cluster="new", username="db", hostname="shop")
    restore = destination("database", "shop-v2", cluster="new", username="db", hostname="shop")
    found = answer([old, new, restore], [entry("db")], successive=True)
    assert (found.predictions[0].outcome, found.collisions) == (Outcome.RESTORES, [])
    assert answer([old, new, restore], [entry("db")]).predictions[0].outcome is Outcome.FOREIGN


def test_the_same_name_in_another_namespace_is_nearer_than_the_neighbours():
    neighbours = [source(name, "media") for name in ("radarr", "lidarr", "readarr")]
    clone = destination("sonarr-clone", "media", sourceName="sonarr", destinationPVC="sonarr")
    entries = [entry(name, "media") for name in ("radarr", "lidarr", "readarr")] + [entry("sonarr", "default")]
    found = predicted([clone, source("sonarr", "default"), *neighbours], entries)
    assert str(found.near[0].history.asked.identity) == "sonarr@default"
    assert found.near[0].fields == {"sourceIdentity": {"sourceName": "sonarr", "sourceNamespace": "default"}}


def test_no_line_leads_to_the_data_of_another_tenant():
    new = [source("vaultwarden", "media"), destination("vaultwarden-dst", "media", destinationPVC="vaultwarden-pvc")]
    found = answer([*new, source("sonarr", "media")], [entry("sonarr", "media"), entry("vaultwarden", "old")])
    reached = [one.history.asked.identity.username for one in found.predictions[0].near if one.fields]
    assert "sonarr" not in reached
    clone = destination("web-clone", "stg", username="web", hostname="prdo")
    found = predicted([clone, source("web", "prod")], [entry("web", "prod")])
    changed = replace(clone, manifest=with_fields(clone.manifest, found.near[0].fields))
    assert predicted([changed, source("web", "prod")], [entry("web", "prod")]).outcome is Outcome.RESTORES


def test_sources_of_two_repositories_do_not_share_a_history():
    names = {"username": "web", "hostname": "shop"}
    local = source("web", **{**names, "repository": "local"})
    remote = source("web-r2", **{**names, "sourcePVC": "web-pvc", "repository": "remote"})
    secrets = [secret(name=name, KOPIA_REPOSITORY=f"s3://{name}/x") for name in ("local", "remote")]
    restore = destination("web-dst", destinationPVC="web-pvc", repository="local", sourceName="web")
    found = answer([local, remote, restore, *secrets], [entry("web")])
    assert found.predictions[0].outcome is Outcome.RESTORES
    assert found.status() is ExitStatus.UNKNOWN, "which repository was listed is not known"


def test_an_earlier_cluster_leaves_its_histories_to_their_heirs():
    old, new = source("gitea", "old", cluster="a"), source("gitea", "new", cluster="b")
    found = answer([old, new], [entry("gitea", "old")], successive=True)
    (orphan,) = found.orphans
    assert (orphan.owner, orphan.continues) == (new, {"username": "gitea", "hostname": "old"})
    assert answer([old, new], [entry("gitea", "old")]).orphans == []


def test_the_data_of_another_tenant_is_not_kept_by_an_override():
    mine = destination("my.app", destinationPVC="p")
    theirs = source("myapp", sourcePVC="claim")
    found = answer([theirs, mine], [entry("myapp")], against=BUILT_IN["pvc"])
    assert found.predictions[0].outcome is Outcome.FOREIGN
    (change,) = [one for one in found.changes if one.one is mine]
    assert (change.is_kept, change.override) == (False, {})
