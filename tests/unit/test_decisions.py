"""The reference's decisions, both sides of each contradiction."""

import pytest

from harness.model import Identity, MoverResult, Variants
from harness.operator.decisions import Decisions
from harness.volsync import objects
from harness.volsync.discovery import Discovered

OBJECT_NAME = Decisions(Variants("object-name"))
WITH_NAMESPACE = Decisions(Variants("object-name-namespace"))


def nobody(namespace, name):
    return None


def finding(source):
    def find(namespace, name):
        metadata = source["metadata"]
        return source if (namespace, name) == (metadata["namespace"], metadata["name"]) else None

    return find


def test_default_username_follows_the_side():
    source = objects.source("orders", "shop", {"sourcePVC": "x"})
    assert OBJECT_NAME.identity(source) == Identity("orders", "shop")
    assert WITH_NAMESPACE.identity(source) == Identity("orders-shop", "shop")


@pytest.mark.parametrize(
    ("fields", "identity"),
    [
        ({}, Identity("back", "lab")),
        ({"username": "u", "hostname": "h"}, Identity("u", "h")),
        ({"sourceName": "orders", "sourceNamespace": "shop"}, Identity("desk", "shop")),
        ({"sourceName": "orders"}, Identity("orders", "lab")),
        ({"sourceName": "gone", "sourceNamespace": "shop"}, Identity("gone", "shop")),
        ({"username": "u", "hostname": "h", "sourceName": "orders", "sourceNamespace": "shop"}, Identity("u", "h")),
    ],
)
def test_requested_identity(fields, identity):
    source = objects.source("orders", "shop", {"username": "desk"})
    destination = objects.destination("back", "lab", fields)
    assert OBJECT_NAME.requested_identity(destination, finding(source)) == identity


@pytest.mark.parametrize(("given", "missing"), [("username", "hostname"), ("hostname", "username")])
def test_half_an_identity_is_refused(given, missing):
    refusal = OBJECT_NAME.refusal(objects.destination("back", "lab", {given: "x"}), lambda namespace, name: None)
    assert refusal is not None
    assert f"{missing} is missing" in refusal


def test_a_negative_number_of_snapshots_to_keep_is_refused():
    refusal = OBJECT_NAME.refusal(
        objects.source("orders", "shop", {"retain.daily": "7", "retain.latest": "-1"}), nobody
    )
    assert refusal is not None
    assert "spec.kopia.retain.latest is -1" in refusal
    assert OBJECT_NAME.refusal(objects.source("orders", "shop", {"retain.latest": "0"}), nobody) is None


def test_repository_of_the_source_serves_where_the_destination_names_none():
    source = objects.source("orders", "shop", {"repository": "theirs"})
    wanted = {"sourceName": "orders", "sourceNamespace": "shop"}
    assert OBJECT_NAME.repository(objects.destination("b", "lab", wanted), finding(source)) == "theirs"
    own = objects.destination("b", "lab", {**wanted, "repository": "own"})
    assert OBJECT_NAME.repository(own, finding(source)) == "own"
    assert OBJECT_NAME.repository(objects.destination("b", "lab", wanted), nobody) is None


def test_path_override_of_the_source_is_discovered():
    source = objects.source("orders", "shop", {"sourcePathOverride": "/srv"})
    wanted = objects.destination("b", "lab", {"sourceName": "orders", "sourceNamespace": "shop"})
    assert OBJECT_NAME.source_path(wanted, finding(source)) == "/srv"
    assert OBJECT_NAME.source_path(source, nobody) == "/srv"


def test_failure_names_who_was_asked_for_and_who_is_there():
    there = Discovered({Identity("a", "x"): ["2024-01-01T00:00:00Z"], Identity("b@c", "y"): ["2024-01-01T00:00:00Z"]})
    message = OBJECT_NAME.failure_message(Identity("me", "here"), there, MoverResult(1, "…\nERROR: none"))
    for word in ("me@here", "a@x", "b@c@y", "ERROR: none"):
        assert word in message
