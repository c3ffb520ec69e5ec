"""Define steps that declare objects: sources, and the documented manifests."""

from __future__ import annotations

import pytest
from pytest_bdd import given

from harness.model import ObjectRef
from harness.scenario.declarations import Declarations
from harness.volsync import objects
from harness.volsync.manifests import load_file
from steps.types import DataTable, fields, phrase, records


@given(phrase('the documented manifest "{name:Text}"'))
def documented_manifest(name: str, declarations: Declarations, pytestconfig: pytest.Config) -> None:
    for manifest in load_file(pytestconfig.rootpath / "fixtures" / "manifests" / f"{name}.yaml"):
        declarations.declare(manifest)


@given(phrase('the documented manifest "{name:Text}" in namespace "{namespace:Text}"'))
def documented_manifest_in(name: str, namespace: str, declarations: Declarations, pytestconfig: pytest.Config) -> None:
    for manifest in load_file(pytestconfig.rootpath / "fixtures" / "manifests" / f"{name}.yaml"):
        declarations.declare(objects.in_namespace(manifest, namespace))


@given(phrase('a source "{name:Text}" in namespace "{namespace:Text}"'), target_fixture="source")
def plain_source(name: str, namespace: str, declarations: Declarations) -> ObjectRef:
    return declarations.declare(objects.source(name, namespace))


@given(phrase('a source "{name:Text}" in namespace "{namespace:Text}" with:'), target_fixture="source")
def source_with(name: str, namespace: str, datatable: DataTable, declarations: Declarations) -> ObjectRef:
    return declarations.declare(objects.source(name, namespace, fields(datatable)))


@given("these sources:")
def sources(datatable: DataTable, declarations: Declarations) -> None:
    for record in records(datatable):
        given_fields = {key: value for key, value in record.items() if key not in ("name", "namespace") and value}
        declarations.declare(objects.source(record["name"], record["namespace"], given_fields))


@given("these repositories:")
def repositories(datatable: DataTable, declarations: Declarations) -> None:
    for record in records(datatable):
        more = {key: record[key] for key in ("namespace", "secret", "password") if key in record}
        declarations.use_repository(record["repository"], **more)


@given(phrase('no namespace has a Secret "{name:Text}"'))
def missing_secret(name: str, declarations: Declarations) -> None:
    declarations.without_secret(name)
