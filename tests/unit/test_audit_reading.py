"""How an audit reads manifests and lists of snapshots: everything is accounted for, and bad input is one line."""

import errno
import io
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from harness.audit.organisation import Organisation, Repository, repository_of
from harness.audit.reading import ManifestReader
from harness.errors import HarnessError, UsageError
from harness.kopia import listing, policies
from harness.system.limits import SUITE
from harness.system.process import REDACT
from tests.unit.audit_world import entry

SOURCE = """
apiVersion: volsync.backube/v1alpha1
kind: ReplicationSource
metadata: {name: orders, namespace: shop}
spec: {sourcePVC: orders, kopia: {repository: r}}
"""
DESTINATION = """
apiVersion: volsync.backube/v1alpha1
kind: ReplicationDestination
metadata: {name: orders, namespace: shop}
spec: {kopia: {repository: r, restoreAsOf: 2026-01-31T12:00:00Z}}
"""


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """Forget the secrets of a test: the redactor is one for the whole process."""
    monkeypatch.setattr(REDACT, "secrets", set())


def read(text, **more):
    reader = ManifestReader(**more)
    reader.read("home", ["-"], io.BytesIO(text if isinstance(text, bytes) else text.encode()))
    return reader


def skipped(reader):
    return [(one.where, one.why, one.matters) for one in reader.account.skipped]


def test_documents_of_other_kinds_are_passed_over_and_counted():
    others = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\nvalues: 1\n---\n---\n- 1\n"
    reader = read(f"{SOURCE}---{DESTINATION}---\n{others}")
    assert [str(one.ref) for one in reader.declared] == [
        "ReplicationSource shop/orders",
        "ReplicationDestination shop/orders",
    ]
    assert reader.account.used == {"ReplicationSource": 1, "ReplicationDestination": 1}
    assert reader.account.passed_over == {"ConfigMap": 1, "no Kubernetes object": 2}
    assert (reader.account.objects, reader.account.skipped) == (5, [])
    assert "5 objects in 1 file: used 1 ReplicationDestination, 1 ReplicationSource" in reader.account.in_words()


def test_an_instant_without_quotes_stays_text():
    (found,) = read(DESTINATION).declared
    assert found.manifest["spec"]["kopia"]["restoreAsOf"] == "2026-01-31T12:00:00Z"


def test_a_list_and_json_are_read():
    one = json.loads(json.dumps({"apiVersion": "v1", "kind": "List", "items": []}))
    one["items"] = [read(SOURCE).declared[0].manifest, read(DESTINATION).declared[0].manifest]
    assert len(read(json.dumps(one)).declared) == 2


def test_folders_are_read_without_hidden_ones_and_other_files(tmp_path):
    (tmp_path / "apps").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "a.yaml").write_text("{")
    (tmp_path / "apps" / "a.yaml").write_text(SOURCE)
    (tmp_path / "apps" / "b.yml").write_text(DESTINATION)
    (tmp_path / "apps" / "README.md").write_text("kind: ReplicationSource")
    reader = ManifestReader()
    reader.read("home", [str(tmp_path)])
    assert [one.where for one in reader.declared] == [str(tmp_path / "apps" / name) for name in ("a.yaml", "b.yml")]
    assert skipped(reader) == [(str(tmp_path / ".git"), "a hidden folder", False)]


def test_nothing_in_a_folder_is_left_out_silently(tmp_path, monkeypatch):
    (tmp_path / "apps").mkdir()
    (tmp_path / "closed").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "apps")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "apps" / "notes.txt").write_text("")
    listed = os.scandir

    def scandir(path):
        if Path(path).name == "closed":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    reader = ManifestReader()
    reader.read("home", [str(tmp_path)])
    assert {Path(where).name: (why.partition(";")[0], matters) for where, why, matters in skipped(reader)} == {
        "closed": ("cannot be read (Permission denied)", True),
        "linked": ("a link to a folder, which is not followed", True),
        "gone.yaml": ("cannot be read (No such file or directory)", True),
    }
    assert reader.account.other_files == 1


def test_the_standard_input_is_read_once():
    reader = read(SOURCE)
    with pytest.raises(UsageError, match="the standard input can be read only once"):
        reader.read("away", ["-"], io.BytesIO(b""))


