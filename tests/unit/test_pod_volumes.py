"""The volumes of a Pod: every kind, the parts that are mounted, and what is missing or unknown."""

import base64

import pytest

from harness.errors import HarnessError
from harness.kubernetes.pod import MissingKey, PodFacts
from harness.kubernetes.pod_environment import Environment
from harness.kubernetes.pod_volumes import NO_TOKEN, PodVolumes
from harness.volumes import FolderVolumes

OBJECTS = {
    ("PersistentVolumeClaim", "data"): {"spec": {}},
    ("PersistentVolumeClaim", "copy"): {
        "metadata": {"uid": "1"},
        "spec": {"dataSource": {"kind": "PersistentVolumeClaim", "name": "data"}},
    },
    ("Secret", "repo"): {"data": {"password": base64.b64encode(b"p4ss").decode(), "user": ""}},
    ("ConfigMap", "plain"): {"data": {"a.conf": "x"}, "binaryData": {"raw": "/w=="}},
}


class Held:
    def get(self, ref):
        assert ref.namespace == "shop-1"
        return OBJECTS.get((ref.kind, ref.name))


@pytest.fixture
def world(tmp_path):
    class World:
        folders = FolderVolumes(tmp_path)

        def __init__(self):
            self.notes = []

        def mounts(self, volume, env=None, **container):
            volumes = volume if isinstance(volume, list) else [{"name": "v", **volume}]
            given = {"name": "kopia", "volumeMounts": [{"name": "v", "mountPath": "/v"}], **container}
            metadata = {"name": "mover-1", "namespace": "shop-1", "uid": "u-1", "labels": {"b": "2", "a": 'say "1"'}}
            resources = {"name": "log", "resources": {"limits": {"memory": "2Mi"}}}
            pod = {"metadata": metadata, "spec": {"containers": [given, resources], "volumes": volumes}}
            facts = PodFacts("shop-1/backup", pod, "node-1")
            return PodVolumes(Held(), self.folders, "shop", facts, lambda *note: self.notes.append(note)).mounts(
                given, Environment(env or {})
            )

        def files(self, volume, **container):
            folder = self.mounts(volume, **container).folders["/v"]
            return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}

    return World()


def at(path, name="v", **more):
    return {"name": name, "mountPath": path, **more}


def test_a_claim_is_its_folder(world):
    folder = world.folders.claim("shop", "data")
    assert world.mounts({"persistentVolumeClaim": {"claimName": "data"}}).folders == {"/v": folder}


def test_a_claim_of_another_begins_as_its_copy(world):
    (world.folders.claim("shop", "data") / "file").write_text("x")
    assert world.files({"persistentVolumeClaim": {"claimName": "copy"}}) == {"file": b"x"}


def test_a_later_copy_of_the_same_name_begins_anew(world, monkeypatch):
    copy, data = {"persistentVolumeClaim": {"claimName": "copy"}}, world.folders.claim("shop", "data")
    (data / "file").write_text("x")
    assert world.files(copy) == {"file": b"x"}
    (data / "file").write_text("y")
    assert world.files(copy) == {"file": b"x"}
    later = {**OBJECTS["PersistentVolumeClaim", "copy"], "metadata": {"uid": "2"}}
    monkeypatch.setitem(OBJECTS, ("PersistentVolumeClaim", "copy"), later)
    assert world.files(copy) == {"file": b"y"}


def test_a_claim_that_is_not_there(world):
    with pytest.raises(MissingKey, match="PersistentVolumeClaim 'lost' not found") as raised:
        world.mounts({"persistentVolumeClaim": {"claimName": "lost"}})
    assert raised.value.reason == "Unschedulable"


@pytest.mark.parametrize("kind", ["emptyDir", "ephemeral"])
def test_empty_folders_are_new_and_for_everybody(world, kind):
    mounts = world.mounts({kind: {}})
    assert list(mounts.folders["/v"].iterdir()) == []
    assert mounts.folders["/v"].stat().st_mode & 0o777 == 0o777
    assert mounts.read_only == frozenset()


