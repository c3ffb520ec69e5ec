"""Sources and destinations are read as typed values; what an object leaves out or leaves empty is absent."""

import pytest

from harness.volsync import objects
from harness.volsync.fields import Field, is_triggered, kopia_spec, manual_trigger, untriggered, without_fields
from harness.volsync.kinds import API_VERSION, DESTINATION, SOURCE, crd_name, source_ref
from harness.volsync.specs import (
    NamedSource,
    destination_spec,
    named_source,
    source_named_in,
    source_spec,
    spec_of,
    with_renamed_source,
)


def test_a_source():
    fields = {"sourcePVC": "disk", "username": "u", "sourcePathOverride": "/srv", "additionalArgs": "-a\n-b"}
    spec = source_spec(objects.source("orders", "shop", fields))
    assert (spec.pvc, spec.username, spec.hostname, spec.repository) == ("disk", "u", "", "")
    assert spec.source_path == "/srv"
    assert spec.additional_args == ("-a", "-b")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, None),
        ({"sourceName": "orders"}, NamedSource("orders", "lab")),
        (
            {"sourceName": "orders", "sourceNamespace": "shop", "sourcePVCName": "disk"},
            NamedSource("orders", "shop", "disk"),
        ),
    ],
)
def test_the_source_that_a_destination_names(fields, named):
    destination = objects.destination("back", "lab", {**fields, "destinationPVC": "disk-2"})
    assert named_source(destination) == named
    assert destination_spec(destination).named == named
    assert source_named_in(kopia_spec(destination), "lab") == named
    assert destination_spec(destination).pvc == "disk-2"


def test_the_fields_that_name_a_source():
    named = named_source(objects.destination("back", "lab", objects.fields_that_name(source_ref("shop", "orders"))))
    assert named == NamedSource("orders", "shop")


@pytest.mark.parametrize("spec", [None, {}, {"kopia": None}, {"kopia": {}}, {"kopia": {"username": None}}])
def test_an_empty_object_has_nothing(spec):
    manifest = {"apiVersion": API_VERSION, "kind": DESTINATION, "metadata": {"name": "n", "namespace": "s"}}
    manifest |= {} if spec is None else {"spec": spec}
    assert spec_of(manifest).username == ""
    assert destination_spec(manifest).named is None
    assert manual_trigger(manifest) is None


def test_fields_are_taken_out_of_a_copy():
    whole = objects.destination("back", "lab", {"username": "u", "hostname": "h", "previous": "1"})
    assert kopia_spec(without_fields(whole, Field.USERNAME, Field.HOSTNAME)) == {"previous": 1}
    assert kopia_spec(whole)["username"] == "u"


def test_a_trigger_is_seen_and_taken_away():
    source = objects.source("orders", "shop")
    triggered = {**source, "spec": {**source["spec"], "trigger": {"manual": "1"}}}
    assert manual_trigger(triggered) == "1"
    assert is_triggered(triggered)
    assert not is_triggered(source)
    assert not is_triggered({"kind": "Secret", "spec": {"trigger": {"manual": "1"}}})
    assert untriggered(triggered) == source


def test_the_namespace_of_a_named_source_is_renamed():
    named = objects.destination("back", "lab", {"sourceName": "orders", "sourceNamespace": "shop"})
    assert named_source(with_renamed_source(dict(named), lambda name: f"{name}-7")).namespace == "shop-7"
    own = objects.destination("back", "lab", {"sourceName": "orders"})
    assert with_renamed_source(dict(own), lambda name: f"{name}-7") == own


def test_names_of_the_definitions():
    assert crd_name(SOURCE) == "replicationsources.volsync.backube"
    assert crd_name(DESTINATION) == "replicationdestinations.volsync.backube"