@pytest.mark.parametrize(
    ("kustomization", "said"),
    [
        ("namePrefix: a-", "namePrefix may change ReplicationSource shop/orders; build it with"),
        ("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: office", "namespace may change"),
        ("components: [../volsync]\npatches: [{path: a.yaml}]", "patches, components may change"),
        ("patches: [{target: {kind: HelmRelease}, patch: x}, {patch: 'kind: Deployment'}]", ""),
        ("patches: [{target: {kind: 'Replication.*'}, patch: x}]", "patches may change"),
        ("patches: [{target: {kind: '['}, patch: x}]", "patches may change"),
        ('patches: [{patch: "apiVersion: v1\\nkind: ReplicationSource"}]', "patches may change"),
        ('patchesStrategicMerge: ["kind: Service", a.yaml]', "patchesStrategicMerge may change"),
        ('patchesStrategicMerge: ["kind: Service"]', ""),
        ("namespace: shop\nresources: [a.yaml]", ""),
        ("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {path: x, targetNamespace: a}", ""),
    ],
)
def test_a_folder_that_kustomize_changes_is_said_to_be(tmp_path, kustomization, said):
    (tmp_path / "app").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "app" / "a.yaml").write_text(SOURCE)
    (tmp_path / "app" / "kustomization.yaml").write_text(kustomization)
    (tmp_path / "other" / "kustomization.yaml").write_text("namePrefix: b-")
    (tmp_path / "volsync").mkdir()
    (tmp_path / "x").mkdir()
    reader = ManifestReader()
    reader.read("home", [str(tmp_path)])
    assert [(said in why, matters) for _, why, matters in skipped(reader)] == ([(True, True)] if said else [])


def flux(name, spec):
    return (
        f"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: {name}}}\nspec: {spec}\n"
    )


def whys(tmp_path, **files):
    """Return what is said of a folder with a source and with these files."""
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps" / "a.yaml").write_text(SOURCE)
    for name, text in files.items():
        (tmp_path / name.replace("__", ".")).write_text(text)
    reader = ManifestReader()
    reader.read("home", [str(tmp_path)])
    return [why for _, why, matters in skipped(reader) if matters]


def test_the_root_of_another_repository_is_not_this_one(tmp_path):
    whole, own = "{path: ./, targetNamespace: office, sourceRef: {name: X}}", "{path: apps, sourceRef: {name: home}}"
    other = flux("a", whole.replace("X", "vendor"))
    assert whys(tmp_path, a__yaml=other, b__yaml=flux("b", own)) == []


def test_a_build_of_this_repository_in_a_list_is_noticed(tmp_path):
    whole, own = "{path: ./, targetNamespace: office, sourceRef: {name: X}}", "{path: apps, sourceRef: {name: home}}"
    items = yaml.safe_load(flux("a", whole.replace("X", "home")))
    listed = yaml.dump({"apiVersion": "v1", "kind": "List", "items": [items]})
    (why,) = whys(tmp_path, a__yaml=listed, b__yaml=flux("b", own))
    assert why.startswith("targetNamespace may change")


def test_a_folder_that_is_built_twice_is_one_of_several_clusters(tmp_path):
    own = "{path: apps, sourceRef: {name: home}}"
    (why,) = whys(tmp_path, prod__yaml=flux("apps", own), staging__yaml=flux("apps", own))
    assert why.startswith("2 Kustomizations of Flux build apps: if they are of several clusters")


@pytest.mark.parametrize(("kind", "said"), [("HelmRelease", 0), ("ReplicationSource", 1)])
def test_a_patch_in_a_file_counts_by_its_kind(tmp_path, kind, said):
    patch = f"apiVersion: x/v1\nkind: {kind}\nmetadata: {{name: a}}\n"
    build = "resources: [apps/a.yaml]\npatches: [{path: p.txt}]\n"
    found = whys(tmp_path, p__txt=patch, kustomization__yaml=build)
    assert len([why for why in found if "patches may change" in why]) == said


def test_the_case_of_a_suffix_does_not_matter(tmp_path):
    (tmp_path / "a.YAML").write_text(SOURCE)
    reader = ManifestReader()
    reader.read("home", [str(tmp_path)])
    assert len(reader.declared) == 1


