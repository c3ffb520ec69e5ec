"""Let ``tox -e audit -- --manifests -`` read the standard input; tox passes only a terminal on by itself."""

from __future__ import annotations

from tox.plugin import impl
from tox.tox_env.api import ToxEnv


@impl
def tox_before_run_commands(tox_env: ToxEnv) -> None:
    """Pass the standard input to the commands of the environment ``audit``."""
    if tox_env.name == "audit":
        tox_env.options.no_capture = True
