"""A clean-up deletes what belongs to deleted objects and nothing else, and names the finalizer that keeps an object."""

import pytest

from harness.errors import Divergence, HarnessError
from harness.kubernetes import garbage
from harness.volsync.kinds import source_ref

ORDERS = source_ref("shop", "orders")


class Api:
    """Keeps one object, whose finalizers only ``forget_finalizers`` removes."""

    def __init__(self, finalizers):
        metadata = {"name": "orders", "namespace": "shop", "uid": "1", "finalizers": finalizers}
        self.object = {"kind": ORDERS.kind, "metadata": metadata}

    def get(self, ref):
        return self.object if ref == ORDERS else None

    def of(self, kind, namespace):
        return [self.object] if self.object and kind == ORDERS.kind else []

    def wait(self, condition, timeout_s):
        return condition()

    def delete(self, ref):
        pass

    def delete_all(self, kind, namespace):
        pass

    def list(self, kind, namespace):
        return []

    def forget_finalizers(self, ref):
        self.object = None


def test_a_finalizer_that_stays_is_a_divergence_and_is_named():
    api = Api(["example.org/jobs"])
    with pytest.raises(Divergence) as found:
        garbage.delete_with_owned(api, api, ORDERS, 1)
    assert "ReplicationSource shop/orders (finalizers: example.org/jobs)" in str(found.value.seen)


def test_an_object_without_a_finalizer_that_stays_is_no_fault_of_the_operator():
    api = Api([])
    with pytest.raises(HarnessError, match="finalizers: none"):
        garbage.delete_with_owned(api, api, ORDERS, 1)


def test_a_clean_up_removes_finalizers_on_an_api_that_is_discarded():
    api = Api(["example.org/jobs"])
    garbage.empty(api, api, "shop", [], 1, by_force=True)
    assert api.object is None


def test_a_clean_up_leaves_finalizers_on_any_other_api():
    api = Api(["example.org/jobs"])
    with pytest.raises(HarnessError, match=r"example\.org/jobs"):
        garbage.empty(api, api, "shop", [], 1, by_force=False)
    assert api.object


class ApiOfMaps:
    def __init__(self, *maps):
        self.maps, self.deleted = maps, []

    def list(self, kind, namespace):
        return self.maps

    def delete(self, ref):
        self.deleted.append(ref.name)


def config_map(name, *owners):
    return {"metadata": {"name": name, "ownerReferences": [{"uid": uid} for uid in owners]}}


def test_what_belongs_to_a_deleted_object_is_deleted():
    api = ApiOfMaps(config_map("own", "a"), config_map("others", "b"), {"metadata": {"name": "kube-root-ca.crt"}})
    garbage.collect(api, "shop", {"a", ""}, ("ConfigMap",))
    assert api.deleted == ["own"]