def test_an_overlay_changes_the_objects_of_its_base(tmp_path, monkeypatch):
    for folder in ("base", "prod"):
        (tmp_path / "apps" / folder).mkdir(parents=True)
    (tmp_path / "apps" / "base" / "a.yaml").write_text(f"{SOURCE}---{DESTINATION}")
    (tmp_path / "apps" / "prod" / "kustomization.yaml").write_text("{resources: [../base], nameSuffix: -prod}")
    monkeypatch.chdir(tmp_path)
    for path in (str(tmp_path), ".", "apps", "./apps/", "apps/../apps"):
        reader = ManifestReader()
        reader.read("home", [path])
        ((where, why, _),) = skipped(reader)
        assert where.endswith("apps/prod/kustomization.yaml")
        assert why.startswith("nameSuffix may change 2 sources and destinations; build it"), path


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("{path: ./kubernetes/apps/shop, targetNamespace: office}", "targetNamespace may change"),
        ("{path: kubernetes/apps/shop/, patches: [{patch: x}]}", "patches may change"),
        ("{path: ./kubernetes/apps/shop, targetNamespace: shop}", ""),
        ("{path: ./kubernetes/apps/other, targetNamespace: office}", ""),
        ("{path: ./, targetNamespace: office}", "targetNamespace may change"),
        ("{path: ./, targetNamespace: shop}", ""),
    ],
)
def test_what_flux_changes_is_said_to_be(tmp_path, monkeypatch, spec, said):
    (tmp_path / "kubernetes" / "apps" / "shop").mkdir(parents=True)
    (tmp_path / "kubernetes" / "apps" / "other").mkdir()
    (tmp_path / "kubernetes" / "apps" / "shop" / "a.yaml").write_text(SOURCE)
    text = f"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: a}}\nspec: {spec}\n"
    (tmp_path / "kubernetes" / "apps" / "ks.yaml").write_text(text)
    for path in (str(tmp_path), "kubernetes", "."):
        monkeypatch.chdir(tmp_path / "kubernetes" if path == "." else tmp_path)
        reader = ManifestReader()
        reader.read("home", [path])
        assert [said in why for _, why, _ in skipped(reader)] == ([True] if said else [])


def test_a_null_is_an_absent_field():
    (found,) = read(DESTINATION.replace("repository: r,", "repository: r, username: null, previous: 2.0,")).declared
    assert found.manifest["spec"]["kopia"].keys() == {"repository", "restoreAsOf", "previous"}
    assert repr(found.manifest["spec"]["kopia"]["previous"]) == "2"


def test_items_of_a_list_of_one_kind_need_no_kind():
    item = {"metadata": {"name": "orders", "namespace": "shop"}, "spec": {"sourcePVC": "p", "kopia": {}}}
    of_kind = {"apiVersion": "volsync.backube/v1alpha1", "kind": "ReplicationSourceList", "items": [item]}
    assert [str(one.ref) for one in read(json.dumps(of_kind)).declared] == ["ReplicationSource shop/orders"]
    ((_, why, matters),) = skipped(read(json.dumps(_in_lists(of_kind, 100))))
    assert (why, matters) == ("more than 100 levels of nesting", True)
    ((_, why, matters),) = skipped(read(json.dumps(of_kind | {"items": [_in_lists(of_kind, 25)]})))
    assert (why, matters) == ("more than 20 lists in one another; write them one after another", True)
    deep = {"apiVersion": "v1", "kind": "List", "items": [item | of_kind | {"spec": _in_lists(1, 300)}]}
    assert skipped(read(json.dumps(deep)))[0][1] == "more than 100 levels of nesting"


def _in_lists(value, number):
    for _ in range(number):
        value = {"apiVersion": "v1", "kind": "List", "items": [value]}
    return value


def test_a_mark_of_the_byte_order_is_no_part_of_the_text():
    assert len(read(b"\xef\xbb\xbf" + SOURCE.encode()).declared) == 1


def test_a_missing_path_is_wrong_use():
    with pytest.raises(UsageError, match=r"--manifests /nowhere: does not exist; name a file, a folder"):
        ManifestReader().read("home", ["/nowhere"])


