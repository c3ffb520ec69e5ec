"""Find out which repository is audited, and with which password and credentials it is opened."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.audit import yaml_guard
from harness.audit.organisation import FOLDER, SECRET, Repository
from harness.errors import UsageError
from harness.kopia.reading import Bucket, Configured, Folder, Place
from harness.system import urls
from harness.system.process import REDACT
from harness.system.schema import SchemaFile, misfit, validator
from harness.volsync.secret_values import (
    access_in,
    address_of_values,
    missing_value,
    repository_in,
    secrets_in,
    values_in,
    values_of,
    with_repository,
)
from harness.volsync.variables import Key

FORM = SchemaFile(
    Path(__file__).with_name("secret.schema.yaml"),
    named_by="--secret ",
    if_unreadable="name a file with the manifest of a repository Secret",
    if_not_yaml="write the manifest of one Secret, and nothing else, into a file",
    if_misfit="write the manifest of one Secret",
)
HOLDS_NONE = {
    "SealedSecret": "holds only encrypted values, which its controller decrypts",
    "ExternalSecret": "holds no values, but says where they are",
}
"""Kinds that stand for a Secret without its values."""
IN_CLUSTER = (".svc", ".cluster.local")
ENCRYPTED = "ENC["
URLS = "s3://bucket/prefix, filesystem:///path or the path of a folder"


def place_of(repository: str, endpoint: str, secret: str, config: str, environment: Mapping[str, str]) -> Place:
    """Return the repository to read.

    Args:
        repository: The URL, or "" for that of the Secret.
        endpoint: The endpoint of the store, or "" for that of the Secret or of the environment.
        secret: A file with a repository Secret, or "".
        config: A configuration file of kopia, or "".
        environment: The environment, with the values that no Secret gives.

    Raises:
        UsageError: Something is missing, or the URL is of another form.
    """
    values = values_of(environment) | (_secret(Path(secret)) if secret else {})
    REDACT.add([*secrets_in(values), *urls.secrets_of([repository, endpoint])])
    if config:
        return Configured(Path(config), access_in(values))
    if repository or endpoint:
        values = with_repository(values, repository or repository_in(values), endpoint)
    url = repository_in(values)
    path, name = Path(url.removeprefix(FOLDER)), urls.shown(url)
    is_folder = url.startswith(FOLDER) or ("://" not in url and bool(url) and path.is_dir())
    if not is_folder and not url.startswith("s3://"):
        if secret and not repository:
            problem = f"names {name}" if url else "names no repository"
            raise UsageError(f"--secret {secret}: {problem}; give --repository, too: {URLS}")
        raise UsageError(f"--repository {name or 'is empty'}: write {URLS}, or name --config of a connected kopia")
    if missing := missing_value(values):
        raise UsageError(f"--repository {name}: {missing} is not set; set it, or name a Secret with it by --secret")
    if is_folder:
        return Folder(path.absolute(), access_in(values))
    address = address_of_values(values)
    if address is not None and ("@" in address.bucket or name != url):
        raise UsageError(f"--repository {name}: an S3 URL has no user; give the keys in the Secret or the environment")
    if address is None or not address.bucket:
        raise UsageError(f"--repository {name}: names no bucket; write {URLS}")
    if not endpoint:
        _require_name(address.endpoint, f"--secret {secret}" if secret else Key.ENDPOINT.value)
    return Bucket(address, access_in(values), environment.get("AWS_SESSION_TOKEN", ""))


def repository_at(place: Place) -> Repository | None:
    """Return a place as the Secrets of sources name it, or None if that is not known."""
    if isinstance(place, Bucket):
        return Repository(f"s3://{place.address.bucket}/{place.address.prefix}", place.address)
    return Repository(f"{FOLDER}{place.path}", None) if isinstance(place, Folder) else None


def repository_of_url(url: str, endpoint: str = "") -> Repository:
    """Return the repository of a URL, for a saved list of its snapshots; the endpoint is "" if it is not known."""
    REDACT.add(urls.secrets_of([url, endpoint]))
    address = address_of_values(with_repository({}, url, endpoint))
    return Repository(urls.shown(url), (address if endpoint else replace(address, endpoint="")) if address else None)


def _secret(file: Path) -> dict[str, str]:
    yaml_guard.check_file(file, "--secret")
    document = FORM.parsed(file)
    if why := _withheld(document, file):
        raise UsageError(f"--secret {file}: {why}")
    if misfit(validator(FORM.schema), document):
        # The message of the schema would show values of the Secret.
        raise UsageError(f"--secret {file}: is no {SECRET} with data or stringData; {FORM.if_misfit}")
    try:
        return values_in(document)
    except ValueError as error:
        raise UsageError(f"--secret {file}: {error}; write a {SECRET} that is not encrypted") from None


def _withheld(document: Any, file: Path) -> str:
    """Return why a manifest holds no values that can be read, and what to do; "" if it does not look so."""
    if not isinstance(document, Mapping):
        return ""
    sections = [document, *(document.get(one) for one in ("data", "stringData"))]
    values = [value for section in sections if isinstance(section, Mapping) for value in section.values()]
    if "sops" in document or any(str(value).startswith(ENCRYPTED) for value in values):
        return f"it is encrypted (SOPS); decrypt it first: sops --decrypt {file}"
    kind = document.get("kind")
    if isinstance(kind, str) and kind in HOLDS_NONE:
        remedy = (
            f"name the {SECRET} that it becomes, or give --repository, and the password and keys in the environment"
        )
        article = "an" if kind.startswith("E") else "a"
        return f"{article} {kind} {HOLDS_NONE[kind]}; {remedy}"
    return ""


def _require_name(endpoint: str, given_by: str) -> None:
    """Check that an endpoint of a cluster has an address here.

    Raises:
        UsageError: It has none.
    """
    host = urlsplit(f"//{endpoint}").hostname or ""
    if host.rstrip(".").endswith(IN_CLUSTER):
        try:
            socket.getaddrinfo(host, None)
        except OSError:
            remedy = "give --endpoint with the one that is reached from here"
            raise UsageError(f"{given_by}: the endpoint {endpoint} exists only inside the cluster; {remedy}") from None
