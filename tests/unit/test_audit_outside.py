"""What Kustomize, Flux, Helm or Argo CD adds to the manifests that were read is said, if it may matter."""

import io
import os
from dataclasses import replace
from pathlib import Path

import pytest

from harness.audit.reading import ManifestReader
from harness.errors import UsageError
from harness.system.limits import SUITE

SOURCE = """
apiVersion: volsync.backube/v1alpha1
kind: ReplicationSource
metadata: {name: "${APP}"}
spec: {sourcePVC: "${APP}", kopia: {repository: r}}
"""
CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {dataSourceRef: {kind: ReplicationDestination, apiGroup: volsync.backube, name: a}}
"""
CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: replicationsources.volsync.backube}
spec: {group: volsync.backube, names: {kind: ReplicationSource}}
"""
FLUX = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: orders, namespace: flux}\n"
HELM = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: orders, namespace: shop}\n"
ARGO = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: orders}\n"
MANIFEST = "{apiVersion: volsync.backube/v1alpha1, kind: ReplicationSource, metadata: {name: a}, spec: {kopia: {}}}"
FILES = {
    "components/volsync/kustomization.yaml": "kind: Component\nresources: [claim.yaml, source.yaml]\n",
    "components/volsync/source.yaml": SOURCE,
    "components/volsync/claim.yaml": CLAIM,
    "components/quiet/kustomization.yaml": "resources: [claim.yaml, restic.yaml, ../crd.yaml]",
    "components/quiet/claim.yaml": CLAIM,
    "components/quiet/unused.yaml": SOURCE,
    "components/quiet/restic.yaml": SOURCE.replace("kopia:", "restic:"),
    "components/crd.yaml": CRD,
    "components/source.yaml": SOURCE,
    "components/plain/deep/source.yaml": SOURCE,
    "components/over/kustomization.yaml": "resources: [../volsync]",
    "components/of-flux/kustomization.yaml": "resources: [ks.yaml]",
    "components/of-flux/ks.yaml": f"{FLUX}spec: {{path: ./components/volsync}}",
    "components/remote/kustomization.yaml": "components: [github.com/me/mine?ref=main]",
    "components/helm/kustomization.yaml": f"helmCharts: [{{name: a, valuesInline: {{raw: [{MANIFEST}]}}}}]",
    "components/broken/kustomization.yaml": "resources: [}",
    "components/round/kustomization.yaml": "resources: [../round]",
    "components/values.yaml": f"rawResources: {{a: {MANIFEST}}}",
    "components/plain-values.yaml": "image: {tag: 1}",
    "components/ksops.yaml": "apiVersion: viaduct.ai/v1\nkind: ksops\nmetadata: {name: x}\nfiles: [a.yaml]",
    "components/exec.yaml": "apiVersion: me.example/v1\nkind: MyGenerator\nmetadata: {name: x}",
    "apps/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n",
}


