"""Only what belongs to deleted objects is deleted, not those of a user or of another object."""

from harness.kubernetes.garbage import collect


class Api:
    def __init__(self, *maps):
        self.maps, self.deleted = maps, []

    def list(self, kind, namespace):
        return self.maps

    def delete(self, ref):
        self.deleted.append(ref.name)


def config_map(name, *owners):
    return {"metadata": {"name": name, "ownerReferences": [{"uid": uid} for uid in owners]}}


def test_what_belongs_to_a_deleted_object_is_deleted():
    api = Api(config_map("own", "a"), config_map("others", "b"), {"metadata": {"name": "kube-root-ca.crt"}})
    collect(api, "shop", {"a", ""}, ("ConfigMap",))
    assert api.deleted == ["own"]
