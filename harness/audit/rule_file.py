"""Read a rule for identities from a file: templates for the default names and the path, and a table of exceptions.

The templates are Jinja expressions in a sandbox. They see ``name``, ``namespace``, ``pvc``, ``labels`` and
``annotations`` of the object, and the filters ``as_username`` and ``as_hostname``, which sanitise as the document says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Template, TemplateError

from harness.audit import template_bounds, yaml_guard
from harness.audit.rules import BUILT_IN, Rule, named
from harness.document import rules
from harness.errors import UsageError
from harness.model import CustomNames, Identity, Manifest, Variants
from harness.operator.decisions import Decisions, FindSource
from harness.system.schema import SchemaFile
from harness.volsync import objects
from harness.volsync.fields import SOURCE_PVC
from harness.volsync.specs import destination_spec, named_source, source_pvc, spec_of

FORM = SchemaFile(
    Path(__file__).with_name("rules.schema.yaml"),
    named_by="--rules ",
    if_unreadable=f"use auto, one of {', '.join(BUILT_IN)}, or a file with a rule",
    if_not_yaml="docs/audit.md shows the form of a rule",
    if_misfit="docs/audit.md shows the form of a rule",
)
IGNORED = "ignored"
SHOWN = 200
BY_DEFAULT = {"username": "{{ name | as_username }}", "hostname": "{{ namespace | as_hostname }}"}
ANY = defaultdict[str, str](lambda: "any")
TRIAL = {"name": "name", "namespace": "namespace", "pvc": "pvc", "labels": ANY, "annotations": ANY}
"""An object with every label, for a first check of the templates."""

_ENVIRONMENT = template_bounds.Bounded({"as_username": rules.sanitise_username, "as_hostname": rules.sanitise_hostname})


@dataclass(frozen=True)
class Row:
    """One row of the table: the identity and path of one source."""

    identity: Identity
    path: str


@dataclass(frozen=True)
class Templates:
    """The templates of a rule. A part that is empty is left to the document.

    Attributes:
        file: The file of the rule, for messages.
        parts: The templates by their field.
    """

    file: Path
    parts: Mapping[str, Template]

    def rendered(self, field: str, context: Mapping[str, Any]) -> str:
        """Return one part for an object.

        Raises:
            UsageError: The template uses something that the object does not have.
        """
        try:
            return template_bounds.short(self.parts[field].render(context).strip())
        except (TemplateError, ValueError, TypeError, ArithmeticError, LookupError, RecursionError) as error:
            where = f"{context['namespace']}/{context['name']}"
            raise UsageError(f"{self.file}: defaults.{field}: cannot be used for {where}: {error}") from None


class FileDecisions(Decisions):
    """Decide with the templates and the table of a file."""

    def __init__(self, custom: str, templates: Templates, table: Mapping[tuple[str, str], Row]) -> None:
        super().__init__(Variants(custom_names=CustomNames.AS_GIVEN if custom == IGNORED else CustomNames(custom)))
        self._takes_custom = custom != IGNORED
        self._templates = templates
        self._table = table

    def identity(self, manifest: Manifest) -> Identity:
        """Return the identity of the table, else the custom names, else those of the templates."""
        metadata, spec = manifest["metadata"], spec_of(manifest)
        row = self._table.get((metadata["namespace"], metadata["name"]))
        if row is not None:
            return row.identity
        context = _context(manifest)
        username, hostname = (spec.username, spec.hostname) if self._takes_custom else ("", "")
        return Identity(
            username or self._templates.rendered("username", context),
            hostname or self._templates.rendered("hostname", context),
        )

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        """Return the requested identity; a source that does not exist has only its name, namespace and PVC."""
        spec = destination_spec(destination)
        if (spec.username and self._takes_custom) or not spec.named:
            return self.identity(destination)
        source = find(spec.named.namespace, spec.named.name)
        return self.identity(source or _unseen(spec.named.name, spec.named.namespace, spec.named.pvc))

    def source_path(self, manifest: Manifest, find: FindSource) -> str | None:
        """Return the path that the object gives, else that of the table, else that of the template."""
        given = super().source_path(manifest, find)
        if given:
            return given
        of, wanted = manifest, named_source(manifest)
        if wanted:
            of = find(wanted.namespace, wanted.name) or _unseen(wanted.name, wanted.namespace, wanted.pvc)
        row = self._table.get((of["metadata"]["namespace"], of["metadata"]["name"]))
        if row is not None and row.path:
            return row.path
        return self._templates.rendered("path", _context(of)) if "path" in self._templates.parts else None


def read(request: str) -> Rule:
    """Return the rule that ``--rules`` or ``--against`` names: a built-in one, or that of a file.

    Raises:
        UsageError: There is no such rule, or the file is invalid.
    """
    if request in BUILT_IN or not Path(request).exists():
        return named(request)
    file = Path(request)
    yaml_guard.check_file(file, "--rules")
    document = FORM.read(file)
    parts = BY_DEFAULT | document.get("defaults", {})
    templates = Templates(file, {field: _template(file, field, text) for field, text in parts.items()})
    for field in parts:
        templates.rendered(field, TRIAL)
    decisions = FileDecisions(document.get("custom-names", CustomNames.AS_GIVEN.value), templates, _table(document))
    return Rule(document["name"], document.get("says", f"the rule of {file}"), decisions, str(file))


def _template(file: Path, field: str, text: str) -> Template:
    try:
        return _ENVIRONMENT.compiled(text)
    except TemplateError as error:
        raise UsageError(f"{file}: defaults.{field}: {text[:SHOWN]!r} is no template: {error}") from None


def _table(document: Mapping[str, Any]) -> dict[tuple[str, str], Row]:
    found = {}
    for row in document.get("table", ()):
        namespace, _, name = row["source"].partition("/")
        found[namespace, name] = Row(Identity(row["username"], row["hostname"]), row.get("path", ""))
    return found


def _context(manifest: Manifest) -> dict[str, Any]:
    metadata = manifest["metadata"]
    return {
        "name": metadata["name"],
        "namespace": metadata["namespace"],
        "pvc": source_pvc(manifest) or str(destination_spec(manifest).pvc),
        "labels": _texts(metadata.get("labels")),
        "annotations": _texts(metadata.get("annotations")),
    }


def _texts(given: object) -> dict[str, str]:
    return {str(key): str(value) for key, value in given.items()} if isinstance(given, Mapping) else {}


def _unseen(name: str, namespace: str, pvc: str) -> Manifest:
    """Return what is known of a source that does not exist."""
    return objects.source(name, namespace, {SOURCE_PVC: pvc} if pvc else {})