@pytest.mark.parametrize(
    ("volume", "wanted"),
    [
        ({"secret": {"secretName": "repo"}}, {"password": b"p4ss", "user": b""}),
        ({"secret": {"secretName": "repo", "items": [{"key": "password", "path": "x/y"}]}}, {"x/y": b"p4ss"}),
        ({"configMap": {"name": "plain"}}, {"a.conf": b"x", "raw": b"\xff"}),
        ({"configMap": {"name": "plain", "items": [{"key": "raw", "path": "r"}]}}, {"r": b"\xff"}),
        ({"secret": {"secretName": "lost", "optional": True}}, {}),
        ({"configMap": {"name": "lost", "optional": True}}, {}),
        ({"secret": {"secretName": "repo", "optional": True, "items": [{"key": "lost", "path": "l"}]}}, {}),
    ],
)
def test_secrets_and_config_maps_are_files(world, volume, wanted):
    assert world.files(volume) == wanted
    assert world.mounts(volume).read_only == {"/v"}


@pytest.mark.parametrize(
    ("volume", "named"),
    [
        ({"secret": {"secretName": "lost"}}, "Secret 'lost' not found"),
        ({"configMap": {"name": "lost"}}, "ConfigMap 'lost' not found"),
        ({"secret": {"secretName": "repo", "items": [{"key": "l", "path": "l"}]}}, "Secret 'repo' has no key 'l'"),
        ({"projected": {"sources": [{"secret": {"name": "lost"}}]}}, "Secret 'lost' not found"),
    ],
)
def test_what_is_missing_is_named(world, volume, named):
    with pytest.raises(MissingKey, match=rf"volumes\[v\].*: {named}$") as raised:
        world.mounts(volume)
    assert raised.value.reason == "FailedMount"


def test_modes_of_files(world):
    items = [{"key": "password", "path": "p", "mode": 0o400}, {"key": "user", "path": "u"}]
    folder = world.mounts({"secret": {"secretName": "repo", "defaultMode": 0o440, "items": items}}).folders["/v"]
    assert [(folder / name).stat().st_mode & 0o777 for name in "pu"] == [0o400, 0o440]
    folder = world.mounts({"configMap": {"name": "plain"}}).folders["/v"]
    assert (folder / "a.conf").stat().st_mode & 0o777 == 0o644


def test_the_downward_api_as_files(world):
    limit = {"containerName": "log", "resource": "limits.memory", "divisor": "1Ki"}
    items = [
        {"path": "name", "fieldRef": {"fieldPath": "metadata.name"}},
        {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}},
        {"path": "memory", "resourceFieldRef": limit},
    ]
    assert world.files({"downwardAPI": {"items": items}}) == {
        "name": b"mover-1",
        "labels": b'a="say \\"1\\""\nb="2"',
        "memory": b"2048",
    }


def test_projected_sources_share_a_folder(world):
    sources = [
        {"secret": {"name": "repo", "items": [{"key": "password", "path": "same"}]}},
        {"configMap": {"name": "plain", "items": [{"key": "a.conf", "path": "same"}]}},
        {"downwardAPI": {"items": [{"path": "uid", "fieldRef": {"fieldPath": "metadata.uid"}}]}},
    ]
    assert world.files({"projected": {"sources": sources}}) == {"same": b"x", "uid": b"u-1"}
    assert world.notes == []