def test_a_broken_file_does_not_stop_the_rest(tmp_path):
    (tmp_path / "a.yaml").write_text("kind: ReplicationSource\nmetadata: [}\n")
    (tmp_path / "b.yaml").write_text(SOURCE)
    (tmp_path / "c.yaml").write_text("a: [}")
    reader = ManifestReader()
    reader.read("home", [str(tmp_path)])
    assert len(reader.declared) == 1
    assert [(why.partition("(")[0], matters) for _, why, matters in skipped(reader)] == [
        ("line 2: not YAML ", True),
        ("line 1: not YAML ", False),
    ], "a file without a source or destination does not matter"


@pytest.mark.parametrize(
    ("text", "said", "matters"),
    [
        (b"\xff\xfe", "no UTF-8 text", False),
        ("a: &a [*a]", "line 1: the alias *a is part of what it stands for", True),
        ("x: &x {y: *x}", "the alias *x is part of what it stands for", True),
        ("[" * 200 + "]" * 200, "more than 100 levels of nesting", True),
        ("{}\n---\n" * 20, "more than 10 documents; split it into several files", True),
        ("kind: ReplicationSource\nx: {{ .Values.x }}", "a template of Helm or another program; render it first", True),
        ("x: !vault 1\nkind: ReplicationSource", "not YAML (could not determine a constructor", True),
        ("a: 1\n\tb: 2", "not YAML", False),
        ("x" * 3000, "larger than 0 MiB; split it", True),
        ("\x00", "not YAML", False),
    ],
)
def test_bad_yaml_is_one_line(text, said, matters):
    limits = replace(SUITE, manifest_documents=10, manifest_file_bytes=2000)
    reader = read(text, limits=limits)
    ((where, why, does_matter),) = skipped(reader)
    assert (where, said in why, does_matter) == ("standard input", True, matters), why
    assert "\n" not in why
    assert reader.declared == []


def test_a_bomb_of_aliases_is_refused_before_it_is_built():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    ((_, why, _),) = skipped(read("\n".join(lines)))
    assert "more than 2000000 values, with aliases written out" in why


def test_ordinary_aliases_are_read():
    text = SOURCE.replace("{repository: r}", "&k {repository: &r r, username: *r, hostname: *r}") + "extra: *k\n"
    (found,) = read(text).declared
    assert found.manifest["spec"]["kopia"]["username"] == "r"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{name: orders, namespace: shop}", "{name: 3, namespace: shop}", "metadata.name is missing or no text"),
        ("{name: orders, namespace: shop}", "{name: orders, namespace: 3}", "metadata.namespace is no text"),
        ("{name: orders, namespace: shop}", "{name: orders, namespace: no}", "metadata.namespace is no text"),
        ("{name: orders, namespace: shop}", "[]", "metadata.name is missing or no text"),
        ("{repository: r}", "7", "spec.kopia is no mapping"),
        ("{repository: r}", "{retain: 3}", "spec.kopia.retain is no mapping"),
        ("{name: orders, namespace: shop}", "{name: orders}", "metadata.namespace is missing; build the manifests"),
    ],
)
def test_an_object_of_another_shape_is_skipped_and_matters(old, new, said):
    reader = read(SOURCE.replace(old, new))
    ((_, why, matters),) = skipped(reader)
    assert (said in why, matters) == (True, True), why


def test_variables_of_an_object_without_a_namespace_are_named():
    text = SOURCE.replace("{name: orders, namespace: shop}", "{name: '${APP}'}").replace(
        "sourcePVC: orders", "sourcePVC: '${CLAIM:=${APP}}'"
    )
    ((_, why, _),) = skipped(read(text))
    assert why.startswith(
        "ReplicationSource ${APP}: metadata.namespace is missing, and ${APP}, ${CLAIM} have no value;"
    )


def test_a_namespace_can_be_given():
    reader = read(SOURCE.replace(", namespace: shop", ""), namespace="office")
    assert [one.namespace for one in reader.declared] == ["office"]


