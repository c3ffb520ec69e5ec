"""Write scripts that list the buckets of a scenario with plain kopia, for a run that keeps its store."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from harness.kopia.client import CONFIG_PATH, credentials
from harness.kopia.locations import Locations
from harness.kopia.repository_secrets import RepositorySecrets

HINTS_FOLDER = "kept"


def write(folder: Path, title: str, kopia: Path, locations: Locations, secrets: RepositorySecrets) -> None:
    """Write a script for each bucket of a scenario.

    Args:
        folder: The folder of the run.
        title: The name of the scenario.
        kopia: The kopia program of the harness.
        locations: The locations of the scenario's repositories.
        secrets: The passwords and keys of the repositories.
    """
    hints = folder / HINTS_FOLDER
    hints.mkdir(exist_ok=True, mode=0o700)
    for documented, bucket in locations.buckets.items():
        script = hints / f"{re.sub(r'[^A-Za-z0-9.-]+', '-', title)}-{documented}.sh"
        script.touch(mode=0o700)
        access, store = secrets.access(f"s3://{documented}"), locations.store
        values = {**credentials(access), CONFIG_PATH: f"{script}.config"}
        tls = "" if store.tls else " --disable-tls"
        lines = [
            "# Lists what a scenario left; arguments (such as --prefix=app1/) go to kopia repository connect.",
            *(f"export {name}={shlex.quote(value)}" for name, value in values.items()),
            f'{shlex.quote(str(kopia))} repository connect s3 --endpoint={store.endpoint}{tls} --bucket={bucket} "$@"',
            f"{shlex.quote(str(kopia))} snapshot list --all",
            "",
        ]
        script.write_text("\n".join(lines), encoding="utf-8")