def test_a_token_says_that_it_is_none(world):
    assert world.files({"projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}) == {"t": NO_TOKEN.encode()}
    text = "volumes[v].sources[0].serviceAccountToken: its file holds no token, and says so"
    assert world.notes == [("shop-1/backup", text)]


@pytest.mark.parametrize(
    ("volume", "container", "named"),
    [
        ({"hostPath": {"path": "/"}}, {}, r"volumes\[v\]: {'hostPath'"),
        ({"csi": {"driver": "d"}}, {}, r"volumes\[v\]: {'csi'"),
        ({"projected": {"sources": [{"clusterTrustBundle": {"path": "t"}}]}}, {}, r"volumes\[v\].sources\[0\]: "),
        (
            {"ephemeral": {"volumeClaimTemplate": {"spec": {"dataSource": {"name": "x"}}}}},
            {},
            r"volumes\[v\].ephemeral",
        ),
        ({"emptyDir": {}}, {"volumeDevices": [{"name": "v"}]}, "kopia.volumeDevices: "),
        ({"emptyDir": {}}, {"volumeMounts": [at("/v", subPath="../x")]}, r"kopia.volumeMounts\[/v\].subPath: ../x: "),
        (
            {"downwardAPI": {"items": [{"path": "x", "fieldRef": {"fieldPath": "spec.x"}}]}},
            {},
            r"volumes\[v\].x.fieldRef.fieldPath: spec.x: ",
        ),
        (
            {"downwardAPI": {"items": [{"path": "x", "resourceFieldRef": {"resource": "limits.cpu"}}]}},
            {},
            r"volumes\[v\].x.resourceFieldRef.containerName: None: ",
        ),
    ],
)
def test_what_no_kubelet_here_knows_is_named(world, volume, container, named):
    with pytest.raises(HarnessError, match=f"^Job shop-1/backup: {named}"):
        world.mounts(volume, **container)


def test_a_part_of_a_volume(world):
    claim = {"persistentVolumeClaim": {"claimName": "data"}}
    folder = world.folders.claim("shop", "data")
    assert world.mounts(claim, volumeMounts=[at("/v", subPath="a/b")]).folders == {"/v": folder / "a/b"}
    assert (folder / "a/b").is_dir()
    assert world.mounts(claim, volumeMounts=[at("/v", subPath="")]).folders == {"/v": folder}
    of_secret = world.mounts({"secret": {"secretName": "repo"}}, volumeMounts=[at("/v/p", subPath="password")])
    assert of_secret.folders["/v/p"].read_bytes() == b"p4ss"


def test_a_part_that_an_expression_names(world):
    claim, mount = {"persistentVolumeClaim": {"claimName": "data"}}, [at("/v", subPathExpr="of/$(POD)")]
    folder = world.folders.claim("shop", "data")
    assert world.mounts(claim, {"POD": "p"}, volumeMounts=mount).folders == {"/v": folder / "of/p"}
    with pytest.raises(MissingKey, match=r"subPathExpr: of/\$\(POD\): "):
        world.mounts(claim, volumeMounts=mount)
    with pytest.raises(HarnessError, match="leads out of its volume"):
        world.mounts(claim, {"POD": "../.."}, volumeMounts=mount)


def test_a_link_out_of_the_volume_is_not_followed(world, tmp_path):
    folder = world.folders.claim("shop", "data")
    (folder / "out").symlink_to(tmp_path)
    (folder / "in").symlink_to("there")
    claim = {"persistentVolumeClaim": {"claimName": "data"}}
    with pytest.raises(HarnessError, match="out/x: leads out of its volume"):
        world.mounts(claim, volumeMounts=[at("/v", subPath="out/x")])
    (folder / "there").mkdir()
    assert world.mounts(claim, volumeMounts=[at("/v", subPath="in")]).folders == {"/v": folder / "in"}


def test_mounts_come_by_depth(world):
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}, {"name": "above"}, {"name": "z"}]
    mounts = [at("/restore/data/", "data"), at("/restore", "above"), at("z", "z")]
    assert list(world.mounts(volumes, volumeMounts=mounts).folders) == ["/restore", "/z", "/restore/data"]


@pytest.mark.parametrize(
    ("claim", "mount", "wanted"),
    [
        ({}, {}, set()),
        ({"readOnly": True}, {}, {"/v"}),
        ({}, {"readOnly": True}, {"/v"}),
        ({}, {"readOnly": False}, set()),
    ],
)
def test_read_only_mounts(world, claim, mount, wanted):
    volume = {"persistentVolumeClaim": {"claimName": "data", **claim}}
    assert world.mounts(volume, volumeMounts=[at("/v", **mount)]).read_only == wanted