def test_another_mover_is_skipped_and_does_not_matter():
    reader = read(SOURCE.replace("kopia:", "restic:"))
    assert skipped(reader) == [("standard input", "ReplicationSource orders uses another mover: restic", False)]
    assert read(SOURCE.replace("{repository: r}", "null")).declared, "an empty section is kopia"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("null", "spec: is missing or empty; add spec.kopia"),
        ("{}", "spec: is missing or empty; add spec.kopia"),
        ("{sourcePVC: a, kopai: {}}", "spec: sets sourcePVC, kopai, and no mover; add spec.kopia"),
    ],
)
def test_an_object_without_a_mover_is_refused(text, why):
    head = "apiVersion: volsync.backube/v1alpha1\nkind: ReplicationSource\nmetadata: {name: a, namespace: shop}\n"
    reader = read(f"{head}spec: {text}")
    assert skipped(reader) == []
    (found,) = reader.declared
    assert (found.refusal, replace(found, is_stored=True).refusal) == (why, why)


def test_a_variable_in_a_field_that_does_not_decide_is_not_judged():
    fields = 'copyMethod: "${VOLSYNC_COPYMETHOD:-Snapshot}", parallelism: "${P:=2}", accessModes: ["${M}"]'
    (found,) = read(SOURCE.replace("{repository: r}", f"{{repository: r, {fields}}}")).declared
    assert (found.refusal, found.variables) == ("", {})
    (wrong,) = read(SOURCE.replace("{repository: r}", '{repository: r, copyMethod: "$VOLSYNC"}')).declared
    assert wrong.refusal.startswith("spec.kopia.copyMethod: '$VOLSYNC' is not one of")


def test_another_version_of_the_group_is_used_and_another_group_is_not():
    assert read(SOURCE.replace("v1alpha1", "v1")).declared
    assert read(SOURCE.replace("volsync.backube", "example.test")).declared == []


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("name: orders,", 'name: "${APP}",', "metadata.name"),
        ("namespace: shop", "namespace: '${NS:=shop}'", "metadata.namespace"),
        ("{repository: r}", "{repository: 'r-${APP}'}", "spec.kopia.repository"),
        ("{repository: r}", "{username: 'a${APP}'}", "spec.kopia.username"),
        ("name: orders,", 'name: "{{ .Release.Name }}-x",', "metadata.name"),
    ],
)
def test_open_variables_are_found_where_they_decide(old, new, field):
    organisation = Organisation(read(SOURCE.replace(old, new)).declared)
    assert [list(one.variables) for one in organisation.open] == [[field]]
    assert organisation.sources == []


def test_open_variables_elsewhere_do_not_matter():
    text = SOURCE.replace("{repository: r}", "{repository: r, cacheCapacity: '${SIZE:=5Gi}'}")
    organisation = Organisation(read(text).declared)
    assert (len(organisation.sources), organisation.open) == (1, [])


def test_an_object_that_is_declared_again_counts_once():
    organisation = Organisation([*read(SOURCE).declared, *read(SOURCE).declared])
    assert len(organisation.sources) == len(organisation.again) == 1


SECRET = """
apiVersion: v1
kind: Secret
metadata: {name: r, namespace: shop}
data: {KOPIA_PASSWORD: c3VwZXItc2VjcmV0LXdvcmQ=}
stringData: {KOPIA_REPOSITORY: "s3://bucket/app", KOPIA_S3_ENDPOINT: "http://minio:9000"}
"""


def test_the_repository_of_a_secret_is_found_and_its_password_hidden():
    (found,) = read(SECRET).declared
    repository = repository_of(found.manifest)
    (again,) = read(SECRET.replace("s3://bucket/app", " s3://bucket/app\\n")).declared
    assert repository_of(again.manifest) == repository
    assert (repository.address.bucket, repository.address.prefix) == ("bucket", "app/")
    assert REDACT("super-secret-word") == "***"


@pytest.mark.parametrize("value", ["ENC[AES256_GCM,data:x]", "${REPOSITORY}", ""])
def test_an_encrypted_or_open_secret_is_of_no_known_repository(value):
    (found,) = read(SECRET.replace("s3://bucket/app", value)).declared
    assert repository_of(found.manifest) is None


def test_a_secret_that_is_no_base64_is_skipped_without_its_value():
    reader = read(SECRET.replace("c3VwZXItc2VjcmV0LXdvcmQ=", "plain-Secret-Value"))
    ((_, why, matters),) = skipped(reader)
    assert (why, matters) == ("Secret r: cannot be decoded: data.KOPIA_PASSWORD is no base64 of a text", False)


