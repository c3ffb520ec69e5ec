"""Check names, schema and documented patterns of an object, as an API server does before it stores the object.

Source: the operator's public API (docs/architecture.md) and Kubernetes' rules for names (RFC 1123 labels and
subdomains).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from harness.errors import AdmissionRefused
from harness.model import Manifest
from harness.system import yaml_io
from harness.system.schema import misfit
from harness.volsync.declared import without_variables
from harness.volsync.fields import Field, kopia_spec
from harness.volsync.kinds import API_VERSION, DESTINATION, SOURCE

SCHEMAS = Path(__file__).with_name("schemas.yaml")

KINDS: Mapping[str, str] = {
    SOURCE: API_VERSION,
    DESTINATION: API_VERSION,
    "Secret": "v1",
    "PersistentVolumeClaim": "v1",
    "Namespace": "v1",
}
"""The apiVersion of each kind."""

LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
MAX_LABEL_LENGTH = 63
MAX_SUBDOMAIN_LENGTH = 253

FORMATS = FormatChecker(formats=())


@FORMATS.checks("rfc3339")
def _instant(value: object) -> bool:
    return not isinstance(value, str) or _is_rfc3339(value)


def admit(manifest: Manifest, accepts_name: Callable[[str], bool]) -> None:
    """Check that the API accepts an object.

    Args:
        manifest: The object.
        accepts_name: Returns True if a custom username or hostname is allowed.

    Raises:
        AdmissionRefused: The object is not valid; the message has the wording of an API server.
    """
    kind, metadata = manifest["kind"], manifest["metadata"]
    _admit_name(kind, "metadata.name", metadata["name"], label=kind == "Namespace")
    if kind != "Namespace":
        _admit_name(kind, "metadata.namespace", metadata.get("namespace", ""), label=True)
    if wrong := misfit(_validator(kind), dict(manifest)):
        where = wrong.field or "object"
        raise AdmissionRefused(f'{kind} "{metadata["name"]}" is invalid: {where}: {wrong.problem}')
    _admit_custom_names(manifest, accepts_name)


def refusal(manifest: Manifest) -> str:
    """Return why an API refuses a source or destination, whatever its rule for custom names is; "" if it accepts it.

    In contrast to ``admit``, fields that are not known are not judged: another version of the operator may have them.
    Values with a variable that nothing has replaced are not judged either: what they will be is not known.

    Args:
        manifest: The object, with a name and a namespace.
    """
    kind, metadata = manifest["kind"], manifest["metadata"]
    try:
        _admit_name(kind, "metadata.name", metadata["name"], label=False)
        _admit_name(kind, "metadata.namespace", metadata["namespace"], label=True)
    except AdmissionRefused as error:
        return _without_object(error)
    wrong = misfit(_validator(kind, known_only=True), without_variables(manifest))
    return f"{wrong.field or 'object'}: {wrong.problem}" if wrong else ""


def refusal_of_names(manifest: Manifest, accepts_name: Callable[[str], bool]) -> str:
    """Return why an API refuses the custom names of an object, or "" if it accepts them."""
    try:
        _admit_custom_names(manifest, accepts_name)
    except AdmissionRefused as error:
        return _without_object(error)
    return ""


def _without_object(error: AdmissionRefused) -> str:
    return str(error).partition(" is invalid: ")[2]


def illegal_name(name: str, *, label: bool) -> str:
    """Return why Kubernetes refuses a name, or "" if it accepts the name.

    Args:
        name: The name.
        label: True for the stricter rule of namespaces.
    """
    pattern, longest = (LABEL, MAX_LABEL_LENGTH) if label else (rf"{LABEL}(\.{LABEL})*", MAX_SUBDOMAIN_LENGTH)
    if len(name) > longest:
        return f"must be no more than {longest} characters"
    if re.fullmatch(pattern, name):
        return ""
    allowed = "'-'" if label else "'-' or '.'"
    return f"must consist of lower case alphanumeric characters, {allowed}, and start and end alphanumeric"


def _admit_name(kind: str, field: str, name: str, *, label: bool) -> None:
    problem = illegal_name(name, label=label)
    if problem:
        raise AdmissionRefused(f'{kind} "{name}" is invalid: {field}: Invalid value: "{name}": {problem}')


def _admit_custom_names(manifest: Manifest, accepts_name: Callable[[str], bool]) -> None:
    spec = kopia_spec(manifest)
    for field in (Field.USERNAME, Field.HOSTNAME):
        if field in spec and not accepts_name(spec[field]):
            raise AdmissionRefused(
                f'{manifest["kind"]} "{manifest["metadata"]["name"]}" is invalid: '
                f'spec.kopia.{field}: Invalid value: "{spec[field]}": should match the pattern for custom names'
            )


@cache
def _validator(kind: str, *, known_only: bool = False) -> Draft202012Validator:
    schemas: dict[str, Any] = yaml_io.load(SCHEMAS.read_text(encoding="utf-8"))
    schemas = _opened(schemas) if known_only else schemas
    return Draft202012Validator({"$defs": schemas["$defs"], **schemas[kind]}, format_checker=FORMATS)


def _opened(schema: Any) -> Any:
    """Return a schema that allows fields which it does not name."""
    if isinstance(schema, list):
        return [_opened(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _opened(inner) for key, inner in schema.items() if (key, inner) != ("additionalProperties", False)}


def _is_rfc3339(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", text) is not None