@pytest.fixture
def audited(tmp_path):
    """Return a function that writes a file beside others, reads the folder apps, and returns what may matter."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    def read(name, text, *more, limits=SUITE):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
        reader = ManifestReader(limits=limits)
        reader.read("home", [str(tmp_path / one) for one in ("apps", *more)])
        return [
            (str(Path(one.where).relative_to(tmp_path)), one.why.replace(f"{tmp_path}", ""))
            for one in reader.account.skipped
            if one.matters
        ]

    return read


BUILD = "build it with kustomize or flux, and audit that"
DECLARES = "/components/volsync/source.yaml declares a ReplicationSource"


@pytest.mark.parametrize(
    ("kustomization", "said"),
    [
        (
            "{namespace: shop, components: [../components/volsync]}",
            f"components ../components/volsync was not read: {DECLARES}; {BUILD}, or name /components/volsync, too",
        ),
        (
            "{resources: [config.yaml, ../components/volsync]}",
            f"resources ../components/volsync was not read: {DECLARES}; {BUILD}, or name /components/volsync, too",
        ),
        ("{bases: [../components/over]}", f"bases ../components/over was not read: {DECLARES}"),
        ("{resources: [../components/source.yaml]}", "/components/source.yaml declares a ReplicationSource"),
        ("{resources: [../components/plain]}", "/components/plain/deep/source.yaml declares a ReplicationSource"),
        ("{resources: [../components/of-flux]}", DECLARES),
        ("{resources: [../components/remote]}", "github.com/me/mine?ref=main is not on this machine, and may hold any"),
        ("{resources: [../components/helm]}", "/helm/kustomization.yaml: helmCharts mentions ReplicationSource"),
        ("{resources: [../components/broken]}", "/broken/kustomization.yaml: line 1: not YAML"),
        ("{components: [../components/nowhere]}", "/components/nowhere does not exist, or is closed; build it"),
        (
            "{resources: [https://github.com/me/mine]}",
            "resources https://github.com/me/mine was not read: it is not on",
        ),
        ("{resources: ['https://u:secret@host/a']}", "resources https://***@host/a was not read"),
        ("{resources: ['git@github.com:me/mine']}", "it is not on this machine, and may hold anything; build it"),
        ("{resources: ['host/a//b?ref=v1']}", "it is not on this machine, and may hold anything; build it"),
        ("{resources: ['https://raw.example/me/a.yaml']}", "it is not on this machine"),
        (f"{{helmCharts: [{{name: a, valuesInline: {{x: [{MANIFEST}]}}}}]}}", "helmCharts mentions ReplicationSource;"),
        ("{helmCharts: [{valuesFile: ../components/values.yaml}]}", "/components/values.yaml mentions Replic"),
        ("{helmCharts: [{additionalValuesFiles: [../components/values.yaml]}]}", "/components/values.yaml mentions"),
        ("{helmChartInflationGenerator: [{values: ../components/values.yaml}]}", "/components/values.yaml mentions"),
        ("{generators: [../components/exec.yaml]}", "exec.yaml is a MyGenerator, which may generate anything"),
        ('{generators: ["kind: MyGenerator\\nx: 1\\n"]}', "generators is a MyGenerator, which may generate anything"),
        (
            f'{{generators: ["apiVersion: builtin\\nkind: HelmChartInflationGenerator\\nvalues: [{MANIFEST}]\\n"]}}',
            "generators mentions ReplicationSource",
        ),
        ("resources: [}", "line 1: not YAML"),
    ],
)
def test_what_kustomize_takes_from_outside_matters(audited, kustomization, said):
    ((where, why),) = audited("apps/kustomization.yaml", kustomization)
    assert where == "apps/kustomization.yaml"
    assert said in why
    assert "secret" not in why


@pytest.mark.parametrize(
    "kustomization",
    [
        "{namespace: shop, components: [../components/quiet], resources: [config.yaml, ../components/crd.yaml]}",
        "{resources: [../components/quiet/claim.yaml]}",
        "{resources: [../components/round]}",
        "{resources: ['https://github.com/a/b/releases/download/v1/install.yaml']}",
        "{resources: ['https://github.com/a/b/config/crd?ref=v1', 'https://raw.example/crds.yaml']}",
        "{helmCharts: [{name: a, valuesInline: {image: b}, valuesFile: ../components/plain-values.yaml}]}",
        "{helmCharts: [{name: a, valuesInline: {rbac: [{apiGroups: [volsync.backube], verbs: [get]}]}}]}",
        "{generators: [../components/ksops.yaml]}",
        "{configMapGenerator: [{name: a, files: [../x]}], images: [{name: a}]}",
        "{resources: [../apps/config.yaml, .]}",
    ],
)
def test_what_has_neither_source_nor_destination_does_not_matter(audited, kustomization):
    assert audited("apps/kustomization.yaml", kustomization) == []


def test_what_is_read_too_is_not_outside(audited):
    (found,) = audited("apps/kustomization.yaml", "{components: [../components/volsync]}", "components/volsync")
    assert "metadata.namespace is missing, and ${APP} have no value" in found[1]


def test_a_link_to_what_was_read_is_followed(audited, tmp_path):
    (tmp_path / "linked").symlink_to(tmp_path / "apps")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert audited("apps/kustomization.yaml", "{resources: [../linked/config.yaml]}") == []
    ((_, why),) = audited("apps/kustomization.yaml", "{resources: [../loop]}")
    assert "/loop does not exist, or is closed" in why


def test_several_that_name_the_same_are_said_once(audited, tmp_path):
    for name in ("a", "b"):
        (tmp_path / "apps" / name).mkdir()
        (tmp_path / "apps" / name / "kustomization.yaml").write_text("{components: [../../components/volsync]}")
    ((where, why),) = audited("apps/kustomization.yaml", "{components: [../components/volsync]}")
    assert where == "apps/kustomization.yaml"
    assert why.endswith("or name /components/volsync, too (2 more of this kind)")


def test_a_file_of_another_suffix_is_looked_at(audited, tmp_path):
    (tmp_path / "apps" / "source.tpl").write_text(SOURCE)
    ((_, why),) = audited("apps/kustomization.yaml", "{resources: [source.tpl]}")
    assert why.startswith("resources source.tpl was not read: /apps/source.tpl declares a ReplicationSource")


def test_each_remote_place_is_said(audited):
    found = audited("apps/kustomization.yaml", "{resources: ['https://a.example/x', 'https://b.example/y']}")
    assert [why.partition(" was")[0] for _, why in found] == [
        f"resources https://{one}" for one in ("a.example/x", "b.example/y")
    ]


def test_what_is_looked_at_has_limits(audited, tmp_path):
    (tmp_path / "components" / "quiet" / "claim.yaml").write_text("a: 1\n" * 1000)
    text = "{resources: [../components/quiet]}"
    ((_, why),) = audited("apps/kustomization.yaml", text, limits=replace(SUITE, manifest_file_bytes=2000))
    assert "/components/quiet/claim.yaml is larger than 0 MiB" in why
    ((_, why),) = audited("apps/kustomization.yaml", text, limits=replace(SUITE, manifest_files=2))
    assert "more than 2 files are outside" in why


def test_what_is_no_file_is_not_opened(audited, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    ((_, why),) = audited("apps/kustomization.yaml", "{resources: [../pipe]}")
    assert "/pipe is no regular file" in why


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (
            "{path: ./apps, components: [../components/volsync]}",
            f"Kustomization orders: spec.components ../components/volsync was not read: {DECLARES}; {BUILD}, or name",
        ),
        (
            "{path: ./components/volsync}",
            f"Kustomization orders: spec.path ./components/volsync was not read: {DECLARES}",
        ),
        (
            "{path: ./other/apps}",
            "Kustomization orders: spec.path ./other/apps was not read: no folder that was read ends",
        ),
        ("{path: ./apps, components: [../components/gone]}", "no folder that was read ends with it; build it"),
        ("{path: ./apps}", ""),
        ("{path: apps/, components: [../components/quiet]}", ""),
        ("{path: ./config/crd/bases}", ""),
        ("{path: ./}", ""),
        ("{path: ./, sourceRef: {kind: GitRepository, name: flux-system}}", ""),
        (
            "{sourceRef: {kind: OCIRepository, name: mine}}",
            "spec.path ./ of OCIRepository mine was not read: it is not on",
        ),
        ("{path: ./, sourceRef: {kind: OCIRepository, name: gateway-api-crds}}", ""),
    ],
)
def test_what_flux_takes_from_outside_matters(audited, spec, said):
    found = audited("apps/ks.yaml", f"{FLUX}spec: {spec}")
    assert [(where, said in why) for where, why in found] == ([("apps/ks.yaml", True)] if said else [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            f"{HELM}spec: {{values: {{rawResources: {{a: {MANIFEST}}}}}}}",
            "HelmRelease orders mentions ReplicationSource",
        ),
        (
            f"{HELM}spec: {{values: {{x: 'a volsync.backube b'}}}}",
            "HelmRelease orders mentions volsync.backube, which is",
        ),
        (f"{HELM}spec: {{values: {{image: a}}, dependsOn: [{{name: volsync}}]}}", ""),
        (f"{HELM}spec: {{values: {{metric: {{group: volsync.backube, kind: ReplicationSource}}}}}}", ""),
        (
            f"{ARGO}spec: {{source: {{chart: a, helm: {{valuesObject: {{a: {MANIFEST}}}}}}}}}",
            "Application orders mentions",
        ),
        (
            f"{ARGO}spec: {{ignoreDifferences: [{{group: volsync.backube, kind: ReplicationSource}}]}}",
            "mentions Replic",
        ),
        (
            f"{ARGO}spec: {{source: {{path: apps}}, ignoreDifferences: [{{group: volsync.backube, kind: x}}]}}",
            "",
        ),
        (
            f"{ARGO}spec: {{source: {{path: components/volsync}}}}",
            f"spec.source.path components/volsync was not read: {DECLARES}",
        ),
        (f"{ARGO}spec: {{sources: [{{path: charts/of/others}}, {{chart: x}}]}}", ""),
        (
            f"{ARGO.replace('Application', 'ApplicationSet')}spec: {{template: {MANIFEST}}}",
            "ApplicationSet orders ment",
        ),
        (f"values: {{a: {MANIFEST}}}", "a text holds a ReplicationSource, which is not read; render it with helm"),
        (
            f"apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {{name: p}}\nspec: {{generate: {MANIFEST}}}",
            "ClusterPolicy p holds a ReplicationSource",
        ),
        (f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: v}}\ndata: {{v: '{MANIFEST}'}}", "ConfigMap v holds a"),
        (CRD, ""),
        (CLAIM, ""),
        (
            f"{FLUX}spec: {{path: apps, healthChecks: [{{apiVersion: volsync.backube/v1, kind: ReplicationSource}}]}}",
            "",
        ),
    ],
)
def test_what_others_make_matters_if_it_is_of_volsync(audited, text, said):
    found = audited("apps/a.yaml", text)
    assert [(where, said in why) for where, why in found] == ([("apps/a.yaml", True)] if said else []), found


def test_in_the_standard_input_flux_has_built_what_has_its_label():
    labels = "labels: {kustomize.toolkit.fluxcd.io/name: orders, kustomize.toolkit.fluxcd.io/namespace: flux}"
    built = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a, {labels}}}\n"
    said = "Kustomization orders: spec.path ./apps/orders was not read: no folder that was read ends with it"
    unnamed = built.replace("/namespace: flux", "/namespace: ''")
    for beside, number in (
        (built, 0),
        (unnamed, 0),
        (built.replace("/namespace: flux", "/namespace: other"), 1),
        ("", 1),
    ):
        reader = ManifestReader()
        reader.read("home", ["-"], io.BytesIO(f"{FLUX}spec: {{path: ./apps/orders}}\n---\n{beside}".encode()))
        assert [said in one.why for one in reader.account.skipped] == [True] * number


@pytest.mark.parametrize(
    ("labels", "number"),
    [
        ("{app.kubernetes.io/managed-by: Helm, app.kubernetes.io/instance: orders}", 0),
        ("{helm.toolkit.fluxcd.io/name: orders, helm.toolkit.fluxcd.io/namespace: shop}", 0),
        ("{app.kubernetes.io/managed-by: Helm, app.kubernetes.io/instance: other}", 1),
        ("{app.kubernetes.io/instance: orders}", 1),
    ],
)
def test_a_release_that_was_rendered_is_told_by_the_labels_of_its_objects(labels, number):
    release = f"{HELM}spec: {{values: {{a: {MANIFEST}}}}}"
    rendered = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a, namespace: shop, labels: {labels}}}\n"
    reader = ManifestReader()
    reader.read("home", ["-"], io.BytesIO(f"{release}\n---\n{rendered}".encode()))
    assert len(reader.account.skipped) == number


@pytest.mark.parametrize(
    ("metadata", "where"),
    [
        (
            "annotations: {config.kubernetes.io/origin: 'path: components/volsync/rs.yaml\n\n'}",
            "components/volsync/rs.yaml",
        ),
        (
            'annotations: {config.kubernetes.io/origin: "path: a/b.yaml\\nrepo: https://github.com/me/x\\nref: v1\\n"}',
            "a/b.yaml of https://github.com/me/x",
        ),
        ("annotations: {config.kubernetes.io/origin: 'configuredIn: a/kustomization.yaml'}", "a/kustomization.yaml"),
        ("annotations: {config.k8s.io/path: a.yaml}", "a.yaml"),
        (
            "labels: {kustomize.toolkit.fluxcd.io/name: orders, kustomize.toolkit.fluxcd.io/namespace: flux-system}",
            "Kustomization flux-system/orders",
        ),
        ('annotations: {config.k8s.io/path: "a\\nb"}', "document 2"),
        ("annotations: {config.k8s.io/path: 3}", "document 2"),
        ("annotations: [], labels: 3", "document 2"),
    ],
)
def test_in_the_standard_input_an_object_is_named_by_what_noted_its_origin(metadata, where):
    text = SOURCE.replace('name: "${APP}"', f"name: a, namespace: b, {metadata}")
    reader = ManifestReader()
    reader.read("home", ["-"], io.BytesIO(f"a: 1\n---\n{text}".encode()))
    assert [one.where for one in reader.declared] == [f"standard input, {where}"]


def test_a_relative_path_that_does_not_exist_is_named_in_full(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as raised:
        ManifestReader().read("home", ["apps"])
    assert f"--manifests apps: does not exist ({tmp_path}/apps); name a file" in str(raised.value)
    assert "by its absolute path" in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        'resources: ["../a\\nb"]',
        'components: ["../a\\0b"]',
        f"resources: [../{'x' * 5000}]",
        "{resources: 3, components: {a: 1}, generators: [3], helmCharts: [3, {valuesFile: 3}, null]}",
        f"{FLUX}spec: {{path: 3, components: 3, sourceRef: 3}}",
        f'{FLUX}spec: {{path: "a\\0b", components: ["../c\\nd"]}}',
        f"{ARGO}spec: {{source: 3, sources: [3, {{path: 3}}]}}",
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {labels: 3}\nspec: {path: a/b}",
    ],
)
def test_what_has_another_shape_is_one_line_or_nothing(audited, text):
    for name in ("apps/kustomization.yaml", "apps/a.yaml"):
        for _, why in audited(name, text):
            assert "\n" not in why
            assert len(why) < 1200