def test_base64_may_have_line_breaks_and_other_keys_may_be_no_text():
    text = SECRET.replace(
        "{KOPIA_PASSWORD: c3VwZXItc2VjcmV0LXdvcmQ=}", '{KOPIA_PASSWORD: "c3VwZXIt\\nc2VjcmV0LXdvcmQ=\\n", ca: /w==}'
    )
    assert read(text).account.used == {"Secret": 1}
    assert REDACT("super-secret-word") == "***"


def test_two_repositories_are_one_place_by_bucket_and_prefix():
    one = repository_of(read(SECRET).declared[0].manifest)
    other = repository_of(read(SECRET.replace("bucket/app", "bucket/app2")).declared[0].manifest)
    elsewhere = repository_of(read(SECRET.replace("minio:9000", "other:9000")).declared[0].manifest)
    assert (one.is_at(one), one.is_at(other), one.is_at(elsewhere)) == (True, False, False)
    assert Repository("filesystem:///x", None).is_at(Repository("filesystem:///x/", None))


def test_a_list_of_snapshots_is_read_with_size_and_pins():
    (found,) = listing.read(json.dumps([entry("a", pins=["p"])]).encode(), "list")
    assert (found.record.identity.username, found.size_bytes) == ("a", 17)
    assert (found.pins, found.failed_files) == (("p",), 0)


@pytest.mark.parametrize(
    ("stats", "summary", "failed"),
    [
        ({"errorCount": 2}, {"numFailed": 2}, 2),
        ({}, {"numFailed": 3}, 3),
        ({"errorCount": 1}, {}, 1),
        ({"errorCount": None}, {"numFailed": "x"}, 0),
        ({"errorCount": -1}, {"numFailed": True}, 0),
    ],
)
def test_a_snapshot_with_failed_files_is_whole_and_says_so(stats, summary, failed):
    text = json.dumps([entry("a", stats=stats, rootEntry={"obj": "k1", "summ": summary})])
    (found,) = listing.read(text.encode(), "list")
    assert (found.failed_files, found.record.incomplete) == (failed, "")


def test_a_list_with_a_byte_order_mark_is_read():
    assert len(listing.read(b"\xef\xbb\xbf" + json.dumps([entry("a")]).encode(), "list")) == 1
    assert policies.read(b"\xef\xbb\xbf[]", "list") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "list: is no JSON"),
        ("[", "list: is no JSON"),
        ("[" * 10_000, "list: is no JSON .maximum recursion depth"),
        ('[{"id":' + "[" * 5000 + "]" * 5000 + "}]", "list: is no JSON .maximum recursion depth"),
        ("{}", "list: is JSON, but no list of snapshots"),
        ("[1]", "list: snapshot 1: kopia snapshot manifest: expected an object, got 1"),
        (json.dumps([entry("a"), {**entry("b"), "endTime": "soon"}]), "list: snapshot 2: .*endTime is no instant"),
        (
            json.dumps([entry("a"), {**entry("b"), "endTime": "2026-01-01T00:00:00"}]),
            "2: field endTime has no time zone",
        ),
        (json.dumps([{**entry("a"), "startTime": "9999-12-31T23:59:59-14:00"}]), "field startTime is out of range"),
        (json.dumps([{**entry("a"), "n": 1}]).replace(": 1}", ": 1e999999}"), "snapshot 1: is no JSON .Number out of"),
        (json.dumps([entry("é")], ensure_ascii=False).encode("latin-1"), "snapshot 1: is no JSON .'utf-8' codec"),
        (json.dumps([{**entry("a"), "rootEntry": 3}]), "snapshot 1: .*field rootEntry should be dict"),
        (json.dumps([{**entry("a"), "tags": ["x"]}]), "snapshot 1: .*field tags should be dict"),
        (json.dumps([{**entry("a"), "source": {}}]), "list: snapshot 1: .*field userName should be str"),
    ],
)
def test_another_list_is_one_line(text, said):
    with pytest.raises(HarnessError, match=said) as raised:
        listing.read(text if isinstance(text, bytes) else text.encode(), "list")
    assert "\n" not in str(raised.value)
